// OCI references (the grammar of github.com/distribution/reference) and URLs: both are about hosts.
#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "model/reference_parts.hpp"

namespace headgate {

bool is_store_scheme(std::string_view scheme) {
    static constexpr std::array<std::string_view, 6> kSchemes = {"s3", "gs", "pvc", "modelscope", "hdfs", "webhdfs"};
    return std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end();
}

}  // namespace headgate

namespace headgate::reference_detail {
namespace {

constexpr std::size_t kMaxRepository = 255;
constexpr std::size_t kMaxTag = 128;

/// path-component := [a-z0-9]+ ((. | _ | __ | -+) [a-z0-9]+)*
bool is_path_component(std::string_view part) {
    std::size_t i = 0;
    const auto word = [&] {
        const std::size_t begin = i;
        while (i < part.size() && (is_lower(part[i]) || is_digit(part[i]))) ++i;
        return i > begin;
    };
    if (!word()) return false;
    while (i < part.size()) {
        if (part[i] == '.') {
            ++i;
        } else if (part[i] == '_') {
            ++i;
            if (i < part.size() && part[i] == '_') ++i;
        } else if (part[i] == '-') {
            while (i < part.size() && part[i] == '-') ++i;
        } else {
            return false;
        }
        if (!word()) return false;
    }
    return true;
}

bool is_tag(std::string_view tag) {
    if (tag.empty() || tag.size() > kMaxTag || (!is_alnum(tag[0]) && tag[0] != '_')) return false;
    for (const char c : tag) {
        if (!is_alnum(c) && c != '_' && c != '.' && c != '-') return false;
    }
    return true;
}

/// The first part of a name is a host only if it cannot be a path component of Docker Hub.
bool is_host_part(std::string_view part) {
    if (part == "localhost" || part.find_first_of(".:") != std::string_view::npos) return true;
    for (const char c : part) {
        if (is_upper(c)) return true;
    }
    return false;
}

bool is_domain(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) {
        for (const char c : host.substr(1, host.size() - 2)) {
            if (!is_hex(c) && c != ':') return false;
        }
        return host.size() > 4;
    }
    for (const std::string_view label : split(host, '.')) {
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        for (const char c : label) {
            if (!is_alnum(c) && c != '-') return false;
        }
    }
    return host.size() <= 253;
}

}  // namespace

std::string_view docker_hub_name(std::string_view lower_host) {
    static constexpr std::array<std::string_view, 3> kAliases = {"index.docker.io", "registry-1.docker.io",
                                                                 "registry.hub.docker.com"};
    for (const std::string_view alias : kAliases) {
        if (alias == lower_host) return "docker.io";
    }
    return lower_host;
}

Result<std::string> normalise_host(std::string_view written) {
    std::string host = ascii_lower(written);
    const std::size_t colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    if (colon != std::string::npos) {
        const std::string_view port = std::string_view(host).substr(colon + 1);
        unsigned value = 0;
        for (const char c : port) {
            if (!is_digit(c) || port.size() > 5) return malformed("'" + std::string(written.substr(0, colon)) + "' has no valid port");
            value = value * 10 + static_cast<unsigned>(c - '0');
        }
        if (value == 0 || value > 65535 || port[0] == '0') {
            return malformed("'" + std::string(written.substr(0, colon)) + "' has no valid port");
        }
        if (value == 443) host.resize(colon);
    }
    const std::size_t port_at = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    if (!is_domain(std::string_view(host).substr(0, port_at))) {
        return malformed("'" + std::string(written) + "' is no host name");
    }
    return std::string(docker_hub_name(host));
}

Result<Reference> parse_oci(std::string_view text) {
    const std::string whole = redacted_image(text);        // as messages show it
    Reference reference;
    reference.scheme = "oci";
    std::string_view rest = text;
    const std::size_t at = rest.find('@');
    if (at != std::string_view::npos) {
        const auto digest = sha256_digest(rest.substr(at + 1));
        if (!digest) return malformed("image '" + whole + "': expected @sha256: and 64 hex digits");
        reference.digest = *digest;
        rest = rest.substr(0, at);
    }
    if (is_lower_hex(rest, 64)) return malformed("image name '" + whole + "' is 64 hex digits, an image id and no name");
    std::string host = "docker.io";
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos && is_host_part(rest.substr(0, slash))) {
        host = TRY(normalise_host(rest.substr(0, slash)));
        // Without dot or port, the canonical spelling would read as an organisation of Docker Hub.
        if (!is_host_part(host)) return malformed("image '" + whole + "': a host needs a '.' or a port other than 443");
        rest = rest.substr(slash + 1);
    }
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string_view::npos && rest.find('/', colon) == std::string_view::npos) {
        if (!is_tag(rest.substr(colon + 1))) return malformed("image '" + whole + "' has no valid tag");
        reference.version = rest.substr(colon + 1);
        rest = rest.substr(0, colon);
    }
    for (const std::string_view part : split(rest, '/')) {
        if (!is_path_component(part)) return malformed("image '" + whole + "': '" + redacted_query(part) + "' is no repository part");
    }
    reference.name = rest;
    if (host == "docker.io" && rest.find('/') == std::string_view::npos) reference.name = "library/" + reference.name;
    if (host.size() + reference.name.size() > kMaxRepository) return malformed("image '" + whole + "' has too long a name");
    reference.space = host;
    reference.base = "oci:" + host + "/" + reference.name;
    reference.canonical = reference.base;
    if (!reference.version.empty()) reference.canonical += ":" + reference.version;
    if (!reference.digest.empty()) reference.canonical += "@" + reference.digest;
    return reference;
}

bool is_url_scheme(std::string_view scheme) {
    static constexpr std::array<std::string_view, 13> kSchemes = {
        "https",   "http",     "git",      "ssh",     "git+https", "git+http", "git+ssh",
        "git+git", "hg+https", "hg+http", "svn+https", "svn+http", "bzr+https"};
    return std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end() || is_store_scheme(scheme);
}

Result<std::string> normalise_authority(std::string_view scheme, std::string_view written) {
    if (!is_store_scheme(scheme) || scheme.ends_with("hdfs")) return normalise_host(written);
    const std::string name = ascii_lower(written);
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
    if (name.empty() || name.size() > 222 || !plain || !is_alnum(name.front()) || !is_alnum(name.back())) {
        return malformed("'" + std::string(written) + "' is no name of a bucket or volume");
    }
    return name;
}

Result<Reference> parse_url(std::string_view scheme, std::string_view text) {
    const std::string whole = redacted_url(text);          // as messages show it
    std::string_view rest = text.substr(scheme.size() + 1);
    if (!rest.starts_with("//")) return malformed("'" + whole + "' has no // behind its scheme");
    rest.remove_prefix(2);
    if (rest.find_first_of("\\#") != std::string_view::npos) return malformed("URL '" + whole + "' has '\\' or '#'");
    const std::size_t host_end = std::min(rest.find_first_of("/?"), rest.size());
    std::string_view authority = rest.substr(0, host_end);
    const bool ssh = scheme.ends_with("ssh");
    if (ssh && authority.starts_with("git@")) authority.remove_prefix(4);  // the one login every forge uses
    if (authority.find('@') != std::string_view::npos) return malformed("URL '" + whole + "' holds a login");
    Reference reference;
    reference.scheme = scheme;
    auto space = normalise_authority(scheme, authority);
    // With a slash in its password, a login looks like a host.
    if (!space && rest.find('@') != std::string_view::npos) return malformed("URL '" + whole + "' has no valid host");
    reference.space = TRY(std::move(space));
    rest = rest.substr(host_end);
    std::string query;
    const std::size_t mark = rest.find('?');
    if (mark != std::string_view::npos) {
        query = rest.substr(mark);
        rest = rest.substr(0, mark);
    }
    // The keys of a bucket may have any character.
    const bool versioned = scheme != "https" && scheme != "http" && (!is_store_scheme(scheme) || scheme == "modelscope");
    const std::size_t at = versioned ? rest.rfind('@') : std::string_view::npos;
    if (at != std::string_view::npos) {
        reference.version = rest.substr(at + 1);
        rest = rest.substr(0, at);
        if (reference.version.empty()) return malformed("URL '" + whole + "' has an empty revision");
    }
    if (rest.starts_with('/')) rest.remove_prefix(1);
    if (rest.ends_with('/')) rest.remove_suffix(1);
    std::string path;
    if (!rest.empty()) {
        for (const std::string_view part : split(rest, '/')) {
            const auto decoded = percent_decode(part);
            if (!decoded) return malformed("URL '" + whole + "' is not percent-encoded properly");
            if (decoded->empty() || *decoded == "." || *decoded == ".." ||
                decoded->find_first_of("/\\") != std::string::npos) {
                return malformed("URL '" + whole + "' has an empty, '.' or '..' part or an encoded '/'");
            }
            path += "/" + encode_marks(*decoded);
        }
    }
    if (path.empty() && !reference.version.empty()) return malformed("URL '" + whole + "' names no repository");
    reference.name = path.empty() ? std::string() : path.substr(1);
    reference.base = reference.scheme + "://" + reference.space + path;
    reference.canonical = reference.base;
    if (!reference.version.empty()) reference.canonical += "@" + reference.version;
    reference.canonical += query;
    return reference;
}

}  // namespace headgate::reference_detail
