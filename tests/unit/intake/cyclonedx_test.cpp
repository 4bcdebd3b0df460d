// CycloneDX as input: which components are members, and what of them is kept.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Source = Requirement::Source;

namespace {

const std::string kHash(64, 'a');
const std::string kHash512(128, 'b');
const std::string kCommit(40, 'c');

/// A document of version 1.6 with these components.
std::string bom(const std::string& components, const std::string& more = {}) {
    return R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":[)" + components + "]" + more + "}";
}

std::string library(const std::string& fields) { return R"({"type":"library",)" + fields + "}"; }

bool honest(const std::string& component) {
    const Parsed parsed("bom.json", bom(component));
    return parsed.understood && parsed.facts.findings.empty() && parsed.facts.requirements.size() == 1;
}

}  // namespace

TEST_CASE("cyclonedx: components, nested ones, hashes, distributions; the product itself is no member") {
    const std::string text = R"({
 "bomFormat": "CycloneDX", "specVersion": "1.7",
 "metadata": {
  "tools": {"components": [{"type": "application", "name": "tool", "version": "1"}]},
  "component": {"type": "application", "name": "app", "purl": "pkg:npm/app@1.0.0", "components": [
   {"type": "library", "name": "part", "version": "2", "purl": "pkg:npm/part@2"}]}
 },
 "components": [
  {"type": "library", "group": "@babel", "name": "core", "version": "7.0.0", "purl": "pkg:npm/%40babel/core@7.0.0#packages/core", "scope": "optional",
   "hashes": [{"alg": "SHA-512", "content": ")" + kHash512 + R"("}, {"alg": "SHA3-256", "content": ")" + kHash + R"("}],
   "externalReferences": [{"type": "vcs", "url": "git+https://git.example/babel.git"}, {"type": "distribution", "url": "https://npm.example/@babel/core/-/core-7.0.0.tgz"}],
   "components": [
    {"type": "library", "name": "Inner.Lib", "version": "1.0", "purl": "pkg:pypi/inner-lib@1.0", "hashes": [{"alg": "SHA-1", "content": ")" + kCommit + R"("}],
     "components": [{"type": "file", "name": "a.py"}, {"type": "library", "name": "deep", "version": "3", "purl": "pkg:cargo/deep@3"}]}]},
  {"type": "operating-system", "name": "debian", "version": "12"},
  {"type": "cryptographic-asset", "name": "AES"},
  {"type": "library", "name": "ranged", "isExternal": true, "versionRange": "vers:npm/>=1.0|<2.0", "purl": "pkg:npm/ranged"}
 ],
 "services": [{"name": "an endpoint", "endpoints": ["https://api.example"]}]
})";
    const Parsed parsed("x.cdx.json", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:npm/part@2", "pkg:npm/@babel/core@7.0.0#packages/core", "pkg:pypi/inner-lib@1.0", "pkg:cargo/deep@3", "pkg:npm/ranged"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[1].written == "@babel/core");
    CHECK(all[1].url == "https://npm.example/@babel/core/-/core-7.0.0.tgz");
    CHECK(all[1].integrity == Names{"sha512:" + kHash512});
    CHECK(all[1].markers == "optional");
    CHECK(all[1].pinned);
    CHECK(all[1].where.line == 9U);
    CHECK(all[2].written == "Inner.Lib");
    CHECK(all[2].integrity == Names{"sha1:" + kCommit});
    CHECK_FALSE(all[4].pinned);
    CHECK(all[4].range == "vers:npm/>=1.0|<2.0");
    CHECK(intake::every_prefix("x.cdx.json", text));
}

TEST_CASE("cyclonedx: the same in XML") {
    const std::string text = "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\" version=\"1\">\n<metadata><component type=\"application\"><name>app</name></component></metadata>\n<components>\n"
                             "<component type=\"library\" bom-ref=\"a\"><group><![CDATA[asm89]]></group><name>stack-cors</name><version>1.3.0</version><scope>excluded</scope>\n"
                             "<hashes><hash alg=\"SHA-256\">" + kHash + "</hash></hashes><purl>pkg:composer/asm89/stack-cors@1.3.0</purl>\n"
                             "<externalReferences><reference type=\"distribution\"><url>https://forge.example/zip/1</url></reference></externalReferences>\n"
                             "<components>\n<component type=\"library\"><name>inner</name><version>1</version><purl>pkg:npm/inner@1</purl></component></components></component>\n"
                             "<component type=\"application\" bom-ref=\"place\"><name>poetry.lock</name></component>\n"
                             "</components>\n<dependencies><dependency ref=\"place\"><dependency ref=\"a\"/></dependency></dependencies>\n</bom>\n";
    const Parsed parsed("bom.xml", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:composer/asm89/stack-cors@1.3.0", "pkg:npm/inner@1"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].integrity == Names{"sha256:" + kHash});
    CHECK(all[0].url == "https://forge.example/zip/1");
    CHECK(all[0].markers == "excluded");
    CHECK(all[0].where.line == 5U);
    CHECK(all[1].where.line == 9U);
    CHECK(intake::every_prefix("bom.xml", text));
    for (const char* bad : {"<bom/>", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.1\"/>", "<sbom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>", "{}",
                            "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\" xmlns:b=\"http://cyclonedx.org/schema/bom/1.5\"/>",
                            "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components><component type=\"library\"><name>a</name><purl>pkg:npm/a@1</purl><purl>pkg:npm/b@1</purl></component></components></bom>",
                            "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components/><components/></bom>",
                            "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><components><other/></components></bom>",
                            "<!DOCTYPE bom [<!ENTITY x 'y'>]><bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("bom.xml", bad).understood);
    }
    CHECK(Parsed("bom.xml", "<b:bom xmlns:b=\"http://cyclonedx.org/schema/bom/1.4\"/>").understood);
}

TEST_CASE("cyclonedx: what is no document of a version that is known is refused") {
    for (const char* bad : {"", "[]", "Not an sbom at all!", "{}", R"({"bomFormat":"CycloneDX"})", R"({"bomFormat":"CycloneDX","specVersion":"1.1"})", R"({"bomFormat":"CycloneDX","specVersion":"2.0"})",
                            R"({"bomFormat":"SPDX","specVersion":"1.6"})", R"({"bomFormat":"CycloneDX","specVersion":"1.6","specVersion":"1.6"})", R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":{}})",
                            R"({"bomFormat":"CycloneDX","specVersion":"1.6","components":["a"]})", R"({"bomFormat":"CycloneDX","specVersion":1.6})"}) {
        CAPTURE(bad);
        const Parsed parsed("bom.json", bad);
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.oracle());
    }
    for (const char* version : {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}) CHECK(Parsed("bom.json", std::string(R"({"bomFormat":"CycloneDX","specVersion":")") + version + "\"}").understood);
}

TEST_CASE("cyclonedx: a component without a purl is not understood, unless it is no package") {
    for (const char* type : {"library", "framework", "application", "container", "platform", "firmware", "device-driver", "machine-learning-model", "data", "something new"}) {
        CAPTURE(type);
        const Parsed parsed("bom.json", bom(std::string(R"({"type":")") + type + R"(","name":"a","version":"1"})"));
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.facts.opaques.size() == 1);
    }
    for (const char* type : {"file", "operating-system", "device", "cryptographic-asset"}) {
        CAPTURE(type);
        CHECK(Parsed("bom.json", bom(std::string(R"({"type":")") + type + R"(","name":"a","version":"1"})")).understood);
    }
    // By the place that it was fetched from.
    const Parsed placed("bom.json", bom(library(R"("name":"a","version":"1","externalReferences":[{"type":"website","url":"https://www.example"},{"type":"distribution","url":"https://get.example/a-1.zip"}])") + "," +
                                        library(R"("name":"b","externalReferences":[{"type":"distribution","url":"git+https://git.example/b@)" + kCommit + R"("}])")));
    CHECK(placed.understood);
    CHECK(placed.names() == Names{"https://get.example/a-1.zip", "git+https://git.example/b@" + kCommit});
    CHECK(placed.facts.requirements[0].source == Source::url);
    CHECK(placed.facts.requirements[0].written == "a");
    CHECK(placed.facts.requirements[1].source == Source::git);
    CHECK(placed.facts.requirements[1].pinned);
}

TEST_CASE("cyclonedx: an application that only holds others is a place in the product") {
    const std::string member = R"({"type":"library","bom-ref":"b","name":"b","version":"1","purl":"pkg:pypi/b@1"})";
    const std::string held = R"(,"dependencies":[{"ref":"a","dependsOn":["b"]}])";
    CHECK(Parsed("bom.json", bom(R"({"type":"application","bom-ref":"a","name":"poetry.lock"},)" + member, held)).understood);
    CHECK(Parsed("bom.json", bom(R"({"type":"application","name":"poetry.lock","components":[)" + member + "]}")).understood);
    CHECK_FALSE(Parsed("bom.json", bom(R"({"type":"application","bom-ref":"a","name":"poetry.lock"},)" + member)).understood);
    CHECK_FALSE(Parsed("bom.json", bom(R"({"type":"application","bom-ref":"a","name":"tool","version":"1"},)" + member, held)).understood);
    CHECK_FALSE(Parsed("bom.json", bom(R"({"type":"library","bom-ref":"a","name":"poetry.lock"},)" + member, held)).understood);
    CHECK_FALSE(Parsed("bom.json", bom(member, R"(,"dependencies":[{"ref":"b","dependsOn":["urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x"]}])")).understood);
}

TEST_CASE("cyclonedx: models, data sets and images become references of their own") {
    const Parsed parsed("bom.json", bom(R"({"type":"machine-learning-model","group":"acme","name":"m","purl":"pkg:huggingface/acme/m@)" + kCommit + R"("},)"
                                        R"({"type":"machine-learning-model","name":"acme/n","version":")" + kCommit + R"(","purl":"pkg:huggingface/acme/n"},)"
                                        R"({"type":"data","name":"d","purl":"pkg:huggingface/acme/d@main"},{"type":"data","name":"e","purl":"pkg:huggingface/datasets/acme/e"},)"
                                        R"({"type":"container","name":"base:1.2","version":"1.2","purl":"pkg:oci/base@sha256%3A)" + kHash + R"(?repository_url=registry.example%2Fteam%2Fbase&tag=1.2"},)"
                                        R"({"type":"container","name":"nginx","version":"1.27","purl":"pkg:docker/nginx@1.27"})"));
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"hf:acme/m@" + kCommit, "hf:acme/n@" + kCommit, "hf-dataset:acme/d@main", "hf-dataset:acme/e", "oci:registry.example/team/base:1.2@sha256:" + kHash, "oci:docker.io/library/nginx:1.27"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[4].url == "registry.example");
    CHECK(all[4].pinned);
    CHECK(all[4].integrity == Names{"sha256:" + kHash});
    CHECK_FALSE(all[5].pinned);
    CHECK_FALSE(Parsed("bom.json", bom(R"({"type":"container","name":"base","purl":"pkg:oci/base@sha256%3A)" + kHash + R"("})")).understood);
    // Without a purl: by the page of a hub whose path is the name.
    const auto model = [](const std::string& type, const std::string& url) { return Parsed("bom.json", bom(R"({"type":")" + type + R"(","name":"acme/m","version":")" + kCommit + R"(","externalReferences":[{"type":"model-card","url":")" + url + R"("}]})")); };
    CHECK(model("machine-learning-model", "https://hub.example/acme/m/").names() == Names{"hf:acme/m@" + kCommit});
    CHECK(model("machine-learning-model", "https://hub.example/acme/m").facts.requirements.at(0).url == "https://hub.example/acme/m");
    CHECK(model("data", "https://hub.example/datasets/acme/m").names() == Names{"hf-dataset:acme/m@" + kCommit});
    CHECK_FALSE(model("machine-learning-model", "https://hub.example/acme/other").understood);
    CHECK_FALSE(model("data", "https://hub.example/acme/m").understood);
    CHECK_FALSE(model("library", "https://hub.example/acme/m").understood);
}

TEST_CASE("cyclonedx: a name or version other than that of the purl is found") {
    for (const char* bad : {R"("name":"lodash","purl":"pkg:npm/%40evil/lodash@1")", R"("name":"lodash","purl":"pkg:npm/lodahs@1")", R"("group":"@acme","name":"ui","purl":"pkg:npm/ui@1")",
                            R"("group":"org.apache","name":"log4j","purl":"pkg:maven/org.evil/log4j@1")", R"("name":"requests","purl":"pkg:pypi/reqeusts@1")", R"("name":"net","purl":"pkg:golang/evil.example/x/net@1")",
                            R"("group":"laravel","name":"framework","purl":"pkg:composer/evil/framework@1")"}) {
        CAPTURE(bad);
        const Parsed parsed("bom.json", bom(library(bad)));
        CHECK(parsed.has("sbom.name-differs"));
        CHECK(parsed.facts.requirements.size() == 1);
    }
    CHECK(Parsed("bom.json", bom(library(R"("name":"a","version":"1.0.1","purl":"pkg:npm/a@1.0.0")"))).has("sbom.version-differs"));
    // How tools write what is the same.
    for (const char* good : {R"("name":"@babel/core","purl":"pkg:npm/%40babel/core@1")", R"("group":"@babel","name":"core","purl":"pkg:npm/%40babel/core@1")", R"("group":"babel","name":"core","purl":"pkg:npm/%40babel/core@1")",
                             R"("name":"Flask_SQLAlchemy","purl":"pkg:pypi/flask-sqlalchemy@1")", R"("group":"org.x","name":"y","purl":"pkg:maven/org.x/y@1?type=jar")", R"("name":"y","purl":"pkg:maven/org.x/y@1")",
                             R"("name":"org.x:y","purl":"pkg:maven/org.x/y@1")", R"("name":"github.com/a/B","version":"v1.0.0","purl":"pkg:golang/github.com/a/b@v1.0.0")", R"("group":"github.com/a","name":"b","purl":"pkg:golang/github.com/a/b@1")",
                             R"("name":"golang.example/x/net/html","purl":"pkg:golang/golang.example/x/net@1#html")", R"("name":"openssl","version":"1:3.0.2-1","purl":"pkg:deb/debian/openssl@3.0.2-1?epoch=1")",
                             R"("name":"Newtonsoft.Json","version":"13.0.1","purl":"pkg:nuget/Newtonsoft.Json@13.0.1")", R"("name":"actions/checkout","version":"4","purl":"pkg:githubactions/actions/checkout@v4")",
                             R"("name":"laravel/framework","version":"v7.12.0","purl":"pkg:composer/laravel/framework@v7.12.0")"}) {
        CAPTURE(good);
        CHECK(honest(library(good)));
    }
}

TEST_CASE("cyclonedx: where a package comes from") {
    const auto one = [](const std::string& fields) {
        const Parsed parsed("bom.json", bom(library(fields)));
        REQUIRE(parsed.facts.requirements.size() == 1);
        return parsed.facts.requirements[0];
    };
    CHECK(one(R"("name":"a","purl":"pkg:pypi/a@1?repository_url=https%3A%2F%2Fpypi.corp.example")").url == "https://pypi.corp.example");
    CHECK(one(R"("name":"a","purl":"pkg:pypi/a@1?download_url=https%3A%2F%2Ffiles.example%2Fa.whl")").url == "https://files.example/a.whl");
    const Requirement checked = one(R"("name":"a","purl":"pkg:pypi/a@1?checksum=sha1%3A)" + kCommit + "%2Csha256%3A" + kHash + "\"");
    CHECK(checked.integrity == Names{"sha1:" + kCommit, "sha256:" + kHash});
    // A repository at a revision is where it came from; one without is where it is written.
    const Requirement git = one(R"("name":"a","purl":"pkg:npm/a@1.0.0?vcs_url=git%2Bhttps%3A%2F%2Fgit.example%2Fa.git%40)" + kCommit + "\"");
    CHECK(git.source == Source::git);
    CHECK(git.pinned);
    CHECK(git.url == "https://git.example/a.git#" + kCommit);
    CHECK(one(R"("name":"a","purl":"pkg:npm/a@1.0.0?vcs_url=git%2Bhttps%3A%2F%2Fgit.example%2Fa.git")").source == Source::registry);
    // What a pom.xml calls its distribution is where its authors deploy to.
    CHECK(one(R"("name":"a","purl":"pkg:maven/g/a@1","externalReferences":[{"type":"distribution","url":"https://deploy.example/staging/"}])").url.empty());
    CHECK(one(R"("name":"a","purl":"pkg:maven/g/a@1","externalReferences":[{"type":"distribution","url":"https://repo.example/g/a/1/a-1.jar"}])").url == "https://repo.example/g/a/1/a-1.jar");
    CHECK(one(R"("name":"a","purl":"pkg:composer/v/a@1","externalReferences":[{"type":"distribution","url":"../.."}])").source == Source::path);
    const Requirement two = one(R"("name":"a","purl":"pkg:pypi/a@1","externalReferences":[{"type":"distribution","url":"https://login:secret@one.example/a"},{"type":"distribution","url":"https://two.example/a"}])");
    CHECK(two.url == "https://one.example/a");
    CHECK(two.files == Names{"https://two.example/a"});
    CHECK(Parsed("bom.json", bom(library(R"("name":"a","version":"1.0.0","purl":"pkg:npm/a@1.0.0","externalReferences":[{"type":"distribution","url":"https://npm.example/evil/-/evil-1.0.0.tgz"}])"))).has("manifest.resolved-name"));
    CHECK(Parsed("bom.json", bom(library(R"("name":"a","purl":"pkg:npm/a@1","hashes":[{"alg":"SHA-256","content":"abc"}])"))).has("manifest.bad-integrity"));
    CHECK(Parsed("bom.json", bom(library(R"("name":"a","purl":"pkg:npm/a@1","hashes":[{"alg":"ROT-13","content":"abc"}])"))).has("manifest.bad-integrity"));
    CHECK_FALSE(Parsed("bom.json", bom(library(R"("name":"a","purl":"no purl")"))).understood);
    CHECK_FALSE(Parsed("bom.json", bom(library("\"name\":\"a\\u202e\",\"purl\":\"pkg:npm/a@1\""))).understood);
    CHECK(one(R"("name":"a","version":"1.2.3","purl":"pkg:npm/a")").reference.canonical == "pkg:npm/a@1.2.3");
    CHECK(one(R"("name":"a","version":"^1","purl":"pkg:npm/a")").range == "^1");
}

TEST_CASE("cyclonedx: what a formula is built with, and the bounds") {
    const Parsed parsed("bom.json", bom("", R"(,"formulation":[{"components":[{"type":"platform","name":"a pipeline"},{"type":"library","name":"tool","version":"1","purl":"pkg:pypi/tool@1"}]}])"));
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/tool@1"});
    CHECK(parsed.facts.requirements[0].markers == "formulation");
    Limits limits;
    limits.facts = 3;
    std::string many;
    for (int i = 0; i < 10; ++i) many += (i == 0 ? "" : ",") + library("\"name\":\"a" + std::to_string(i) + "\",\"purl\":\"pkg:npm/a" + std::to_string(i) + "@1\"");
    const Parsed full("bom.json", bom(many), limits);
    CHECK_FALSE(full.understood);
    CHECK(full.has("manifest.unscannable"));
    std::string hashes;
    for (int i = 0; i < 65; ++i) hashes += std::string(i == 0 ? "" : ",") + R"({"alg":"MD5","content":"x"})";
    CHECK_FALSE(Parsed("bom.json", bom(library(R"("name":"a","purl":"pkg:npm/a@1","hashes":[)" + hashes + "]"))).understood);
    std::string deep = library(R"("name":"a","purl":"pkg:npm/a@1")");
    for (int i = 0; i < 20; ++i) deep = library("\"name\":\"a\",\"purl\":\"pkg:npm/a@1\",\"components\":[" + deep + "]");
    CHECK(Parsed("bom.json", bom(deep)).facts.requirements.size() == 21);
}
