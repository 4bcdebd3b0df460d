// rule_files.hpp: what the build brings along in rules/, by name, and in which state it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace headgate::pipeline {

/// Allow-list profiles of `serialization` (rules/globals/), in byte order.
std::vector<std::string> profiles();

/// One file of rules/ as rule_data() hands it out.
struct RuleFile {
    std::string path;                    // "names/pypi.idx"
    bool overridden = false;             // it comes from the folder in HEADGATE_RULES, not from the binary
    std::optional<Instant> as_of;        // when its content was taken, for data that says so
    std::string problem;                 // why it cannot be used; "" when it can
};

/// Every file that the build brings along, each read as its reader does.
std::vector<RuleFile> rule_files();

}  // namespace headgate::pipeline
