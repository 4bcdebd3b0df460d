// timestamping.hpp: an RFC 3161 timestamp of a signature, from an authority on the network.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "pipeline/signing_service.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::pipeline {

/// The DER TimeStampResp for `signature`: granted, of these bytes, with our nonce; and, where a root is given, made by one of its timestamp
/// authorities. is_unreachable() of the Error tells "not there" from "wrong".
Result<Bytes> timestamp_of(ByteView signature, const std::string& url, const sigstore::TrustedRoot* root, const Send& send);

}  // namespace headgate::pipeline
