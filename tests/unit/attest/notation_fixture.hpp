// notation_fixture.hpp: keys, certificates and envelopes as Notary Project signers make them, with any fault.
#pragma once

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <map>
#include <memory>

#include "attest/notation.hpp"
#include "base/encoding.hpp"
#include "codec/cbor.hpp"
#include "crypto/sha256.hpp"

namespace headgate::notation_test {

inline constexpr std::int64_t kNow = 1'700'000'000;  // 2023-11-14
inline constexpr std::int64_t kDay = 86'400;

struct Key {
    std::shared_ptr<EVP_PKEY> handle;
    static Key rsa(unsigned bits) { return {std::shared_ptr<EVP_PKEY>(EVP_RSA_gen(bits), EVP_PKEY_free)}; }
    static Key ec(const char* curve) { return {std::shared_ptr<EVP_PKEY>(EVP_EC_gen(curve), EVP_PKEY_free)}; }
};

struct Made {
    Key key;
    std::shared_ptr<X509> x509;
    Bytes der;
    crypto::Certificate certificate() const { return crypto::Certificate::from_der(der).value(); }
};

struct Wish {
    std::vector<std::pair<std::string, std::string>> subject = {{"C", "US"}, {"ST", "WA"}, {"O", "Acme"}, {"CN", "signer"}};
    std::string key_usage = "critical,digitalSignature";
    std::string extended = "codeSigning";
    std::string constraints;                 // "critical,CA:TRUE"
    std::int64_t from = kNow - kDay;
    std::int64_t to = kNow + kDay;
};

inline Made make(const Wish& wish, const Key& key, const Made* issuer = nullptr) {
    std::shared_ptr<X509> x509(X509_new(), X509_free);
    X509_set_version(x509.get(), 2);
    static long serial = 1;
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), ++serial);
    ASN1_TIME_set(X509_getm_notBefore(x509.get()), wish.from);
    ASN1_TIME_set(X509_getm_notAfter(x509.get()), wish.to);
    X509_NAME* const name = X509_get_subject_name(x509.get());
    for (const auto& [field, value] : wish.subject) {
        X509_NAME_add_entry_by_txt(name, field.c_str(), MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0);
    }
    X509_set_issuer_name(x509.get(), issuer == nullptr ? name : X509_get_subject_name(issuer->x509.get()));
    X509_set_pubkey(x509.get(), key.handle.get());
    const auto extend = [&](int nid, const std::string& value) {
        if (value.empty()) return;
        X509V3_CTX context;
        X509V3_set_ctx(&context, issuer == nullptr ? x509.get() : issuer->x509.get(), x509.get(), nullptr, nullptr, 0);
        X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
        X509_add_ext(x509.get(), extension, -1);
        X509_EXTENSION_free(extension);
    };
    extend(NID_basic_constraints, wish.constraints);
    extend(NID_key_usage, wish.key_usage);
    extend(NID_ext_key_usage, wish.extended);
    X509_sign(x509.get(), issuer == nullptr ? key.handle.get() : issuer->key.handle.get(), EVP_sha256());
    unsigned char* der = nullptr;
    const int length = i2d_X509(x509.get(), &der);
    Made made{key, x509, Bytes(der, der + length)};
    OPENSSL_free(der);
    return made;
}

inline Wish authority_wish(const std::string& name = "root") {
    Wish wish;
    wish.subject.back().second = name;
    wish.key_usage = "critical,keyCertSign";
    wish.constraints = "critical,CA:TRUE";
    return wish;
}

/// RSA-PSS with the salt of the hash (or `salt`), or r || s.
inline Bytes sign(const Key& key, const EVP_MD* hash, ByteView message, int salt = RSA_PSS_SALTLEN_DIGEST) {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* parameters = nullptr;
    EVP_DigestSignInit(context.get(), &parameters, hash, nullptr, key.handle.get());
    const bool rsa = EVP_PKEY_get_base_id(key.handle.get()) == EVP_PKEY_RSA;
    if (rsa) {
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt);
    }
    std::size_t length = 0;
    EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size());
    Bytes signature(length);
    EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size());
    signature.resize(length);
    if (rsa) return signature;
    const int bits = EVP_PKEY_get_bits(key.handle.get());
    const auto type = bits == 256 ? crypto::KeyType::ecdsa_p256 : bits == 384 ? crypto::KeyType::ecdsa_p384 : crypto::KeyType::ecdsa_p521;
    return crypto::ecdsa_to_p1363(signature, type).value();
}

inline std::string base64url(ByteView bytes) {
    std::string text = to_base64(bytes);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (!text.empty() && text.back() == '=') text.pop_back();
    return text;
}

inline const std::string kDigest = "sha256:" + std::string(64, 'a');

inline std::string payload(const std::string& digest = kDigest, const std::string& size = "528", const std::string& more = "") {
    return R"({"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + digest + R"(","size":)" + size + more + "}}";
}

/// Headers of a JWS, each as JSON text; change or remove one for a fault.
struct Jws {
    std::map<std::string, std::string> head = {
        {"alg", R"("ES256")"},
        {"cty", R"("application/vnd.cncf.notary.payload.v1+json")"},
        {"crit", R"(["io.cncf.notary.signingScheme"])"},
        {"io.cncf.notary.signingScheme", R"("notary.x509")"},
        {"io.cncf.notary.signingTime", R"("2023-11-14T00:00:00Z")"}};
    std::map<std::string, std::string> unprotected = {{"io.cncf.notary.signingAgent", R"("test")"}};
    std::string payload = notation_test::payload();
    std::string members;                     // further members of the document
    int salt = RSA_PSS_SALTLEN_DIGEST;

    static std::string object(const std::map<std::string, std::string>& members) {
        std::string text;
        for (const auto& [name, value] : members) text += (text.empty() ? "\"" : ",\"") + name + "\":" + value;
        return "{" + text + "}";
    }
    std::string sign(const Key& key, const std::vector<Made>& chain, const EVP_MD* hash = EVP_sha256()) {
        std::string list;
        for (const Made& made : chain) list += (list.empty() ? "\"" : ",\"") + to_base64(made.der) + "\"";
        unprotected["x5c"] = "[" + list + "]";
        const std::string input = base64url(as_bytes(object(head))) + "." + base64url(as_bytes(payload));
        const std::string signature = base64url(notation_test::sign(key, hash, as_bytes(input), salt));
        return R"({"payload":")" + base64url(as_bytes(payload)) + R"(","protected":")" + base64url(as_bytes(object(head))) + R"(","header":)" +
               object(unprotected) + R"(,"signature":")" + signature + "\"" + members + "}";
    }
};

// CBOR, as much of it as an envelope needs.
inline Bytes operator+(Bytes left, ByteView right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}
inline Bytes cbor_head(std::uint8_t major, std::uint64_t value) {
    Bytes out;
    codec::append_cbor_head(out, major, value);
    return out;
}
inline Bytes cbor_int(std::int64_t value) {
    return value >= 0 ? cbor_head(0, static_cast<std::uint64_t>(value)) : cbor_head(1, static_cast<std::uint64_t>(-1 - value));
}
inline Bytes cbor_text(std::string_view text) { return cbor_head(3, text.size()) + as_bytes(text); }
inline Bytes cbor_bytes(ByteView bytes) { return cbor_head(2, bytes.size()) + bytes; }
inline Bytes cbor_time(std::int64_t seconds) { return cbor_head(6, 1) + ByteView(cbor_int(seconds)); }

/// Headers of a COSE_Sign1: encoded key -> encoded value.
struct Cose {
    std::map<Bytes, Bytes> head = {
        {cbor_int(1), cbor_int(-7)},
        {cbor_int(2), cbor_head(4, 1) + ByteView(cbor_text("io.cncf.notary.signingScheme"))},
        {cbor_int(3), cbor_text("application/vnd.cncf.notary.payload.v1+json")},
        {cbor_text("io.cncf.notary.signingScheme"), cbor_text("notary.x509")},
        {cbor_text("io.cncf.notary.signingTime"), cbor_time(kNow)}};
    std::map<Bytes, Bytes> unprotected = {{cbor_text("io.cncf.notary.signingAgent"), cbor_text("test")}};
    std::string payload = notation_test::payload();
    std::uint64_t tag = 18;

    static Bytes map(const std::map<Bytes, Bytes>& members) {
        Bytes out = cbor_head(5, members.size());
        for (const auto& [key, value] : members) out = std::move(out) + ByteView(key) + ByteView(value);
        return out;
    }
    Bytes sign(const Key& key, const std::vector<Made>& chain, const EVP_MD* hash = EVP_sha256()) {
        Bytes list = cbor_head(4, chain.size());
        for (const Made& made : chain) list = std::move(list) + ByteView(cbor_bytes(made.der));
        unprotected[cbor_int(33)] = list;
        const Bytes protected_bytes = cbor_bytes(map(head));
        const Bytes payload_bytes = cbor_bytes(as_bytes(payload));
        const Bytes input = cbor_head(4, 4) + ByteView(cbor_text("Signature1")) + ByteView(protected_bytes) + ByteView(cbor_bytes({})) + ByteView(payload_bytes);
        return cbor_head(6, tag) + ByteView(cbor_head(4, 4)) + ByteView(protected_bytes) + ByteView(map(unprotected)) + ByteView(payload_bytes) +
               ByteView(cbor_bytes(notation_test::sign(key, hash, input)));
    }
};

}  // namespace headgate::notation_test
