// rule_files.hpp: what the build brings along in rules/, by name, and in which state it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "pipeline/decide.hpp"

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

/// The variable that names a folder whose files replace those of rules/, and add profiles.
inline constexpr std::string_view kRulesVariable = "HEADGATE_RULES";

/// The files of that folder, "HEADGATE_RULES/globals/acme.txt", in path order; none when the variable is not set. They decide
/// what is allowed, so that the policy's digest, pin and signature cover them. Error{policy} when the folder cannot be read.
Result<std::vector<NamedFile>> replaced_rules();

}  // namespace headgate::pipeline
