// verify_package.cpp: `headgate verify package`: what package indexes hand out beside a file. Never guessed from the document: the caller
// names the ecosystem, and with it what must hold.
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "attest/npm.hpp"
#include "attest/pep740.hpp"
#include "attest/provenance_fields.hpp"
#include "cli/attested_artifact.hpp"
#include "cli/parse.hpp"
#include "cli/trust_options.hpp"
#include "cli/verify.hpp"
#include "io/file_source.hpp"

namespace headgate::cli {
namespace {

using codec::Json;
using attest::provenance::shown;

constexpr std::uint64_t kMaxDocument = 64U << 20U;

struct PackageOptions {
    TrustOptions trust;
    AttestedArtifact artifact;
    std::string file;
    std::string ecosystem;
    std::string name;
    std::string version;
    std::string file_name;
    std::string registry_keys;
    std::string registry;
    std::string dist;
    std::string predicate;
    std::string source_repository;
    std::vector<std::string> delegators;
};

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }
Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

// A signer is named by its whole name, or by the repository that it runs for; the issuer always.
Result<sigstore::Request> request_of(const PackageOptions& options) {
    TrustOptions trust = options.trust;
    if (!trust.key.empty()) return usage("--key: attestations of packages are by certificate; npm's registry keys are --registry-keys");
    if (!trust.identity && !options.source_repository.empty()) trust.identity = "";
    return trust.request();
}

std::string signer_problem(const PackageOptions& options, const sigstore::VerifiedBundle& signature) {
    if (!signature.identity) return "identity: there is none";
    if (options.trust.identity) {
        if (std::string problem = options.trust.identity_problem(signature); !problem.empty()) return problem;
    }
    if (signature.identity->issuer != options.trust.issuer.value_or("") || signature.identity->issuer.empty()) {
        return "identity: of issuer " + shown(signature.identity->issuer) + ", not of " + shown(options.trust.issuer.value_or(""));
    }
    const std::string_view repository = signature.identity->claim("sourceRepositoryUri");
    if (options.source_repository.empty() || repository == options.source_repository) return "";
    return "identity: it signed for the repository " + shown(repository) + ", not for " + shown(options.source_repository);
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Which options say something about whose attestations. What nobody would ask is not taken.
struct OfEcosystem {
    std::string_view option;
    bool (*given)(const PackageOptions&);
    bool pypi, npm, github;
};
constexpr std::array<OfEcosystem, 7> kOfEcosystem = {{
    {"--file-name", [](const PackageOptions& options) { return !options.file_name.empty(); }, true, false, false},
    {"--name", [](const PackageOptions& options) { return !options.name.empty(); }, true, true, false},
    {"--version", [](const PackageOptions& options) { return !options.version.empty(); }, true, true, false},
    {"--registry-keys", [](const PackageOptions& options) { return !options.registry_keys.empty(); }, false, true, false},
    {"--registry", [](const PackageOptions& options) { return !options.registry.empty(); }, false, true, false},
    {"--dist", [](const PackageOptions& options) { return !options.dist.empty(); }, false, true, false},
    {"--predicate", [](const PackageOptions& options) { return !options.predicate.empty(); }, true, false, true},
}};

Result<void> check_ecosystem(const PackageOptions& options) {
    for (const OfEcosystem& one : kOfEcosystem) {
        const bool asked = options.ecosystem == "pypi" ? one.pypi : options.ecosystem == "npm" ? one.npm : one.github;
        if (asked || !one.given(options)) continue;
        std::string whose;
        for (const auto& [name, has] : {std::pair{"pypi", one.pypi}, {"npm", one.npm}, {"github", one.github}}) {
            if (has) whose += (whose.empty() ? "" : " and ") + std::string(name);
        }
        return usage(std::string(one.option) + " goes with --ecosystem " + whose + ", and would not be asked of " + options.ecosystem + "'s attestations");
    }
    return {};
}

Result<int> verify_pypi(const PackageOptions& options, const sigstore::Request& request, const attest::NamedDigests& digests, ByteView file) {
    const std::string name = options.file_name.empty() ? base_name(options.artifact.path) : options.file_name;
    if (name.empty()) return usage("--file-name: the distribution's file name is needed, it says what the attestation must be about");
    if (!options.name.empty() || !options.version.empty()) {
        const std::string problem = attest::distribution_problem(name, options.name, options.version);
        if (!problem.empty()) return print_refused("distribution: " + problem);
    }
    const auto attestations = attest::parse_pep740(file);
    if (!attestations.ok()) return print_refused(attestations.error().message);
    std::vector<std::string> reasons;
    for (const attest::Pep740Attestation& attestation : *attestations) {
        const auto verified = attest::verify_pep740(attestation, request, name, digests, options.delegators);
        std::string problem = verified.ok() ? signer_problem(options, verified->signature) : verified.error().message;
        if (problem.empty() && !options.predicate.empty() && verified->statement.predicate_type != options.predicate) {
            problem = "statement: its type is " + shown(verified->statement.predicate_type) + ", not " + shown(options.predicate);
        }
        if (problem.empty()) {
            Json answer = describe(verified->signature);
            answer.add("predicate_type", Json::of(verified->statement.predicate_type));
            return print_verified(std::move(answer));
        }
        reasons.push_back(std::move(problem));
    }
    return print_refused(reasons_of(reasons));
}

// What was found of one of the two halves that npm's attestations must have.
struct Half {
    std::optional<Json> answer;
    std::vector<std::string> reasons;

    std::string problem(std::string_view what) const {
        if (answer) return "";
        return std::string(what) + ": " + (reasons.empty() ? "there is no such attestation, and both are needed" : reasons_of(reasons));
    }
};

Result<int> verify_npm(const PackageOptions& options, const sigstore::Request& request, const attest::NamedDigests& digests, ByteView file) {
    if (options.name.empty() || options.version.empty()) return usage("--name and --version: what the attestations must be about");
    if (options.registry_keys.empty()) return usage("--registry-keys: the publish attestation is signed by a key of the registry");
    const auto keys = attest::parse_registry_keys(TRY(io::read_file(options.registry_keys, kMaxDocument)));
    if (!keys.ok()) return Error{keys.error().code, options.registry_keys + ": " + keys.error().message};
    const attest::NpmPackage package{options.name, options.version, digests};
    const auto attestations = attest::parse_npm_attestations(file);
    if (!attestations.ok()) return print_refused(attestations.error().message);
    Half publish;
    Half provenance;
    Instant published = request.now;
    for (const attest::NpmAttestation& attestation : *attestations) {
        if (attestation.predicate_type == attest::kNpmPublish) {
            const auto verified = attest::verify_npm_publish(attestation, *keys, request, package, options.registry);
            if (!verified.ok()) {
                publish.reasons.push_back(verified.error().message);
                continue;
            }
            published = verified->signature.times.front().time;
            publish.answer = describe(verified->signature);
            continue;
        }
        const auto verified = attest::verify_npm_provenance(attestation, request, package, options.delegators);
        std::string problem = verified.ok() ? signer_problem(options, verified->signature) : verified.error().message;
        if (!problem.empty()) {
            provenance.reasons.push_back(std::move(problem));
            continue;
        }
        provenance.answer = describe(verified->signature);
        provenance.answer->add("predicate_type", Json::of(verified->predicate_type));
        provenance.answer->add("provenance", describe(verified->claims));
    }
    for (const std::string& problem : {publish.problem("publish"), provenance.problem("provenance")}) {
        if (!problem.empty()) return print_refused(problem);
    }
    if (!options.dist.empty()) {
        const auto metadata = codec::parse_json(TRY(io::read_file(options.dist, kMaxDocument)));
        if (!metadata.ok()) return print_refused("dist: " + metadata.error().message);
        const Json* const dist = metadata->find("dist");
        const std::string problem = attest::registry_signature_problem(dist == nullptr ? *metadata : *dist, *keys, package, published);
        if (!problem.empty()) return print_refused(problem);
    }
    Json answer = Json::object();
    answer.add("publish", std::move(*publish.answer));
    answer.add("provenance", std::move(*provenance.answer));
    if (!options.dist.empty()) answer.add("registry_signature", Json::of(true));
    return print_verified(std::move(answer));
}

Result<Json> judge_github(const PackageOptions& options, const sigstore::Request& request, const attest::NamedDigests& digests, const Json& document) {
    auto verified = TRY(attest::verify_statement(TRY(sigstore::parse_bundle(document)), request, digests));
    if (std::string problem = signer_problem(options, verified.signature); !problem.empty()) return refused(std::move(problem));
    const std::string wanted = options.predicate.empty() ? std::string(attest::kProvenanceV1) : options.predicate;
    if (verified.statement.predicate_type != wanted) {
        return refused("statement: its type is " + shown(verified.statement.predicate_type) + ", not " + shown(wanted));
    }
    Json answer = describe(verified.signature);
    answer.add("predicate_type", Json::of(wanted));
    if (!attest::is_provenance(wanted)) return answer;
    const auto provenance = TRY(attest::bound_provenance(std::move(verified), options.delegators));
    answer.add("provenance", describe(provenance.claims));
    return answer;
}

Result<int> run(const PackageOptions& options) {
    TRY_VOID(check_ecosystem(options));
    const sigstore::Request request = TRY(request_of(options));
    const attest::NamedDigests digests = TRY(options.artifact.named());
    if (digests.empty()) return usage("ARTIFACT: give the package's file or --digest");
    const Bytes file = TRY(io::read_file(options.file, kMaxDocument));
    if (options.ecosystem == "pypi") return verify_pypi(options, request, digests, file);
    if (options.ecosystem == "npm") return verify_npm(options, request, digests, file);
    return first_that_counts(file, [&](const Json& document) { return judge_github(options, request, digests, document); });
}

}  // namespace

VerifyRun declare_verify_package(CLI::App& app) {
    auto options = std::make_shared<PackageOptions>();
    app.add_option("FILE", options->file,
                   "pypi: attestation or provenance object (PEP 740); npm: the registry's attestations; github: bundle, JSON lines, or the API's answer")
        ->type_name("")
        ->required();
    one_of(app.add_option("--ecosystem", options->ecosystem, "whose attestations these are"), {"pypi", "npm", "github"})->required();
    options->artifact.add_to(app);
    options->trust.add_to(app);
    app.add_option("--source-repository", options->source_repository, "repository that the certificate must be for, instead of or beside --identity")
        ->type_name("URL");
    app.add_option("--delegator", options->delegators, "workflow that may sign for the builder that it ran; repeatable")
        ->type_name("URI")
        ->allow_extra_args(false);
    app.add_option("--predicate", options->predicate, "pypi, github: type that the statement must have (github: SLSA provenance v1 unless said)")->type_name("URI");
    app.add_option("--file-name", options->file_name, "pypi: of the distribution, where ARTIFACT has another")->type_name("NAME");
    app.add_option("--name", options->name, "pypi, npm: of the package; pypi compares it with the file name")->type_name("NAME");
    app.add_option("--version", options->version, "pypi, npm: of the package; pypi compares it with the file name")->type_name("VERSION");
    app.add_option("--registry-keys", options->registry_keys, "npm: the registry's keys, as its TUF repository has them")->type_name("FILE");
    app.add_option("--registry", options->registry, "npm: registry that must have published it, exact")->type_name("URL");
    app.add_option("--dist", options->dist, "npm: metadata of the version, whose dist.signatures must hold, too")->type_name("FILE");
    return [options] { return run(*options); };
}

}  // namespace headgate::cli
