// fulcio.hpp: a signing certificate of Fulcio (POST /api/v2/signingCert): what is asked, what is answered, and whether that is what a
// verifier will accept.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/keys.hpp"
#include "crypto/x509.hpp"
#include "sigstore/identity.hpp"
#include "sigstore/identity_token.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

inline constexpr std::string_view kSigningCertPath = "/api/v2/signingCert";
inline constexpr std::string_view kFulcioAlgorithm = "ECDSA";

/// The body: the token, the public key, and the token's subject signed with the key.
Result<std::string> certificate_request(const IdentityToken& token, const crypto::PrivateKey& key);

/// The chain that Fulcio answers, leaf first. Error{malformed} for what is no such answer, and for a certificate whose SCT comes beside it
/// instead of in it, which no bundle can carry. Members that nobody here knows are ignored: everything is verified afterwards.
Result<std::vector<crypto::Certificate>> read_certificate_answer(ByteView json);

/// Whether a certificate is worth signing with: it is of this key, for signing code, valid now, issued by an authority of the root, in a CT
/// log of the root (at least one SCT verifies), and says who its holder is. Error{key} says which of that does not hold. Before anything is
/// logged: what is in a log stays there.
Result<Identity> check_issued(const crypto::Certificate& leaf, const crypto::PublicKey& key, const TrustedRoot& root, Instant now);

}  // namespace headgate::sigstore
