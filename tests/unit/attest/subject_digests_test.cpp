#include "attest/subject_digests.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using namespace headgate::attest;

namespace {

std::string statement(const std::string& subjects, const std::string& type = "https://in-toto.io/Statement/v1") {
    return R"({"_type":")" + type + R"(","subject":[)" + subjects + R"(],"predicateType":"https://a.example/p/v1","predicate":null})";
}

StatementSubjects read(const std::string& subjects) { return read_subjects(as_bytes(statement(subjects))).value(); }

void check_refused(const std::string& json, const std::string& why) {
    const auto result = read_subjects(as_bytes(json));
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

const std::string kOne = R"({"name":"a","digest":{"sha256":"aa","sha512":"bb"}})";
const std::string kTwo = R"({"name":"b","digest":{"gitCommit":"cc"}})";

}  // namespace

TEST_CASE("a subject is named by a digest that it states") {
    CHECK(names_digest(read(kOne), {{"sha256", "aa"}}));
    CHECK(names_digest(read(kOne), {{"sha512", "bb"}}));
    CHECK(names_digest(read(kTwo + "," + kOne), {{"sha256", "aa"}, {"sha384", "dd"}}));
    CHECK_FALSE(names_digest(read(kOne), {{"sha256", "AA"}}));
    CHECK_FALSE(names_digest(read(kOne), {{"sha384", "aa"}}));
    CHECK_FALSE(names_digest(read(kTwo), {{"sha256", "aa"}}));
    CHECK_FALSE(names_digest(read(kOne), {}));
    CHECK_FALSE(names_digest(StatementSubjects{}, {{"sha256", "aa"}}));
}

TEST_CASE("one digest that differs outweighs one that agrees") {
    CHECK_FALSE(names_digest(read(kOne), {{"sha256", "aa"}, {"sha512", "other"}}));
    CHECK(names_digest(read(kOne), {{"sha256", "aa"}, {"sha512", "bb"}}));
    CHECK_FALSE(names_digest(read(kOne), {{"sha256", ""}}));
}

TEST_CASE("statements of both versions, and none without a subject") {
    CHECK(read_subjects(as_bytes(statement(kOne, "https://in-toto.io/Statement/v0.1"))).value().predicate_type == "https://a.example/p/v1");
    check_refused(statement(kOne, "https://in-toto.io/Statement/v2"), "_type");
    check_refused(statement(""), "no subject");
    check_refused(statement(R"({"name":"a"})"), "no digest");
    check_refused(statement(R"({"name":"a","digest":{}})"), "no digest");
    check_refused(statement(R"({"name":"a","digest":{"sha256":1}})"), "no string");
    check_refused(statement(R"({"name":"a","digest":{"sha256":""}})"), "no string");
    check_refused(R"({"_type":"https://in-toto.io/Statement/v1","subject":[)" + kOne + "]}", "predicateType");
    check_refused("", "statement: ");
    check_refused("[]", "_type");
}

TEST_CASE("1024 subjects and 32 digests of one (CVE-2024-45395)") {
    std::string many = kOne;
    for (std::size_t i = 1; i < kMaxBundleSubjects; ++i) many += "," + kOne;
    CHECK(read(many).subjects.size() == kMaxBundleSubjects);
    check_refused(statement(many + "," + kOne), "more than 1024");
    std::string digests;
    for (int i = 0; i < 33; ++i) digests += (i == 0 ? "\"d" : ",\"d") + std::to_string(i) + "\":\"x\"";
    check_refused(statement("{\"digest\":{" + digests + "}}"), "more than 32");
}

TEST_CASE("a statement is read whole or not at all") {
    const std::string json = statement(kOne + "," + kTwo);
    for (std::size_t length = 0; length < json.size(); ++length) CHECK_FALSE(read_subjects(as_bytes(json.substr(0, length))).ok());
}
