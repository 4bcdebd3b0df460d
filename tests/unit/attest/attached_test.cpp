#include "attest/attached.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"
#include "sigstore/write_bundle.hpp"
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
    const std::vector<TrustAnchor> keys(kMostVerifications / 8, anchor("release"));
    const std::vector<AttachedDocument> eight(8, layer(payload()));
    CHECK(read(eight, keys).findings.empty());
    const std::vector<AttachedDocument> nine(9, layer(payload()));
    const Evidence evidence = read(nine, keys);
    REQUIRE(evidence.findings.size() == 1);
    CHECK(contains(evidence.findings.front().message, "more signatures of the image than are verified"));
    CHECK(evidence.signatures.size() == 8);
}

namespace {

/// What a caller asks of one document that a key of ours signed, under the roots of a Sigstore (or none).
struct Asked {
    AttachedDemand demand = {};
    bool root = true;

    std::string problem_of(const AttachedDocument& document, const crypto::PublicKey& key) const {
        Trust trust;
        trust.keys.push_back({"release", key, std::nullopt, std::nullopt});
        if (root) trust.roots.push_back({"world", "", recipes::world().trusted_root(), {}});
        Attached attached;
        attached.digest = "sha256:" + kHex;
        attached.documents = {document};
        Subject subject;
        subject.digest.sha256 = kHex;
        Evidence out;
        read_attached(attached, {subject, {}}, trust, demand, {recipes::kNow + 60}, out);
        return problem(out);
    }
};

Asked asked(std::size_t entries, std::size_t timestamps, std::size_t times, bool root = true) {
    Asked made;
    made.demand.thresholds = sigstore::Thresholds{entries, 0, timestamps, times};
    made.root = root;
    return made;
}

/// The annotation of cosign for a log entry.
std::string entry_annotation(const sigstore::LogEntry& entry) {
    return R"({"SignedEntryTimestamp":")" + to_base64(entry.signed_entry_timestamp) + R"(","Payload":{"body":")" + to_base64(entry.body) +
           R"(","integratedTime":)" + std::to_string(entry.integrated_time->seconds) + R"(,"logIndex":)" + std::to_string(entry.log_index) + R"(,"logID":")" +
           to_hex(entry.log_id) + R"("}})";
}

sigstore::Bundle key_bundle(const recipes::Key& signer, const std::string& text) {
    sigstore::Envelope envelope;
    envelope.payload_type = kInTotoPayload;
    envelope.payload.assign(text.begin(), text.end());
    envelope.signature = signer.secret().sign(pre_authentication_encoding(kInTotoPayload, as_bytes(text))).value();
    sigstore::Bundle bundle;
    bundle.material = sigstore::KeyHint{to_base64(signer.open().spki_sha256()), {}};
    bundle.content = std::move(envelope);
    return bundle;
}

AttachedDocument document_of(const sigstore::Bundle& bundle) { return document(Form::sigstore_bundle, sigstore::write_bundle(bundle)); }

}  // namespace

TEST_CASE("a cosign signature by key: log entries, timestamps and times are asked of it, and must be of this signature") {
    const recipes::World& world = recipes::world();
    const recipes::Key signer(crypto::KeyType::ecdsa_p256);
    AttachedDocument bare = layer(payload());
    const Bytes signature = signer.secret().sign(bare.content).value();
    bare.annotations = {{"dev.cosignproject.cosign/signature", to_base64(signature)}};
    const auto entry = [&](const Bytes& of) {
        return world.entry(recipes::World::hashedrekord(of, crypto::sha256_hex(bare.content), signer.open().pem()), false);
    };
    AttachedDocument logged = bare;
    logged.annotations.emplace_back("dev.sigstore.cosign/bundle", entry_annotation(entry(signature)));
    AttachedDocument stamped = bare;
    stamped.annotations.emplace_back("dev.sigstore.cosign/rfc3161timestamp", R"({"SignedRFC3161Timestamp":")" + to_base64(world.timestamp(signature)) + R"("})");

    CHECK(asked(0, 0, 0).problem_of(bare, signer.open()).empty());
    CHECK(contains(asked(1, 0, 0).problem_of(bare, signer.open()), "log entry: 0 entries"));
    CHECK(contains(asked(0, 1, 0).problem_of(bare, signer.open()), "timestamp: 0 timestamps"));
    CHECK(contains(asked(0, 0, 1).problem_of(bare, signer.open()), "time: 0 times"));
    CHECK(asked(1, 0, 1).problem_of(logged, signer.open()).empty());
    CHECK(contains(asked(2, 0, 0).problem_of(logged, signer.open()), "log entry: 1 entries"));
    CHECK(contains(asked(0, 1, 0).problem_of(logged, signer.open()), "timestamp: 0 timestamps"));
    CHECK(contains(asked(1, 0, 0, false).problem_of(logged, signer.open()), "log entry: 0 entries"));   // no root names the log
    CHECK(asked(0, 1, 1).problem_of(stamped, signer.open()).empty());
    CHECK(contains(asked(0, 2, 0).problem_of(stamped, signer.open()), "timestamp: 1 timestamps"));
    // An entry of another signature by the same key over the same bytes.
    AttachedDocument other = bare;
    other.annotations.emplace_back("dev.sigstore.cosign/bundle", entry_annotation(entry(signer.secret().sign(bare.content).value())));
    CHECK(contains(asked(1, 0, 0).problem_of(other, signer.open()), "log entry: "));
    CHECK(contains(asked(1, 0, 0).problem_of(logged, key().public_key()), "nobody"));
    // A certificate beside it is no part of it.
    logged.annotations.emplace_back("dev.sigstore.cosign/certificate", "junk");
    CHECK(asked(1, 0, 1).problem_of(logged, signer.open()).empty());
}

TEST_CASE("a bundle or attestation by key: the same is asked of it") {
    const recipes::World& world = recipes::world();
    const recipes::Key signer(crypto::KeyType::ecdsa_p256);
    const std::string text = statement({kHex, {}}, kCosignSignaturePredicate, "{}");
    const sigstore::Bundle bare = key_bundle(signer, text);
    sigstore::Bundle logged = bare;
    logged.entries = {world.entry(recipes::World::dsse(std::get<sigstore::Envelope>(bare.content), signer.open().pem()), false)};
    CHECK(asked(0, 0, 0).problem_of(document_of(bare), signer.open()).empty());
    CHECK(contains(asked(1, 0, 0).problem_of(document_of(bare), signer.open()), "log entry: 0 entries"));
    CHECK(contains(asked(0, 1, 0).problem_of(document_of(bare), signer.open()), "timestamp: 0 timestamps"));
    CHECK(contains(asked(0, 0, 1).problem_of(document_of(bare), signer.open()), "time: 0 times"));
    CHECK(asked(1, 0, 1).problem_of(document_of(logged), signer.open()).empty());
    CHECK(contains(asked(1, 0, 0, false).problem_of(document_of(logged), signer.open()), "log entry: 0 entries"));
    CHECK(contains(asked(0, 0, 0).problem_of(document_of(bare), key().public_key()), "names another key"));
    // Another bundle's entry.
    sigstore::Bundle other = bare;
    other.entries = {world.entry(recipes::World::dsse(std::get<sigstore::Envelope>(key_bundle(signer, text).content), signer.open().pem()), false)};
    CHECK(contains(asked(0, 0, 0).problem_of(document_of(other), signer.open()), "log entry: "));

    const std::string envelope = sign_envelope(kInTotoPayload, text, signer.secret()).value();
    const AttachedDocument attestation = document(Form::cosign_attestation, envelope);
    CHECK(asked(0, 0, 0).problem_of(attestation, signer.open()).empty());
    CHECK(contains(asked(1, 0, 0).problem_of(attestation, signer.open()), "log entry: 0 entries"));
}

TEST_CASE("a repository or annotation that is asked for is found in simple signing alone") {
    const recipes::Key signer(crypto::KeyType::ecdsa_p256);
    const std::string text = statement({kHex, {}}, kCosignSignaturePredicate, "{}");
    Asked reference = asked(0, 0, 0);
    reference.demand.simple_signing.reference = "registry.example/app";
    Asked annotation = asked(0, 0, 0);
    annotation.demand.simple_signing.annotations = {{"env", "prod"}};
    for (const AttachedDocument& one : {document_of(key_bundle(signer, text)),
                                        document(Form::cosign_attestation, sign_envelope(kInTotoPayload, text, signer.secret()).value())}) {
        CHECK(asked(0, 0, 0).problem_of(one, signer.open()).empty());
        CHECK(contains(reference.problem_of(one, signer.open()), "for which repository"));
        CHECK(contains(annotation.problem_of(one, signer.open()), "no signed annotations"));
    }
}

TEST_CASE("of a verdict everything is asked that relying on one asks") {
    const recipes::Key signer(crypto::KeyType::ecdsa_p256);
    RelyOptions options;
    options.now = {recipes::kNow + 60};
    options.kinds = {Kind::container};
    Asked verdict = asked(0, 0, 0);
    verdict.demand.verdict = &options;
    const auto problem_with = [&](const std::string& from, const std::string& to) {
        std::string predicate = R"({"verifier":{"id":"https://headgate.dev/verifier/v1"},"timeVerified":"2023-11-14T22:13:20Z","resourceUri":"x",)"
                                R"("https://headgate.dev/kind":"container","policy":{"uri":"p"},"verificationResult":"PASSED","verifiedLevels":["HEADGATE_ADMIT","HEADGATE_ENFORCED"]})";
        if (!from.empty()) predicate.replace(predicate.find(from), from.size(), to);
        Trust trust;
        trust.keys.push_back({"release", signer.open(), std::nullopt, std::nullopt});
        Attached attached;
        attached.digest = "sha256:" + kHex;
        attached.documents = {document_of(key_bundle(signer, statement({kHex, {}}, kVsaPredicate, predicate)))};
        Subject subject;
        subject.digest.sha256 = kHex;
        Evidence out;
        read_attached(attached, {subject, {}}, trust, verdict.demand, options.now, out);
        REQUIRE(out.statements.size() + out.signatures.size() == 1);
        return out.statements.empty() ? out.signatures.front().problem : "";
    };
    CHECK(problem_with("", "").empty());
    CHECK(contains(problem_with("PASSED", "FAILED"), "not PASSED"));
    CHECK(contains(problem_with("2023-11-14", "2023-11-12"), "too old"));
    CHECK(contains(problem_with("2023-11-14", "2023-11-15"), "from the future"));
    CHECK(contains(problem_with("verifier/v1", "verifier/v2"), "its verifier"));
    CHECK(contains(problem_with(R"(,"HEADGATE_ENFORCED")", ""), "lacks HEADGATE_ENFORCED"));
    CHECK(contains(problem_with(R"("HEADGATE_ADMIT")", R"("FAILED")"), "contain FAILED"));
    CHECK(contains(problem_with(R"(:"container")", R"(:"model")"), "judged as a model"));
    CHECK(problem_with(R"("https://headgate.dev/kind":"container",)", "").empty());
}
