// self_made_ca.hpp: a certificate authority of one's own, and the certificates of a server under it (RFC 5280): ECDSA P-256 with SHA-256.
#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/x509.hpp"

namespace headgate::crypto {

inline constexpr std::string_view kEkuServerAuth = "1.3.6.1.5.5.7.3.1";

/// A new key, and a certificate over it. PEM; the key as PKCS#8, not encrypted.
struct CertifiedKey {
    std::string certificate;
    std::string private_key;
};

/// An authority that may sign servers' certificates and no further authority. Its name ends in random digits: a later one is another.
/// The interval is closed, in whole seconds; Error{usage} when it is none.
Result<CertifiedKey> make_authority(const std::string& name, Instant from, Instant until);

/// For a server: one to 64 names (DNS names, or addresses, as subjectAltName), the first of them its common name where it fits. Error{key}
/// when the authority's key is not that of its certificate, or when it ends before `until`; Error{usage} for names that are none.
Result<CertifiedKey> make_server_certificate(const CertifiedKey& authority, std::span<const std::string> names, Instant from, Instant until);

}  // namespace headgate::crypto
