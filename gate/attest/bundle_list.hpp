// bundle_list.hpp: files that hold several attestations: JSON lines of bundles, and GitHub's answer about an artifact.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"

namespace headgate::attest {

inline constexpr std::size_t kMaxListed = 256;

/// One JSON document; JSON lines of them; or {"attestations":[{"bundle":{...}, "repository_id":..., "bundle_url":...}]}. What each is
/// comes later: one that is no bundle must not hide another. An empty file or list is an Error{malformed}: no attestation is a
/// refusal (CVE-2025-25204).
Result<std::vector<codec::Json>> read_bundle_list(ByteView bytes);

}  // namespace headgate::attest
