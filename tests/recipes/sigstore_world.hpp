// sigstore_world.hpp: a whole Sigstore in memory: Fulcio (root, intermediate), a CT log, Rekor v1 and v2, a timestamp authority, and
// the TrustedRoot that names them. Bundles come as structs, to be changed field by field, and as JSON.
#pragma once

#include <openssl/pem.h>

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"
#include "recipes/certificate_recipe.hpp"
#include "sigstore/merkle.hpp"
#include "sigstore/pae.hpp"
#include "sigstore/verify.hpp"

namespace headgate::recipes {

inline constexpr std::int64_t kNow = 1'700'000'000;  // 2023-11-14T22:13:20Z: when things are signed
inline const std::string kSan = "https://ci.example/acme/model/.ci/release.yml@refs/heads/main";
inline const std::string kIssuer = "https://tokens.ci.example";
inline const std::string kStatement = "application/vnd.in-toto+json";

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

inline Bytes der_utf8(std::string_view text) {
    need(text.size() < 128, "short text");
    Bytes der = {0x0c, static_cast<std::uint8_t>(text.size())};
    der.insert(der.end(), text.begin(), text.end());
    return der;
}

struct LeafRecipe {
    std::string san = "critical,URI:" + kSan;
    std::string issuer = kIssuer;
    std::int64_t not_before = kNow - 60;
    std::int64_t not_after = kNow + 600;
    std::string usage = "codeSigning";
    std::string key_usage = "critical,digitalSignature";
    std::vector<CertificateRecipe::Extra> extra;
    int scts = 1;                                // of the log; 0 leaves the extension out
    std::int64_t sct_time = kNow;
    bool wrong_sct_issuer = false;               // the SCT is over another issuer's key
    Bytes sct_extension;
};

class World {
  public:
    /// Worlds with the same words have the same keys and authorities, in every run.
    explicit World(std::string of = "world") : words(std::move(of)) {}

    std::string words;
    // Ed25519 signs the same way each time, so that what roots sign is the same too.
    Key root_key{crypto::KeyType::ed25519, words + " root"};
    Key issuer_key{crypto::KeyType::ecdsa_p256, words + " issuer"};
    Key leaf_key{crypto::KeyType::ecdsa_p256, words + " leaf"};
    Key ct_key{crypto::KeyType::ecdsa_p256, words + " ct"};
    Key rekor_key{crypto::KeyType::ecdsa_p256, words + " rekor"};
    Key tiles_key{crypto::KeyType::ed25519, words + " tiles"};
    Key tsa_root_key{crypto::KeyType::ed25519, words + " tsa root"};
    Key tsa_key{crypto::KeyType::ecdsa_p256, words + " tsa"};
    crypto::Certificate root = make_root("fake fulcio", root_key, kNow - 31'536'000);
    crypto::Certificate issuer = make_issuer();
    crypto::Certificate tsa_root = make_root("fake tsa root", tsa_root_key, kNow - 31'536'000);
    crypto::Certificate tsa = make_tsa("fake tsa", tsa_key);
    std::string rekor_host = "rekor.example";
    std::string tiles_host = "log2025.rekor.example";

    crypto::Certificate make_tsa(const std::string& name, const Key& key) const {
        CertificateRecipe recipe;
        recipe.name = name;
        recipe.issuer_name = "fake tsa root";
        recipe.not_before = kNow - 86'400;
        recipe.not_after = kNow + 86'400;
        recipe.extended_key_usage = "critical,timeStamping";
        return make_certificate(recipe, key, tsa_root_key);
    }

    crypto::Certificate leaf(const LeafRecipe& wish = {}) const {
        CertificateRecipe recipe;
        recipe.issuer_name = "fake fulcio issuer";
        recipe.not_before = wish.not_before;
        recipe.not_after = wish.not_after;
        recipe.key_usage = wish.key_usage;
        recipe.extended_key_usage = wish.usage;
        recipe.san = wish.san;
        recipe.extra = {{"1.3.6.1.4.1.57264.1.1", bytes_of(wish.issuer), false},
                        {"1.3.6.1.4.1.57264.1.8", der_utf8(wish.issuer), false},
                        {"1.3.6.1.4.1.57264.1.12", der_utf8("https://ci.example/acme/model"), false}};
        recipe.extra.insert(recipe.extra.end(), wish.extra.begin(), wish.extra.end());
        const crypto::X509Ptr x509 = make_x509(recipe, leaf_key, issuer_key);
        if (wish.scts > 0) {
            add_raw_extension(x509.get(), {std::string(crypto::kOidSctList), sct_list(x509.get(), wish), false});
            need(X509_sign(x509.get(), issuer_key.get(), EVP_sha256()) > 0, "leaf");
        }
        return crypto::Certificate::from_der(der_of(x509.get())).value();
    }

    Bytes rekor_id() const { return rekor_key.open().spki_sha256(); }
    Bytes tiles_id() const {
        const Bytes spki = tiles_key.open().spki();
        Bytes input = bytes_of(tiles_host + "\n\x01");
        input.insert(input.end(), spki.end() - 32, spki.end());
        return crypto::digest(crypto::Hash::sha256, input);
    }

    /// A signed note of the log over this tree.
    std::string checkpoint(bool tiles, std::uint64_t size, ByteView tree_root) const {
        const std::string& name = tiles ? tiles_host : rekor_host;
        const std::string text = name + (tiles ? "" : " - 42") + "\n" + std::to_string(size) + "\n" + to_base64(tree_root) + "\n";
        return text + "\n" + note_line(name, tiles ? tiles_id() : rekor_id(), tiles ? tiles_key : rekor_key, text);
    }
    static std::string note_line(const std::string& name, const Bytes& id, const Key& key, const std::string& text) {
        Bytes blob(id.begin(), id.begin() + 4);
        const Bytes signature = key.secret().sign(as_bytes(text)).value();
        blob.insert(blob.end(), signature.begin(), signature.end());
        return "\xE2\x80\x94 " + name + " " + to_base64(blob) + "\n";
    }

    /// Makes the entry's log state again what its body and times are: proof (the entry is the second of three leaves) and promise.
    void log(sigstore::LogEntry& entry, bool tiles) const {
        entry.log_id = tiles ? tiles_id() : rekor_id();
        const auto left = sigstore::leaf_hash(as_bytes("another entry"));
        const auto right = sigstore::leaf_hash(as_bytes("a third entry"));
        sigstore::InclusionProof proof;
        proof.log_index = 1;
        proof.tree_size = 3;
        proof.hashes = {Bytes(left.begin(), left.end()), Bytes(right.begin(), right.end())};
        const auto tree_root = sigstore::root_of_inclusion(1, 3, sigstore::leaf_hash(entry.body), proof.hashes).value();
        proof.root_hash.assign(tree_root.begin(), tree_root.end());
        proof.checkpoint = checkpoint(tiles, 3, proof.root_hash);
        entry.proof = proof;
        if (!tiles) promise(entry);
    }
    void promise(sigstore::LogEntry& entry) const {
        const std::string text = "{\"body\":\"" + to_base64(entry.body) + "\",\"integratedTime\":" + std::to_string(entry.integrated_time->seconds) +
                                 ",\"logID\":\"" + to_hex(entry.log_id) + "\",\"logIndex\":" + std::to_string(entry.log_index) + "}";
        entry.signed_entry_timestamp = rekor_key.secret().sign(as_bytes(text)).value();
    }
    sigstore::LogEntry entry(const std::string& body, bool tiles) const {
        sigstore::LogEntry made;
        made.log_index = 1001;
        made.body = bytes_of(body);
        if (const auto json = codec::parse_json(made.body); json.ok()) {
            made.kind_version = sigstore::KindVersion{*json->find_text("kind"), *json->find_text("apiVersion")};
        }
        if (!tiles) made.integrated_time = Instant{kNow};
        log(made, tiles);
        return made;
    }

    Bytes timestamp(ByteView signature, std::int64_t time = kNow + 1) const {
        TimestampRecipe recipe;
        recipe.time = time;
        return make_timestamp(signature, tsa, tsa_key, recipe);
    }

    /// A v0.3 message bundle over `artifact`, in Rekor v1.
    sigstore::Bundle message(std::string_view artifact, const LeafRecipe& wish = {}) const {
        sigstore::Bundle bundle;
        const crypto::Certificate certificate = leaf(wish);
        bundle.material = std::vector<crypto::Certificate>{certificate};
        sigstore::MessageSignature content;
        content.signature = leaf_key.secret().sign(as_bytes(artifact)).value();
        content.digest = sigstore::MessageDigest{"SHA2_256", crypto::digest(crypto::Hash::sha256, as_bytes(artifact))};
        bundle.content = content;
        bundle.entries = {entry(hashedrekord(content.signature, crypto::sha256_hex(as_bytes(artifact)), certificate.pem()), false)};
        return bundle;
    }
    /// The same in Rekor v2 with a timestamp.
    sigstore::Bundle message_v2(std::string_view artifact, const LeafRecipe& wish = {}) const {
        sigstore::Bundle bundle = message(artifact, wish);
        const auto& content = std::get<sigstore::MessageSignature>(bundle.content);
        bundle.entries = {entry(hashedrekord_v2(content.signature, content.digest->digest, leaf_of(bundle)), true)};
        bundle.timestamps = {timestamp(content.signature)};
        return bundle;
    }
    /// A v0.3 envelope bundle, logged as dsse 0.0.1.
    sigstore::Bundle envelope(std::string_view payload, const std::string& type = kStatement) const {
        sigstore::Bundle bundle;
        const crypto::Certificate certificate = leaf();
        bundle.material = std::vector<crypto::Certificate>{certificate};
        sigstore::Envelope content;
        content.payload = bytes_of(payload);
        content.payload_type = type;
        content.signature = leaf_key.secret().sign(sigstore::pre_authentication_encoding(type, content.payload)).value();
        bundle.content = content;
        bundle.entries = {entry(dsse(content, certificate.pem()), false)};
        return bundle;
    }
    static const crypto::Certificate& leaf_of(const sigstore::Bundle& bundle) {
        return std::get<std::vector<crypto::Certificate>>(bundle.material).front();
    }

    static std::string hashedrekord(const Bytes& signature, const std::string& sha256, const std::string& pem) {
        return R"({"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":")" + sha256 +
               R"("}},"signature":{"content":")" + to_base64(signature) + R"(","publicKey":{"content":")" + to_base64(as_bytes(pem)) + R"("}}}})";
    }
    static std::string hashedrekord_v2(const Bytes& signature, const Bytes& digest, const crypto::Certificate& certificate) {
        return R"({"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":")" +
               to_base64(digest) + R"("},"signature":{"content":")" + to_base64(signature) +
               R"(","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256","x509Certificate":{"rawBytes":")" + to_base64(certificate.der()) + R"("}}}}}})";
    }
    static std::string dsse(const sigstore::Envelope& envelope, const std::string& pem) {
        return R"({"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":{"algorithm":"sha256","value":")" + std::string(64, '0') +
               R"("},"payloadHash":{"algorithm":"sha256","value":")" + crypto::sha256_hex(envelope.payload) +
               R"("},"signatures":[{"signature":")" + to_base64(envelope.signature) + R"(","verifier":")" + to_base64(as_bytes(pem)) + R"("}]}})";
    }

    /// The TrustedRoot document that names all of it.
    std::string trusted_root_json() const {
        const std::string start = R"({"start":"2022-01-01T00:00:00Z"})";
        const auto log = [&](const std::string& url, const Key& key, const std::string& details, const Bytes& id) {
            return R"({"baseUrl":")" + url + R"(","hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":")" + to_base64(key.open().spki()) +
                   R"(","keyDetails":")" + details + R"(","validFor":)" + start + R"(},"logId":{"keyId":")" + to_base64(id) + R"("}})";
        };
        const auto authority = [&](const std::string& uri, const std::vector<crypto::Certificate>& chain) {
            std::string certificates;
            for (const auto& one : chain) certificates += (certificates.empty() ? "" : ",") + (R"({"rawBytes":")" + to_base64(one.der()) + R"("})");
            return R"({"subject":{"organization":"acme","commonName":"fake"},"uri":")" + uri + R"(","certChain":{"certificates":[)" + certificates +
                   R"(]},"validFor":)" + start + "}";
        };
        return R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[)" +
               log("https://" + rekor_host, rekor_key, "PKIX_ECDSA_P256_SHA_256", rekor_id()) + "," +
               log("https://" + tiles_host, tiles_key, "PKIX_ED25519", tiles_id()) + R"(],"certificateAuthorities":[)" +
               authority("https://fulcio.example", {issuer, root}) + R"(],"ctlogs":[)" +
               log("https://ct.example", ct_key, "PKIX_ECDSA_P256_SHA_256", ct_key.open().spki_sha256()) + R"(],"timestampAuthorities":[)" +
               authority("https://tsa.example", {tsa, tsa_root}) + "]}";
    }
    sigstore::TrustedRoot trusted_root() const { return sigstore::parse_trusted_root(as_bytes(trusted_root_json())).value(); }

    /// A request that this world's bundles over `artifact` pass. `artifact` must outlive it.
    sigstore::Request request(std::string_view artifact) const {
        sigstore::Request request;
        request.trust.roots = {trusted_root()};
        request.artifact = sigstore::Artifact::of_bytes(as_bytes(artifact));
        request.now = Instant{kNow + 3600};
        return request;
    }

  private:
    crypto::Certificate make_issuer() const {
        CertificateRecipe recipe;
        recipe.name = "fake fulcio issuer";
        recipe.issuer_name = "fake fulcio";
        recipe.not_before = kNow - 31'536'000;
        recipe.not_after = kNow + 31'536'000;
        recipe.ca = true;
        recipe.key_usage = "critical,keyCertSign,cRLSign";
        recipe.extended_key_usage = "codeSigning";
        return make_certificate(recipe, issuer_key, root_key);
    }

    // DER OCTET STRING around a TLS list with one SCT, over the certificate as it is now.
    Bytes sct_list(X509* precertificate, const LeafRecipe& wish) const {
        const auto put = [](Bytes& out, std::uint64_t value, unsigned count) {
            for (unsigned i = count; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
        };
        const auto append = [](Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); };
        unsigned char* raw = nullptr;
        const int length = i2d_re_X509_tbs(precertificate, &raw);
        need(length > 0, "TBS");
        const Bytes tbs(raw, raw + length);
        OPENSSL_free(raw);
        const std::uint64_t time = static_cast<std::uint64_t>(wish.sct_time) * 1000;
        Bytes data = {0, 0};
        put(data, time, 8);
        put(data, 1, 2);
        append(data, (wish.wrong_sct_issuer ? root_key : issuer_key).open().spki_sha256());
        put(data, tbs.size(), 3);
        append(data, tbs);
        put(data, wish.sct_extension.size(), 2);
        append(data, wish.sct_extension);
        const Bytes signature = ct_key.secret().sign(data).value();
        Bytes sct = {0};
        append(sct, ct_key.open().spki_sha256());
        put(sct, time, 8);
        put(sct, wish.sct_extension.size(), 2);
        append(sct, wish.sct_extension);
        append(sct, {4, 3});
        put(sct, signature.size(), 2);
        append(sct, signature);
        Bytes list;
        for (int i = 0; i < wish.scts; ++i) {
            put(list, sct.size(), 2);
            append(list, sct);
        }
        Bytes whole;
        put(whole, list.size(), 2);
        append(whole, list);
        Bytes der = {0x04};
        if (whole.size() < 128) {
            put(der, whole.size(), 1);
        } else if (whole.size() < 256) {
            der.push_back(0x81);
            put(der, whole.size(), 1);
        } else {
            der.push_back(0x82);
            put(der, whole.size(), 2);
        }
        append(der, whole);
        return der;
    }
};

/// One world a program: keys cost time.
inline const World& world() {
    static const World kWorld;
    return kWorld;
}

}  // namespace headgate::recipes
