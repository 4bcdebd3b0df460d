#include "intake/from_elsewhere.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.hpp"
#include "intake/named.hpp"

namespace headgate::intake::kubernetes {
namespace {

using Names = std::span<const std::string_view>;

/// Servers that take the name of their model from the environment.
constexpr std::array<std::string_view, 12> kReadTheirModel = {
    "text-generation-inference", "text-generation-launcher", "text-embeddings-inference", "text-embeddings-router", "lorax", "djl-serving", "djl-inference",
    "huggingface-inference-toolkit", "huggingface-pytorch-inference", "michaelf34/infinity", "infinity_emb", "worker-vllm"};
/// Those, and the others to which MODEL_ID may be handed on.
constexpr std::array<std::string_view, 9> kServers = {"vllm", "sglang", "lmdeploy", "huggingfaceserver", "trtllm-serve", "tensorrt-llm", "aphrodite", "tritonserver", "llama-server"};

/// Whoever sets one of these has a program that reads it.
constexpr std::array<std::string_view, 15> kAlways = {"HF_MODEL_ID", "HF_ENDPOINT", "HF_HUB_ENDPOINT", "HF_DATASET_ID", "HF_REPO_ID", "STORAGE_URI", "MLSERVER_MODEL_URI",
                                                     "INFINITY_MODEL_ID", "OPTION_MODEL_ID", "SM_HF_MODEL_ID", "MODELSCOPE_MODEL_ID", "MODELSCOPE_ENDPOINT",
                                                     "VLLM_USE_MODELSCOPE", "SGLANG_USE_MODELSCOPE", "LMDEPLOY_USE_MODELSCOPE"};
/// Many programs call something so; of a server of models it is the model, ...
constexpr std::array<std::string_view, 7> kOfServers = {"MODEL_ID", "MODEL_NAME", "MODEL", "MODEL_REPO", "MODEL_PATH", "MODEL_URI", "BASE_MODEL"};
/// ... or which of its revisions.
constexpr std::array<std::string_view, 2> kRevisions = {"MODEL_REVISION", "REVISION"};
constexpr std::array<std::string_view, 3> kRemoteCode = {"TRUST_REMOTE_CODE", "HF_TRUST_REMOTE_CODE", "OPTION_TRUST_REMOTE_CODE"};
/// By which arguments name the model.
constexpr std::array<std::string_view, 11> kModelFlags = {"--model", "--model-id", "--model_id", "--model-path", "--model_path", "--model-dir", "--model_dir",
                                                          "--model-name-or-path", "--model_name_or_path", "--model-repository", "--model_repository"};
constexpr std::array<std::string_view, 3> kRevisionFlags = {"--revision", "--model-revision", "--model_revision"};

bool is_one_of(std::string_view name, Names list) { return std::find(list.begin(), list.end(), name) != list.end(); }

bool holds_one_of(std::string_view text, Names list) {
    if (text.size() > 4096) text = text.substr(0, 4096);
    const std::string lower = ascii_lower(text);
    return std::any_of(list.begin(), list.end(), [&](std::string_view name) { return lower.find(name) != std::string::npos; });
}

class Elsewhere {
  public:
    Elsewhere(const GivenEnvironment& environment, const std::string& image, const std::vector<std::string>& words, const Location& where, IntakeContext& context)
        : environment_(environment), words_(words), where_(where), context_(context) {
        reads_ = runs(image, kReadTheirModel);
        serves_ = reads_ || runs(image, kServers);
    }

    void record() {
        const bool given = is_written_down() || has_flag(kModelFlags) || serves_by_name();
        for (const std::string& name : environment_.elsewhere) {
            if (!context_.has_room()) return;
            if (serves_ && is_one_of(name, kRemoteCode)) {
                remote_code(name);
            } else if (is_one_of(name, kAlways) || (serves_ && !given && is_one_of(name, kOfServers)) || (reads_ && is_one_of(name, kRevisions) && !has_flag(kRevisionFlags))) {
                record_unknown("hf", name + " from elsewhere", where_, context_);
            }
        }
        if (environment_.whole_maps && reads_ && !given) record_unknown("hf", "the environment, from elsewhere", where_, context_);
    }

  private:
    bool runs(const std::string& image, Names names) const {
        return holds_one_of(image, names) || std::any_of(words_.begin(), words_.end(), [&](const std::string& word) { return holds_one_of(word, names); });
    }

    /// What stands there goes before `envFrom`, ...
    bool is_written_down() const {
        for (const std::string_view name : {"MODEL_ID", "HF_MODEL_ID", "INFINITY_MODEL_ID", "OPTION_MODEL_ID"}) {
            const auto known = environment_.known.find(name);
            if (known != environment_.known.end() && !known->second.empty()) return true;
        }
        return false;
    }
    /// ... and arguments go before the environment.
    bool has_flag(Names flags) const {
        return std::any_of(words_.begin(), words_.end(), [&](const std::string& word) { return is_one_of(std::string_view(word).substr(0, word.find('=')), flags) || is_flag_in(word, flags); });
    }
    bool serves_by_name() const {
        for (std::size_t i = 0; i + 1 < words_.size(); ++i) {
            if (words_[i] == "serve" && !words_[i + 1].empty() && !words_[i + 1].starts_with('-')) return true;
        }
        return false;
    }
    /// In arguments that somebody wrote as one, or in a script.
    static bool is_flag_in(std::string_view text, Names flags) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find_first_of(" \t\n"), text.size());
            const std::string_view word = text.substr(0, end);
            if (word.starts_with('#')) {         // a comment, to the end of its line
                text.remove_prefix(std::min(text.find('\n'), text.size()));
                continue;
            }
            if (is_one_of(word.substr(0, word.find('=')), flags)) return true;
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return false;
    }

    void remote_code(const std::string& name) {
        if (!context_.room()) return;
        context_.finding("source.trust-remote-code", Severity::high, name + " comes from elsewhere: whether code runs that the model's repository brings cannot be told", where_,
                         "If it comes out true, whoever may push to that repository runs code here, with everything that this process may do.",
                         "Write the value out, or leave the variable out.");
    }

    const GivenEnvironment& environment_;
    const std::vector<std::string>& words_;
    const Location& where_;
    IntakeContext& context_;
    bool reads_ = false;
    bool serves_ = false;
};

}  // namespace

void record_elsewhere(const GivenEnvironment& environment, const std::string& image, const std::vector<std::string>& words, const Location& where, IntakeContext& context) {
    if (environment.elsewhere.empty() && !environment.whole_maps) return;
    Elsewhere(environment, image, words, where, context).record();
}

}  // namespace headgate::intake::kubernetes
