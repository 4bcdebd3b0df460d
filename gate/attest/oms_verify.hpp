// oms_verify.hpp: whose model signature is this, and what does it list? The method (key, certificate, keyless) is the caller's
// choice, never the bundle's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attest/oms_manifest.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/keys.hpp"
#include "crypto/x509.hpp"
#include "sigstore/verify.hpp"

namespace headgate::attest {

/// Who must have signed. Exactly one of the three is set.
struct OmsTrust {
    std::optional<crypto::PublicKey> key;
    /// Certificates that a chain must end in, of somebody's own authority: there is no default, and no web PKI. Never empty.
    std::optional<std::vector<crypto::Certificate>> anchors;
    struct Keyless {
        std::string identity;                    // exact; never empty, as is the issuer
        std::string issuer;
    };
    std::optional<Keyless> keyless;

    /// Keyless: what the bundle is verified against. With anchors: their timestamp authorities may say when it was signed.
    std::vector<sigstore::TrustedRoot> roots = {};
    sigstore::Thresholds thresholds = {};        // keyless
    std::size_t timestamps = 0;                  // with anchors: of distinct authorities of `roots`, at least
    Instant now;
    /// Also read what model_signing 0.2 wrote (oms_v0_2.hpp), for a key or anchors.
    bool insecure_v0_2 = false;
};

struct SignedModel {
    OmsManifest manifest;
    /// Who signed, and when. By key: only the key. By certificate: also the leaf, and the times that its chain was judged at
    /// (none: `now`); it names no Sigstore identity.
    sigstore::VerifiedBundle signer;
    bool v0_2 = false;
};

/// One Sigstore bundle with a DSSE envelope and exactly one signature. Every Error is a refusal, with the step that failed.
Result<SignedModel> verify_model_signature(ByteView bundle, const OmsTrust& trust);

}  // namespace headgate::attest
