// package-lock.json in its three versions.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;

namespace {

const std::string kFile = "package-lock.json";
// 64 zero bytes, in base64.
const std::string kSha512 = "sha512-" + std::string(86, 'A') + "==";
const std::string kHex512 = "sha512:" + std::string(128, '0');

std::string lock(const std::string& packages, const std::string& dependencies = {}) {
    std::string text = "{\"name\":\"x\",\"lockfileVersion\":2,\"packages\":{\"\":{\"name\":\"x\"}" +
                       (packages.empty() ? std::string() : ",\n" + packages) + "}";
    if (!dependencies.empty()) text += ",\n\"dependencies\":{" + dependencies + "}";
    return text + "}\n";
}
std::string package(const std::string& place, const std::string& version, const std::string& resolved, const std::string& more = {}) {
    return "\"" + place + "\":{\"version\":\"" + version + "\",\"resolved\":\"" + resolved + "\",\"integrity\":\"" + kSha512 + "\"" + more + "}";
}

}  // namespace

TEST_CASE("packages half: names, versions, integrity, lines") {
    const Parsed parsed(kFile, lock(package("node_modules/@acme/x", "1.0.0", "https://registry.example/@acme/x/-/x-1.0.0.tgz", ",\"hasInstallScript\":true") + ",\n" +
                                    package("node_modules/a/node_modules/b", "2.0.0+b.1", "https://registry.example/b/-/b-2.0.0+b.1.tgz")));
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == std::vector<std::string>{"pkg:npm/@acme/x@1.0.0", "pkg:npm/b@2.0.0+b.1"});
    const auto& first = parsed.facts.requirements[0];
    CHECK(first.integrity == std::vector<std::string>{kHex512});
    CHECK(first.runs_install_script);
    CHECK(first.pinned);
    CHECK(first.where.line == 2U);
    CHECK(parsed.facts.requirements[1].where.line == 3U);
}

TEST_CASE("an archive of another package or version is a finding") {
    CHECK(Parsed(kFile, lock(package("node_modules/a", "1.0.0", "https://registry.example/evil/-/evil-1.0.0.tgz"))).has("package-lock.resolved-name"));
    CHECK(Parsed(kFile, lock(package("node_modules/a", "1.0.0", "https://registry.example/a/-/a-1.0.1.tgz"))).has("package-lock.resolved-version"));
    CHECK(Parsed(kFile, lock(package("node_modules/a", "1.0.0", "https://registry.example/xa/-/a-1.0.0.tgz"))).has("package-lock.resolved-name"));
    CHECK_FALSE(Parsed(kFile, lock(package("node_modules/@s/a", "1.0.0", "https://registry.example/@s%2fa/-/a-1.0.0.tgz"))).has("package-lock.resolved-name"));
}

TEST_CASE("aliases carry the real name") {
    const Parsed parsed(kFile, lock(package("node_modules/react", "1.0.0", "https://registry.example/raect/-/raect-1.0.0.tgz", ",\"name\":\"raect\"")));
    CHECK(parsed.names() == std::vector<std::string>{"pkg:npm/raect@1.0.0"});
    CHECK(parsed.facts.requirements[0].written == "react");
    CHECK(parsed.facts.findings.empty());
    const Parsed old(kFile, "{\"lockfileVersion\":1,\"dependencies\":{\"react\":{\"version\":\"npm:@s/raect@1.0.0\"}}}");
    CHECK(old.names() == std::vector<std::string>{"pkg:npm/@s/raect@1.0.0"});
}

TEST_CASE("sources: git, tarball, path, link, bundled") {
    const std::string commit(40, 'c');
    const Parsed parsed(kFile, lock(package("node_modules/g", "1.0.0", "git+ssh://git@git.example/a/g.git#" + commit) + "," +
                                    package("node_modules/t", "1.0.0", "https://files.example/t.tgz", ",\"bundleDependencies\":[\"inner\"]") + "," +
                                    "\"node_modules/p\":{\"version\":\"1.0.0\",\"resolved\":\"file:p.tgz\"}," +
                                    "\"node_modules/w\":{\"resolved\":\"packages/w\",\"link\":true},\"packages/w\":{\"version\":\"1.0.0\"}," +
                                    "\"node_modules/broken\":{\"resolved\":\"packages/none\",\"link\":true}," +
                                    "\"node_modules/t/node_modules/inner\":{\"version\":\"1.0.0\",\"inBundle\":true}," +
                                    "\"node_modules/top\":{\"version\":\"1.0.0\",\"inBundle\":true}"));
    CHECK(parsed.understood);
    const auto& all = parsed.facts.requirements;
    REQUIRE(all.size() == 6);
    CHECK(all[0].source == Requirement::Source::git);
    CHECK(all[0].pinned);
    CHECK(all[1].source == Requirement::Source::url);
    CHECK(all[2].source == Requirement::Source::path);
    CHECK(all[3].source == Requirement::Source::path);       // the broken link
    CHECK(all[4].source == Requirement::Source::workspace);  // comes inside its parent
    CHECK(all[5].source == Requirement::Source::registry);   // nothing can have brought it along
}

TEST_CASE("both halves must say the same, and both are judged when they do not") {
    const std::string good = package("node_modules/a", "1.0.0", "https://registry.example/a/-/a-1.0.0.tgz");
    const std::string same = package("a", "1.0.0", "https://registry.example/a/-/a-1.0.0.tgz");
    CHECK(Parsed(kFile, lock(good, same)).facts.findings.empty());
    const Parsed differ(kFile, lock(good, package("a", "1.0.0", "https://evil.example/a/-/a-1.0.0.tgz")));
    CHECK(differ.has("package-lock.halves-differ"));
    CHECK(differ.facts.requirements.size() == 2);
    CHECK(Parsed(kFile, lock(good, same + "," + package("b", "1.0.0", ""))).has("package-lock.halves-differ"));
    CHECK(Parsed(kFile, lock(good + "," + package("node_modules/b", "1.0.0", ""), same)).has("package-lock.halves-differ"));
    const std::string git = "git+ssh://git@git.example/a.git#" + std::string(40, 'c');
    CHECK(Parsed(kFile, lock("\"node_modules/g\":{\"version\":\"1.0.0\",\"resolved\":\"" + git + "\"}", "\"g\":{\"version\":\"" + git + "\",\"from\":\"g\"}")).facts.findings.empty());
    const std::string short_git = "github:a/a#" + std::string(40, 'c');
    CHECK(Parsed(kFile, lock("\"node_modules/g\":{\"version\":\"1.0.0\",\"resolved\":\"" + git + "\"}", "\"g\":{\"version\":\"" + short_git + "\",\"from\":\"g\"}")).facts.findings.empty());
    CHECK(Parsed(kFile, lock("\"node_modules/w\":{\"resolved\":\"packages/w\",\"link\":true},\"packages/w\":{\"version\":\"1.0.0\"}",
                             "\"w\":{\"version\":\"file:packages/w\"}")).facts.findings.empty());
}

TEST_CASE("strict JSON, known versions, sane paths and hashes") {
    CHECK(Parsed(kFile, "{").has("package-lock.malformed"));
    CHECK(Parsed(kFile, "{\"lockfileVersion\":3,\"lockfileVersion\":3,\"packages\":{}}").has("package-lock.malformed"));
    CHECK(Parsed(kFile, "[]").has("package-lock.malformed"));
    for (const char* text : {"{}", "{\"lockfileVersion\":4}", "{\"lockfileVersion\":\"3\"}", "{\"lockfileVersion\":3,\"packages\":[]}",
                             "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a\":1}}", "{\"lockfileVersion\":1,\"dependencies\":{\"a\":{\"version\":\"foo:bar\"}}}",
                             "{\"lockfileVersion\":3,\"packages\":{\"node_modules/a b\":{\"version\":\"1.0.0\"}}}"}) {
        CAPTURE(text);
        CHECK_FALSE(Parsed(kFile, text).understood);
    }
    CHECK(Parsed(kFile, "{\"lockfileVersion\":3,\"packages\":{}}").understood);
    CHECK(Parsed("npm-shrinkwrap.json", "{\"lockfileVersion\":1}").understood);
    CHECK(Parsed(kFile, lock(package("../node_modules/a", "1.0.0", ""))).has("package-lock.path-escape"));
    CHECK(Parsed(kFile, lock("\"node_modules/a\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-xx\"}")).has("package-lock.bad-integrity"));
    CHECK(intake::every_prefix(kFile, lock(package("node_modules/a", "1.0.0", "https://registry.example/a/-/a-1.0.0.tgz"),
                                           package("a", "1.0.1", "https://registry.example/a/-/a-1.0.1.tgz"))));
}
