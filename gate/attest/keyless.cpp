#include "attest/keyless.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "sigstore/name_kind.hpp"

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

// An address is no distinguished name either, or a constrained authority could issue one as the other. No user names: those are Fulcio's.
bool is_of_its_kind(const crypto::AltName& name) {
    const bool user = name.kind == crypto::AltName::Kind::fulcio_username;
    const bool url = name.value.find("://") != std::string::npos;
    if (user || url != (name.kind == crypto::AltName::Kind::uri) || !sigstore::is_of_its_kind(name)) return false;
    return url || name.value.find_first_of("=,") == std::string::npos;
}

bool is_anchor(const crypto::Certificate& certificate, std::span<const crypto::Certificate> anchors) {
    return std::find(anchors.begin(), anchors.end(), certificate) != anchors.end();
}

// The issuer of an identity is a name, and an authority may give every name to an authority below it. So the one that issued the leaf is
// of the file, or by one of the file; and who issued what an OIDC issuer said, which is but a text in the leaf, is of the file itself.
Result<void> check_issuer(const std::vector<crypto::Certificate>& chain, std::span<const crypto::Certificate> anchors, bool oidc) {
    const std::size_t reach = std::min<std::size_t>(chain.size(), oidc ? 2 : 3);
    for (std::size_t i = 0; i < reach; ++i) {
        if (is_anchor(chain[i], anchors)) return {};
    }
    const std::string issuer = escape_terminal(chain.front().issuer(), 200);
    const std::string why = oidc ? ", which is not in the file of the root, and states an OIDC issuer"
                                 : ", which is neither in the file of the root nor directly below a certificate of it, so that its name could be anybody's";
    return refused("its certificate is by " + issuer + why + ": put its certificate into the file");
}

// Whom a certificate of one's own authority names: as Fulcio's do, or by its distinguished names.
Result<CertifiedIdentity> named_by(const std::vector<crypto::Certificate>& chain, std::span<const crypto::Certificate> anchors) {
    const crypto::Certificate& leaf = chain.front();
    const auto& names = leaf.alt_names();
    CertifiedIdentity named;
    if (names.size() > 1) return refused("its certificate names several: expected one subjectAltName");
    if (names.size() == 1) {
        if (!is_of_its_kind(names.front())) return refused("its certificate's name is no address and no URL, by its kind and its text");
        named = certified(TRY(sigstore::read_identity(leaf)));
    } else {
        named.subject = leaf.subject();
        if (named.subject.find("://") != std::string::npos) return refused("its certificate's distinguished name holds a URL");
    }
    // An issuer that an extension states is an OIDC issuer; who issued the certificate says the certificate itself.
    const bool oidc = named.issuer.starts_with("https://");
    if (!oidc) named.issuer = leaf.issuer();
    TRY_VOID(check_issuer(chain, anchors, oidc));
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
    CertifiedIdentity identity = TRY(named_by(chain, anchors));
    if (identity.subject.empty() || identity.issuer.empty()) return refused("its certificate names nobody");
    identity.valid_from = leaf.not_before().seconds;
    identity.valid_until = leaf.not_after().seconds;
    for (const crypto::Certificate& certificate : chain) {
        identity.valid_from = std::max(*identity.valid_from, certificate.not_before().seconds);
        identity.valid_until = std::min(*identity.valid_until, certificate.not_after().seconds);
    }
    identity.key_id = to_hex(key.spki_sha256());
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

std::vector<Signature> name_certified(const CertifiedAll& certified, const Trust& trust, const Signature& found) {
    std::vector<Signature> facts;
    for (const Certified& one : certified.under) {
        const bool again = std::any_of(facts.begin(), facts.end(), [&](const Signature& fact) { return fact.identity == one.identity; });
        if (again) continue;             // one file under two names is one root
        Signature fact = found;
        if (trust.names_of) fact.signers = trust.names_of(one.identity);
        // As many as signers, item by item, and one in any case (model/fact.hpp).
        fact.key_ids.assign(std::max<std::size_t>(1, fact.signers.size()), one.identity.key_id);
        if (fact.signers.empty()) {
            fact.problem = "it is by " + escape_terminal(one.identity.subject, 200) + " of issuer " + escape_terminal(one.identity.issuer, 200) +
                           ", whom no identity of the policy names under that root";
        }
        fact.signed_at = one.signed_at;
        fact.identity = one.identity;
        facts.push_back(std::move(fact));
    }
    if (facts.empty()) {
        facts.push_back(found);
        facts.front().problem = certified.problem;
    }
    return facts;
}

}  // namespace headgate::attest
