// notation.hpp: Notary Project signatures (notaryproject/specifications: signature-specification, signature-envelope-jws,
// signature-envelope-cose, trust-store-trust-policy). An envelope is read first, whole or not at all; then it is verified
// against trust stores that the caller names. Revocation (OCSP, CRL) needs the network and is not asked: results say so.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/x509.hpp"

namespace headgate::attest {

inline constexpr std::size_t kMaxNotationEnvelope = 4U << 20U;    // bytes
inline constexpr std::size_t kMaxNotationPayload = 1U << 20U;
inline constexpr std::size_t kMaxNotationCertificates = 8;
inline constexpr std::size_t kMaxNotationSignature = 1024;        // RSA of 4096 bits takes 512
inline constexpr std::size_t kMaxTrustedIdentities = 64;

enum class NotationScheme {
    x509,                // notary.x509: the signer's clock is nobody's; a countersignature or now decides
    signing_authority,   // notary.x509.signingAuthority: a trusted service states the time
};

/// What a JWS or COSE envelope holds. Nothing in it is believed before verify_notation().
struct NotationEnvelope {
    std::string algorithm;                          // JOSE name: "PS256", ..., "ES512"
    NotationScheme scheme = NotationScheme::x509;
    std::optional<Instant> signing_time;            // notary.x509: a claim, never used
    std::optional<Instant> authentic_signing_time;  // signingAuthority
    std::optional<Instant> expiry;
    std::vector<crypto::Certificate> certificates;  // leaf first, at least one
    Bytes timestamp;                                // DER TimeStampToken over the signature; empty when there is none
    Bytes payload;
    Bytes signed_bytes;                             // what the signature is over
    Bytes signature;                                // RSA-PSS, or r || s
};

/// A flattened JWS. Error{malformed}: an unknown or repeated member or protected header, base64url that is not canonical,
/// a critical header that is unknown, missing or not allowed to be critical. Error{unsupported}: a verification plugin.
Result<NotationEnvelope> parse_notation_jws(ByteView json);
/// A tagged COSE_Sign1; the same rules.
Result<NotationEnvelope> parse_notation_cose(ByteView cbor);

/// The artifact that a payload is about, or that was asked for.
struct NotationTarget {
    std::string media_type;                         // "" asks nothing
    std::string digest;                             // "sha256:<hex>"
    std::uint64_t size = 0;
};

/// The payload `{"targetArtifact":{mediaType,digest,size[,annotations]}}`, strictly.
Result<NotationTarget> parse_notation_payload(ByteView json);

/// Attributes of a subject that a signer must have: "x509.subject: C=US, ST=WA, O=Acme". Country, state and organisation
/// are mandatory (trust-store-trust-policy.md, "Trusted identities constraints"); "*" is anybody whose chain holds.
class TrustedSubject {
  public:
    /// "*".
    static TrustedSubject anybody() { return {}; }
    static Result<TrustedSubject> parse(std::string_view text);
    bool matches(const crypto::Certificate& leaf) const;

  private:
    std::vector<std::pair<std::string, std::string>> attributes_;  // OID -> value; empty: "*"
};

struct NotationTrust {
    enum class Level { strict, permissive };        // permissive: expiry is noted, not enforced
    enum class VerifyTimestamp { always, after_certificate_expiry };

    std::span<const crypto::Certificate> authorities;          // store type "ca"
    std::span<const crypto::Certificate> signing_authorities;  // store type "signingAuthority"
    std::span<const crypto::Certificate> timestamp_authorities;  // store type "tsa"; none: timestamps are not asked
    std::vector<TrustedSubject> identities;         // any of them; none is a refusal
    Level level = Level::strict;
    VerifyTimestamp verify_timestamp = VerifyTimestamp::always;
};

struct NotationVerified {
    crypto::Certificate leaf;
    std::string anchor;                             // SHA-256 (hex) of the trusted certificate in which the chain ends
    Instant valid_from, valid_until;                // every certificate of the chain
    std::optional<Instant> signed_at;               // trusted time: countersignature or signing authority
    std::vector<std::string> notes;                 // what was not enforced
};

/// Error{key} names the step that does not hold; Error{malformed} for a payload that is none.
Result<NotationVerified> verify_notation(const NotationEnvelope& envelope, const NotationTarget& wanted, const NotationTrust& trust,
                                         Instant now);

}  // namespace headgate::attest
