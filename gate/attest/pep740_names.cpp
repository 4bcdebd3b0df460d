// pep740_names.cpp: file names of Python distributions (PyPA "Binary distribution format" and "Source distribution format").
#include <algorithm>
#include <optional>
#include <set>

#include "attest/pep740.hpp"
#include "base/text.hpp"
#include "model/pypi_version.hpp"

namespace headgate::attest {
namespace {

struct Distribution {
    std::string name;                    // PEP 503
    std::string version;                 // PEP 440, normalised
    std::string build;                   // of a wheel
    std::set<std::string> tags;          // every python-abi-platform that a wheel's compressed tags stand for; empty for an sdist
    friend bool operator==(const Distribution&, const Distribution&) = default;
};

constexpr std::size_t kMaxTags = 512;    // that one name stands for

// PEP 503: runs of - _ . are one -.
std::string normal_name(std::string_view name) {
    std::string normal;
    for (const char c : ascii_lower(name)) {
        const bool line = c == '-' || c == '_' || c == '.';
        if (line && !normal.empty() && normal.back() == '-') continue;
        normal += line ? '-' : c;
    }
    return normal;
}

bool is_word(std::string_view text, std::string_view also) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || also.find(c) != std::string_view::npos;
    });
}

bool is_version(std::string_view text) { return is_word(text, ".+_!-") && ((text[0] >= '0' && text[0] <= '9') || text[0] == 'v'); }

// "py2.py3-none-any" stands for py2-none-any and py3-none-any (PEP 425).
std::optional<std::set<std::string>> expand(std::string_view python, std::string_view abi, std::string_view platform) {
    std::set<std::string> tags;
    for (const std::string_view p : split(python, '.')) {
        for (const std::string_view a : split(abi, '.')) {
            for (const std::string_view o : split(platform, '.')) {
                if (!is_word(p, "_") || !is_word(a, "_") || !is_word(o, "_") || tags.size() == kMaxTags) return std::nullopt;
                tags.insert(ascii_lower(std::string(p) + "-" + std::string(a) + "-" + std::string(o)));
            }
        }
    }
    return tags;
}

std::optional<Distribution> wheel(std::string_view stem) {
    const auto parts = split(stem, '-');
    if (parts.size() != 5 && parts.size() != 6) return std::nullopt;
    const std::size_t tag = parts.size() - 3;
    const auto tags = expand(parts[tag], parts[tag + 1], parts[tag + 2]);
    if (!tags || !is_word(parts[0], "._") || !is_version(parts[1])) return std::nullopt;
    const std::string build(parts.size() == 6 ? parts[2] : std::string_view());
    if (parts.size() == 6 && (!is_word(build, "._") || build[0] < '0' || build[0] > '9')) return std::nullopt;
    return Distribution{normal_name(parts[0]), normalise_pypi_version(parts[1]), build, *tags};
}

std::optional<Distribution> sdist(std::string_view stem) {
    const std::size_t dash = stem.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view name = stem.substr(0, dash);
    const std::string_view version = stem.substr(dash + 1);
    if (!is_word(name, "._-") || !is_version(version)) return std::nullopt;
    return Distribution{normal_name(name), normalise_pypi_version(version), {}, {}};
}

std::optional<Distribution> distribution(std::string_view file) {
    if (file.size() > kMaxDistributionName) return std::nullopt;
    const auto stem = [&](std::string_view ending) { return file.substr(0, file.size() - ending.size()); };
    if (file.ends_with(".whl")) return wheel(stem(".whl"));
    for (const std::string_view ending : {".tar.gz", ".zip"}) {
        if (!file.ends_with(ending)) continue;
        auto found = sdist(stem(ending));
        if (found) found->build = ending;    // archives of different kinds are different files
        return found;
    }
    return std::nullopt;
}

}  // namespace

bool same_distribution(std::string_view a, std::string_view b) {
    const auto one = distribution(a);
    return one && one == distribution(b);
}

std::string distribution_problem(std::string_view file_name, std::string_view name, std::string_view version) {
    const auto shown = [](std::string_view text) { return "\"" + escape_terminal(text, 200) + "\""; };
    const auto found = distribution(file_name);
    if (!found) return shown(file_name) + " is no name of a wheel or sdist, which would say its project and version";
    if (!name.empty() && found->name != normal_name(name)) return shown(file_name) + " is of the project " + shown(found->name) + ", not of " + shown(name);
    if (!version.empty() && found->version != normalise_pypi_version(version)) {
        return shown(file_name) + " is of the version " + shown(found->version) + ", not of " + shown(version);
    }
    return "";
}

}  // namespace headgate::attest
