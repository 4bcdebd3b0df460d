// regex.cpp: which regular expressions a policy may hold.
#include <re2/re2.h>

#include <array>

#include "policy/fields.hpp"
#include "policy/regex.hpp"

namespace headgate::policy {
namespace {

constexpr std::size_t kLongest = 1000;

// Past the character class that begins at text[at] == '['; text.size() when it does not end.
std::size_t behind_class(std::string_view text, std::size_t at) {
    ++at;
    if (at < text.size() && text[at] == '^') ++at;
    if (at < text.size() && text[at] == ']') ++at;  // first, it stands for itself
    while (at < text.size()) {
        if (text[at] == ']') return at + 1;
        if (text[at] == '\\') {
            at += 2;
        } else if (text.substr(at).starts_with("[:")) {
            const std::size_t end = text.find(":]", at + 2);
            at = end == std::string_view::npos ? at + 1 : end + 2;
        } else {
            ++at;
        }
    }
    return text.size();
}

bool has_anchor(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '^' || c == '$') return true;
        if (c == '[') {
            at = behind_class(text, at);
        } else if (c == '\\' && at + 1 < text.size()) {
            if (text[at + 1] == 'A' || text[at + 1] == 'z') return true;
            if (text[at + 1] == 'Q') {
                const std::size_t end = text.find("\\E", at + 2);
                at = end == std::string_view::npos ? text.size() : end + 2;
            } else {
                at += 2;
            }
        } else {
            ++at;
        }
    }
    return false;
}

}  // namespace

std::string problem_of_regex(std::string_view regex) {
    if (regex.size() > kLongest) return "longer than " + std::to_string(kLongest) + " bytes";
    if (has_anchor(regex)) return "leave out ^ and $ (and \\A, \\z): matching is always over the whole value";
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 compiled(re2::StringPiece(regex.data(), regex.size()), options);
    return compiled.ok() ? "" : compiled.error() + " (RE2 syntax)";
}

bool regex_takes(const std::string& regex, std::string_view text) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), re2::RE2(regex, options));
}

std::span<const std::string_view> strangers() {
    static constexpr std::array<std::string_view, 4> kStrangers = {
        "https://github.com/nobody-you-know/x/.github/workflows/y.yml@refs/heads/z", "https://gitlab.com/nobody-you-know/x//.gitlab-ci.yml@refs/heads/z",
        "https://nobody-you-know.example/x", "nobody-you-know@nobody-you-know.example"};
    return kStrangers;
}

bool regex_matches_nothing_at_all(std::string_view regex) { return regex_takes(std::string(regex), ""); }

}  // namespace headgate::policy
