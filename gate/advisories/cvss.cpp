#include "advisories/cvss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace headgate::advisories {
namespace {

// A vector's metrics: "AV:N" as 'N' under "AV". Metrics of more than one letter (urgency of version 4) are known by their first.
class Metrics {
  public:
    /// False when one stands twice or is none.
    bool read(std::string_view text) {
        for (const std::string_view part : split(text, '/')) {
            const std::size_t colon = part.find(':');
            if (colon == std::string_view::npos || colon == 0 || colon + 1 == part.size() || colon > 3) return false;
            const std::string_view name = part.substr(0, colon);
            if (count_ == entries_.size() || get(name) != '\0') return false;
            entries_[count_++] = {name, part[colon + 1]};
        }
        return true;
    }
    /// NUL when it is not there.
    char get(std::string_view name) const {
        for (std::size_t i = 0; i < count_; ++i) {
            if (entries_[i].name == name) return entries_[i].value;
        }
        return '\0';
    }
    /// Whether each has one of its values: "AV:NALP".
    template <std::size_t N>
    bool have(const std::array<std::string_view, N>& wanted) const {
        return std::all_of(wanted.begin(), wanted.end(), [&](std::string_view one) {
            const std::size_t colon = one.find(':');
            const char value = get(one.substr(0, colon));
            return value != '\0' && one.substr(colon + 1).find(value) != std::string_view::npos;
        });
    }

  private:
    struct Entry {
        std::string_view name;
        char value = '\0';
    };
    std::array<Entry, 40> entries_;
    std::size_t count_ = 0;
};

double weight(char value, std::string_view letters, std::initializer_list<double> weights) {
    const std::size_t at = letters.find(value);
    return at < weights.size() ? *(weights.begin() + at) : 0;
}

// CVSS v3.1, section 7.1 and appendix A (which rounds up without what binary fractions add).
std::optional<double> score_v3(const Metrics& metrics) {
    constexpr std::array<std::string_view, 8> kBase = {"AV:NALP", "AC:LH", "PR:NLH", "UI:NR", "S:UC", "C:NLH", "I:NLH", "A:NLH"};
    if (!metrics.have(kBase)) return std::nullopt;
    const bool changed = metrics.get("S") == 'C';
    const auto impact_of = [&](std::string_view name) { return weight(metrics.get(name), "NLH", {0, 0.22, 0.56}); };
    const double base = 1 - (1 - impact_of("C")) * (1 - impact_of("I")) * (1 - impact_of("A"));
    const double impact = changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
    if (impact <= 0) return 0;
    const double privileges = changed ? weight(metrics.get("PR"), "NLH", {0.85, 0.68, 0.5}) : weight(metrics.get("PR"), "NLH", {0.85, 0.62, 0.27});
    const double exploitability = 8.22 * weight(metrics.get("AV"), "NALP", {0.85, 0.62, 0.55, 0.2}) *
                                  weight(metrics.get("AC"), "LH", {0.77, 0.44}) * privileges * weight(metrics.get("UI"), "NR", {0.85, 0.62});
    const double sum = std::min(10.0, (changed ? 1.08 : 1.0) * (impact + exploitability));
    const auto hundred_thousandths = static_cast<std::int64_t>(std::llround(sum * 100'000));
    const std::int64_t tenths = (hundred_thousandths + 9'999) / 10'000;
    return static_cast<double>(tenths) / 10;
}

// CVSS v4.0, section 8.3: tenths, by EQ1 and EQ2 (rows), then EQ3 with EQ6 (00, 01, 10, 11, 21), EQ4, EQ5.
constexpr std::array<std::array<std::uint8_t, 45>, 6> kMacrovectors = {{
    {100, 98, 95, 100, 93, 91, 93, 89, 81, 99, 95, 92, 96, 87, 81, 90, 80, 68, 98, 95, 90, 93, 89, 81, 88, 78, 69, 95, 92, 84, 92, 81, 65, 80, 70, 48, 92, 82, 72, 79, 69, 50, 69, 55, 27},
    {99, 95, 92, 95, 90, 84, 92, 82, 72, 97, 92, 85, 91, 83, 71, 81, 71, 53, 95, 92, 85, 92, 80, 70, 84, 71, 50, 93, 85, 73, 82, 72, 59, 70, 52, 30, 86, 75, 52, 71, 52, 29, 63, 29, 17},
    {98, 94, 91, 94, 86, 77, 87, 74, 63, 95, 87, 81, 89, 74, 64, 75, 63, 49, 94, 88, 76, 86, 74, 59, 72, 57, 52, 89, 77, 67, 76, 58, 50, 57, 52, 25, 83, 70, 54, 65, 58, 26, 53, 21, 13},
    {95, 88, 76, 90, 75, 61, 77, 68, 52, 90, 76, 70, 77, 62, 53, 66, 59, 30, 89, 76, 62, 74, 57, 47, 61, 57, 24, 78, 67, 58, 59, 57, 23, 52, 29, 16, 71, 59, 30, 58, 26, 15, 23, 13, 6},
    {93, 86, 75, 86, 74, 56, 70, 52, 40, 87, 72, 58, 74, 61, 34, 54, 40, 22, 85, 74, 62, 72, 55, 46, 53, 34, 19, 75, 55, 51, 57, 41, 19, 36, 19, 8, 64, 51, 20, 47, 21, 11, 24, 9, 4},
    {88, 73, 60, 73, 59, 41, 54, 45, 20, 75, 53, 50, 55, 40, 20, 43, 22, 11, 75, 58, 40, 61, 48, 20, 46, 17, 8, 55, 45, 21, 51, 18, 9, 18, 7, 2, 53, 24, 14, 24, 12, 5, 10, 3, 1},
}};

std::optional<double> score_v4(const Metrics& metrics) {
    constexpr std::array<std::string_view, 11> kBase = {"AV:NALP", "AC:LH",  "AT:NP",  "PR:NLH", "UI:NPA", "VC:HLN",
                                                        "VI:HLN",  "VA:HLN", "SC:HLN", "SI:HLN", "SA:HLN"};
    if (!metrics.have(kBase)) return std::nullopt;
    const auto is = [&](std::string_view name, char value) { return metrics.get(name) == value; };
    const bool impact = !(is("VC", 'N') && is("VI", 'N') && is("VA", 'N') && is("SC", 'N') && is("SI", 'N') && is("SA", 'N'));
    if (!impact) return 0;
    const int open = static_cast<int>(is("AV", 'N')) + static_cast<int>(is("PR", 'N')) + static_cast<int>(is("UI", 'N'));
    const std::size_t eq1 = open == 3 ? 0 : open > 0 && !is("AV", 'P') ? 1 : 2;
    const std::size_t eq2 = is("AC", 'L') && is("AT", 'N') ? 0 : 1;
    const bool high = is("VC", 'H') || is("VI", 'H') || is("VA", 'H');
    const std::size_t eq3 = is("VC", 'H') && is("VI", 'H') ? 0 : high ? 1 : 2;
    // Safety is said by modified metrics alone.
    const bool safety = is("MSI", 'S') || is("MSA", 'S');
    const std::size_t eq4 = safety ? 0 : is("SC", 'H') || is("SI", 'H') || is("SA", 'H') ? 1 : 2;
    const std::size_t eq5 = is("E", 'U') ? 2 : is("E", 'P') ? 1 : 0;
    const auto asked = [&](std::string_view name) { return !is(name, 'M') && !is(name, 'L'); };
    const bool eq6 = (asked("CR") && is("VC", 'H')) || (asked("IR") && is("VI", 'H')) || (asked("AR") && is("VA", 'H'));
    const std::size_t third = eq3 == 2 ? 4 : 2 * eq3 + (eq6 ? 0 : 1);
    return static_cast<double>(kMacrovectors[2 * eq1 + eq2][9 * third + 3 * eq4 + eq5]) / 10;
}

}  // namespace

std::optional<double> cvss_score(std::string_view vector) {
    Metrics metrics;
    if (vector.starts_with("CVSS:4.0/")) return metrics.read(vector.substr(9)) ? score_v4(metrics) : std::nullopt;
    if (vector.starts_with("CVSS:3.0/") || vector.starts_with("CVSS:3.1/")) return metrics.read(vector.substr(9)) ? score_v3(metrics) : std::nullopt;
    return std::nullopt;
}

Severity severity_of_score(double score) {
    constexpr double kCritical = 9.0, kHigh = 7.0, kMedium = 4.0;
    return score >= kCritical ? Severity::critical : score >= kHigh ? Severity::high : score >= kMedium ? Severity::medium : Severity::low;
}

std::optional<Severity> severity_of_word(std::string_view word) {
    const std::string lower = ascii_lower(trim(word));
    if (lower == "moderate") return Severity::medium;
    const auto severity = parse_severity(lower);
    return severity == Severity::info ? std::nullopt : severity;
}

}  // namespace headgate::advisories
