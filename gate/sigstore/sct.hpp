// sct.hpp: signed certificate timestamps embedded in a certificate (RFC 6962, 3.2 and 3.3): proof that it is in a public log.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/x509.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

inline constexpr std::size_t kMaxScts = 16;

struct Sct {
    Bytes log_id;                        // 32 bytes
    std::uint64_t milliseconds = 0;      // since 1970
    Bytes extensions;                    // static logs put the leaf index here; signed too
    bool ecdsa = false;                  // else RSA; the hash is always SHA-256
    Bytes signature;
};

/// The content of the extension 1.3.6.1.4.1.11129.2.4.2: a DER OCTET STRING with a SignedCertificateTimestampList.
Result<std::vector<Sct>> parse_scts(ByteView extension);

/// The number of *distinct* logs of the root of which the leaf has an SCT that verifies, made while the log was in use. `issuer` is the
/// certificate that verified the leaf. An SCT of an unknown log counts for nothing; one of a known log that does not verify, or that is
/// later than `now` (and a minute; RFC 6962, 5.2), is an Error{key}. No extension: 0.
Result<std::size_t> verify_scts(const crypto::Certificate& leaf, const crypto::Certificate& issuer, const std::vector<LogInstance>& logs,
                                Instant now);

}  // namespace headgate::sigstore
