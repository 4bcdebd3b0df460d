// data_hashes.hpp: which rules data a verdict used, for the result statement.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace headgate::pipeline {

/// SHA-256 (hex) of every file of rules/ that this run can use, by its path, in path order.
std::vector<std::pair<std::string, std::string>> data_hashes();

}  // namespace headgate::pipeline
