// completion.hpp: the commands as completion sees them, read from their CLI11 options, and the three scripts made of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/parse.hpp"

namespace headgate::cli {

/// What a value may be. Nothing of it: free text, which nobody completes.
struct CompletionValue {
    std::vector<std::string> words;      // "builtin:baseline", "json"; one that ends in ':' or '=' goes on
    bool files = false;                  // files and folders
    bool folders = false;                // folders alone
    bool file_after_equals = false;      // "WORD=FILE"
    friend bool operator==(const CompletionValue&, const CompletionValue&) = default;
};

struct CompletionOption {
    std::vector<std::string> names;      // "--policy", "-h"
    std::string help;
    bool takes_value = false;
    bool repeatable = false;
    CompletionValue value;
};

struct CompletionPositional {
    std::string name;
    std::string help;
    bool many = false;
    CompletionValue value;
};

/// A command, or the program itself (path empty).
struct CompletionNode {
    std::vector<std::string> path;       // {"verify", "verdict"}
    std::string help;
    std::vector<CompletionOption> options;
    std::vector<CompletionPositional> positionals;
    std::vector<CompletionNode> children;
};

/// "FILE|builtin:NAME" -> what completes it. A name that the table of completion_words.cpp does not have is free text
/// (tests/e2e/completion refuses it).
CompletionValue completion_value(std::string_view type_name);

/// The tree of one command, from its options.
CompletionNode completion_node(const CLI::App& app, std::vector<std::string> path);

std::string bash_completion(const CompletionNode& program);
std::string zsh_completion(const CompletionNode& program);
std::string fish_completion(const CompletionNode& program);

/// Every node of the tree, the program first.
std::vector<const CompletionNode*> all_nodes(const CompletionNode& program);
/// The path as one text: "verify verdict".
std::string joined(const std::vector<std::string>& words, std::string_view separator = " ");
/// 'text' for all three shells: single quotes, inner ones as '\''.
std::string shell_quoted(std::string_view text);

}  // namespace headgate::cli
