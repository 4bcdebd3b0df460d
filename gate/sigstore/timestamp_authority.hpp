// timestamp_authority.hpp: whether a timestamp is by one of a trusted root's authorities.
#pragma once

#include "crypto/timestamp.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

/// Timestamp::verify() with the authority's chain: its signer is the first certificate, its anchor the last. Whether the authority was
/// in use at gen_time() is the caller's question.
Result<void> verify_timestamp(const crypto::Timestamp& timestamp, ByteView signature, const Authority& authority);

}  // namespace headgate::sigstore
