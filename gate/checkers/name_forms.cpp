#include "checkers/name_forms.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.hpp"
#include "model/reference.hpp"

namespace headgate::checkers {
namespace {

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15ULL;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_separator(char c) { return c == '-' || c == '_' || c == '.' || c == '/' || c == '@'; }

std::uint64_t byte_of(char c) { return static_cast<unsigned char>(c) + 1U; }

/// Finaliser of MurmurHash3: spreads the polynomial over all bits.
std::uint64_t finish(Form form, std::uint64_t hash) {
    hash ^= static_cast<std::uint64_t>(form) << 56U;
    hash ^= hash >> 33U;
    hash *= 0xFF51AFD7ED558CCDULL;
    hash ^= hash >> 33U;
    hash *= 0xC4CEB9FE1A85EC53ULL;
    hash ^= hash >> 33U;
    return hash;
}

/// Without "/v2" or ".v2" at the end of a module's path: major versions of one module.
std::string_view without_major(std::string_view module) {
    std::size_t end = module.size();
    while (end > 0 && is_digit(module[end - 1])) --end;
    if (end == module.size() || end < 3 || module[end - 1] != 'v') return module;
    return module[end - 2] == '/' || module[end - 2] == '.' ? module.substr(0, end - 2) : module;
}

/// The words by which packages of an ecosystem say which language they are for.
std::span<const std::string_view> language_words(std::string_view ecosystem) {
    static constexpr std::array<std::string_view, 4> kPython = {"py", "py3", "python", "python3"};
    static constexpr std::array<std::string_view, 5> kScript = {"js", "javascript", "node", "nodejs", "ts"};
    static constexpr std::array<std::string_view, 2> kGo = {"go", "golang"};
    static constexpr std::array<std::string_view, 2> kRuby = {"rb", "ruby"};
    static constexpr std::array<std::string_view, 2> kRust = {"rs", "rust"};
    if (ecosystem == "pypi") return kPython;
    if (ecosystem == "npm") return kScript;
    if (ecosystem == "golang") return kGo;
    if (ecosystem == "gem") return kRuby;
    if (ecosystem == "cargo") return kRust;
    return {};
}

}  // namespace

std::string fold_name(std::string_view ecosystem, std::string_view name) {
    if (ecosystem == "pypi") return normalise_pypi(name);
    if (ecosystem == "golang") return ascii_lower(without_major(name));
    std::string folded = ascii_lower(name);
    if (ecosystem == "cargo") std::replace(folded.begin(), folded.end(), '_', '-');
    return folded;
}

std::string without_separators(std::string_view name) {
    std::string form;
    form.reserve(name.size());
    for (const char c : name) {
        if (!is_separator(c)) form += c;
    }
    return form;
}

std::string look_alike_form(std::string_view name) {
    std::string form;
    form.reserve(name.size());
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char next = i + 1 < name.size() ? name[i + 1] : '\0';
        char c = name[i];
        if (c == 'r' && next == 'n') {
            c = 'm';
            ++i;
        } else if (c == 'v' && next == 'v') {
            c = 'w';
            ++i;
        } else if (c == '0') {
            c = 'o';
        } else if (c == '1' || c == 'i') {
            c = 'l';
        } else if (c == '5') {
            c = 's';
        }
        form += c;
    }
    return form;
}

std::string sorted_tokens(std::string_view name) {
    std::vector<std::string_view> tokens;
    for (std::size_t begin = 0; begin < name.size();) {
        std::size_t end = begin;
        while (end < name.size() && !is_separator(name[end])) ++end;
        if (end > begin) tokens.push_back(name.substr(begin, end - begin));
        begin = end + 1;
    }
    if (tokens.size() < 2 || tokens.size() > 16) return {};
    std::sort(tokens.begin(), tokens.end());
    std::string form;
    for (const std::string_view token : tokens) {
        if (!form.empty()) form += '-';
        form += token;
    }
    return form;
}

std::string_view scope_basename(std::string_view name) {
    const std::size_t slash = name.find('/');
    if (!name.starts_with('@') || slash == std::string_view::npos) return {};
    return name.substr(slash + 1);
}

std::string_view without_number(std::string_view name) {
    std::size_t end = name.size();
    while (end > 0 && (is_digit(name[end - 1]) || name[end - 1] == '.')) --end;
    if (end == name.size() || end == 0) return {};
    if (name[end - 1] == 'v' && end > 1 && is_separator(name[end - 2])) --end;
    if (end > 0 && is_separator(name[end - 1])) --end;
    return name.substr(0, end);
}

bool has_languages(std::string_view ecosystem) { return !language_words(ecosystem).empty(); }

std::string without_language(std::string_view ecosystem, std::string_view name) {
    const auto words = language_words(ecosystem);
    const auto says_language = [&](std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); };
    const std::size_t begin = ecosystem == "golang" || name.starts_with('@') ? name.rfind('/') + 1 : 0;
    const std::string_view path = name.substr(0, begin);
    std::string_view rest = name.substr(begin);
    const std::size_t whole = rest.size();
    std::size_t first = 0;
    while (first < rest.size() && !is_separator(rest[first])) ++first;
    if (first > 0 && first + 1 < rest.size() && says_language(rest.substr(0, first))) rest.remove_prefix(first + 1);
    std::size_t last = rest.size();
    while (last > 0 && !is_separator(rest[last - 1])) --last;
    if (last > 1 && last < rest.size() && says_language(rest.substr(last))) {
        rest = rest.substr(0, last - 1);
    } else if (ecosystem == "npm" && rest.size() > 6 && rest.ends_with("js")) {
        rest.remove_suffix(2);
    }
    if (rest.size() == whole) return {};
    return std::string(path) + std::string(rest);
}

TextHash hash_text(std::string_view text) {
    std::uint64_t hash = 0;
    for (const char c : text) hash = hash * kBase + byte_of(c);
    return {hash};
}

std::uint64_t hash_form(Form form, TextHash text) { return finish(form, text.value); }

std::uint64_t hash_letters(std::string_view text) {
    std::uint64_t sum = 0;
    for (const char c : text) {
        const std::uint64_t letter = byte_of(c) * kBase;
        sum += letter * (letter >> 32U);   // not linear: "ad" and "bc" must not meet
    }
    return finish(Form::letters, sum);
}

void hash_deletions(std::string_view text, std::vector<std::uint64_t>& hashes) {
    // The polynomial of text without byte i is prefix(i) * B^(n-1-i) + suffix(i+1): one pass each way.
    const std::size_t n = text.size();
    hashes.resize(n);
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < n; ++i) {
        hashes[i] = prefix;
        prefix = prefix * kBase + byte_of(text[i]);
    }
    std::uint64_t suffix = 0;
    std::uint64_t power = 1;
    for (std::size_t i = n; i-- > 0;) {
        hashes[i] = finish(Form::near, hashes[i] * power + suffix);
        suffix += byte_of(text[i]) * power;
        power *= kBase;
    }
}

}  // namespace headgate::checkers
