// npm.cpp: verification. The documents are read in npm_parse.cpp.
#include "attest/npm.hpp"

#include <algorithm>

#include "attest/provenance_fields.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sigstore/fields.hpp"

namespace headgate::attest {
namespace {

using codec::Json;
using provenance::shown;

Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

bool is_key(const RegistryKey& key, std::string_view id, RegistryKeyUse use) { return key.use == use && key.id == id; }

// The one subject is the package by its purl, too: digests of other packages' tarballs may be the same.
Result<void> check_subject(const VerifiedStatement& verified, const NpmAttestation& attestation, const NpmPackage& package) {
    const StatementSubjects& statement = verified.statement;
    if (statement.predicate_type != attestation.predicate_type) {
        return refused("statement: its type is " + shown(statement.predicate_type) + ", the registry says " + shown(attestation.predicate_type));
    }
    if (statement.subjects.size() != 1) return refused("statement: it has " + std::to_string(statement.subjects.size()) + " subjects, not 1");
    if (!statement.subjects.front().contains("sha512")) return refused("statement: its subject has no sha512");
    if (statement.names.front() != npm_purl(package)) {
        return refused("statement: it is about " + shown(statement.names.front()) + ", not about " + shown(npm_purl(package)));
    }
    return {};
}

Result<void> check_publish(const Json& predicate, const NpmPackage& package, std::string_view registry) {
    constexpr std::size_t kMost = 1024;
    const auto fields = TRY(sigstore::Fields::of(predicate, "the publish statement", {"name", "version", "registry"}));
    const std::string name = TRY(fields.text("name", kMost));
    const std::string version = TRY(fields.text("version", kMost));
    const std::string stated = TRY(fields.text("registry", kMost));
    if (name != package.name || version != package.version) {
        return refused("statement: it publishes " + shown(name + "@" + version) + ", not " + shown(package.name + "@" + package.version));
    }
    if (!registry.empty() && stated != registry) return refused("statement: it is of the registry " + shown(stated) + ", not of " + shown(registry));
    return {};
}

}  // namespace

std::string npm_purl(const NpmPackage& package) {
    std::string name = package.name;
    if (name.starts_with('@')) name.replace(0, 1, "%40");
    return "pkg:npm/" + name + "@" + package.version;
}

Result<VerifiedStatement> verify_npm_publish(const NpmAttestation& attestation, std::span<const RegistryKey> keys, const sigstore::Request& base,
                                             const NpmPackage& package, std::string_view registry) {
    const auto* const hint = std::get_if<sigstore::KeyHint>(&attestation.bundle.material);
    if (hint == nullptr) return refused("publish: it is signed with a certificate, not with a key of the registry");
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const RegistryKey& key) { return is_key(key, hint->hint, RegistryKeyUse::attestations); });
    if (found == keys.end()) return refused("publish: no key of the registry for attestations is " + shown(hint->hint));
    sigstore::Request request = base;
    request.trust.key = sigstore::TrustedKey{found->key, found->not_before, found->not_after, {found->id}};
    request.thresholds = sigstore::Thresholds::for_key();
    request.thresholds.log_entries = 1;
    VerifiedStatement verified = TRY(verify_statement(attestation.bundle, request, package.digests));
    if (verified.signature.times.empty()) return refused("publish: no time of signing is proved, so that the key's window cannot be asked");
    TRY_VOID(check_subject(verified, attestation, package));
    TRY_VOID(check_publish(verified.statement.predicate, package, registry));
    return verified;
}

Result<VerifiedProvenance> verify_npm_provenance(const NpmAttestation& attestation, const sigstore::Request& request, const NpmPackage& package,
                                                 std::span<const std::string> delegators) {
    if (!attestation.bundle.has_certificate()) return refused("provenance: it is signed with a key, not with a certificate");
    VerifiedStatement verified = TRY(verify_statement(attestation.bundle, request, package.digests));
    TRY_VOID(check_subject(verified, attestation, package));
    return bound_provenance(std::move(verified), delegators);
}

std::string registry_signature_problem(const Json& dist, std::span<const RegistryKey> keys, const NpmPackage& package, Instant at) {
    const std::string* const integrity = dist.find_text("integrity");
    if (integrity == nullptr) return "dist: no \"integrity\"";
    const auto sha512 = package.digests.find("sha512");
    const auto bytes = sha512 == package.digests.end() ? std::nullopt : from_hex(sha512->second);
    if (!bytes || *integrity != "sha512-" + to_base64(*bytes)) return "dist: the integrity is not that of the tarball";
    const Json* const signatures = dist.find("signatures");
    if (signatures == nullptr || !signatures->is_array() || signatures->items.empty()) return "dist: no signature of the registry";
    if (signatures->items.size() > kMaxDistSignatures) return "dist: more than 16 signatures";
    const std::string message = package.name + "@" + package.version + ":" + *integrity;
    std::string problem;
    for (const Json& item : signatures->items) {
        const std::string* const keyid = item.find_text("keyid");
        const std::string* const sig = item.find_text("sig");
        if (keyid == nullptr || sig == nullptr) return "dist: a signature without \"keyid\" or \"sig\"";
        const auto found = std::find_if(keys.begin(), keys.end(), [&](const RegistryKey& key) { return is_key(key, *keyid, RegistryKeyUse::signatures); });
        if (found == keys.end()) {
            problem = "dist: no key of the registry for signatures is " + shown(*keyid);
        } else if ((found->not_before && at < *found->not_before) || (found->not_after && at > *found->not_after)) {
            problem = "dist: the key " + shown(*keyid) + " is outside its window at " + format_instant(at);
        } else if (const auto signature = from_base64(*sig); !signature || !found->key.verify(as_bytes(message), *signature)) {
            problem = "dist: the signature under " + shown(*keyid) + " does not verify";
        } else {
            return "";
        }
    }
    return problem;
}

}  // namespace headgate::attest
