// Nothing that lets somebody in stands in what is recorded, however the place is spelled.
#include <catch2/catch.hpp>

#include "intake/entry.hpp"
#include "intake/named.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using namespace headgate::intake;

namespace {

/// Everything that is said of one file, in one text.
std::string all_said(const Parsed& parsed) {
    std::string said;
    for (const Requirement& one : parsed.facts.requirements) said += one.written + "\n" + one.url + "\n" + one.reference.canonical + "\n";
    for (const IndexOption& one : parsed.facts.index_options) said += one.url + "\n";
    for (const Finding& one : parsed.facts.findings) said += one.message + "\n";
    for (const Opaque& one : parsed.facts.opaques) said += one.why + "\n";
    return said;
}

std::string pod(const std::string& rest) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: own:1\n" + rest;
}
Parsed read(const std::string& text) { return Parsed("pod.yaml", text, {}, format_of("Kubernetes")); }

}  // namespace

TEST_CASE("the place of a hub shows no password") {
    for (const char* const place : {"https://u:pw/SECRET@h.example/x", "https://u:SECRET@h.example", "//u:SECRET@h", "https:/u:SECRET@h", "u:SECRET@h.example/x"}) {
        CAPTURE(place);
        const Parsed parsed = read(pod("    command: [vllm, serve, acme/m]\n    env: [{name: HF_ENDPOINT, value: \"" + std::string(place) + "\"}]\n"));
        CHECK(all_said(parsed).find("SECRET") == std::string::npos);
    }
}

TEST_CASE("a repository of a volume shows no password") {
    for (const char* const place : {"https://u:pw/SECRET@h.example/x", "//u:SECRET@h.example/x", "https:/u:SECRET@h.example/x", "u:SECRET@h.example/x", "u:SEC/RET@h.example/x"}) {
        CAPTURE(place);
        const std::string said = all_said(read(pod("  volumes: [{name: v, gitRepo: {repository: \"" + std::string(place) + "\"}}]\n")));
        CHECK(said.find("SECRET") == std::string::npos);
        CHECK(said.find("SEC/RET") == std::string::npos);
    }
    const Parsed plain = read(pod("  volumes: [{name: v, gitRepo: {repository: \"git@github.example:org/repo\"}}]\n"));
    CHECK(plain.understood);
    REQUIRE(plain.names().size() == 2);
    CHECK(plain.names().back() == "git+ssh://github.example/org/repo");
}

TEST_CASE("of whom clients disagree is nobody's host") {
    Limits limits;
    for (const char* const place : {"other.example:x@github.example/org/repo", "https://other.example:x/y@github.example/org/repo"}) {
        CAPTURE(place);
        Evidence evidence;
        IntakeContext context{limits, evidence, "x"};
        CHECK_FALSE(record_git(place, context.at_line(1), context));
        CHECK(evidence.requirements.empty());
        CHECK_FALSE(evidence.opaques.empty());
    }
    CHECK(host_of("https://other.example:x/y@github.example/org") == "***");
    CHECK(host_of("https://u:p@github.example:8443/org") == "github.example:8443");
}

TEST_CASE("what Ray installs shows no password") {
    for (const char* const list : {"pip: [\"https://u:pw/SECRET@h.example/x.whl\"]", "pip: [\"x @ https://u:pw/SECRET@h.example/x.whl\"]", "pip: [\"--index-url https://u:pw/SECRET@h.example/simple\"]",
                                   "conda: {dependencies: [\"https://u:pw/SECRET@h.example/x-1.0-0.conda\"]}", "conda: {dependencies: [\"//u:SECRET@h.example/x\"]}"}) {
        CAPTURE(list);
        const std::string cluster = "apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: a}\nspec:\n  runtimeEnvYAML: |\n    " + std::string(list) + "\n";
        CHECK(all_said(read(cluster)).find("SECRET") == std::string::npos);
    }
}
