// Patterns over references, and the glob under them.
#include <vector>

#include "base/text.hpp"
#include "model/pypi_version.hpp"
#include "model/reference_parts.hpp"

namespace headgate {
namespace {

using namespace reference_detail;

bool is_pattern_char(char c) { return c == '*' || is_alnum(c) || std::string_view("-._~!'()+:/@%").find(c) != std::string_view::npos; }

/// First part of an image pattern is a host where it would be one in a reference, or is a glob.
bool names_host(std::string_view part) {
    return part == "localhost" || part.find_first_of(".:*") != std::string_view::npos;
}

Result<std::string> image_glob(std::string_view text) {
    if (text == "**") return std::string("oci:**");
    std::string host = "docker.io";
    std::string_view path = text;
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos && names_host(text.substr(0, slash))) {
        host = ascii_lower(text.substr(0, slash));
        if (host.find('*') == std::string::npos) host = TRY(normalise_host(host));
        path = text.substr(slash + 1);
    }
    if (path.empty() || path.find("//") != std::string_view::npos) return malformed("an empty part");
    const bool one_part = path.find('/') == std::string_view::npos && path.find("**") == std::string_view::npos;
    return "oci:" + host + "/" + (host == "docker.io" && one_part ? "library/" : "") + ascii_lower(path);
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view text) {
    std::size_t literal = 0;
    while (literal < glob.size() && glob[literal] != '*') ++literal;
    if (text.substr(0, literal) != glob.substr(0, literal)) return false;
    if (literal == glob.size()) return text.size() == literal;
    glob.remove_prefix(literal);
    text.remove_prefix(literal);
    if (glob == "**") return true;
    if (glob == "*") return text.find('/') == std::string_view::npos;
    // reached[i]: the part of the text read so far can match glob[0, i).
    std::vector<char> reached(glob.size() + 1, 0);
    const auto skip_stars = [&](std::vector<char>& set) {
        for (std::size_t i = 0; i < glob.size(); ++i) {
            if (set[i] != 0 && glob[i] == '*') set[i + 1] = 1;  // a star may match nothing
        }
    };
    reached[0] = 1;
    skip_stars(reached);
    std::vector<char> next(glob.size() + 1, 0);
    for (const char c : text) {
        std::fill(next.begin(), next.end(), 0);
        for (std::size_t i = 0; i < glob.size(); ++i) {
            if (reached[i] == 0) continue;
            if (glob[i] == '*') {
                const bool across = (i + 1 < glob.size() && glob[i + 1] == '*') || (i > 0 && glob[i - 1] == '*');
                if (c != '/' || across) next[i] = 1;
            } else if (glob[i] == c) {
                next[i + 1] = 1;
            }
        }
        skip_stars(next);
        std::swap(reached, next);
    }
    return reached[glob.size()] != 0;
}

Result<ReferencePattern> ReferencePattern::compile(std::string_view text) {
    const auto wrong = [&](const std::string& why) { return malformed("pattern '" + std::string(text) + "': " + why); };
    ReferencePattern pattern;
    pattern.text_ = text;
    if (text == "**") {
        pattern.glob_ = "**";
        return pattern;
    }
    if (text.size() > 4096 || !is_utf8(text) || has_control_characters(text)) return wrong("not printable text");
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return wrong("expected '**' or a scheme: hf:, hf-dataset:, pkg:, oci:, file:, sha256: or https://");
    const std::string scheme = ascii_lower(text.substr(0, colon));
    std::string_view rest = text.substr(colon + 1);
    if (rest.empty()) return wrong("nothing behind the scheme");
    if (scheme == "file") {
        while (rest.starts_with("./")) rest.remove_prefix(2);
        pattern.glob_ = "file:" + std::string(rest);
        return pattern;
    }
    if (text.find_first_of("?# ") != std::string_view::npos) return wrong("'?', '#' and spaces are no part of a pattern");
    for (const char c : rest) {
        if (static_cast<unsigned char>(c) < 0x80 && !is_pattern_char(c) && c != '_' && c != '[' && c != ']' && c != '=') {
            return wrong("a character that no reference has");
        }
    }
    if (scheme == "sha256") {
        const auto digest = sha256_digest("sha256:" + std::string(rest));
        if (!digest) return wrong("expected sha256: and 64 hex digits");
        pattern.glob_ = "**";
        pattern.digest_ = *digest;
        return pattern;
    }
    if (scheme == "oci") {
        if (rest.starts_with("//")) rest.remove_prefix(2);
        const std::size_t at = rest.find('@');
        if (at != std::string_view::npos) {
            const auto digest = sha256_digest(rest.substr(at + 1));
            if (!digest) return wrong("expected @sha256: and 64 hex digits");
            pattern.digest_ = *digest;
            rest = rest.substr(0, at);
        }
        const std::size_t tag = rest.rfind(':');
        if (tag != std::string_view::npos && rest.find('/', tag) == std::string_view::npos) {
            pattern.version_ = rest.substr(tag + 1);
            if (pattern.version_.empty()) return wrong("an empty tag");
            rest = rest.substr(0, tag);
        }
        auto glob = image_glob(rest);
        if (!glob) return wrong(glob.error().message);
        pattern.glob_ = std::move(*glob);
        return pattern;
    }
    if (is_url_scheme(scheme)) {
        if (!rest.starts_with("//") || rest.size() < 3) return wrong("expected // behind the scheme");
        rest.remove_prefix(2);
        if (rest.find('@') != std::string_view::npos) return wrong("a login or revision is no part of a URL pattern");
        const std::size_t end = std::min(rest.find('/'), rest.size());
        std::string host = ascii_lower(rest.substr(0, end));
        if (host.find('*') == std::string::npos) {
            auto normal = normalise_authority(scheme, host);
            if (!normal) return wrong(normal.error().message);
            host = std::move(*normal);
        }
        std::string_view path = rest.substr(end);
        if (path.ends_with('/')) path.remove_suffix(1);
        pattern.glob_ = scheme + "://" + host + std::string(path);
        return pattern;
    }
    std::string head = scheme + ":";
    if (scheme == "pkg") {
        const std::size_t slash = rest.find('/');
        const std::string type = ascii_lower(rest.substr(0, slash));
        if (type == "oci" || type == "docker") return wrong("write images as oci:host/repository");
        if (slash != std::string_view::npos) {
            rest = rest.substr(slash + 1);
            head = type == "huggingface" ? "hf:" : "pkg:" + type + "/";
        } else if (type != "**") {
            return wrong("expected pkg:type/name");
        }
    } else if (scheme != "hf" && scheme != "hf-dataset") {
        return wrong("'" + scheme + ":' is no scheme of a reference; expected hf:, hf-dataset:, pkg:, oci:, file:, sha256: or https://");
    }
    std::string name;
    for (std::size_t i = 0; i < rest.size(); ++i) {  // "%40scope" is "@scope"
        if (rest.substr(i, 3) == "%40") {
            name += '@';
            i += 2;
        } else {
            name += rest[i];
        }
    }
    const std::size_t at = name.rfind('@');
    if (at != std::string::npos && at > 0 && (head.starts_with("hf") || name.find('/', at) == std::string::npos)) {
        pattern.version_ = name.substr(at + 1);
        if (pattern.version_.empty()) return wrong("an empty version");
        name.resize(at);
    }
    if (name.empty() || name.starts_with('/') || name.ends_with('/') || name.find("//") != std::string::npos) {
        return wrong("an empty part");
    }
    if (head == "pkg:pypi/") name = normalise_pypi(name);
    if (head == "pkg:nuget/" || head == "pkg:github/" || head == "pkg:bitbucket/" || head == "pkg:composer/" ||
        head == "pkg:golang/") {
        name = ascii_lower(name);
    }
    pattern.fold_case_ = head.starts_with("hf");
    pattern.glob_ = pattern.fold_case_ ? ascii_lower(head + name) : head + name;
    return pattern;
}

// Installers take "2.3.1.0" and "v2.3.1" for 2.3.1 of a Python package.
bool ReferencePattern::takes_version(const Reference& reference) const {
    if (reference.version.empty()) return false;
    if (glob_matches(version_, reference.version)) return true;
    const bool exact = version_.find('*') == std::string::npos;
    return exact && reference.type == "pypi" && normalise_pypi_version(version_) == normalise_pypi_version(reference.version);
}

bool ReferencePattern::matches(const Reference& reference) const {
    if (!digest_.empty() && digest_ != reference.digest) return false;
    if (!version_.empty() && !takes_version(reference)) return false;
    if (fold_case_) return glob_matches(glob_, ascii_lower(reference.base));
    return glob_matches(glob_, reference.base);
}

}  // namespace headgate
