// rule_files.hpp: what the build brings along in rules/, by name.
#pragma once

#include <string>
#include <vector>

namespace headgate::pipeline {

/// Policy packs, as `builtin:NAME` names them, in byte order.
std::vector<std::string> packs();
/// Allow-list profiles of `serialization` (rules/globals/), in byte order.
std::vector<std::string> profiles();

}  // namespace headgate::pipeline
