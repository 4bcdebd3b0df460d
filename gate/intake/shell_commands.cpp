#include "intake/shell_commands.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/requirements.hpp"
#include "intake/served.hpp"

namespace headgate::intake {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kMostLine = 1U << 16U;     // bytes of one line

/// Options of `pip install` (pip's documentation) whose value is the next word, and which requirements files have too or not.
constexpr std::array<std::string_view, 9> kFileOptions = {"-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url"};
constexpr std::array<std::string_view, 6> kMoreFileOptions = {"-f", "--find-links", "--trusted-host", "--no-index", "--pre", "--no-require-hashes"};
constexpr std::array<std::string_view, 37> kValueOptions = {
    "-t",          "--target",       "--platform",    "--python-version", "--implementation", "--abi",         "--root",         "--prefix",
    "--src",       "--upgrade-strategy", "-C",        "--config-settings", "--config-setting", "--global-option", "--install-option", "--no-binary",
    "--only-binary", "--progress-bar", "--root-user-action", "--report",  "--proxy",          "--retries",     "--timeout",      "--exists-action",
    "--cert",      "--client-cert",  "--cache-dir",   "--log",            "--use-feature",    "--use-deprecated", "--python",     "--keyring-provider",
    "--group",     "--torch-backend", "-p",           "--index",          "--default-index"};
constexpr std::array<std::string_view, 9> kHubValueOptions = {"--repo-type", "--revision", "--include", "--exclude", "--cache-dir", "--local-dir", "--local-dir-use-symlinks", "--token", "--max-workers"};

bool is_one_of(std::string_view word, std::span<const std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

/// The commands of a line, parted by ; & and |. Comments, and what is sent to or taken from files, are left out.
std::vector<Words> commands_of(std::string_view line) {
    std::vector<Words> commands(1);
    std::string word;
    bool in_word = false;
    bool file = false;                   // the next word is one that output goes to
    char quote = 0;
    const auto finish = [&] {
        if (in_word && !file) commands.back().push_back(word);
        if (in_word) file = false;
        word.clear();
        in_word = false;
    };
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote == 0 && c == '#' && !in_word) break;
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            finish();
        } else if (quote == 0 && (c == ';' || c == '&' || c == '|')) {
            finish();
            if (!commands.back().empty()) commands.emplace_back();
        } else if (quote == 0 && (c == '>' || c == '<')) {
            const bool stream = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
            if (stream) word.clear(), in_word = false;       // 2>
            finish();
            file = true;
            while (at + 1 < line.size() && (line[at + 1] == '>' || line[at + 1] == '&')) ++at;
        } else if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
            in_word = true;
            word += line[++at];
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
            in_word = true;
        } else if (c == quote) {
            quote = 0;
        } else {
            in_word = true;
            word += c;
        }
    }
    finish();
    return commands;
}

bool is_computed(std::string_view word) { return word.find('$') != std::string_view::npos || word.find('{') != std::string_view::npos; }

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(std::string_view line) {
        for (Words& words : commands_of(line)) command(words);
        return understood_;
    }

  private:
    Location here() const { return context_.at_line(1); }

    void command(Words& words) {
        std::size_t at = 0;
        for (; at < words.size(); ++at) {
            const std::size_t equals = words[at].find('=');
            const bool assignment = equals != std::string::npos && equals > 0 &&
                                    words[at].substr(0, equals).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
            if (assignment) {
                variable(words[at].substr(0, equals), words[at].substr(equals + 1));
            } else if (words[at] != "sudo" && words[at] != "time" && words[at] != "env" && words[at] != "export" && words[at] != "exec") {
                break;
            }
        }
        words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at));
        if (words.empty()) return;
        const std::string_view program = std::string_view(words[0]).substr(words[0].rfind('/') + 1);
        const bool python = program.starts_with("python") || program.ends_with("sys.executable}");
        if (program == "pip" || program.starts_with("pip3")) return pip(words, 1);
        if (python && words.size() > 2 && words[1] == "-m" && words[2] == "pip") return pip(words, 3);
        if (program == "uv" && words.size() > 1 && words[1] == "pip") return pip(words, 2);
        const bool client = program == "huggingface-cli" || program == "hf";
        if (client && words.size() > 1 && words[1] == "download") return download(words);
        if (!record_served({{}, std::move(words), {}}, here(), context_)) understood_ = false;
    }

    void variable(std::string_view name, const std::string& value) {
        if (name == "HF_ENDPOINT") return add_hub_endpoint(value, here(), context_);
        if (name == "PIP_INDEX_URL") requirement("--index-url " + value);
        if (name == "PIP_EXTRA_INDEX_URL") requirement("--extra-index-url " + value);
        if (name == "PIP_FIND_LINKS") requirement("--find-links " + value);
        if (name == "PIP_TRUSTED_HOST") requirement("--trusted-host " + value);
    }

    void pip(const Words& words, std::size_t at) {
        while (at < words.size() && words[at].starts_with('-')) at += is_one_of(words[at], kValueOptions) ? 2U : 1U;
        if (at >= words.size() || (words[at] != "install" && words[at] != "download" && words[at] != "wheel")) return;
        for (++at; at < words.size(); ++at) {
            const std::string& word = words[at];
            if (!word.starts_with('-')) {
                package(word);
                continue;
            }
            const std::size_t equals = word.find('=');
            const std::string_view option = std::string_view(word).substr(0, word.starts_with("--") ? equals : 2);
            const bool of_files = is_one_of(option, kFileOptions) || is_one_of(option, kMoreFileOptions);
            const bool alone = option == "--no-index" || option == "--pre" || option == "--no-require-hashes";
            const bool attached = word.size() > option.size();
            if (of_files && (alone || attached)) {
                requirement(word);
            } else if (of_files && at + 1 < words.size()) {
                requirement(word + " " + words[++at]);
            } else if (is_one_of(option, kValueOptions) && !attached) {
                ++at;
            }
        }
    }

    void package(const std::string& word) {
        if (!is_computed(word)) return requirement(word);
        if (!record_computed("pypi", word, 1, context_)) understood_ = false;
    }
    /// As a line of a requirements file, which each of them could be.
    void requirement(const std::string& line) {
        if (is_computed(line)) {
            understood_ = not_understood(context_, "an option whose value is computed: " + escape_terminal(without_login(line), 100), 1);
        } else if (!requirements::read_all(as_bytes(line), context_)) {
            understood_ = false;
        }
    }

    /// download ORG/NAME [FILE...] [--repo-type dataset] [--revision R]
    void download(const Words& words) {
        std::string id;
        std::string revision;
        std::string type;
        for (std::size_t at = 2; at < words.size(); ++at) {
            const std::string& word = words[at];
            if (!word.starts_with('-')) {
                if (id.empty()) id = word;
                continue;
            }
            const std::size_t equals = word.find('=');
            const std::string_view option = std::string_view(word).substr(0, equals);
            std::string value = equals == std::string::npos ? std::string() : word.substr(equals + 1);
            if (equals == std::string::npos && is_one_of(option, kHubValueOptions) && at + 1 < words.size()) value = words[++at];
            if (option == "--revision") revision = value;
            if (option == "--repo-type") type = value;
        }
        const std::string_view scheme = type == "dataset" || type == "datasets" ? "hf-dataset" : "hf";
        bool done = true;
        if (is_computed(id) || is_computed(type)) {
            done = record_unknown(scheme, id, here(), context_);
        } else if (type == "space") {
            done = not_understood_at(context_, "a Space of a hub: " + escape_terminal(id, 100), here());
        } else {
            done = record_hub(scheme, id, is_computed(revision) ? std::string_view{} : std::string_view(revision), here(), context_);
        }
        understood_ = done && understood_;
    }

    IntakeContext& context_;
    bool understood_ = true;
};

}  // namespace

bool read_shell_line(std::string_view line, IntakeContext& context) {
    if (line.size() > kMostLine) return not_understood(context, "a command of more than 65536 bytes", 1);
    return Reader(context).read(line);
}

}  // namespace headgate::intake
