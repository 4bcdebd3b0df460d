#include "io/url.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace headgate::io {
namespace {

constexpr int kHttp = 80;
constexpr int kHttps = 443;

Error bad(std::string_view text, const std::string& why) {
    return {ErrorCode::usage, "URL " + escape_terminal(text, 200) + ": " + why};
}

bool all_of(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || others.find(c) != std::string_view::npos;
    });
}

// "host", "host:port", "[v6]:port" -> both; false for anything else.
bool read_authority(std::string_view authority, Url& url) {
    std::string_view port;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return false;
        url.host = ascii_lower(authority.substr(1, close - 1));
        if (url.host.find(':') == std::string::npos || !all_of(url.host, ":.")) return false;
        port = authority.substr(close + 1);
    } else {
        const std::size_t colon = std::min(authority.find(':'), authority.size());
        url.host = ascii_lower(authority.substr(0, colon));
        if (url.host.empty() || url.host.size() > 253 || !all_of(url.host, "-._")) return false;
        port = authority.substr(colon);
    }
    if (port.empty()) return true;
    if (port.size() < 2 || port.size() > 6 || port.front() != ':') return false;
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    return error == std::errc{} && end == port.data() + port.size() && url.port > 0 && url.port <= 65'535;
}

}  // namespace

std::string Url::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (tls ? kHttps : kHttp) ? name : name + ":" + std::to_string(port);
}

std::string Url::origin() const { return (tls ? "https://" : "http://") + authority(); }

std::string Url::shown() const { return origin() + target.substr(0, target.find('?')); }

bool Url::names_loopback() const {
    if (host == "localhost" || host == "::1") return true;
    const auto parts = split(host, '.');
    return parts.size() == 4 && parts.front() == "127" && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               return !part.empty() && part.size() <= 3 && part.find_first_not_of("0123456789") == std::string_view::npos;
           });
}

Result<void> check_private(const Url& url) {
    if (url.tls || url.names_loopback()) return {};
    return Error{ErrorCode::usage, "URL " + url.shown() + ": plain http:// is taken for this machine only; use https://"};
}

Result<Url> parse_url(std::string_view text) {
    if (text.size() > kMaxUrl) return bad(text, "longer than " + std::to_string(kMaxUrl) + " bytes");
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; })) {
        return bad(text, "a space, control or non-ASCII character; write it percent-encoded");
    }
    Url url;
    const std::size_t scheme = text.find("://");
    const std::string name = scheme == std::string_view::npos ? "" : ascii_lower(text.substr(0, scheme));
    if (name != "http" && name != "https") return bad(text, "expected https://HOST/...");
    url.tls = name == "https";
    url.port = url.tls ? kHttps : kHttp;
    text.remove_prefix(scheme + 3);
    const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
    const std::string_view authority = text.substr(0, end);
    if (authority.find('@') != std::string_view::npos) return bad(name + "://...", "a user or password in a URL is not taken");
    if (!read_authority(authority, url)) return bad(text, "no host (with a port from 1 to 65535) stands where one is expected");
    const std::string_view rest = text.substr(end);
    if (rest.find('#') != std::string_view::npos) return bad(text, "a fragment (#...) means nothing to a server");
    url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
    return url;
}

std::string join_url(std::string_view base, std::string_view path) {
    while (base.ends_with('/')) base.remove_suffix(1);
    return std::string(base) + std::string(path);
}

}  // namespace headgate::io
