// command.hpp: a command is one file and one row in main.cpp.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace headgate::cli {

/// Exit codes of every command (contract.md).
enum ExitCode : int {
    kAllow = 0,
    kDeny = 1,
    kUndecided = 2,
    kNothing = 3,
    kUsage = 4,
};

struct Command {
    std::string_view name;
    std::string_view help;                      // one line
    int (*run)(int argc, char** argv);          // argv[0] is the command's name
};

int run_check(int argc, char** argv);
int run_facts(int argc, char** argv);
int run_checkers(int argc, char** argv);
int run_demo(int argc, char** argv);
int run_policy(int argc, char** argv);
int run_waiver(int argc, char** argv);
int run_verify(int argc, char** argv);
int run_serve(int argc, char** argv);

/// Prints "headgate: <message>" to stderr, escaped, and answers the exit code that fits the error.
int fail(const Error& error);

/// True when human output to `fd` should be coloured: a terminal, NO_COLOR unset, TERM not "dumb"; FORCE_COLOR wins.
bool wants_color(int fd);

}  // namespace headgate::cli
