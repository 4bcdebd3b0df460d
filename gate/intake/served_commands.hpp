// served_commands.hpp: the commands that a container, a service or a line of a script runs, one by one, with what the script sets for each.
// Private to intake/served.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intake/served.hpp"
#include "intake/shell.hpp"

namespace headgate::intake::served {

struct RunCommand {
    std::vector<shell::Word> words = {}; // texts only: what only the running shell knows is "$..." in them
    std::size_t program = 0;             // the word that is its program; the number of words when it only sets variables
    Variables environment = {};          // variables that rules/servers knows, as the script sets them
    bool of_script = false;              // or of a probe; else the words are those of the container, whose image may have an entry point
};

struct Commands {
    std::vector<RunCommand> all = {};    // without those that only write text or move files
    std::string problem = {};            // why they are not all; "" when they are
    bool torn = false;                   // a script that names a server, or of an image of one, does not end where it should
};

/// `of_server`: its image is one of a server.
Commands read_run_commands(const ServerCommand& command, bool of_server);

}  // namespace headgate::intake::served
