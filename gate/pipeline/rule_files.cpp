#include "pipeline/rule_files.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "pipeline/embedded.hpp"

namespace headgate::pipeline {
namespace {

// Other YAML files lie beside the packs; only a policy says which version of the language it is in.
bool is_policy(const EmbeddedFile& file) {
    for (const std::string_view line : split_lines(as_text(file.bytes()))) {
        if (line.starts_with("headgate:")) return true;
    }
    return false;
}

}  // namespace

std::vector<std::string> packs() {
    constexpr std::string_view kSuffix = ".yaml";
    std::vector<std::string> names;
    for (const EmbeddedFile& file : embedded_files()) {
        if (file.path.find('/') != std::string_view::npos || !file.path.ends_with(kSuffix) || !is_policy(file)) continue;
        names.emplace_back(file.path.substr(0, file.path.size() - kSuffix.size()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> profiles() {
    constexpr std::string_view kFolder = "globals/";
    constexpr std::string_view kSuffix = ".txt";
    std::vector<std::string> names;
    for (const EmbeddedFile& file : embedded_files()) {
        if (!file.path.starts_with(kFolder) || !file.path.ends_with(kSuffix) || file.path == "globals/dangerous.txt") continue;
        names.emplace_back(file.path.substr(kFolder.size(), file.path.size() - kFolder.size() - kSuffix.size()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace headgate::pipeline
