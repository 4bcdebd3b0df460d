#include "formats/package_names.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/pypi_version.hpp"

namespace headgate::formats {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string normal_name(std::string_view name) {
    std::string normal;
    for (const char c : ascii_lower(name)) {
        const bool line = c == '-' || c == '_' || c == '.';
        if (line && !normal.empty() && normal.back() == '-') continue;
        normal += line ? '-' : c;
    }
    return normal;
}

/// "1.2.3", "1.2.3-rc.1"
bool begins_version(std::string_view text) {
    for (int part = 0; part < 3; ++part) {
        std::size_t digits = 0;
        while (digits < text.size() && is_digit(text[digits])) ++digits;
        if (digits == 0) return false;
        text.remove_prefix(digits);
        if (part == 2) return text.empty() || text.front() == '-' || text.front() == '+' || text.front() == '.';
        if (text.empty() || text.front() != '.') return false;
        text.remove_prefix(1);
    }
    return false;
}

std::optional<NameAndVersion> before_semantic_version(std::string_view stem) {
    for (std::size_t dash = stem.find('-'); dash != std::string_view::npos; dash = stem.find('-', dash + 1)) {
        if (dash > 0 && begins_version(stem.substr(dash + 1))) return NameAndVersion{std::string(stem.substr(0, dash)), std::string(stem.substr(dash + 1))};
    }
    return std::nullopt;
}

}  // namespace

std::optional<NameAndVersion> of_wheel(std::string_view file) {
    constexpr std::string_view kEnding = ".whl";
    if (!file.ends_with(kEnding)) return std::nullopt;
    const auto parts = split(file.substr(0, file.size() - kEnding.size()), '-');
    if (parts.size() != 5 && parts.size() != 6) return std::nullopt;
    return NameAndVersion{std::string(parts[0]), std::string(parts[1])};
}

std::optional<NameAndVersion> of_sdist(std::string_view file) {
    constexpr std::string_view kEnding = ".tar.gz";
    if (!file.ends_with(kEnding)) return std::nullopt;
    const std::string_view stem = file.substr(0, file.size() - kEnding.size());
    const std::size_t dash = stem.rfind('-');
    if (dash == std::string_view::npos || dash == 0 || dash + 1 == stem.size() || !is_digit(stem[dash + 1])) return std::nullopt;
    return NameAndVersion{std::string(stem.substr(0, dash)), std::string(stem.substr(dash + 1))};
}

std::optional<NameAndVersion> of_npm(std::string_view file) {
    constexpr std::string_view kEnding = ".tgz";
    if (!file.ends_with(kEnding)) return std::nullopt;
    return before_semantic_version(file.substr(0, file.size() - kEnding.size()));
}

std::optional<NameAndVersion> of_folder(std::string_view folder) { return before_semantic_version(folder); }

bool same_on_pypi(const NameAndVersion& a, const NameAndVersion& b) {
    // A file name has '_' for the '-' of a local version.
    const auto normal = [](std::string version) {
        std::replace(version.begin(), version.end(), '_', '-');
        return normalise_pypi_version(version);
    };
    return normal_name(a.name) == normal_name(b.name) && normal(a.version) == normal(b.version);
}

std::string_view metadata_field(std::string_view metadata, std::string_view name) {
    for (std::string_view line : split_lines(metadata)) {
        if (line.empty()) return {};
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || ascii_lower(line.substr(0, colon)) != ascii_lower(name)) continue;
        return trim(line.substr(colon + 1));
    }
    return {};
}

}  // namespace headgate::formats
