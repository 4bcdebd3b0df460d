// identity_token.hpp: an OIDC identity token (a JWT, RFC 7519) as a signer's input: what Fulcio will issue a certificate for. The token is
// not verified here, Fulcio does that; what it says is read to prove possession of the key, and to refuse early what Fulcio would.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace headgate::sigstore {

inline constexpr std::size_t kMaxIdentityToken = 32U << 10U;  // bytes
inline constexpr std::string_view kSigstoreAudience = "sigstore";

struct IdentityToken {
    std::string text;                        // secret: whoever has it can sign as its subject. Never printed, never in an Error
    std::string issuer;                      // "iss"
    std::string subject;                     // what proof of possession is over: "email" where it is there, else "sub"
    std::optional<Instant> expires;          // "exp"
};

/// Three parts in base64url; the middle one a JSON object with "iss" and "sub". White space around it is cut off. Error{key}: no such token,
/// ended at `now` ("exp"), begins later ("nbf", and five minutes), another "aud" than `audience`, an e-mail address that the provider has not verified. The message never holds the token.
Result<IdentityToken> read_identity_token(std::string_view text, std::string_view audience, Instant now);

}  // namespace headgate::sigstore
