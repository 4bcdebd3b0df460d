// certificates.hpp: what an operator should know about the certificates of a PEM file (`headgate doctor`).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace headgate::crypto {

/// What an operator should know about a certificate.
struct CertificateFacts {
    std::string subject;                 // one line, RFC 2253
    Instant not_before;
    Instant not_after;
    bool self_issued = false;
    std::string weak_key;                // why its key is not taken; "" when it is
    std::string weak_hash;               // "SHA1": the hash that it is signed with, when that can be forged; "" otherwise
};

/// Of each certificate of a PEM file, in its order. At least one; anything else than certificates and white space, or a
/// certificate that does not parse, is an Error{malformed}.
Result<std::vector<CertificateFacts>> certificate_facts(std::string_view pem);

}  // namespace headgate::crypto
