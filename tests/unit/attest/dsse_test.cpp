#include "attest/dsse.hpp"

#include <catch2/catch.hpp>

#include "recipes/certificate_recipe.hpp"
#include "unit/attest/attest_fixture.hpp"

using namespace headgate;
using namespace headgate::attest;
using attest_test::key;

namespace {

void check_malformed(const std::string& json, const std::string& reason) {
    CAPTURE(json);
    const auto envelope = parse_envelope(as_bytes(json));
    REQUIRE_FALSE(envelope.ok());
    CHECK_THAT(envelope.error().message, Catch::Contains(reason));
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

crypto::Certificate certificate_of(const crypto::PrivateKey& key) {
    const recipes::Key pair(key);
    return recipes::make_root("signer", pair, 1'700'000'000);
}

bool accepted(std::string_view document, const crypto::PublicKey& pub) {
    const auto envelope = parse_envelope(as_bytes(document));
    return envelope.ok() && verified_by(*envelope, pub);
}

}  // namespace

TEST_CASE("the pre-authentication encoding is the specification's") {
    CHECK(as_text(pre_authentication_encoding("http://example.com/HelloWorld", as_bytes("hello world"))) ==
          "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    CHECK(as_text(pre_authentication_encoding("", {})) == "DSSEv1 0  0 ");
}

TEST_CASE("what was signed verifies under its key only") {
    for (const std::size_t number : {0U, 2U}) {
        const crypto::PublicKey pub = key(number).public_key();
        const crypto::PublicKey other = key(1).public_key();
        for (const std::string& document :
             {sign_envelope(kInTotoPayload, "{}", key(number)).value(), sign_bundle(kInTotoPayload, "{}", key(number)).value(),
              sign_model_bundle("{}", key(number)).value()}) {
            CHECK(accepted(document, pub));
            CHECK_FALSE(accepted(document, other));
        }
    }
    const Envelope bundle = parse_envelope(as_bytes(sign_bundle("t/x", "body", key()).value())).value();
    CHECK(bundle.bundle);
    CHECK(bundle.key_hint == to_base64(key().public_key().spki_sha256()));
    CHECK(as_text(bundle.payload) == "body");
    CHECK(bundle.payload_type == "t/x");
}

TEST_CASE("no flipped bit and no truncation of a signed document is accepted") {
    for (const std::string& document : {sign_envelope(kInTotoPayload, R"({"a":1})", key()).value(),
                                        sign_bundle(kInTotoPayload, R"({"a":1})", key()).value()}) {
        const crypto::PublicKey pub = key().public_key();
        std::vector<std::size_t> wrong;
        for (std::size_t bit = 0; bit < document.size() * 8; ++bit) {
            std::string flipped = document;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            if (accepted(flipped, pub)) wrong.push_back(bit);
        }
        for (std::size_t length = 0; length < document.size(); ++length) {
            if (accepted(document.substr(0, length), pub)) wrong.push_back(length);
        }
        CHECK(wrong.empty());
    }
}

TEST_CASE("an envelope has exactly its members") {
    const std::string good = R"({"payload":"e30=","payloadType":"t","signatures":[{"sig":"AAAA"}]})";
    CHECK(parse_envelope(as_bytes(good)).ok());
    CHECK(parse_envelope(as_bytes(R"({"payload":"-_-_","payloadType":"t","signatures":[{"sig":"AAAA","keyid":null}]})")).ok());
    check_malformed("[]", "neither");
    check_malformed("", "JSON");
    check_malformed(replaced(good, R"("payload")", R"("extra":1,"payload")"), "unknown member");
    check_malformed(replaced(good, R"("sig")", R"("cert":"","sig")"), "unknown member");
    check_malformed(replaced(good, R"("payload":"e30=",)", ""), "\"payload\" of the envelope is missing");
    check_malformed(replaced(good, R"("e30=")", R"("")"), "\"payload\" of the envelope is missing or empty");
    check_malformed(replaced(good, R"([{"sig":"AAAA"}])", "[]"), "empty");
    check_malformed(replaced(good, R"("AAAA")", R"("")"), "empty");
    check_malformed(replaced(good, R"("AAAA")", R"("AAA")"), "base64");
    check_malformed(replaced(good, R"("AAAA")", "7"), "no string");
    check_malformed(replaced(good, R"("e30=")", R"("e30")"), "base64");
    check_malformed(replaced(good, R"("e30=")", R"("-+-+")"), "base64");
    check_malformed(replaced(good, R"({"sig":"AAAA"})", R"({"sig":"AAAA"},{"sig":"AAAA"})"), "twice");
    check_malformed(replaced(good, R"("sig")", R"("keyid":1,"sig")"), "keyid");
    check_malformed(replaced(good, R"("t")", R"("")"), "payloadType");
    check_malformed(replaced(good, R"("payload":)", R"("payload":"","payload":)"), "duplicate");
    check_malformed(good + "x", "JSON");
}

TEST_CASE("an envelope is read the same by itself and in a bundle") {
    const std::string good = sign_envelope(kInTotoPayload, "{}", key()).value();
    const std::string bundle = sign_bundle(kInTotoPayload, "{}", key()).value();
    const auto both = [&](const std::string& what, const std::string& with) {
        const auto bare = parse_envelope(as_bytes(replaced(good, what, with)));
        const auto inside = parse_envelope(as_bytes(replaced(bundle, what, with)));
        const auto strict = sigstore::parse_bundle(as_bytes(replaced(bundle, what, with)));
        CHECK(bare.ok() == inside.ok());
        CHECK(inside.ok() == strict.ok());
        return bare.ok();
    };
    // Protobuf's JSON: a member that is null is absent.
    CHECK(both(R"("sig")", R"("keyid":null,"sig")"));
    CHECK_FALSE(both(R"("payload":"e30=")", R"("payload":null)"));
    CHECK_FALSE(both(R"("payload":"e30=")", R"("payload":"")"));
    CHECK_FALSE(both(R"("sig")", R"("keyid":7,"sig")"));
    CHECK_FALSE(both(R"("sig")", R"("keyid":")" + std::string(sigstore::kMaxHint + 1, 'k') + R"(","sig")"));
    CHECK_FALSE(both(R"("payload")", R"("extra":null,"payload")"));
    CHECK_FALSE(both(R"("payload":"e30=")", R"("payload":"e31=")"));  // bits behind the last byte
}

TEST_CASE("null is absent at every place of a bundle, for keys and for certificates") {
    const crypto::PublicKey pub = key().public_key();
    const std::string good = sign_bundle(kInTotoPayload, "{}", key()).value();
    CHECK(accepted(replaced(good, R"("dsseEnvelope")", R"("messageSignature":null,"dsseEnvelope")"), pub));
    CHECK(accepted(replaced(good, R"("tlogEntries":[])", R"("tlogEntries":null)"), pub));
    CHECK(accepted(replaced(good, R"("tlogEntries":[])", R"("tlogEntries":[],"timestampVerificationData":null)"), pub));
    CHECK(accepted(replaced(good, R"("tlogEntries":[])", R"("tlogEntries":[],"certificate":null,"x509CertificateChain":null)"), pub));
    CHECK(accepted(replaced(good, R"("hint":)", R"("rawBytes":null,"keyDetails":null,"hint":)"), pub));
    // But it is no way around the refusals.
    check_malformed(replaced(good, R"("tlogEntries":[])", R"("tlogEntries":[],"surprise":null)"), "\"surprise\"");
    check_malformed(replaced(good, R"("tlogEntries":[])", R"("tlogEntries":[],"tlogEntries":null)"), "duplicate");
    check_malformed(replaced(good, R"("dsseEnvelope")", R"("messageSignature":{},"dsseEnvelope")"), "exactly one");
}

TEST_CASE("limits of an envelope") {
    const auto with_signatures = [](std::size_t count) {
        std::string list;
        for (std::size_t i = 0; i < count; ++i) {
            list += (i == 0 ? "" : ",") + std::string(R"({"sig":")") + to_base64(as_bytes("s" + std::to_string(i))) + "\"}";
        }
        return R"({"payload":"e30=","payloadType":"t","signatures":[)" + list + "]}";
    };
    CHECK(parse_envelope(as_bytes(with_signatures(kMaxSignatures))).ok());
    check_malformed(with_signatures(kMaxSignatures + 1), "at most 16");
    const auto with_sig = [](std::size_t bytes) {
        return R"({"payload":"e30=","payloadType":"t","signatures":[{"sig":")" + to_base64(Bytes(bytes)) + "\"}]}";
    };
    CHECK(parse_envelope(as_bytes(with_sig(sigstore::kMaxSignature))).ok());
    check_malformed(with_sig(sigstore::kMaxSignature + 1), "longer");
    const auto with_type = [](std::size_t length) {
        return R"({"payload":"e30=","payloadType":")" + std::string(length, 't') + R"(","signatures":[{"sig":"AAAA"}]})";
    };
    CHECK(parse_envelope(as_bytes(with_type(256))).ok());
    check_malformed(with_type(257), "longer than 256");
    check_malformed(std::string(kMaxEnvelope + 1, ' '), "larger");
}

TEST_CASE("a bundle names one key and holds one envelope") {
    const std::string good = sign_bundle(kInTotoPayload, "{}", key()).value();
    const crypto::PublicKey pub = key().public_key();
    CHECK(accepted(good, pub));
    for (const std::string_view type : {"application/vnd.dev.sigstore.bundle+json;version=0.1",
                                        "application/vnd.dev.sigstore.bundle+json;version=0.2",
                                        "application/vnd.dev.sigstore.bundle+json;version=0.3"}) {
        CHECK(accepted(replaced(good, "application/vnd.dev.sigstore.bundle.v0.3+json", type), pub));
    }
    check_malformed(replaced(good, "bundle.v0.3", "bundle.v0.9"), "mediaType");
    check_malformed(replaced(good, R"("tlogEntries":[])", R"("tlogEntries":{})"), "tlogEntries");
    check_malformed(replaced(good, R"("tlogEntries":[])", R"("tlogEntries":[{}])"), "a log entry");
    check_malformed(replaced(good, R"("publicKey")", R"("certificate":{},"publicKey")"), "exactly one");
    check_malformed(replaced(good, R"("dsseEnvelope")", R"("messageSignature":{},"dsseEnvelope")"), "exactly one");
    check_malformed(replaced(good, R"("signatures":[)", R"("signatures":[{"sig":"AAAA"},)"), "exactly one");

    // What the bundle says about its key can only refuse.
    const std::string hint = to_base64(pub.spki_sha256());
    CHECK(accepted(replaced(good, R"("hint":")" + hint + "\"", ""), pub));
    CHECK(accepted(replaced(good, hint, crypto::sha256_hex(as_bytes(pub.pem()))), pub));
    CHECK_FALSE(accepted(replaced(good, hint, to_base64(key(1).public_key().spki_sha256())), pub));
    const std::string raw = R"("rawBytes":")" + to_base64(as_bytes(pub.pem())) + R"(","keyDetails":"PKIX_ECDSA_P256_SHA_256")";
    CHECK(accepted(replaced(good, R"("hint":")" + hint + "\"", raw), pub));
    const std::string other = R"("rawBytes":")" + to_base64(as_bytes(key(1).public_key().pem())) + "\"";
    CHECK_FALSE(accepted(replaced(good, R"("hint":")" + hint + "\"", other), pub));

    // A certificate is never taken for the key.
    const auto with_certificate = [&](const std::string& der) {
        return replaced(good, R"("publicKey":{"hint":")" + hint + "\"}", R"("certificate":{"rawBytes":")" + der + "\"}");
    };
    check_malformed(with_certificate("AAAA"), "certificate");
    const auto envelope = parse_envelope(as_bytes(with_certificate(to_base64(certificate_of(key()).der()))));
    REQUIRE(envelope.ok());
    CHECK(envelope->material == Envelope::Material::certificate);
    CHECK_FALSE(verified_by(*envelope, pub));
}
