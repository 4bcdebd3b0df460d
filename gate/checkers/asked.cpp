#include "checkers/asked.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "checkers/sources.hpp"
#include "model/pypi_version.hpp"

namespace headgate::checkers {
namespace {

/// A release without zeros at its end, of NuGet: "1.0" is "1.0.0".
std::string without_zeros(std::string_view version) {
    std::string plain = ascii_lower(version.substr(0, version.find('+')));
    const std::size_t end = std::min(plain.find('-'), plain.size());
    std::string release = plain.substr(0, end);
    while (release.ends_with(".0")) release.resize(release.size() - 2);
    return release + plain.substr(end);
}

/// One range as a list of its parts, without white space, each version in one spelling.
std::vector<std::string> parts_of(std::string_view ecosystem, std::string_view range) {
    std::vector<std::string> parts;
    for (const std::string_view written : split(range, ',')) {
        std::string part;
        for (const char c : written) {
            if (c != ' ' && c != '\t' && c != '(' && c != ')') part += c;
        }
        if (ecosystem == "pypi") {
            const std::size_t begin = std::min(part.find_first_not_of("<>=!~^"), part.size());
            const bool wildcard = part.ends_with(".*");
            const std::string version = part.substr(begin, part.size() - begin - (wildcard ? 2 : 0));
            // "~=1.0" and "1.0.*" go by how many parts there are.
            const bool counts = wildcard || part.starts_with("~=") || part.starts_with("===");
            part = part.substr(0, begin) + (counts ? version : normalise_pypi_version(version)) + (wildcard ? ".*" : "");
        }
        if (!part.empty()) parts.push_back(std::move(part));
    }
    std::sort(parts.begin(), parts.end());
    return parts;
}

std::string one_space(std::string_view text) {
    std::string plain;
    for (const char c : trim(text)) {
        const bool space = c == ' ' || c == '\t';
        if (!space || !plain.ends_with(' ')) plain += space ? ' ' : c;
    }
    return plain;
}

bool same_range(std::string_view ecosystem, std::string_view a, std::string_view b) {
    if (ecosystem == "npm") return one_space(a) == one_space(b);
    return parts_of(ecosystem, a) == parts_of(ecosystem, b);
}

std::string percent_decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' && text.size() - i > 2 ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
        plain += byte ? static_cast<char>((*byte)[0]) : text[i];
        if (byte) i += 2;
    }
    return plain;
}

struct Shorthand {
    std::string_view written;
    std::string_view host;
};
constexpr std::array<Shorthand, 4> kShorthands = {
    {{"github:", "github.com/"}, {"gitlab:", "gitlab.com/"}, {"bitbucket:", "bitbucket.org/"}, {"gist:", "gist.github.com/"}}};
constexpr std::string_view kArchivesOfGithub = "codeload.github.com/";

/// "host/path" of a repository or file, whatever its scheme, login, revision and ending.
std::string place_of(std::string_view written) {
    std::string text = percent_decoded(trim(written).substr(0, std::min(trim(written).find_first_of("#?"), trim(written).size())));
    if (text.starts_with("git+")) text.erase(0, 4);
    for (const Shorthand& known : kShorthands) {
        if (text.starts_with(known.written)) text = std::string(known.host) + text.substr(known.written.size());
    }
    if (const std::size_t scheme = text.find("://"); scheme != std::string::npos) {
        text.erase(0, scheme + 3);
        if (const std::size_t login = text.substr(0, text.find('/')).rfind('@'); login != std::string::npos) text.erase(0, login + 1);
    } else if (const std::size_t at = text.find('@'); at != std::string::npos && text.find(':', at) != std::string::npos) {  // git@host:path
        text.erase(0, at + 1);
        text[text.find(':')] = '/';
    } else if (std::count(text.begin(), text.end(), '/') == 1 && text.find('.') > text.find('/')) {  // user/repository
        text.insert(0, kShorthands.front().host);
    }
    const std::size_t revision = text.rfind('@');            // "repository@main"; "/@scope/" is a folder
    if (revision != std::string::npos && revision > text.find('/') && text[revision - 1] != '/') text.resize(revision);
    if (text.starts_with(kArchivesOfGithub)) text = std::string(kShorthands.front().host) + text.substr(kArchivesOfGithub.size());
    while (text.ends_with('/')) text.pop_back();
    if (text.ends_with(".git")) text.resize(text.size() - 4);
    return ascii_lower(text);
}

}  // namespace

std::string name_of(const Requirement& requirement) {
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    std::string name = full_name(requirement.reference);
    if (ecosystem != "npm" && ecosystem != "golang" && ecosystem != "maven") name = ascii_lower(name);
    if (ecosystem == "cargo") std::replace(name.begin(), name.end(), '_', '-');
    return std::string(ecosystem) + "/" + name;
}

bool has_marker(const Requirement& requirement, std::string_view wanted) {
    std::string_view rest = requirement.markers;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find("; "), rest.size());
        if (rest.substr(0, end) == wanted) return true;
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return false;
}

bool has_condition(const Requirement& requirement) {
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    if (ecosystem == "nuget") return !requirement.markers.empty();
    if (ecosystem != "pypi") return false;
    return requirement.markers.find_first_of("'\"<>=") != std::string::npos;
}

bool is_of_hatch(const Requirement& requirement) { return requirement.markers.find("environment ") != std::string::npos; }

bool same_version(std::string_view ecosystem, std::string_view asked, std::string_view locked) {
    if (asked == locked) return true;
    if (ecosystem == "pypi" || ecosystem == "conda") {
        if (asked.find('+') == std::string_view::npos) locked = locked.substr(0, locked.find('+'));
        return normalise_pypi_version(asked) == normalise_pypi_version(locked);
    }
    if (ecosystem == "nuget") return without_zeros(asked) == without_zeros(locked);
    if (ecosystem == "npm" || ecosystem == "cargo") return asked.substr(0, asked.find('+')) == locked.substr(0, locked.find('+'));
    return ascii_lower(asked) == ascii_lower(locked);
}

bool asks_the_same(const Requirement& a, const Requirement& b) {
    using From = Requirement::Source;
    const auto local = [](const Requirement& one) { return one.source == From::workspace || one.source == From::path || one.source == From::unknown; };
    const auto elsewhere = [](const Requirement& one) { return one.source == From::git || one.source == From::url; };
    if (local(a) || local(b)) return true;
    if (elsewhere(a) != elsewhere(b)) return false;
    if (elsewhere(a)) return is_at(a.url, b.url) || is_at(b.url, a.url);
    const std::string_view ecosystem = ecosystem_of(a.reference);
    if (!a.reference.version.empty() && !b.reference.version.empty()) return same_version(ecosystem, a.reference.version, b.reference.version);
    if (!a.range.empty() && !b.range.empty()) return same_range(ecosystem, a.range, b.range);
    // One version of the one, a range of the other.
    return (a.reference.version.empty() || b.range.empty()) && (b.reference.version.empty() || a.range.empty());
}

std::string shown(const Requirement& requirement) {
    if (!requirement.reference.version.empty()) return requirement.reference.canonical;
    if (requirement.source == Requirement::Source::git || requirement.source == Requirement::Source::url) return requirement.reference.base + " from " + requirement.url;
    return requirement.reference.base + (requirement.range.empty() ? "" : " " + requirement.range);
}

bool is_at(std::string_view url, std::string_view asked) {
    const std::string place = place_of(url);
    const std::string wanted = place_of(asked);
    if (wanted.empty() || place == wanted || place.starts_with(wanted + "/")) return true;
    // GitLab's archives have the whole path as one part: host/api/v4/projects/user/repository/repository/archive
    const std::size_t slash = wanted.find('/');
    return slash != std::string::npos && place.starts_with(wanted.substr(0, slash + 1)) && (place + "/").find(wanted.substr(slash) + "/") != std::string::npos;
}

}  // namespace headgate::checkers
