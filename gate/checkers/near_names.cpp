#include "checkers/near_names.hpp"

#include "checkers/name_forms.hpp"

namespace headgate::checkers {
namespace {

bool has_letters(std::string_view text) {
    for (const char c : text) {
        if (c >= 'a' && c <= 'z') return true;
    }
    return false;
}

/// A trailing number with its separator: "requests2", "requests-v3". What is left, or "".
std::string_view without_number(std::string_view name) {
    std::size_t end = name.size();
    while (end > 0 && ((name[end - 1] >= '0' && name[end - 1] <= '9') || name[end - 1] == '.')) --end;
    if (end == name.size() || end == 0) return {};
    if (name[end - 1] == 'v' && end > 1 && (name[end - 2] == '-' || name[end - 2] == '_')) --end;
    if (end > 0 && (name[end - 1] == '-' || name[end - 1] == '_')) --end;
    return name.substr(0, end);
}

/// Keeps the worst, and among equals the most popular.
struct Best {
    std::string_view ecosystem;
    std::string_view name;
    std::optional<NearName> near;
    std::uint32_t rank = 0;

    void offer(std::string_view target, EditKind kind, std::uint32_t number) {
        const Severity severity = severity_of(kind, ecosystem, target.size(), edited_word_length(target, name));
        if (near && (severity < near->severity || (severity == near->severity && number >= rank))) return;
        near = NearName{std::string(target), kind, severity};
        rank = number;
    }
};

bool long_enough(std::string_view target) { return target.size() >= kShortestTarget && has_letters(target); }

}  // namespace

Severity severity_of(EditKind kind, std::string_view ecosystem, std::size_t target_length, std::size_t word_length) {
    const bool curated = ecosystem == "hf" || ecosystem == "oci";  // few names, and clean ones (no honest near misses)
    const bool is_short = target_length < 5;
    switch (kind) {
        case EditKind::repetition:
        case EditKind::transposition: return is_short ? Severity::medium : Severity::high;
        case EditKind::omission: return is_short ? Severity::low : target_length < 7 || word_length < 5 ? Severity::medium : Severity::high;
        case EditKind::look_alike: return curated && !is_short ? Severity::high : Severity::medium;
        case EditKind::alias: return Severity::high;
        case EditKind::scope_drop: return Severity::medium;
        case EditKind::keyboard:
        case EditKind::insertion:
        case EditKind::plural:
        case EditKind::moved:
        case EditKind::separator: return is_short ? Severity::low : Severity::medium;
        case EditKind::substitution: return curated && !is_short ? Severity::medium : Severity::low;
        case EditKind::version:
        case EditKind::suffix:
        case EditKind::reorder: return Severity::low;
    }
    return Severity::low;
}

std::optional<NearName> nearest_protected(const NameIndex& index, std::string_view ecosystem, std::string_view name) {
    if (index.find(name)) return std::nullopt;
    if (name.size() + 1 < kShortestTarget || name.size() > kLongestTarget) return std::nullopt;
    Best best{ecosystem, name, std::nullopt, 0};
    const auto try_form = [&](Form form, std::string_view text, EditKind kind, auto form_of) {
        if (text.empty()) return;
        index.candidates(hash_form(form, text), [&](std::uint32_t number) {
            const std::string_view target = index.name(number);
            if (long_enough(target) && target != name && form_of(target) == text) best.offer(target, kind, number);
        });
    };
    const auto try_near = [&](std::uint64_t hash) {
        index.candidates(hash, [&](std::uint32_t number) {
            const std::string_view target = index.name(number);
            if (!long_enough(target)) return;
            if (const auto kind = edit_between(target, name)) {
                best.offer(target, *kind, number);
            } else if (is_moved(target, name)) {
                best.offer(target, EditKind::moved, number);
            }
        });
    };
    thread_local std::vector<std::uint64_t> deletions;
    hash_deletions(name, deletions);
    try_near(hash_form(Form::near, name));
    for (const std::uint64_t hash : deletions) try_near(hash);

    const std::string plain = without_separators(name);
    if (plain.size() >= kShortestTarget) try_form(Form::separators, plain, EditKind::separator, without_separators);
    const std::string look = look_alike_form(name);
    try_form(Form::look_alike, look, EditKind::look_alike, look_alike_form);
    try_form(Form::tokens, sorted_tokens(name), EditKind::reorder, sorted_tokens);
    if (ecosystem == "npm" && !name.starts_with('@') && name.size() >= 5) {
        try_form(Form::basename, name, EditKind::scope_drop, scope_basename);
    }
    if (ecosystem == "npm" && name.ends_with("js")) {
        std::string_view base = name.substr(0, name.size() - 2);
        if (base.ends_with('.') || base.ends_with('-')) base.remove_suffix(1);
        if (base.size() >= 5) {
            if (const auto number = index.find(base)) best.offer(index.name(*number), EditKind::suffix, *number);
        }
    }
    if (const std::string_view base = without_number(name); base.size() >= 5) {
        if (const auto number = index.find(base)) best.offer(index.name(*number), EditKind::version, *number);
    }
    return best.near;
}

std::optional<NearName> compare_names(std::string_view ecosystem, std::string_view target, std::string_view name) {
    if (target == name || !long_enough(target)) return std::nullopt;
    Best best{ecosystem, name, std::nullopt, 0};
    if (const auto kind = edit_between(target, name)) best.offer(target, *kind, 0);
    if (is_moved(target, name)) best.offer(target, EditKind::moved, 0);
    if (without_separators(target) == without_separators(name)) best.offer(target, EditKind::separator, 0);
    if (look_alike_form(target) == look_alike_form(name)) best.offer(target, EditKind::look_alike, 0);
    const std::string tokens = sorted_tokens(name);
    if (!tokens.empty() && sorted_tokens(target) == tokens) best.offer(target, EditKind::reorder, 0);
    if (without_number(name) == target) best.offer(target, EditKind::version, 0);
    return best.near;
}

}  // namespace headgate::checkers
