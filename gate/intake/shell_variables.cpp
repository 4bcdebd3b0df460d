#include "intake/shell_variables.hpp"

#include <algorithm>
#include <array>

namespace headgate::intake::shell {
namespace {

constexpr std::size_t kMostIndex = 256;          // bytes of "NAME[...]"
constexpr std::string_view kSeparators = ":,;|+@=#%^~!";    // what IFS may be when nobody knows it

bool is_name(std::string_view text) { return !text.empty() && is_name_start(text[0]) && std::all_of(text.begin(), text.end(), is_name_char); }

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) { return std::find(list.begin(), list.end(), text) != list.end(); }

/// What managers of environments print for a shell: variables of their own, PATH and functions.
bool is_own_hook(std::string_view written) {
    constexpr std::array<std::string_view, 9> kHooks = {"conda", "mamba", "micromamba", "pyenv", "rbenv", "ssh-agent", "brew", "dircolors", "opam"};
    written.remove_prefix(std::min(written.find_first_not_of("\"$(` "), written.size()));
    const std::string_view program = written.substr(0, written.find_first_of(" )`"));
    const std::string_view name = program.substr(program.rfind('/') + 1);
    return std::find(kHooks.begin(), kHooks.end(), name) != kHooks.end();
}

}  // namespace

Assignment assignment_in(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_name_char(text[end])) ++end;
    if (end == 0 || !is_name_start(text[0])) return {};
    std::size_t at = end;
    const bool element = at < text.size() && text[at] == '[';
    if (element) {
        const std::string_view index = text.substr(0, std::min(text.size(), at + kMostIndex));
        const std::size_t close = std::min(index.find("]=", at), index.find("]+=", at));
        if (close == std::string_view::npos) return {};
        at = close + 1;
    }
    const bool appends = at < text.size() && text[at] == '+';
    if (appends) ++at;
    if (at >= text.size() || text[at] != '=') return {};
    return {text.substr(0, end), at + 1, appends, element};
}

std::optional<std::string> Known::value(std::string_view name) const {
    if (anything) return std::nullopt;
    const auto own = set.find(name);
    if (own != set.end()) return own->second;
    auto given = lookup(name);
    return !given && name == "IFS" ? std::optional<std::string>(" ") : given;   // "pip${IFS}install"
}

void Known::remember(const std::vector<Word>& words) {
    std::size_t first = 0;
    while (first < words.size() && !assigned_name(words[first].text).empty()) ++first;
    if (first == words.size()) {
        for (const Word& word : words) assign(word, word.computed);
        return;
    }
    while (first + 1 < words.size() && is_one_of(words[first].text, {"command", "builtin"})) ++first;
    const std::string& program = words[first].text;
    const auto arguments = std::span(words).subspan(first + 1);
    if (is_one_of(program, {"export", "readonly", "declare", "typeset", "local"})) return declare(arguments);
    if (program == "eval") return evaluated(arguments);
    if (program == "set" || program == "shift") return change_parameters(program, arguments);
    written_to(program, arguments);
}

/// Which of two different values counts, depends on what runs.
void Known::assign(const Word& word, bool computed) {
    const Assignment found = assignment_in(word.text);
    if (found.name.empty()) return;
    std::optional<std::string> to;
    if (!computed && !found.element) to = word.text.substr(found.value);
    if (found.name == "IFS") {
        const std::string_view all = to ? std::string_view(*to) : kSeparators;
        for (const char c : all) {
            if (separators.find(c) == std::string::npos) separators += c;
        }
    }
    const auto before = value(found.name);
    if (found.appends) {
        const bool told = before && to && !conditional && before->size() + to->size() <= values;
        if (told) values -= before->size() + to->size();
        set.insert_or_assign(std::string(found.name), told ? std::optional(*before + *to) : std::nullopt);
        return;
    }
    const bool another = before ? before != to : set.find(found.name) != set.end();
    set.insert_or_assign(std::string(found.name), another ? std::nullopt : std::move(to));
}

/// "export NAME=value", "declare -n NAME=OTHER": an attribute changes what is assigned, and a reference is another's name.
void Known::declare(std::span<const Word> arguments) {
    bool changes = false;
    bool refers = false;
    for (const Word& word : arguments) {
        const std::string_view text = word.text;
        if (text.starts_with('-') || text.starts_with('+')) {
            changes = changes || text.find_first_of("nilucaA", 1) != std::string_view::npos;
            refers = refers || (text.starts_with('-') && text.find('n', 1) != std::string_view::npos);
            continue;
        }
        const Assignment found = assignment_in(text);
        if (found.name.empty()) {
            anything = anything || (word.computed && (text.find('=') != std::string_view::npos || !word.gaps.empty()));    // "declare $NAME=value"
            continue;
        }
        assign(word, word.computed || changes);
        if (!refers) continue;
        anything = anything || word.computed;
        forget(text.substr(found.value));
    }
}

/// read NAME, mapfile NAME, printf -v NAME, let NAME=1: what of it stands in the variable, only the running shell knows.
void Known::written_to(std::string_view program, std::span<const Word> arguments) {
    const bool reads = is_one_of(program, {"read", "mapfile", "readarray", "getopts", "unset", "select"});
    if (program == "read") forget("REPLY");
    if (program == "mapfile" || program == "readarray") forget("MAPFILE");
    if (program == "getopts") forget("OPTARG");
    const bool prints = program == "printf" && !arguments.empty() && arguments[0].text.starts_with("-v");
    if (!reads && !prints && program != "let") return;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view text = arguments[i].text;
        if (prints && i == 0 && text.size() > 2) text.remove_prefix(2);        // "-vNAME"
        if (prints && i > 1) break;
        if (program == "let") text = text.substr(std::min(text.find_first_not_of("+-! ("), text.size()));
        std::size_t end = 0;
        while (end < text.size() && is_name_char(text[end])) ++end;
        const std::string_view name = text.substr(0, end);
        if (!is_name(name)) {
            anything = anything || (arguments[i].computed && (prints || program == "read"));
        } else if (program == "let" || end == text.size() || text[end] == '[') {
            forget(name);
        }
        if (prints && i == 0 && arguments[0].text.size() > 2) break;
    }
}

/// Every "NAME=" in it may be an assignment.
void Known::evaluated(std::span<const Word> arguments) {
    for (const Word& word : arguments) {
        const std::string_view text = word.text;
        for (std::size_t equals = text.find('='); equals != std::string_view::npos; equals = text.find('=', equals + 1)) {
            std::size_t end = equals;
            if (end > 0 && text[end - 1] == '+') --end;
            std::size_t begin = end;
            while (begin > 0 && is_name_char(text[begin - 1])) --begin;
            const std::string_view name = text.substr(begin, end - begin);
            // "$X=value": which, nobody knows.
            const auto gap = std::lower_bound(word.gaps.begin(), word.gaps.end(), begin);
            const bool computed = (begin > 0 && (text[begin - 1] == '$' || text[begin - 1] == '}')) || (gap != word.gaps.end() && *gap <= equals);
            anything = anything || (word.computed && computed);
            if (is_name(name)) forget(name);
        }
        // "eval read NAME", "eval 'printf -v NAME ...'", "eval 'for NAME in ...'"; a line that goes on; whatever something else writes.
        anything = anything || (!word.gaps.empty() && !is_own_hook(word.written)) || text.find("\\\n") != std::string_view::npos;
        for (const std::string_view writer : {"read", "printf", "mapfile", "readarray", "for", "select", "getopts", "set", "shift"}) {
            for (std::size_t at = text.find(writer); at != std::string_view::npos && !anything; at = text.find(writer, at + 1)) {
                const std::size_t end = at + writer.size();
                anything = (at == 0 || !is_name_char(text[at - 1])) && (end == text.size() || !is_name_char(text[end]));
                if (anything && writer.starts_with('s')) parameters.reset();
            }
        }
    }
    if (arguments.size() > 1) {
        const std::string& program = arguments[0].text;
        if (is_one_of(program, {"read", "mapfile", "readarray", "printf"})) written_to(program, arguments.subspan(1));
    }
}

/// set [options] [--] WORD..., shift [n]
void Known::change_parameters(std::string_view program, std::span<const Word> arguments) {
    if (!tracks) return;
    if (program == "shift") {
        const bool one = arguments.empty() || arguments[0].text == "1";
        if (conditional || !one || !parameters || parameters->size() < 2) {
            parameters.reset();
        } else {
            parameters->erase(parameters->begin() + 1);
        }
        return;
    }
    std::size_t first = 0;
    bool ends = false;
    for (; first < arguments.size() && !ends; ++first) {
        const std::string& text = arguments[first].text;
        if (text.empty() || (text[0] != '-' && text[0] != '+')) break;
        ends = text == "--" || text == "-";
        if (!ends && text.find('o') != std::string::npos) ++first;      // "-eo pipefail"
    }
    if (first >= arguments.size() && !ends) return;
    if (conditional) return parameters.reset();
    Word zero;
    if (parameters && !parameters->empty()) {
        zero = std::move(parameters->front());
    } else {
        zero.computed = true;
        zero.gaps = {0};
    }
    std::vector<Word> now;
    now.push_back(std::move(zero));
    for (; first < arguments.size(); ++first) {
        Word& word = now.emplace_back();
        word.text = arguments[first].text;
        word.computed = arguments[first].computed;
        word.gaps = arguments[first].gaps;
    }
    parameters = std::move(now);
}

}  // namespace headgate::intake::shell
