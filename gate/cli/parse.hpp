// parse.hpp: what all commands share in reading their arguments. The only header that includes CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command.hpp"

namespace headgate::cli {

/// Parses; nullopt to go on, else the exit code: 0 after --help, 4 for a mistake (said on stderr).
inline std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv) {
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return kAllow;
    } catch (const CLI::ParseError& error) {
        std::cerr << "headgate: " << error.what() << "\nSee: " << app.get_name() << " --help\n";
        return kUsage;
    }
    return std::nullopt;
}

}  // namespace headgate::cli
