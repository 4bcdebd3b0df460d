// oms_v0_2.hpp: what model_signing 0.2 signed. Not DSSE (its encoding of payload and type is its own, over SHA-256 whatever
// the key), no manifest (the files are the subjects), no root digest, no list of what was left out. Read only when somebody asks
// for it by a name that says so.
#pragma once

#include <string_view>

#include "attest/oms_manifest.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::attest {

inline constexpr std::string_view kModelDigestsPredicate = "https://model_signing/Digests/v0.1";

/// The bytes that it signed: "DSSEV1" SP len(type) SP type SP len(payload) SP, and the payload as Python prints bytes (b'...').
Bytes encoding_v0_2(std::string_view type, ByteView payload);

/// Every subject is a file by its SHA-256 (annotation "actual_hash_algorithm": "file-sha256"). The manifest's root is "".
Result<OmsManifest> read_oms_manifest_v0_2(ByteView payload);

}  // namespace headgate::attest
