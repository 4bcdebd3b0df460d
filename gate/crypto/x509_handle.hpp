// x509_handle.hpp: what is behind a Certificate. Private to crypto/.
#pragma once

#include <openssl/x509v3.h>

#include "crypto/openssl.hpp"
#include "crypto/x509.hpp"

namespace headgate::crypto {

struct Certificate::Handle {
    X509Ptr x509;
    Bytes der;
    std::string sha256;
    Bytes spki;
    Bytes spki_sha256;
    Instant not_before;
    Instant not_after;
    std::string subject;
    std::string issuer;
    bool self_issued = false;
    bool ca = false;
    std::optional<KeyUsage> key_usage;
    std::vector<std::string> extended_key_usages;
    std::vector<AltName> alt_names;
};

using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;

struct StackDeleter {
    void operator()(STACK_OF(X509)* stack) const { sk_X509_pop_free(stack, X509_free); }
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackDeleter>;

/// An OID in dotted form, also where OpenSSL has a name for it.
std::string dotted(const ASN1_OBJECT* object);
/// A stack with references of its own.
StackPtr stack_of(std::span<const Certificate> certificates);
/// A store that holds the anchors, with the rules of every verification here: the instant, partial chains, strength of 112 bits
/// (no SHA-1, no RSA under 2048), at most kMaxChain certificates.
StorePtr store_of(std::span<const Certificate> anchors, Instant at, bool strict);

}  // namespace headgate::crypto
