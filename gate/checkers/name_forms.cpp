#include "checkers/name_forms.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/reference.hpp"

namespace headgate::checkers {
namespace {

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15ULL;

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

}  // namespace

std::string fold_name(std::string_view ecosystem, std::string_view name) {
    if (ecosystem == "pypi") return normalise_pypi(name);
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

std::uint64_t hash_form(Form form, std::string_view text) {
    std::uint64_t hash = 0;
    for (const char c : text) hash = hash * kBase + byte_of(c);
    return finish(form, hash);
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
