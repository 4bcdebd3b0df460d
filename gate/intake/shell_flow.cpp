#include "intake/shell_flow.hpp"

#include <algorithm>
#include <utility>

#include "intake/shell_programs.hpp"
#include "intake/shell_variables.hpp"

namespace headgate::intake::shell {
namespace {

constexpr int kDeepest = 4;               // substitutions within each other
constexpr std::size_t kMostScript = 1U << 16U;
constexpr std::size_t kCommand = 200;     // steps that looking at one command costs, and at one file
constexpr std::size_t kFile = 20;

/// The name before "=" or "+=", and where the value begins; "" when it is no assignment.
std::pair<std::string_view, std::size_t> assigned(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_name_char(text[end])) ++end;
    const std::string_view rest = text.substr(end);
    const std::size_t sign = rest.starts_with("=") ? 1 : rest.starts_with("+=") ? 2 : 0;
    if (end == 0 || sign == 0 || !is_name_start(text[0])) return {};
    return {text.substr(0, end), end + sign};
}

/// "f" of "f.gz".
std::string_view unpacked(std::string_view path) {
    for (const std::string_view ending : {".gz", ".xz", ".bz2", ".zst", ".lzma", ".Z", ".z", ".lz4", ".br"}) {
        if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
    }
    return {};
}

}  // namespace

std::string variable_file(std::string_view name) { return "$(" + std::string(name) + ")"; }

std::vector<std::string> variables_in(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
        ++at;
        if (at < text.size() && text[at] == '{') ++at;
        std::size_t end = at;
        while (end < text.size() && is_name_char(text[end])) ++end;
        if (end > at && is_name_start(text[at])) names.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return names;
}

bool Flow::follow(std::span<const Command> all, std::size_t number) {
    kept_ = true;
    const Command& one = all[number];
    const std::size_t at = program_at(one.words);
    const std::string program = at < one.words.size() ? program_of(one.words[at].text) : std::string();
    sets(all, number, at, program);
    if (is_any(program, {"mv", "cp", "ln", "install", "rsync", "scp"})) copied(one, at + 1);
    std::vector<std::string> paths = one.outputs;
    if (is_fetcher(program)) {
        const auto fetched = fetched_files(program, one.words, at + 1);
        paths.insert(paths.end(), fetched.begin(), fetched.end());
    }
    const bool unpacks = is_any(program, {"gunzip", "gzip", "xz", "unxz", "bunzip", "bzip", "zstd", "unzstd", "lzma", "unlzma", "uncompress", "lz", "brotli"});
    for (std::size_t i = at + 1; i < one.words.size(); ++i) {
        const std::string& text = one.words[i].text;
        if (program == "tee" && !text.starts_with('-')) paths.push_back(text);
        if (program == "dd" && text.starts_with("of=")) paths.push_back(text.substr(3));
        if (unpacks && !unpacked(text).empty()) paths.emplace_back(unpacked(text));
        if (is_interpreter(program) || !passes_on(program)) continue;
        if (is_any(text, {"-o", "-out", "--output", "--out"}) && i + 1 < one.words.size()) paths.push_back(one.words[i + 1].text);
        if (text.starts_with("--output=")) paths.push_back(text.substr(9));
    }
    if (paths.empty()) return kept_;
    WrittenFile what;
    content(all, number, what, 0);
    reads(all, number, what, false);
    for (const std::string& path : paths) add(path, what);
    return kept_;
}

void Flow::add(std::string_view path, const WrittenFile& what) { kept_ = files_.add(path, what) && kept_; }

/// Nobody writes pipes of that length: what comes of it is not known.
bool Flow::spend(std::size_t steps, WrittenFile& what) {
    const bool enough = files_.spend(steps);
    what.decoded = what.decoded || !enough;
    return enough;
}

/// What is known of a file that is read.
void Flow::merge(std::string_view path, WrittenFile& what) {
    if (path.empty() || !spend(path.size() + kFile, what)) return;
    what.fetched = what.fetched || path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/");
    const WrittenFile* const from = files_.find(path);
    if (from == nullptr || !spend(from->script.size() + 100 * from->places.size(), what)) return;
    what.places.insert(what.places.end(), from->places.begin(), from->places.end());
    what.fetched = what.fetched || from->fetched;
    const bool fits = what.script.size() + from->script.size() <= kMostScript;
    what.decoded = what.decoded || from->decoded || !fits;
    if (fits) what.script += from->script;
}

void Flow::outputs(std::span<const Command> all, const std::vector<std::size_t>& numbers, WrittenFile& what, int depth) {
    if (!numbers.empty() && depth > kDeepest) what.decoded = true;
    for (const std::size_t number : numbers) {
        if (depth > kDeepest || files_.spent()) return;
        if (number < all.size()) content(all, number, what, depth);
    }
}

/// What it writes to its output, without what comes through its pipe.
void Flow::content(std::span<const Command> all, std::size_t number, WrittenFile& what, int depth) {
    const Command& one = all[number];
    std::size_t steps = kCommand + one.inputs.size() + one.words.size();
    for (const Word& word : one.words) steps += word.text.size();
    for (const std::string& document : one.documents) steps += document.size();
    if (!spend(steps, what)) return;
    add_content(one, what);
    const std::size_t at = program_at(one.words);
    const std::string program = at < one.words.size() ? program_of(one.words[at].text) : std::string();
    for (std::size_t i = at + 1; i < one.words.size(); ++i) {
        const Word& word = one.words[i];
        if (word.text.empty() && !is_fetcher(program)) outputs(all, word.commands, what, depth + 1);      // no part of something else
        if (!passes_on(program) || word.text.starts_with('-')) continue;
        merge(std::string_view(word.text).substr(word.text.starts_with("if=") ? 3 : 0), what);
    }
    for (const std::string& path : one.inputs) merge(path, what);
    if (depth == 0 || !one.feeds.empty()) outputs(all, one.feeds, what, depth + 1);
}

/// What comes through its pipe; `given_only`: or is given to it in other ways, as to "read", which writes nothing itself.
void Flow::reads(std::span<const Command> all, std::size_t number, WrittenFile& what, bool given_only) {
    const Command& one = all[number];
    if (given_only) {
        for (const std::string& path : one.inputs) merge(path, what);
        outputs(all, one.feeds, what, 1);
        for (const std::string& document : one.documents) {
            if (spend(document.size() + 1, what)) what.script += document + "\n";
        }
    }
    for (std::size_t i = one.input; i > 0 && all[i - 1].piped; --i) {
        if (!spend(1, what)) break;
        content(all, i - 1, what, 0);
    }
}

/// What a value begins with, from `from` on in the word: of what stands behind something else, nobody takes the name of a program.
void Flow::held(std::span<const Command> all, const Word& word, std::size_t from, WrittenFile& what) {
    if (!word.gaps.empty() && word.gaps.front() <= from) outputs(all, word.commands, what, 1);
    const std::string_view value = std::string_view(word.text).substr(std::min(from, word.text.size()));
    if (word.computed && value.starts_with('$')) {
        for (const std::string& name : variables_in(value)) merge(variable_file(name), what);
    }
}

/// X=$(curl ...), read X, mapfile X, for X in $(curl ...), printf -v X, exec 3< <(curl ...)
void Flow::sets(std::span<const Command> all, std::size_t number, std::size_t at, std::string_view program) {
    const Command& one = all[number];
    const auto& words = one.words;
    for (const Word& word : words) {
        if (!word.computed) continue;
        const auto [name, from] = assigned(word.text);
        if (name.empty()) continue;
        WrittenFile what;
        held(all, word, from, what);
        add(variable_file(name), what);
    }
    if (words.size() > 3 && words[0].text == "for" && words[2].text == "in") {
        WrittenFile what;
        for (std::size_t i = 3; i < words.size(); ++i) held(all, words[i], 0, what);
        add(variable_file(words[1].text), what);
    }
    if (words.size() == 1 && words[0].text == "exec") {
        WrittenFile what;
        reads(all, number, what, true);
        add("&", what);
    }
    const bool formats = program == "printf" && at + 2 < words.size() && words[at + 1].text == "-v";
    if (!formats && !is_any(program, {"read", "mapfile", "readarray"})) return;
    WrittenFile what;
    if (formats) {
        content(all, number, what, 0);
        return add(variable_file(words[at + 2].text), what);
    }
    reads(all, number, what, true);
    if (what.empty()) return;
    bool named = false;
    for (std::size_t i = at + 1; i < words.size(); ++i) {
        if (words[i].text.empty() || words[i].text.starts_with('-')) continue;
        named = true;
        if (!spend(1 + what.script.size(), what)) return add(variable_file(words[i].text), what);
        add(variable_file(words[i].text), what);
    }
    if (!named) add(variable_file(program == "read" ? "REPLY" : "MAPFILE"), what);
}

/// mv FILE... TO, which may be a folder; cp -t TO FILE...
void Flow::copied(const Command& one, std::size_t first) {
    std::vector<std::string_view> names;
    std::string_view into;
    for (std::size_t i = first; i < one.words.size(); ++i) {
        const std::string_view text = one.words[i].text;
        if (is_any(text, {"-t", "--target-directory"}) && i + 1 < one.words.size()) {
            into = one.words[++i].text;
        } else if (text.starts_with("--target-directory=")) {
            into = text.substr(19);
        } else if (!text.starts_with('-')) {
            names.push_back(text);
        }
    }
    if (into.empty() && names.size() > 1) {
        into = names.back();
        names.pop_back();
    }
    if (into.empty()) return;
    for (const std::string_view name : names) {
        kept_ = files_.copy(name, into) && kept_;
        if (name.find_first_of("*?[") == std::string_view::npos) continue;
        for (const std::string& path : files_.matching(name, false)) kept_ = files_.copy(path, into) && kept_;
        kept_ = kept_ && !files_.spent();
    }
}

}  // namespace headgate::intake::shell
