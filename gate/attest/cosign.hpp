// cosign.hpp: cosign's own formats (versions 1 and 2), as they lie in `.sig` and `.att` manifests: simple signing payloads
// (containers/image, "atomic signature") with the signature in an annotation, and what makes such a layer a Sigstore bundle.
//
// Annotations are not signed. They carry the signature, the certificate and the log entry, each of which is verified; what
// else they say (predicateType) is not asked.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "codec/json.hpp"
#include "model/attached.hpp"
#include "sigstore/bundle.hpp"

namespace headgate::attest {

inline constexpr std::size_t kMaxSimpleSigning = 1U << 20U;    // bytes of one payload
inline constexpr std::size_t kMaxCosignSignature = 2048;       // bytes of a signature
inline constexpr std::string_view kCosignSignaturePredicate = "https://sigstore.dev/cosign/sign/v1";

/// A payload that `cosign sign` wrote: these words, about this digest. Read from bytes that were verified.
struct SimpleSigning {
    std::string reference;               // docker-reference: where the signer says that the image lies
    std::string digest;                  // docker-manifest-digest, "sha256:<hex>"
    std::vector<std::pair<std::string, std::string>> annotations;  // those of `optional` that are text
};

/// Error{malformed}: another `type` than cosign's, an unknown member of `critical`, a digest that is none.
Result<SimpleSigning> parse_simple_signing(ByteView json);

/// What may be asked of a payload beside its digest.
struct SimpleSigningDemand {
    std::optional<std::string> reference;                          // the repository, in any of its spellings
    std::vector<std::pair<std::string, std::string>> annotations;  // all of them, exact
};

/// Why the payload is no signature of the image `digest` ("sha256:<hex>") that meets the demand; "" when it is.
std::string simple_signing_problem(const SimpleSigning& payload, std::string_view digest, const SimpleSigningDemand& demand);

/// The annotation `dev.cosignproject.cosign/signature`, decoded. Error{malformed} when it is absent, empty or no base64.
Result<Bytes> cosign_signature(const AttachedDocument& layer);

/// True if the layer carries a certificate: it was signed without a key that somebody keeps.
bool is_keyless(const AttachedDocument& layer);

/// A keyless layer (`.sig` or `.att`) as a v0.1 bundle: certificate from the annotation, which must be one PEM certificate
/// and never a bare key (GHSA-fx35-mq7g-6g98), the log entry with its promise, timestamps. verify_bundle() binds the
/// entry's body to this signature. Error{malformed}; Error{unsupported} for an .att layer of several signatures.
Result<sigstore::Bundle> cosign_bundle(const AttachedDocument& layer);
/// The same of a layer that somebody's key signed: whatever certificate lies beside the signature is none of it.
Result<sigstore::Bundle> cosign_key_bundle(const AttachedDocument& layer);

}  // namespace headgate::attest
