// completion.cpp: `headgate completion`: every command is asked for its options, and a script is written of what it shows.
#include "cli/completion.hpp"

#include <cstdio>
#include <optional>

namespace headgate::cli {
namespace {

CompletionOption described(const CLI::Option& option) {
    CompletionOption described;
    for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
    described.help = option.get_description();
    described.takes_value = option.get_items_expected_max() > 0;
    described.repeatable = option.get_expected_max() > 1;
    return described;
}

Result<CompletionNode> program_node() {
    CompletionNode program;
    program.options.push_back({{"--help", "-h"}, "Print this help message and exit", false, false, {}});
    program.options.push_back({{"--version", "-V"}, "Print the version and exit", false, false, {}});
    for (const Command& command : commands()) {
        std::optional<CompletionNode> node;
        Arguments asked;
        asked.show = [&](const CLI::App& app) { node = completion_node(app, {std::string(command.name)}); };
        command.run(asked);
        if (!node) return Error{ErrorCode::internal, std::string(command.name) + ": does not show its options"};
        program.children.push_back(std::move(*node));
        program.children.back().help = command.help;
    }
    return program;
}

void collect(const CompletionNode& node, std::vector<const CompletionNode*>& nodes) {
    nodes.push_back(&node);
    for (const CompletionNode& child : node.children) collect(child, nodes);
}

}  // namespace

CompletionNode completion_node(const CLI::App& app, std::vector<std::string> path) {
    CompletionNode node;
    node.help = app.get_description();
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_positional()) {
            CompletionOption described_option = described(*option);
            if (described_option.takes_value) described_option.value = completion_value(option->get_type_name());
            node.options.push_back(std::move(described_option));
            continue;
        }
        // A positional's own name says what it is, unless a type name says it better.
        const std::string name = option->get_name(true);
        const std::string value = option->get_type_name().empty() ? name : option->get_type_name();
        node.positionals.push_back({name, option->get_description(), option->get_items_expected_max() > 1, completion_value(value)});
    }
    for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
        std::vector<std::string> child_path = path;
        child_path.push_back(child->get_name());
        node.children.push_back(completion_node(*child, std::move(child_path)));
    }
    node.path = std::move(path);
    return node;
}

std::vector<const CompletionNode*> all_nodes(const CompletionNode& program) {
    std::vector<const CompletionNode*> nodes;
    collect(program, nodes);
    return nodes;
}

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

std::string shell_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'') {
            quoted += "'\\''";
        } else {
            quoted += c;
        }
    }
    return quoted + "'";
}

int run_completion(const Arguments& arguments) {
    CLI::App app("Print the script that completes commands, options, values and paths in a shell.", "headgate completion");
    app.footer(
        "Examples:\n"
        "  bash:  headgate completion bash > ~/.local/share/bash-completion/completions/headgate\n"
        "         or in ~/.bashrc:  source <(headgate completion bash)\n"
        "  zsh:   headgate completion zsh > DIR/_headgate     with DIR in $fpath\n"
        "         or in ~/.zshrc, after compinit:  source <(headgate completion zsh)\n"
        "  fish:  headgate completion fish > ~/.config/fish/completions/headgate.fish");
    std::string shell;
    one_of(app.add_option("SHELL", shell, "the shell to write for"), {"bash", "zsh", "fish"})->required();
    if (const auto code = parse_arguments(app, arguments)) return *code;
    const auto program = program_node();
    if (!program.ok()) return fail(program.error());
    const std::string script = shell == "bash"  ? bash_completion(*program)
                               : shell == "zsh" ? zsh_completion(*program)
                                                : fish_completion(*program);
    if (std::fwrite(script.data(), 1, script.size(), stdout) != script.size() || std::fflush(stdout) != 0) {
        return fail({ErrorCode::io, "standard output: cannot write the script"});
    }
    return kAllow;
}

}  // namespace headgate::cli
