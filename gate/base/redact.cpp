#include "base/redact.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"

namespace headgate {
namespace {

constexpr std::string_view kHidden = "***";

constexpr std::size_t kLongCode = 16;      // "?code=": of an exchange of tokens, where it is long; else of a country, a language, ...

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// As a server reads it: "to%6ben" is "token".
std::string percent_decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        plain += coded ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
        if (coded) i += 2;
    }
    return plain;
}

/// Of a parameter. What is asked for (ref, version, timeout) is none of these.
/// `length`: of its value, as far as `kLongCode`.
bool is_secret(std::string_view name, std::size_t length) {
    static constexpr std::array<std::string_view, 13> kParts = {"signature", "token", "secret", "passw", "credential", "apikey", "api_key", "api-key", "private_key",
                                                                "private-key", "privatekey", "bearer", "session"};
    static constexpr std::array<std::string_view, 14> kWhole = {"sig", "key", "sas", "auth", "authorization", "jwt", "pwd", "pass", "awsaccesskeyid", "googleaccessid",
                                                                "accesskey", "access_key", "access-key", "policy"};
    const std::string lower = ascii_lower(percent_decoded(name));
    return std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) { return lower.find(part) != std::string::npos; }) ||
           std::find(kWhole.begin(), kWhole.end(), lower) != kWhole.end() || lower.ends_with("-key-id") || lower.ends_with("accesskeyid") ||
           (lower == "code" && length >= kLongCode);
}

/// "@sha256:..." and its like, at the end; the length of the text in front of it.
std::size_t without_digest(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return text.size();
    const std::string_view behind = text.substr(at + 1);
    const std::size_t colon = behind.find(':');
    if (colon == std::string_view::npos || colon == 0) return text.size();
    const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
    const std::string_view algorithm = behind.substr(0, colon);
    const std::string_view hex = behind.substr(colon + 1);
    // A host with a port in front of a repository has a slash.
    // Neither is "host:8080", or "host:group", the digest of anything.
    const bool known = algorithm.starts_with("sha") || algorithm.starts_with("md5") || algorithm.starts_with("blake");
    const bool digest = known && std::all_of(algorithm.begin(), algorithm.end(), is_word) && std::all_of(hex.begin(), hex.end(), is_word);
    return digest ? at : text.size();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_number(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

constexpr std::string_view kEndsOfHost = "/?#\\";      // most clients end the host at a backslash, as the URL standard has it
constexpr std::string_view kSlashes = "/\\";

/// What lets somebody in, in front of the '@' at `at`.
struct Login {
    std::size_t begin = 0;
    std::size_t at = 0;
    bool within_host = false;              // it stands where a URL has its login; else some client takes what is in front of a ':' for the host
};

/// Schemes whose slashes are often written wrong ("https:/host"), which most clients forgive.
bool is_web_scheme(std::string_view scheme) {
    static constexpr std::array<std::string_view, 12> kSchemes = {"http", "https", "ftp", "ftps", "sftp", "ssh", "git", "ws", "wss",
                                                                  "git+http", "git+https", "git+ssh"};
    return std::find(kSchemes.begin(), kSchemes.end(), ascii_lower(scheme)) != kSchemes.end();
}

/// Where the host begins, or the login in front of it; nullopt: nothing says that there is one.
std::optional<std::size_t> authority_of(std::string_view text) {
    const auto behind_slashes = [&](std::size_t from) { return std::min(text.find_first_not_of(kSlashes, from), text.size()); };
    if (text.starts_with("//") || text.starts_with("\\\\")) return behind_slashes(0);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view scheme = text.substr(0, colon);
    const bool slash = colon + 1 < text.size() && kSlashes.find(text[colon + 1]) != std::string_view::npos;
    if (is_web_scheme(scheme) && (slash || ascii_lower(scheme).starts_with("http"))) return behind_slashes(colon + 1);
    const std::size_t mark = text.find("://");
    if (mark == std::string_view::npos) return std::nullopt;
    // Behind "file://" a path follows.
    return text.substr(0, mark).ends_with("file") ? mark + 3 : behind_slashes(mark + 3);
}

/// Behind an '@' without a scheme: "host.example", "host/x", "127.0.0.1:80"; a version ("1.0.0") and a branch are none.
bool begins_with_host(std::string_view text) {
    const std::size_t end = std::min(text.find_first_of("/:?#\\@"), text.size());
    const std::string_view host = text.substr(0, end);
    const bool path = end < text.size() && (text[end] == '/' || text[end] == ':');
    if (host.empty()) return false;
    if (host.front() == '[') return true;
    const auto is_plain = [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; };
    if (!std::all_of(host.begin(), host.end(), is_plain)) return false;
    const std::string_view last = host.substr(host.rfind('.') + 1);
    if (last.size() == host.size()) return host == "localhost" || (path && is_letter(host.front()));
    return last.empty() || is_letter(last.front()) || (path && std::count(host.begin(), host.end(), '.') == 3);
}

/// "user:password@host.example/x", as scp and curl take it, and some write it.
std::optional<Login> login_without_scheme(std::string_view text) {
    // Words in front of a ':' that are no users.
    static constexpr std::array<std::string_view, 21> kPrefixes = {
        "pkg", "npm", "workspace", "patch", "portal", "link", "exec", "virtual", "file", "oci", "hf", "hf-dataset", "docker", "image", "jsr",
        "github", "gitlab", "bitbucket", "gist", "catalog", "path"};
    std::size_t begin = 0;
    std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && std::find(kPrefixes.begin(), kPrefixes.end(), text.substr(0, colon)) != kPrefixes.end()) {
        begin = colon + 1;
        colon = text.find(':', begin);
    }
    const std::size_t first = text.find('@', begin);
    if (colon == std::string_view::npos || first == std::string_view::npos || colon > first || colon == begin) return std::nullopt;
    const std::string_view user = text.substr(begin, colon - begin);
    if (user.find_first_of(kEndsOfHost) != std::string_view::npos) return std::nullopt;
    const std::size_t slash = text.find_first_of(kEndsOfHost, colon);
    if (slash < first && slash > colon + 1 && is_number(text.substr(colon + 1, slash - colon - 1))) return std::nullopt;   // a port
    const std::size_t end = without_digest(text);
    for (std::size_t at = text.substr(0, end).rfind('@'); at != std::string_view::npos && at > colon; at = text.substr(0, at).rfind('@')) {
        const std::string_view behind = text.substr(at + 1);
        if (!begins_with_host(behind)) continue;
        // "host.example:org/repository@v1.beta"
        if (slash < at && user.find('.') != std::string_view::npos && behind.substr(0, 256).find('/') == std::string_view::npos) continue;
        return Login{begin, at, false};
    }
    return std::nullopt;
}

std::optional<Login> login_of(std::string_view text) {
    const auto authority = authority_of(text);
    if (!authority) return login_without_scheme(text);
    const std::size_t begin = *authority;
    // A URL may stand behind the '?' of a place that has no scheme itself.
    if (const auto in_front = login_without_scheme(text.substr(0, std::min(text.find("://"), begin)))) return in_front;
    const std::size_t end = std::min(text.find_first_of(kEndsOfHost, begin), text.size());
    const std::string_view host = text.substr(begin, end - begin);
    const std::size_t at = host.rfind('@');
    if (at != std::string_view::npos) return Login{begin, begin + at, true};
    // A password with a slash in it: what looks like the host then has something behind its colon that is no port.
    const std::size_t colon = host.starts_with('[') ? std::string_view::npos : host.rfind(':');
    if (colon == std::string_view::npos || is_number(host.substr(colon + 1))) return std::nullopt;
    const std::size_t last = text.substr(0, std::max(begin, without_digest(text))).rfind('@');
    if (last == std::string_view::npos || last < begin) return std::nullopt;
    return Login{begin, last, false};
}

}  // namespace

std::string redacted_query(std::string_view text) {
    const std::size_t mark = text.find_first_of("?;#");
    if (mark == std::string_view::npos) return std::string(text);
    std::string shown(text.substr(0, mark + 1));
    std::string_view query = text.substr(mark + 1);
    while (!query.empty()) {
        std::size_t end = std::min(query.find_first_of("&;?#"), query.size());
        const std::size_t equals = query.substr(0, end).find('=');
        bool hidden = false;
        if (equals != std::string_view::npos) {
            const std::string_view value = query.substr(equals + 1, kLongCode);
            const std::size_t length = std::min(value.find_first_of("&;#"), value.size());
            hidden = length > 0 && is_secret(query.substr(0, equals), length);
            if (hidden) end = std::min(query.find_first_of("&;#", equals), query.size());    // such a value may have a '?' in it
        }
        shown += query.substr(0, hidden ? equals + 1 : end);
        if (hidden) shown += kHidden;
        if (end < query.size()) shown += query[end];
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return shown;
}

std::string redacted_url(std::string_view text) {
    const auto login = login_of(text);
    if (!login) return redacted_query(text);
    // "git" is the login by which every forge is asked, and no secret.
    if (login->within_host && text.substr(login->begin, login->at - login->begin) == "git") return redacted_query(text);
    return std::string(text.substr(0, login->begin)) + std::string(kHidden) + redacted_query(text.substr(login->at));
}

std::string url_without_login(std::string_view text) {
    const auto login = login_of(text);
    if (!login) return redacted_query(text);
    std::string shown(text.substr(0, login->begin));
    if (login->within_host) return shown + redacted_query(text.substr(login->at + 1));
    // Whom a client asks then is not settled: there is a host in it that is nobody's.
    if (login->begin == 0 || shown.back() == ':') shown += "//";
    return shown + std::string(kNobodysHost) + redacted_query(text.substr(login->at + 1));
}

std::string redacted_image(std::string_view text) {
    if (text.find("://") != std::string_view::npos) return redacted_url(text);
    const std::size_t at = text.substr(0, without_digest(text)).rfind('@');
    if (at == std::string_view::npos || at == 0) return redacted_query(text);
    return std::string(kHidden) + redacted_query(text.substr(at));
}

}  // namespace headgate
