#include "attest/attached.hpp"

#include <catch2/catch.hpp>

#include "unit/attest/attest_fixture.hpp"

using namespace headgate;
using namespace headgate::attest;
using attest_test::anchor;
using attest_test::key;
using attest_test::statement;

namespace {

using Form = AttachedDocument::Form;

const std::string kHex(64, 'a');
const std::string kOther(64, 'b');

std::string payload(const std::string& hex = kHex, const std::string& reference = "registry.example/app", const std::string& optional = "null") {
    return R"({"critical":{"identity":{"docker-reference":")" + reference + R"("},"image":{"docker-manifest-digest":"sha256:)" + hex +
           R"("},"type":"cosign container image signature"},"optional":)" + optional + "}";
}

/// A layer of a .sig manifest, signed by key `number`.
AttachedDocument layer(const std::string& content, std::size_t number = 0) {
    AttachedDocument document;
    document.form = Form::cosign_signature;
    document.where.path = "blobs/sha256/x";
    document.content.assign(content.begin(), content.end());
    document.annotations = {{"dev.cosignproject.cosign/signature", to_base64(key(number).sign(document.content).value())}};
    return document;
}
AttachedDocument document(Form form, const std::string& content) {
    AttachedDocument document;
    document.form = form;
    document.content.assign(content.begin(), content.end());
    return document;
}

Evidence read(const std::vector<AttachedDocument>& documents, const std::vector<TrustAnchor>& anchors = {anchor("release")},
              const SimpleSigningDemand& demand = {}, Instant now = {1'800'000'000}) {
    Attached attached;
    attached.digest = "sha256:" + kHex;
    attached.documents = documents;
    Subject subject;
    subject.digest.sha256 = kHex;
    Evidence out;
    Trust trust;
    trust.keys = anchors;
    AttachedDemand asked;
    asked.simple_signing = demand;
    read_attached(attached, {subject, {}}, trust, asked, now, out);
    return out;
}

/// Why the one signature does not count; "" when it does.
std::string problem(const Evidence& evidence) {
    if (!evidence.findings.empty()) return evidence.findings.front().message;
    REQUIRE(evidence.signatures.size() == 1);
    const Signature& signature = evidence.signatures.front();
    if (signature.signers.empty()) return "nobody: " + (signature.problem.empty() ? signature.key_problem : signature.problem);
    return signature.covers_subject ? "" : signature.problem;
}
bool contains(const std::string& text, std::string_view part) {
    INFO(text << " / " << part);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a cosign signature by a trusted key over exactly this digest counts, and no other") {
    const Evidence evidence = read({layer(payload())});
    CHECK(problem(evidence).empty());
    CHECK(evidence.signatures.front().scheme == "cosign");
    CHECK(evidence.signatures.front().signers == std::vector<std::string>{"release"});
    CHECK(evidence.signatures.front().digest == crypto::sha256_hex(as_bytes(payload())));
    CHECK(contains(problem(read({layer(payload(kOther))})), "about other bytes"));   // a child's is not the index's
    CHECK(problem(read({layer(payload(), 1)})) == "nobody: ");
    AttachedDocument changed = layer(payload());
    changed.content = layer(payload(kOther)).content;
    CHECK(problem(read({changed})) == "nobody: ");
    const Evidence both = read({layer(payload(kOther)), layer(payload())});          // any one good signature
    CHECK(both.signatures.size() == 2);
    CHECK(both.signatures.back().covers_subject);
}

TEST_CASE("the signature of a layer is one annotation, base64, not empty") {
    AttachedDocument document = layer(payload());
    document.annotations.clear();
    CHECK(contains(problem(read({document})), "has no annotation"));
    for (const std::string text : {"", "AA", "A===", "not base64!", " AAAA"}) {
        document.annotations = {{"dev.cosignproject.cosign/signature", text}};
        CHECK_FALSE(problem(read({document})).empty());
    }
    document.annotations.front().second = std::string(8192, 'A');
    CHECK(contains(problem(read({document})), "longer than any signature"));
}

TEST_CASE("a payload is read strictly, once its signature holds") {
    const auto with = [](const std::string& from, const std::string& to) {
        std::string text = payload();
        text.replace(text.find(from), from.size(), to);
        return problem(read({layer(text)}));
    };
    CHECK(contains(with("cosign container image signature", "atomic container signature"), "its type is"));
    CHECK(contains(with(R"("optional":null)", R"("optional":null,"more":1)"), "unknown member \"more\""));
    CHECK(contains(with(R"("type":)", R"("more":1,"type":)"), "unknown member \"more\""));
    CHECK(contains(with(R"("docker-reference":)", R"("more":1,"docker-reference":)"), "unknown member \"more\""));
    CHECK(contains(with(R"("optional":null)", R"("optional":[])"), "\"optional\" is no object"));
    CHECK(contains(with("sha256:", "sha512:"), "docker-manifest-digest"));
    CHECK(contains(with("sha256:a", "sha256:A"), "docker-manifest-digest"));
    CHECK(contains(with(R"("critical")", R"("criticaL")"), "unknown member"));
    CHECK(contains(with(R"("optional":null)", R"("optional":null,"optional":null)"), "duplicate key"));
    CHECK(contains(with(R"("docker-reference":"registry.example/app")", R"("docker-reference":7)"), "docker-reference"));
    CHECK(with(R"(,"optional":null)", "").empty());
    CHECK(with(R"("optional":null)", R"("optional":{"n":1,"deep":{"a":[]}})").empty());
    const std::string whole = payload();
    for (std::size_t length = 0; length < whole.size(); ++length) CHECK_FALSE(parse_simple_signing(as_bytes(whole.substr(0, length))).ok());
    const std::string large = R"({"optional":{"x":")" + std::string(kMaxSimpleSigning, 'x') + R"("},)" + payload().substr(1);
    CHECK_FALSE(parse_simple_signing(as_bytes(large)).ok());
}

TEST_CASE("reference and annotations may be asked for") {
    SimpleSigningDemand demand;
    demand.reference = "registry.example/app";
    CHECK(problem(read({layer(payload())}, {anchor("release")}, demand)).empty());
    CHECK(contains(problem(read({layer(payload(kHex, "registry.example/app2"))}, {anchor("release")}, demand)), "it was made for"));
    CHECK(contains(problem(read({layer(payload(kHex, ""))}, {anchor("release")}, demand)), "it was made for"));
    demand.reference = "docker.io/library/alpine";
    CHECK(problem(read({layer(payload(kHex, "index.docker.io/library/alpine"))}, {anchor("release")}, demand)).empty());
    demand = {};
    demand.annotations = {{"env", "prod"}};
    CHECK(problem(read({layer(payload(kHex, "r", R"({"env":"prod","x":1})"))}, {anchor("release")}, demand)).empty());
    CHECK(contains(problem(read({layer(payload(kHex, "r", R"({"env":"dev"})"))}, {anchor("release")}, demand)), "\"dev\""));
    CHECK(contains(problem(read({layer(payload(kHex, "r", R"({"env":["prod"]})"))}, {anchor("release")}, demand)), "is missing"));
    CHECK(contains(problem(read({layer(payload())}, {anchor("release")}, demand)), "is missing"));
}

TEST_CASE("a key outside its window verifies and does not count") {
    TrustAnchor old = anchor("old");
    old.not_after = Instant{1};
    const Evidence evidence = read({layer(payload())}, {old});
    CHECK(contains(problem(evidence), "old"));
    CHECK(evidence.signatures.front().key_ids.size() == 1);
    const Evidence both = read({layer(payload())}, {old, anchor("new")});
    CHECK(both.signatures.front().signers == std::vector<std::string>{"new"});
    CHECK(both.signatures.front().key_ids.size() == 2);
}

TEST_CASE("attestations and bundles: what the statement says, about exactly this digest") {
    constexpr std::string_view kTest = "https://in-toto.io/attestation/test-result/v0.1";
    const auto envelope = [](const std::string& text, std::size_t number = 0) { return sign_envelope(kInTotoPayload, text, key(number)).value(); };
    AttachedDocument attestation = document(Form::cosign_attestation, envelope(statement({kHex, {}}, kTest, R"({"result":"PASSED"})")));
    attestation.annotations = {{"predicateType", "https://slsa.dev/provenance/v1"}};   // it lies
    const Evidence evidence = read({attestation});
    REQUIRE(evidence.statements.size() == 1);
    CHECK(evidence.statements.front().predicate_type == kTest);
    CHECK(evidence.signatures.empty());
    CHECK(read({document(Form::cosign_attestation, envelope(statement({kOther, {}}, kTest, "{}")))}).statements.empty());
    CHECK(read({document(Form::cosign_attestation, envelope(statement({kHex, {}}, kTest, "{}"), 1))}).statements.empty());
    std::string old = statement({kHex, {}}, kTest, "{}");
    old.replace(old.find("Statement/v1"), 12, "Statement/v0.1");
    CHECK(read({document(Form::cosign_attestation, envelope(old))}).statements.size() == 1);

    const std::string bundle = sign_bundle(kInTotoPayload, statement({kHex, {}}, kCosignSignaturePredicate, "{}"), key()).value();
    CHECK(problem(read({document(Form::sigstore_bundle, bundle)})).empty());
    CHECK(contains(problem(read({document(Form::cosign_attestation, bundle)})), "a bundle in the place of an envelope"));
    CHECK(contains(problem(read({document(Form::sigstore_bundle, envelope(old))})), "not a signature or attestation"));
    CHECK(contains(problem(read({document(Form::sigstore_bundle, "{}")})), "not a signature or attestation"));
    const std::string other = sign_bundle(kInTotoPayload, statement({kOther, {}}, kCosignSignaturePredicate, "{}"), key()).value();
    CHECK(contains(problem(read({document(Form::sigstore_bundle, other)})), "about other bytes"));
}

TEST_CASE("without a root a certificate counts for nobody, and a bare key is no certificate (GHSA-fx35-mq7g-6g98)") {
    AttachedDocument keyless = layer(payload(), 1);
    keyless.annotations.emplace_back("dev.sigstore.cosign/certificate", key(1).public_key().pem());
    CHECK(contains(problem(read({keyless})), "certificate"));
    CHECK_FALSE(cosign_bundle(keyless).ok());
    CHECK(contains(cosign_bundle(keyless).error().message, "certificate"));

    // With a root it is still refused, although the signature verifies under the key that is in the place of the certificate.
    Trust trust;
    trust.roots.push_back({"root", "", sigstore::TrustedRoot(), {}});
    trust.names_of = [](const CertifiedIdentity&) { return std::vector<std::string>{"anybody"}; };
    Attached attached;
    attached.digest = "sha256:" + kHex;
    attached.documents = {keyless};
    Subject subject;
    subject.digest.sha256 = kHex;
    Evidence out;
    read_attached(attached, {subject, {}}, trust, {}, {1'800'000'000}, out);
    REQUIRE(out.signatures.size() == 1);
    CHECK_FALSE(out.signatures.front().identity);
    CHECK_FALSE(out.signatures.front().covers_subject);
    CHECK(contains(out.signatures.front().problem, "certificate"));
    // Beside a trusted key's signature it changes nothing.
    AttachedDocument keyed = layer(payload());
    keyed.annotations.emplace_back("dev.sigstore.cosign/certificate", "junk");
    CHECK(problem(read({keyed})).empty());
}

TEST_CASE("problems of collecting, and Notation without a store, are said and count for nobody") {
    Attached attached;
    attached.problems.push_back({{"blobs/sha256/x", {}, {}, {}}, "more than 1000 signatures"});
    Subject subject;
    subject.digest.sha256 = kHex;
    Evidence out;
    read_attached(attached, {subject, {}}, {}, {}, {0}, out);
    REQUIRE(out.findings.size() == 1);
    CHECK(out.findings.front().id == "evidence.malformed");
    CHECK(contains(problem(read({document(Form::notation_jws, "{}")})), "no Notation signature"));
    CHECK(contains(problem(read({document(Form::notation_cose, "x")})), "CBOR"));
}

TEST_CASE("signatures times keys are bounded for one image") {
    const std::vector<TrustAnchor> keys(128, anchor("release"));
    const std::vector<AttachedDocument> eight(8, layer(payload()));
    CHECK(read(eight, keys).findings.empty());
    const std::vector<AttachedDocument> nine(9, layer(payload()));
    const Evidence evidence = read(nine, keys);
    REQUIRE(evidence.findings.size() == 1);
    CHECK(contains(evidence.findings.front().message, "more signatures of the image than are verified"));
    CHECK(evidence.signatures.size() == 8);
}
