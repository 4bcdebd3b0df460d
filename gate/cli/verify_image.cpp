// verify_image.cpp: `headgate verify image`: is an image of a layout or registry signed, or is a statement about it, by whom you name?
#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "attest/attached.hpp"
#include "attest/statement.hpp"
#include "attest/verdict.hpp"
#include "base/text.hpp"
#include "cli/notation_options.hpp"
#include "cli/parse.hpp"
#include "cli/registry_options.hpp"
#include "cli/trust_options.hpp"
#include "cli/verify.hpp"
#include "codec/json.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "pipeline/layout_reference.hpp"
#include "pipeline/oci.hpp"
#include "pipeline/registry_image.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

struct ImageOptions {
    std::string image;
    TrustOptions trust;
    std::vector<std::string> claims;
    std::string predicate_type;
    std::string reference;
    std::vector<std::string> annotations;
    std::string max_age;
    std::string verifier_id;
    bool allow_unenforced = false;
    std::string envelope;
    NotationOptions notation;
    RegistryArguments registry;

    bool names_signer() const { return !trust.key.empty() || trust.identity || trust.issuer || !trust.trusted_roots.empty(); }
    bool of_verdicts() const { return predicate_type == attest::kVsaPredicate; }
};

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

std::pair<std::string, std::string> key_value(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return {text, ""};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

// The first of these options that was given; "" for none.
std::string first_given(std::initializer_list<std::pair<std::string_view, bool>> options) {
    for (const auto& [name, given] : options) {
        if (given) return std::string(name);
    }
    return "";
}

std::string threshold_given(const TrustOptions& trust) {
    const auto asks = [](const std::optional<std::size_t>& least) { return least.value_or(0) > 0; };
    return first_given({{"--tlog-threshold", asks(trust.log_threshold)}, {"--sct-threshold", asks(trust.sct_threshold)},
                        {"--tsa-threshold", asks(trust.timestamp_threshold)}, {"--times-threshold", asks(trust.times_threshold)}});
}

// An option that nothing would ask is a mistake: its demand would silently not be made.
Result<void> check_together(const ImageOptions& options) {
    const NotationOptions& notation = options.notation;
    if (const std::string threshold = threshold_given(options.trust); notation.given() && !threshold.empty()) {
        return usage(threshold + ": a Notation signature is in no log, and its timestamp is asked for by --tsa-store; ask for --key or an identity by itself");
    }
    if (notation.given() && !options.claims.empty()) return usage("--claim: a Notation signature makes no claims; name attributes in --trusted-identity");
    if (!notation.given() && notation.asks()) {
        return usage("--trusted-identity, --tsa-store, --level and --verify-timestamp go with --ca-store or --signing-authority-store");
    }
    if (!options.predicate_type.empty() && (!options.reference.empty() || !options.annotations.empty())) {
        return usage("--reference and --annotation are asked of signatures, and statements (--predicate-type) do not have them");
    }
    const std::string of_verdict = first_given({{"--max-age", !options.max_age.empty()}, {"--verifier-id", !options.verifier_id.empty()},
                                                {"--allow-unenforced", options.allow_unenforced}});
    if (!of_verdict.empty() && !options.of_verdicts()) return usage(of_verdict + " goes with --predicate-type " + std::string(attest::kVsaPredicate));
    if (options.envelope.empty()) return {};
    const std::string beside = first_given({{"--key", !options.trust.key.empty()}, {"--identity", options.trust.identity.has_value()},
                                            {"--issuer", options.trust.issuer.has_value()}, {"--trusted-root", !options.trust.trusted_roots.empty()},
                                            {"--predicate-type", !options.predicate_type.empty()}, {"--reference", !options.reference.empty()},
                                            {"--annotation", !options.annotations.empty()}});
    if (!beside.empty()) return usage(beside + " is not asked of --notation-envelope: a Notation signature does not have it");
    return {};
}

// What `verify verdict` asks of a verdict, also of one that is attached to an image.
Result<attest::RelyOptions> verdict_demand(const ImageOptions& options, Instant now) {
    attest::RelyOptions rely;
    rely.now = now;
    rely.kinds = {Kind::container};
    rely.require_enforced = !options.allow_unenforced;
    if (!options.verifier_id.empty()) rely.verifier_id = options.verifier_id;
    if (options.max_age.empty()) return rely;
    const auto age = parse_duration(options.max_age);
    if (!age) return usage("--max-age " + options.max_age + ": expected a number and one of s, m, h, d");
    rely.max_age = *age;
    return rely;
}

Result<std::vector<std::pair<std::string, std::string>>> key_values(std::string_view option, const std::vector<std::string>& texts) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& text : texts) {
        pairs.push_back(key_value(text));
        if (pairs.back().first.empty() || text.find('=') == std::string::npos) return usage(std::string(option) + " " + text + ": expected NAME=VALUE");
    }
    return pairs;
}


Result<Instant> time_of(const TrustOptions& trust) {
    if (trust.verify_at.empty()) return io::now();
    const auto instant = parse_instant(trust.verify_at);
    if (!instant) return usage("--verify-at " + trust.verify_at + ": expected a time like 2026-11-23T10:00:00Z");
    return *instant;
}

// Why nothing counts: the first few reasons, and how many more there are.
class Reasons {
  public:
    void add(const Location& where, const std::string& why) {
        constexpr std::size_t kShown = 5;
        if (++count_ <= kShown) text_ += (text_.empty() ? "" : "; ") + where.path + ": " + why;
    }
    std::string about(const std::string& wanted) const {
        if (count_ == 0) return "there is no " + wanted + " about this image";
        const std::string more = count_ > 5 ? "; and " + std::to_string(count_ - 5) + " more" : "";
        return "no " + wanted + " about this image counts: " + text_ + more;
    }

  private:
    std::string text_;
    std::size_t count_ = 0;
};

template <typename Fact>
Json describe_fact(const Fact& fact) {
    Json json = Json::object();
    json.add("by", Json::of(fact.signers.front()));
    if (fact.identity) json.add("issuer", Json::of(fact.identity->issuer));
    if (fact.signed_at) json.add("signed_at", Json::of(format_instant({*fact.signed_at})));
    json.add("where", Json::of(fact.where.path));
    return json;
}

std::string problem_of(const Signature& signature) {
    if (signature.signers.empty() && signature.identity) {
        return "it is by " + escape_terminal(signature.identity->subject, 300) + " of issuer " + escape_terminal(signature.identity->issuer, 300) +
               ", who is not asked for, or lacks a claim";
    }
    if (!signature.problem.empty()) return signature.problem;
    return signature.key_problem.empty() ? "it is by nobody who is trusted" : signature.key_problem;
}

Json counted_signatures(const Evidence& evidence, Reasons& reasons) {
    Json counted = Json::array();
    for (const Signature& signature : evidence.signatures) {
        if (signature.signers.empty() || !signature.covers_subject) {
            reasons.add(signature.where, problem_of(signature));
            continue;
        }
        Json& one = counted.push(describe_fact(signature));
        one.add("scheme", Json::of(signature.scheme));
    }
    for (const Statement& statement : evidence.statements) {
        if (statement.predicate_type == attest::kCosignSignaturePredicate) continue;  // it stands among the signatures
        reasons.add(statement.where, "its statement (" + escape_terminal(statement.predicate_type, 120) + ") is no signature");
    }
    return counted;
}

Json counted_statements(const Evidence& evidence, const std::string& predicate_type, Reasons& reasons) {
    Json counted = Json::array();
    for (const Statement& statement : evidence.statements) {
        if (statement.predicate_type != predicate_type) {
            reasons.add(statement.where, "its predicate is " + escape_terminal(statement.predicate_type, 120));
        } else if (!statement.signers.empty()) {
            counted.push(describe_fact(statement));
        }
    }
    for (const Signature& signature : evidence.signatures) reasons.add(signature.where, problem_of(signature));
    return counted;
}

int answer(const ImageOptions& options, const std::string& digest, const Evidence& evidence) {
    Reasons reasons;
    for (const Finding& problem : evidence.findings) reasons.add(problem.where, problem.message);
    const bool statements = !options.predicate_type.empty();
    Json counted = statements ? counted_statements(evidence, options.predicate_type, reasons) : counted_signatures(evidence, reasons);
    if (counted.items.empty()) return print_refused(digest + ": " + reasons.about(statements ? "statement " + options.predicate_type : "signature"));
    Json verified = Json::object();
    verified.add("digest", Json::of(digest));
    if (statements) verified.add("predicate_type", Json::of(options.predicate_type));
    verified.add(statements ? "statements" : "signatures", std::move(counted));
    return print_verified(std::move(verified));
}

// Whom the options name: one key, or exactly one identity with all of these claims.
Result<attest::Trust> trust_of(const ImageOptions& options, const sigstore::Request& request) {
    attest::Trust trust;
    const auto claims = TRY(key_values("--claim", options.claims));
    if (request.trust.key) {
        if (!claims.empty()) return usage("--claim: a key makes no claims");
        trust.keys.push_back({options.trust.key, request.trust.key->key, std::nullopt, std::nullopt});
    }
    for (std::size_t i = 0; i < request.trust.roots.size(); ++i) {
        trust.roots.push_back({options.trust.trusted_roots[i], "", request.trust.roots[i], {}});
    }
    if (request.trust.key) return trust;
    const std::string identity = options.trust.identity.value_or("");
    const std::string issuer = options.trust.issuer.value_or("");
    trust.names_of = [identity, issuer, claims](const CertifiedIdentity& who) -> std::vector<std::string> {
        const bool named = !identity.empty() && !issuer.empty() && who.subject == identity && who.issuer == issuer;
        const bool claimed = std::all_of(claims.begin(), claims.end(), [&](const auto& claim) {
            return std::find(who.claims.begin(), who.claims.end(), claim) != who.claims.end();
        });
        if (!named || !claimed) return {};
        return {identity};
    };
    return trust;
}

// Whoever names an image of a registry asks for it: no policy has to.
Result<pipeline::AttachedImage> attached_image(const ImageOptions& options) {
    if (!options.image.starts_with("oci:")) {
        const auto [layout, image] = pipeline::split_layout_reference(options.image);
        return pipeline::read_attached_image(layout, image, Limits{});
    }
    const auto reference = parse_reference(options.image);
    if (!reference.ok()) return usage(reference.error().message);
    const auto registry = TRY(open_registry(options.registry));
    return pipeline::fetch_attached_image(pipeline::image_source(registry), *reference, std::chrono::steady_clock::now() + std::chrono::minutes(5));
}

Result<int> verify_attached(const ImageOptions& options) {
    if (!options.names_signer() && !options.notation.given()) {
        return usage("name the signer: --identity with --issuer, --key, or --ca-store with --trusted-identity");
    }
    sigstore::Request request;
    if (options.names_signer()) {
        auto asked = options.trust.request();
        // Under a key that is none nothing verifies.
        if (!asked.ok() && asked.error().code == ErrorCode::key) return print_refused(asked.error().message);
        request = TRY(std::move(asked));
    }
    const attest::Trust trust = TRY(trust_of(options, request));
    NotationStores stores;
    if (options.notation.given()) TRY_VOID(options.notation.read(stores));
    attest::AttachedDemand demand;
    if (!options.reference.empty()) demand.simple_signing.reference = options.reference;
    demand.simple_signing.annotations = TRY(key_values("--annotation", options.annotations));
    if (options.notation.given()) demand.notation = &stores.trust;
    demand.thresholds = request.thresholds;
    const Instant now = TRY(time_of(options.trust));
    const attest::RelyOptions verdict = TRY(verdict_demand(options, now));
    if (options.of_verdicts()) demand.verdict = &verdict;

    const pipeline::AttachedImage found = TRY(attached_image(options));
    if (!found.problem.empty()) return print_refused(found.problem);
    const std::string& digest = found.attached.digest;
    Subject subject;
    subject.kind = Kind::container;
    subject.digest.sha256 = digest.substr(std::string_view("sha256:").size());
    Evidence evidence;
    attest::read_attached(found.attached, {subject, {}}, trust, demand, now, evidence);
    return answer(options, digest, evidence);
}

Result<int> verify_envelope(const ImageOptions& options) {
    const attest::NotationTarget wanted = TRY(options.notation.target());
    NotationStores stores;
    TRY_VOID(options.notation.read(stores));
    const Instant now = TRY(time_of(options.trust));
    const Bytes bytes = TRY(io::read_file(options.envelope, attest::kMaxNotationEnvelope));
    const bool json = !bytes.empty() && bytes.front() == '{';  // a COSE_Sign1 begins with its tag
    const auto envelope = json ? attest::parse_notation_jws(bytes) : attest::parse_notation_cose(bytes);
    if (!envelope.ok()) return print_refused(envelope.error().message);
    const auto verified = attest::verify_notation(*envelope, wanted, stores.trust, now);
    if (!verified.ok()) return print_refused(verified.error().message);
    Json answer = Json::object();
    answer.add("digest", Json::of(wanted.digest));
    answer.add("scheme", Json::of(envelope->scheme == attest::NotationScheme::x509 ? "notary.x509" : "notary.x509.signingAuthority"));
    answer.add("by", Json::of(verified->leaf.subject()));
    answer.add("anchor", Json::of("sha256:" + verified->anchor));
    if (verified->signed_at) answer.add("signed_at", Json::of(format_instant(*verified->signed_at)));
    Json& notes = answer.add("notes", Json::array());
    for (const std::string& note : verified->notes) notes.push(Json::of(note));
    return print_verified(std::move(answer));
}

}  // namespace

VerifyRun declare_verify_image(CLI::App& app) {
    auto options = std::make_shared<ImageOptions>();
    CLI::Option* const image = app.add_option("IMAGE", options->image, "an OCI image layout: DIR, DIR:TAG or DIR@sha256:HEX; or an image of a registry: oci:HOST/REPO:TAG, oci:HOST/REPO@sha256:HEX")
                                   ->type_name("DIR|REFERENCE");
    options->trust.add_to(app);
    app.add_option("--claim", options->claims, "a claim that the certificate must hold, named as in a policy: source-repository=https://...")->type_name("WORDS");
    app.add_option("--predicate-type", options->predicate_type, "ask for a statement with this predicate, instead of a signature; a verification summary must be a verdict as verify verdict asks for")
        ->type_name("URI");
    app.add_option("--max-age", options->max_age, "of a verification summary: oldest that counts (default: 24h)")->type_name("DURATION");
    app.add_option("--verifier-id", options->verifier_id, "of a verification summary: verifier.id that it must name")->type_name("URI");
    app.add_flag("--allow-unenforced", options->allow_unenforced, "of a verification summary: take a verdict without HEADGATE_ENFORCED");
    app.add_option("--reference", options->reference, "repository that the signature must have been made for (docker-reference)")->type_name("REFERENCE");
    app.add_option("--annotation", options->annotations, "signed annotation that the signature must have")->type_name("WORDS");
    CLI::Option* const envelope =
        app.add_option("--notation-envelope", options->envelope, "a Notation signature (JWS or COSE) by itself, instead of a layout")->type_name("FILE");
    options->notation.add_to(app, *envelope);
    add_registry_options(app, options->registry);
    image->excludes(envelope);
    return [options]() -> Result<int> {
        if (options->image.empty() == options->envelope.empty()) return usage("name an IMAGE, or a signature with --notation-envelope");
        TRY_VOID(check_together(*options));
        return options->envelope.empty() ? verify_attached(*options) : verify_envelope(*options);
    };
}

}  // namespace headgate::cli
