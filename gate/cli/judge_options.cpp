#include "cli/judge_options.hpp"

#include <climits>
#include <cstdio>
#include <unistd.h>

#include <iostream>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "io/clock.hpp"
#include "pipeline/isolation.hpp"

namespace headgate::cli {
namespace {

constexpr std::size_t kMaxListed = 1'000'000;

std::string current_folder() {
    char buffer[PATH_MAX];
    return ::getcwd(buffer, sizeof buffer) == nullptr ? std::string() : std::string(buffer);
}

Result<void> read_list(std::vector<pipeline::Request::Argument>& arguments, const pipeline::Request::Argument& like) {
    std::string line;
    while (std::getline(std::cin, line)) {
        const std::string_view text = trim(line);
        if (text.empty()) continue;
        if (text.find('\0') != std::string_view::npos) return Error{ErrorCode::usage, "standard input: a NUL byte in the list"};
        arguments.push_back({std::string(text), like.as, like.kind});
        if (arguments.size() > kMaxListed) return Error{ErrorCode::usage, "standard input: too many subjects"};
    }
    return {};
}

}  // namespace

void add_judge_options(CLI::App& app, JudgeOptions& options) {
    app.add_option("SUBJECT", options.subjects,
                   "files, folders, hf:, pkg:, oci:, oci-layout:DIR[:tag], or - for a list on stdin (default: .)")
        ->type_name("");
    add_policy_options(app, options.policy, options.policy_sha256, options.policy_signed_by);
    app.add_option("--as", options.as, "asserted name of the bytes: hf:org/name@revision, pkg:..., oci:...")
        ->type_name("REFERENCE");
    app.add_option("--kind", options.kind, "model, dataset, package or container")->type_name("KIND");
    app.add_option("--profile", options.profiles, "allow-list profile to add, e.g. sklearn (repeatable)")
        ->type_name("PROFILE")
        ->allow_extra_args(false);
    app.add_option("--evidence", options.evidence, "signatures and attestations about the subjects (repeatable)")
        ->type_name("FILE|DIR")
        ->allow_extra_args(false);
    add_advisory_options(app, options.advisories);
    add_registry_options(app, options.registry);
    add_offline_option(app, options.registry);
    app.add_option("--compare-base", options.compare_base, "base model: what is each tensor, the chat template, the tokenizer to its own?")
        ->type_name("FILE|DIR");
    app.add_option("--at", options.at, "judge as of this time (RFC 3339); such a verdict cannot be attested")
        ->type_name("TIME");
    app.add_option("--jobs", options.jobs, "files read at once (default: one per core)")->type_name("N");
    app.add_flag("--names-only", options.names_only, "judge names and manifests only, read no artifact");
    app.add_flag("--isolate{required}", options.isolate,
                 "parse each file in a process of its own that can only answer; =best-effort goes on where the kernel lacks a part of that");
}

Result<void> start_isolation(JudgeOptions& options) {
    using Mode = pipeline::Isolation::Mode;
    if (options.isolate == "off") return {};
    const bool required = options.isolate == "required";
    if (!required && options.isolate != "best-effort") {
        return Error{ErrorCode::usage, "--isolate=" + options.isolate + ": expected required (as --isolate alone), best-effort or off"};
    }
    auto isolation = pipeline::Isolation::start(required ? Mode::required : Mode::best_effort);
    if (!isolation.ok()) return Error{isolation.error().code, "--isolate: " + isolation.error().message};
    options.isolation = std::move(isolation).value();
    for (const std::string& lacking : options.isolation->missing()) {
        std::fprintf(stderr, "headgate: --isolate=best-effort: this kernel lacks %s\n", escape_terminal(lacking).c_str());
    }
    return {};
}

Result<pipeline::LoadedPolicy> load(const JudgeOptions& options) {
    const pipeline::PolicyPin pin = TRY(make_pin(options.policy_sha256, options.policy_signed_by));
    if (!options.profiles.empty() && (pin.sha256 || !pin.signed_by.empty())) {
        return Error{ErrorCode::usage, "--profile would change the policy that --policy-sha256 or --policy-signed-by pins; write the "
                                       "profile into the policy (`with: { profiles: [...] }`) and pin that"};
    }
    pipeline::LoadedPolicy loaded = TRY(pipeline::load_policy(options.policy, pin));
    TRY_VOID(pipeline::add_profiles(loaded, options.profiles));
    loaded.advisory_files = options.advisories;
    return loaded;
}

Result<pipeline::Request> make_request(const JudgeOptions& options, const Policy& policy) {
    pipeline::Request request;
    request.evidence = options.evidence;
    request.compare_base = options.compare_base;
    request.names_only = options.names_only;
    request.jobs = options.jobs;
    request.isolation = options.isolation;
    request.print_base = current_folder();
    request.now = io::now();
    if (!options.at.empty()) {
        const auto instant = parse_instant(options.at);
        if (!instant) return Error{ErrorCode::usage, "--at " + options.at + ": expected a time like 2026-11-23T10:00:00Z"};
        request.now = *instant;
    }
    pipeline::Request::Argument like;
    if (!options.as.empty()) like.as = options.as;
    if (!options.kind.empty()) {
        like.kind = parse_kind(options.kind);
        if (!like.kind) {
            return Error{ErrorCode::usage, "--kind " + options.kind + ": expected model, dataset, package or container"};
        }
    }
    if (like.as && options.subjects.size() > 1) {
        return Error{ErrorCode::usage, "--as names one subject, but several were given"};
    }
    for (const std::string& subject : options.subjects) {
        if (subject == "-") {
            TRY_VOID(read_list(request.arguments, like));
        } else {
            request.arguments.push_back({subject, like.as, like.kind});
        }
    }
    if (options.subjects.empty()) request.arguments.push_back({".", like.as, like.kind});
    if (!options.names_only) TRY_VOID(bring_registry(options.registry, policy, request));
    return request;
}

}  // namespace headgate::cli
