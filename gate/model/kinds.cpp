#include "model/kinds.hpp"

#include <array>

namespace headgate {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"model", "dataset", "package", "container"};
constexpr std::array<std::string_view, 3> kOrigins = {"asserted", "recorded", "verified"};
constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 3> kModes = {"enforce", "warn", "monitor"};

template <typename Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& names, std::string_view text) {
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view to_string(Origin origin) { return kOrigins[static_cast<std::size_t>(origin)]; }
std::string_view to_string(Severity severity) { return kSeverities[static_cast<std::size_t>(severity)]; }
std::string_view to_string(Mode mode) { return kModes[static_cast<std::size_t>(mode)]; }

std::optional<Kind> parse_kind(std::string_view text) { return parse<Kind>(kKinds, text); }
std::optional<Origin> parse_origin(std::string_view text) { return parse<Origin>(kOrigins, text); }
std::optional<Severity> parse_severity(std::string_view text) { return parse<Severity>(kSeverities, text); }
std::optional<Mode> parse_mode(std::string_view text) { return parse<Mode>(kModes, text); }

}  // namespace headgate
