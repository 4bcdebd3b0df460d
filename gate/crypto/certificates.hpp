// certificates.hpp: X.509 certificates, as far as a policy names them: which roots a chain must end in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::crypto {

/// SHA-256 (hex) over the DER of each certificate of a PEM file, in its order. At least one; anything else than
/// certificates and white space, or a certificate that does not parse, is an Error{malformed}.
Result<std::vector<std::string>> certificate_digests(std::string_view pem);

/// SHA-256 (hex) over one certificate in DER, which must parse whole.
Result<std::string> certificate_digest(ByteView der);

}  // namespace headgate::crypto
