// process.hpp: another program, run to its end: git, tar.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace headgate::io {

struct Finished {
    int status = -1;             // exit code; 128 + signal
    std::string output;          // what it wrote to stdout, at most `max_output` bytes
};

/// Runs `words[0]`, looked for in PATH, in `folder` ("" is the current one), with stdin from /dev/null and stderr as it is.
/// No shell is involved. Error{io} when it cannot be started, or writes more than `max_output`.
Result<Finished> run_program(const std::vector<std::string>& words, const std::string& folder, std::size_t max_output = 1U << 20U);

}  // namespace headgate::io
