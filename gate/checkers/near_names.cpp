#include "checkers/near_names.hpp"

#include <algorithm>
#include <array>

#include "checkers/name_forms.hpp"
#include "checkers/publishers.hpp"

namespace headgate::checkers {
namespace {

/// Words that say nothing of what a package is, and stand more often beside a popular name in known squats than in honest
/// names (any other word: three to ten times less often).
constexpr std::array<std::string_view, 16> kEmptyWords = {"beta", "fixed", "help", "helper", "helpers", "https", "latest", "log",
                                                          "logger", "official", "setting", "settings", "toolkit", "update", "util", "utils"};

bool has_letters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The two names differ in their first character, or in nothing before their last.
bool is_at_edge(std::string_view target, std::string_view written) {
    const std::size_t shorter = std::min(target.size(), written.size());
    return shorter == 0 || target[0] != written[0] || target.substr(0, shorter) == written.substr(0, shorter);
}

/// How `written` was made of `target`; nullopt if it was not. Both folded, and without their separators.
struct Pair {
    std::string_view target;
    std::string_view written;
    std::string_view plain_target;
    std::string_view plain_written;
};

std::optional<Likeness> slip_between(const Pair& pair) {
    Likeness likeness;
    likeness.target_length = pair.plain_target.size();
    likeness.word_length = edited_word_length(pair.target, pair.written);
    if (const auto kind = edit_between(pair.target, pair.written)) {
        likeness.kind = *kind;
        likeness.at_edge = is_at_edge(pair.target, pair.written);
        return likeness;
    }
    if (pair.plain_target == pair.plain_written) {
        const bool flat = pair.target.starts_with('@') && !pair.written.starts_with('@');
        likeness.kind = flat ? EditKind::scope_flatten : EditKind::separator;
        return likeness;
    }
    if (is_moved(pair.target, pair.written)) {
        likeness.kind = EditKind::moved;
        return likeness;
    }
    likeness.combined = true;
    likeness.word_length = pair.plain_target.size();
    if (const auto kind = edit_between(pair.plain_target, pair.plain_written)) {
        likeness.kind = *kind;
        return likeness;
    }
    if (!is_moved(pair.plain_target, pair.plain_written)) return std::nullopt;
    likeness.kind = EditKind::moved;
    return likeness;
}

/// One name against an index: every form that it is looked up under.
class Search {
  public:
    Search(const NameIndex& index, std::string_view ecosystem, std::string_view name)
        : index_(index), ecosystem_(ecosystem), name_(name), plain_(without_separators(name)), hash_(hash_text(plain_)) {}

    std::optional<NearName> run() {
        if (plain_.size() + 1 < kShortestTarget || name_.size() > kLongestTarget) return std::nullopt;
        slips();
        forms();
        numbers();
        if (ecosystem_ == "npm" || ecosystem_ == "pypi") words();
        return best_;
    }

  private:
    /// Calls `visit(target, its plain form)` for those with this hash that can be a target.
    template <typename Visit>
    void each(std::uint64_t hash, Visit visit) {
        index_.candidates(hash, [&](std::uint32_t number) {
            const std::string_view target = index_.name(number);
            if (target == name_ || !has_letters(target) || same_publisher(ecosystem_, target, name_)) return;
            const std::string plain = without_separators(target);
            if (plain.size() < kShortestTarget) return;
            number_ = number;
            visit(target, plain);
        });
    }

    /// Keeps the worst, and among equals the most popular.
    void offer(std::string_view target, const Likeness& likeness) {
        const Severity severity = severity_of(likeness, ecosystem_);
        if (best_ && (severity < best_->severity || (severity == best_->severity && number_ >= rank_))) return;
        best_ = NearName{std::string(target), likeness.kind, severity};
        rank_ = number_;
    }

    void slips() {
        thread_local std::vector<std::uint64_t> hashes;
        hash_deletions(plain_, hashes);
        hashes.push_back(hash_form(Form::near, hash_));
        hashes.push_back(hash_letters(plain_));
        std::array<std::uint32_t, 8> seen{};   // one target comes by several hashes
        std::size_t count = 0;
        for (const std::uint64_t hash : hashes) {
            each(hash, [&](std::string_view target, const std::string& plain) {
                const auto end = seen.begin() + std::min(count, seen.size());
                if (std::find(seen.begin(), end, number_) != end) return;
                seen[count++ % seen.size()] = number_;
                if (const auto likeness = slip_between({target, name_, plain, plain_})) offer(target, *likeness);
            });
        }
    }

    void forms() {
        const std::string look = look_alike_form(plain_);
        each(look == plain_ ? hash_form(Form::look_alike, hash_) : hash_form(Form::look_alike, look), [&](std::string_view target, const std::string& plain) {
            if (plain == plain_ || look_alike_form(plain) != look) return;
            offer(target, {EditKind::look_alike, plain.size(), plain.size(), false, false});
        });
        if (plain_.size() != name_.size()) {
            if (const std::string tokens = sorted_tokens(name_); !tokens.empty()) {
                each(hash_form(Form::tokens, tokens), [&](std::string_view target, const std::string& plain) {
                    if (plain != plain_ && sorted_tokens(target) == tokens) offer(target, {EditKind::reorder, plain.size(), plain.size(), false, false});
                });
            }
        }
        scope_drop(plain_, hash_, false);
        languages();
    }

    void languages() {
        if (!has_languages(ecosystem_)) return;
        const std::string bare = without_separators(without_language(ecosystem_, name_));
        const bool glued = ecosystem_ == "npm" && name_.ends_with("js");
        const auto language = [&](std::uint64_t hash, const std::string& wanted) {
            each(hash, [&](std::string_view target, const std::string& plain) {
                if (plain == plain_ || (plain != wanted && without_separators(without_language(ecosystem_, target)) != wanted)) return;
                offer(target, {glued && plain == wanted ? EditKind::suffix : EditKind::affix, plain.size(), plain.size(), false, false});
            });
        };
        language(hash_form(Form::language, hash_), plain_);
        if (!bare.empty()) {
            const TextHash hash = hash_text(bare);
            language(hash_form(Form::language, hash), bare);
            language(hash_form(Form::near, hash), bare);
        }
    }

    void scope_drop(const std::string& plain_name, TextHash hash, bool combined) {
        if (ecosystem_ != "npm" || name_.starts_with('@') || plain_name.size() <= kShortestTarget) return;
        each(hash_form(Form::basename, hash), [&](std::string_view target, const std::string& plain) {
            if (target.starts_with("@types/")) return;  // it describes the package without a scope
            if (without_separators(scope_basename(target)) == plain_name) offer(target, {EditKind::scope_drop, plain_name.size(), plain.size(), combined});
        });
    }

    /// A number at the end, and what else the name was without it.
    void numbers() {
        const std::string bare = without_separators(without_number(name_));
        if (bare.size() <= kShortestTarget) return;
        const TextHash hash = hash_text(bare);
        each(hash_form(Form::near, hash), [&](std::string_view target, const std::string& plain) {
            if (plain == bare) offer(target, {EditKind::version, plain.size(), plain.size(), false, false});
        });
        scope_drop(bare, hash, true);
    }

    void words() {
        if (const std::size_t at = name_.find_last_of("-_."); at != std::string_view::npos && at > 0) word(name_.substr(0, at), name_.substr(at + 1));
        if (const std::size_t at = name_.find_first_of("-_."); at != std::string_view::npos && at > 0) word(name_.substr(at + 1), name_.substr(0, at));
    }

    void word(std::string_view rest, std::string_view added) {
        if (std::find(kEmptyWords.begin(), kEmptyWords.end(), added) == kEmptyWords.end()) return;
        each(hash_form(Form::exact, rest), [&](std::string_view target, const std::string& plain) {
            if (target == rest) offer(target, {EditKind::added_word, plain.size(), plain.size(), false, false});
        });
    }

    const NameIndex& index_;
    std::string_view ecosystem_;
    std::string_view name_;
    std::string plain_;
    TextHash hash_;              // of the plain form
    std::optional<NearName> best_;
    std::uint32_t number_ = 0;   // of the candidate that is looked at
    std::uint32_t rank_ = 0;     // of the best
};

}  // namespace

std::optional<NearName> nearest_protected(const NameIndex& index, std::string_view ecosystem, std::string_view name) {
    if (index.find(name)) return std::nullopt;
    return Search(index, ecosystem, name).run();
}

std::optional<NearName> compare_names(std::string_view ecosystem, std::string_view target, std::string_view name) {
    // An index of one name: one way to compare, however many names there are.
    if (target == name || target.size() > kLongestTarget) return std::nullopt;
    const Bytes bytes = build_name_index(ecosystem, {std::string(target)}, {});
    const auto index = NameIndex::open(bytes);
    return index ? nearest_protected(*index, ecosystem, name) : std::nullopt;
}

}  // namespace headgate::checkers
