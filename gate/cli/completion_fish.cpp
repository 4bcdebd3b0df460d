// completion_fish.cpp: the script for fish 3.
#include "cli/completion.hpp"

namespace headgate::cli {
namespace {

// `__headgate_in verify verdict`: the command line is at or below this command. `__headgate_at verify`: exactly at it.
constexpr std::string_view kHead = R"SH(# Completion of headgate for fish. Made by: headgate completion fish

function __headgate_in
    set -l typed (commandline -opc)
    set -e typed[1]
    test (count $typed) -ge (count $argv); or return 1
    for i in (seq (count $argv))
        test $typed[$i] = $argv[$i]; or return 1
    end
end

function __headgate_at
    __headgate_in $argv; and test (count (commandline -opc)) -eq (math (count $argv) + 1)
end

# WORD=FILE: the paths after the '='.
function __headgate_after_equals
    set -l token (string replace -r -- '^--[a-z0-9-]+=' '' (commandline -ct))
    set -l split (string split -m 1 = -- $token)
    test (count $split) -eq 2; or return
    for path in $split[2]*
        test -d $path; and echo "$split[1]=$path/"; or echo "$split[1]=$path"
    end
end

complete -c headgate -f
)SH";

// fish's single quotes know \' and \\ only.
std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string value_arguments(const CompletionValue& value) {
    std::vector<std::string> offered = value.words;
    if (value.file_after_equals) offered.emplace_back("(__headgate_after_equals)");
    if (value.folders && !value.files) offered.emplace_back("(__fish_complete_directories)");
    std::string text = value.files ? " -F" : " -f";
    if (!offered.empty()) text += " -a " + fish_quoted(joined(offered));
    return text;
}

std::string node_lines(const CompletionNode& node) {
    const std::string inside = node.path.empty() ? "__headgate_at" : "__headgate_in " + joined(node.path);
    const std::string at = "__headgate_at" + (node.path.empty() ? "" : " " + joined(node.path));
    std::string text;
    for (const CompletionNode& child : node.children) {
        text += "complete -c headgate -n " + fish_quoted(at) + " -a " + fish_quoted(child.path.back()) + " -d " + fish_quoted(child.help) + "\n";
    }
    for (const CompletionOption& option : node.options) {
        text += "complete -c headgate -n " + fish_quoted(inside);
        for (const std::string& name : option.names) {
            text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
        }
        if (option.takes_value) text += " -r" + value_arguments(option.value);
        text += " -d " + fish_quoted(option.help) + "\n";
    }
    for (const CompletionPositional& one : node.positionals) {
        if (one.value == CompletionValue{}) continue;
        text += "complete -c headgate -n " + fish_quoted(inside) + value_arguments(one.value) + "\n";
    }
    return text;
}

}  // namespace

std::string fish_completion(const CompletionNode& program) {
    std::string script(kHead);
    for (const CompletionNode* node : all_nodes(program)) script += node_lines(*node);
    return script;
}

}  // namespace headgate::cli
