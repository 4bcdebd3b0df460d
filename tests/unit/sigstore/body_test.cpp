#include "sigstore/body.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

const std::string kArtifact = "the artifact";

// The bundle with another body, logged for real: only the binding can refuse it.
Result<VerifiedBundle> verify_with(Bundle bundle, const std::string& body, bool tiles = false) {
    bundle.entries = {world().entry(body, tiles)};
    return verify_bundle(bundle, world().request(kArtifact));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string body_of(const Bundle& bundle) { return std::string(as_text(bundle.entries.at(0).body)); }

void check_refused(const Result<VerifiedBundle>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

const Bundle& message() {
    static const Bundle kBundle = world().message(kArtifact);
    return kBundle;
}
const Bundle& message_v2() {
    static const Bundle kBundle = world().message_v2(kArtifact);
    return kBundle;
}
const Bundle& envelope() {
    static const Bundle kBundle = world().envelope("{}");
    return kBundle;
}

std::string b64(std::string_view text) { return to_base64(as_bytes(text)); }

std::string intoto_2(const Envelope& content, const std::string& pem) {
    return R"({"apiVersion":"0.0.2","kind":"intoto","spec":{"content":{"envelope":{"payloadType":")" + content.payload_type +
           R"(","signatures":[{"publicKey":")" + b64(pem) + R"(","sig":")" + b64(to_base64(content.signature)) +
           R"("}]},"hash":{"algorithm":"sha256","value":")" + std::string(64, '0') + R"("},"payloadHash":{"algorithm":"sha256","value":")" +
           crypto::sha256_hex(content.payload) + R"("}}}})";
}

std::string dsse_2(const Envelope& content, const crypto::Certificate& certificate) {
    return R"({"apiVersion":"0.0.2","kind":"dsse","spec":{"dsseV002":{"payloadHash":{"algorithm":"SHA2_256","digest":")" +
           to_base64(crypto::digest(crypto::Hash::sha256, content.payload)) + R"("},"signatures":[{"content":")" + to_base64(content.signature) +
           R"(","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":")" + to_base64(certificate.der()) + R"("}}}]}}})";
}

std::string intoto_1(const std::string& hash, const std::string& payload_hash, const std::string& pem) {
    return R"({"apiVersion":"0.0.1","kind":"intoto","spec":{"content":{"hash":{"algorithm":"sha256","value":")" + hash +
           R"("},"payloadHash":{"algorithm":"sha256","value":")" + payload_hash + R"("}},"publicKey":")" + b64(pem) + R"("}})";
}

}  // namespace

TEST_CASE("a genuine entry of another signature proves nothing (CVE-2022-36056, CVE-2026-22703)") {
    check_refused(verify_with(message(), body_of(world().message(kArtifact))), "signature");
    check_refused(verify_with(message_v2(), body_of(world().message_v2(kArtifact)), true), "signature");
    check_refused(verify_with(envelope(), body_of(world().envelope("{}"))), "signature");
    check_refused(verify_with(envelope(), body_of(message())), "signature");
    check_refused(verify_with(message(), body_of(envelope())), "of an envelope");
}

TEST_CASE("hashedrekord 0.0.1: signature, certificate and digest") {
    const std::string body = body_of(message());
    CHECK(verify_with(message(), body).ok());
    const std::string digest = crypto::sha256_hex(as_bytes(kArtifact));
    check_refused(verify_with(message(), replaced(body, digest, crypto::sha256_hex(as_bytes("other")))), "the digest is another");
    check_refused(verify_with(message(), replaced(body, digest, "A" + digest.substr(1))), "lower-case hex");
    check_refused(verify_with(message(), replaced(body, "\"sha256\"", "\"sha512\"")), "");
    check_refused(verify_with(message(), replaced(body, "\"sha256\"", "\"md5\"")), "not sha256");
    const std::string pem = World::leaf_of(message()).pem();
    check_refused(verify_with(message(), replaced(body, b64(pem), b64(world().leaf().pem()))), "the certificate is another");
    check_refused(verify_with(message(), replaced(body, b64(pem), b64(world().leaf_key.open().pem()))), "its certificate");
    check_refused(verify_with(message(), replaced(body, b64(pem), b64(pem + pem))), "its certificate");
    CHECK(verify_with(message(), replaced(body, b64(pem), b64(pem.substr(0, pem.size() - 1)))).ok());
    check_refused(verify_with(message(), replaced(body, "\"spec\":{", "\"spec\":{\"more\":1,")), "\"more\"");
    check_refused(verify_with(message(), replaced(body, "\"data\":{", "\"data\":{\"url\":\"x\",")), "\"url\"");
    check_refused(verify_with(message(), replaced(body, "\"kind\"", "\"kind\":\"x\",\"kind\"")), "duplicate");
}

// The client specification lets an envelope be logged as what was signed: its pre-authentication encoding.
TEST_CASE("hashedrekord 0.0.1 of an envelope is over the PAE") {
    const Bundle logged = envelope();
    const auto& content = std::get<Envelope>(logged.content);
    const std::string pem = World::leaf_of(logged).pem();
    const std::string pae = crypto::sha256_hex(pre_authentication_encoding(content.payload_type, content.payload));
    CHECK(verify_with(logged, World::hashedrekord(content.signature, pae, pem)).ok());
    check_refused(verify_with(logged, World::hashedrekord(content.signature, crypto::sha256_hex(content.payload), pem)), "the digest is another");
    Bytes changed = content.signature;
    changed.back() ^= 1U;
    check_refused(verify_with(logged, World::hashedrekord(changed, pae, pem)), "the signature is another");
    check_refused(verify_with(logged, World::hashedrekord(content.signature, pae, world().leaf().pem())), "the certificate is another");
}

TEST_CASE("hashedrekord 0.0.2: of messages and of envelopes, over the PAE") {
    const std::string body = body_of(message_v2());
    CHECK(verify_with(message_v2(), body, true).ok());
    check_refused(verify_with(message_v2(), replaced(body, "PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519"), true), "another kind of key");
    const std::string digest = to_base64(crypto::digest(crypto::Hash::sha256, as_bytes(kArtifact)));
    check_refused(verify_with(message_v2(), replaced(body, digest, to_base64(Bytes(32))), true), "the digest is another");
    check_refused(verify_with(message_v2(), replaced(body, "SHA2_256", "SHA2_512"), true), "");
    check_refused(verify_with(message_v2(), replaced(body, "\"x509Certificate\"", "\"publicKey\""), true), "kind of signer");
    const std::string raw = to_base64(World::leaf_of(message_v2()).der());
    check_refused(verify_with(message_v2(), replaced(body, raw, to_base64(world().leaf().der())), true), "the certificate is another");

    Bundle logged = envelope();
    const auto& content = std::get<Envelope>(logged.content);
    logged.timestamps = {world().timestamp(content.signature)};
    const Bytes pae = pre_authentication_encoding(content.payload_type, content.payload);
    const auto& certificate = World::leaf_of(logged);
    CHECK(verify_with(logged, World::hashedrekord_v2(content.signature, crypto::digest(crypto::Hash::sha256, pae), certificate), true).ok());
    // The payload's own hash is not what was signed.
    check_refused(verify_with(logged, World::hashedrekord_v2(content.signature, crypto::digest(crypto::Hash::sha256, content.payload), certificate), true),
                  "the digest is another");
}

TEST_CASE("dsse 0.0.1 and 0.0.2") {
    const std::string body = body_of(envelope());
    const std::string hash = crypto::sha256_hex(std::get<Envelope>(envelope().content).payload);
    // envelopeHash is of bytes that nobody has any more.
    CHECK(verify_with(envelope(), replaced(body, std::string(64, '0'), std::string(64, '1'))).ok());
    check_refused(verify_with(envelope(), replaced(body, hash, std::string(64, '1'))), "the payload's digest is another");
    const std::size_t begin = body.find("[{");
    const std::string item = body.substr(begin + 1, body.find("}]") - begin);
    check_refused(verify_with(envelope(), replaced(body, item, item + "," + item)), "not exactly one");
    check_refused(verify_with(envelope(), replaced(body, item, "")), "not exactly one");
    check_refused(verify_with(envelope(), replaced(body, b64(World::leaf_of(envelope()).pem()), b64(world().leaf().pem()))), "the certificate is another");

    Bundle logged = envelope();
    const auto& content = std::get<Envelope>(logged.content);
    logged.timestamps = {world().timestamp(content.signature)};
    const std::string second = dsse_2(content, World::leaf_of(logged));
    CHECK(verify_with(logged, second, true).ok());
    check_refused(verify_with(logged, replaced(second, to_base64(content.signature), to_base64(Bytes(70, 1))), true), "the signature is another");
    check_refused(verify_with(logged, replaced(second, "\"digest\":\"", "\"digest\":\"AA"), true), "");
}

TEST_CASE("intoto 0.0.2: base64 of base64") {
    const auto& content = std::get<Envelope>(envelope().content);
    const std::string body = intoto_2(content, World::leaf_of(envelope()).pem());
    CHECK(verify_with(envelope(), body).ok());
    check_refused(verify_with(envelope(), replaced(body, b64(to_base64(content.signature)), to_base64(content.signature))), "base64 of base64");
    check_refused(verify_with(envelope(), replaced(body, b64(to_base64(content.signature)), b64(to_base64(Bytes(70, 1))))), "the signature is another");
    check_refused(verify_with(envelope(), replaced(body, content.payload_type, "application/json")), "the payload type is another");
    check_refused(verify_with(envelope(), replaced(body, crypto::sha256_hex(content.payload), std::string(64, '1'))), "the payload's digest is another");
}

TEST_CASE("intoto 0.0.1 binds the document, which only some have") {
    const auto& content = std::get<Envelope>(envelope().content);
    const std::string document = "the layer's bytes";
    const std::string pem = World::leaf_of(envelope()).pem();
    const std::string body = intoto_1(crypto::sha256_hex(as_bytes(document)), crypto::sha256_hex(content.payload), pem);
    check_refused(verify_with(envelope(), body), "which a bundle does not hold");
    Bundle layer = envelope();
    std::get<Envelope>(layer.content).document_sha256 = crypto::digest(crypto::Hash::sha256, as_bytes(document));
    CHECK(verify_with(layer, body).ok());
    check_refused(verify_with(layer, intoto_1(std::string(64, '1'), crypto::sha256_hex(content.payload), pem)), "the envelope's digest is another");
    check_refused(verify_with(layer, intoto_1(crypto::sha256_hex(as_bytes(document)), std::string(64, '1'), pem)), "the payload's digest is another");
    check_refused(verify_with(layer, intoto_1(crypto::sha256_hex(as_bytes(document)), crypto::sha256_hex(content.payload), world().leaf().pem())),
                  "the certificate is another");
}

TEST_CASE("kinds, versions and kindVersion") {
    const std::string body = body_of(message());
    check_refused(verify_with(message(), replaced(body, "\"0.0.1\"", "\"0.0.3\"")), "hashedrekord 0.0.3 is not read");
    check_refused(verify_with(message(), replaced(body, "hashedrekord", "rekord")), "rekord 0.0.1 is not read");
    Bundle bundle = message();
    bundle.entries[0].kind_version = KindVersion{"hashedrekord", "0.0.2"};
    check_refused(verify_bundle(bundle, world().request(kArtifact)), "\"kindVersion\" says");
    bundle.entries[0].kind_version.reset();  // cosign's annotations have none
    CHECK(verify_bundle(bundle, world().request(kArtifact)).ok());
    bundle.entries[0].body = bytes_of("{");
    check_refused(verify_bundle(bundle, world().request(kArtifact)), "its body");
    bundle.entries[0].body.clear();
    check_refused(verify_bundle(bundle, world().request(kArtifact)), "no body");
}

TEST_CASE("every byte of an entry is bound") {
    const auto changed = [](auto change) {
        Bundle bundle = message();
        change(bundle.entries[0]);
        return verify_bundle(bundle, world().request(kArtifact));
    };
    check_refused(changed([](LogEntry& entry) { ++entry.log_index; }), "signed entry timestamp does not verify");
    check_refused(changed([](LogEntry& entry) { ++entry.integrated_time->seconds; }), "signed entry timestamp does not verify");
    check_refused(changed([](LogEntry& entry) { entry.integrated_time.reset(); }), "without \"integratedTime\"");
    check_refused(changed([](LogEntry& entry) { entry.signed_entry_timestamp[9] ^= 1U; }), "signed entry timestamp does not verify");
    check_refused(changed([](LogEntry& entry) { entry.body.push_back(' '); }), "");
    check_refused(changed([](LogEntry& entry) { ++entry.proof->log_index; }), "inclusion proof");
    check_refused(changed([](LogEntry& entry) { ++entry.proof->tree_size; }), "inclusion proof");
    check_refused(changed([](LogEntry& entry) { entry.proof->root_hash[0] ^= 1U; }), "root hash");
    check_refused(changed([](LogEntry& entry) { entry.proof->hashes[0][0] ^= 1U; }), "root hash");
    check_refused(changed([](LogEntry& entry) { entry.proof->hashes.pop_back(); }), "number of hashes");
    check_refused(changed([](LogEntry& entry) { entry.proof->checkpoint = world().checkpoint(false, 4, entry.proof->root_hash); }), "tree size");
    check_refused(changed([](LogEntry& entry) { entry.proof->checkpoint = world().checkpoint(false, 3, Bytes(32, 1)); }), "root hash");
    check_refused(changed([](LogEntry& entry) { entry.proof->checkpoint = world().checkpoint(true, 3, entry.proof->root_hash); }), "not signed by the log");
}
