// command.hpp: a command is one file and one row in main.cpp.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace CLI {
class App;
}

namespace headgate::cli {

/// Exit codes of every command (contract.md).
enum ExitCode : int {
    kAllow = 0,
    kDeny = 1,
    kUndecided = 2,
    kNothing = 3,
    kUsage = 4,
};

/// What a command is called with: words to parse, or somebody who only wants to see its options (`completion`). A command
/// declares its options, calls parse_arguments() (parse.hpp), and does nothing before that.
struct Arguments {
    int count = 0;
    char** words = nullptr;                        // words[0] is the command's name
    std::function<void(const CLI::App&)> show;     // set: the options are shown to it, and nothing is parsed or done
};

struct Command {
    std::string_view name;
    std::string_view help;                         // one line
    int (*run)(const Arguments& arguments);        // answers the exit code
};

/// The table of main.cpp.
std::span<const Command> commands();

int run_check(const Arguments& arguments);
int run_checkers(const Arguments& arguments);
int run_completion(const Arguments& arguments);
int run_demo(const Arguments& arguments);
int run_doctor(const Arguments& arguments);
int run_explain(const Arguments& arguments);
int run_facts(const Arguments& arguments);
int run_init(const Arguments& arguments);
int run_k8s(const Arguments& arguments);
int run_plugin(const Arguments& arguments);
int run_policy(const Arguments& arguments);
int run_serve(const Arguments& arguments);
int run_sign(const Arguments& arguments);
int run_verify(const Arguments& arguments);
int run_waiver(const Arguments& arguments);
int run_why(const Arguments& arguments);

/// Prints "headgate: <message>" to stderr, escaped, and answers the exit code that fits the error.
int fail(const Error& error);

/// True when human output to `fd` should be coloured: a terminal, NO_COLOR unset, TERM not "dumb"; FORCE_COLOR wins.
bool wants_color(int fd);

}  // namespace headgate::cli
