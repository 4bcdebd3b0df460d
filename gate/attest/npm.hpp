// npm.hpp: what the npm registry hands out about a package version: attestations (a publish statement under the registry's key, and
// provenance by a certificate), and the registry's signature over name, version and integrity.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attest/provenance_verify.hpp"
#include "base/time.hpp"
#include "sigstore/bundle.hpp"

namespace headgate::attest {

inline constexpr std::string_view kNpmPublish = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
inline constexpr std::size_t kMaxNpmAttestations = 64;
inline constexpr std::size_t kMaxRegistryKeys = 64;
inline constexpr std::size_t kMaxDistSignatures = 16;

struct NpmAttestation {
    std::string predicate_type;          // what the registry says that it is; the statement must say the same
    sigstore::Bundle bundle;
};

/// {"attestations":[{"predicateType":...,"bundle":{...}}]}. Never empty.
Result<std::vector<NpmAttestation>> parse_npm_attestations(ByteView json);

enum class RegistryKeyUse { attestations, signatures };

struct RegistryKey {
    std::string id;                      // "SHA256:<base64>": a name that the registry gave it, and no hash that can be made again
    RegistryKeyUse use = RegistryKeyUse::attestations;
    crypto::PublicKey key;
    std::optional<Instant> not_before;
    std::optional<Instant> not_after;
};

/// {"keys":[{"keyId","keyUsage","publicKey":{"rawBytes","keyDetails","validFor":{"start","end"}}}]}: the TUF target of npm's keys. Two
/// keys of one id and use, and a key without a window, are an Error{malformed}.
Result<std::vector<RegistryKey>> parse_registry_keys(ByteView json);

struct NpmPackage {
    std::string name;                    // "@scope/name"
    std::string version;
    NamedDigests digests;                // of the tarball; sha512 must be there
};

/// "pkg:npm/%40scope/name@1.0.0".
std::string npm_purl(const NpmPackage& package);

/// The publish statement: by a registry key for attestations whose window holds the time that a log of the root proved, about exactly
/// this package, and of this registry where `registry` is not "". `base`: roots and the instant; its key and thresholds are not used.
Result<VerifiedStatement> verify_npm_publish(const NpmAttestation& attestation, std::span<const RegistryKey> keys, const sigstore::Request& base,
                                             const NpmPackage& package, std::string_view registry);

/// The provenance: by a certificate (who that is stays the caller's question), about exactly this package, bound to it.
Result<VerifiedProvenance> verify_npm_provenance(const NpmAttestation& attestation, const sigstore::Request& request, const NpmPackage& package,
                                                 std::span<const std::string> delegators);

/// `dist` of a version's metadata: {"integrity":"sha512-...","signatures":[{"keyid","sig"}]}, other members ignored. "" if a registry key
/// for signatures, valid at `at`, signed "<name>@<version>:<integrity>", and the integrity is the tarball's; else why not.
std::string registry_signature_problem(const codec::Json& dist, std::span<const RegistryKey> keys, const NpmPackage& package, Instant at);

}  // namespace headgate::attest
