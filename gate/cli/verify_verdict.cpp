// verify_verdict.cpp: `headgate verify verdict`: rely on a verdict that an upstream gate signed.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <variant>

#include "attest/verdict.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/parse.hpp"
#include "cli/trust_options.hpp"
#include "cli/verify.hpp"
#include "crypto/digester.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "pipeline/decide.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMaxVerdict = 64U << 20U;
constexpr std::uint64_t kMaxKey = 64U << 10U;

struct VerifyOptions {
    std::string file;
    std::string subject;
    TrustOptions trust;
    std::string resource;
    std::string policy_digest;
    std::string max_age = "24h";
    std::string verifier_id;
    std::string at;
    std::string kind;
    bool allow_unenforced = false;
};

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

// "sha256:<hex>" or, for a folder, "sha256:<hex>,dirHash:<hex>".
Result<DigestSet> digest_named(const std::string& text) {
    DigestSet digest;
    for (const std::string_view part : split(text, ',')) {
        const bool folder = part.starts_with("dirHash:");
        const std::string hex = ascii_lower(part.substr(part.find(':') + 1));
        std::string& slot = folder ? digest.dir_hash : digest.sha256;
        if ((!folder && !part.starts_with("sha256:")) || !is_lower_hex(hex, 64) || !slot.empty()) {
            return usage("--subject " + text + ": expected sha256:<64 hex digits>, with ,dirHash:<64 hex digits> for a folder");
        }
        slot = hex;
    }
    if (digest.empty()) return usage("--subject " + text + ": a sha256 digest is needed");
    return digest;
}

struct Unbound {
    std::string why;                 // something beside the digest speaks against the subject
};
struct Identified {
    DigestSet digest;
    std::vector<Kind> kinds;         // as what it may be judged; none: nobody knows
};
using Identity = std::variant<Identified, Unbound>;

// The digest of the bytes at hand, computed as `check` does, and as what it judges them: as `kind` where that is given.
Result<Identity> identify(const std::string& text, std::optional<Kind> kind, Instant now) {
    std::vector<Kind> kinds;
    if (kind) kinds.push_back(*kind);
    if (text.starts_with("sha256:") || text.starts_with("dirHash:")) return Identity(Identified{TRY(digest_named(text)), kinds});
    pipeline::Request request;
    request.now = now;
    request.arguments.push_back({text, std::nullopt, kind});
    auto subjects = TRY(pipeline::collect(pipeline::LoadedPolicy{}, request));
    if (!kind) {
        for (const Recording& one : subjects) {
            if (std::find(kinds.begin(), kinds.end(), one.subject.kind) == kinds.end()) kinds.push_back(one.subject.kind);
        }
    }
    if (subjects.size() != 1 && TRY(io::path_type(text)) == io::Entry::Type::folder) {
        // Judged as one by --kind or --as, of a kind that something in it is of; of any where nothing in it is a subject.
        request.arguments.front().kind = Kind::model;
        subjects = TRY(pipeline::collect(pipeline::LoadedPolicy{}, request));
    }
    if (subjects.size() != 1) {
        return usage("--subject " + text + ": holds " + std::to_string(subjects.size()) +
                     " subjects; name the one that the verdict is about");
    }
    if (subjects.front().subject.digest.empty()) return usage("--subject " + text + ": is a name; bytes or a digest are needed");
    // What the digest does not bind must be as it would have to be for a PASSED: no link or special file, no evidence that
    // does not parse, no part of an image that differs.
    const Evidence& evidence = subjects.front().evidence;
    for (const Finding& finding : evidence.findings) {
        for (const std::string_view area : {"folder.", "evidence.", "oci."}) {
            if (finding.id.starts_with(area)) return Identity(Unbound{finding.message});
        }
    }
    for (const DigestClaim& claim : evidence.digest_claims) {
        if (claim.outcome != DigestClaim::Outcome::matches) return Identity(Unbound{claim.about + " is not what its digest says"});
    }
    return Identity(Identified{subjects.front().subject.digest, kinds});
}

// What a verdict states of a file beside its SHA-256. Of bytes that are not those that were identified nothing is said to agree.
attest::FurtherDigest further_of(const std::string& path, const DigestSet& digest) {
    const auto type = io::path_type(path);
    if (!digest.dir_hash.empty() || !type.ok() || *type != io::Entry::Type::file) return {};
    return [path, digest](crypto::Hash hash) -> std::optional<std::string> {
        auto source = io::FileSource::open(path);
        crypto::Digester further(hash == crypto::Hash::sha384 ? crypto::FileHash::sha384 : crypto::FileHash::sha512);
        if (!source.ok()) return "";
        const auto whole = (*source)->hash({}, [&](std::uint64_t, ByteView bytes) { further.update(bytes); });
        return whole.ok() && to_hex(*whole) == digest.sha256 ? to_hex(further.finish()) : "";
    };
}

// The key, or the identity in a Sigstore whose roots are given; exactly one of them.
Result<attest::SignedBy> signer_of(const VerifyOptions& options, Instant now) {
    const bool by_identity = options.trust.identity || options.trust.issuer || !options.trust.trusted_roots.empty();
    if (options.trust.key.empty() != by_identity) {
        return usage("expected --key FILE, or --identity SAN --issuer URL --trusted-root FILE");
    }
    if (!by_identity) {
        const Bytes pem = TRY(io::read_file(options.trust.key, kMaxKey));
        auto key = crypto::PublicKey::from_pem(as_text(pem));
        if (!key.ok()) return Error{ErrorCode::key, options.trust.key + ": " + key.error().message};
        return attest::signed_by(*key);
    }
    sigstore::Request request = TRY(options.trust.request());
    request.now = now;
    return attest::SignedBy([request = std::move(request), trust = options.trust](ByteView document) -> std::string {
        const auto bundle = sigstore::parse_bundle(document);
        if (!bundle.ok()) return "is no bundle by a certificate: " + bundle.error().message;
        const auto verified = sigstore::verify_bundle(*bundle, request);
        if (!verified.ok()) return "is not signed by this identity: " + verified.error().message;
        const std::string problem = trust.identity_problem(*verified);
        return problem.empty() ? "" : "is not signed by this identity: " + problem;
    });
}

Result<int> verify_verdict(const VerifyOptions& options) {
    attest::RelyOptions rely;
    rely.now = io::now();
    if (!options.at.empty()) {
        const auto instant = parse_instant(options.at);
        if (!instant) return usage("--at " + options.at + ": expected a time like 2026-11-23T10:00:00Z");
        rely.now = *instant;
    }
    const auto max_age = parse_duration(options.max_age);
    if (!max_age) return usage("--max-age " + options.max_age + ": expected a number and one of s, m, h, d");
    rely.max_age = *max_age;
    if (!options.verifier_id.empty()) rely.verifier_id = options.verifier_id;
    if (!options.resource.empty()) rely.resource = options.resource;
    if (!options.policy_digest.empty()) {
        std::string hex = ascii_lower(options.policy_digest);
        if (hex.starts_with("sha256:")) hex.erase(0, 7);
        if (!is_lower_hex(hex, 64)) return usage("--policy-digest: expected sha256:<64 hex digits>");
        rely.policy_digest = hex;
    }
    rely.require_enforced = !options.allow_unenforced;
    std::optional<Kind> kind;
    if (!options.kind.empty()) {
        kind = parse_kind(options.kind);
        if (!kind) return usage("--kind " + options.kind + ": expected model, dataset, package or container");
    }
    const attest::SignedBy signed_by = TRY(signer_of(options, rely.now));
    const Bytes file = TRY(io::read_file(options.file, kMaxVerdict));
    const Identity identity = TRY(identify(options.subject, kind, rely.now));
    if (const auto* unbound = std::get_if<Unbound>(&identity)) {
        std::printf("REFUSED %s: %s\n", escape_terminal(options.subject).c_str(), escape_terminal(unbound->why).c_str());
        return kDeny;
    }
    rely.subject = std::get<Identified>(identity).digest;
    rely.further = further_of(options.subject, rely.subject);
    rely.kinds = std::get<Identified>(identity).kinds;

    // A file that is no verdict is refused like a wrong one: it is the other side's.
    const auto result = attest::rely(file, signed_by, rely);
    const bool passed = result.ok() && result->passed;
    std::string reason = result.ok() ? result->reason : result.error().message;
    if (!passed && !kind && reason.starts_with("it was judged as a ")) reason += " (--kind says what is meant)";
    std::string levels;
    if (passed) {
        for (const std::string& level : result->levels) levels += " " + escape_terminal(level, 80);
    }
    std::printf("%s %s: %s%s%s\n", passed ? "PASSED" : "REFUSED", escape_terminal(options.subject).c_str(),
                escape_terminal(reason).c_str(), levels.empty() ? "" : ";", levels.c_str());
    return passed ? kAllow : kDeny;
}

}  // namespace

VerifyRun declare_verify_verdict(CLI::App& app) {
    const auto options = std::make_shared<VerifyOptions>();
    app.add_option("FILE", options->file, "what `headgate check --attest` wrote")->type_name("")->required();
    app.add_option("--subject", options->subject, "file or folder at hand, or sha256:<hex>[,dirHash:<hex>]")
        ->type_name("FILE|DIR|DIGEST")
        ->required();
    app.add_option("--key", options->trust.key, "public key (PEM) of the gate that signed")->type_name("FILE");
    app.add_option("--identity", options->trust.identity, "or whom its certificate names: the SAN, exact")->type_name("NAME");
    app.add_option("--issuer", options->trust.issuer, "OIDC issuer of that certificate, exact")->type_name("URL");
    app.add_option("--trusted-root", options->trust.trusted_roots, "Sigstore TrustedRoot JSON that the certificate must lead to (repeatable)")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_option("--kind", options->kind, "as what it must have been judged: model, dataset, package or container (default: what the bytes at hand are; of a digest any)")
        ->type_name("KIND");
    app.add_option("--resource", options->resource, "resourceUri that the verdict must name")->type_name("URI");
    app.add_option("--policy-digest", options->policy_digest, "policy that it must have been judged under")->type_name("DIGEST");
    app.add_option("--max-age", options->max_age, "oldest verdict that counts")->type_name("DURATION")->capture_default_str();
    app.add_option("--verifier-id", options->verifier_id, "verifier.id that it must name")->type_name("URI");
    app.add_option("--at", options->at, "rely as of this time (RFC 3339)")->type_name("TIME");
    app.add_flag("--allow-unenforced", options->allow_unenforced, "take a verdict without HEADGATE_ENFORCED");
    return [options] { return verify_verdict(*options); };
}

}  // namespace headgate::cli
