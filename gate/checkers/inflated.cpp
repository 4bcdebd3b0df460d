#include "checkers/inflated.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "checkers/name_forms.hpp"
#include "checkers/name_index.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<std::string_view, 6> kEcosystems = {"pypi", "npm", "cargo", "gem", "nuget", "composer"};
constexpr std::int64_t kFirstYear = 1990;
constexpr std::int64_t kLastYear = 2100;
constexpr std::int64_t kMost = 1'000'000'000'000;

bool is_year(std::int64_t number) { return number >= kFirstYear && number <= kLastYear; }

/// 2024, 202401, 20240131, 202401312359
bool is_date(std::int64_t number) {
    for (std::int64_t rest = number; rest >= kFirstYear; rest /= 100) {
        if (is_year(rest)) return true;
    }
    return false;
}

}  // namespace

std::optional<std::int64_t> major_version(std::string_view version) {
    if (const std::size_t epoch = version.find('!'); epoch != std::string_view::npos) version.remove_prefix(epoch + 1);
    if (version.starts_with('v') || version.starts_with('=')) version.remove_prefix(1);
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (; digits < version.size() && version[digits] >= '0' && version[digits] <= '9'; ++digits) number = std::min(kMost, number * 10 + (version[digits] - '0'));
    if (digits == 0 || is_date(number)) return std::nullopt;
    return number;
}

bool is_inflated(const Reference& reference, std::int64_t limit, const RuleData& data) {
    const std::string_view ecosystem = ecosystem_of(reference);
    if (std::find(kEcosystems.begin(), kEcosystems.end(), ecosystem) == kEcosystems.end()) return false;
    const auto major = major_version(reference.version);
    if (!major || *major < limit) return false;
    const auto bytes = data.file("names/" + std::string(ecosystem) + ".idx");
    const auto index = bytes ? NameIndex::open(*bytes) : std::nullopt;
    return !index || !index->find(fold_name(ecosystem, full_name(reference)));
}

}  // namespace headgate::checkers
