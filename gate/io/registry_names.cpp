#include "io/registry_names.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "io/http_address.hpp"

namespace headgate::io {
namespace {

constexpr std::size_t kMaxRepositoryPath = 255;
constexpr std::size_t kMaxTag = 128;

Error bad(const std::string& what) { return {ErrorCode::usage, what}; }

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Nothing that could be another path of the API: parts of a-z 0-9 . _ - that begin with a letter or digit.
bool is_repository_path(std::string_view path) {
    if (path.empty() || path.size() > kMaxRepositoryPath) return false;
    const auto parts = split(path, '/');
    return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
        return !part.empty() && is_lower_or_digit(part.front()) && is_lower_or_digit(part.back()) && part.find("..") == std::string_view::npos &&
               std::all_of(part.begin(), part.end(), [](char c) { return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-'; });
    });
}

Result<Url> server_of(const std::string& host, const RegistryOptions& options) {
    const auto as_plain = parse_url("http://" + host);
    if (!as_plain.ok() || as_plain->target != "/") return bad("no registry's host: " + escape_terminal(host, 300));
    if (host_listed(options.plain_http, as_plain->host, as_plain->port)) return *as_plain;
    return TRY(parse_url("https://" + host));
}

const RegistryOptions::Mirror* find_mirror(const std::vector<RegistryOptions::Mirror>& list, const std::string& host) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const RegistryOptions::Mirror& one) { return one.host == host; });
    return found == list.end() ? nullptr : &*found;
}

Result<void> check_hosts(const std::vector<std::string>& list, const std::string& what) {
    for (const std::string& entry : list) {
        if (!is_host_entry(entry)) return bad(what + ": expected HOST or HOST:PORT, not " + escape_terminal(entry, 200));
    }
    return {};
}

Result<void> check_mirrors(const std::vector<RegistryOptions::Mirror>& list, const RegistryOptions& options) {
    for (const RegistryOptions::Mirror& one : list) {
        if (!is_host_entry(one.host)) return bad("a mirror stands for a HOST or HOST:PORT, not for " + escape_terminal(one.host, 200));
        if (std::count_if(list.begin(), list.end(), [&](const auto& other) { return other.host == one.host; }) > 1) return bad("two mirrors for " + one.host);
        const std::size_t slash = std::min(one.prefix.find('/'), one.prefix.size());
        TRY_VOID(server_of(one.prefix.substr(0, slash), options));
        if (slash < one.prefix.size() && !is_repository_path(one.prefix.substr(slash + 1))) return bad("no mirror: " + escape_terminal(one.prefix, 300));
    }
    return {};
}

}  // namespace

Result<RegistryPlace> place_of(const Repository& where, const RegistryOptions& options) {
    if (!is_repository_path(where.path)) return bad("no repository: " + escape_terminal(where.path, 300));
    RegistryPlace place;
    place.host = where.host;
    place.path = where.path;
    if (const auto* const mirror = find_mirror(options.mirrors, where.host); mirror != nullptr) {
        const std::size_t slash = std::min(mirror->prefix.find('/'), mirror->prefix.size());
        place.host = mirror->prefix.substr(0, slash);
        if (slash < mirror->prefix.size()) place.path = mirror->prefix.substr(slash + 1) + "/" + where.path;
    }
    const auto* const api = find_mirror(options.api_hosts, place.host);
    place.server = TRY(server_of(api == nullptr ? place.host : api->prefix, options));
    return place;
}

Result<void> check_registry_options(const RegistryOptions& options) {
    TRY_VOID(check_hosts(options.plain_http, "plain http"));
    TRY_VOID(check_hosts(options.private_hosts, "private hosts"));
    TRY_VOID(check_mirrors(options.mirrors, options));
    TRY_VOID(check_mirrors(options.api_hosts, options));
    for (const std::string& service : options.token_services) {
        const auto url = parse_url(service);
        if (!url.ok() || url->target != "/") return bad("a token service is written as https://HOST, not as " + escape_terminal(service, 200));
    }
    if (options.connections == 0 || options.connections > 1'000) return bad("1 to 1000 connections to a registry");
    return {};
}

bool may_be_plain(const Url& url, const RegistryOptions& options) {
    return url.tls || url.names_loopback() || host_listed(options.plain_http, url.host, url.port);
}

bool is_registry_digest(std::string_view text) { return text.starts_with("sha256:") && is_lower_hex(text.substr(7), 64); }

bool is_registry_tag(std::string_view text) {
    if (text.empty() || text.size() > kMaxTag || text.front() == '.' || text.front() == '-') return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-'; });
}

std::string encode_query(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || std::string_view("-._~").find(c) != std::string_view::npos) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(c);
        constexpr std::string_view kDigits = "0123456789ABCDEF";
        encoded += '%';
        encoded += kDigits[byte >> 4U];
        encoded += kDigits[byte & 15U];
    }
    return encoded;
}

}  // namespace headgate::io
