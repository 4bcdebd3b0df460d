// signature.hpp: the signature itself, under the key that the bundle's material and the request agree on. Private to sigstore/.
#pragma once

#include "base/result.hpp"
#include "sigstore/body.hpp"
#include "sigstore/verify.hpp"

namespace headgate::sigstore {

/// What a media type and the limits demand of the whole bundle, also of one that was built from parts.
Result<void> check_format(const Bundle& bundle);

/// The key, and that it signed the message or envelope. `about.artifact` points into the request.
Result<Signed> verify_signature(const Bundle& bundle, const Request& request);

}  // namespace headgate::sigstore
