#include "attest/provenance_binding.hpp"

#include <algorithm>

#include "attest/provenance_fields.hpp"
#include "model/builder_id.hpp"

namespace headgate::attest {
namespace {

using provenance::shown;

constexpr std::string_view kHost = "https://github.com/";
constexpr std::string_view kRunner = "https://github.com/actions/runner";

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string claim(const CertifiedIdentity& identity, std::string_view name) {
    const auto found = std::find_if(identity.claims.begin(), identity.claims.end(), [&](const auto& one) { return one.first == name; });
    return found == identity.claims.end() ? std::string() : found->second;
}

// A thing that the statement says, and the certificate, if it says anything about it.
struct Comparison {
    std::string_view what;
    std::string stated;
    std::string certified;
};

// ".../actions/runs/ID/attempts/N" of a run of this repository.
std::string run_uri(const RunClaims& run, const std::string& source) {
    if (run.run_id.empty() || run.run_attempt.empty()) return {};
    return source + "/actions/runs/" + run.run_id + "/attempts/" + run.run_attempt;
}

// v0.2 builders on GitHub write "ID-ATTEMPT".
std::string invocation_uri(const BuildClaims& claims) {
    const std::string_view id = claims.invocation;
    if (id.find("://") != std::string_view::npos || id.empty()) return claims.invocation;
    const std::size_t dash = id.find('-');
    if (dash == std::string_view::npos || !is_number(id.substr(0, dash)) || !is_number(id.substr(dash + 1))) return {};
    RunClaims run;
    run.run_id = id.substr(0, dash);
    run.run_attempt = id.substr(dash + 1);
    return run_uri(run, claims.source);
}

// "github-hosted" of ".../actions/runner/github-hosted".
std::string runner_of(const std::string& builder) {
    const bool longer = builder.starts_with(kRunner) && builder.size() > kRunner.size() && builder[kRunner.size()] == '/';
    return longer ? builder.substr(kRunner.size() + 1) : "";
}

std::vector<Comparison> comparisons(const BuildClaims& claims, const SignerClaims& signer) {
    const RunClaims& run = claims.run;
    const auto joined = [&](std::string_view entry) {
        return entry.empty() || claims.source.empty() || claims.ref.empty() ? std::string()
                                                                            : claims.source + "/" + std::string(entry) + "@" + claims.ref;
    };
    const auto on_host = [](const std::string& path) { return path.empty() ? std::string() : std::string(kHost) + path; };
    // Other services' entry points are no paths that the certificate's URIs end in.
    const bool github = signer.source.starts_with(kHost);
    return {
        {"source", claims.source, signer.source},
        {"ref", claims.ref, signer.ref},
        {"commit", claims.commit, signer.commit},
        {"workflow", github ? joined(claims.entry_point) : "", signer.workflow},
        {"run", github ? invocation_uri(claims) : "", signer.run},
        {"event", run.event, signer.trigger},
        {"repository", on_host(run.repository), signer.source},
        {"repository id", run.repository_id, signer.repository_id},
        {"owner id", run.owner_id, signer.owner_id},
        {"ref of the run", run.ref, signer.ref},
        {"commit of the run", run.commit, signer.commit},
        {"workflow of the run", on_host(run.workflow_ref), signer.workflow},
        {"run id", run_uri(run, claims.source), signer.run},
        {"runner environment", run.runner_environment, signer.runner_environment},
        {"runner", runner_of(claims.builder), signer.runner_environment},
    };
}

// The service in whose workflow anybody may write anything.
bool runs_in_workflow(const BuildClaims& claims, const SignerClaims& signer) {
    if (claims.builder == kRunner || claims.builder == std::string(kRunner) + "/github-hosted" ||
        claims.builder == std::string(kRunner) + "/self-hosted") {
        return signer.source.starts_with(kHost);
    }
    return claims.builder.starts_with(signer.source + "/-/runners/");
}

// Who signed for whom; the rest of the binding is left open.
Binding bind_builder(const BuildClaims& claims, const SignerClaims& signer) {
    if (signer.subject == claims.builder || runs_in_workflow(claims, signer)) return {};
    const auto is_workflow = [](std::string_view id) {
        const BuilderId workflow = split_builder(id);
        return workflow.path.find("/.github/workflows/") != std::string_view::npos && !workflow.ref.empty();
    };
    if (is_workflow(signer.subject) && is_workflow(claims.builder)) return {"", signer.subject};
    return {"builder: " + shown(claims.builder) + " is claimed, and " + shown(signer.subject) + " signed", ""};
}

}  // namespace

SignerClaims signer_claims(const sigstore::Identity& identity) {
    SignerClaims signer;
    signer.subject = identity.san.value;
    signer.source = identity.claim_or_older("sourceRepositoryUri");
    signer.ref = identity.claim_or_older("sourceRepositoryRef");
    signer.commit = identity.claim_or_older("sourceRepositoryDigest");
    signer.workflow = identity.claim("buildConfigUri");
    signer.trigger = identity.claim_or_older("buildTrigger");
    signer.run = identity.claim("runInvocationUri");
    signer.repository_id = identity.claim("sourceRepositoryIdentifier");
    signer.owner_id = identity.claim("sourceRepositoryOwnerIdentifier");
    signer.runner_environment = identity.claim("runnerEnvironment");
    return signer;
}

SignerClaims signer_claims(const CertifiedIdentity& identity) {
    SignerClaims signer;
    signer.subject = identity.subject;
    signer.source = claim(identity, "source-repository");
    signer.ref = claim(identity, "source-ref");
    signer.commit = claim(identity, "source-digest");
    signer.workflow = claim(identity, "build-config-uri");
    signer.trigger = claim(identity, "build-trigger");
    signer.run = claim(identity, "run-invocation-uri");
    signer.repository_id = claim(identity, "source-repository-id");
    signer.owner_id = claim(identity, "source-owner-id");
    signer.runner_environment = claim(identity, "runner-environment");
    return signer;
}

Binding bind(const BuildClaims& claims, const SignerClaims& signer) {
    if (signer.source.empty()) return {"certificate: it names no repository, so that nothing in the statement can be compared with it", ""};
    Binding binding = bind_builder(claims, signer);
    if (!binding.problem.empty()) return binding;
    // In a workflow of the repository that it builds, too, its author can write what he likes into the statement.
    const bool forgeable = runs_in_workflow(claims, signer) || signer.subject.starts_with(signer.source + "/");
    for (const Comparison& one : comparisons(claims, signer)) {
        const bool essential = one.what == "source" || one.what == "ref" || one.what == "commit";
        if (essential && forgeable && (one.stated.empty() || one.certified.empty())) {
            binding.problem = std::string(one.what) + ": " + (one.stated.empty() ? "the statement" : "the certificate") +
                              " does not say it, and this builder runs in the user's own workflow";
            return binding;
        }
        if (one.stated.empty() || one.certified.empty() || one.stated == one.certified) continue;
        binding.problem = std::string(one.what) + ": the statement says " + shown(one.stated) + ", the certificate " + shown(one.certified);
        return binding;
    }
    return binding;
}

std::string binding_problem(const BuildClaims& claims, const SignerClaims& signer, std::span<const std::string> delegators) {
    Binding binding = bind(claims, signer);
    if (!binding.problem.empty() || binding.delegator.empty()) return std::move(binding.problem);
    const auto names = [&](const std::string& delegator) { return names_builder(delegator, binding.delegator); };
    if (std::any_of(delegators.begin(), delegators.end(), names)) return "";
    return "builder: " + shown(claims.builder) + " is claimed, and " + shown(binding.delegator) + " signed; only a delegator that is named may sign for another";
}

}  // namespace headgate::attest
