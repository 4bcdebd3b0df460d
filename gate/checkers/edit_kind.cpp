#include "checkers/edit_kind.hpp"

#include <algorithm>
#include <array>

namespace headgate::checkers {
namespace {

struct KindWords {
    std::string_view id;
    std::string_view description;
};
constexpr std::array<KindWords, 21> kWords = {{
    {"repetition", "a doubled character"},
    {"transposition", "two swapped characters"},
    {"omission", "a left-out character"},
    {"plural", "an s at the end"},
    {"keyboard", "a neighbouring key"},
    {"look-alike", "characters that look alike"},
    {"insertion", "an added character"},
    {"substitution", "another character"},
    {"version", "another number"},
    {"separator", "other separators"},
    {"reorder", "words in another order"},
    {"moved", "a character in another place"},
    {"suffix", "a suffix that says nothing"},
    {"affix", "another word for the language"},
    {"added-word", "an added word"},
    {"scope-drop", "a left-out scope"},
    {"scope-flatten", "a scope as part of the name"},
    {"alias", "an alias"},
    {"confusable", "letters of another script"},
    {"host-swap", "another host"},
    {"re-upload", "the same name under another organisation"},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Neighbours on a QWERTY keyboard.
bool adjacent_keys(char a, char b) {
    static constexpr std::array<std::string_view, 4> kRows = {"1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"};
    int row_a = -1;
    int row_b = -1;
    int column_a = 0;
    int column_b = 0;
    for (int row = 0; row < 4; ++row) {
        const std::string_view keys = kRows[static_cast<std::size_t>(row)];
        if (const std::size_t at = keys.find(a); at != std::string_view::npos) {
            row_a = row;
            column_a = static_cast<int>(at);
        }
        if (const std::size_t at = keys.find(b); at != std::string_view::npos) {
            row_b = row;
            column_b = static_cast<int>(at);
        }
    }
    if (row_a < 0 || row_b < 0) return false;
    const int rows = row_b - row_a;
    const int columns = column_b - column_a;
    if (rows == 0) return columns == 1 || columns == -1;
    if (rows == 1) return columns == 0 || columns == -1;  // each row is shifted to the right
    if (rows == -1) return columns == 0 || columns == 1;
    return false;
}

char look(char c) {
    if (c == '0') return 'o';
    if (c == '1' || c == 'i') return 'l';
    if (c == '5') return 's';
    return c;
}

}  // namespace

std::optional<EditKind> edit_between(std::string_view target, std::string_view written) {
    std::size_t front = 0;
    while (front < target.size() && front < written.size() && target[front] == written[front]) ++front;
    const std::string_view t = target.substr(front);
    const std::string_view w = written.substr(front);
    if (written.size() == target.size() + 1) {
        if (w.substr(1) != t) return std::nullopt;
        const char added = w[0];
        const bool last = w.size() == 1;
        if (front > 0 && written[front - 1] == added) return EditKind::repetition;
        if (added == '-' || added == '_' || added == '.') return EditKind::separator;
        if (last && added == 's') return EditKind::plural;
        if (last && is_digit(added)) return EditKind::version;
        return EditKind::insertion;
    }
    if (target.size() == written.size() + 1) {
        if (t.substr(1) != w) return std::nullopt;
        if (t[0] == '-' || t[0] == '_' || t[0] == '.') return EditKind::separator;
        if (is_digit(t[0])) return EditKind::version;
        if (w.empty() && t[0] == 's') return EditKind::plural;
        return EditKind::omission;
    }
    if (target.size() != written.size() || t.empty()) return std::nullopt;
    if (t.size() >= 2 && t[0] == w[1] && t[1] == w[0] && t.substr(2) == w.substr(2)) return EditKind::transposition;
    if (t.substr(1) != w.substr(1)) return std::nullopt;
    if (is_digit(t[0]) && is_digit(w[0])) return EditKind::version;
    if (look(t[0]) == look(w[0])) return EditKind::look_alike;
    if (adjacent_keys(t[0], w[0])) return EditKind::keyboard;
    return EditKind::substitution;
}

bool is_moved(std::string_view target, std::string_view written) {
    if (target.size() != written.size() || target.size() < 3) return false;
    std::size_t first = 0;
    while (first < target.size() && target[first] == written[first]) ++first;
    std::size_t last = target.size();
    while (last > first && target[last - 1] == written[last - 1]) --last;
    if (last - first < 3) return false;
    const std::string_view t = target.substr(first, last - first);
    const std::string_view w = written.substr(first, last - first);
    const std::size_t n = t.size() - 1;
    const bool back = t.front() == w.back() && t.substr(1) == w.substr(0, n);   // moved towards the end
    const bool forth = t.back() == w.front() && t.substr(0, n) == w.substr(1);  // moved towards the front
    const bool about = t.front() == w.back() && t.back() == w.front() && t.substr(1, n - 1) == w.substr(1, n - 1);
    return back || forth || about;
}

std::size_t edited_word_length(std::string_view target, std::string_view written) {
    std::size_t at = 0;
    while (at < target.size() && at < written.size() && target[at] == written[at]) ++at;
    constexpr std::string_view kSeparators = "-_./@";
    std::size_t end = at;
    while (end < target.size() && kSeparators.find(target[end]) == std::string_view::npos) ++end;
    std::size_t begin = std::min(at, target.size());
    while (begin > 0 && kSeparators.find(target[begin - 1]) == std::string_view::npos) --begin;
    return end - begin;
}

std::string_view describe(EditKind kind) { return kWords[static_cast<std::size_t>(kind)].description; }
std::string_view id_of(EditKind kind) { return kWords[static_cast<std::size_t>(kind)].id; }

}  // namespace headgate::checkers
