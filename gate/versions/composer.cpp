// Composer, "Versions and constraints": numbers, then a stability (dev < alpha < beta < RC < stable < patch) with its numbers.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "versions/digits.hpp"
#include "versions/labels.hpp"
#include "versions/order.hpp"

namespace headgate::versions {
namespace {

constexpr int kDevelopment = 0;
constexpr int kStable = 4;

struct Version {
    std::vector<std::string_view> numbers;
    int stability = kStable;
    std::vector<std::string_view> further;      // numbers of the stability: "beta2.1"
    bool development = false;                   // "...-dev": before what it is of
};

constexpr std::array<std::pair<std::string_view, int>, 10> kStabilities = {{
    {"stable", kStable}, {"alpha", 1}, {"beta", 2}, {"patch", 5}, {"rc", 3}, {"pl", 5}, {"dev", kDevelopment}, {"a", 1}, {"b", 2}, {"p", 5}}};

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool read(Version& version) {
        if (text_.starts_with('v')) text_.remove_prefix(1);
        constexpr std::size_t kNumbers = 4;
        do {
            const std::string_view digits = number();
            if (digits.empty() || version.numbers.size() == kNumbers) return false;
            version.numbers.push_back(digits);
        } while (take_point());
        if (text_.empty()) return true;
        if (!stability(version)) return false;
        if (text_.empty()) return true;
        if (is_separator(text_.front())) text_.remove_prefix(1);
        version.development = text_ == "dev" && version.stability != kDevelopment;
        return version.development;
    }

  private:
    std::string_view number() {
        const std::size_t end = std::min(text_.find_first_not_of("0123456789"), text_.size());
        const std::string_view digits = text_.substr(0, end);
        text_.remove_prefix(end);
        return digits;
    }
    bool take_point() {
        if (text_.size() < 2 || text_[0] != '.' || !is_digit(text_[1])) return false;
        text_.remove_prefix(1);
        return true;
    }
    bool stability(Version& version) {
        if (is_separator(text_.front())) text_.remove_prefix(1);
        for (const auto& [word, place] : kStabilities) {
            if (!text_.starts_with(word)) continue;
            text_.remove_prefix(word.size());
            version.stability = place;
            while (!text_.empty()) {
                const bool separated = is_separator(text_.front()) && text_.size() > 1 && is_digit(text_[1]);
                if (separated) text_.remove_prefix(1);
                if (!is_digit(text_.front())) break;
                version.further.push_back(number());
            }
            return true;
        }
        return false;
    }

    std::string_view text_;
};

}  // namespace

Order compare_composer(std::string_view a, std::string_view b) {
    const auto lower = [](std::string_view text) { return ascii_lower(text.substr(0, text.find('+'))); };
    const std::string first = lower(a);
    const std::string second = lower(b);
    Version left;
    Version right;
    if (!Reader(first).read(left) || !Reader(second).read(right)) return std::nullopt;
    auto order = compare_numbers(left.numbers, right.numbers);
    if (order == 0) order = left.stability <=> right.stability;
    if (order == 0) order = compare_numbers(left.further, right.further);
    if (order == 0) order = static_cast<int>(right.development) <=> static_cast<int>(left.development);
    return order;
}

}  // namespace headgate::versions
