// rekor.hpp: writing to a transparency log: what Rekor v1 (POST /api/v1/log/entries) and v2 (POST /api/v2/log/entries) are asked to log, and
// the entries that they answer. Whether an entry holds, and is of this signature, is verify_bundle()'s question.
#pragma once

#include <string>

#include "base/result.hpp"
#include "sigstore/bundle.hpp"

namespace headgate::sigstore {

inline constexpr std::string_view kRekorV1Path = "/api/v1/log/entries";
inline constexpr std::string_view kRekorV2Path = "/api/v2/log/entries";

/// hashedrekord 0.0.1 for a message signature with SHA-256, dsse 0.0.1 for an envelope. The bundle has a certificate.
std::string rekor_v1_request(const Bundle& bundle);
/// hashedRekordRequestV002, dsseRequestV002. The certificate's key is ECDSA over P-256.
std::string rekor_v2_request(const Bundle& bundle);

/// An object of one member, the entry by its UUID. Error{malformed}.
Result<LogEntry> read_rekor_v1_answer(ByteView json);
/// A TransparencyLogEntry. Error{malformed}.
Result<LogEntry> read_rekor_v2_answer(ByteView json);

}  // namespace headgate::sigstore
