#include "server/service.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "codec/json.hpp"
#include "recipes/temporary_folder.hpp"
#include "report/report.hpp"

using namespace headgate;
using namespace headgate::server;

namespace {

struct Fixture {
    TemporaryFolder folder;
    std::vector<pipeline::Request> seen;
    Result<pipeline::LoadedPolicy> next = pipeline::LoadedPolicy{};
    PolicyHolder policy{[this] { return next; }, 60};
    Instant now{1'000'000};
    ServiceOptions options;

    Fixture() { options.roots = {*io::real_path(folder.path())}; }
    Service make() {
        static_cast<void>(policy.reload(now).ok());
        return Service(options, policy,
                       [this](const pipeline::LoadedPolicy&, const pipeline::Request& request) {
                           seen.push_back(request);
                           Report report;
                           SubjectVerdict verdict;
                           verdict.subject.ref = request.arguments.at(0).text;
                           report.subjects.push_back(verdict);
                           return report;
                       },
                       [this] { return now; });
    }
};

HttpRequest request(std::string body, std::string authorization = "") {
    HttpRequest made;
    made.path = "/v1/evaluate";
    made.body = std::move(body);
    made.authorization = std::move(authorization);
    return made;
}

codec::Json parsed(const std::string& body) { return codec::parse_json(as_bytes(body)).value(); }

}  // namespace

TEST_CASE("a name is judged as a name, and never looked for on disk") {
    Fixture fixture;
    Service service = fixture.make();
    const HttpResponse response =
        service.evaluate(request(R"({"subjects":[{"ref":"pkg:pypi/requests@2.31.0","kind":"package"}]})"));
    CHECK(response.status == 200);
    REQUIRE(fixture.seen.size() == 1);
    CHECK(fixture.seen[0].references_only);
    CHECK(fixture.seen[0].arguments[0].kind == Kind::package);
    CHECK(fixture.seen[0].now == fixture.now);
    CHECK(parsed(response.body).find("decision")->text == "deny");
}

TEST_CASE("a path lies below a root, whatever it is called") {
    Fixture fixture;
    fixture.folder.write("models/a.bin", "x");
    TemporaryFolder elsewhere;
    elsewhere.write("secret", "x");
    REQUIRE(::symlink(elsewhere.path().c_str(), fixture.folder.path("out").c_str()) == 0);
    REQUIRE(::symlink("models/a.bin", fixture.folder.path("in").c_str()) == 0);
    Service service = fixture.make();
    const auto ask = [&](const std::string& path) {
        codec::Json body = codec::Json::object();
        codec::Json& subject = body.add("subjects", codec::Json::array()).push(codec::Json::object());
        subject.add("path", codec::Json::of(path));
        subject.add("ref", codec::Json::of("hf:org/name"));
        fixture.seen.clear();
        return service.evaluate(request(codec::write_json(body)));
    };
    for (const std::string& good : {std::string("models/a.bin"), std::string("in"), fixture.options.roots[0] + "/models/a.bin"}) {
        CAPTURE(good);
        CHECK(ask(good).status == 200);
        REQUIRE(fixture.seen.size() == 1);
        CHECK(fixture.seen[0].root == fixture.options.roots[0]);
        CHECK(fixture.seen[0].print_base == fixture.options.roots[0]);
        CHECK(fixture.seen[0].arguments[0].as == "hf:org/name");
    }
    const std::string upward = "../" + elsewhere.path().substr(elsewhere.path().rfind('/') + 1) + "/secret";
    for (const std::string& bad : {std::string("out/secret"), std::string("out"), upward, elsewhere.path("secret"),
                                   std::string("/etc/passwd"), std::string("absent"), std::string("models/../..")}) {
        CAPTURE(bad);
        const HttpResponse response = ask(bad);
        CHECK(response.status == 200);
        CHECK(fixture.seen.empty());
        CHECK(parsed(response.body).find("decision")->text == "error");
        CHECK(response.body.find("not found below the folders that may be judged") != std::string::npos);
    }
}

TEST_CASE("a request that is not what it should be is 400 and judges nothing") {
    Fixture fixture;
    Service service = fixture.make();
    std::string many = R"({"subjects":[)";
    for (int i = 0; i < 257; ++i) many += (i > 0 ? "," : "") + std::string(R"({"ref":"a"})");
    for (const std::string& body :
         {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"subjects":[]})"), std::string(R"({"subjects":{}})"),
          std::string(R"({"subjects":[{}]})"), std::string(R"({"subjects":["a"]})"), std::string(R"({"subjects":[{"ref":1}]})"),
          std::string(R"({"subjects":[{"ref":"a","kind":"any"}]})"), std::string(R"({"subjects":[{"ref":"a","kinds":"model"}]})"),
          std::string(R"({"subjects":[{"ref":"a"}],"policy":"none"})"), std::string(R"({"subjects":[{"ref":"a","ref":"b"}]})"),
          std::string(R"({"subjects":[{"ref":"a\u0000"}]})"), std::string(R"({"subjects":[{"ref":"a"}]} x)"), many + "]}",
          std::string(1'000'000, '[')}) {
        CAPTURE(body.substr(0, 80));
        const HttpResponse response = service.evaluate(request(body));
        CHECK(response.status == 400);
        CHECK(parsed(response.body).find_text("error") != nullptr);
    }
    CHECK(fixture.seen.empty());
}

TEST_CASE("with tokens, only who has one is answered") {
    Fixture fixture;
    fixture.options.tokens = {"0123456789abcdef", "fedcba9876543210"};
    Service service = fixture.make();
    const std::string body = R"({"subjects":[{"ref":"pkg:pypi/a"}]})";
    CHECK(service.evaluate(request(body, "Bearer 0123456789abcdef")).status == 200);
    CHECK(service.evaluate(request(body, "Bearer fedcba9876543210")).status == 200);
    for (const char* wrong : {"", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0", "0123456789abcdef",
                              "Basic 0123456789abcdef", "Bearer 0123456789abcdef, x"}) {
        CHECK(service.evaluate(request(body, wrong)).status == 401);
    }
    CHECK(fixture.seen.size() == 2);
    CHECK(service.metrics({}).body.find("{reason=\"unauthorised\"} 7\n") != std::string::npos);
}

TEST_CASE("subjects of the answer are what the report prints, byte for byte") {
    Fixture fixture;
    Service service = fixture.make();
    Report expected;
    for (const char* ref : {"pkg:pypi/a", "pkg:pypi/b"}) {
        SubjectVerdict verdict;
        verdict.subject.ref = ref;
        expected.subjects.push_back(verdict);
    }
    const HttpResponse response = service.evaluate(request(R"({"subjects":[{"ref":"pkg:pypi/a"},{"ref":"pkg:pypi/b"}]})"));
    CHECK(response.body.find("\"subjects\":" + report::subjects_json(expected) + ",") != std::string::npos);
}

TEST_CASE("a policy that no longer loads stays in force, and everybody can see it") {
    Fixture fixture;
    Service service = fixture.make();
    CHECK(service.readyz({}).status == 200);
    fixture.now.seconds += 1000;
    fixture.next = Error{ErrorCode::policy, "policy.yaml:3: \"x\" is no key"};
    CHECK_FALSE(fixture.policy.reload(fixture.now).ok());
    const HttpResponse response = service.evaluate(request(R"({"subjects":[{"ref":"pkg:pypi/a"}]})"));
    CHECK(response.status == 200);
    CHECK(parsed(response.body).find("warnings")->items.at(0).text.find("policy.yaml:3") != std::string::npos);
    CHECK(service.metrics({}).body.find("headgate_policy_reload_failures_total 1\n") != std::string::npos);
    CHECK(service.readyz({}).status == 200);
    fixture.now.seconds += 60;
    CHECK(service.readyz({}).status == 200);
    fixture.now.seconds += 1;
    CHECK_FALSE(fixture.policy.reload(fixture.now).ok());
    CHECK(service.readyz({}).status == 503);
    fixture.next = pipeline::LoadedPolicy{};
    CHECK(fixture.policy.reload(fixture.now).ok());
    CHECK(service.readyz({}).status == 200);
    CHECK(parsed(service.evaluate(request(R"({"subjects":[{"ref":"pkg:pypi/a"}]})")).body).find("warnings") == nullptr);
}

TEST_CASE("without any policy nothing is admitted, and the service is not ready") {
    Fixture fixture;
    fixture.next = Error{ErrorCode::policy, "no"};
    Service service = fixture.make();
    CHECK(service.readyz({}).status == 503);
    CHECK(service.livez({}).status == 200);
    const HttpResponse response = service.evaluate(request(R"({"subjects":[{"ref":"pkg:pypi/a"}]})"));
    CHECK(response.status == 200);
    CHECK(parsed(response.body).find("decision")->text == "error");
    CHECK(fixture.seen.empty());
}

TEST_CASE("a judgement that throws is one that could not be made") {
    Fixture fixture;
    REQUIRE(fixture.policy.reload(fixture.now).ok());
    Service service({}, fixture.policy,
                    [](const auto&, const auto&) -> Report { throw std::bad_alloc(); }, [] { return Instant{}; });
    const HttpResponse response = service.evaluate(request(R"({"subjects":[{"ref":"pkg:pypi/a"}]})"));
    CHECK(response.status == 200);
    CHECK(parsed(response.body).find("exit_code")->integer == 2);
}

TEST_CASE("a file that is replaced, changed, gone or new is noticed once") {
    const TemporaryFolder folder;
    const std::string path = folder.write("policy", "a");
    FileWatch watch({path, folder.path("absent")});
    CHECK_FALSE(watch.changed());
    folder.write("policy", "ab");
    CHECK(watch.changed());
    CHECK_FALSE(watch.changed());
    folder.write("absent", "x");
    CHECK(watch.changed());
    REQUIRE(::unlink(path.c_str()) == 0);
    CHECK(watch.changed());
    CHECK_FALSE(watch.changed());
}
