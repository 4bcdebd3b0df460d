#include "checkers/sources.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "model/store_scheme.hpp"

namespace headgate::checkers {
namespace {

bool is_insecure(std::string_view scheme) {
    return scheme == "http" || scheme == "git" || scheme == "git+http" || scheme == "git+git" || scheme == "hg+http" ||
           scheme == "svn+http";
}

/// What package managers write in short.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kForges = {{{"github:", "https://github.com/"},
                                                                                   {"gitlab:", "https://gitlab.com/"},
                                                                                   {"bitbucket:", "https://bitbucket.org/"},
                                                                                   {"gist:", "https://gist.github.com/"}}};

/// host:path of scp-like git addresses: "git@host:a/b.git".
std::optional<std::string> scp_to_url(std::string_view text) {
    const std::size_t at = text.find('@');
    const std::size_t colon = text.find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || colon < at) return std::nullopt;
    if (text.find("://") != std::string_view::npos) return std::nullopt;
    return "ssh://" + std::string(text.substr(at + 1, colon - at - 1)) + "/" + std::string(text.substr(colon + 1));
}

std::string without_login(std::string_view url) {
    const std::size_t begin = url.find("://");
    if (begin == std::string_view::npos) return std::string(url);
    const std::size_t end = std::min(url.find_first_of("/?#\\", begin + 3), url.size());
    const std::size_t at = url.substr(0, end).rfind('@');
    if (at == std::string_view::npos || at < begin + 3) return std::string(url);
    return std::string(url.substr(0, begin + 3)) + std::string(url.substr(at + 1));
}

std::optional<Place> parse_any_place(std::string_view written) {
    std::string text(trim(written));
    text = text.substr(0, text.find('#'));
    if (text.empty()) return std::nullopt;
    if (text.find("${") != std::string::npos || text.starts_with("//") || text.starts_with("\\\\")) return std::nullopt;  // a variable; a share
    for (const auto& [short_form, place] : kForges) {
        if (text.starts_with(short_form)) text = std::string(place) + text.substr(short_form.size());
    }
    if (const auto url = scp_to_url(text)) text = *url;
    const bool has_scheme = text.find("://") != std::string::npos;
    if (!has_scheme && (text.starts_with("file:") || text.starts_with('.') || text.starts_with('/') || text.starts_with('~'))) {
        return Place{{}, text, true, false};
    }
    if (ascii_lower(text.substr(0, 7)) == "file://") return Place{{}, text.substr(7), true, false};
    if (!has_scheme) {
        // "host", "host:port", "host/path"; anything without a dot or port is a folder.
        const std::string head = text.substr(0, text.find('/'));
        if (head.find_first_of(".:") == std::string::npos && head != "localhost") return Place{{}, text, true, false};
        text = "https://" + text;
    }
    if (text.find_first_of("\\ \t") != std::string::npos) return std::nullopt;  // clients disagree what host that is
    const auto reference = parse_reference(without_login(text));
    if (!reference || reference->space.empty()) return std::nullopt;
    // A bucket or volume is no host, though one may be called like one: anybody can make a bucket of that name.
    if (is_store_scheme(reference->scheme)) return Place{reference->scheme + "://" + reference->space, reference->name, false, false};
    return Place{reference->space, reference->name, false, is_insecure(reference->scheme)};
}

/// What a policy names (hosts, prefixes) comes again with every package of a lockfile.
const std::optional<Place>& known_place(std::string_view written) {
    constexpr std::size_t kMost = 1024;
    thread_local std::unordered_map<std::string, std::optional<Place>> places;
    thread_local std::string key;
    key = written;
    if (const auto known = places.find(key); known != places.end()) return known->second;
    if (places.size() >= kMost) places.clear();
    return places.emplace(key, parse_any_place(written)).first->second;
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '~' || c == '+' || c == '-';
}

/// Whether each part of the path between slashes is there, plain, and neither "." nor ".."; a slash at the end is none.
bool is_plain_path(std::string_view path) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= path.size(); ++at) {
        if (at < path.size() && path[at] != '/') {
            if (!is_plain(path[at]) && path[at] != '@') return false;
            continue;
        }
        const std::string_view part = path.substr(begin, at - begin);
        if (part == "." || part == ".." || (part.empty() && (at < path.size() || begin == 0))) return false;
        begin = at + 1;
    }
    return true;
}

/// "https://host/path" as nearly all lockfiles have it: what parse_any_place would say, of a host that was seen before.
const std::optional<Place>* host_of_plain_url(std::string_view written, std::string_view& path) {
    constexpr std::string_view kScheme = "https://";
    constexpr std::size_t kLongest = 2048;
    if (!written.starts_with(kScheme) || written.size() > kLongest) return nullptr;
    const std::size_t slash = written.find('/', kScheme.size());
    if (slash == std::string_view::npos) return nullptr;
    const std::string_view host = written.substr(kScheme.size(), slash - kScheme.size());
    if (host.empty() || !std::all_of(host.begin(), host.end(), [](char c) { return is_plain(c) || c == ':'; })) return nullptr;
    path = written.substr(slash + 1);
    return is_plain_path(path) ? &known_place(written.substr(0, slash)) : nullptr;
}

}  // namespace

std::optional<Place> parse_place(std::string_view written) {
    std::string_view path;
    const std::optional<Place>* const host = host_of_plain_url(written, path);
    if (host == nullptr) return parse_any_place(written);
    if (!*host) return std::nullopt;
    Place place = **host;
    if (path.ends_with('/')) path.remove_suffix(1);
    if (path.find('@') == std::string_view::npos) {
        place.path = path;
        return place;
    }
    place.path.reserve(path.size() + 2);
    for (const char c : path) {
        if (c == '@') place.path += "%40";
        else place.path += c;
    }
    return place;
}

bool lies_below(const Place& place, std::string_view prefix) {
    const std::optional<Place>& above = known_place(prefix);
    if (!above || above->local != place.local || above->host != place.host) return false;
    if (place.insecure && !above->insecure && prefix.find("://") != std::string_view::npos) return false;
    if (above->path.empty() || above->path == place.path) return true;
    return place.path.starts_with(above->path + "/");
}

bool lies_below_any(const Place& place, std::span<const std::string> prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) { return lies_below(place, prefix); });
}

std::string_view ecosystem_of(const Reference& reference) {
    if (reference.scheme == "pkg") return reference.type;
    if (reference.scheme == "hf-dataset") return "hf";
    return reference.scheme;
}

std::string full_name(const Reference& reference) {
    if (reference.scheme == "oci" || reference.space.empty()) return reference.name;
    return reference.space + "/" + reference.name;
}

const InternalNames* internal_claim(const Policy& policy, const Reference& reference) {
    const std::string_view ecosystem = ecosystem_of(reference);
    for (const InternalNames& names : policy.internal) {
        if (names.ecosystem != ecosystem) continue;
        const std::string name = full_name(reference);
        const bool fold = ecosystem == "hf";
        for (const std::string& pattern : names.patterns) {
            const std::string glob = ecosystem == "pypi" ? normalise_pypi(pattern) : fold ? ascii_lower(pattern) : pattern;
            if (glob_matches(glob, fold ? ascii_lower(name) : name)) return &names;
        }
    }
    return nullptr;
}

std::span<const std::string> public_registries(const Policy& policy, std::string_view ecosystem) {
    for (const RegistrySet& set : policy.registries) {
        if (set.ecosystem == ecosystem) return set.urls;
    }
    return {};
}

std::optional<Place> place_of_source(const Policy& policy, std::string_view ecosystem, std::string_view written) {
    const bool named_alone = ecosystem == "conda" && !written.empty() && written.find_first_of(":.~\\") == std::string_view::npos && written.front() != '/';
    const auto registries = public_registries(policy, ecosystem);
    if (!named_alone || registries.empty()) return parse_place(written);
    return parse_place(registries.front() + "/" + std::string(written));
}

bool is_manifest(const Evidence& evidence) {
    return std::any_of(evidence.formats.begin(), evidence.formats.end(),
                       [](const FormatFact& fact) { return fact.format.starts_with("manifest:"); });
}

namespace {

constexpr std::string_view kNamedRegistry = "registry:";

/// Cargo's manifests name a registry, and its settings say where that is.
void resolve_registry(Requirement& requirement, const Evidence& evidence) {
    const std::string written = "registry " + requirement.url.substr(kNamedRegistry.size());
    for (const IndexOption& option : evidence.index_options) {
        if (option.role == IndexOption::Role::scoped && option.written == written && option.ecosystem == ecosystem_of(requirement.reference)) requirement.url = option.url;
    }
}

}  // namespace

const Requirement& requirement_of(const CheckInput& input) {
    thread_local Requirement made;
    if (is_member(input.subject) && input.evidence.requirements.size() == 1) {
        const Requirement& written = input.evidence.requirements.front();
        if (!written.url.starts_with(kNamedRegistry)) return written;
        made = written;
        resolve_registry(made, input.evidence);
        return made;
    }
    made = Requirement();
    Requirement& requirement = made;
    requirement.reference = input.subject.reference;
    requirement.written = full_name(input.subject.reference);
    requirement.url = input.subject.reference.source;
    requirement.pinned = !requirement.reference.version.empty() || !requirement.reference.digest.empty();
    if (!requirement.reference.digest.empty()) requirement.integrity.push_back(requirement.reference.digest);
    const std::string& scheme = requirement.reference.scheme;
    if (scheme == "oci") requirement.url = requirement.reference.space;
    if (scheme == "file") requirement.source = Requirement::Source::path;
    if (scheme == "https" || scheme == "http") {
        requirement.source = Requirement::Source::url;
        requirement.url = requirement.reference.base;
    } else if (scheme.find("git") != std::string::npos || scheme == "ssh" || scheme.find('+') != std::string::npos) {
        requirement.source = Requirement::Source::git;
        requirement.url = requirement.reference.base;
    }
    return requirement;
}

namespace {

/// Where options bind this name to, and so nowhere else.
std::vector<Source> scoped_sources(const Requirement& requirement, const Evidence& evidence) {
    std::vector<Source> sources;
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    for (const IndexOption& option : evidence.index_options) {
        if (option.ecosystem != ecosystem || option.role != IndexOption::Role::scoped || option.names.empty()) continue;
        if (glob_matches(option.names, full_name(requirement.reference))) {
            sources.push_back({ecosystem == "golang" && option.url == "direct" ? direct_source(requirement) : option.url, &option});
        }
    }
    return sources;
}

}  // namespace

bool stands_for_all(const IndexOption& option) { return option.ecosystem == "maven" && option.written == "mirrorOf *"; }

bool is_asked_in_order(const IndexOption& option, const Evidence& evidence) {
    if (option.ecosystem != "pypi" || option.role != IndexOption::Role::extra) return false;
    const bool of_pipenv = option.written == "source" || option.written == "sources";
    if (!option.written.starts_with("tool.uv.") && !ascii_lower(option.written).starts_with("uv_") && !of_pipenv) return false;
    return std::none_of(evidence.findings.begin(), evidence.findings.end(), [](const Finding& finding) { return finding.id == "manifest.index-strategy"; });
}

std::string direct_source(const Requirement& requirement) { return "https://" + full_name(requirement.reference); }

std::vector<Source> possible_sources(const Requirement& requirement, const Evidence& evidence) {
    if (requirement.source != Requirement::Source::registry || !requirement.url.empty()) {
        std::vector<Source> sources = {{requirement.url, nullptr}};
        for (const std::string& file : requirement.files) sources.push_back({file, nullptr});
        return sources;
    }
    std::vector<Source> sources = scoped_sources(requirement, evidence);
    if (!sources.empty()) return sources;
    bool no_index = false;
    bool primary = false;
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    for (const IndexOption& option : evidence.index_options) {
        if (option.ecosystem == ecosystem && stands_for_all(option)) return {{option.url, &option}};
    }
    for (const IndexOption& option : evidence.index_options) {
        if (option.ecosystem == ecosystem && option.role == IndexOption::Role::no_index) no_index = true;
    }
    for (const IndexOption& option : evidence.index_options) {
        if (option.ecosystem != ecosystem) continue;
        const bool index = option.role == IndexOption::Role::primary || option.role == IndexOption::Role::extra;
        if (index && no_index) continue;
        if (!index && option.role != IndexOption::Role::find_links) continue;
        if (option.role == IndexOption::Role::primary) primary = true;
        sources.push_back({option.url, &option});
    }
    if (!primary && !no_index) sources.insert(sources.begin(), Source{});
    return sources;
}

bool has_strong_hash(const Requirement& requirement) {
    return std::any_of(requirement.integrity.begin(), requirement.integrity.end(), [](const std::string& hash) {
        return hash.starts_with("sha256:") || hash.starts_with("sha384:") || hash.starts_with("sha512:") || hash.starts_with("h1:");
    });
}

Location place_of(const CheckInput& input) { return input.subject.named_at.value_or(Location{}); }

bool comes_from(const std::vector<std::string>& patterns, const std::string& source) {
    if (std::find(patterns.begin(), patterns.end(), "**") != patterns.end()) return true;
    const auto reference = parse_reference(source);
    return reference.ok() && std::any_of(patterns.begin(), patterns.end(), [&](const std::string& text) {
        const auto pattern = ReferencePattern::compile(text);
        return pattern.ok() && pattern->matches(*reference);
    });
}

}  // namespace headgate::checkers
