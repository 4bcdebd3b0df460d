#include "model/reference.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "model/reference_parts.hpp"

namespace headgate {
namespace reference_detail {
namespace {

/// No reference that an ecosystem accepts is longer; what is, is an attack on whoever prints or compares it.
constexpr std::size_t kMaxLength = 4096;
/// The hub's own limit for each part of a repository id.
constexpr std::size_t kMaxHubPart = 96;

bool is_hub_char(char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; }

std::optional<std::string> wrong_hub_part(std::string_view part) {
    if (part.empty()) return "has an empty part";
    if (part.size() > kMaxHubPart) return "has a part of more than 96 characters";
    for (const char c : part) {
        if (!is_hub_char(c)) return "has a character that no hub name may have";
    }
    if (part.find("..") != std::string_view::npos || part.find("--") != std::string_view::npos) {
        return "has '..' or '--', which no hub name may have";
    }
    if (part.front() == '-' || part.front() == '.' || part.back() == '-' || part.back() == '.') {
        return "has a part that begins or ends with '-' or '.'";
    }
    if (part.ends_with(".git")) return "ends with .git";
    return std::nullopt;
}

/// A git revision as a hub takes it: commit, branch, tag, refs/pr/1.
bool is_revision(std::string_view revision) {
    if (revision.empty() || revision.find("..") != std::string_view::npos) return false;
    for (const std::string_view part : split(revision, '/')) {
        if (part.empty() || part.front() == '-') return false;
        for (const char c : part) {
            if (!is_hub_char(c) && c != '+') return false;
        }
    }
    return true;
}

/// Leading "../" and "/" stay (they only ever match patterns that say so); "." parts go; anything that could make one
/// path look like another is refused.
Result<Reference> parse_file(std::string_view text) {
    std::string path;
    bool only_parents = true;
    std::string_view rest = text;
    if (rest.starts_with('/')) {
        path = "/";
        rest.remove_prefix(1);
        only_parents = false;
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.empty() && path.empty()) return malformed("'file:' names no path");
    if (!rest.empty()) {
        for (const std::string_view part : split(rest, '/')) {
            if (part.empty()) return malformed("path with an empty part: " + std::string(text));
            if (part == ".") continue;
            if (part != "..") only_parents = false;
            if (part == ".." && !only_parents) return malformed("path with '..' inside: " + std::string(text));
            if (!path.empty() && path.back() != '/') path += '/';
            path += part;
        }
    }
    if (path.empty()) path = ".";
    Reference reference;
    reference.scheme = "file";
    reference.name = path;
    reference.base = "file:" + path;
    reference.canonical = reference.base;
    return reference;
}

}  // namespace

std::optional<std::string> sha256_digest(std::string_view text) {
    constexpr std::string_view kPrefix = "sha256:";
    if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + 64) return std::nullopt;
    std::string lower = ascii_lower(text);
    if (!is_lower_hex(std::string_view(lower).substr(kPrefix.size()), 64)) return std::nullopt;
    return lower;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    if (text.find('%') == std::string_view::npos) {
        if (!is_utf8(text) || has_control_characters(text)) return std::nullopt;
        return std::string(text);
    }
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return std::nullopt;
        decoded += static_cast<char>((*from_hex(text.substr(i + 1, 2)))[0]);
        i += 2;
    }
    if (!is_utf8(decoded) || has_control_characters(decoded)) return std::nullopt;
    return decoded;
}

std::string encode_marks(std::string_view text, bool slash) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto is_mark = [slash](char c) { return c == '%' || c == '?' || c == '#' || c == '@' || c == '&' || c == '=' || c == ' ' || (slash && c == '/'); };
    if (std::none_of(text.begin(), text.end(), is_mark)) return std::string(text);
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (!is_mark(c)) {
            encoded += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += kHex[byte >> 4U];
            encoded += kHex[byte & 15U];
        }
    }
    return encoded;
}

Result<Reference> parse_hub(std::string_view scheme, std::string_view text) {
    Reference reference;
    reference.scheme = scheme;
    std::string_view id = text;
    const std::size_t at = text.find('@');
    if (at != std::string_view::npos) {
        id = text.substr(0, at);
        const std::string_view revision = text.substr(at + 1);
        if (!is_revision(revision)) return malformed("'" + std::string(revision) + "' is no revision of a hub");
        reference.version = revision;
    }
    const std::size_t slash = id.find('/');
    if (slash != std::string_view::npos) {
        reference.space = id.substr(0, slash);
        reference.name = id.substr(slash + 1);
    } else {
        reference.name = id;
    }
    for (const std::string_view part : split(id, '/')) {
        if (const auto wrong = wrong_hub_part(part)) return malformed("hub name '" + std::string(id) + "' " + *wrong);
    }
    if (reference.name.find('/') != std::string::npos) {
        return malformed("hub name '" + std::string(id) + "' has more than two parts");
    }
    reference.base = reference.scheme + ":" + std::string(id);
    reference.canonical = reference.base;
    if (!reference.version.empty()) reference.canonical += "@" + reference.version;
    return reference;
}

}  // namespace reference_detail

namespace {

/// As messages show it.
std::string shown(std::string_view text) {
    constexpr std::string_view kImage = "oci:";
    if (text.find("://") != std::string_view::npos || !text.starts_with(kImage)) return redacted_url(text);
    return std::string(kImage) + redacted_image(text.substr(kImage.size()));
}

}  // namespace

Result<Reference> parse_reference(std::string_view text) {
    using namespace reference_detail;
    if (text.empty()) return malformed("a reference must not be empty");
    if (text.size() > kMaxLength) return malformed("a reference of more than 4096 bytes");
    if (!is_utf8(text)) return malformed("a reference that is not UTF-8");
    if (has_control_characters(text)) return malformed("a reference with a control or invisible character");
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return malformed("'" + redacted_image(text) +
                         "' has no scheme: expected hf:, hf-dataset:, pkg:, oci:, file:, sha256: or https://");
    }
    const std::string scheme = ascii_lower(text.substr(0, colon));
    const std::string_view rest = text.substr(colon + 1);
    if (scheme == "file") return parse_file(rest);
    if (text.find(' ') != std::string_view::npos) return malformed("'" + shown(text) + "' has a space");
    if (scheme == "hf" || scheme == "hf-dataset") return parse_hub(scheme, rest);
    if (scheme == "pkg") return parse_purl(rest);
    if (scheme == "oci") return parse_oci(rest.starts_with("//") ? rest.substr(2) : rest);
    if (is_url_scheme(scheme)) return parse_url(scheme, text);
    if (scheme == "sha256") {
        const auto digest = sha256_digest("sha256:" + std::string(rest));
        if (!digest) return malformed("'" + shown(text) + "' is not sha256: and 64 hex digits");
        Reference reference;
        reference.scheme = scheme;
        reference.name = rest.empty() ? std::string() : digest->substr(7);
        reference.digest = *digest;
        reference.base = *digest;
        reference.canonical = *digest;
        return reference;
    }
    return malformed("'" + std::string(text.substr(0, colon)) +
                     ":' is no scheme of a reference: expected hf:, hf-dataset:, pkg:, oci:, file:, sha256: or https://");
}

std::string normalise_pypi(std::string_view name) {
    std::string normal;
    normal.reserve(name.size());
    bool in_run = false;
    for (const char c : name) {
        if (c == '-' || c == '_' || c == '.') {
            if (!in_run) normal += '-';
            in_run = true;
        } else {
            normal += reference_detail::is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
            in_run = false;
        }
    }
    return normal;
}

}  // namespace headgate
