// provenance.cpp: the two versions of the predicate, and what both say about the source. Reading of single values is in
// provenance_fields.cpp.
#include "attest/provenance.hpp"

#include <algorithm>
#include <array>

#include "attest/provenance_fields.hpp"
#include "base/encoding.hpp"

namespace headgate::attest {
namespace {

using codec::Json;
using provenance::Object;

// What slsa-github-generator's delegator says of its callers' source stands in the first dependency only.
constexpr std::string_view kDelegatorBuild = "https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0";

Error malformed(std::string what) { return {ErrorCode::malformed, "provenance: " + std::move(what)}; }

// A thing that is said again must be the same; "" says nothing.
Result<void> say_again(std::string& known, const std::string& again, std::string_view what, std::string_view where) {
    if (again.empty()) return {};
    if (known.empty()) {
        known = again;
    } else if (known != again) {
        return malformed("its " + std::string(what) + " is " + provenance::shown(known) + ", and " + provenance::shown(again) + " in " + std::string(where));
    }
    return {};
}

std::string commit_in(const std::vector<std::string>& digests) {
    for (const std::string_view algorithm : {"gitCommit:", "sha1:"}) {
        for (const std::string& digest : digests) {
            if (digest.starts_with(algorithm)) return digest.substr(algorithm.size());
        }
    }
    return {};
}

Result<void> say_source(BuildClaims& claims, const Material& material, std::string_view where) {
    const SourceUri uri = split_source(material.uri);
    TRY_VOID(say_again(claims.source, uri.repository, "source", where));
    TRY_VOID(say_again(claims.ref, uri.ref, "ref", where));
    return say_again(claims.commit, commit_in(material.digests), "commit", where);
}

// GITHUB_SHA and github_sha1 and the like: the names differ between builders, what they mean does not.
Result<void> read_environment(const Object& environment, RunClaims& run) {
    struct Name {
        std::array<std::string_view, 3> spellings;
        std::string RunClaims::*field;
    };
    static const std::array<Name, 9> kNames = {{
        {{"GITHUB_EVENT_NAME", "github_event_name", ""}, &RunClaims::event},
        {{"GITHUB_REPOSITORY", "github_repository", ""}, &RunClaims::repository},
        {{"GITHUB_REPOSITORY_ID", "github_repository_id", ""}, &RunClaims::repository_id},
        {{"GITHUB_REPOSITORY_OWNER_ID", "github_repository_owner_id", ""}, &RunClaims::owner_id},
        {{"GITHUB_REF", "github_ref", ""}, &RunClaims::ref},
        {{"GITHUB_SHA", "github_sha1", "github_sha"}, &RunClaims::commit},
        {{"GITHUB_WORKFLOW_REF", "github_workflow_ref", ""}, &RunClaims::workflow_ref},
        {{"GITHUB_RUN_ID", "github_run_id", ""}, &RunClaims::run_id},
        {{"GITHUB_RUN_ATTEMPT", "github_run_attempt", ""}, &RunClaims::run_attempt},
    }};
    for (const Name& name : kNames) {
        for (const std::string_view spelling : name.spellings) {
            if (spelling.empty()) continue;
            TRY_VOID(say_again(run.*name.field, TRY(environment.scalar(spelling)), spelling, "the environment"));
        }
    }
    return {};
}

Result<BuildClaims> read_v0_2(const Json& predicate) {
    const Object top = TRY(Object::of(predicate, "the predicate", {"builder", "buildType", "invocation", "buildConfig", "metadata", "materials"}));
    BuildClaims claims;
    const Object builder = TRY(top.object("builder", {"id", "version"}));
    claims.builder = TRY(builder.required("id"));
    claims.build_type = TRY(top.required("buildType"));
    const Object invocation = TRY(top.object("invocation", {"configSource", "parameters", "environment"}));
    const Object config = TRY(invocation.object("configSource", {"uri", "digest", "entryPoint"}));
    TRY_VOID(say_source(claims, TRY(provenance::material_of(config)), "invocation.configSource"));
    claims.entry_point = TRY(config.text("entryPoint"));
    claims.parameters = TRY(provenance::parameters_of(invocation.find("parameters")));
    TRY_VOID(read_environment(TRY(invocation.open_object("environment")), claims.run));
    const Object metadata = TRY(top.object("metadata", {"buildInvocationId", "buildInvocationID", "buildStartedOn", "buildFinishedOn",
                                                        "completeness", "reproducible"}));
    claims.invocation = TRY(metadata.text("buildInvocationId"));
    TRY_VOID(say_again(claims.invocation, TRY(metadata.text("buildInvocationID")), "invocation id", "metadata"));
    for (const Json& item : TRY(top.list("materials", kMaxMaterials))) {
        claims.materials.push_back(TRY(provenance::material_of(TRY(Object::of(item, "a material", {"uri", "digest"})))));
    }
    // The first one is the source, where it is one at all.
    if (!claims.materials.empty() && !claims.source.empty() && split_source(claims.materials.front().uri).git) {
        TRY_VOID(say_source(claims, claims.materials.front(), "the first material"));
    }
    return claims;
}

// Where the caller of the builder said what to build: GitHub's workflow object, or a source with a digest.
Result<void> read_external(const Object& external, BuildClaims& claims) {
    if (const Json* workflow = external.find("workflow"); workflow != nullptr && workflow->is_object()) {
        const Object object = TRY(Object::of(*workflow, "externalParameters.workflow", {"ref", "repository", "path"}));
        const SourceUri source = split_source(TRY(object.required("repository")));
        TRY_VOID(say_again(claims.source, source.repository, "source", "externalParameters.workflow"));
        TRY_VOID(say_again(claims.ref, source.ref, "ref", "externalParameters.workflow"));
        TRY_VOID(say_again(claims.ref, TRY(object.text("ref")), "ref", "externalParameters.workflow"));
        claims.entry_point = TRY(object.text("path"));
    }
    const Json* const source = external.find("source");
    if (source != nullptr && source->is_object()) {
        const Object object = TRY(Object::open(*source, "externalParameters.source"));
        TRY_VOID(say_source(claims, TRY(provenance::material_of(object)), "externalParameters.source"));
    } else if (source != nullptr && source->is_text()) {
        TRY_VOID(say_source(claims, {TRY(external.text("source")), {}}, "externalParameters.source"));
    }
    if (claims.entry_point.empty()) claims.entry_point = TRY(external.plain_text("entryPoint"));
    return {};
}

// The dependency that is the source: the one from there, or the only git one, or the first one where the build type says so.
Result<void> read_dependency(BuildClaims& claims) {
    std::vector<const Material*> git;
    for (const Material& material : claims.materials) {
        const SourceUri uri = split_source(material.uri);
        if (!uri.git) continue;
        if (!claims.source.empty() && uri.repository == claims.source) return say_source(claims, material, "resolvedDependencies");
        git.push_back(&material);
    }
    const bool first = claims.build_type == kDelegatorBuild && !git.empty() && git.front() == &claims.materials.front();
    if (first || git.size() == 1) return say_source(claims, *git.front(), "resolvedDependencies");
    return {};
}

Result<BuildClaims> read_v1(const Json& predicate) {
    const Object top = TRY(Object::of(predicate, "the predicate", {"buildDefinition", "runDetails"}));
    const Object definition = TRY(top.object("buildDefinition", {"buildType", "externalParameters", "internalParameters", "resolvedDependencies"}));
    const Object details = TRY(top.object("runDetails", {"builder", "metadata", "byproducts"}));
    const Object builder = TRY(details.object("builder", {"id", "version", "builderDependencies"}));
    BuildClaims claims;
    claims.builder = TRY(builder.required("id"));
    claims.build_type = TRY(definition.required("buildType"));
    const Object metadata = TRY(details.object("metadata", {"invocationId", "startedOn", "finishedOn"}));
    claims.invocation = TRY(metadata.text("invocationId"));
    for (const Json& item : TRY(definition.list("resolvedDependencies", kMaxMaterials))) {
        const Object material = TRY(Object::of(item, "a dependency", {"name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations"}));
        claims.materials.push_back(TRY(provenance::material_of(material)));
    }
    const Object external = TRY(definition.open_object("externalParameters"));
    claims.parameters = TRY(provenance::parameters_of(definition.find("externalParameters")));
    TRY_VOID(read_external(external, claims));
    TRY_VOID(read_dependency(claims));
    const Object internal = TRY(definition.open_object("internalParameters"));
    TRY_VOID(read_environment(internal, claims.run));
    if (const Json* github = internal.find("github"); github != nullptr && github->is_object()) {
        const Object object = TRY(Object::open(*github, "internalParameters.github"));
        TRY_VOID(say_again(claims.run.event, TRY(object.scalar("event_name")), "event", "internalParameters.github"));
        TRY_VOID(say_again(claims.run.repository_id, TRY(object.scalar("repository_id")), "repository id", "internalParameters.github"));
        TRY_VOID(say_again(claims.run.owner_id, TRY(object.scalar("repository_owner_id")), "owner id", "internalParameters.github"));
        claims.run.runner_environment = TRY(object.scalar("runner_environment"));
    }
    return claims;
}

}  // namespace

bool is_provenance(std::string_view predicate_type) { return predicate_type == kProvenanceV02 || predicate_type == kProvenanceV1; }

SourceUri split_source(std::string_view uri) {
    SourceUri source;
    source.git = uri.starts_with("git+");
    if (source.git) uri.remove_prefix(4);
    const std::size_t authority = uri.find("://");
    const std::size_t path = uri.find('/', authority == std::string_view::npos ? 0 : authority + 3);
    const std::size_t end = path == std::string_view::npos ? std::string_view::npos : uri.find_first_of("@#", path);
    source.repository = uri.substr(0, end);
    if (end != std::string_view::npos) source.ref = uri.substr(end + 1);
    return source;
}

Result<BuildClaims> read_provenance(std::string_view predicate_type, const Json& predicate) {
    if (!is_provenance(predicate_type)) {
        return Error{ErrorCode::unsupported, "a statement of type " + provenance::shown(predicate_type) + " is no SLSA provenance v0.2 or v1"};
    }
    if (!predicate.is_object()) return malformed("the predicate is no object");
    BuildClaims claims = TRY(predicate_type == kProvenanceV02 ? read_v0_2(predicate) : read_v1(predicate));
    if (!claims.commit.empty() && !is_lower_hex(claims.commit, 40) && !is_lower_hex(claims.commit, 64)) {
        return malformed("its commit is " + provenance::shown(claims.commit) + ", not 40 or 64 lower-case hex digits");
    }
    return claims;
}

}  // namespace headgate::attest
