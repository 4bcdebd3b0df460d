#include "intake/served.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "intake/requirements.hpp"
#include "intake/shell.hpp"

namespace headgate::intake {
namespace {

constexpr std::size_t kMostWords = 10'000;       // of one command
constexpr std::size_t kMostExpanded = 256U << 10U;   // bytes of it, variables put in

/// What such a server is called, in its image or its command. Of llama.cpp `--model` is a file.
constexpr std::array<std::string_view, 16> kServers = {
    "vllm", "text-generation-inference", "text-generation-launcher", "text-embeddings-inference", "text-embeddings-router", "sglang",
    "lmdeploy", "huggingfaceserver", "infinity_emb", "michaelf34/infinity", "djl-serving", "trtllm-serve", "tensorrt-llm", "aphrodite",
    "lorax", "tritonserver"};
constexpr std::array<std::string_view, 5> kRevisionFromEnvironment = {"text-generation-inference", "text-generation-launcher", "text-embeddings-inference",
                                                                      "text-embeddings-router", "lorax"};
constexpr std::array<std::string_view, 3> kLlama = {"llama-server", "llama.cpp", "llama-cpp"};

constexpr std::array<std::string_view, 13> kModelFlags = {
    "--model", "--model-id", "--model_id", "--model-path", "--model_path", "--model-name-or-path", "--model_name_or_path", "--tokenizer",
    "--tokenizer-path", "--speculative-model", "--speculative-draft-model-path", "--draft-model", "--model-repository"};
constexpr std::array<std::string_view, 3> kHubFlags = {"-hf", "-hfr", "--hf-repo"};
constexpr std::array<std::string_view, 4> kRevisionFlags = {"--revision", "--model-revision", "--model_revision", "--hf-revision"};
/// Behind these words the model stands by itself.
constexpr std::array<std::string_view, 3> kServeWords = {"serve", "api_server", "trtllm-serve"};

bool is_one_of(std::string_view word, std::span<const std::string_view> list) { return std::find(list.begin(), list.end(), word) != list.end(); }

bool holds_one_of(std::string_view text, std::span<const std::string_view> list) {
    const std::string lower = ascii_lower(text);
    return std::any_of(list.begin(), list.end(), [&](std::string_view name) { return lower.find(name) != std::string::npos; });
}

bool is_yes(std::string_view value) {
    const std::string lower = ascii_lower(value);
    return lower.empty() || lower == "true" || lower == "1" || lower == "yes" || lower == "on";
}

/// "-c", "-lc", "-ec": what follows is a script.
bool takes_a_script(std::string_view option) {
    return option.starts_with('-') && !option.starts_with("--") && option.size() < 8 && option.ends_with('c');
}

/// Between two commands.
constexpr std::string_view kEnd = "\n";

/// The words of a command, with those of a script in it, command by command; variables put in their place where they are known.
struct Flattened {
    std::vector<std::string> words;
    std::string problem;                 // why they are not all; "" when they are
    bool torn = false;                   // a script does not end where it should
};

class Flattener {
  public:
    explicit Flattener(const ServerCommand& command) : command_(command) {}

    Flattened run() {
        for (std::size_t i = 0; i < command_.words.size() && flat_.problem.empty(); ++i) {
            const std::string expanded = expand_parentheses(command_.words[i], command_.environment);
            const bool alone = command_.words.size() == 1 && !expanded.starts_with('-') && expanded.find_first_of(" \t\n") != std::string::npos;
            const bool script = alone || (i > 0 && takes_a_script(command_.words[i - 1]));
            if (script) {
                read(expanded);
            } else {
                plain(expanded);
            }
        }
        return std::move(flat_);
    }

  private:
    /// An argument; one with blanks in it may be several that somebody wrote as one.
    void plain(const std::string& expanded) {
        const std::string text = interpolate(expanded, command_.environment).value_or(expanded);
        auto inner = text.find_first_of(" \t\n") == std::string::npos ? std::nullopt : requirements::shell_words(text);
        if (!inner) inner = {text};
        for (std::string& word : *inner) push(std::move(word));
    }
    void read(const std::string& script) {
        const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
            const auto known = command_.environment.find(std::string(name));
            return known == command_.environment.end() ? std::nullopt : std::optional(known->second);
        };
        const auto commands = shell::read_commands(script, lookup);
        if (!commands) {
            flat_.torn = true;
            return push(script);
        }
        push(std::string(kEnd));
        for (const shell::Command& one : *commands) {
            for (const shell::Word& word : one.words) {
                // A value that only the running shell knows is a name with a variable in it.
                const bool marked = word.text.find('$') != std::string::npos;
                push(!word.computed ? word.text : marked ? word.text : "$" + word.written);
            }
            push(std::string(kEnd));
        }
    }
    void push(std::string word) {
        bytes_ += word.size();
        if (bytes_ > kMostExpanded || flat_.words.size() == kMostWords) {
            flat_.problem = "a command that grows beyond " + std::to_string(kMostExpanded) + " bytes or " + std::to_string(kMostWords) + " words";
        } else {
            flat_.words.push_back(std::move(word));
        }
    }

    const ServerCommand& command_;
    Flattened flat_;
    std::size_t bytes_ = 0;
};

class Reader {
  public:
    Reader(const ServerCommand& command, const Location& where, IntakeContext& context)
        : command_(command), flat_(Flattener(command).run()), words_(flat_.words), where_(where), context_(context) {
        llama_ = is_server(kLlama);
        known_ = llama_ || is_server(kServers);
        if (!is_server(kRevisionFromEnvironment)) return;
        for (const auto& [name, value] : command_.environment) {
            if (name == "REVISION" || name == "MODEL_REVISION") environment_revision_ = value;
        }
    }

    bool read() {
        if (!flat_.problem.empty()) return not_understood_at(context_, flat_.problem, where_);
        if (flat_.torn && (known_ || std::any_of(words_.begin(), words_.end(), [](const std::string& one) { return holds_one_of(one, kServers); }))) {
            return not_understood_at(context_, "a script with a quote or bracket that does not end", where_);
        }
        for (std::size_t i = 0; i <= words_.size(); ++i) {
            if (i == words_.size() || words_[i] == kEnd) {
                end_command();
            } else {
                word(i);
            }
        }
        for (const auto& [name, value] : command_.environment) variable(name, value);
        end_command();
        return understood_;
    }

  private:
    bool is_server(std::span<const std::string_view> names) const {
        return holds_one_of(command_.image, names) ||
               std::any_of(words_.begin(), words_.end(), [&](const std::string& word) { return word.size() < 200 && holds_one_of(word, names); });
    }

    void word(std::size_t& at) {
        const std::string& word = words_[at];
        if (word.starts_with("hf://")) return add(word);
        const std::size_t equals = word.starts_with('-') ? word.find('=') : std::string::npos;
        const std::string_view flag = std::string_view(word).substr(0, equals);
        const auto value = [&]() -> std::string {
            if (equals != std::string::npos) return word.substr(equals + 1);
            const bool next = at + 1 < words_.size() && !words_[at + 1].starts_with('-') && words_[at + 1] != kEnd;
            return next ? words_[at + 1] : std::string();
        };
        if (flag == "--trust-remote-code" || flag == "--trust_remote_code") {
            const std::string said = value();
            if (is_yes(said) || equals == std::string::npos) add_remote_code(flag, where_, context_);
            return;
        }
        if (is_one_of(flag, kHubFlags) && known_) return add(without_quantisation(value()));
        if (!known_ || llama_) return;
        if (is_one_of(flag, kModelFlags)) return add(value());
        if (is_one_of(flag, kRevisionFlags)) revision_ = value();
        if (flag == "--lora-modules") return adapters(at + 1, equals == std::string::npos ? std::string() : word.substr(equals + 1));
        const bool serves = is_one_of(word, kServeWords) && at + 1 < words_.size() && words_[at + 1] != kEnd && !words_[at + 1].starts_with('-') && !is_one_of(words_[at + 1], kServeWords);
        if (serves) add(words_[at + 1]);
    }

    /// name=org/name, one or more.
    void adapters(std::size_t from, const std::string& first) {
        if (const std::size_t mark = first.find('='); mark != std::string::npos) add(first.substr(mark + 1));
        for (std::size_t at = from; at < words_.size() && words_[at] != kEnd && !words_[at].starts_with('-'); ++at) {
            const std::size_t mark = words_[at].find('=');
            if (mark != std::string::npos) add(words_[at].substr(mark + 1));
        }
    }

    void variable(std::string_view name, const std::string& value) {
        if (name == "HF_ENDPOINT") return add_hub_endpoint(value, where_, context_);
        if (value.starts_with("hf://") || name == "HF_MODEL_ID") return add(value);
        if (!known_) return;
        if (name == "TRUST_REMOTE_CODE" && is_yes(value)) return add_remote_code(name, where_, context_);
        if (name == "MODEL_ID" || (name == "MODEL_NAME" && value.find('/') != std::string::npos)) add(value);
    }

    static std::string without_quantisation(std::string value) {
        if (value.find("://") == std::string::npos) value.resize(std::min(value.find(':'), value.size()));
        return value;
    }

    /// A revision is for the models of its own command, one in the environment for all of those servers that read it there.
    void end_command() {
        if (revision_.empty()) revision_ = environment_revision_;
        for (const std::string& model : models_) record(model);
        models_.clear();
        revision_.clear();
    }

    void add(std::string value) {
        if (!value.empty() && std::find(models_.begin(), models_.end(), value) == models_.end()) models_.push_back(std::move(value));
    }

    void record(const std::string& value) {
        bool done = true;
        if (value.find('$') != std::string::npos || is_template(value)) {
            done = record_unknown("hf", value, where_, context_);
        } else if (value.find("://") != std::string::npos) {
            done = record_uri(value, where_, "a server", context_);
        } else {
            done = record_hub("hf", value, revision_, where_, context_);
        }
        understood_ = done && understood_;
    }

    const ServerCommand& command_;
    const Flattened flat_;
    const std::vector<std::string>& words_;
    const Location& where_;
    IntakeContext& context_;
    std::vector<std::string> models_;
    std::string revision_;
    std::string environment_revision_;
    bool known_ = false;
    bool llama_ = false;
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
