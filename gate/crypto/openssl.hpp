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

/// The same key, whose encoding has its point in full (RFC 5480, 2.2), whatever the one that it was read from had: one key, one name.
/// nullptr where there is no such encoding (the point at infinity, which is no key).
KeyPtr with_full_point(KeyPtr key);
/// Its encoding has the point in full already. True for kinds without points.
bool has_full_point(const EVP_PKEY* key);

/// The hash that goes with a key: nullptr for Ed25519.
const EVP_MD* hash_of(KeyType type);

const EVP_MD* evp_of(Hash hash);

struct PublicKey::Handle {
    KeyPtr key;
    KeyType type;
};
struct PrivateKey::Handle {
    KeyPtr key;
    KeyType type;
};

}  // namespace headgate::crypto
