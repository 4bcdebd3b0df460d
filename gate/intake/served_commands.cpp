#include "intake/served_commands.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "intake/requirements.hpp"
#include "intake/server_table.hpp"
#include "intake/shell_programs.hpp"
#include "intake/shell_texts.hpp"

namespace headgate::intake::served {
namespace {

constexpr std::size_t kMostWords = 20'000;             // of all commands
constexpr std::size_t kMostExpanded = 1U << 20U;       // bytes of them, variables put in
constexpr int kDepth = 4;                              // scripts as arguments of shells

using Words = std::vector<shell::Word>;
using Layer = std::map<std::string, std::optional<std::string>, std::less<>>;    // values of variables; nullopt: nobody knows them here

/// What only the running shell knows, as `mark`.
std::string text_of(const shell::Word& word, std::string_view mark) {
    std::string text;
    std::size_t from = 0;
    for (const std::size_t gap : word.gaps) {
        text += std::string_view(word.text).substr(from, gap - from);
        text += mark;
        from = gap;
    }
    return text += std::string_view(word.text).substr(from);
}

/// Where the options of a shell at `at` have ended.
struct ShellWords {
    bool script = false;                 // the word at `next` is one
    bool file = false;                   // the word at `next` names one
    std::size_t next = 0;
};

ShellWords read_shell(const Words& words, std::size_t at) {
    ShellWords shell;
    bool takes = false;
    for (shell.next = at + 1; shell.next < words.size(); ++shell.next) {
        const std::string& text = words[shell.next].text;
        if (text != "-" && (text.size() < 2 || (text[0] != '-' && text[0] != '+'))) break;
        if (text == "--" || text == "-") {
            ++shell.next;
            break;
        }
        const bool plain = !text.starts_with("--");
        takes = takes || (plain && text[0] == '-' && text.find('c') != std::string::npos) || text == "--command";
        if (text == "--rcfile" || text == "--init-file" || (plain && text.find_first_of("oO") != std::string::npos)) ++shell.next;   // "-eo pipefail"
    }
    shell.script = takes;
    shell.file = !takes && shell.next < words.size();
    return shell;
}

class Reader {
  public:
    Reader(const ServerCommand& command, bool of_server) : command_(command), of_server_(of_server) {
        lookup_ = [this](std::string_view name) -> std::optional<std::string> {
            if (anything_) return std::nullopt;
            for (auto layer = given_.rbegin(); layer != given_.rend(); ++layer) {
                if (const auto own = layer->find(name); own != layer->end()) return own->second;
            }
            const auto known = command_.environment.find(name);
            return known == command_.environment.end() ? std::nullopt : std::optional(known->second);
        };
    }

    Commands run() {
        RunCommand own;
        own.of_script = command_.beside;
        for (std::size_t i = 0; i < command_.words.size() && commands_.problem.empty(); ++i) {
            const auto with_values = command_.by_kubelet ? expand_parentheses(command_.words[i], command_.environment) : std::optional(command_.words[i]);
            if (!with_values) {
                commands_.problem = "a command that grows beyond all measure";
                break;
            }
            const std::string& expanded = *with_values;
            const bool alone = command_.words.size() == 1 && !expanded.starts_with('-') && expanded.find_first_of(" \t\n") != std::string::npos;
            if (!alone && is_shell_option(expanded) && awaits_script(own.words)) {        // "sh -c -- SCRIPT", "bash -c -x SCRIPT"
                own.words.emplace_back().text = expanded;
                continue;
            }
            if (alone || awaits_script(own.words)) {      // what stands behind a script is for it, and not for its commands
                Words parameters;
                for (std::size_t j = i + 1; j < command_.words.size() && commands_.problem.empty(); ++j) {
                    const auto one = command_.by_kubelet ? expand_parentheses(command_.words[j], command_.environment) : std::optional(command_.words[j]);
                    if (!one) commands_.problem = "a command that grows beyond all measure";
                    if (one && count(one->size())) parameters.emplace_back().text = *one;
                }
                given_.push_back(given_to(own.words, shell::program_at(own.words)));
                script(expanded, command_.documents, 0, parameters);
                return std::move(commands_);
            }
            plain(expanded, own.words);
        }
        if (!own.words.empty()) add(std::move(own));
        return std::move(commands_);
    }

  private:
    /// Between "-c" and its script. Behind "--" or "-" the script stands, whatever it begins with.
    bool is_shell_option(std::string_view word) {
        if (options_ended_ || word.empty() || (word[0] != '-' && word[0] != '+')) return false;
        options_ended_ = word == "-" || word == "--";
        return options_ended_ || word.size() > 1;
    }
    static bool awaits_script(const Words& words) {
        const std::size_t at = shell::program_at(words);
        if (at >= words.size() || !shell::is_shell(shell::program_of(words[at].text))) return false;
        const ShellWords read = read_shell(words, at);
        return read.script && read.next == words.size();
    }

    /// An argument. One with blanks in it may be several that somebody wrote as one; JSON is not.
    void plain(const std::string& expanded, Words& to) {
        // Where that is not told, a "$" stays in it, and nothing is made of a word with one.
        const std::string text = interpolate(expanded, command_.environment).value_or(expanded);
        const std::string_view begin = trim(text);
        const bool one = begin.starts_with('{') || begin.starts_with('[') || text.find_first_of(" \t\n") == std::string::npos;
        auto inner = one ? std::nullopt : requirements::shell_words(text);
        if (!inner) inner = {text};
        for (std::string& word : *inner) {
            if (!count(word.size())) return;
            to.emplace_back().text = std::move(word);
        }
    }

    bool count(std::size_t bytes) {
        ++words_;
        return spend(bytes);
    }
    bool spend(std::size_t bytes) {
        bytes_ += bytes;
        if (bytes_ <= kMostExpanded && words_ <= kMostWords) return true;
        commands_.problem = "commands that grow beyond " + std::to_string(kMostExpanded) + " bytes or " + std::to_string(kMostWords) + " words";
        return false;
    }

    /// `parameters`: what stands behind the script.
    void script(const std::string& text, std::span<const std::string> documents, int depth, const Words& parameters) {
        for (const shell::Word& word : parameters) {
            if (!spend(word.text.size() + 1)) return;      // each script has them anew
        }
        shell::Surroundings around;
        around.parameters = parameters;
        const auto read = shell::read_commands(text, lookup_, documents, &around);
        if (!read) {
            const auto& given = command_.environment;
            const bool named = std::any_of(parameters.begin(), parameters.end(), [](const shell::Word& word) { return servers::names_server(word.text); }) ||
                               std::any_of(given.begin(), given.end(), [](const auto& one) { return servers::names_server(one.second); });
            commands_.torn = commands_.torn || of_server_ || named || servers::names_server(text);
            return;
        }
        const bool changed = !std::equal(parameters.begin(), parameters.end(), around.parameters.begin(), around.parameters.end(), [](const auto& one, const auto& other) { return one.text == other.text; });
        const bool hides = around.lost || (changed && text.find("eval") != std::string::npos) || shell::changes_arguments(text) || std::any_of(read->begin(), read->end(), has_computed_program);
        const bool runs = hides && (shell::runs_arguments(text) || shell::changes_arguments(text));
        if (runs) by_themselves(parameters, 0, depth);
        // What the script writes to, the scripts in it find so; when, nobody knows here.
        Layer layer;
        for (const auto& [name, value] : around.set) {
            const auto known = lookup_(name);
            if (!known || known != value) layer.emplace(name, std::nullopt);
        }
        given_.push_back(std::move(layer));
        const bool before = std::exchange(anything_, anything_ || around.anything);
        for (const shell::Command& one : *read) {
            if (!commands_.problem.empty()) break;
            of_script(one, depth, around.lost ? parameters : around.parameters, runs);
        }
        given_.pop_back();
        anything_ = before;
    }

    static bool has_computed_program(const shell::Command& one) {
        const std::size_t at = shell::program_at(one.words);
        return at < one.words.size() && one.words[at].computed;
    }

    /// Words that a script runs in a way that is not followed: as if they were the arguments of some program.
    void by_themselves(const Words& words, std::size_t first, int depth) {
        if (first >= words.size()) return;
        RunCommand command;
        command.words.emplace_back();
        command.of_script = true;
        command.environment = set_;
        for (std::size_t i = first; i < words.size(); ++i) {
            const std::string text = text_of(words[i], "$(...)");
            if (!count(text.size())) return;
            const bool is_script = text.find_first_of(" \t\n;&|") != std::string::npos && servers::names_server(text);
            if (is_script && depth >= kDepth) commands_.problem = "scripts within scripts";
            if (is_script && depth < kDepth) script(text, {}, depth + 1, {});
            command.words.emplace_back().text = text;
        }
        commands_.all.push_back(std::move(command));
    }

    /// "M=x sh -c ...", "env M=x sh -c ...": variables of the script.
    static Layer given_to(const Words& words, std::size_t program) {
        Layer layer;
        for (std::size_t i = 0; i < program && i < words.size(); ++i) {
            const std::string& text = words[i].text;
            const std::string_view name = shell::assigned_variable(text);
            if (name.empty()) continue;
            const bool plain = text[name.size()] == '=' && !words[i].computed;
            layer.insert_or_assign(std::string(name), plain ? std::optional(text.substr(name.size() + 1)) : std::nullopt);
        }
        return layer;
    }

    void of_script(const shell::Command& one, int depth, const Words& parameters, bool runs_parameters) {
        const std::size_t at = shell::program_at(one.words);
        const std::string program = at < one.words.size() ? shell::program_of(one.words[at].text) : std::string();
        const bool declares = program == "declare" || program == "typeset" || program == "readonly" || program == "local";
        Variables own = set_;
        for (std::size_t i = 0; i < (declares ? one.words.size() : at); ++i) assign(text_of(one.words[i], "$(...)"), own);
        for (const auto& [name, value] : own) spend(name.size() + value.size());
        if (at >= one.words.size() || declares) {         // "export NAME=value", "NAME=value": for all that follows
            set_ = own;
            if (own.empty()) return;
            RunCommand& sets = commands_.all.emplace_back();
            sets.environment = std::move(own);
            sets.of_script = true;
            return;
        }
        if (shell::is_shell(program)) {
            const ShellWords read = read_shell(one.words, at);
            const bool nested = read.script && read.next < one.words.size();
            if (nested || !read.file) {
                if (depth >= kDepth) {
                    commands_.problem = "scripts within scripts";
                    return;
                }
                const Variables outer = set_;
                set_ = own;
                given_.push_back(given_to(one.words, at));
                if (nested) script(text_of(one.words[read.next], "$?"), {}, depth + 1, behind(one.words, read.next + 1));
                for (std::size_t i = 0; !nested && i < one.documents.size(); ++i) script(one.documents[i], {}, depth + 1, {});
                set_ = outer;
                given_.pop_back();
                return;
            }
        }
        if (program == "eval") {
            if (depth >= kDepth) {
                commands_.problem = "scripts within scripts";
                return;
            }
            std::string text;
            for (std::size_t i = at + 1; i < one.words.size(); ++i) text += text_of(one.words[i], "$?") + " ";
            return script(text, {}, depth + 1, parameters);
        }
        if (program == "trap") {
            std::size_t next = at + 1;
            while (next < one.words.size() && one.words[next].text.size() > 1 && one.words[next].text.starts_with('-')) ++next;
            if (depth >= kDepth) commands_.problem = "scripts within scripts";
            if (depth < kDepth && next < one.words.size()) script(text_of(one.words[next], "$?"), {}, depth + 1, parameters);
            return;
        }
        if (program == "set" && runs_parameters) by_themselves(one.words, at + 1, depth);
        if (shell::is_harmless(program)) return;
        RunCommand command;
        for (const shell::Word& word : one.words) {
            std::string text = text_of(word, "$(...)");
            if (word.computed && text.find('$') == std::string::npos) text += "$(...)";
            if (!count(text.size())) return;
            command.words.emplace_back().text = std::move(text);
        }
        command.environment = std::move(own);
        command.of_script = true;
        add(std::move(command));
    }

    /// Texts of words, with their gaps.
    static Words behind(const Words& words, std::size_t first) {
        Words result;
        for (std::size_t i = first; i < words.size(); ++i) {
            shell::Word& word = result.emplace_back();
            word.text = words[i].text;
            word.computed = words[i].computed;
            word.gaps = words[i].gaps;
        }
        return result;
    }

    /// What "NAME+=value" comes to, is not followed.
    static void assign(const std::string& word, Variables& to) {
        const std::string_view name = shell::assigned_variable(word);
        if (name.empty() || !servers::is_known_variable(name)) return;
        const bool plain = word[name.size()] == '=';
        to.insert_or_assign(std::string(name), plain ? word.substr(name.size() + 1) : std::string("$(...)"));
    }

    /// "env HF_ENDPOINT=x vllm serve" sets what it says for its own command.
    void add(RunCommand command) {
        command.program = shell::program_at(command.words);
        for (std::size_t i = 0; i < command.program && i < command.words.size(); ++i) assign(command.words[i].text, command.environment);
        commands_.all.push_back(std::move(command));
    }

    const ServerCommand& command_;
    shell::Lookup lookup_;
    Commands commands_;
    Variables set_;                      // by the script, for all that follows
    std::vector<Layer> given_;           // to the script at hand, the innermost last, before the environment
    bool anything_ = false;              // and so is every other variable
    std::size_t bytes_ = 0;
    std::size_t words_ = 0;
    bool options_ended_ = false;         // of the shell whose script is awaited
    bool of_server_;
};

}  // namespace

Commands read_run_commands(const ServerCommand& command, bool of_server) { return Reader(command, of_server).run(); }

}  // namespace headgate::intake::served
