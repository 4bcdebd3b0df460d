// Settings in YAML and JSON that name models and datasets of a hub: by hf:// URIs wherever they stand, and by the keys of trainers and
// servers. Only what is a setting by its shape: keys of mappings in mappings, never of rows in a list.
#include <algorithm>
#include <array>
#include <ranges>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/deployment_reader.hpp"
#include "intake/served.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "hub settings";
constexpr std::size_t kMostDocuments = 100;

struct Key {
    std::string_view name;
    std::string_view scheme;
    bool bare = false;                   // a name without an organisation is one too
};
constexpr std::array<Key, 11> kKeys = {{
    {"model_name_or_path", "hf", true},
    {"pretrained_model_name_or_path", "hf", true},
    {"tokenizer_name_or_path", "hf", true},
    {"model_id", "hf"},
    {"hf_model_id", "hf"},
    {"base_model", "hf"},
    {"repo_id", "hf"},
    {"hf_repo_id", "hf"},
    {"dataset_name", "hf-dataset"},
    {"dataset_id", "hf-dataset"},
    {"hf_dataset", "hf-dataset"},
}};

/// The model is then one of a service, by the service's own names.
constexpr std::array<std::string_view, 6> kOfService = {"provider", "api_key", "api_base", "base_url", "endpoint_url", "openai_api_base"};

/// As Python's settings have it, and as the command line of vLLM has it, whose settings are its options.
constexpr std::array<std::string_view, 2> kRemoteCode = {"trust_remote_code", "trust-remote-code"};

bool is_plainly_false(const codec::Tree& value) {
    using Type = codec::Tree::Type;
    if (value.type == Type::null || (value.type == Type::boolean && !value.boolean) || (value.type == Type::integer && value.integer == 0)) return true;
    const std::string text = value.is_text() ? ascii_lower(trim(value.text)) : std::string("?");
    constexpr std::array<std::string_view, 7> kFalse = {"", "false", "no", "off", "null", "~", "0"};
    return std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end();
}

bool is_file_name(std::string_view text) {
    constexpr std::array<std::string_view, 14> kEndings = {".pt", ".pth", ".bin", ".ckpt", ".gguf", ".onnx", ".safetensors", ".json", ".jsonl", ".yaml", ".yml", ".csv", ".parquet", ".txt"};
    return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return text.ends_with(ending); });
}

class Reader : public DeploymentReader {
  public:
    using DeploymentReader::DeploymentReader;

    bool read(const Tree& root) {
        std::vector<std::pair<const Tree*, bool>> todo = {{&root, true}};    // and whether it is a setting
        while (!todo.empty() && context_.room()) {
            const auto [node, setting] = todo.back();
            todo.pop_back();
            if (node->is_text() && node->text.starts_with("hf://") && node->text.find_first_of(" \n") == std::string::npos && node->text.size() > 5) {
                note(record_hub_uri(node->text, at(*node), context_));
            }
            for (const Tree& item : node->items | std::views::reverse) todo.emplace_back(&item, false);
            for (const Tree::Entry& entry : node->entries | std::views::reverse) todo.emplace_back(&entry.value, setting);
            if (setting && node->is_table()) settings(*node);
            for (const std::string_view key : kRemoteCode) remote_code(*node, key);
        }
        return done();
    }

  private:
    /// PyYAML reads `yes` and `on` as true, and a program may read any other text so: what is not plainly false lets code run.
    void remote_code(const Tree& of, std::string_view key) {
        const Tree* code = of.find(key);
        if (code == nullptr || is_plainly_false(*code)) return;
        const std::string said = code->is_text() ? code->text : code->boolean ? "true" : "...";
        if (!context_.has_room() || !is_template(said)) return add_remote_code(std::string(key) + ": " + escape_terminal(said, 100), at(*code), context_);
        context_.finding("source.trust-remote-code", Severity::high,
                         std::string(key) + " is computed (" + escape_terminal(said, 100) + "): whether code runs that the model's repository brings cannot be told", at(*code),
                         "If it comes out true, whoever may push to that repository runs code here, with everything that this process may do.",
                         "Write " + std::string(key) + ": false, or leave the setting out.");
    }

    void settings(const Tree& of) {
        const bool service = std::any_of(kOfService.begin(), kOfService.end(), [&](std::string_view key) { return of.find(key) != nullptr; });
        for (const Key& key : kKeys) {
            const Tree* value = of.find(key.name);
            if (value != nullptr && value->is_text() && !service) name(of, key, *value);
        }
        // A training run of axolotl, which lists its data beside the model.
        const Tree* data = of.find("base_model") == nullptr ? nullptr : of.find("datasets");
        if (data == nullptr) return;
        for (const Tree& one : data->items) {
            const Tree* path = one.find("path");
            if (path != nullptr && path->is_text()) name(one, {"path", "hf-dataset"}, *path);
        }
    }

    void name(const Tree& of, const Key& key, const Tree& value) {
        const std::string& text = value.text;
        if (text.empty() || text.find("://") != std::string::npos || is_file_name(text)) return;
        if (is_template(text)) {
            if (key.bare) note(record_unknown(key.scheme, text, at(value), context_));
            return;
        }
        const auto slashes = std::count(text.begin(), text.end(), '/');
        if (slashes > 1 || (slashes == 0 && !key.bare)) return;
        std::string_view scheme = key.scheme;
        const Tree* type = of.find("repo_type");
        if (type != nullptr && type->text == "dataset") scheme = "hf-dataset";
        std::string revision;
        for (const std::string_view at_revision : {"revision", "model_revision", "dataset_revision"}) {
            const bool other = at_revision == (scheme == "hf" ? "dataset_revision" : "model_revision");
            const Tree* found = other ? nullptr : of.find(at_revision);
            if (found != nullptr && found->is_text() && !is_template(found->text)) revision = found->text;
        }
        note(record_hub(scheme, text, revision, at(value), context_));
    }
};

}  // namespace

bool may_be_hub_settings(std::string_view text) {
    if (text.find("hf://") != std::string_view::npos) return true;
    if (std::any_of(kRemoteCode.begin(), kRemoteCode.end(), [&](std::string_view key) { return text.find(key) != std::string_view::npos; })) return true;
    return std::any_of(kKeys.begin(), kKeys.end(), [&](const Key& key) { return text.find(key.name) != std::string_view::npos; });
}

bool parse_hub_settings(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, kFormat);
    if (!text) return false;
    std::vector<codec::Tree> documents;
    if (context.path.ends_with(".json")) {
        auto document = codec::parse_json_tree(as_bytes(*text));
        if (!document) return malformed(context, kFormat, document.error().message);
        documents.push_back(std::move(*document));
    } else {
        auto parsed = codec::parse_yaml_trees(as_bytes(*text), kMostDocuments, deployment_limits());
        if (!parsed) return malformed(context, kFormat, parsed.error().message);
        documents = std::move(*parsed);
    }
    context.format(kFormat);
    bool understood = true;
    for (const codec::Tree& document : documents) understood = Reader(context).read(document) && understood;
    return understood;
}

}  // namespace headgate::intake
