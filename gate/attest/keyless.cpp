#include "attest/keyless.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

// Names of Fulcio's directory -> those of the policy language (policy/load_trust.cpp).
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kClaims = {{
    {"buildConfigDigest", "build-config-digest"},
    {"buildConfigUri", "build-config-uri"},
    {"buildSignerDigest", "build-signer-digest"},
    {"buildSignerUri", "build-signer-uri"},
    {"buildTrigger", "build-trigger"},
    {"runInvocationUri", "run-invocation-uri"},
    {"runnerEnvironment", "runner-environment"},
    {"sourceRepositoryDigest", "source-digest"},
    {"sourceRepositoryOwnerIdentifier", "source-owner-id"},
    {"sourceRepositoryOwnerUri", "source-owner-uri"},
    {"sourceRepositoryRef", "source-ref"},
    {"sourceRepositoryUri", "source-repository"},
    {"sourceRepositoryIdentifier", "source-repository-id"},
    {"sourceRepositoryVisibilityAtSigning", "source-visibility"},
}};

CertifiedIdentity certified(const sigstore::Identity& identity) {
    CertifiedIdentity named;
    named.issuer = identity.issuer;
    named.subject = identity.san.value;
    for (const auto& [fulcio, ours] : kClaims) {
        std::string value = identity.claim_or_older(fulcio);
        if (!value.empty()) named.claims.emplace_back(ours, std::move(value));
    }
    return named;
}

// A name means what its kind says: an address is no URL and no distinguished name, or a constrained authority could issue one as the other.
bool is_of_its_kind(const crypto::AltName& name) {
    const bool url = name.value.find("://") != std::string::npos;
    switch (name.kind) {
        case crypto::AltName::Kind::email: return !url && name.value.find('@') != std::string::npos && name.value.find_first_of("=,") == std::string::npos;
        case crypto::AltName::Kind::uri: return url;
        case crypto::AltName::Kind::dns:
        case crypto::AltName::Kind::fulcio_username:
        case crypto::AltName::Kind::other: return false;
    }
    return false;
}

// Whom a certificate of one's own authority names: as Fulcio's do, or by its distinguished names.
Result<CertifiedIdentity> named_by(const crypto::Certificate& leaf) {
    const auto& names = leaf.alt_names();
    CertifiedIdentity named;
    if (names.size() == 1) {
        if (!is_of_its_kind(names.front())) return refused("its certificate's name is no address and no URL, by its kind and its text");
        named = certified(TRY(sigstore::read_identity(leaf)));
        // An issuer that an extension states is an OIDC issuer; who issued the certificate says the certificate itself.
        if (!named.issuer.starts_with("https://")) named.issuer = leaf.issuer();
        return named;
    }
    if (!names.empty()) return refused("its certificate names several: expected one subjectAltName");
    named.issuer = leaf.issuer();
    named.subject = leaf.subject();
    if (named.subject.find("://") != std::string::npos) return refused("its certificate's distinguished name holds a URL");
    return named;
}

sigstore::Thresholds thresholds_of(const sigstore::TrustedRoot& root) {
    return {root.logs.empty() ? 0U : 1U, root.ct_logs.empty() ? 0U : 1U, root.logs.empty() ? 1U : 0U, 1};
}

Result<Certified> under_instance(const sigstore::Bundle& bundle, const sigstore::TrustedRoot& root,
                                 const std::optional<sigstore::Artifact>& artifact, Instant now,
                                 const std::optional<sigstore::Thresholds>& thresholds) {
    sigstore::Request request;
    request.thresholds = thresholds.value_or(thresholds_of(root));
    request.artifact = artifact;
    request.now = now;
    const sigstore::VerifiedBundle verified = TRY(sigstore::verify_bundle(bundle, request, {&root, 1}));
    if (!verified.identity || !verified.certificate || verified.times.empty()) return refused("it names nobody");
    CertifiedIdentity identity = certified(*verified.identity);
    identity.key_id = to_hex(verified.spki_sha256);
    return Certified{std::move(identity), verified.times.front().time.seconds};
}

Result<Certified> under_certificates(const sigstore::Bundle& bundle, std::span<const crypto::Certificate> anchors,
                                     const std::optional<sigstore::Artifact>& artifact, Instant now) {
    const auto& certificates = std::get<std::vector<crypto::Certificate>>(bundle.material);
    const crypto::Certificate& leaf = certificates.front();
    crypto::ChainRequest request;
    request.anchors = anchors;
    request.intermediates = std::span(certificates).subspan(1);
    request.at = now;
    request.required_eku = crypto::kEkuCodeSigning;
    request.strict = false;  // as `verify model`: certificates in use have no key identifiers, and leaves that say CA:TRUE
    const auto usage = leaf.key_usage();
    if (usage && !usage->digital_signature) return refused("its certificate is not for signatures (keyUsage)");
    const auto chain = TRY(crypto::verify_chain(leaf, request));
    const crypto::PublicKey key = TRY(leaf.public_key());
    TRY_VOID(sigstore::verify_content(bundle, key, artifact));
    CertifiedIdentity identity = TRY(named_by(leaf));
    if (identity.subject.empty() || identity.issuer.empty()) return refused("its certificate names nobody");
    identity.valid_from = leaf.not_before().seconds;
    identity.valid_until = leaf.not_after().seconds;
    for (const crypto::Certificate& certificate : chain) {
        identity.valid_from = std::max(*identity.valid_from, certificate.not_before().seconds);
        identity.valid_until = std::min(*identity.valid_until, certificate.not_after().seconds);
    }
    identity.key_id = to_hex(leaf.spki_sha256());
    return Certified{std::move(identity), std::nullopt};
}

}  // namespace

CertifiedAll verify_certified(const sigstore::Bundle& bundle, std::span<const RootAnchor> roots,
                              const std::optional<sigstore::Artifact>& artifact, Instant now,
                              const std::optional<sigstore::Thresholds>& thresholds) {
    CertifiedAll result;
    if (!bundle.has_certificate() || std::get<std::vector<crypto::Certificate>>(bundle.material).empty()) {
        result.problem = "it has no certificate";
        return result;
    }
    result.problem = "it is made with a certificate, and the policy trusts no root for it (trust.roots)";
    for (const RootAnchor& root : roots) {
        if (root.notation) continue;     // of other signatures
        auto certified = root.instance ? under_instance(bundle, *root.instance, artifact, now, thresholds)
                                       : under_certificates(bundle, root.certificates, artifact, now);
        if (!certified.ok()) {
            result.problem = "under root '" + root.name + "': " + certified.error().message;
            continue;
        }
        certified->identity.root = root.digest;
        result.under.push_back(std::move(certified).value());
    }
    if (!result.under.empty()) result.problem.clear();
    return result;
}

void name_certified(CertifiedAll certified, const Trust& trust, Signature& signature) {
    signature.problem = std::move(certified.problem);
    const Certified* chosen = nullptr;
    for (const Certified& one : certified.under) {
        const auto names = trust.names_of ? trust.names_of(one.identity) : std::vector<std::string>{};
        if (chosen == nullptr || (signature.signers.empty() && !names.empty())) chosen = &one;
        for (const std::string& name : names) {
            if (std::find(signature.signers.begin(), signature.signers.end(), name) == signature.signers.end()) signature.signers.push_back(name);
        }
    }
    if (chosen == nullptr) return;
    // As many as signers, item by item, and one in any case (model/fact.hpp): it is one key under every root.
    signature.key_ids.assign(std::max<std::size_t>(1, signature.signers.size()), chosen->identity.key_id);
    if (signature.signers.empty()) {
        signature.problem = "it is by " + escape_terminal(chosen->identity.subject, 200) + " of issuer " + escape_terminal(chosen->identity.issuer, 200) +
                            ", whom no identity of the policy names under that root";
    }
    signature.signed_at = chosen->signed_at;
    signature.identity = chosen->identity;
}

}  // namespace headgate::attest
