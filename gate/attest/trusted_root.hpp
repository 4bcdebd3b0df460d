// trusted_root.hpp: Sigstore's TrustedRoot document (application/vnd.dev.sigstore.trustedroot+json), as far as a policy
// names it: the certificates in which chains end.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::attest {

/// SHA-256 (hex) of the root certificate of each certificate authority: the last of its chain. Error{malformed} without one.
Result<std::vector<std::string>> root_anchors(ByteView json);

}  // namespace headgate::attest
