// Package URLs (ECMA-427, purl): pkg:type/namespace/name@version?qualifiers#subpath.
#include <map>

#include "base/text.hpp"
#include "model/reference_parts.hpp"

namespace headgate::reference_detail {
namespace {

using Qualifiers = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kMaxNpmName = 214;

bool is_purl_type(std::string_view type) {
    if (type.empty() || !is_lower(type[0])) return false;
    for (const char c : type) {
        if (!is_lower(c) && !is_digit(c) && c != '.' && c != '+' && c != '-') return false;
    }
    return true;
}

bool is_pypi_name(std::string_view name) {
    if (name.empty() || !is_alnum(name.front()) || !is_alnum(name.back())) return false;
    for (const char c : name) {
        if (!is_alnum(c) && c != '.' && c != '-' && c != '_') return false;
    }
    return true;
}

/// The registry's rules without those for new names: upper case and leading marks exist.
bool is_npm_part(std::string_view part) {
    if (part.empty() || part.front() == '.') return false;
    for (const char c : part) {
        if (!is_alnum(c) && std::string_view("-._~!'()*").find(c) == std::string_view::npos) return false;
    }
    return true;
}

Result<Qualifiers> parse_qualifiers(std::string_view text) {
    Qualifiers qualifiers;
    for (const std::string_view pair : split(text, '&')) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return malformed("a purl qualifier without '='");
        const std::string key = ascii_lower(pair.substr(0, equals));
        if (key.empty() || is_digit(key[0])) return malformed("a purl qualifier with no valid key");
        for (const char c : key) {
            if (!is_alnum(c) && c != '.' && c != '-' && c != '_') return malformed("a purl qualifier with no valid key");
        }
        auto value = percent_decode(pair.substr(equals + 1));
        if (!value) return malformed("purl qualifier '" + key + "' is not percent-encoded properly");
        if (value->empty()) continue;  // an empty value is as if it were absent (purl specification)
        if (!qualifiers.emplace(key, std::move(*value)).second) return malformed("purl qualifier '" + key + "' twice");
    }
    return qualifiers;
}

/// Container purls name an image: they become oci: references, so that one pattern covers both spellings.
Result<Reference> image_of(const Reference& purl, const Qualifiers& qualifiers) {
    const auto url = qualifiers.find("repository_url");
    std::string text;
    if (purl.type == "oci") {
        if (url == qualifiers.end()) return malformed("pkg:oci needs the qualifier repository_url: without it no registry is named");
        text = url->second;
        const std::size_t scheme = text.find("://");
        if (scheme != std::string::npos) text = text.substr(scheme + 3);
        const std::string last = text.substr(text.rfind('/') + 1);
        if (last != ascii_lower(purl.name)) return malformed("pkg:oci/" + purl.name + " and its repository_url name different images");
    } else {
        if (url != qualifiers.end()) {
            const std::size_t scheme = url->second.find("://");
            text = (scheme == std::string::npos ? url->second : url->second.substr(scheme + 3)) + "/";
        }
        if (!purl.space.empty()) text += purl.space + "/";
        text += purl.name;
    }
    const auto tag = qualifiers.find("tag");
    if (tag != qualifiers.end()) text += ":" + tag->second;
    if (purl.version.starts_with("sha256:")) {
        text += "@" + purl.version;
    } else if (!purl.version.empty()) {
        if (tag != qualifiers.end()) return malformed("a container purl with a version that is no digest, and a tag");
        text += ":" + purl.version;
    }
    return parse_oci(text);
}

std::optional<std::string> apply_type_rules(Reference& reference) {
    const std::string& type = reference.type;
    if (type == "pypi") {
        if (!reference.space.empty()) return "pkg:pypi has no namespaces";
        if (!is_pypi_name(reference.name)) return "'" + reference.name + "' is no name of a Python project (PEP 508)";
        reference.name = normalise_pypi(reference.name);
    } else if (type == "npm") {
        const bool scoped = !reference.space.empty();
        if (scoped && (reference.space[0] != '@' || !is_npm_part(std::string_view(reference.space).substr(1)))) {
            return "'" + reference.space + "' is no npm scope";
        }
        if (!is_npm_part(reference.name) || reference.space.size() + reference.name.size() > kMaxNpmName) {
            return "'" + reference.name + "' is no name of an npm package";
        }
    } else if (type == "nuget" || type == "github" || type == "bitbucket" || type == "composer" || type == "golang") {
        reference.space = ascii_lower(reference.space);
        reference.name = ascii_lower(reference.name);
    }
    return std::nullopt;
}

}  // namespace

Result<Reference> parse_purl(std::string_view text) {
    const auto wrong = [&](std::string_view what) { return malformed(std::string("'pkg:").append(text).append("'").append(what)); };
    std::string_view rest = text;
    std::string subpath;
    const std::size_t hash = rest.find('#');
    if (hash != std::string_view::npos) {
        for (const std::string_view part : split(rest.substr(hash + 1), '/')) {
            const auto decoded = percent_decode(part);
            if (!decoded || decoded->empty() || *decoded == "." || *decoded == ".." ||
                decoded->find('/') != std::string::npos) {
                return wrong(" has no valid subpath");
            }
            subpath += (subpath.empty() ? "" : "/") + encode_marks(*decoded);
        }
        rest = rest.substr(0, hash);
    }
    Qualifiers qualifiers;
    const std::size_t mark = rest.find('?');
    if (mark != std::string_view::npos) {
        qualifiers = TRY(parse_qualifiers(rest.substr(mark + 1)));
        rest = rest.substr(0, mark);
    }
    while (rest.starts_with('/')) rest.remove_prefix(1);  // "pkg://type/..." is an accepted spelling
    Reference reference;
    reference.scheme = "pkg";
    const std::size_t slash = rest.find('/');
    reference.type = ascii_lower(rest.substr(0, slash));
    if (slash == std::string_view::npos || !is_purl_type(reference.type)) return wrong(": expected pkg:type/name");
    rest = rest.substr(slash + 1);
    const std::size_t at = rest.rfind('@');
    if (at != std::string_view::npos && at > 0 && rest.find('/', at) == std::string_view::npos && rest[at - 1] != '/') {
        const auto version = percent_decode(rest.substr(at + 1));
        if (!version || version->empty()) return wrong(" has no valid version");
        reference.version = *version;
        rest = rest.substr(0, at);
    }
    bool first = true;
    for (const std::string_view part : split(rest, '/')) {
        const auto decoded = percent_decode(part);
        if (!decoded || decoded->empty() || *decoded == "." || *decoded == ".." ||
            decoded->find('/') != std::string::npos) {
            return wrong(" has an empty, '.', '..' or badly encoded part");
        }
        const bool scope = reference.type == "npm" && first && part.front() == '@';
        if (part.find('@', scope ? 1 : 0) != std::string_view::npos) return wrong(" has a stray '@'");
        if (!first) reference.space += (reference.space.empty() ? "" : "/") + reference.name;
        reference.name = *decoded;
        first = false;
    }
    if (reference.type == "oci" || reference.type == "docker") return image_of(reference, qualifiers);
    const auto source = qualifiers.find("repository_url");
    if (reference.type == "huggingface") {
        if (source != qualifiers.end()) return wrong(": a hub is not chosen by repository_url");
        std::string id = reference.space.empty() ? reference.name : reference.space + "/" + reference.name;
        if (!reference.version.empty()) id += "@" + reference.version;
        return parse_hub("hf", id);
    }
    if (const auto problem = apply_type_rules(reference)) return malformed(*problem);
    if (source != qualifiers.end()) reference.source = source->second;
    const auto checksum = qualifiers.find("checksum");
    if (checksum != qualifiers.end()) {
        for (const std::string_view one : split(checksum->second, ',')) {
            if (const auto digest = sha256_digest(one)) reference.digest = *digest;
        }
    }
    const bool npm = reference.type == "npm";
    reference.base = "pkg:" + reference.type + "/";
    if (!reference.space.empty()) {
        reference.base += (npm ? "@" + encode_marks(std::string_view(reference.space).substr(1)) : encode_marks(reference.space)) + "/";
    }
    reference.base += encode_marks(reference.name);
    reference.canonical = reference.base;
    if (!reference.version.empty()) reference.canonical += "@" + encode_marks(reference.version, true);
    char separator = '?';
    for (const auto& [key, value] : qualifiers) {
        reference.canonical += separator + key + "=" + encode_marks(value);
        separator = '&';
    }
    if (!subpath.empty()) reference.canonical += "#" + subpath;
    return reference;
}

}  // namespace headgate::reference_detail
