#include "io/http_proxy.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"

namespace headgate::io {
namespace {

std::string environment(const char* upper, const char* lower) {
    const char* value = std::getenv(upper);
    if (value == nullptr) value = std::getenv(lower);
    return value == nullptr ? "" : value;
}

bool names(std::string_view entry, const std::string& host) {
    if (entry == "*") return true;
    if (entry.starts_with("*.")) entry.remove_prefix(1);
    if (entry.starts_with('.')) entry.remove_prefix(1);
    const std::string name = ascii_lower(entry);
    return !name.empty() && (host == name || host.ends_with("." + name));
}

}  // namespace

Result<std::optional<Url>> proxy_for(const Url& url) {
    if (!url.tls || url.names_loopback()) return std::optional<Url>();
    std::string text = environment("HTTPS_PROXY", "https_proxy");
    if (text.empty()) return std::optional<Url>();
    const std::string none = environment("NO_PROXY", "no_proxy");
    const auto entries = split(none, ',');
    if (std::any_of(entries.begin(), entries.end(), [&](std::string_view entry) { return names(trim(entry), url.host); })) return std::optional<Url>();
    if (text.find("://") == std::string::npos) text.insert(0, "http://");
    const auto proxy = parse_url(text);
    if (!proxy.ok()) return Error{ErrorCode::usage, "HTTPS_PROXY: " + proxy.error().message};
    if (proxy->tls) return Error{ErrorCode::usage, "HTTPS_PROXY: the proxy " + proxy->origin() + " is spoken to in plain text only: write http:// (what goes through is TLS)"};
    return std::optional<Url>(*proxy);
}

}  // namespace headgate::io
