#include "base/time.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>

namespace headgate {
namespace {

constexpr Instant kFirst{-62'167'219'200};  // 0000-01-01T00:00:00Z
constexpr Instant kLast{253'402'300'799};   // 9999-12-31T23:59:59Z

// Exactly `digits` decimal digits at the front of `text`, which is shortened.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

// "Z", "+hh:mm" or "-hh:mm": seconds east of UTC.
std::optional<std::int64_t> take_zone(std::string_view& text) {
    if (take_char(text, 'Z') || take_char(text, 'z')) return 0;
    const bool west = text.starts_with('-');
    if (!west && !text.starts_with('+')) return std::nullopt;
    text.remove_prefix(1);
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take_char(text, ':')) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::int64_t offset = *hours * 3600LL + *minutes * 60LL;
    return west ? -offset : offset;
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
    const auto year = take_number(text, 4);
    if (!year || !take_char(text, '-')) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take_char(text, '-')) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    const std::int64_t midnight = std::chrono::sys_days{date}.time_since_epoch().count() * 86400LL;
    if (text.empty()) return Instant{midnight};

    if (!take_char(text, 'T') && !take_char(text, 't')) return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take_char(text, ':')) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take_char(text, ':')) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 60) return std::nullopt;
    if (take_char(text, '.')) {
        if (!take_number(text, 1)) return std::nullopt;
        while (take_number(text, 1)) {
        }
    }
    const auto zone = take_zone(text);
    if (!zone || !text.empty()) return std::nullopt;
    const Instant instant{midnight + *hour * 3600LL + *minute * 60LL + (*second == 60 ? 59 : *second) - *zone};
    if (instant < kFirst || instant > kLast) return std::nullopt;  // a zone led out of the years that can be spelled
    return instant;
}

std::string format_instant(Instant instant) {
    using namespace std::chrono;
    const sys_seconds point{seconds{instant.seconds}};
    const auto midnight = floor<days>(point);
    const year_month_day date{midnight};
    const hh_mm_ss clock{point - midnight};
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return buffer;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
    if (text.size() < 2 || text.size() > 10) return std::nullopt;
    std::int64_t unit = 0;
    switch (text.back()) {
        case 's': unit = 1; break;
        case 'm': unit = 60; break;
        case 'h': unit = 3600; break;
        case 'd': unit = 86400; break;
        default: return std::nullopt;
    }
    text.remove_suffix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0 || text[0] == '-') return std::nullopt;
    return value * unit;
}

std::string format_duration(std::int64_t seconds) {
    for (const auto& [unit, size] : {std::pair{'d', 86'400}, {'h', 3'600}, {'m', 60}}) {
        if (seconds != 0 && seconds % size == 0) return std::to_string(seconds / size) + unit;
    }
    return std::to_string(seconds) + "s";
}

}  // namespace headgate
