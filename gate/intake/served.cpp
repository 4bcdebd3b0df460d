#include "intake/served.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "intake/named.hpp"
#include "intake/served_commands.hpp"
#include "intake/served_names.hpp"
#include "intake/server_arguments.hpp"
#include "intake/server_table.hpp"
#include "intake/shell_programs.hpp"

namespace headgate::intake {
namespace {

using served::RunCommand;
using servers::Server;
using Servers = std::vector<const Server*>;

constexpr std::size_t kMostParts = 100;          // of a word in braces that are looked at: nobody writes more
constexpr std::size_t kMostCompared = 64;        // settings of the file that are compared with a new one

/// A server whose command line begins at a word.
struct Started {
    const Server* server = nullptr;
    std::size_t first = 0;               // behind its program and verbs
    bool operands = false;
    bool by_image = false;               // told by the image alone
};

Servers look_up_image(std::string_view image) {
    Servers found;
    const std::string lower = ascii_lower(image);
    for (const Server& server : servers::table().servers) {
        if (std::any_of(server.images.begin(), server.images.end(), [&](const std::string& part) { return lower.find(part) != std::string::npos; })) found.push_back(&server);
    }
    return found;
}

/// Names of images come again and again: a thread keeps what the last of them are.
Servers of_image(std::string_view image) {
    constexpr std::size_t kMost = 256;
    if (image.empty()) return {};
    const std::string name(image.substr(0, image.find("@sha256:")));
    thread_local std::unordered_map<std::string, Servers> known;
    if (const auto found = known.find(name); found != known.end()) return found->second;
    if (known.size() == kMost) known.clear();
    return known.emplace(name, look_up_image(name)).first->second;
}

/// Servers that a program starts, in the order of the table.
const Servers& started_with(const std::string& program) {
    static const std::unordered_map<std::string, Servers> all = [] {
        std::unordered_map<std::string, Servers> by_program;
        for (const Server& server : servers::table().servers) {
            for (const servers::Start& start : server.programs) {
                Servers& list = by_program[start.program];
                if (list.empty() || list.back() != &server) list.push_back(&server);
            }
        }
        return by_program;
    }();
    static const Servers none;
    const auto found = all.find(program);
    return found == all.end() ? none : found->second;
}

const Server& of_any() {
    const auto& all = servers::table().servers;
    static const Server none{"none"};
    const auto found = std::find_if(all.begin(), all.end(), [](const Server& server) { return server.name == "any"; });
    return found == all.end() ? none : *found;
}

using Words = std::vector<shell::Word>;

/// The number of the word behind the verbs, which stand behind `at` with options between them.
std::optional<std::size_t> behind_verbs(const Words& words, std::size_t at, const std::vector<std::string>& verbs) {
    std::size_t next = at + 1;
    for (const std::string& verb : verbs) {
        while (next < words.size() && words[next].text.starts_with('-')) ++next;
        if (next >= words.size() || words[next].text != verb) return std::nullopt;
        ++next;
    }
    return next;
}

/// "vllm/entrypoints/openai/api_server.py" is the file of a module.
bool is_file_of(std::string_view path, const std::string& module) {
    if (!path.ends_with(".py")) return false;
    std::string dotted(path.substr(0, path.size() - 3));
    std::replace(dotted.begin(), dotted.end(), '/', '.');
    return dotted == module || dotted.ends_with("." + module);
}

/// What the program at `at` is. Python runs a module, or its file.
std::optional<Started> started_at(const Words& words, std::size_t at, const std::string& program, const Server& server) {
    for (const servers::Start& start : server.programs) {
        if (start.program != program) continue;
        if (const auto next = behind_verbs(words, at, start.verbs)) return Started{&server, *next, true};
    }
    return std::nullopt;
}
std::optional<Started> module_at(const Words& words, std::size_t at, const Server& server) {
    const std::string& text = words[at].text;
    const bool apart = (text == "-m" || text == "--module") && at + 1 < words.size();
    const bool joined = text.starts_with("-m") && text.size() > 2;
    for (const servers::Start& start : server.modules) {
        const bool named = (apart && words[at + 1].text == start.program) || (joined && std::string_view(text).substr(2) == start.program) || is_file_of(text, start.program);
        if (!named) continue;
        if (const auto next = behind_verbs(words, apart ? at + 1 : at, start.verbs)) return Started{&server, *next, true};
    }
    return std::nullopt;
}

bool runs_containers(std::string_view program) { return program == "docker" || program == "podman" || program == "nerdctl" || program == "kubectl"; }

/// What a shell makes another word, or several words, of.
bool is_expanded(std::string_view text) { return text.find_first_of("$*?[{") != std::string_view::npos; }

/// The first verb of a server's command. Those that other programs have as often say nothing.
bool is_verb_of_server(std::string_view word) {
    constexpr std::array<std::string_view, 20> kOfAll = {"run", "pull", "push", "create", "export", "exec", "train", "list", "deploy", "model", "models", "app", "api", "launch", "compile", "generate", "eval", "evaluate",
                                                         "preprocess", "encode"};
    if (std::find(kOfAll.begin(), kOfAll.end(), word) != kOfAll.end()) return false;
    const auto& all = servers::table().servers;
    return std::any_of(all.begin(), all.end(), [&](const Server& server) {
        return !server.weak && std::any_of(server.programs.begin(), server.programs.end(), [&](const servers::Start& start) { return !start.verbs.empty() && start.verbs.front() == word; });
    });
}

bool starts_a_server(const std::string& program) {
    const Servers& all = started_with(program);
    return std::any_of(all.begin(), all.end(), [](const Server* server) { return !server->weak; });
}

/// "$FOO serve org/name", "{vllm,serve,org/name}", "vllm {serve,org/name}": which program or verb it is, only the running shell knows.
bool may_start_a_server(const RunCommand& one, const std::string& program) {
    const std::string& written = one.words[one.program].text;
    const std::size_t next = one.program + 1;
    if (starts_a_server(program)) return next < one.words.size() && is_expanded(one.words[next].text);
    if (!is_expanded(written) || written.find_first_of("$*?[{}", written.rfind('/') + 1) == std::string::npos) return false;     // "$HOME/bin/app"
    if (const std::size_t open = written.find('{'); open != std::string::npos && written.find(',', open) != std::string::npos) {
        std::size_t parts = 0;
        for (std::size_t at = open + 1; at < written.size();) {
            if (++parts > kMostParts) return true;
            const std::size_t end = std::min(written.find_first_of(",{}", at), written.size());
            const std::string part = written.substr(at, end - at);
            if (starts_a_server(shell::program_of(part)) || is_verb_of_server(part)) return true;
            at = end + 1;
        }
    }
    if (next + 1 >= one.words.size() || !is_verb_of_server(one.words[next].text)) return false;
    return std::any_of(one.words.begin() + static_cast<std::ptrdiff_t>(next) + 1, one.words.end(), [](const shell::Word& word) {
        const std::string& text = word.text;
        const bool hub = std::count(text.begin(), text.end(), '/') == 1 && !text.ends_with('/') && !is_local_path(text);
        return !text.starts_with('-') && (hub || text.find('$') != std::string::npos || text.find("://") != std::string::npos);
    });
}

/// Its arguments are no command: names of packages, of processes, of places.
bool is_inert(std::string_view program, const Words& words) {
    if (shell::is_harmless(program)) return true;
    constexpr std::array<std::string_view, 11> kInert = {"pkill", "pgrep", "kill", "killall", "man", "curl", "wget", "ps", "systemctl", "journalctl", "help"};
    if (std::find(kInert.begin(), kInert.end(), program) != kInert.end()) return true;
    if (!shell::is_installer(program) || program.ends_with('x')) return false;
    return std::none_of(words.begin(), words.end(), [](const shell::Word& word) { return word.text == "run" || word.text == "exec" || word.text == "dlx"; });
}

class Reader {
  public:
    Reader(const ServerCommand& command, const Location& where, IntakeContext& context)
        : command_(command), image_(of_image(command.image)), where_(where), context_(context), names_(where, context), any_read_(command.beside) {}

    bool read() {
        if (!servers::table().problem.empty()) return not_understood_at(context_, "the table of servers is broken at " + servers::table().problem, where_);
        const served::Commands commands = served::read_run_commands(command_, !image_.empty());
        if (!commands.problem.empty()) understood_ = not_understood_at(context_, commands.problem, where_);
        if (commands.torn) understood_ = not_understood_at(context_, "a script with a quote or bracket that does not end", where_);
        for (const RunCommand& one : commands.all) {
            if (!context_.room()) return false;
            run(one);
        }
        // What the entry point of the image makes of its variables.
        if (command_.beside) return understood_;
        if (commands.all.empty() && command_.words.empty()) {
            for (const Server* server : image_) arguments({server, 0, true}, {}, {});
        }
        arguments({&of_any(), 0, false}, {}, {});
        for (const auto& [name, value] : command_.environment) uri(value);
        return understood_;
    }

  private:
    void run(const RunCommand& one) {
        inner_.clear();
        if (one.program >= one.words.size()) return arguments({&of_any(), 0, false}, {}, one.environment);   // it sets variables
        const std::string program = shell::program_of(one.words[one.program].text);
        if (is_inert(program, one.words)) return arguments({&of_any(), 0, false}, {}, one.environment);
        for (const shell::Word& word : one.words) uri(word.text);
        const std::vector<Started> all = started_by(one, program);
        for (const Started& started : all) arguments(started, one.words, one.environment);
        const bool told = std::any_of(all.begin(), all.end(), [](const Started& started) { return started.operands || !started.by_image; });
        if (!told && may_start_a_server(one, program)) {
            std::string written;
            for (std::size_t i = one.program; i < std::min(one.words.size(), one.program + 3); ++i) written += (written.empty() ? "" : " ") + one.words[i].text;
            understood_ = names_.record_not_known(written) && understood_;
        }
        const bool arguments_alone = one.words[one.program].text.starts_with('-');
        arguments({&of_any(), arguments_alone ? one.program : one.program + 1, false}, one.words, one.environment);
    }

    std::vector<Started> started_by(const RunCommand& one, const std::string& program) {
        const Words& words = one.words;
        const std::size_t at = one.program;
        std::vector<Started> image = by_image(one, image_, at);
        const bool bare = !one.of_script && !image.empty() && image.front().operands;
        if (bare) return image;
        if (runs_containers(program)) {
            const auto inner = container(one);
            if (!inner.empty()) return inner;
        }
        const auto& all = servers::table().servers;
        for (const Server* const server : started_with(program)) {
            if (server->weak) continue;
            if (const auto found = started_at(words, at, program, *server)) return {*found};
        }
        // Behind programs that run others and are not known as such; python -m.
        for (std::size_t i = at + 1; i < words.size(); ++i) {
            const std::string& text = words[i].text;
            const std::string inner = shell::program_of(text);
            const bool module = text.starts_with("-m") || text == "--module" || text.ends_with(".py");
            for (const Server& server : all) {
                if (!module) break;
                if (server.weak) continue;
                if (const auto found = module_at(words, i, server)) return {*found};
            }
            for (const Server* const server : started_with(inner)) {
                if (server->weak) continue;
                if (const auto found = started_at(words, i, inner, *server)) return {*found};
            }
        }
        std::vector<Started> found;
        for (const Started& one_of_image : image) {       // "vllm bench" is another command of it
            const auto& programs = one_of_image.server->programs;
            const bool other = std::any_of(programs.begin(), programs.end(), [&](const servers::Start& start) { return start.program == program; });
            if (!other) found.push_back(one_of_image);
        }
        for (const Server* const server : started_with(program)) {
            if (!server->weak) continue;
            if (const auto weak = started_at(words, at, program, *server)) found.push_back({weak->server, weak->first, false});
        }
        return found;
    }

    /// Arguments for the entry point of an image, or a program of the image that is not known: then only options count.
    static std::vector<Started> by_image(const RunCommand& one, const Servers& image, std::size_t at) {
        std::vector<Started> found;
        for (const Server* server : image) {
            const std::string& first = one.words[at].text;
            std::size_t next = at + 1;
            bool operands = false;
            if (!one.of_script) {
                const auto verbs = behind_own_verbs(one.words, at, *server);
                const bool argument = first.starts_with('-') || (server->operand && may_be_operand(first));
                operands = verbs.has_value() || argument;
                if (operands) next = verbs.value_or(at);
                if (const auto given = given_to_file(one.words, at); given && server->operand) {
                    operands = true;
                    next = *given;
                }
            }
            found.push_back({server, next, operands, true});
        }
        return found;
    }
    /// "sh entrypoint.sh org/name": what the file hands on, nobody knows better than by its look.
    static std::optional<std::size_t> given_to_file(const Words& words, std::size_t at) {
        if (!shell::is_shell(shell::program_of(words[at].text))) return std::nullopt;
        std::size_t next = at + 1;
        while (next < words.size() && words[next].text.starts_with('-')) {
            if (!words[next].text.starts_with("--") && words[next].text.find('c') != std::string::npos) return std::nullopt;
            ++next;
        }
        ++next;                          // behind the file
        return next < words.size() && may_be_operand(words[next].text) ? std::optional(next) : std::nullopt;
    }

    /// And no program.
    static bool may_be_operand(std::string_view word) {
        if (word.find("://") != std::string_view::npos || word.find('$') != std::string_view::npos) return true;
        return std::count(word.begin(), word.end(), '/') == 1 && !is_local_path(word) && !word.ends_with(".sh") && !word.ends_with(".py") && !word.starts_with("bin/");
    }
    /// "serve acme/m" behind an entry point "vllm", or the last verbs of one that has some already.
    static std::optional<std::size_t> behind_own_verbs(const Words& words, std::size_t at, const Server& server) {
        for (const std::vector<servers::Start>* starts : {&server.programs, &server.modules}) {
            for (const servers::Start& start : *starts) {
                for (std::size_t skip = 0; skip < start.verbs.size(); ++skip) {
                    const std::vector<std::string> verbs(start.verbs.begin() + static_cast<std::ptrdiff_t>(skip) + 1, start.verbs.end());
                    if (words[at].text != start.verbs[skip]) continue;
                    if (const auto next = behind_verbs(words, at, verbs)) return next;
                }
            }
        }
        return std::nullopt;
    }

    /// "docker run [options] IMAGE [arguments]", "kubectl run NAME --image=IMAGE -- [arguments]"
    std::vector<Started> container(const RunCommand& one) {
        const Words& words = one.words;
        const auto verb = std::find_if(words.begin(), words.end(), [](const shell::Word& word) { return word.text == "run" || word.text == "create"; });
        for (auto at = verb == words.end() ? verb : verb + 1; at != words.end(); ++at) {
            const std::string& text = at->text;
            const std::size_t equals = text.starts_with('-') ? text.find('=') : std::string::npos;
            const bool variable = (at - 1)->text == "-e" || (at - 1)->text == "--env" || text.starts_with("--env=") || text.starts_with("-e=");
            if (variable) {
                const std::string setting = equals == std::string::npos ? text : text.substr(equals + 1);
                const std::size_t mark = setting.find('=');
                if (mark != std::string::npos) inner_.insert_or_assign(setting.substr(0, mark), setting.substr(mark + 1));
                continue;
            }
            const bool option = equals != std::string::npos && text.starts_with("--image=");
            if (text.starts_with('-') && !option) continue;
            const Servers image = of_image(option ? std::string_view(text).substr(equals + 1) : std::string_view(text));
            if (image.empty() || text.find_first_of("/:") == std::string::npos || text.starts_with('/') || text.starts_with('.')) continue;
            auto first = at + 1;
            if (option) {
                first = std::find_if(at, words.end(), [](const shell::Word& word) { return word.text == "--"; });
                if (first != words.end()) ++first;
            }
            std::vector<Started> found;
            for (const Server* server : image) found.push_back({server, static_cast<std::size_t>(first - words.begin()), true});
            return found;
        }
        return {};
    }

    void arguments(const Started& started, const Words& words, const Variables& own) {
        std::vector<std::string> behind;
        for (std::size_t i = started.first; i < words.size(); ++i) behind.push_back(words[i].text);
        // What any program is given by the container is read once, however many a script runs.
        const bool own_program = started.server != &of_any() && !(command_.beside && started.by_image);
        const bool of_container = own_program || (started.server == &of_any() && !std::exchange(any_read_, true));
        const auto value = [&](std::string_view name) -> std::optional<std::string> {
            for (const Variables* from : {&own, &std::as_const(inner_), &command_.environment}) {
                if (from == &command_.environment && !of_container) break;
                if (const auto known = from->find(name); known != from->end()) return known->second;
            }
            return std::nullopt;
        };
        servers::Arguments read = servers::read_arguments_of(*started.server, behind, started.operands, value);
        if (!started.operands) read.file.clear();         // of another program
        understood_ = names_.record(read, *started.server) && understood_;
        for (const std::string& written : read.code) {
            if (code_.insert(servers::plain_flag(written)).second) add_remote_code(written, where_, context_);
        }
        for (const servers::Source& source : read.sources) endpoint(source);
    }

    void endpoint(const servers::Source& source) {
        const std::string url(trim(source.url));
        if (url.empty() || !sources_.insert(source.written + " " + url).second) return;
        if (url.find('$') != std::string::npos || is_template(url)) {
            understood_ = not_understood_at(context_, source.written + " has a value that nothing here tells", where_);
            return;
        }
        if (source.ecosystem != "hf") {
            understood_ = not_understood_at(context_, source.written + " asks for names at a place that is not judged: " + escape_terminal(without_login(url), 100), where_);
            return;
        }
        const auto& known = context_.evidence.index_options;
        const std::string plain = without_login(url);
        const std::size_t compared = std::min(known.size(), kMostCompared);
        const auto is_it = [&](const IndexOption& one) { return one.ecosystem == "hf" && one.url == plain; };
        const bool said = std::any_of(known.end() - static_cast<std::ptrdiff_t>(compared), known.end(), is_it);
        if (!said) add_hub_endpoint(url, where_, context_);
    }

    void uri(const std::string& text) {
        if (text.size() > 5 && ascii_lower(std::string_view(text).substr(0, 5)) == "hf://") understood_ = names_.record_uri_of_hub(text) && understood_;
    }

    const ServerCommand& command_;
    const Servers image_;
    const Location& where_;
    IntakeContext& context_;
    served::NameRecorder names_;
    Variables inner_;                    // that a command sets for a container which it runs
    std::set<std::string> code_;         // what was said to let code run
    std::set<std::string> sources_;
    bool any_read_;                      // with the variables of the container
    bool understood_ = true;
};

}  // namespace

bool record_served(const ServerCommand& command, const Location& where, IntakeContext& context) { return Reader(command, where, context).read(); }

void add_remote_code(std::string_view written, const Location& where, IntakeContext& context) {
    if (!context.room()) return;
    context.finding("source.trust-remote-code", Severity::high, std::string(written) + " runs code that the model's repository brings", where,
                    "Whoever may push to that repository runs code here, with everything that this process may do.",
                    "Take a model whose code is part of the library, or vendor the reviewed code at a pinned commit and leave the option out.");
}

void add_hub_endpoint(std::string_view url, const Location& where, IntakeContext& context) {
    if (!context.room() || trim(url).empty()) return;
    context.evidence.index_options.push_back({where, IndexOption::Role::primary, "hf", without_login(trim(url)), "HF_ENDPOINT"});
}

}  // namespace headgate::intake
