#include "intake/server_table.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"

namespace headgate::intake::servers {
namespace {

using Words = std::vector<std::string_view>;

struct FormName {
    std::string_view name;
    Form form;
};
constexpr std::array<FormName, 19> kForms = {{
    {"hub", Form::hub}, {"dataset", Form::dataset}, {"quantised", Form::quantised}, {"hub-file", Form::hub_file}, {"url", Form::url}, {"place", Form::place},
    {"runner", Form::runner}, {"docker", Form::docker}, {"ollama", Form::ollama}, {"adapters", Form::adapters}, {"adapter-list", Form::adapter_list},
    {"list", Form::list}, {"json", Form::json}, {"settings", Form::settings}, {"mlflow", Form::mlflow}, {"archives", Form::archives}, {"scope", Form::scope},
    {"scope-dataset", Form::scope_dataset}, {"preset", Form::preset},
}};

struct UseName {
    std::string_view name;
    Use use;
    bool slot = false;                   // its first word
};
constexpr std::array<UseName, 9> kUses = {{
    {"pin", Use::pin, true}, {"source", Use::source, true}, {"code", Use::code}, {"code-value", Use::code_value}, {"file", Use::file}, {"kind", Use::kind},
    {"value", Use::value}, {"values", Use::values}, {"switch", Use::none},
}};

std::optional<Form> form_of(std::string_view name) {
    for (const FormName& one : kForms) {
        if (one.name == name) return one.form;
    }
    return std::nullopt;
}

class Reader {
  public:
    explicit Reader(Table& table) : table_(table) {}

    /// False for a line that is none of a table.
    bool line(std::string_view text) {
        Words words;
        for (const std::string_view word : split(text, ' ')) {
            if (!word.empty()) words.push_back(word);
        }
        if (words.empty() || words[0].starts_with('#')) return true;
        const std::string_view what = words[0];
        words.erase(words.begin());
        if (what == "server") {
            if (words.size() != 1) return false;
            table_.servers.emplace_back().name = words[0];
            return true;
        }
        return !table_.servers.empty() && statement(table_.servers.back(), what, words);
    }

  private:
    static bool statement(Server& server, std::string_view what, const Words& words) {
        if (what == "abbreviates" || what == "weak") {
            (what == "weak" ? server.weak : server.abbreviates) = true;
            return words.empty();
        }
        if (words.empty()) return false;
        if (what == "image") return add(server.images, words);
        if (what == "nothing") return add(server.nothing, words);
        if (what == "host") {
            server.host = words[0];
            return words.size() == 1;
        }
        if (what == "start" || what == "module") {
            Start start{std::string(words[0])};
            add(start.verbs, Words(words.begin() + 1, words.end()));
            (what == "start" ? server.programs : server.modules).push_back(std::move(start));
            return true;
        }
        if (what == "follows" && words.size() == 2) {
            server.follows.emplace_back(words[0], words[1]);
            return true;
        }
        if (what == "modelscope" && words.size() > 1 && (words[0] == "when" || words[0] == "unless")) {
            return add(words[0] == "when" ? server.scope_when : server.scope_unless, Words(words.begin() + 1, words.end()));
        }
        if (what == "operand" && words.size() == 2 && !server.operand) {
            const auto form = form_of(words[1]);
            if (!form) return false;
            server.operand = server.options.size();
            Option& option = server.options.emplace_back();
            option.use = Use::name;
            option.slot = words[0];
            option.form = *form;
            return true;
        }
        return row(server, what, words);
    }

    static bool row(Server& server, std::string_view what, const Words& words) {
        Option option;
        std::size_t first = 0;
        if (what == "name") {
            const auto form = words.size() > 2 ? form_of(words[1]) : std::nullopt;
            if (!form) return false;
            option.use = Use::name;
            option.slot = words[0];
            option.form = *form;
            first = 2;
            if (words[2] == "inferred") {
                option.inferred = true;
                ++first;
            }
        } else {
            const auto use = std::find_if(kUses.begin(), kUses.end(), [&](const UseName& one) { return one.name == what; });
            if (use == kUses.end()) return false;
            option.use = use->use;
            if (use->slot) option.slot = words[first++];
            if (option.use == Use::source && option.slot != "hf" && option.slot != "other") return false;
        }
        if (first >= words.size()) return false;
        const std::size_t number = server.options.size();
        server.options.push_back(std::move(option));
        for (std::size_t i = first; i < words.size(); ++i) {
            if (!word(server, words[i], number)) return false;
        }
        return true;
    }

    static bool word(Server& server, std::string_view text, std::size_t number) {
        if (text.find('*') != std::string_view::npos) {
            server.patterns.emplace_back(plain_flag(text), number);
            return text.starts_with("--") && std::count(text.begin(), text.end(), '*') == 1;
        }
        if (text.starts_with('-')) return server.flags.emplace(plain_flag(text), number).second;
        return server.variables.emplace(text, number).second;
    }

    static bool add(std::vector<std::string>& to, const Words& words) {
        for (const std::string_view word : words) to.emplace_back(word);
        return true;
    }

    Table& table_;
};

bool fits(std::string_view pattern, std::string_view flag) {
    const std::size_t star = pattern.find('*');
    return flag.size() + 1 >= pattern.size() && flag.starts_with(pattern.substr(0, star)) && flag.ends_with(pattern.substr(star + 1));
}

/// A short name is only one where something parts it from what follows.
void add_program(std::set<std::string>& words, const std::string& program) {
    if (program.size() > 3) {
        words.insert(program);
        return;
    }
    for (const char behind : {' ', '"', '\'', '\\'}) words.insert(program + behind);
}

/// Commands and modules.
std::vector<std::string> words_of_programs() {
    std::set<std::string> words = {"hf://"};
    for (const Server& server : table().servers) {
        for (const Start& start : server.programs) {
            if (!server.weak) add_program(words, start.program);
        }
        for (const Start& start : server.modules) words.insert(start.program);
    }
    return {words.begin(), words.end()};
}

/// And all else that a command may set or name.
std::vector<std::string> words_of_servers() {
    const std::vector<std::string> programs = words_of_programs();
    std::set<std::string> words(programs.begin(), programs.end());
    words.insert({"HF://", "trust-remote-code", "trust_remote_code"});
    for (const Server& server : table().servers) {
        for (const auto& [name, number] : server.variables) words.insert(name);
        words.insert(server.images.begin(), server.images.end());
        for (const auto& [flag, number] : server.flags) {
            if (!server.weak || server.options[number].use != Use::name) continue;
            std::string underscores = flag;
            std::replace(underscores.begin() + 2, underscores.end(), '-', '_');
            words.insert({flag, underscores});
        }
    }
    return {words.begin(), words.end()};
}

bool holds_any(std::string_view text, const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace

const Option* Server::option(std::string_view written) const {
    const std::string flag = plain_flag(written);
    if (const auto known = flags.find(flag); known != flags.end()) return &options[known->second];
    for (const auto& [pattern, number] : patterns) {
        if (fits(pattern, flag)) return &options[number];
    }
    if (!abbreviates || !flag.starts_with("--") || flag.size() < 4) return nullptr;
    // Of options that share this beginning the program takes none. A name is one in any case: there may be fewer of them in its version.
    const Option* found = nullptr;
    bool several = false;
    for (auto at = flags.lower_bound(flag); at != flags.end() && at->first.starts_with(flag); ++at) {
        const Option& one = options[at->second];
        if (one.use == Use::name) return &one;
        several = several || (found != nullptr && found != &one);
        found = &one;
    }
    return several ? nullptr : found;
}

std::string plain_flag(std::string_view flag) {
    std::string plain(flag);
    if (plain.starts_with("--")) std::replace(plain.begin() + 2, plain.end(), '_', '-');
    return plain;
}

Table read_table(std::span<const RuleText> files) {
    Table table;
    for (const RuleText& file : files) {
        std::size_t number = 0;
        Reader reader(table);
        for (const std::string_view line : split_lines(file.text)) {
            ++number;
            if (!reader.line(line) && table.problem.empty()) table.problem = "rules/servers/" + std::string(file.file) + ":" + std::to_string(number);
        }
    }
    return table;
}

const Table& table() {
    static const Table table = read_table(rule_texts());
    return table;
}

bool is_known_variable(std::string_view name) {
    return std::any_of(table().servers.begin(), table().servers.end(), [&](const Server& server) {
        const auto switches = [&](const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), name) != list.end(); };
        return server.variables.find(name) != server.variables.end() || switches(server.scope_when) || switches(server.scope_unless);
    });
}

bool names_server(std::string_view text) {
    static const std::vector<std::string> words = words_of_programs();
    return holds_any(text, words);
}

bool may_serve(std::string_view text) {
    static const std::vector<std::string> words = words_of_servers();
    return holds_any(text, words);
}

}  // namespace headgate::intake::servers
