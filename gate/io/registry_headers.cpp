#include "io/registry_headers.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace headgate::io {
namespace {

Error bad(const std::string& what) { return {ErrorCode::malformed, "Link: " + what}; }

std::string_view skip_space(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    return text;
}

// A token, or a quoted string without escapes (no relation needs one); `text` goes on behind it.
std::optional<std::string_view> link_value(std::string_view& text) {
    if (text.starts_with('"')) {
        const std::size_t close = text.find('"', 1);
        if (close == std::string_view::npos || text.substr(0, close).find('\\') != std::string_view::npos) return std::nullopt;
        const std::string_view value = text.substr(1, close - 1);
        text.remove_prefix(close + 1);
        return value;
    }
    const std::size_t stop = std::min(text.find_first_of(" \t,;\"<>="), text.size());
    if (stop == 0) return std::nullopt;
    const std::string_view value = text.substr(0, stop);
    text.remove_prefix(stop);
    return value;
}

bool names_next(std::string_view relations) {
    const auto all = split(relations, ' ');
    return std::any_of(all.begin(), all.end(), [](std::string_view one) { return ascii_lower(one) == "next"; });
}

// The parameters of one link: whether it is the next one.
Result<bool> read_parameters(std::string_view& rest) {
    bool next = false;
    bool related = false;
    for (rest = skip_space(rest); rest.starts_with(';'); rest = skip_space(rest)) {
        rest = skip_space(rest.substr(1));
        const auto name = link_value(rest);
        if (!name) return bad("a parameter has no name");
        rest = skip_space(rest);
        if (!rest.starts_with('=')) continue;
        rest = skip_space(rest.substr(1));
        const auto value = link_value(rest);
        if (!value) return bad("a parameter has no value");
        // The first counts (RFC 8288, 3.3).
        if (ascii_lower(*name) != "rel" || related) continue;
        related = true;
        next = names_next(*value);
    }
    return next;
}

std::optional<int> two_digits(std::string_view text) {
    if (text.size() != 2 || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<Instant> http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
    const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
    if (month == kMonths.end() || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || !two_digits(text.substr(5, 2))) return std::nullopt;
    const auto number = month - kMonths.begin() + 1;
    const std::string written = std::string(text.substr(12, 4)) + (number < 10 ? "-0" : "-") + std::to_string(number) + "-" + std::string(text.substr(5, 2)) + "T" +
                                std::string(text.substr(17, 8)) + "Z";
    return parse_instant(written);
}

}  // namespace

Result<std::string> next_link(std::string_view field) {
    if (field.size() > kMaxLinkField) return bad("over " + std::to_string(kMaxLinkField) + " bytes");
    std::string found;
    std::string_view rest = skip_space(field);
    while (!rest.empty()) {
        if (rest.starts_with(',')) {
            rest = skip_space(rest.substr(1));
            continue;
        }
        const std::size_t close = rest.find('>');
        if (!rest.starts_with('<') || close == std::string_view::npos) return bad("no <target> stands where one is expected");
        const std::string_view target = rest.substr(1, close - 1);
        rest.remove_prefix(close + 1);
        const bool next = TRY(read_parameters(rest));
        if (!rest.empty() && !rest.starts_with(',')) return bad("something stands behind a parameter");
        if (!next) continue;
        if (target.empty() || !found.empty()) return bad(target.empty() ? "the next page has no address" : "two next pages");
        found = target;
    }
    return found;
}

std::optional<std::int64_t> retry_after(std::string_view field, Instant now) {
    field = trim(field);
    if (field.empty()) return std::nullopt;
    if (field.find_first_not_of("0123456789") == std::string_view::npos) {
        std::int64_t seconds = 0;
        for (const char c : field) seconds = std::min<std::int64_t>(seconds * 10 + (c - '0'), kMaxRetryAfter);
        return seconds;
    }
    const auto date = http_date(field);
    if (!date) return std::nullopt;
    return std::clamp<std::int64_t>(date->seconds - now.seconds, 0, kMaxRetryAfter);
}

}  // namespace headgate::io
