// outputs.hpp: what a command is about to write must not replace what it reads, what it signs with, or what else it writes. Every command that
// writes where it is told asks this before it begins.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace headgate::pipeline {
struct LoadedPolicy;
}

namespace headgate::cli {

/// A path, and what it is on the command line: "--key", "MODEL".
struct NamedPath {
    std::string what;
    std::string path;
};

/// Error{usage} where an output is one of the inputs (device and inode, so by whatever path) or another output, or a file that lies in an input
/// folder and is neither evidence by its name nor what such commands write: a signed document, a report. What is empty or not there, and paths
/// that are "", are nobody's.
Result<void> check_outputs(const std::vector<NamedPath>& inputs, const std::vector<NamedPath>& outputs);

/// The policy's file, and those that it names.
std::vector<NamedPath> files_of(const pipeline::LoadedPolicy& policy);

}  // namespace headgate::cli
