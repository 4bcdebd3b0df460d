#include "model/pypi_version.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace headgate {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

// Reads the parts in their order; `at_` never passes the end.
class VersionReader {
  public:
    explicit VersionReader(std::string_view text) : text_(text) {}

    std::optional<std::string> read() {
        take_char('v');
        std::string whole;
        std::optional<std::string> first = number();
        if (!first) return std::nullopt;
        if (take_char('!')) {
            if (*first != "0") whole = *first + "!";
            first = number();
            if (!first) return std::nullopt;
        }
        std::vector<std::string> release{*first};
        while (peek() == '.' && is_digit(peek(1))) {
            ++at_;
            release.push_back(*number());
        }
        while (release.size() > 1 && release.back() == "0") release.pop_back();
        for (std::size_t i = 0; i < release.size(); ++i) whole += (i == 0 ? "" : ".") + release[i];
        constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPre = {{
            {"alpha", "a"}, {"beta", "b"}, {"preview", "rc"}, {"pre", "rc"}, {"rc", "rc"}, {"a", "a"}, {"b", "b"}, {"c", "rc"}}};
        constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPost = {{{"post", ".post"}, {"rev", ".post"}, {"r", ".post"}}};
        constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kDev = {{{"dev", ".dev"}}};
        whole += suffix(kPre);
        if (peek() == '-' && is_digit(peek(1))) {
            ++at_;
            whole += ".post" + *number();
        } else {
            whole += suffix(kPost);
        }
        whole += suffix(kDev);
        if (take_char('+')) whole += "+" + local();
        return at_ == text_.size() ? std::optional(whole) : std::nullopt;
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool take_char(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    // Digits without leading zeros.
    std::optional<std::string> number() {
        const std::size_t from = at_;
        while (is_digit(peek())) ++at_;
        if (at_ == from) return std::nullopt;
        const std::string_view digits = text_.substr(from, at_ - from);
        const std::size_t significant = digits.find_first_not_of('0');
        return significant == std::string_view::npos ? "0" : std::string(digits.substr(significant));
    }

    template <std::size_t N>
    std::string suffix(const std::array<std::pair<std::string_view, std::string_view>, N>& words) {
        const std::size_t from = at_;
        if (is_separator(peek())) ++at_;
        for (const auto& [word, normal] : words) {
            if (!text_.substr(at_).starts_with(word)) continue;
            at_ += word.size();
            const std::size_t end = at_;
            if (is_separator(peek())) ++at_;
            const auto count = number();
            if (!count) at_ = end;
            return std::string(normal) + count.value_or("0");
        }
        at_ = from;
        return "";
    }

    std::string local() {
        std::string text;
        for (; at_ < text_.size(); ++at_) text += is_separator(text_[at_]) ? '.' : text_[at_];
        return text;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string normalise_pypi_version(std::string_view version) {
    const std::string lower = ascii_lower(trim(version));
    return VersionReader(lower).read().value_or(std::string(version));
}

}  // namespace headgate
