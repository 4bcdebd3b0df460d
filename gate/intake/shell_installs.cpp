#include "intake/shell_installs.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "intake/environment.hpp"
#include "intake/install_commands.hpp"
#include "intake/requirements.hpp"
#include "intake/shell_aliases.hpp"
#include "intake/shell_code.hpp"
#include "intake/shell_flow.hpp"
#include "intake/shell_programs.hpp"
#include "intake/shell_texts.hpp"
#include "model/reference.hpp"

namespace headgate::intake::shell {
namespace {

constexpr int kDepth = 4;                 // scripts as arguments of shells
constexpr int kCommands = 8;              // commands as arguments of commands
constexpr std::size_t kTries = 16;        // installers among the arguments of a program that is not known
constexpr int kSources = 4;               // substitutions within each other, of which the outputs are run

class Installs {
  public:
    Installs(std::uint32_t line, const Lookup& lookup, int depth, WrittenFiles& files, IntakeContext& context)
        : here_{context, line}, context_(context), lookup_(lookup), files_(files), flow_(files), line_(line), depth_(depth) {}

    bool read(std::string_view script, std::span<const std::string> documents = {}) {
        auto commands = read_commands(script, lookup_, documents);
        if (!commands) {
            const bool mentions = mentions_installer(script) || std::any_of(documents.begin(), documents.end(), mentions_installer);
            if (mentions) {
                here_.computed("pypi", "a script that is not understood");
                here_.understood = not_understood(context_, "a script with a quote or bracket that does not end, or too much within each other; it names an installer", line_);
            }
            return here_.understood;
        }
        all_ = std::move(*commands);
        fetched_.resize(all_.size());
        walked_.resize(all_.size());
        for (number_ = 0; number_ < all_.size(); ++number_) {
            if (!context_.room()) return false;
            command(all_[number_].words, 0, 0);
            if (!flow_.follow(all_, number_)) too_much();
        }
        return here_.understood;
    }

  private:
    void command(const Words& words, std::size_t from, int nested) {
        const std::size_t at = program_at(words, from);
        bool options_read = false;
        for (std::size_t i = from; i < at; ++i) before(words, i, options_read);
        if (at >= words.size() && at > from && words[at - 1].text == "parallel") return read_input("sh", true);
        if (at >= words.size()) return;
        if (nested > kCommands) return here_.computed("pypi", "commands within commands");
        const std::string program = program_of(words[at].text);
        if (aliases_.knows(words[at])) return aliased(words, at);
        if (program == "alias") return aliases_.remember(words, at + 1);
        if (words[at].computed || words[at].text.find('/') != std::string::npos) run_file(words[at], {});
        if (is_computed_program(words[at])) return computed_program(words, at, nested);
        if (program == "find") return found(words, at, nested);
        if (is_interpreter(program)) {
            if (is_from_input(words, at)) filled(program, words, at);
            return interpreter(program, words, at, nested);
        }
        if (is_any(program, {"eval", "source", "."})) return sourced(program, words, at);
        if (program == "trap" && at + 1 < words.size()) return nested_script(script_of(words[at + 1]));
        if (is_any(program, {"su", "runuser", "script", "nix-shell", "sg", "flock"})) return text_option(words, at + 1);
        if (is_from_input(words, at) && is_installer(program) && !installs_nothing(words, at + 1)) here_.computed(is_any(program, {"npm", "yarn", "pnpm", "bun"}) ? "npm" : "pypi", "what xargs reads");
        if (is_installer(program)) return installer(program, words, at + 1, nested);
        if (!is_harmless(program) || program == "set") hidden(words, at + 1, nested);   // "set -- pip install x; "$@""
    }

    static bool is_from_input(const Words& words, std::size_t at) {
        return std::any_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at), [](const Word& word) { return program_of(word.text) == "xargs" || word.text == "parallel"; });
    }
    /// xargs -I{} sh -c "{}", xargs -0 sh -c: what it reads is the script, or stands in it.
    void filled(const std::string& program, const Words& words, std::size_t at) {
        const Filled how = filled_by_xargs(words, at);
        if (how == Filled::whole) read_input(program, true);
        for (std::size_t i = all_[number_].input; how == Filled::part && i > 0 && all_[i - 1].piped && !walked_[i - 1]; --i) {
            walked_[i - 1] = true;
            const std::size_t sender = program_at(all_[i - 1].words);
            const std::string name = sender < all_[i - 1].words.size() ? program_of(all_[i - 1].words[sender].text) : std::string();
            if (is_fetcher(name)) fetch(i - 1, sender + 1);
            if (brings_in(name)) here_.computed_place("what is fetched and run");
        }
    }
    /// find FOLDER... -name PATTERN -exec sh {} \;
    void found(const Words& words, std::size_t at, int nested) {
        for (const Executed& one : executed_by_find(words, at)) {
            const std::string program = program_of(words[one.program].text);
            const bool itself = words[one.program].text == "{}";
            if (!itself && !is_interpreter(program) && !is_any(program, {".", "source"})) continue;
            for (std::size_t i = at + 1; i < words.size() && !words[i].text.starts_with('-'); ++i) {
                for (const std::string& path : files_.matching(words[i].text, true)) {
                    const std::string_view last = std::string_view(path).substr(path.rfind('/') + 1);
                    if (one.name.empty() || glob_matches(ascii_lower(one.name), ascii_lower(last))) run_file(Word{path, false, {}, {}, {}}, itself ? std::string_view{} : std::string_view(program));
                }
                if (files_.spent()) return too_much();
            }
        }
        hidden(words, at + 1, nested);
    }
    void too_much() { here_.computed_place("more files, or longer ones, than anybody writes in a script"); }

    /// An assignment; or a word of a program that runs another, whose options may hold scripts.
    /// `options_read`: the first of them has looked at the options of all that follow.
    void before(const Words& words, std::size_t at, bool& options_read) {
        const Word& word = words[at];
        if (is_assignment(word.text)) {
            const std::string name(assigned_variable(word.text));
            here_.setting(name, {word.text.substr(word.text.find('=', name.size()) + 1), word.computed, {}, {}, {}});
            if (name == "BASH_ENV") run_file(Word{word.text.substr(word.text.find('=', name.size()) + 1), word.computed, {}, {}, {}}, "sh");
        } else if (!options_read && is_any(program_of(word.text), {"runuser", "flock", "env", "watch", "parallel"})) {
            options_read = true;
            text_option(words, at + 1);
        }
    }

    void installer(std::string_view program, const Words& words, std::size_t first, int nested) {
        if (program == "pip") {
            of_files(words, first);
            return pip(words, first, here_);
        }
        if (program == "easy_install") {
            Words as_pip(words.begin() + static_cast<std::ptrdiff_t>(first), words.end());
            as_pip.insert(as_pip.begin(), Word{"install", false, {}, {}, {}});
            return pip(as_pip, 0, here_);
        }
        if (is_any(program, {"uv", "pipx", "uvx"})) {
            uv(program, words, first, here_);
            const std::size_t next = program == "uvx" ? first : uv_run_at(words, first);
            if (next < words.size() && program == "uv") {
                if (is_place(words[next].text)) return void(here_.place(words[next]));      // a script that it fetches
                if (words[next].text == "-") return read_input("python", true);
                const bool module = is_any(words[next - 1].text, {"-m", "--module"});
                return module && is_installer(words[next].text) ? installer(words[next].text, words, next + 1, nested + 1) : command(words, next, nested + 1);
            }
            return program == "uv" ? void() : hidden(words, next, nested);
        }
        if (is_any(program, {"npm", "pnpm", "yarn", "bun", "npx", "pnpx", "bunx"})) {
            npm_command(program, words, first, here_);
            const bool runs = program.ends_with('x') || (first < words.size() && is_any(words[first].text, {"exec", "dlx", "x"}));
            return runs ? hidden(words, first, nested) : void();
        }
        if (program == "cargo") return cargo(words, first, here_);
        if (program == "go") return go(words, first, here_);
        if (program == "gem") return gem(words, first, here_);
        if (program == "bundle") return bundle(words, first, here_);
        if (program == "composer") return composer(words, first, here_);
        if (program == "dotnet") return dotnet(words, first, here_);
        if (is_any(program, {"poetry", "pdm", "pipenv", "rye"})) return python_project(words, first, here_);
    }

    /// A program that is not known may run what its arguments say. True when something was recorded.
    bool hidden_among(const Words& words, std::size_t first, int nested) {
        std::size_t tries = 0;
        const auto recorded = [this] { return context_.evidence.requirements.size() + context_.evidence.index_options.size() + context_.evidence.opaques.size() + here_.repeated; };
        const std::size_t before = recorded();
        for (std::size_t i = first; i < words.size() && recorded() == before; ++i) {
            const std::string& text = words[i].text;
            if (text.empty() || text.size() > 200) continue;
            const std::string program = program_of(text);
            const bool runs = is_interpreter(program) && i + 1 < words.size() && words[i + 1].text.starts_with('-');
            const bool installs = is_installer(program) && i + 1 < words.size() && (words[i + 1].text.starts_with('-') || words[i + 1].computed || is_verb(words[i + 1].text));
            if (!runs && !installs) continue;
            if (++tries > kTries) {
                here_.computed("pypi", "commands within commands");
            } else if (runs) {
                interpreter(program, words, i, nested + 1);
            } else {
                installer(program, words, i + 1, nested + 1);
            }
        }
        return recorded() != before;
    }
    void hidden(const Words& words, std::size_t first, int nested) {
        if (nested > kCommands) return here_.computed("pypi", "commands within commands");
        hidden_among(words, first, nested);
    }

    /// "$SUDO apt-get ...", "$PIP install x", "$(which pip) install x"
    void computed_program(const Words& words, std::size_t at, int nested) {
        fetched_in(words[at], true);
        if (words[at].text.starts_with('$')) held(words[at].text, "sh");
        // "${PYTHON} -m pip install -r requirements.txt"
        for (std::size_t i = at + 1; i + 1 < words.size() && words[i].text.starts_with('-'); ++i) {
            const std::string module = program_of(words[i + 1].text);
            if (words[i].text == "-m" && !words[i + 1].computed && is_installer(module)) return installer(module, words, i + 2, nested + 1);
        }
        if (at + 1 < words.size()) {
            const std::string next = program_of(words[at + 1].text);
            if (!is_verb(next) && (is_harmless(next) || is_installer(next) || is_interpreter(next) || is_fetcher(next))) return command(words, at + 1, nested + 1);
        }
        if (hidden_among(words, at + 1, nested)) return;
        const bool hides = has_braces(words[at].text) || words[at].text.find("IFS") != std::string::npos;
        if (hides && mentions_installer(words[at].text)) return here_.computed("pypi", words[at]);   // "{pip,install,x}"
        for (std::size_t i = at + 1; i < words.size(); ++i) {
            if (is_any(words[i].text, {"install", "add", "i", "download", "require"})) return here_.computed("pypi", words[at]);
        }
        read_input(words[at].text, false);
    }

    /// What variables hold, whose values some command writes: X=$(curl ...); eval "$X"
    void held(std::string_view text, std::string_view program) {
        for (const std::string& name : variables_in(text)) run_file(Word{variable_file(name), false, {}, {}, {}}, program);
    }

    // Scripts as text

    void nested_script(const std::string& script) {
        if (script.empty()) return;
        if (depth_ >= kDepth) {
            if (mentions_installer(script)) here_.computed("pypi", "scripts within scripts");
            return;
        }
        Installs inner(line_, lookup_, depth_ + 1, files_, context_);
        if (!inner.read(script)) here_.understood = false;
    }
    /// "su -c TEXT app", "env -S TEXT", "nix-shell --run TEXT"
    void text_option(const Words& words, std::size_t first) {
        for (std::size_t i = first; i < words.size(); ++i) {
            const std::string& text = words[i].text;
            const bool cluster = text.starts_with('-') && !text.starts_with("--") && text.size() < 6 && (text.ends_with('c') || text.ends_with('S'));
            if (i + 1 < words.size() && (cluster || is_any(text, {"--command", "--session-command", "--run", "--split-string"}))) {
                std::string script = script_of(words[++i]);
                for (std::size_t j = i + 1; text.ends_with('S') && j < words.size(); ++j) script += " " + script_of(words[j]);
                nested_script(script);
                if (text.ends_with('S')) return;         // all that follows is in it
            }
            const bool attached = text.starts_with("--command=") || text.starts_with("--session-command=") || text.starts_with("--run=") || text.starts_with("--split-string=");
            if (attached) nested_script(script_of(words[i]).substr(text.find('=') + 1));
            if (text.starts_with("-S") && text.size() > 2) nested_script(script_of(words[i]).substr(2));
        }
    }
    void sourced(std::string_view program, const Words& words, std::size_t at) {
        std::string script;
        for (std::size_t i = at + 1; i < words.size(); ++i) {
            fetched_in(words[i], true);
            if (program != "eval" && i == at + 1) run_file(words[i], "sh");
            if (program == "eval") script += script_of(words[i]) + " ";
            if (program != "eval" && is_standard_input(words[i].text)) read_input("sh", true);
        }
        nested_script(script);
    }

    // Interpreters

    void interpreter(const std::string& program, const Words& words, std::size_t at, int nested) {
        for (std::size_t i = at + 1; i < words.size(); ++i) fetched_in(words[i], is_shell(program));
        bool code = false;
        bool input = false;
        std::size_t i = at + 1;
        for (; i < words.size(); ++i) {
            const std::string& text = words[i].text;
            if (!(text.starts_with('-') || text.starts_with('+')) || is_standard_input(text)) break;
            if (text == "--") {
                ++i;
                break;
            }
            const bool plain = !text.starts_with("--");
            if (is_shell(program)) {
                if (is_any(text, {"--rcfile", "--init-file"}) || (plain && text.find_first_of("oO") != std::string::npos)) ++i;   // "-euo pipefail"
                code = code || (plain && text.find('c') != std::string::npos) || text == "--command";
                input = input || (plain && text.find('s') != std::string::npos);
                continue;
            }
            const bool python = program == "python" || program == "pypy";
            const std::size_t mark = python && plain ? text.find_first_of("mcXW", 1) : std::string::npos;
            if (python && mark == std::string::npos) continue;
            if (python) {
                const bool attached = mark + 1 < text.size();
                if (!attached) ++i;
                if (text[mark] == 'X' || text[mark] == 'W') continue;
                if (i >= words.size()) return;
                const std::string value = attached ? script_of(words[i]).substr(mark + 1) : script_of(words[i]);
                return text[mark] == 'c' ? code_of(value) : module(value, words[i], words, i + 1, nested);
            }
            if (is_any(text, {"-e", "-c", "-r", "-E", "-ne", "-pe", "-p", "--eval", "--print", "-Command", "-command"})) return i + 1 < words.size() ? code_of(script_of(words[i + 1])) : void();
        }
        if (code && i < words.size()) {
            const std::string script = script_of(words[i]);
            if (runs_arguments(script)) arguments_of(words, i + 1, nested + 1);
            return nested_script(script);
        }
        if (code) return;
        if (i < words.size() && !input && !is_standard_input(words[i].text)) return file(program, words, i, nested);
        read_input(program, true);
    }

    /// sh -c '"$@"' _ pip install x; which may stand in each other.
    void arguments_of(const Words& words, std::size_t first, int nested) {
        if (first >= words.size()) return;
        if (scans_ == 0) return here_.computed("pypi", "commands within commands");
        --scans_;
        hidden(words, first, nested);
    }

    /// python /usr/bin/pip install x, node $(which npm) install x, sh FILE, deno run URL
    void file(const std::string& program, const Words& words, std::size_t at, int nested) {
        if (program == "deno" && words[at].text == "run") {
            while (++at < words.size() && words[at].text.starts_with('-')) {}
            if (at >= words.size()) return;
        }
        if (is_place(words[at].text)) return void(here_.place(words[at]));
        const std::string name = program_of_file(words[at].text);
        if (!words[at].computed && is_installer(name)) return nested > kCommands ? here_.computed("pypi", "commands within commands") : installer(name, words, at + 1, nested + 1);
        const bool installs = at + 1 < words.size() && is_any(words[at + 1].text, {"install", "add", "i", "download", "require"});
        if (installs && is_computed_program(words[at])) return here_.computed("pypi", words[at]);
        run_file(words[at], program);
    }

    /// python -m NAME
    void module(const std::string& name, const Word& written, const Words& words, std::size_t next, int nested) {
        const std::string program = program_of(std::string_view(name).substr(0, name.find('.')));
        if (is_installer(program)) return installer(program, words, next, nested);
        if (name.find('$') != std::string::npos && next < words.size() && is_verb(words[next].text)) here_.computed("pypi", written);
    }

    void code_of(std::string_view code) {
        if (code.starts_with('$') && code.find_first_of(" =;(") == std::string_view::npos) held(code, "python");
        const CodeRuns runs = what_code_runs(code);
        if (runs == CodeRuns::installer) here_.computed("pypi", "what code in the command installs");
        if (runs == CodeRuns::fetched) here_.computed_place("what code in the command fetches and runs");
    }

    /// A here-document, or what comes through the pipe. Of a program that is not `known`, only what is fetched.
    void read_input(const std::string& program, bool known) {
        const Command& one = all_[number_];
        if (one.fed) here_.computed_place("what a command writes to " + program);
        const auto text = [&](const std::string& script) {
            if (!known) return;
            is_shell(program) ? nested_script(script) : code_of(script);
        };
        for (const std::string& document : one.documents) text(document);
        if (known) fetched_in(Word{{}, true, one.feeds, {}, {}}, is_shell(program));
        for (const std::string& path : one.inputs) {
            const bool elsewhere = path == "&$" || path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/");
            if (known && elsewhere) here_.computed_place("what is fetched and run");
            if (known) run_file(Word{path, false, {}, {}, {}}, program);
        }
        for (std::size_t i = one.input; i > 0 && all_[i - 1].piped && !walked_[i - 1];) {
            const std::size_t first = std::min(all_[i - 1].first, i - 1);
            for (std::size_t j = i; j > first; --j) {
                walked_[j - 1] = true;
                source(all_[j - 1], j - 1, text);
                rewritten(all_[j - 1]);
            }
            i = first;
        }
    }
    template <typename Use>
    void source(const Command& from, std::size_t number, const Use& text) {
        const Words& words = from.words;
        const std::size_t at = program_at(words);
        if (at >= words.size()) return;
        const std::string program = program_of(words[at].text);
        if (is_fetcher(program)) fetch(number, at + 1);
        const bool says = is_any(program, {"echo", "printf"});
        const auto passes = [&](const std::string& path) {       // "cat f", "head -n 9 f", "cat < f"
            const WrittenFile* const file = looked_at(Word{path, false, {}, {}, {}}, WrittenFile::kCat);
            if (file != nullptr && !file->script.empty()) text(std::string(file->script));
        };
        for (std::size_t i = at + 1; i < words.size() && !is_fetcher(program); ++i) {
            if (words[i].text.empty()) fetched_in(words[i], true);
            if (passes_on(program)) passes(words[i].text.starts_with("if=") ? words[i].text.substr(3) : words[i].text);
        }
        for (const std::string& path : from.inputs) passes(path);
        fetched_in(Word{{}, true, from.feeds, {}, {}}, true);
        if (brings_in(program)) here_.computed_place("what is fetched and run");
        // base64, base32: their output hides what they are given.
        if (is_any(program, {"base", "xxd", "uudecode", "tr", "rev", "openssl", "gunzip", "zcat"})) here_.computed_place("what is decoded and run");
        const bool elsewhere = !is_fetcher(program) && !brings_in(program) && !is_harmless(program) && std::any_of(words.begin(), words.end(), [](const Word& word) { return word.text.find("://") != std::string::npos; });
        if (elsewhere) here_.computed_place("what is fetched and run");
        if (says) {
            const std::string script = said(program, words, at + 1);
            if (program == "printf" && script.find('%') != std::string::npos && mentions_installer(script)) here_.computed("pypi", "what printf writes and is run");
            text(with_lines(script));
        }
        for (const std::string& document : from.documents) text(document);
    }

    /// sed ... | sh
    void rewritten(const Command& from) {
        const std::size_t at = program_at(from.words);
        const std::string program = at < from.words.size() ? program_of(from.words[at].text) : std::string();
        if (is_any(program, {"sed", "awk", "gawk", "mawk", "jq", "yq", "cut", "envsubst", "paste", "grep"})) here_.computed_place("what " + program + " writes and is run");
    }

    /// sh -c "$(curl ...)", bash <(curl ...), eval "$(wget ...)", bash <(echo ...)
    void fetched_in(const Word& word, bool shell) {
        if (sources_ > kSources) return word.commands.empty() ? void() : here_.computed_place("what is fetched and run");
        ++sources_;
        for (const std::size_t number : word.commands) {
            if (number >= all_.size() || fetched_[number]) continue;
            source(all_[number], number, [&](const std::string& script) {
                if (shell) nested_script(script);
            });
            fetched_[number] = true;
        }
        --sources_;
    }

    // Files that an earlier command wrote

    /// What was fetched or decoded into it. `use`: what reads its text, as bits of WrittenFile::looked.
    WrittenFile* looked_at(const Word& word, unsigned use) {
        WrittenFile* const file = word.text.empty() ? nullptr : files_.find(word.text);
        if (file == nullptr || (file->looked & use) != 0) return nullptr;
        if (file->looked == 0) {
            for (const Word& place : file->places) here_.place(place);
            if (file->fetched) here_.computed_place("what is fetched and run");
            if (file->decoded) here_.computed_place("what is decoded and run");
        }
        file->looked |= use;
        return file;
    }
    /// `program` reads it; "" when its first line says what does.
    void run_file(const Word& word, std::string_view program) {
        const bool shell = program.empty() || is_shell(program);
        const WrittenFile* const file = looked_at(word, shell ? WrittenFile::kShell : WrittenFile::kCode);
        if (file == nullptr && word.text.find_first_of("*?[") != std::string::npos) {
            for (const std::string& path : files_.matching(word.text, false)) {
                if (path.find_first_of("*?[") == std::string::npos) run_file(Word{path, false, {}, {}, {}}, program);
            }
            if (files_.spent()) too_much();
        }
        if (file == nullptr) return;
        const std::string script = file->script;
        const std::string_view first = std::string_view(script).substr(0, std::min(script.find('\n'), script.size()));
        const bool code = program.empty() ? first.starts_with("#!") && first.find("sh") == std::string_view::npos : !shell;
        code ? code_of(script) : nested_script(script);
    }

    /// pip install -r FILE
    void of_files(const Words& words, std::size_t first) {
        for (std::size_t i = first; i + 1 < words.size(); ++i) {
            if (!is_any(words[i].text, {"-r", "--requirement", "-c", "--constraint"})) continue;
            const WrittenFile* const file = looked_at(words[i + 1], WrittenFile::kList);
            if (file == nullptr || file->script.empty()) continue;
            const std::uint32_t before = std::exchange(context_.lines_before, context_.lines_before + line_ - 1);
            if (!requirements::read_all(as_bytes(file->script), context_)) here_.understood = false;
            context_.lines_before = before;
        }
    }

    // Aliases: sh knows them in scripts too

    void aliased(const Words& words, std::size_t at) {
        const auto script = aliases_.expand(words, at);
        if (!script) return here_.computed("pypi", "aliases that come to more than anybody writes");
        if (at + 1 == words.size() && is_interpreter(program_of(*script))) read_input(program_of(*script), true);      // curl ... | alias
        nested_script(*script);
    }

    /// Once, however many programs run it.
    void fetch(std::size_t number, std::size_t first) {
        if (fetched_[number]) return;
        fetched_[number] = true;
        constexpr std::string_view kValued = "-o --output -O --output-document -H --header -A --user-agent -u --user -X --request -d --data --retry --connect-timeout -m --max-time --cacert -x --proxy -e --referer -T --timeout --tries -t -P";
        bool any = false;
        const Arguments arguments = read_arguments(all_[number].words, first, kValued);
        for (const Word& word : arguments.operands) any = here_.place(word) || any;
        for (const auto& [name, value] : arguments.options) any = (name == "--url" && here_.place(value)) || any;
        if (!any) here_.computed_place("what is fetched and run");
    }

    Installing here_;
    IntakeContext& context_;
    const Lookup& lookup_;
    WrittenFiles& files_;
    Flow flow_;
    std::uint32_t line_;
    int depth_;
    Aliases aliases_ = {};
    std::size_t scans_ = kTries;          // that are left, of the arguments of scripts which run them
    int sources_ = 0;                     // outputs of commands within each other that are looked at
    std::vector<Command> all_ = {};
    std::size_t number_ = 0;              // of the command at hand
    std::vector<bool> fetched_ = {};      // recorded, as what is run
    std::vector<bool> walked_ = {};       // some interpreter reads what it writes
};

}  // namespace

bool read_installs(std::string_view script, std::uint32_t line, const Lookup& lookup, IntakeContext& context, std::span<const std::string> documents, WrittenFiles* files) {
    WrittenFiles own;
    return Installs(line, lookup, 0, files == nullptr ? own : *files, context).read(script, documents);
}

}  // namespace headgate::intake::shell
