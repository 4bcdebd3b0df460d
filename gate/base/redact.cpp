#include "base/redact.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace headgate {
namespace {

constexpr std::string_view kHidden = "***";

/// Of a query parameter, in lower case. What is asked for (ref, version, timeout) is none of these.
bool is_secret(std::string_view name) {
    static constexpr std::array<std::string_view, 7> kParts = {"signature", "token", "secret", "passw", "credential", "apikey", "api_key"};
    static constexpr std::array<std::string_view, 13> kWhole = {"sig", "key", "sas", "auth", "authorization", "jwt", "pwd", "pass", "awsaccesskeyid", "googleaccessid",
                                                                "accesskey", "access_key", "policy"};
    const std::string lower = ascii_lower(name);
    return std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) { return lower.find(part) != std::string::npos; }) ||
           std::find(kWhole.begin(), kWhole.end(), lower) != kWhole.end() || lower.ends_with("-key-id") || lower.ends_with("accesskeyid");
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
    const bool digest = std::all_of(algorithm.begin(), algorithm.end(), is_word) && std::all_of(hex.begin(), hex.end(), is_word) &&
                        !std::all_of(algorithm.begin(), algorithm.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digest ? at : text.size();
}

}  // namespace

std::string redacted_query(std::string_view text) {
    const std::size_t mark = text.find('?');
    if (mark == std::string_view::npos) return std::string(text);
    const std::size_t fragment = std::min(text.find('#', mark), text.size());
    std::string shown(text.substr(0, mark + 1));
    std::string_view query = text.substr(mark + 1, fragment - mark - 1);
    while (!query.empty()) {
        const std::size_t end = std::min(query.find_first_of("&;"), query.size());
        const std::string_view parameter = query.substr(0, end);
        const std::size_t equals = parameter.find('=');
        const bool hidden = equals != std::string_view::npos && equals + 1 < parameter.size() && is_secret(parameter.substr(0, equals));
        shown += hidden ? parameter.substr(0, equals + 1) : parameter;
        if (hidden) shown += kHidden;
        if (end < query.size()) shown += query[end];
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    shown += text.substr(fragment);
    return shown;
}

std::string redacted_url(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return redacted_query(text);
    const std::size_t begin = scheme + 3;
    std::size_t end = std::min(text.find_first_of("/?#\\", begin), text.size());
    std::size_t at = text.substr(begin, end - begin).rfind('@');
    if (at == std::string_view::npos) {
        // A password with a slash in it: what looks like the host then has something behind its colon that is no port.
        const std::string_view host = text.substr(begin, end - begin);
        const std::size_t colon = host.starts_with('[') ? std::string_view::npos : host.rfind(':');
        const std::string_view port = colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
        const bool is_port = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
        const std::size_t last = is_port ? std::string_view::npos : text.substr(0, std::max(begin, without_digest(text))).rfind('@');
        if (last != std::string_view::npos && last >= begin) at = last - begin;
    }
    if (at == std::string_view::npos) return redacted_query(text);
    // "git" is the login by which every forge is asked, and no secret.
    if (text.substr(begin, at) == "git") return redacted_query(text);
    return std::string(text.substr(0, begin)) + std::string(kHidden) + redacted_query(text.substr(begin + at));
}

std::string redacted_image(std::string_view text) {
    if (text.find("://") != std::string_view::npos) return redacted_url(text);
    const std::size_t at = text.substr(0, without_digest(text)).rfind('@');
    if (at == std::string_view::npos || at == 0) return redacted_query(text);
    return std::string(kHidden) + redacted_query(text.substr(at));
}

}  // namespace headgate
