// time.hpp: one instant per run, given from outside (io/clock.hpp or --at), and durations as policies write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headgate {

/// Seconds since 1970-01-01T00:00:00Z.
struct Instant {
    std::int64_t seconds = 0;
    friend auto operator<=>(const Instant&, const Instant&) = default;
};

/// RFC 3339 with a zone, seconds optional fraction (cut off): "2026-11-23T10:00:00Z". A bare date is midnight UTC.
/// Impossible dates (2026-02-30, 25:00) and instants outside the years 0000 to 9999 of UTC are refused; leap second 60 is
/// read as 59. parse_instant(format_instant(x)) is x for what it answers.
std::optional<Instant> parse_instant(std::string_view text);
/// "2026-11-23T10:00:00Z".
std::string format_instant(Instant instant);

/// A number and one unit: s, m, h, d ("90d"). No unit, sign, fraction or overflow is refused. Answer in seconds.
std::optional<std::int64_t> parse_duration(std::string_view text);
/// The shortest that parse_duration reads as the same: "90d", "25h", "61s".
std::string format_duration(std::int64_t seconds);

}  // namespace headgate
