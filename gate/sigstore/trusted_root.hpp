// trusted_root.hpp: Sigstore's TrustedRoot document (application/vnd.dev.sigstore.trustedroot+json;version=0.1|0.2): which
// logs, certificate authorities and timestamp authorities are believed, and when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"
#include "crypto/keys.hpp"
#include "crypto/x509.hpp"

namespace headgate::sigstore {

inline constexpr std::size_t kMaxTrustedRoot = 4U << 20U;   // bytes of JSON
inline constexpr std::size_t kMaxInstances = 64;            // of each kind
inline constexpr std::size_t kMaxAuthorityChain = 8;        // certificates

/// A closed interval; no end means that it is still in use.
struct ValidFor {
    Instant start;
    std::optional<Instant> end;
    bool contains(Instant instant) const { return instant >= start && (!end || instant <= *end); }
};

/// A transparency log (Rekor v1 or v2) or a certificate transparency log.
struct LogInstance {
    std::string base_url;
    std::string origin;                  // Rekor v2: the first line of its checkpoints, which its id binds; "" for others
    Bytes id;                            // logId.keyId, 32 bytes
    crypto::PublicKey key;
    ValidFor valid_for;
};

/// A certificate or timestamp authority.
struct Authority {
    std::string uri;
    std::vector<crypto::Certificate> chain;  // the issuing certificate (TSA: the signer) first, the anchor last; never empty
    ValidFor valid_for;
    std::string id;                      // SHA-256 (hex) over the certificates: the same chain has the same id
};

struct TrustedRoot {
    std::vector<LogInstance> logs;
    std::vector<LogInstance> ct_logs;
    std::vector<Authority> certificate_authorities;
    std::vector<Authority> timestamp_authorities;
};

/// Unknown members, media types, hash algorithms and key kinds, a validity without a start, a log id that is not the key's, and
/// a document that names nothing are an Error{malformed}.
Result<TrustedRoot> parse_trusted_root(ByteView json);

}  // namespace headgate::sigstore
