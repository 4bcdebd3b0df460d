// verify_provenance.cpp: `headgate verify provenance`: SLSA provenance whose builder, source and ref the caller names, and verification
// summaries (VSA) of a named verifier.
#include <algorithm>
#include <memory>

#include "attest/provenance_demand.hpp"
#include "attest/provenance_verify.hpp"
#include "attest/vsa.hpp"
#include "cli/attested_artifact.hpp"
#include "cli/bare_envelope.hpp"
#include "cli/parse.hpp"
#include "cli/trust_options.hpp"
#include "cli/verify.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"
#include "io/file_source.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

struct ProvenanceOptions {
    TrustOptions trust;
    AttestedArtifact artifact;
    std::string file;
    attest::ProvenanceDemand demand;
    std::string builder_ref = "tag";
    std::vector<std::string> delegators;
    attest::VsaDemand vsa;
    std::string max_age;
    bool p1363 = false;

    bool asks_for_summary() const { return !vsa.verifier_id.empty() || !vsa.resource.empty() || !vsa.levels.empty() || !max_age.empty(); }
};

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }
Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

// The signer is named by the builder, which is bound to it; --identity asks for a signer beside that.
Result<sigstore::Request> request_of(const ProvenanceOptions& options) {
    TrustOptions trust = options.trust;
    if (trust.key.empty() && !trust.identity) trust.identity = "";
    return trust.request();
}

std::string signer_problem(const ProvenanceOptions& options, const sigstore::VerifiedBundle& signature) {
    if (!options.trust.key.empty()) return "";
    if (options.trust.identity) return options.trust.identity_problem(signature);
    const std::string wanted = options.trust.issuer.value_or("");
    if (!signature.identity) return "identity: there is none";
    if (!wanted.empty() && signature.identity->issuer == wanted) return "";
    return "identity: of issuer \"" + signature.identity->issuer + "\", not of \"" + wanted + "\"";
}

// What is asked of a build; "" when nothing is.
std::string build_option(const ProvenanceOptions& options) {
    if (!options.demand.builder.empty()) return "--builder-id";
    if (options.builder_ref != "tag") return "--builder-ref";
    if (!options.delegators.empty()) return "--delegator";
    if (!options.demand.source.empty()) return "--source";
    if (options.demand.ref) return "--source-ref";
    if (options.demand.branch) return "--branch";
    if (options.demand.tag) return "--tag";
    return options.demand.versioned_tag ? "--versioned-tag" : "";
}

// A summary says nothing about builder and source: what is asked of them there would be asked of nobody.
Result<attest::VsaDemand> summary_demand(const ProvenanceOptions& options, Instant now) {
    attest::VsaDemand demand = options.vsa;
    demand.now = now;
    if (!options.asks_for_summary()) return demand;
    if (const std::string build = build_option(options); !build.empty()) {
        return usage(build + " is asked of provenance, --verifier-id, --resource, --level and --max-age of a verification summary: ask for one of the two");
    }
    if (options.max_age.empty()) return demand;
    const auto age = parse_duration(options.max_age);
    if (!age) return usage("--max-age " + options.max_age + ": expected a number and one of s, m, h, d");
    demand.max_age = age;
    return demand;
}

// An envelope that stands alone says nothing about when it was signed: a certificate in it could be of any time.
Result<attest::VerifiedStatement> verify_bare(const ProvenanceOptions& options, const Json& document, const sigstore::Request& request,
                                              const attest::NamedDigests& digests) {
    if (!request.trust.key) return refused("envelope: a bare DSSE envelope has no log entry and no time, so that a certificate counts for nothing; it needs --key");
    if (request.thresholds.ask_for_more_than_a_signature()) return refused("envelope: a bare DSSE envelope has no log entries, no timestamps and no times");
    const attest::SignedDocument read = TRY(attest::parse_document(document));
    const attest::Envelope& envelope = *read.envelope;
    if (envelope.payload_type != attest::kInTotoPayload) return refused("payload: its type is not " + std::string(attest::kInTotoPayload));
    if (!signed_by(envelope, request.trust.key->key, options.p1363)) return refused("signature: it does not verify over the envelope");
    attest::VerifiedStatement verified;
    verified.signature.spki_sha256 = request.trust.key->key.spki_sha256();
    verified.signature.payload_type = envelope.payload_type;
    verified.statement = TRY(attest::read_subjects(envelope.payload));
    if (!attest::names_digest(verified.statement, digests)) return refused("statement: the artifact is not among its subjects");
    return verified;
}

Result<attest::VerifiedStatement> verify_one(const ProvenanceOptions& options, const Json& document, const sigstore::Request& request,
                                             const attest::NamedDigests& digests) {
    if (!sigstore::is_bundle(document)) return verify_bare(options, document, request, digests);
    return attest::verify_statement(TRY(sigstore::parse_bundle(document)), request, digests);
}

std::optional<attest::BuildSigner> build_signer(const sigstore::VerifiedBundle& signature) {
    if (!signature.identity) return std::nullopt;
    return attest::BuildSigner{signature.identity->san.value, std::string(signature.identity->claim("buildSignerDigest"))};
}

// The answer for one document, or why it does not count.
Result<Json> judge_provenance(const ProvenanceOptions& options, attest::VerifiedStatement statement) {
    const auto verified = TRY(attest::bound_provenance(std::move(statement), options.delegators));
    attest::ProvenanceDemand demand = options.demand;
    demand.release_builder = options.builder_ref == "tag";
    std::string problem = attest::demand_problem(verified.claims, demand, build_signer(verified.signature));
    if (!problem.empty()) return refused(std::move(problem));
    Json answer = describe(verified.signature);
    answer.add("predicate_type", Json::of(verified.predicate_type));
    answer.add("provenance", describe(verified.claims));
    return answer;
}

// Every digest that was asked for must be one subject's: a summary is about all of them.
bool is_about_all(const attest::StatementSubjects& statement, const attest::NamedDigests& digests) {
    return std::any_of(statement.subjects.begin(), statement.subjects.end(), [&](const attest::NamedDigests& subject) {
        return std::all_of(digests.begin(), digests.end(), [&](const auto& wanted) {
            const auto found = subject.find(wanted.first);
            return found != subject.end() && found->second == wanted.second;
        });
    });
}

Result<Json> judge_summary(const ProvenanceOptions& options, const attest::VsaDemand& demand, const attest::VerifiedStatement& verified,
                           const attest::NamedDigests& digests) {
    constexpr std::string_view kSummary = "https://slsa.dev/verification_summary/v1";
    if (verified.statement.predicate_type != kSummary) return refused("statement: its type is not " + std::string(kSummary));
    if (!options.artifact.digests.empty() && !is_about_all(verified.statement, digests)) {
        return refused("statement: no subject has all the digests that are asked for");
    }
    std::string problem = attest::vsa_problem(verified.statement.predicate, demand);
    if (!problem.empty()) return refused(std::move(problem));
    Json answer = describe(verified.signature);
    answer.add("predicate_type", Json::of(kSummary));
    answer.add("verifier", Json::of(options.vsa.verifier_id));
    answer.add("resource", Json::of(options.vsa.resource));
    return answer;
}

Result<Json> judge(const ProvenanceOptions& options, const attest::VsaDemand& summary, const Json& document, const sigstore::Request& request,
                   const attest::NamedDigests& digests) {
    auto verified = TRY(verify_one(options, document, request, digests));
    if (std::string problem = signer_problem(options, verified.signature); !problem.empty()) return refused(std::move(problem));
    if (options.asks_for_summary()) return judge_summary(options, summary, verified, digests);
    return judge_provenance(options, std::move(verified));
}

Result<int> run(const ProvenanceOptions& options) {
    auto asked = request_of(options);
    if (!asked.ok() && asked.error().code == ErrorCode::key) return print_refused(asked.error().message);
    const sigstore::Request request = TRY(std::move(asked));
    const attest::VsaDemand summary = TRY(summary_demand(options, request.now));
    const attest::NamedDigests digests = TRY(options.artifact.named());
    if (digests.empty()) return print_refused("artifact: neither it nor a digest is given, and a statement about nothing shows nothing");
    const Bytes file = TRY(io::read_file(options.file, 2 * sigstore::kMaxBundle));
    return first_that_counts(file, [&](const Json& document) { return judge(options, summary, document, request, digests); });
}

}  // namespace

VerifyRun declare_verify_provenance(CLI::App& app) {
    auto options = std::make_shared<ProvenanceOptions>();
    app.add_option("FILE", options->file, "Sigstore bundle with provenance, or JSON lines of them; with --key also a bare DSSE envelope")
        ->type_name("")
        ->required();
    options->artifact.add_to(app);
    options->trust.add_to(app);
    app.add_option("--builder-id", options->demand.builder, "builder that must have built it; without @REF any ref that --builder-ref takes")->type_name("URI");
    one_of(app.add_option("--builder-ref", options->builder_ref, "which refs of builder and delegator count: release tags (vX.Y.Z), or any"), {"tag", "any"})
        ->capture_default_str();
    app.add_option("--delegator", options->delegators, "workflow that may sign for the builder that it ran; repeatable")
        ->type_name("URI")
        ->allow_extra_args(false);
    app.add_option("--source", options->demand.source, "repository that it must be built from: HOST/OWNER/NAME")->type_name("URL");
    app.add_option("--source-ref", options->demand.ref, "ref that it must be built from: refs/heads/main")->type_name("REF");
    app.add_option("--branch", options->demand.branch, "branch that it must be built from")->type_name("NAME");
    app.add_option("--tag", options->demand.tag, "tag that it must be built from, exact")->type_name("NAME");
    app.add_option("--versioned-tag", options->demand.versioned_tag, "version that the tag must be of: v13 is also v13.0.30")->type_name("VERSION");
    app.add_option("--verifier-id", options->vsa.verifier_id, "of a verification summary: verifier.id, exact")->type_name("URI");
    app.add_option("--resource", options->vsa.resource, "of a verification summary: resourceUri, exact")->type_name("URI");
    app.add_option("--level", options->vsa.levels, "of a verification summary: level that it must show; repeatable")
        ->type_name("LEVEL")
        ->allow_extra_args(false);
    app.add_option("--max-age", options->max_age, "of a verification summary: oldest that counts, by its timeVerified")->type_name("DURATION");
    app.add_flag("--allow-p1363", options->p1363, "take ECDSA signatures as r || s in a bare DSSE envelope");
    return [options] { return run(*options); };
}

}  // namespace headgate::cli
