// What a plugin writes is read whole, or said to be malformed; every prefix of an answer is.
#include "external/protocol.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using external::Answer;
using external::CheckRequest;
using external::Description;
using external::Status;

namespace {

const std::string kId = "0123456789abcdef0123456789abcdef";
const std::vector<std::string> kTaken = {"policy", "serialization"};

std::string description(const std::string& more = "") {
    return R"({"protocol":1,"request_id":")" + kId + R"(","name":"acme","version":"1.2.0","kinds":["model"],)" +
           R"("rules":[{"id":"acme.export-control","severity":"high","why":"W","fix":"F"}])" + more + "}";
}

std::string problem_of_description(const std::string& text) {
    const auto read = external::read_description(as_bytes(text), kId, kTaken);
    return read.ok() ? "" : read.error().message;
}

const Subject& subject() {
    static const Subject kSubject;
    return kSubject;
}

CheckRequest request(const std::string& id = kId) { return {id, &subject(), "any", "{}", {{"m.pkl", 4021, std::string(64, 'a'), 4}}}; }

Description described() { return external::read_description(as_bytes(description()), kId, kTaken).value(); }

std::string answer(const std::string& more, const std::string& status = "complete", const std::string& id = kId) {
    return R"({"protocol":1,"request_id":")" + id + R"(","status":")" + status + "\"" + more + "}";
}

std::string problem_of(const std::string& text) {
    const auto read = external::read_answer(as_bytes(text), request(), described());
    return read.ok() ? "" : read.error().message;
}

std::string finding(const std::string& members) { return R"(,"findings":[{)" + members + "}]"; }

}  // namespace

TEST_CASE("a description is read, field by field") {
    const auto read = external::read_description(
        as_bytes(description(R"(,"needs":{"network":[],"files":"read","data":["list"]},"batch":true,"settings_schema":{"type":"object"},"more":[1])")), kId, kTaken);
    REQUIRE(read.ok());
    CHECK(read->name == "acme");
    CHECK(read->version == "1.2.0");
    CHECK(read->kinds == std::vector<Kind>{Kind::model});
    CHECK_FALSE(read->needs_network);
    CHECK(read->needs_data == std::vector<std::string>{"list"});
    CHECK(read->batch);
    CHECK(read->settings_schema.is_object());
    REQUIRE(read->find("acme.export-control") != nullptr);
    CHECK(read->find("acme.export-control")->severity == Severity::high);
    CHECK(read->find("acme.other") == nullptr);
    CHECK(external::read_description(as_bytes(description(R"(,"needs":{"network":["hub.example"]})")), kId, kTaken)->needs_network);
}

TEST_CASE("a description that is not one says why") {
    const auto with = [](const std::string& from, const std::string& to) {
        std::string text = description();
        text.replace(text.find(from), from.size(), to);
        return problem_of_description(text);
    };
    CHECK(problem_of_description(description()).empty());
    CHECK(problem_of_description("").find("answered nothing") != std::string::npos);
    CHECK(problem_of_description("[]").find("no object") != std::string::npos);
    CHECK(with("\"protocol\":1", "\"protocol\":2").find("protocol 1") != std::string::npos);
    CHECK(with("\"protocol\":1", "\"protocol\":1.0").find("protocol 1") != std::string::npos);
    CHECK(with("\"protocol\":1", "\"protocol\":\"1\"").find("protocol 1") != std::string::npos);
    CHECK(with(kId, "another").find("another request") != std::string::npos);
    CHECK(with("\"name\":\"acme\"", "\"name\":\"Acme\"").find("lower case") != std::string::npos);
    CHECK(with("\"name\":\"acme\"", "\"name\":\"policy\"").find("the gate's own") != std::string::npos);
    CHECK(with("\"name\":\"acme\"", "\"name\":\"other\"").find("'other.NAME'") != std::string::npos);
    CHECK(with("1.2.0", "1\\u001b[31m").find("control or invisible") != std::string::npos);
    CHECK(with("1.2.0", "").find("missing or empty") != std::string::npos);
    CHECK(with("1.2.0", std::string(65, '1')).find("longer than 64") != std::string::npos);
    CHECK(with("[\"model\"]", "[\"modle\"]").find("none of model") != std::string::npos);
    CHECK(with("[\"model\"]", "[]").find("names no 'kinds'") != std::string::npos);
    CHECK(with("acme.export-control", "acme.").find("acme.NAME") != std::string::npos);
    CHECK(with("acme.export-control", "acmex.control").find("acme.NAME") != std::string::npos);
    CHECK(with("acme.export-control", "acme.Export").find("acme.NAME") != std::string::npos);
    CHECK(with("\"high\"", "\"fatal\"").find("none of critical") != std::string::npos);
    CHECK(with("\"why\":\"W\",", "").find("'why'") != std::string::npos);
    CHECK(problem_of_description(description(R"(,"batch":1)")).find("'batch'") != std::string::npos);
    CHECK(problem_of_description(description(R"(,"needs":[])")).find("'needs'") != std::string::npos);
    CHECK(problem_of_description(description(R"(,"settings_schema":true)")).find("no object") != std::string::npos);
    CHECK(problem_of_description(description(R"(,"name":"acme")")).find("no single JSON document") != std::string::npos);
    CHECK(problem_of_description(description() + "x").find("no single JSON document") != std::string::npos);
    const std::string twice = R"({"id":"acme.export-control","severity":"high","why":"W","fix":"F"})";
    CHECK(with("[" + twice + "]", "[" + twice + "," + twice + "]").find("twice") != std::string::npos);
    CHECK(with("[" + twice + "]", "[]").find("no rule") != std::string::npos);
}

TEST_CASE("an answer is read, field by field") {
    const auto read = external::read_answer(
        as_bytes(answer(finding(R"("rule":"acme.export-control","severity":"low","message":"M","evidence":{"path":"m.pkl","member":"a","offset":28,"line":3},"fix":"Do")") +
                        R"(,"checker":{"name":"acme","version":"1.2.0"},"facts":{"licence":"mit"},"coverage":{"examined":1,"skipped":[]})" +
                        R"(,"data":[{"name":"list","as_of":"2026-02-27T00:00:00Z","sha256":")" + std::string(64, 'b') + "\"}]")),
        request(), described());
    REQUIRE(read.ok());
    CHECK(read->status == Status::complete);
    CHECK(read->examined == 1);
    REQUIRE(read->findings.size() == 1);
    const Finding& found = read->findings.front();
    CHECK(found.id == "acme.export-control");
    CHECK(found.severity == Severity::low);
    CHECK(found.where.path == "m.pkl");
    CHECK(found.where.offset == 28U);
    CHECK(found.where.line == 3U);
    CHECK(found.why == "W");
    CHECK(found.fix == "Do");
    REQUIRE(read->data.size() == 1);
    CHECK(read->data.front() == PluginData{"list", "2026-02-27T00:00:00Z", std::string(64, 'b')});
}

TEST_CASE("what a finding leaves out, its rule says") {
    const auto read = external::read_answer(as_bytes(answer(finding(R"("rule":"acme.export-control","message":"M")"))), request(), described());
    REQUIRE(read.ok());
    CHECK(read->findings.front().severity == Severity::high);
    CHECK(read->findings.front().fix == "F");
    CHECK(read->findings.front().where == Location{});
}

TEST_CASE("an answer that is not one says why") {
    const std::string none = R"(,"findings":[])";
    CHECK(problem_of(answer(none)).empty());
    CHECK(problem_of(answer("")).find("no 'findings'") != std::string::npos);
    CHECK(problem_of(answer("", "error")).empty());
    CHECK(problem_of(answer(none, "pass")).find("none of complete") != std::string::npos);
    CHECK(problem_of(answer(none, "complete", "ffff")).find("another request") != std::string::npos);
    CHECK(problem_of(answer(none) + answer(none)).find("no single JSON") != std::string::npos);
    CHECK(problem_of(answer(none) + " \n").empty());
    CHECK(problem_of(answer(R"(,"findings":{})")).find("no list") != std::string::npos);
    CHECK(problem_of(answer(R"(,"findings":[1])")).find("no object") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.other","message":"M")"))).find("does not describe") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"serialization.executes-code","message":"M")"))).find("does not describe") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.export-control")"))).find("'message'") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.export-control","message":")" + std::string(4001, 'x') + "\""))).find("longer than 4000") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.export-control","message":"M","severity":"worst")"))).find("none of critical") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.export-control","message":"M","evidence":{"path":"../x"})"))).find("was not given") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.export-control","message":"M","evidence":{"offset":-1})"))).find("'offset'") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.export-control","message":"M","evidence":{"line":4294967296})"))).find("'line'") != std::string::npos);
    CHECK(problem_of(answer(none + R"(,"checker":{"name":"acme","version":"9"})")).find("not the plugin") != std::string::npos);
    CHECK(problem_of(answer(none + R"(,"coverage":{"examined":2})")).find("more files") != std::string::npos);
    CHECK(problem_of(answer(none + R"(,"coverage":{"skipped":[{"path":"other"}]})")).find("was not given") != std::string::npos);
    CHECK(problem_of(answer(none + R"(,"data":[{"name":"a","as_of":"yesterday"}])")).find("'as_of'") != std::string::npos);
    CHECK(problem_of(answer(none + R"(,"data":[{"name":"a","sha256":"ABC"}])")).find("'sha256'") != std::string::npos);
    CHECK(problem_of(answer(finding(R"("rule":"acme.export-control","message":"M")"), "not-applicable")).find("not its business") != std::string::npos);
    std::string many = R"(,"findings":[)";
    for (int i = 0; i < 1001; ++i) many += std::string(i == 0 ? "" : ",") + R"({"rule":"acme.export-control","message":"M"})";
    CHECK(problem_of(answer(many + "]")).find("more than 1000") != std::string::npos);
}

TEST_CASE("a complete answer that left files out is partial") {
    const auto read = external::read_answer(as_bytes(answer(R"(,"findings":[],"coverage":{"examined":0,"skipped":[{"path":"m.pkl","reason":"too large"}]})")), request(), described());
    REQUIRE(read.ok());
    CHECK(read->status == Status::partial);
    CHECK(read->message == "it did not look at m.pkl: too large");
}

TEST_CASE("every prefix of an answer and of a description is refused") {
    const std::string whole = answer(finding(R"("rule":"acme.export-control","message":"M","evidence":{"path":"m.pkl"})"));
    for (std::size_t length = 0; length < whole.size(); ++length) CHECK_FALSE(problem_of(whole.substr(0, length)).empty());
    const std::string text = description();
    for (std::size_t length = 0; length < text.size(); ++length) CHECK_FALSE(problem_of_description(text.substr(0, length)).empty());
}

TEST_CASE("a batch has each answer exactly once, in any order") {
    const std::string other(32, 'f');
    const std::vector<CheckRequest> requests = {request(), request(other)};
    const std::string none = R"(,"findings":[])";
    const std::string one = answer(none);
    const std::string two = answer(none, "partial", other);
    const auto read = [&](const std::string& text) { return external::read_answers(as_bytes(text), requests, described()); };
    const auto both = read("[" + two + "," + one + "]");
    REQUIRE(both.ok());
    CHECK((*both)[0].status == Status::complete);
    CHECK((*both)[1].status == Status::partial);
    CHECK_FALSE(read("[" + one + "]").ok());
    CHECK_FALSE(read("[" + one + "," + one + "]").ok());
    CHECK_FALSE(read("[" + one + "," + two + "," + two + "]").ok());
    CHECK_FALSE(read(one).ok());
    CHECK_FALSE(read("[" + one + "," + answer(none, "pass", other) + "]").ok());
}

TEST_CASE("a request names its files by their descriptors, whatever their names are") {
    CheckRequest asked = request();
    asked.files.front().path = "a\"request_id\":\"x\"\n\xd0\xb6";
    asked.settings = R"({"deny":["a"]})";
    external::CallFacts facts;
    facts.now = {1'764'000'000};
    facts.data = {{"list", 3, std::string(64, 'c'), 5}};
    const std::string text = external::check_request(asked, facts);
    CHECK(text.starts_with(R"({"protocol":1,"request_id":")" + kId + R"(","op":"check")"));
    const auto document = codec::parse_json(as_bytes(text));
    REQUIRE(document.ok());
    const codec::Json& file = document->find("input")->find("files")->items.front();
    CHECK(file.find("path")->text == asked.files.front().path);
    CHECK(file.find("fd")->integer == 4);
    CHECK(document->find("data")->items.front().find("name")->text == "list");
    CHECK(document->find("settings")->find("deny")->items.size() == 1);
    CHECK(document->find("offline")->boolean);
    // A script that looks for the id with sed finds one only: quotes inside of texts are escaped.
    CHECK(text.find("\"request_id\":\"", text.find(kId)) == std::string::npos);
    CHECK(external::describe_request(kId).starts_with(R"({"protocol":1,"request_id":")" + kId + R"(","op":"describe")"));
}
