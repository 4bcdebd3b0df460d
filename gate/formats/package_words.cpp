#include "formats/package_words.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

struct DeedWord {
    std::string_view word;
    unsigned deed;
};
constexpr DeedWord kDeeds[] = {{"code", kCode},       {"load", kLoad},               {"decode", kDecode},     {"network", kNetwork},   {"process", kProcess},
                               {"environment", kEnvironment}, {"identity", kIdentity}, {"terminal", kTerminal}, {"install", kInstall}, {"calls", kCalls}};

/// Calls `use` with each line that says something, without blanks around it; it answers what is wrong with the line, "" if nothing.
template <typename Use>
Result<void> each_line(const RuleData& data, std::string_view path, const Use& use) {
    const auto bytes = data.file(path);
    if (!bytes) return Error{ErrorCode::policy, "rules/" + std::string(path) + " is missing"};
    std::uint32_t number = 0;
    for (std::string_view line : split_lines(as_text(*bytes))) {
        ++number;
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        const std::string problem = is_utf8(line) ? use(line) : "it is not UTF-8";
        if (!problem.empty()) return Error{ErrorCode::policy, "rules/" + std::string(path) + ":" + std::to_string(number) + ": " + problem};
    }
    return {};
}

/// "word rest": both are there, and `rest` begins and ends without a blank.
bool take_first_word(std::string_view line, std::string_view& word, std::string_view& rest) {
    const std::size_t end = line.find_first_of(" \t");
    if (end == std::string_view::npos) return false;
    word = line.substr(0, end);
    rest = trim(line.substr(end));
    return true;
}

/// Lower case, and one blank for several.
std::string squeezed(std::string_view text) {
    std::string out;
    for (const char c : ascii_lower(text)) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (blank && (out.empty() || out.back() == ' ')) continue;
        out += blank ? ' ' : c;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

bool is_word_part(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/// Where no letter or digit continues it, on a side where it has one itself.
bool has_words(std::string_view command, std::string_view words) {
    for (std::size_t at = command.find(words); at != std::string_view::npos; at = command.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        const bool before = at == 0 || !is_word_part(words.front()) || !is_word_part(command[at - 1]);
        const bool behind = end == command.size() || !is_word_part(words.back()) || !is_word_part(command[end]);
        if (before && behind) return true;
    }
    return false;
}

bool has_any(std::string_view command, const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& words) { return has_words(command, words); });
}

Result<void> load_names(const RuleData& data, std::string_view path, std::unordered_set<std::string>& into) {
    return each_line(data, path, [&](std::string_view line) -> std::string {
        if (line.find_first_of(" \t") != std::string_view::npos) return "expected one name";
        into.insert(std::string(line));
        return "";
    });
}

}  // namespace

Result<void> NamedDeeds::load(const RuleData& data, std::string_view path) {
    return each_line(data, path, [&](std::string_view line) -> std::string {
        std::string_view word;
        std::string_view name;
        if (!take_first_word(line, word, name) || name.find_first_of(" \t") != std::string_view::npos) return "expected 'deed name'";
        const auto* const deed = std::find_if(std::begin(kDeeds), std::end(kDeeds), [&](const DeedWord& one) { return one.word == word; });
        if (deed == std::end(kDeeds)) return "'" + std::string(word) + "' is no deed";
        if (name.ends_with(".*")) {
            below_[std::string(name.substr(0, name.size() - 1))] |= deed->deed;
        } else {
            deeds_[std::string(name)] |= deed->deed;
        }
        for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) modules_.emplace(name.substr(0, dot));
        return "";
    });
}

unsigned NamedDeeds::of(std::string_view name) const {
    const auto exact = deeds_.find(name);
    unsigned deeds = exact == deeds_.end() ? 0 : exact->second;
    if (below_.empty()) return deeds;
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
        const auto folder = below_.find(name.substr(0, dot + 1));
        if (folder != below_.end()) deeds |= folder->second;
    }
    return deeds;
}

unsigned NamedDeeds::of_beginning(std::string_view name, std::string_view separator) const {
    for (;;) {
        const auto found = deeds_.find(name);
        if (found != deeds_.end()) return found->second;
        const std::size_t end = name.rfind(separator);
        if (end == std::string_view::npos) return 0;
        name = name.substr(0, end);
    }
}

Result<PackageWords> PackageWords::load(const RuleData& data) {
    PackageWords words;
    TRY_VOID(words.python_.load(data, "content/python.txt"));
    TRY_VOID(words.javascript_.load(data, "content/javascript.txt"));
    TRY_VOID(words.rust_.load(data, "content/rust.txt"));
    TRY_VOID(words.load_commands(data));
    TRY_VOID(load_names(data, "content/programs.txt", words.programs_));
    TRY_VOID(load_names(data, "content/encodings.txt", words.encodings_));
    return words;
}

Result<void> PackageWords::load_commands(const RuleData& data) {
    return each_line(data, "content/commands.txt", [&](std::string_view line) -> std::string {
        std::string_view what;
        std::string_view text;
        if (!take_first_word(line, what, text)) return "expected 'what text'";
        std::string words = squeezed(text);
        if (what == "fetch") {
            fetch_.push_back(std::move(words));
        } else if (what == "run") {
            run_.push_back(std::move(words));
        } else if (what == "both") {
            both_.push_back(std::move(words));
        } else if (what == "plain") {
            plain_.insert(std::move(words));
        } else {
            return "'" + std::string(what) + "' is none of fetch, run, both and plain";
        }
        return "";
    });
}

bool PackageWords::fetches_and_runs(std::string_view command) const {
    const std::string text = squeezed(command);
    return has_any(text, both_) || (has_any(text, fetch_) && has_any(text, run_));
}

bool PackageWords::is_plain_step(std::string_view command) const {
    const std::string words = squeezed(command);
    std::string step;
    for (const std::string_view word : split(words, ' ')) {
        if (word.starts_with("--") && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos) continue;
        step += (step.empty() ? "" : " ") + std::string(word);
    }
    return plain_.contains(step);
}

bool PackageWords::is_plain_encoding(std::string_view name) const {
    std::string normal;
    for (const char c : ascii_lower(name)) {
        const char one = c == '-' || c == ' ' || c == '.' ? '_' : c;
        if (one == '_' && !normal.empty() && normal.back() == '_') continue;
        normal += one;
    }
    // Editors say how lines end too: "utf-8-unix".
    for (const std::string_view ending : {"_unix", "_dos", "_mac"}) {
        if (normal.ends_with(ending)) normal.resize(normal.size() - ending.size());
    }
    return encodings_.contains(normal);
}

}  // namespace headgate::formats
