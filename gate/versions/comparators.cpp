#include "versions/comparators.hpp"

#include "base/text.hpp"

namespace headgate::versions {

std::string_view take_operator(std::string_view& text) {
    static constexpr std::array<std::string_view, 12> kOperators = {"===", "==", "~=", "!=", ">=", "<=", "~>", ">", "<", "^", "~", "="};
    text = trim(text);
    for (const std::string_view op : kOperators) {
        if (!text.starts_with(op)) continue;
        text = trim(text.substr(op.size()));
        return op;
    }
    return {};
}

std::optional<Interval> ordered(std::string_view op, std::string_view version) {
    Interval interval;
    Bound bound{std::string(version), op.ends_with('=')};
    if (op == ">=" || op == ">") {
        interval.low = std::move(bound);
    } else if (op == "<=" || op == "<") {
        interval.high = std::move(bound);
    } else {
        return std::nullopt;
    }
    return interval;
}

std::vector<std::string> parts_of(std::string_view text, std::string_view separators) {
    std::vector<std::string> parts;
    bool open = false;                   // the last part is an operator alone
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        const std::string_view part = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (part.empty()) continue;
        if (open) {
            parts.back() += part;
        } else {
            parts.emplace_back(part);
        }
        std::string_view rest = parts.back();
        open = !take_operator(rest).empty() && rest.empty();
    }
    return parts;
}

std::vector<std::string_view> alternatives_of(std::string_view text, bool single) {
    std::vector<std::string_view> alternatives;
    for (;;) {
        const std::size_t bar = text.find('|');
        if (bar == std::string_view::npos) break;
        const bool twice = text.substr(bar).starts_with("||");
        if (!twice && !single) break;
        alternatives.push_back(trim(text.substr(0, bar)));
        text.remove_prefix(bar + (twice ? 2 : 1));
    }
    alternatives.push_back(trim(text));
    return alternatives;
}

}  // namespace headgate::versions
