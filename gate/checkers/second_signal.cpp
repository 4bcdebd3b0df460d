#include "checkers/second_signal.hpp"

#include <cstdint>

namespace headgate::checkers {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNewDays = 30;

/// Made to win over every honest version: 3 of 21,677 entries in real lockfiles are so high, and a fifth of known-malicious ones.
constexpr std::uint64_t kInflated = 50;

/// The first number of the version; 0 without one, or if it is a year or a date.
std::uint64_t major_of(std::string_view version) {
    std::uint64_t major = 0;
    std::size_t digits = 0;
    if (version.starts_with('v')) version.remove_prefix(1);
    while (digits < version.size() && digits < 18 && version[digits] >= '0' && version[digits] <= '9') {
        major = major * 10 + static_cast<std::uint64_t>(version[digits] - '0');
        ++digits;
    }
    const bool is_year = digits == 4 && major >= 1990 && major < 2100;
    const bool is_date = (digits == 6 && major >= 199'000 && major < 210'000) || (digits == 8 && major >= 19'900'000 && major < 21'000'000);
    return is_year || is_date ? 0 : major;
}

}  // namespace

std::string second_signal(const Requirement& requirement, Instant now) {
    const std::string& ecosystem = requirement.reference.type;
    if (requirement.released && *requirement.released <= now.seconds && now.seconds - *requirement.released < kNewDays * kDay) {
        return "it was published " + std::to_string((now.seconds - *requirement.released) / kDay) + " days ago";
    }
    // Of Python packages a lockfile says only that there is no wheel, which many honest ones lack.
    if (ecosystem == "npm" && requirement.source == Requirement::Source::registry && requirement.runs_install_script) {
        return "it runs a script when it is installed";
    }
    if ((ecosystem == "npm" || ecosystem == "pypi") && major_of(requirement.reference.version) >= kInflated) {
        return "its version " + requirement.reference.version + " is higher than honest ones are";
    }
    return {};
}

}  // namespace headgate::checkers
