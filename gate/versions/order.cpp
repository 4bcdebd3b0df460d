#include "versions/order.hpp"

#include <algorithm>
#include <array>

#include "versions/digits.hpp"

namespace headgate::versions {
namespace {

struct Rule {
    std::string_view ecosystem;
    Order (*compare)(std::string_view a, std::string_view b);
};

constexpr std::array<Rule, 12> kRules = {{
    {"pypi", compare_pep440},
    {"npm", compare_semver},
    {"cargo", compare_semver},
    {"golang", compare_semver},
    {"maven", compare_maven},
    {"nuget", compare_nuget},
    {"gem", compare_gem},
    {"composer", compare_composer},
    {"github", compare_semver},
    {"hex", compare_semver},
    {"pub", compare_semver},
    {"swift", compare_semver},
}};

const Rule* rule_of(std::string_view ecosystem) {
    const auto* const rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& one) { return one.ecosystem == ecosystem; });
    return rule == kRules.end() ? nullptr : rule;
}

}  // namespace

bool has_order(std::string_view ecosystem) { return rule_of(ecosystem) != nullptr; }

Order compare(std::string_view ecosystem, std::string_view a, std::string_view b) {
    const Rule* const rule = rule_of(ecosystem);
    if (rule == nullptr || a.empty() || b.empty() || a.size() > kLongest || b.size() > kLongest) return std::nullopt;
    return rule->compare(a, b);
}

bool is_same(std::string_view ecosystem, std::string_view a, std::string_view b) {
    if (a == b) return true;
    const Order order = compare(ecosystem, a, b);
    return order && *order == std::strong_ordering::equal;
}

}  // namespace headgate::versions
