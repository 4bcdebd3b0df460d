// outcome.cpp: how every program of ours ends: message, exit code, colour.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/text.hpp"
#include "cli/command.hpp"

namespace headgate::cli {

int fail(const Error& error) {
    std::string message;
    for (const std::string_view line : split_lines(error.message)) {
        message += message.empty() ? "headgate: " : "\n          ";
        message += escape_terminal(line);
    }
    std::fprintf(stderr, "%s\n", message.c_str());
    switch (error.code) {
        case ErrorCode::usage:
        case ErrorCode::policy:
        case ErrorCode::unsupported: return kUsage;
        default: return kUndecided;
    }
}

bool wants_color(int fd) {
    const char* const force = std::getenv("FORCE_COLOR");
    if (force != nullptr && *force != '\0' && std::strcmp(force, "0") != 0) return true;
    const char* const no_color = std::getenv("NO_COLOR");
    if (no_color != nullptr && *no_color != '\0') return false;
    const char* const term = std::getenv("TERM");
    return ::isatty(fd) == 1 && term != nullptr && std::strcmp(term, "dumb") != 0;
}

}  // namespace headgate::cli
