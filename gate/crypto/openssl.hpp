// openssl.hpp: OpenSSL's objects with owners. Private to crypto/.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/keys.hpp"

namespace headgate::crypto {

template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;

using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;

/// What a memory BIO holds.
std::string content_of(BIO* bio);

/// nullopt for a time that is none.
std::optional<Instant> instant_of(const ASN1_TIME* time);

/// The content of each block "CERTIFICATE" of a PEM text, in its order, not parsed. At least one; anything else than such
/// blocks and white space is an Error{malformed}.
Result<std::vector<Bytes>> pem_certificates(std::string_view pem);

/// The kind of a key, or an Error{key} for one that we do not take: other algorithms and curves, explicit curve
/// parameters, RSA outside 2048..16384 bits, Ed25519 of small order.
Result<KeyType> type_of(const EVP_PKEY* key);

/// An Ed25519 key that is one of the eight points of small order, in any encoding: under one of them somebody can make a signature that
/// verifies over whatever is asked, without a private key. False for other kinds.
bool has_small_order(const EVP_PKEY* key);

/// Whether a DER SubjectPublicKeyInfo, of a key of this type, has its point in full (RFC 5480, 2.2). True for kinds without points.
bool ends_in_full_point(ByteView spki, KeyType type);

/// The one DER SubjectPublicKeyInfo of a key, its point in full whatever form it was read in. Written here for all but RSA (RFC 5480, 2;
/// RFC 8410, 4), since OpenSSL's encoder takes longer than a verification. Empty for a point at infinity, which is no key.
Bytes spki_of(const EVP_PKEY* key, KeyType type);

/// Error{key} where the key has no encoding.
Result<PublicKey> public_key_of(KeyPtr key, KeyType type);

/// The hash that goes with a key: nullptr for Ed25519.
const EVP_MD* hash_of(KeyType type);

const EVP_MD* evp_of(Hash hash);

struct PublicKey::Handle {
    KeyPtr key;
    KeyType type;
    Bytes spki;                          // spki_of(key)
};
struct PrivateKey::Handle {
    KeyPtr key;
    KeyType type;
};

}  // namespace headgate::crypto
