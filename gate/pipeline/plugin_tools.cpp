#include "pipeline/plugin_tools.hpp"

#include <algorithm>

#include "external/conformance.hpp"
#include "pipeline/plugin_files.hpp"
#include "pipeline/plugins.hpp"

namespace headgate::pipeline {
namespace {

// The first of the policy's rules whose question the plugin would not take.
std::string problem_of_rules(const Policy& policy, const external::Description& described, PluginState& state) {
    std::string problem;
    for (const Rule& rule : policy.rules) {
        if (rule.check != "plugin" || rule.settings.get<std::string>("plugin") != state.spec->name) continue;
        state.asked_by.push_back(rule.id);
        const auto takes = external::Plugin::takes(described, question_of(rule, "").settings);
        if (!takes.ok() && problem.empty()) problem = "rule '" + rule.id + "' at " + rule.line + ": " + takes.error().message;
        for (const Kind kind : rule.kinds) {
            const bool looks = std::find(described.kinds.begin(), described.kinds.end(), kind) != described.kinds.end();
            if (!looks && problem.empty()) problem = "rule '" + rule.id + "' at " + rule.line + ": it does not look at a " + std::string(to_string(kind));
        }
    }
    return problem;
}

}  // namespace

std::vector<PluginState> plugin_states(const LoadedPolicy& loaded, Instant now) {
    external::CallOptions options;
    options.now = now;
    options.policy_uri = loaded.policy.uri;
    options.policy_digest = loaded.policy.digest;
    options.required = loaded.policy.defaults.sandbox == Sandbox::required;
    std::vector<PluginState> states;
    for (const PluginSpec& spec : loaded.policy.plugins) {
        const auto known = loaded.plugins.find(spec.name);
        if (known == loaded.plugins.end()) continue;
        const external::Plugin& plugin = *known->second;
        PluginState state;
        state.spec = &spec;
        state.sha256 = plugin.sha256();
        state.pinned = plugin.is_pinned();
        if (state.pinned) {
            const auto described = plugin.describe(options);
            if (described.result.ok()) {
                state.program = described.result->name;
                state.version = described.result->version;
                state.kinds = described.result->kinds;
                for (const external::PluginRule& rule : described.result->rules) state.rules.push_back(rule.id);
                state.problem = problem_of_rules(loaded.policy, *described.result, state);
            } else {
                state.problem = described.result.error().message;
            }
        } else {
            state.problem = "it, or a file that it is given, is not the one that the policy pins, and is not run";
        }
        states.push_back(std::move(state));
    }
    return states;
}

Result<PluginTrials> test_plugin(const std::string& path, PluginSpec spec, const std::string& settings, bool sandbox_required, Instant now) {
    const auto plugin = TRY(open_plugin(path, std::move(spec)));
    external::CallOptions options;
    options.now = now;
    options.required = sandbox_required;
    external::Conformance found = external::conformance(*plugin, settings, options);
    PluginTrials tested{{}, std::move(found.name), std::move(found.version), plugin->sha256(), std::move(found.uncontained)};
    for (external::Trial& trial : found.trials) tested.trials.push_back({std::move(trial.name), std::move(trial.problem)});
    return tested;
}

}  // namespace headgate::pipeline
