// PEP 440, "Summary of permitted suffixes and relative ordering".
#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "model/pypi_version.hpp"
#include "versions/digits.hpp"
#include "versions/order.hpp"

namespace headgate::versions {
namespace {

struct Version {
    std::string_view epoch = "0";
    std::vector<std::string_view> release;
    std::string_view pre;                       // "a", "b", "rc"; "" none
    std::string_view pre_number;
    std::optional<std::string_view> post;
    std::optional<std::string_view> dev;
    std::vector<std::string_view> local;
};

// Reads the normal form, which has one spelling for each part.
class NormalForm {
  public:
    explicit NormalForm(std::string_view text) : text_(text) {}

    std::optional<Version> read() {
        Version version;
        std::string_view first = number();
        if (first.empty()) return std::nullopt;
        if (take("!")) {
            version.epoch = first;
            first = number();
            if (first.empty()) return std::nullopt;
        }
        version.release.push_back(first);
        while (text_.size() > 1 && text_[0] == '.' && is_digit(text_[1])) {
            text_.remove_prefix(1);
            version.release.push_back(number());
        }
        for (const std::string_view word : {"a", "b", "rc"}) {
            if (!take(word)) continue;
            version.pre = word;
            version.pre_number = number();
            break;
        }
        if (take(".post")) version.post = number();
        if (take(".dev")) version.dev = number();
        if (take("+") && !local(version)) return std::nullopt;
        const bool numbered = (version.pre.empty() || !version.pre_number.empty()) && (!version.post || !version.post->empty()) &&
                              (!version.dev || !version.dev->empty());
        return text_.empty() && numbered ? std::optional(std::move(version)) : std::nullopt;
    }

  private:
    bool take(std::string_view word) {
        if (!text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }
    std::string_view number() {
        const std::size_t end = std::min(text_.find_first_not_of("0123456789"), text_.size());
        const std::string_view digits = text_.substr(0, end);
        text_.remove_prefix(end);
        return digits;
    }
    bool local(Version& version) {
        version.local = split(text_, '.');
        text_ = {};
        return std::all_of(version.local.begin(), version.local.end(), [](std::string_view part) {
            return !part.empty() && part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos;
        });
    }

    std::string_view text_;
};

std::strong_ordering compare_lists(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const auto order = compare_digits(i < a.size() ? a[i] : "0", i < b.size() ? b[i] : "0");
        if (order != 0) return order;
    }
    return std::strong_ordering::equal;
}

// A release without "a", "b", "rc" follows those; but one that is only a development release precedes them.
int place_of_pre(const Version& version) {
    if (version.pre == "a") return 1;
    if (version.pre == "b") return 2;
    if (version.pre == "rc") return 3;
    return version.dev && !version.post ? 0 : 4;
}

// nullopt comes first if `none_first`, else last.
std::strong_ordering compare_optional(const std::optional<std::string_view>& a, const std::optional<std::string_view>& b, bool none_first) {
    if (a && b) return compare_digits(*a, *b);
    const auto order = static_cast<int>(a.has_value()) <=> static_cast<int>(b.has_value());
    return none_first ? order : 0 <=> order;
}

// "1.0" < "1.0+abc" < "1.0+5": words come before numbers, and what goes on comes behind what ends.
std::strong_ordering compare_local(const Version& a, const Version& b) {
    for (std::size_t i = 0; i < std::min(a.local.size(), b.local.size()); ++i) {
        const bool first = all_digits(a.local[i]);
        const bool second = all_digits(b.local[i]);
        auto order = static_cast<int>(first) <=> static_cast<int>(second);
        if (order == 0) order = first ? compare_digits(a.local[i], b.local[i]) : a.local[i].compare(b.local[i]) <=> 0;
        if (order != 0) return order;
    }
    return a.local.size() <=> b.local.size();
}

}  // namespace

Order compare_pep440(std::string_view a, std::string_view b) {
    const std::string first = normalise_pypi_version(a);
    const std::string second = normalise_pypi_version(b);
    const auto left = NormalForm(first).read();
    const auto right = NormalForm(second).read();
    if (!left || !right) return std::nullopt;
    auto order = compare_digits(left->epoch, right->epoch);
    if (order == 0) order = compare_lists(left->release, right->release);
    if (order == 0) order = place_of_pre(*left) <=> place_of_pre(*right);
    if (order == 0 && !left->pre.empty()) order = compare_digits(left->pre_number, right->pre_number);
    if (order == 0) order = compare_optional(left->post, right->post, true);
    if (order == 0) order = compare_optional(left->dev, right->dev, false);
    if (order == 0) order = compare_local(*left, *right);
    return order;
}

}  // namespace headgate::versions
