// plugin.cpp: `headgate plugin`: the external checkers of a policy, and the conformance kit for whoever writes one.
#include <cstdio>

#include "base/text.hpp"
#include "cli/policy.hpp"
#include "codec/json.hpp"
#include "pipeline/plugin_tools.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "-" : text;
}

std::vector<std::string> words_of(const std::vector<Kind>& kinds) {
    std::vector<std::string> words;
    words.reserve(kinds.size());
    for (const Kind kind : kinds) words.emplace_back(to_string(kind));
    return words;
}

Json list(const std::vector<std::string>& words) {
    Json array = Json::array();
    for (const std::string& word : words) array.push(Json::of(word));
    return array;
}

std::string states_json(const std::vector<pipeline::PluginState>& states) {
    Json array = Json::array();
    for (const pipeline::PluginState& state : states) {
        Json& plugin = array.push(Json::object());
        plugin.add("name", Json::of(state.spec->name));
        plugin.add("run", Json::of(state.spec->program.path));
        plugin.add("sha256", Json::of(state.sha256));
        plugin.add("pinned", Json::of(state.pinned));
        plugin.add("program", Json::of(state.program));
        plugin.add("version", Json::of(state.version));
        plugin.add("kinds", list(words_of(state.kinds)));
        plugin.add("rules", list(state.rules));
        plugin.add("asked_by", list(state.asked_by));
        plugin.add("problem", Json::of(state.problem));
    }
    return codec::write_json_pretty(array) + "\n";
}

void print_state(const pipeline::PluginState& state) {
    const PluginSpec& spec = *state.spec;
    print(escape_terminal(spec.name) + ": " + (state.program.empty() ? "not asked" : escape_terminal(state.program + " " + state.version)) + "  (" +
          escape_terminal(spec.line) + ")\n");
    print("  run:    " + escape_terminal(spec.program.path) + "\n");
    print("  sha256: " + state.sha256 + (state.pinned ? "  as the policy pins it" : "  NOT what the policy pins") + "\n");
    if (!state.program.empty()) {
        print("  for:    " + joined(words_of(state.kinds)) + "\n");
        print("  finds:  " + escape_terminal(joined(state.rules)) + "\n");
        print("  asked by: " + escape_terminal(joined(state.asked_by)) + "\n");
    }
    if (!state.problem.empty()) print("  problem: " + escape_terminal(state.problem) + "\n");
}

Subcommand plugin_list(CLI::App& parent) {
    struct Options {
        std::string policy;
        std::string output = "text";
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("list", "the plugins of a policy: what they are, whether they are the ones that it pins; exit 1 with a problem");
    app->add_option("POLICY", options->policy, "policy file")->type_name("FILE|builtin:NAME")->required();
    one_of(app->add_option("--output", options->output, "text, or json"), {"text", "json"});
    return {app, [options]() -> Result<int> {
        const pipeline::LoadedPolicy loaded = TRY(pipeline::policy_with_any_plugins(options->policy));
        const auto states = pipeline::plugin_states(loaded, io::now());
        std::size_t problems = 0;
        for (const pipeline::PluginState& state : states) problems += state.problem.empty() ? 0U : 1U;
        if (options->output == "json") {
            print(states_json(states));
        } else {
            for (const pipeline::PluginState& state : states) print_state(state);
            print(std::to_string(states.size()) + (states.size() == 1 ? " plugin, " : " plugins, ") + std::to_string(problems) + " with a problem\n");
        }
        return problems == 0 ? kAllow : kDeny;
    }};
}

Result<PluginSpec::File> data_of(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return Error{ErrorCode::usage, "--data " + text + ": expected NAME=FILE"};
    PluginSpec::File file;
    file.name = text.substr(0, equals);
    file.path = text.substr(equals + 1);
    return file;
}

Subcommand plugin_test(CLI::App& parent) {
    struct Options {
        std::string path;
        std::string settings = "{}";
        std::vector<std::string> data, pass_env;
        bool network = false, best_effort = false;
        std::int64_t timeout = 5;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parent.add_subcommand("test", "the conformance kit: good, cut, slow, huge and odd requests to one executable; exit 1 when one fails");
    app->add_option("PATH", options->path, "the executable")->type_name("FILE")->required();
    app->add_option("--settings", options->settings, "settings that it is asked with, as JSON")->type_name("JSON");
    app->add_option("--data", options->data, "NAME=FILE that it is given (repeatable)")->type_name("NAME=FILE")->allow_extra_args(false);
    app->add_option("--pass-env", options->pass_env, "variable that it may see (repeatable)")->type_name("NAME")->allow_extra_args(false);
    app->add_flag("--network", options->network, "it may use the network");
    app->add_option("--timeout", options->timeout, "seconds for each call")->type_name("N")->check(CLI::Range(1, 3600))->capture_default_str();
    app->add_flag("--best-effort", options->best_effort, "run it even where the kernel cannot contain it");
    return {app, [options]() -> Result<int> {
        PluginSpec spec;
        spec.name = "under-test";
        spec.network = options->network;
        spec.timeout = options->timeout;
        spec.pass_env = options->pass_env;
        for (const std::string& text : options->data) spec.data.push_back(TRY(data_of(text)));
        const auto tested = TRY(pipeline::test_plugin(options->path, std::move(spec), options->settings, !options->best_effort, io::now()));
        std::size_t failed = 0;
        for (const pipeline::PluginTrial& trial : tested.trials) {
            failed += trial.problem.empty() ? 0U : 1U;
            print((trial.problem.empty() ? "ok      " : "FAILED  ") + escape_terminal(trial.name) +
                  (trial.problem.empty() ? "" : "\n        " + escape_terminal(trial.problem)) + "\n");
        }
        for (const std::string& missing : tested.uncontained) print("note    not contained: " + escape_terminal(missing) + "\n");
        print(std::to_string(tested.trials.size() - failed) + " passed, " + std::to_string(failed) + " failed: " +
              escape_terminal(tested.program.empty() ? options->path : tested.program + " " + tested.version) + ", sha256 " +
              tested.sha256 + "\n");
        return failed == 0 ? kAllow : kDeny;
    }};
}

}  // namespace

int run_plugin(const Arguments& arguments) {
    CLI::App app("External checkers: those of a policy, and a test for whoever writes one.", "headgate plugin");
    const std::vector<Subcommand> subcommands = {plugin_list(app), plugin_test(app)};
    return run_subcommand(app, subcommands, arguments);
}

}  // namespace headgate::cli
