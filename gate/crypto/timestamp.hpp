// timestamp.hpp: RFC 3161 timestamps. A timestamp is read first (whole or not at all), and then verified against one
// authority at a time: what it says is believed only after that.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "crypto/x509.hpp"

namespace headgate::crypto {

inline constexpr std::size_t kMaxTimestampBytes = 64U << 10U;

/// One authority. Everything in it is trusted, nothing else is.
struct TimestampAuthority {
    /// The certificate that signs its tokens: the signer of a token must be exactly this one, whatever the token carries
    /// (CVE-2026-39984). nullopt (stores that hold only roots, as Notation's): the signer comes from the token.
    std::optional<Certificate> leaf;
    std::span<const Certificate> intermediates;       // may be used to build the chain
    std::span<const Certificate> anchors;             // the chain must end in one
};

/// A TimeStampToken that was read. gen_time() is a claim until verify() succeeded.
class Timestamp {
  public:
    /// A DER TimeStampResp that was granted, the whole input.
    static Result<Timestamp> from_response(ByteView der);
    /// A DER TimeStampToken (CMS SignedData), the whole input.
    static Result<Timestamp> from_token(ByteView der);

    /// Read as UTC: "YYYYMMDDhhmmss[.fraction]Z" and no other form; the fraction is cut off.
    Instant gen_time() const;
    Hash hash() const;                                // of the imprint: SHA-256, 384 or 512
    ByteView imprint() const;
    Bytes nonce() const;                              // big-endian without leading zeros; empty when there is none

    /// Ok if the imprint is that of `message`, one signer signed the token (SHA-256, 384 or 512), it is the authority's leaf, its
    /// chain holds at gen_time(), and it is for time stamping and nothing else. Whether the *authority* is to be believed at
    /// gen_time() (validFor) is the caller's question. The Error says what does not hold.
    Result<void> verify(ByteView message, const TimestampAuthority& authority) const;
    /// The certificate that signed, as far as the token or the authority's leaf names it; nullopt if neither does.
    std::optional<Certificate> signer(const TimestampAuthority& authority) const;

    struct Handle;
    explicit Timestamp(std::shared_ptr<const Handle> handle) : handle_(std::move(handle)) {}

  private:
    std::shared_ptr<const Handle> handle_;
};

}  // namespace headgate::crypto
