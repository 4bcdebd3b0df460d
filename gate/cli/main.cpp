// main.cpp: the table of commands.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/command.hpp"
#include "io/atomic_file.hpp"

namespace headgate::cli {
namespace {

// One row a command, in the order of the help.
constexpr std::array kCommands = {
    Command{"init", "look at a folder and write a policy for it, and a CI file", run_init},
    Command{"check", "judge files, folders, references, images; exit 0 allow, 1 deny", run_check},
    Command{"serve", "the same judgement over HTTP(S)", run_serve},
    Command{"k8s", "test, manifests, certificates: the gate in a Kubernetes cluster", run_k8s},
    Command{"sign", "sign a model or dataset folder (OpenSSF Model Signing)", run_sign},
    Command{"verify", "verify what is signed: a model, an image (also at its registry), a verdict of an upstream gate", run_verify},
    Command{"facts", "print the evidence about a subject as JSON", run_facts},
    Command{"policy", "lint, show, test, diff, ways-in, schema, sign: work on policies", run_policy},
    Command{"why", "the trace of a decision: facts, rule, policy line, tier line, waiver", run_why},
    Command{"waiver", "add, list, expiring, generate, sign: exceptions with an owner and an end", run_waiver},
    Command{"plugin", "list, test: external checkers", run_plugin},
    Command{"checkers", "list the checkers and their settings", run_checkers},
    Command{"explain", "say what a rule, finding, checker or setting means", run_explain},
    Command{"demo", "make a small supply chain and watch the gate judge it", run_demo},
    Command{"doctor", "look for what would go wrong: data, policy, keys, clock, folders", run_doctor},
    Command{"completion", "print the completions of bash, zsh or fish", run_completion},
};

void print_help() {
    std::printf(
        "Headgate %s: a zero-trust admission gate for models, datasets, packages and containers.\n\n"
        "Usage: headgate COMMAND [OPTIONS]\n\nCommands:\n",
        HEADGATE_VERSION);
    for (const Command& command : kCommands) {
        std::printf("  %-10s %s\n", std::string(command.name).c_str(), std::string(command.help).c_str());
    }
    std::printf(
        "\nExit codes: 0 allow, 1 deny, 2 could not decide, 3 nothing evaluated, 4 usage or invalid policy.\n"
        "Start with: headgate demo, then: headgate init\n");
}

int unknown_command(std::string_view word) {
    std::vector<std::string_view> names;
    names.reserve(std::size(kCommands));
    for (const Command& command : kCommands) names.push_back(command.name);
    const auto near = nearest(word, names);
    std::fprintf(stderr, "headgate: no command \"%s\"%s\nSee: headgate --help\n", escape_terminal(word).c_str(),
                 near ? (", did you mean \"" + std::string(*near) + "\"?").c_str() : "");
    return kUsage;
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

int run(int argc, char** argv) {
    const std::string_view word = argc > 1 ? argv[1] : "--help";
    if (word == "--version" || word == "-V") {
        std::printf("headgate %s\n", HEADGATE_VERSION);
        return kAllow;
    }
    if (word == "--help" || word == "-h" || word == "help") {
        print_help();
        return argc > 1 ? kAllow : kUsage;
    }
    for (const Command& command : kCommands) {
        if (command.name == word) {
            io::clean_up_on_signals();
            return command.run({argc - 1, argv + 1, {}});
        }
    }
    return unknown_command(word);
}

}  // namespace headgate::cli

int main(int argc, char** argv) { return headgate::cli::run(argc, argv); }
