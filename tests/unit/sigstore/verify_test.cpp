#include "sigstore/verify.hpp"

#include <catch2/catch.hpp>

#include "recipes/sigstore_world.hpp"
#include "sigstore/chain_cache.hpp"

using namespace headgate;
using namespace headgate::sigstore;
using namespace headgate::recipes;

namespace {

const std::string kArtifact = "the artifact";

Result<VerifiedBundle> verify(const Bundle& bundle) { return verify_bundle(bundle, world().request(kArtifact)); }

void check_refused(const Result<VerifiedBundle>& result, const std::string& why) {
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message, Catch::Contains(why));
}

// A bundle under a key, logged in Rekor v1.
Bundle key_bundle(const Key& key) {
    Bundle bundle = world().message(kArtifact);
    bundle.material = KeyHint{to_base64(key.open().spki_sha256()), {}};
    auto& content = std::get<MessageSignature>(bundle.content);
    content.signature = key.secret().sign(as_bytes(kArtifact)).value();
    bundle.entries = {world().entry(World::hashedrekord(content.signature, crypto::sha256_hex(as_bytes(kArtifact)), key.open().pem()), false)};
    return bundle;
}

Request key_request(const Key& key) {
    Request request = world().request(kArtifact);
    request.trust.key = TrustedKey{key.open(), std::nullopt, std::nullopt, {}};
    request.thresholds = Thresholds::for_key();
    return request;
}

}  // namespace

TEST_CASE("a message, Rekor v1") {
    const auto verified = verify(world().message(kArtifact));
    REQUIRE(verified.ok());
    CHECK(verified->identity->san.value == kSan);
    CHECK(matches(*verified->identity, kSan, kIssuer));
    CHECK(verified->spki_sha256 == world().leaf_key.open().spki_sha256());
    REQUIRE(verified->times.size() == 1);
    CHECK(verified->times[0].time == Instant{kNow});
    CHECK(verified->times[0].by == "https://rekor.example");
    REQUIRE(verified->entries.size() == 1);
    CHECK(verified->entries[0].proof);
    CHECK(verified->entries[0].promise);
    CHECK(verified->entries[0].log_index == 1001U);
    CHECK(verified->entries[0].tree_index == 1U);
    CHECK(verified->entries[0].kind_version.kind == "hashedrekord");
    CHECK(verified->scts == 1);
    CHECK(verified->root == std::size_t{0});
    CHECK(verified->hash == crypto::Hash::sha256);
    CHECK(verified->artifact_digest == crypto::digest(crypto::Hash::sha256, as_bytes(kArtifact)));
    CHECK(verified->payload_type.empty());
    CHECK(verified->notes.empty());
}

TEST_CASE("a message, Rekor v2 with a timestamp") {
    const auto verified = verify(world().message_v2(kArtifact));
    REQUIRE(verified.ok());
    CHECK(verified->times.at(0).source == VerifiedTime::Source::timestamp);
    CHECK(verified->times.at(0).time == Instant{kNow + 1});
    CHECK_FALSE(verified->entries.at(0).integrated_time.has_value());
    Bundle without = world().message_v2(kArtifact);
    without.timestamps.clear();
    check_refused(verify(without), "time: 0 times");
}

TEST_CASE("of an entry's places only those are told that somebody proved") {
    Bundle bundle = world().message_v2(kArtifact);
    bundle.entries[0].log_index = 999'999;  // nobody signed it
    const auto verified = verify(bundle);
    REQUIRE(verified.ok());
    CHECK_FALSE(verified->entries.at(0).log_index.has_value());
    CHECK(verified->entries.at(0).tree_index == 1U);
}

TEST_CASE("an envelope") {
    const auto verified = verify(world().envelope("{\"a\":1}"));
    REQUIRE(verified.ok());
    CHECK(verified->payload_type == kStatement);
    CHECK(verified->payload == bytes_of("{\"a\":1}"));
    CHECK(verified->artifact_digest.empty());
    Bundle changed = world().envelope("{\"a\":1}");
    std::get<Envelope>(changed.content).payload.back() = ' ';
    check_refused(verify(changed), "does not verify over the envelope");
    changed = world().envelope("{\"a\":1}");
    std::get<Envelope>(changed.content).payload_type = "application/json";
    check_refused(verify(changed), "does not verify over the envelope");
}

TEST_CASE("what an envelope's signature is over is no artifact") {
    // The one signature, of an envelope and of a file that holds its encoding.
    const Bytes encoding = pre_authentication_encoding(kStatement, as_bytes("{}"));
    const std::string artifact(as_text(encoding));
    const Bundle bundle = world().message(artifact);
    check_refused(verify_bundle(bundle, world().request(artifact)), "DSSEv1");
    Request by_digest = world().request("");
    by_digest.artifact = Artifact::of_digest(crypto::Hash::sha256, crypto::digest(crypto::Hash::sha256, encoding));
    CHECK(verify_bundle(bundle, by_digest).ok());  // a digest does not say how its bytes begin
    by_digest.artifact->begins_as_envelope = true;
    check_refused(verify_bundle(bundle, by_digest), "DSSEv1");
    const std::string twin = " " + artifact;
    CHECK(verify_bundle(world().message(twin), world().request(twin)).ok());
}

TEST_CASE("digest instead of bytes") {
    Request request = world().request("");
    request.artifact = Artifact::of_digest(crypto::Hash::sha256, crypto::digest(crypto::Hash::sha256, as_bytes(kArtifact)));
    CHECK(verify_bundle(world().message(kArtifact), request).ok());
    request.artifact = Artifact::of_digest(crypto::Hash::sha256, crypto::digest(crypto::Hash::sha256, as_bytes("other")));
    check_refused(verify_bundle(world().message(kArtifact), request), "other bytes");
    request.artifact = Artifact::of_digest(crypto::Hash::sha512, crypto::digest(crypto::Hash::sha512, as_bytes(kArtifact)));
    check_refused(verify_bundle(world().message(kArtifact), request), "needs its bytes");
    request.artifact = Artifact::of_digest(crypto::Hash::sha256, Bytes(31));
    check_refused(verify_bundle(world().message(kArtifact), request), "");
    request.artifact.reset();
    check_refused(verify_bundle(world().message(kArtifact), request), "none was given");
}

TEST_CASE("the artifact is the one that was signed") {
    check_refused(verify(world().message("another")), "other bytes");
    Bundle bundle = world().message(kArtifact);
    std::get<MessageSignature>(bundle.content).digest.reset();
    CHECK(verify(bundle).ok());  // only a hint
    bundle = world().message("another");
    std::get<MessageSignature>(bundle.content).digest.reset();
    check_refused(verify(bundle), "does not verify over the artifact");
    bundle = world().message(kArtifact);
    std::get<MessageSignature>(bundle.content).digest->algorithm = "SHA3_256";
    check_refused(verify(bundle), "SHA3_256");
    std::get<MessageSignature>(bundle.content).digest->algorithm = "SHA2_512";
    check_refused(verify(bundle), "another length");
}

TEST_CASE("what each version demands") {
    Bundle bundle = world().message(kArtifact);
    bundle.version = BundleVersion::v0_1;
    bundle.chain_form = true;
    CHECK(verify(bundle).ok());
    bundle.entries[0].proof.reset();
    CHECK(verify(bundle).ok());
    bundle.version = BundleVersion::v0_2;
    check_refused(verify(bundle), "needs \"inclusionProof\"");
    bundle = world().message(kArtifact);
    bundle.entries[0].signed_entry_timestamp.clear();
    bundle.timestamps = {world().timestamp(std::get<MessageSignature>(bundle.content).signature)};
    CHECK(verify(bundle).ok());  // the promise is optional, its time is not believed
    CHECK(verify(bundle)->times.size() == 1);
    bundle.version = BundleVersion::v0_1;
    check_refused(verify(bundle), "needs \"inclusionPromise\"");
    bundle = world().message(kArtifact);
    bundle.chain_form = true;
    check_refused(verify(bundle), "not \"x509CertificateChain\"");
    bundle = world().message(kArtifact);
    bundle.entries[0].proof->checkpoint.clear();
    check_refused(verify(bundle), "with a checkpoint");
}

TEST_CASE("certificates behind the leaf are no anchors and must be its chain") {
    Bundle bundle = world().message(kArtifact);
    bundle.version = BundleVersion::v0_2;
    bundle.chain_form = true;
    bundle.material = std::vector<crypto::Certificate>{World::leaf_of(bundle), world().issuer, world().root};
    CHECK(verify(bundle).ok());
    bundle.material = std::vector<crypto::Certificate>{World::leaf_of(bundle), world().root, world().issuer};
    check_refused(verify(bundle), "is no chain");
    // The bundle's own chain does not help where the root names another authority.
    bundle.material = std::vector<crypto::Certificate>{World::leaf_of(bundle), world().issuer, world().root};
    Request request = world().request(kArtifact);
    request.trust.roots[0].certificate_authorities[0].chain = {make_root("other", Key(crypto::KeyType::ecdsa_p256), kNow - 1000)};
    check_refused(verify_bundle(bundle, request), "certificate: ");
    request.trust.roots[0].certificate_authorities.clear();
    check_refused(verify_bundle(bundle, request), "no certificate authority");
}

TEST_CASE("a certificate needs a root, and a leaf its usages, its SCT and its time") {
    Request request = world().request(kArtifact);
    request.trust.roots.clear();
    check_refused(verify_bundle(world().message(kArtifact), request), "no trusted root");
    LeafRecipe wish;
    wish.usage = "serverAuth";  // a TLS certificate
    check_refused(verify(world().message(kArtifact, wish)), "extended key usage");
    wish = {};
    wish.key_usage = "critical,keyEncipherment";
    check_refused(verify(world().message(kArtifact, wish)), "digitalSignature");
    wish = {};
    wish.scts = 0;
    check_refused(verify(world().message(kArtifact, wish)), "SCT: 0 SCTs");
    wish = {};
    wish.not_after = kNow - 1;
    check_refused(verify(world().message(kArtifact, wish)), "expired");
    wish = {};
    wish.not_before = kNow + 1;
    check_refused(verify(world().message(kArtifact, wish)), "not yet valid");
    wish.not_before = kNow;
    CHECK(verify(world().message(kArtifact, wish)).ok());
    wish = {};
    wish.san = "critical,URI:https://a.example,URI:https://b.example";
    check_refused(verify(world().message(kArtifact, wish)), "2 subject alternative names");
}

TEST_CASE("every verified time must lie in the leaf, not only the first") {
    LeafRecipe wish;
    wish.not_after = kNow + 10;
    Bundle bundle = world().message(kArtifact, wish);
    const Bytes& signature = std::get<MessageSignature>(bundle.content).signature;
    bundle.timestamps = {world().timestamp(signature, kNow + 10)};
    CHECK(verify(bundle)->times.size() == 2);
    bundle.timestamps = {world().timestamp(signature, kNow + 11)};
    check_refused(verify(bundle), "not valid at");
    ChainCache cache;
    Request request = world().request(kArtifact);
    request.chains = &cache;
    bundle.timestamps.clear();
    CHECK(verify_bundle(bundle, request).ok());
    bundle.timestamps = {world().timestamp(signature, kNow + 11)};
    check_refused(verify_bundle(bundle, request), "not valid at");  // a cached chain is asked for its times too
    bundle.timestamps.clear();
    CHECK(verify_bundle(bundle, request).ok());
}

TEST_CASE("the chain ends in the last certificate of the authority, which must be valid too") {
    const auto verified = verify(world().message(kArtifact));
    REQUIRE(verified.ok());
    CHECK(verified->anchor == world().root.sha256());
    Request request = world().request(kArtifact);
    auto& chain = request.trust.roots[0].certificate_authorities[0].chain;
    chain.back() = make_root("fake fulcio", world().root_key, kNow + 10);  // not yet
    check_refused(verify_bundle(world().message(kArtifact), request), "not yet valid");
    chain = {world().issuer};
    CHECK(verify_bundle(world().message(kArtifact), request)->anchor == world().issuer.sha256());
}

TEST_CASE("authorities and logs count while they are in use") {
    Request request = world().request(kArtifact);
    request.trust.roots[0].certificate_authorities[0].valid_for.end = Instant{kNow};
    CHECK(verify_bundle(world().message(kArtifact), request).ok());
    check_refused(verify_bundle(world().message_v2(kArtifact), request), "no certificate authority of the trusted root was in use");
    request = world().request(kArtifact);
    request.trust.roots[0].logs[0].valid_for.end = Instant{kNow};
    CHECK(verify_bundle(world().message(kArtifact), request).ok());
    request.trust.roots[0].logs[0].valid_for.end = Instant{kNow - 1};
    check_refused(verify_bundle(world().message(kArtifact), request), "was not in use");
    // Rekor v2 has no time of its own: the timestamp's counts.
    request = world().request(kArtifact);
    request.trust.roots[0].logs[1].valid_for.end = Instant{kNow + 1};
    CHECK(verify_bundle(world().message_v2(kArtifact), request).ok());
    request.trust.roots[0].logs[1].valid_for.end = Instant{kNow};
    check_refused(verify_bundle(world().message_v2(kArtifact), request), "was not in use");
    request = world().request(kArtifact);
    request.trust.roots[0].timestamp_authorities[0].valid_for.end = Instant{kNow};
    check_refused(verify_bundle(world().message_v2(kArtifact), request), "was not in use");
}

TEST_CASE("a log may be listed once for each time in which it was in use") {
    for (const std::size_t log : {0U, 1U}) {
        const auto verified = [&](std::int64_t end, std::int64_t start) {
            Request request = world().request(kArtifact);
            auto& logs = request.trust.roots[0].logs;
            logs.push_back(logs[log]);
            logs[log].valid_for.end = Instant{end};
            logs.back().valid_for.start = Instant{start};
            return verify_bundle(log == 0 ? world().message(kArtifact) : world().message_v2(kArtifact), request);
        };
        CAPTURE(log);
        CHECK(verified(kNow - 10, kNow - 9).ok());
        CHECK(verified(kNow + 100, kNow + 101).ok());
        check_refused(verified(kNow - 10, kNow + 100), "was not in use");
    }
    // It is one log, however often it is listed.
    Request request = world().request(kArtifact);
    request.trust.roots[0].logs.push_back(request.trust.roots[0].logs[0]);
    request.thresholds.log_entries = 2;
    check_refused(verify_bundle(world().message(kArtifact), request), "entries of distinct logs");
}

TEST_CASE("times after the judgement") {
    Request request = world().request(kArtifact);
    request.now = Instant{kNow - 60};
    CHECK(verify_bundle(world().message(kArtifact), request).ok());
    request.now = Instant{kNow - 61};
    check_refused(verify_bundle(world().message(kArtifact), request), "later than now");
}

TEST_CASE("without any time the certificate must be valid now") {
    Bundle bundle = world().message(kArtifact);
    bundle.entries.clear();
    Request request = world().request(kArtifact);
    request.thresholds = {0, 1, 0, 0};
    check_refused(verify_bundle(bundle, request), "expired");
    request.now = Instant{kNow + 30};
    CHECK(verify_bundle(bundle, request).ok());
    request.thresholds.times = 1;
    check_refused(verify_bundle(bundle, request), "time: 0 times");
}

TEST_CASE("thresholds count distinct logs and authorities (CVE-2026-49834)") {
    Bundle bundle = world().message(kArtifact);
    LogEntry second = bundle.entries[0];
    second.log_index = 2002;
    world().promise(second);
    bundle.entries.push_back(second);
    CHECK(verify(bundle)->entries.size() == 2);
    Request request = world().request(kArtifact);
    request.thresholds.log_entries = 2;
    check_refused(verify_bundle(bundle, request), "1 entries of distinct logs");
    request.thresholds = {1, 1, 0, 2};
    check_refused(verify_bundle(bundle, request), "1 times of distinct");
    const Bytes& signature = std::get<MessageSignature>(bundle.content).signature;
    bundle.timestamps = {world().timestamp(signature, kNow + 1), world().timestamp(signature, kNow + 2)};
    CHECK(verify_bundle(bundle, request).ok());
    request.thresholds.timestamps = 2;
    check_refused(verify_bundle(bundle, request), "1 timestamps of distinct");
    request.thresholds = {1, 2, 0, 1};
    check_refused(verify_bundle(bundle, request), "1 SCTs of distinct");
}

TEST_CASE("the same twice is refused, over the limit too") {
    Bundle bundle = world().message(kArtifact);
    bundle.entries.push_back(bundle.entries[0]);
    check_refused(verify(bundle), "the same entry is there twice");
    bundle = world().message_v2(kArtifact);
    bundle.timestamps.push_back(bundle.timestamps[0]);
    check_refused(verify(bundle), "the same timestamp is there twice");
    bundle = world().message(kArtifact);
    bundle.entries.assign(kMaxEntries + 1, bundle.entries[0]);
    check_refused(verify(bundle), "more than 32 log entries");
    bundle = world().message(kArtifact);
    bundle.timestamps.assign(kMaxTimestamps + 1, Bytes{1});
    check_refused(verify(bundle), "more than 32 timestamps");
    bundle = world().message(kArtifact);
    bundle.material = std::vector<crypto::Certificate>{};
    check_refused(verify(bundle), "has none");
    bundle = world().message(kArtifact);
    std::get<MessageSignature>(bundle.content).signature.clear();
    check_refused(verify(bundle), "empty");
}

TEST_CASE("an unreadable timestamp is refused, one of other bytes is noted") {
    Bundle bundle = world().message(kArtifact);
    bundle.timestamps = {Bytes{0x30, 0x00}};
    check_refused(verify(bundle), "not a DER TimeStampResp");
    bundle.timestamps = {world().timestamp(as_bytes("another signature"))};
    const auto verified = verify(bundle);
    REQUIRE(verified.ok());
    CHECK(verified->times.size() == 1);
    REQUIRE(verified->notes.size() == 1);
    CHECK_THAT(verified->notes[0], Catch::Contains("of other bytes"));
}

TEST_CASE("an entry of an unknown log is noted and does not count") {
    Bundle bundle = world().message(kArtifact);
    bundle.entries[0].log_id.assign(32, 1);
    check_refused(verify(bundle), "does not name");
    Request request = world().request(kArtifact);
    request.trust.roots[0].logs.clear();
    check_refused(verify_bundle(world().message(kArtifact), request), "does not name");
}

TEST_CASE("each root is tried by itself") {
    static const World kOther("another world");
    Request request = world().request(kArtifact);
    request.trust.roots = {kOther.trusted_root(), world().trusted_root()};
    CHECK(verify_bundle(world().message(kArtifact), request)->root == std::size_t{1});
    CHECK(verify_bundle(kOther.message(kArtifact), request)->root == std::size_t{0});
    // The chain of one root and the log of the other are not one root's word.
    TrustedRoot mixed = world().trusted_root();
    TrustedRoot logs = kOther.trusted_root();
    logs.logs = mixed.logs;
    mixed.logs = kOther.trusted_root().logs;
    request.trust.roots = {mixed, logs};
    check_refused(verify_bundle(world().message(kArtifact), request), "");
    // The error is of the root that came farthest.
    request.trust.roots = {world().trusted_root(), kOther.trusted_root()};
    LeafRecipe wish;
    wish.scts = 0;
    check_refused(verify_bundle(world().message(kArtifact, wish), request), "SCT");
}

TEST_CASE("a key instead of a certificate") {
    const Key key(crypto::KeyType::ecdsa_p256);
    const auto verified = verify_bundle(key_bundle(key), key_request(key));
    REQUIRE(verified.ok());
    CHECK_FALSE(verified->identity.has_value());
    CHECK(verified->spki_sha256 == key.open().spki_sha256());
    CHECK(verified->entries.size() == 1);
    Request alone = key_request(key);
    alone.trust.roots.clear();
    const auto unlogged = verify_bundle(key_bundle(key), alone);
    REQUIRE(unlogged.ok());
    CHECK(unlogged->entries.empty());
    CHECK_FALSE(unlogged->root.has_value());
    alone.thresholds.log_entries = 1;
    check_refused(verify_bundle(key_bundle(key), alone), "0 entries");
    // The method comes from the request, never from the bundle.
    check_refused(verify_bundle(world().message(kArtifact), key_request(key)), "made with a certificate");
    check_refused(verify(key_bundle(key)), "made with a key");
    check_refused(verify_bundle(key_bundle(key), key_request(Key(crypto::KeyType::ecdsa_p256))), "names another key");
}

TEST_CASE("hints and keyids only refuse") {
    const Key key(crypto::KeyType::ecdsa_p256);
    const Key other(crypto::KeyType::ecdsa_p256);
    Bundle bundle = key_bundle(key);
    for (const std::string& hint : {std::string(), to_base64(key.open().spki_sha256()), to_hex(key.open().spki_sha256()),
                                    crypto::sha256_hex(as_bytes(key.open().pem())), "SHA256:" + to_base64(key.open().spki_sha256()), std::string("prod key")}) {
        bundle.material = KeyHint{hint, {}};
        CHECK(verify_bundle(bundle, key_request(key)).ok());
    }
    bundle.material = KeyHint{to_base64(other.open().spki_sha256()), {}};
    check_refused(verify_bundle(bundle, key_request(key)), "names another key");
    bundle.material = KeyHint{"", bytes_of(other.open().pem())};
    check_refused(verify_bundle(bundle, key_request(key)), "holds another key");
    bundle.material = KeyHint{"", bytes_of(key.open().pem())};
    CHECK(verify_bundle(bundle, key_request(key)).ok());
    Request named = key_request(key);
    named.trust.key->names = {"SHA256:registry"};
    bundle.material = KeyHint{"SHA256:registry", {}};
    CHECK(verify_bundle(bundle, named).ok());
    bundle.material = KeyHint{"SHA256:other", {}};
    check_refused(verify_bundle(bundle, named), "names another key");
}

TEST_CASE("a key has a window (CVE-2026-54787)") {
    const Key key(crypto::KeyType::ecdsa_p256);
    Request request = key_request(key);
    request.trust.key->not_before = Instant{kNow};
    request.trust.key->not_after = Instant{kNow};
    CHECK(verify_bundle(key_bundle(key), request).ok());  // by the log's time, though now is later
    request.trust.key->not_after = Instant{kNow - 1};
    request.trust.key->not_before.reset();
    check_refused(verify_bundle(key_bundle(key), request), "the key is not valid at");
    request = key_request(key);
    request.trust.key->not_before = Instant{kNow + 1};
    check_refused(verify_bundle(key_bundle(key), request), "the key is not valid at");
    // Without a verified time it is asked now.
    request.trust.roots.clear();
    CHECK(verify_bundle(key_bundle(key), request).ok());
    request.trust.key->not_after = Instant{kNow + 2};
    check_refused(verify_bundle(key_bundle(key), request), "the key is not valid at");
}

TEST_CASE("every kind of key signs, and each hash that is in use") {
    for (const auto type : {crypto::KeyType::ecdsa_p256, crypto::KeyType::ecdsa_p384, crypto::KeyType::ecdsa_p521, crypto::KeyType::ed25519, crypto::KeyType::rsa}) {
        const Key key(type);
        Bundle bundle = key_bundle(key);
        bundle.entries.clear();
        CHECK(verify_bundle(bundle, key_request(key)).ok());
        CHECK(verify_bundle(bundle, key_request(key))->hash == crypto::natural_hash(type));
        auto& signature = std::get<MessageSignature>(bundle.content).signature;
        signature[signature.size() / 2] ^= 1U;
        check_refused(verify_bundle(bundle, key_request(key)), "does not verify");
    }
    const Key ed(crypto::KeyType::ed25519);
    Bundle bundle = key_bundle(ed);
    bundle.entries.clear();
    Request request = key_request(ed);
    request.artifact = Artifact::of_digest(crypto::Hash::sha256, crypto::digest(crypto::Hash::sha256, as_bytes(kArtifact)));
    check_refused(verify_bundle(bundle, request), "its digest is not enough");
}

TEST_CASE("older clients sign with SHA-256 under P-384") {
    const Key key(crypto::KeyType::ecdsa_p384);
    const crypto::DigestContextPtr context(EVP_MD_CTX_new());
    std::size_t length = 256;
    Bytes signature(length);
    REQUIRE(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
    REQUIRE(EVP_DigestSign(context.get(), signature.data(), &length, as_bytes(kArtifact).data(), kArtifact.size()) == 1);
    signature.resize(length);
    Bundle bundle = key_bundle(key);
    bundle.entries.clear();
    std::get<MessageSignature>(bundle.content).signature = signature;
    CHECK(verify_bundle(bundle, key_request(key))->hash == crypto::Hash::sha256);
}
