// SPDX as input: 2.2 and 2.3 in JSON, YAML and tag-value, 3.0 in JSON-LD.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Source = Requirement::Source;

namespace {

const std::string kHash(64, 'a');
const std::string kCommit(40, 'c');

std::string purl(const std::string& locator) { return R"("externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":")" + locator + "\"}]"; }
std::string package(const std::string& id, const std::string& fields) { return R"({"SPDXID":"SPDXRef-)" + id + R"(","name":")" + id + "\"," + fields + "}"; }
std::string document(const std::string& packages, const std::string& more = {}) {
    return R"({"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[)" + packages + "]" + more + "}";
}
std::string relation(const std::string& from, const std::string& type, const std::string& to) {
    return R"({"spdxElementId":"SPDXRef-)" + from + R"(","relationshipType":")" + type + R"(","relatedSpdxElement":")" + (to.find(':') == std::string::npos ? "SPDXRef-" : "") + to + "\"}";
}

}  // namespace

TEST_CASE("spdx: packages with purl, checksums, places; what is described is the subject") {
    const std::string text = R"({
 "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "x",
 "packages": [
  {"SPDXID": "SPDXRef-root", "name": "app", "downloadLocation": "NOASSERTION"},
  {"SPDXID": "SPDXRef-a", "name": "Any name", "versionInfo": "1.0", "downloadLocation": "https://files.example/a-1.0.whl", "releaseDate": "2024-01-02T00:00:00Z",
   "checksums": [{"algorithm": "SHA256", "checksumValue": ")" + kHash + R"("}, {"algorithm": "SHA1", "checksumValue": ")" + kCommit + R"("}, {"algorithm": "BLAKE3", "checksumValue": "00"}],
   "externalRefs": [{"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x:y:1.0:*:*:*:*:*:*:*"}, {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/a@1.0"}]},
  {"SPDXID": "SPDXRef-b", "name": "b", "downloadLocation": "NONE", "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "http://spdx.org/rdf/references/npm", "referenceLocator": "@s/b@1.2.3"}]},
  {"SPDXID": "SPDXRef-lock", "name": "poetry.lock", "downloadLocation": "NONE", "primaryPackagePurpose": "APPLICATION"},
  {"SPDXID": "SPDXRef-os", "name": "debian", "versionInfo": "12", "downloadLocation": "NONE", "primaryPackagePurpose": "OPERATING-SYSTEM"}
 ],
 "files": [{"SPDXID": "SPDXRef-f", "fileName": "a.py"}],
 "relationships": [
  {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-root"},
  {"spdxElementId": "SPDXRef-root", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-f"},
  {"spdxElementId": "SPDXRef-lock", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-a"},
  {"spdxElementId": "SPDXRef-b", "relationshipType": "DEV_DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-root"},
  {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "NOASSERTION"}
 ]
})";
    const Parsed parsed("x.spdx.json", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:pypi/a@1.0", "pkg:npm/@s/b@1.2.3"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].written == "Any name");
    CHECK(all[0].url == "https://files.example/a-1.0.whl");
    CHECK(all[0].integrity == Names{"sha256:" + kHash, "sha1:" + kCommit});
    CHECK(all[0].released == 1704153600);
    CHECK(all[0].where.line == 5U);
    CHECK(all[0].pinned);
    CHECK(all[1].markers == "dev");
    CHECK(intake::every_prefix("x.spdx.json", text));
}

TEST_CASE("spdx: several that are described are a list; what is described must be listed") {
    const std::string two = package("a", purl("pkg:generic/a@1")) + "," + package("b", purl("pkg:generic/b@1"));
    CHECK(Parsed("x.spdx.json", document(two, R"(,"documentDescribes":["SPDXRef-a","SPDXRef-b"])")).names() == Names{"pkg:generic/a@1", "pkg:generic/b@1"});
    CHECK(Parsed("x.spdx.json", document(two, R"(,"documentDescribes":["SPDXRef-a"])")).names() == Names{"pkg:generic/b@1"});
    CHECK(Parsed("x.spdx.json", document(two, ",\"relationships\":[" + relation("b", "DESCRIBED_BY", "DOCUMENT") + "]")).names() == Names{"pkg:generic/a@1"});
    // Only what the document itself describes.
    CHECK(Parsed("x.spdx.json", document(two, ",\"relationships\":[" + relation("a", "DESCRIBES", "b") + "]")).names().size() == 2);
    CHECK_FALSE(Parsed("x.spdx.json", document(two, R"(,"documentDescribes":["SPDXRef-c"])")).understood);
    CHECK_FALSE(Parsed("x.spdx.json", document(package("a", purl("pkg:generic/a@1")) + "," + package("a", purl("pkg:generic/b@1")))).understood);
}

TEST_CASE("spdx: what other documents list is not seen") {
    const std::string one = package("a", purl("pkg:generic/a@1"));
    for (const char* type : {"CONTAINS", "DEPENDS_ON", "STATIC_LINK"}) CHECK_FALSE(Parsed("x.spdx.json", document(one, ",\"relationships\":[" + relation("a", type, "DocumentRef-other:SPDXRef-x") + "]")).understood);
    CHECK_FALSE(Parsed("x.spdx.json", document(one, ",\"relationships\":[" + relation("a", "CONTAINS", "nobody") + "]")).understood);
    for (const char* type : {"GENERATED_FROM", "COPY_OF", "DEPENDENCY_OF", "OTHER"}) CHECK(Parsed("x.spdx.json", document(one, ",\"relationships\":[" + relation("a", type, "DocumentRef-other:SPDXRef-x") + "]")).understood);
}

TEST_CASE("spdx: packages without a purl") {
    const Parsed placed("x.spdx.json", document(package("a", R"("versionInfo":"1","downloadLocation":"http://get.example/a.rar")") + "," + package("b", R"("downloadLocation":"git+https://git.example/b.git@)" + kCommit + "#sub\"")));
    CHECK(placed.understood);
    CHECK(placed.names() == Names{"http://get.example/a.rar", "git+https://git.example/b.git@" + kCommit});
    CHECK(placed.facts.requirements[1].source == Source::git);
    CHECK(placed.facts.requirements[1].pinned);
    for (const char* location : {"NONE", "NOASSERTION", "", "somewhere"}) {
        CAPTURE(location);
        CHECK_FALSE(Parsed("x.spdx.json", document(package("a", R"("downloadLocation":")" + std::string(location) + "\""))).understood);
    }
    CHECK_FALSE(Parsed("x.spdx.json", document(package("a", R"("externalRefs":[{"referenceCategory":"SECURITY","referenceType":"cpe23Type","referenceLocator":"cpe:2.3:a:x:y:1"}])"))).understood);
    // An application that holds nothing is a package that nobody can name.
    CHECK_FALSE(Parsed("x.spdx.json", document(package("a", R"("primaryPackagePurpose":"APPLICATION")"))).understood);
    for (const char* purpose : {"OPERATING_SYSTEM", "FILE", "DEVICE"}) CHECK(Parsed("x.spdx.json", document(package("a", R"("versionInfo":"1","primaryPackagePurpose":")" + std::string(purpose) + "\""))).understood);
}

TEST_CASE("spdx: purls in all spellings, and what is said twice") {
    const Parsed parsed("x.spdx.json", document(R"({"SPDXID":"SPDXRef-a","name":"a","externalRefs":[{"referenceType":"maven-central","referenceLocator":"org.x:y:1.0"},{"referenceType":"purl","referenceLocator":"pkg:maven/org.x/y@1.0"},)"
                                               R"({"referenceType":"nuget","referenceLocator":"Some.Lib/2.0"}]},)" + package("d", R"("versionInfo":"3.14","downloadLocation":"https://catalog.example/x",)" + purl("pkg:docker/dhi/python@3.14"))));
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:maven/org.x/y@1.0", "pkg:nuget/some.lib@2.0", "oci:docker.io/dhi/python:3.14"});
    CHECK(parsed.facts.requirements[2].url == "docker.io");
    CHECK(Parsed("x.spdx.json", document(package("a", R"("versionInfo":"1.0.1",)" + purl("pkg:npm/a@1.0.0")))).has("sbom.version-differs"));
    CHECK_FALSE(Parsed("x.spdx.json", document(package("another-name", R"("versionInfo":"1.0.0",)" + purl("pkg:npm/a@1.0.0")))).has("sbom.name-differs"));
    CHECK(Parsed("x.spdx.json", document(package("a", R"("versionInfo":"^1.0",)" + purl("pkg:npm/a")))).facts.requirements.at(0).range == "^1.0");
}

TEST_CASE("spdx: other versions and forms are refused; YAML is JSON in other clothes") {
    for (const char* bad : {"", "{}", "[]", "Random content", R"({"spdxVersion":"SPDX-2.1"})", R"({"spdxVersion":"SPDX-2.3","packages":{}})", R"({"spdxVersion":"SPDX-2.3","spdxVersion":"SPDX-2.3"})", R"({"spdxVersion":"SPDX-2.3","packages":[1]})"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("x.spdx.json", bad).understood);
    }
    CHECK(Parsed("x.spdx.json", document("")).understood);
    for (const char* name : {"x.spdx.rdf", "x.spdx.xml", "x.spdx.rdf.xml"}) {
        const Parsed parsed(name, "<rdf:RDF/>");
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.has("manifest.malformed"));
    }
    const std::string yaml = "spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\npackages:\n- SPDXID: SPDXRef-a\n  name: a\n  versionInfo: 1.0\n  filesAnalyzed: false\n  downloadLocation: NOASSERTION\n"
                             "  externalRefs:\n  - referenceCategory: PACKAGE-MANAGER\n    referenceType: purl\n    referenceLocator: pkg:pypi/a@1.0\n";
    const Parsed parsed("x.spdx.yaml", yaml);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/a@1.0"});
    CHECK(parsed.facts.requirements[0].where.line == 4U);
    CHECK(intake::every_prefix("x.spdx.yml", yaml));
}

TEST_CASE("spdx: tag-value") {
    const std::string text = "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: x\nRelationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root\n\n# the product\nPackageName: app\nSPDXID: SPDXRef-root\nPackageDownloadLocation: NOASSERTION\n"
                             "FileName: ./a.py\nSPDXID: SPDXRef-f\n\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1.0\nPackageComment: <text>of\nPackageVersion: 2.0\nseveral lines</text>\nPackageDownloadLocation: https://files.example/a\n"
                             "PackageChecksum: SHA256: " + kHash + "\nReleaseDate: 2024-01-02T00:00:00Z\nExternalRef: PACKAGE-MANAGER purl pkg:pypi/a@1.0\nRelationship: SPDXRef-root CONTAINS SPDXRef-f\nRelationship: SPDXRef-root DEPENDS_ON SPDXRef-a\n";
    const Parsed parsed("x.spdx", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:pypi/a@1.0"});
    const Requirement& one = parsed.facts.requirements.at(0);
    CHECK(one.where.line == 14U);
    CHECK(one.url == "https://files.example/a");
    CHECK(one.integrity == Names{"sha256:" + kHash});
    CHECK(one.released == 1704153600);
    CHECK(intake::every_prefix("x.spdx", text));
    for (const char* bad : {"", "Random content", "SPDXVersion: SPDX-2.1\n", "DataLicense: x\n", "SPDXVersion: SPDX-2.3\nPackageName: a\n", "SPDXVersion: SPDX-2.3\nno tag\n", "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>open\n",
                            "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\nPackageVersion: 1\nPackageVersion: 2\n", "SPDXVersion: SPDX-2.3\nRelationship: a b\n", "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: purl pkg:npm/a\n",
                            "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageChecksum: abc\nExternalRef: PACKAGE-MANAGER purl pkg:npm/a@1\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("x.spdx", bad).understood);
    }
}

TEST_CASE("spdx: version 3 as JSON-LD") {
    const std::string text = R"({
 "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
 "@graph": [
  {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"},
  {"type": "SpdxDocument", "spdxId": "urn:doc", "rootElement": ["urn:bom"]},
  {"type": "software_Sbom", "spdxId": "urn:bom", "rootElement": ["urn:root"], "element": ["urn:a"]},
  {"type": "software_Package", "spdxId": "urn:root", "name": "app"},
  {"type": "software_Package", "spdxId": "urn:a", "name": "a", "software_packageVersion": "1.0", "software_packageUrl": "pkg:pypi/a@1.0", "software_downloadLocation": "https://files.example/a", "releaseTime": "2024-01-02T00:00:00Z",
   "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": ")" + kHash + R"("}, {"type": "Hash", "algorithm": "blake2b256", "hashValue": "00"}]},
  {"type": "ai_AIPackage", "spdxId": "urn:m", "name": "m", "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:huggingface/acme/m"}], "software_packageVersion": ")" + kCommit + R"("},
  {"type": "dataset_DatasetPackage", "spdxId": "urn:d", "name": "d", "software_packageUrl": "pkg:huggingface/acme/d@main"},
  {"type": "software_File", "spdxId": "urn:f", "name": "f", "extension": [{"type": "https://other.example/Thing"}]},
  {"type": "Relationship", "spdxId": "urn:r1", "from": "urn:root", "relationshipType": "contains", "to": ["urn:f", {"type": "software_Package", "spdxId": "urn:inner", "name": "inner", "software_packageUrl": "pkg:npm/inner@1"}]},
  {"type": "LifecycleScopedRelationship", "spdxId": "urn:r2", "from": "urn:root", "relationshipType": "hasOptionalDependency", "scope": "runtime", "to": ["urn:m"]},
  {"type": "Relationship", "spdxId": "urn:r3", "from": "urn:a", "relationshipType": "dependsOn", "to": ["https://spdx.org/rdf/3.0.1/terms/Core/NoneElement"]}
 ]
})";
    const Parsed parsed("x.spdx3.json", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:pypi/a@1.0", "hf:acme/m@" + kCommit, "hf-dataset:acme/d@main", "pkg:npm/inner@1"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].integrity == Names{"sha256:" + kHash});
    CHECK(all[0].url == "https://files.example/a");
    CHECK(all[0].released == 1704153600);
    CHECK(all[0].where.line == 8U);
    CHECK(all[1].markers == "optional");
    CHECK(intake::every_prefix("x.spdx.json", text));
    const auto graph = [](const std::string& elements) { return R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[)" + elements + "]}"; };
    for (const std::string& bad : {graph(""), graph(R"({"type":"software_Package","spdxId":"urn:a","name":"a"})"), graph(R"({"type":"software_Something","spdxId":"urn:a"})"),
                                   graph(R"({"type":"SpdxDocument","spdxId":"urn:d"},{"type":"Relationship","from":"urn:d","relationshipType":"contains","to":["urn:elsewhere"]})"),
                                   graph(R"({"type":"SpdxDocument","spdxId":"urn:d"},{"type":"SpdxDocument","spdxId":"urn:e"})"),
                                   std::string(R"({"@context":"https://evil.example/context.jsonld","@graph":[{"type":"Person","spdxId":"urn:p"}]})"),
                                   std::string(R"({"@context":{"software_Package":"urn:x"},"@graph":[{"type":"Person","spdxId":"urn:p"}]})")}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("x.spdx3.json", bad).understood);
    }
    CHECK(Parsed("x.spdx.json", R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","type":"software_Package","spdxId":"urn:a","name":"a","software_packageUrl":"pkg:npm/a@1"})").names() == Names{"pkg:npm/a@1"});
    CHECK(Parsed("x.spdx.json", graph(R"({"type":"software_Sbom","spdxId":"urn:s","rootElement":["urn:a"]},{"type":"software_Package","spdxId":"urn:a","name":"a"},{"type":"software_Package","spdxId":"urn:b","name":"b","software_packageUrl":"pkg:npm/b@1"})")).names() == Names{"pkg:npm/b@1"});
}
