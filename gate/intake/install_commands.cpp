#include "intake/install_commands.hpp"

#include "base/text.hpp"
#include "intake/environment.hpp"

namespace headgate::intake::shell {

bool is_local(std::string_view text) {
    const auto starts = {".", "/", "~", "file:"};
    const auto ends = {".whl", ".tar.gz", ".tgz", ".zip"};
    return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return text.starts_with(start); }) ||
           std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return text.ends_with(end); });
}

const Word* Arguments::option(std::initializer_list<std::string_view> names) const {
    for (const auto& [name, value] : options) {
        if (is_any(name, names)) return &value;
    }
    return nullptr;
}

bool Arguments::take(std::initializer_list<std::string_view> verbs) {
    if (operands.empty() || !is_any(operands.front().text, verbs)) return false;
    operands.erase(operands.begin());
    return true;
}

/// The value behind "--option=".
static Word rest_of(const Word& word, std::size_t from) {
    Word value{word.text.substr(from), word.computed, word.commands, word.written, {}, word.whole};
    for (const std::size_t gap : word.gaps) {
        if (gap < from) value.whole = false;
        if (gap >= from) value.gaps.push_back(gap - from);
    }
    return value;
}

Arguments read_arguments(const Words& words, std::size_t first, std::string_view valued) {
    Arguments found;
    const auto all = split(valued, ' ');
    const auto takes_value = [&](std::string_view name) {
        return std::find(all.begin(), all.end(), name) != all.end();
    };
    for (std::size_t i = first; i < words.size(); ++i) {
        const Word& word = words[i];
        const std::string& text = word.text;
        if (!text.starts_with('-') || text == "-") {
            found.operands.push_back(word);
            continue;
        }
        if (text == "--") continue;
        const bool is_long = text.starts_with("--");
        const std::size_t equals = is_long ? text.find('=') : std::string::npos;
        if (equals != std::string::npos) {
            found.options.emplace_back(text.substr(0, equals), rest_of(word, equals + 1));
        } else if (takes_value(text)) {
            found.options.emplace_back(text, i + 1 < words.size() ? words[i + 1] : Word{});
            ++i;
        } else if (!is_long && text.size() > 2 && takes_value(text.substr(0, 2))) {
            found.options.emplace_back(text.substr(0, 2), rest_of(word, 2));
        } else {
            found.options.emplace_back(text, Word{});
        }
    }
    return found;
}

void Installing::option(IndexOption::Role role, std::string_view ecosystem, std::string_view url, std::string_view written) {
    if (!has_room()) return;
    context.evidence.index_options.push_back({context.at_line(line), role, std::string(ecosystem), without_login(url), std::string(written), {}});
}

bool Installing::has_room() {
    const bool room = context.room();
    understood = understood && room;
    return room;
}

/// "pip install $P" ten thousand times says no more than once.
void Installing::drop_repeated() {
    auto& all = context.evidence.requirements;
    if (all.size() < 2 || all[all.size() - 2] != all.back()) return;
    all.pop_back();
    ++repeated;
}

void Installing::computed(std::string_view type, std::string_view written) {
    if (!record_computed(type, written, line, context)) understood = false;
    drop_repeated();
}

void Installing::add(Entry entry) {
    entry.line = line;
    if (!record(std::move(entry), context)) understood = false;
}

void Installing::unknown(std::string_view option) {
    understood = not_understood(context, std::string(option) + " with a value that only the build knows", line);
}

bool Installing::place(const Word& word) {
    if (word.text.empty()) return false;
    const bool scheme = is_place(word.text);
    if (!word.computed && !scheme && word.text.find('.') == std::string::npos) return false;
    if (!has_room()) return true;
    const std::string url = without_login(scheme ? word.text : "http://" + word.text);
    auto reference = parse_reference(std::string_view(url).substr(0, url.find('#')));
    if (word.computed || !reference) {
        computed_place(word.written.empty() ? word.text : word.written);
        return true;
    }
    Requirement one;
    one.where = context.at_line(line);
    one.written = without_login(word.text);
    one.url = url;
    one.source = Requirement::Source::url;
    one.runs_install_script = true;
    one.reference = std::move(*reference);
    context.evidence.requirements.push_back(std::move(one));
    drop_repeated();
    return true;
}

void Installing::computed_place(std::string_view written) {
    if (!has_room()) return;
    Requirement one;
    one.where = context.at_line(line);
    one.written = without_login(written);
    one.dynamic = true;
    one.source = Requirement::Source::unknown;
    one.reference = headgate::intake::computed("https", "", "https://?");
    context.evidence.requirements.push_back(std::move(one));
    drop_repeated();
}

void Installing::setting(std::string_view variable, const Word& value) {
    if (!add_variable(variable, value.text, value.computed, line, context)) understood = false;
}

}  // namespace headgate::intake::shell
