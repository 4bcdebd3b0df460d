// parse.hpp: what all commands share in reading their arguments. The only header that includes CLI11.
//
// The type name of an option or positional says what its value is, in help and to `headgate completion`: alternatives
// between '|', each a word of the table in completion_words.cpp (FILE, DIR, builtin:NAME, KIND, TIME, ...).
#pragma once

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command.hpp"

namespace headgate::cli {

/// A value that was given and is empty: mostly a variable that was not set, where a pin or a name was meant. "" without one.
inline std::string empty_value(const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_items_expected_max() == 0) continue;
        for (const std::string& value : option->results()) {
            if (value.empty()) return option->get_name();
        }
    }
    for (const CLI::App* subcommand : app.get_subcommands()) {
        if (std::string name = empty_value(*subcommand); !name.empty()) return name;
    }
    return "";
}

/// Parses; nullopt to go on, else the exit code: 0 after --help (or once the options were shown), 4 for a mistake (said on
/// stderr).
inline std::optional<int> parse_arguments(CLI::App& app, const Arguments& arguments) {
    if (arguments.show) {
        arguments.show(app);
        return kAllow;
    }
    try {
        app.parse(arguments.count, arguments.words);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return kAllow;
    } catch (const CLI::ParseError& error) {
        std::cerr << "headgate: " << error.what() << "\nSee: " << app.get_name() << " --help\n";
        return kUsage;
    }
    if (const std::string name = empty_value(app); !name.empty()) {
        std::cerr << "headgate: " << name << " was given without a value (an empty text); leave it out, or say what is meant\n";
        return kUsage;
    }
    return std::nullopt;
}

/// The value is one of a few words: checked, shown in help, completed.
inline CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words) {
    std::string name;
    for (const std::string& word : words) name += (name.empty() ? "" : "|") + word;
    CLI::IsMember check(words);
    check.description("");  // the type name says it
    return option->type_name(name)->check(check);
}

}  // namespace headgate::cli
