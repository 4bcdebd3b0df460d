#include "intake/shell_installs.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/environment.hpp"
#include "intake/install_commands.hpp"

namespace headgate::intake::shell {
namespace {

constexpr int kDepth = 4;                 // scripts as arguments of shells

/// "python3.12" of "/usr/bin/python3.12", then "python".
std::string program_of(std::string_view path) {
    std::string name(path.substr(path.rfind('/') + 1));
    while (!name.empty() && ((name.back() >= '0' && name.back() <= '9') || name.back() == '.')) name.pop_back();
    return name;
}

bool is_shell(std::string_view program) { return is_any(program, {"sh", "bash", "dash", "ash", "zsh", "ksh"}); }
bool is_interpreter(std::string_view program) { return is_shell(program) || is_any(program, {"python", "perl", "ruby", "node", "php", "pwsh"}); }
bool is_fetcher(std::string_view program) { return is_any(program, {"curl", "wget"}); }

class Installs {
  public:
    Installs(std::uint32_t line, const Lookup& lookup, int depth, IntakeContext& context) : here_{context, line}, context_(context), lookup_(lookup), line_(line), depth_(depth) {}

    bool read(std::string_view script) {
        const auto commands = read_commands(script, lookup_);
        if (!commands) {
            if (mentions_installer(script)) here_.computed("pypi", "a script that is not understood");
            return here_.understood;
        }
        for (std::size_t i = 0; i < commands->size(); ++i) {
            if (!context_.room()) return false;
            command((*commands)[i], *commands, i);
        }
        return here_.understood;
    }

  private:
    static bool mentions_installer(std::string_view script) {
        return std::any_of(kMentions.begin(), kMentions.end(), [&](std::string_view word) { return script.find(word) != std::string_view::npos; });
    }
    static constexpr std::array<std::string_view, 7> kMentions = {"pip", "npm", "yarn", "curl", "wget", "cargo", "gem"};

    void command(const Command& one, const std::vector<Command>& all, std::size_t number) {
        const std::size_t at = program_at(one.words);
        for (std::size_t i = 0; i < at; ++i) variable(one.words[i]);
        if (at >= one.words.size()) return;
        const std::string program = program_of(one.words[at].text);
        if (is_interpreter(program) || is_any(program, {"eval", "source", "."})) return interpreter(program, one.words, at, all, number);
        const bool from_input = std::any_of(one.words.begin(), one.words.begin() + static_cast<std::ptrdiff_t>(at), [](const Word& word) { return word.text == "xargs"; });
        if (from_input && is_any(program, {"pip", "npm", "yarn", "pnpm"})) here_.computed(program == "pip" ? "pypi" : "npm", "what xargs reads");
        const std::string_view verb = at + 1 < one.words.size() ? std::string_view(one.words[at + 1].text) : std::string_view{};
        if (program == "pip") return pip(one.words, at + 1, here_);
        if (is_any(program, {"uv", "pipx", "uvx"})) return uv(program, one.words, at + 1, here_);
        if (is_any(program, {"npm", "pnpm", "yarn", "bun", "npx", "pnpx", "bunx"})) return npm_command(program, one.words, at + 1, here_);
        if (program == "cargo" && verb == "install") return cargo_install(one.words, at + 2, here_);
        if (program == "go" && is_any(verb, {"install", "get", "run"})) return go_install(one.words, at + 2, here_);
        if (program == "gem" && verb == "install") return gem_install(one.words, at + 2, here_);
    }

    /// Past assignments ("PIP_INDEX_URL=... pip"), and programs that run another.
    static std::size_t program_at(const Words& words) {
        std::size_t at = 0;
        for (; at < words.size(); ++at) {
            const std::string& text = words[at].text;
            const bool runs_another = is_any(text, {"sudo", "env", "exec", "command", "time", "nice", "nohup", "export", "xargs", "eatmydata"});
            if (!is_assignment(text) && !runs_another && !(at > 0 && text.starts_with('-'))) break;
        }
        return at;
    }
    static bool is_assignment(std::string_view text) {
        const std::size_t equals = text.find('=');
        return equals != std::string_view::npos && equals > 0 && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) {
            return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    }
    void variable(const Word& word) {
        if (!is_assignment(word.text)) return;
        const std::size_t equals = word.text.find('=');
        if (!add_variable(word.text.substr(0, equals), word.text.substr(equals + 1), word.computed, line_, context_)) here_.understood = false;
    }

    // Interpreters

    void interpreter(const std::string& program, const Words& words, std::size_t at, const std::vector<Command>& all, std::size_t number) {
        for (std::size_t i = at + 1; i < words.size(); ++i) fetched_in(words[i], all);
        if (program == "python" && at + 2 < words.size() && words[at + 1].text == "-m" && words[at + 2].text == "pip") return pip(words, at + 3, here_);
        bool reads_input = true;
        for (std::size_t i = at + 1; i < words.size(); ++i) {
            const std::string& text = words[i].text;
            const bool script = is_shell(program) && text.starts_with('-') && !text.starts_with("--") && text.ends_with('c');
            if (script && i + 1 < words.size() && !words[i + 1].computed && depth_ < kDepth) {
                Installs inner(line_, lookup_, depth_ + 1, context_);
                if (!inner.read(words[i + 1].text)) here_.understood = false;
            }
            if (script || (!is_shell(program) && is_any(text, {"-c", "-m", "-e", "-r", "-ne", "-pe", "-Command"}))) {
                reads_input = false;
                break;
            }
            if (text == "-s" || text == "-") break;
            if (is_shell(program) && text.starts_with('-') && text.ends_with('o')) ++i;   // "-euo pipefail"
            if (i >= words.size()) break;
            if (!text.starts_with('-') && !text.starts_with('+')) {
                reads_input = false;
                break;
            }
        }
        if (!reads_input || !is_interpreter(program)) return;
        for (std::size_t i = number; i > 0 && all[i - 1].piped; --i) {   // what comes through the pipe
            const std::size_t first = program_at(all[i - 1].words);
            if (first < all[i - 1].words.size() && is_fetcher(program_of(all[i - 1].words[first].text))) fetch(all[i - 1].words, first + 1);
        }
    }

    /// sh -c "$(curl ...)", bash <(curl ...), eval "$(wget ...)"
    void fetched_in(const Word& word, const std::vector<Command>& all) {
        for (const std::size_t number : word.commands) {
            const Words& words = all[number].words;
            const std::size_t first = program_at(words);
            if (first < words.size() && is_fetcher(program_of(words[first].text))) fetch(words, first + 1);
        }
    }

    void fetch(const Words& words, std::size_t first) {
        constexpr std::string_view kValued = "-o --output -O --output-document -H --header -A --user-agent -u --user -X --request -d --data --retry --connect-timeout -m --max-time --cacert -x --proxy -e --referer -T --timeout --tries -t -P";
        bool any = false;
        const Arguments arguments = read_arguments(words, first, kValued);
        for (const Word& word : arguments.operands) any = place(word) || any;
        for (const auto& [name, value] : arguments.options) any = (name == "--url" && place(value)) || any;
        if (!any) computed_place("what is fetched and run");
    }

    /// A URL that is fetched and run.
    bool place(const Word& word) {
        if (word.text.empty()) return false;
        const bool scheme = is_place(word.text);
        if (word.computed) return computed_place(word.text);
        if (!scheme && word.text.find('.') == std::string::npos) return false;
        const std::string url = without_login(scheme ? word.text : "http://" + word.text);
        auto reference = parse_reference(std::string_view(url).substr(0, url.find('#')));
        if (!reference) return computed_place(word.text);
        Requirement one;
        one.where = context_.at_line(line_);
        one.written = without_login(word.text);
        one.url = url;
        one.source = Requirement::Source::url;
        one.runs_install_script = true;
        one.reference = std::move(*reference);
        context_.evidence.requirements.push_back(std::move(one));
        return true;
    }

    bool computed_place(std::string_view written) {
        Requirement one;
        one.where = context_.at_line(line_);
        one.written = without_login(written);
        one.dynamic = true;
        one.source = Requirement::Source::unknown;
        one.reference = headgate::intake::computed("https", "", "https://?");
        context_.evidence.requirements.push_back(std::move(one));
        return true;
    }

    Installing here_;
    IntakeContext& context_;
    const Lookup& lookup_;
    std::uint32_t line_;
    int depth_;
};

}  // namespace

bool read_installs(std::string_view script, std::uint32_t line, const Lookup& lookup, IntakeContext& context) {
    return Installs(line, lookup, 0, context).read(script);
}

}  // namespace headgate::intake::shell
