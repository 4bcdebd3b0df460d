#include "intake/interpolation.hpp"

namespace headgate::intake {
namespace {

constexpr int kDepth = 8;                        // ${A:-${B:-${C}}}
constexpr std::size_t kMost = 1U << 16U;         // bytes that one value comes to
constexpr std::size_t kMostExpanded = 1U << 20U; // and one argument of a container

bool is_name_char(char c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/// The '}' that closes what was opened before `from`, nested braces counted.
std::size_t closing(std::string_view text, std::size_t from) {
    int open = 1;
    for (std::size_t at = from; at < text.size(); ++at) {
        if (text[at] == '{' && at > 0 && text[at - 1] == '$') ++open;
        if (text[at] == '}' && --open == 0) return at;
    }
    return std::string_view::npos;
}

std::optional<std::string> expand(std::string_view text, const Variables& known, int depth);

/// What stands between the braces: NAME, NAME:-word, NAME-word, NAME:?word, NAME:+word.
std::optional<std::string> braced(std::string_view inside, const Variables& known, int depth) {
    std::size_t length = 0;
    while (length < inside.size() && is_name_char(inside[length], length == 0)) ++length;
    if (length == 0) return std::nullopt;
    const auto value = known.find(inside.substr(0, length));
    std::string_view behind = inside.substr(length);
    const bool colon = behind.starts_with(':');
    if (colon) behind.remove_prefix(1);
    if (value != known.end() && !(colon && value->second.empty())) return behind.starts_with('+') ? std::nullopt : std::optional(value->second);
    if (behind.starts_with('-')) return expand(behind.substr(1), known, depth + 1);
    return std::nullopt;
}

std::optional<std::string> expand(std::string_view text, const Variables& known, int depth) {
    if (depth > kDepth) return std::nullopt;
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (result.size() > kMost) return std::nullopt;
        if (text[at] != '$' || at + 1 == text.size()) {
            result += text[at];
            continue;
        }
        if (text[at + 1] == '$') {
            result += text[++at];
            continue;
        }
        if (text[at + 1] == '{') {
            const std::size_t close = closing(text, at + 2);
            if (close == std::string_view::npos) return std::nullopt;
            const auto value = braced(text.substr(at + 2, close - at - 2), known, depth);
            if (!value) return std::nullopt;
            result += *value;
            at = close;
            continue;
        }
        std::size_t end = at + 1;
        while (end < text.size() && is_name_char(text[end], end == at + 1)) ++end;
        if (end == at + 1) {
            result += text[at];
            continue;
        }
        const auto value = known.find(text.substr(at + 1, end - at - 1));
        if (value == known.end()) return std::nullopt;
        result += value->second;
        at = end - 1;
    }
    return result;
}

}  // namespace

std::optional<std::string> interpolate(std::string_view text, const Variables& known) {
    return text.size() > kMost ? std::nullopt : expand(text, known, 0);
}

std::optional<std::string> expand_parentheses(std::string_view text, const Variables& known) {
    if (text.find("$(") == std::string_view::npos && text.find("$$") == std::string_view::npos) return std::string(text);
    std::string result;
    const std::size_t last = text.rfind(')');           // behind it, nothing closes what begins
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.substr(at);
        const bool begins = rest.starts_with("$(") && last != std::string_view::npos && last > at;
        const std::size_t close = begins ? rest.find(')') : std::string_view::npos;
        if (rest.starts_with("$$")) {
            result += '$';
            ++at;
        } else if (close != std::string_view::npos) {
            const auto value = known.find(rest.substr(2, close - 2));
            result += value == known.end() ? rest.substr(0, close + 1) : std::string_view(value->second);
            at += close;
        } else {
            result += text[at];
        }
        if (result.size() > kMostExpanded) return std::nullopt;
    }
    return result;
}

}  // namespace headgate::intake
