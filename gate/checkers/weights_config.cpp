// The tensors beside what config.json and the tokenizer say.
#include <algorithm>
#include <array>
#include <set>

#include "checkers/weights.hpp"

namespace headgate::checkers {
namespace {

constexpr std::string_view kWhy = "A loader fills what is missing with random values, drops what is left over, or fails half-way.";
constexpr std::string_view kFix = "Publish the config.json that the weights were saved with, or the weights that belong to it.";

// What quantised layers have in place of, or beside, `weight` (GPTQ, AWQ, bitsandbytes, compressed-tensors, FP8).
constexpr std::array<std::string_view, 22> kQuantised = {
    ".qweight", ".qzeros", ".scales", ".g_idx", ".SCB", ".weight_format", ".weight.absmax", ".weight.quant_map", ".weight.nested_absmax",
    ".weight.nested_quant_map", ".weight.quant_state.bitsandbytes__nf4", ".weight.quant_state.bitsandbytes__fp4", ".weight_scale",
    ".weight_scale_inv", ".input_scale", ".output_scale", ".weight_packed", ".weight_shape", ".weight_zero_point", ".weight_global_scale",
    ".k_scale", ".v_scale"};

// "a.b" of "a.b.qweight"; nullopt for other names.
std::optional<std::string_view> quantised_layer(std::string_view name) {
    for (const std::string_view ending : kQuantised) {
        if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
    }
    return std::nullopt;
}
std::string_view layer_of_weight(std::string_view name) {
    constexpr std::string_view kWeight = ".weight";
    return name.ends_with(kWeight) ? name.substr(0, name.size() - kWeight.size()) : std::string_view();
}

std::string text_of(const Configuration& configuration, std::string_view key) {
    const PredicateField* const field = field_of(configuration, key);
    return field == nullptr ? std::string() : field->value;
}

class Comparison {
  public:
    Comparison(const ModelTensors& model, const CheckInput& input, std::vector<Finding>& findings)
        : model_(model), input_(input), findings_(findings), configuration_(*model.configuration) {
        for (const auto& [name, tensor] : model.tensors) {
            if (const auto layer = quantised_layer(name)) quantised_.insert(*layer);
        }
        quantised_model_ = !quantised_.empty() || std::any_of(configuration_.fields.begin(), configuration_.fields.end(), [](const PredicateField& field) {
            return field.pointer.starts_with("/quantization_config/");
        });
    }

    void with(const Architecture& architecture) {
        const std::string prefix = prefix_of(architecture);
        Listed missing, extra;
        for (const auto& [name, expected] : architecture.tensors) {
            const std::string full = full_name(prefix, name, expected);
            const auto present = model_.tensors.find(full);
            if (present == model_.tensors.end()) {
                if (must_be_there(full, expected)) missing.add(full, nullptr);
            } else if (compares("shapes") && expected.shape && judged_by_shape(full, *present->second)) {
                shape(*present->second, *expected.shape, expected.embedding);
            }
        }
        for (const auto& [full, tensor] : model_.tensors) {
            if (!is_known(architecture, prefix, full)) extra.add(full, tensor);
        }
        const bool own_code = has_field_below("/auto_map/");
        if (compares("missing") && !own_code && missing.count > 0) {
            add("weights.missing", Severity::high, counted_tensors(missing.first, missing.count) + " of a " + architecture.type + " model " +
                    (missing.count > 1 ? "are" : "is") + " missing", {configuration_.where});
        }
        if (compares("extra") && !own_code && extra.count > 0) {
            add("weights.extra", Severity::medium, counted_tensors(extra.first, extra.count) + " " + (extra.count > 1 ? "are" : "is") + " no part of a " +
                    architecture.type + " model", extra.tensor->where);
        }
        for (const auto& [name, expected] : architecture.tensors) {
            if (expected.embedding) embedding(full_name(prefix, name, expected));
        }
    }

    // Of a model type that is not known: what holds of all.
    void generic() {
        constexpr std::array<std::string_view, 5> kEmbeddings = {"embed_tokens.weight", "wte.weight", "word_embeddings.weight", "shared.weight",
                                                                 "tok_embeddings.weight"};
        for (const std::string_view ending : kEmbeddings) {
            for (const auto& [name, tensor] : model_.tensors) {
                const bool named = name == ending || (name.ends_with(ending) && name[name.size() - ending.size() - 1] == '.');
                if (named && name.find("vision") == std::string_view::npos) return embedding(std::string(name));
            }
        }
    }

    void dtype() {
        if (!compares("dtype") || quantised_model_) return;
        std::string stated = text_of(configuration_, "torch_dtype");
        if (stated.empty()) stated = text_of(configuration_, "dtype");
        const std::string_view wanted = stated == "bfloat16" ? "BF16" : stated == "float16" ? "F16" : stated == "float32" ? "F32" : "";
        const auto has = [&](const auto& entry) { return entry.second->dtype == wanted; };
        if (wanted.empty() || model_.tensors.empty() || std::any_of(model_.tensors.begin(), model_.tensors.end(), has)) return;
        const Tensor& first = *model_.tensors.begin()->second;
        add("weights.dtype", Severity::medium, "the configuration says " + stated + ", and no tensor is of that type ('" + first.name + "' is " + first.dtype + ")",
            first.where);
    }

    void duplicates() {
        if (!compares("duplicates")) return;
        for (const auto& [one, other] : model_.twice) {
            add("weights.duplicate", Severity::high, "tensor '" + one->name + "' is in " + one->where.path + " and in " + other->where.path, other->where);
        }
    }

  private:
    struct Listed {
        std::string first;
        const Tensor* tensor = nullptr;
        std::size_t count = 0;
        void add(std::string_view name, const Tensor* at) {
            if (count++ > 0) return;
            first = name;
            tensor = at;
        }
    };

    void add(std::string id, Severity severity, std::string message, Location where) {
        findings_.push_back({std::move(id), severity, std::move(message), std::move(where), std::string(kWhy), std::string(kFix)});
    }
    bool compares(std::string_view what) const {
        const auto& list = input_.settings.get<std::vector<std::string>>("compare");
        return std::find(list.begin(), list.end(), what) != list.end();
    }
    bool has_field_below(std::string_view pointer) const {
        return std::any_of(configuration_.fields.begin(), configuration_.fields.end(),
                           [&](const PredicateField& field) { return field.pointer.starts_with(pointer); });
    }

    // The prefix under which the model was saved: with that of its class with a head, or without.
    std::string prefix_of(const Architecture& architecture) const {
        for (const std::string& prefix : architecture.prefixes) {
            const auto next = model_.tensors.lower_bound(prefix);
            if (next != model_.tensors.end() && next->first.starts_with(prefix)) return prefix;
        }
        return architecture.prefixes.back();
    }
    static std::string full_name(const std::string& prefix, const std::string& name, const ExpectedTensor& expected) {
        return expected.need == ExpectedTensor::Need::head ? name : prefix + name;
    }
    bool must_be_there(const std::string& full, const ExpectedTensor& expected) const {
        if (quantised_.contains(layer_of_weight(full))) return false;
        if (expected.need == ExpectedTensor::Need::required) return true;
        return expected.need == ExpectedTensor::Need::head && text_of(configuration_, "tie_word_embeddings") == "false" &&
               architecture_class().ends_with("ForCausalLM");
    }
    std::string architecture_class() const {
        for (const PredicateField& field : configuration_.fields) {
            if (field.pointer == "/architectures/0") return field.value;
        }
        return {};
    }
    bool judged_by_shape(const std::string& full, const Tensor& tensor) const {
        const bool whole_numbers = tensor.dtype.starts_with('I') || tensor.dtype.starts_with('U');
        return !quantised_.contains(layer_of_weight(full)) && !(quantised_model_ && whole_numbers);
    }
    void shape(const Tensor& tensor, const std::vector<std::uint64_t>& expected, bool is_embedding) {
        if (tensor.shape == expected) return;
        // More rows than tokens are padding.
        if (is_embedding && tensor.shape.size() == expected.size() && tensor.shape[0] >= expected[0] &&
            std::equal(tensor.shape.begin() + 1, tensor.shape.end(), expected.begin() + 1)) {
            return;
        }
        add("weights.shape", Severity::high, "tensor '" + tensor.name + "' is " + shape_text(tensor.shape) + ", by the configuration it is " + shape_text(expected),
            tensor.where);
    }
    bool is_known(const Architecture& architecture, const std::string& prefix, std::string_view full) const {
        const auto named = [&](std::string_view name) {
            const auto known = architecture.tensors.find(name);
            return known != architecture.tensors.end() || architecture.ignores(name);
        };
        std::string_view name = full;
        const auto layer = quantised_layer(full);
        const std::string weight = layer ? std::string(*layer) + ".weight" : std::string();
        if (layer) name = weight;
        if (named(name) || architecture.ignores(full)) return true;
        return name.starts_with(prefix) && named(name.substr(prefix.size()));
    }

    void embedding(const std::string& full) {
        const auto found = model_.tensors.find(full);
        if (!compares("vocabulary") || found == model_.tensors.end() || found->second->shape.size() != 2) return;
        const Tensor& tensor = *found->second;
        if (!judged_by_shape(full, tensor)) return;
        const std::uint64_t rows = tensor.shape[0];
        const auto stated = number_of(configuration_, "vocab_size");
        if (stated && rows < *stated) {
            return add("weights.vocabulary", Severity::high, "tensor '" + full + "' has " + std::to_string(rows) + " rows, the configuration says " +
                           std::to_string(*stated) + " tokens", tensor.where);
        }
        for (const Vocabulary& vocabulary : input_.evidence.vocabularies) {
            const bool beside = vocabulary.where.path == model_.folder + "tokenizer.json" || vocabulary.where.path == model_.folder + "vocab.json";
            if (!beside || vocabulary.rows <= rows) continue;
            add("weights.vocabulary", Severity::high, "tensor '" + full + "' has " + std::to_string(rows) + " rows, the tokenizer numbers its tokens up to " +
                    std::to_string(vocabulary.rows - 1), vocabulary.where);
        }
    }

    const ModelTensors& model_;
    const CheckInput& input_;
    std::vector<Finding>& findings_;
    const Configuration& configuration_;
    std::set<std::string_view> quantised_;   // layers
    bool quantised_model_ = false;
};

}  // namespace

Result<void> compare_with_configuration(const ModelTensors& model, const CheckInput& input, std::vector<Finding>& findings) {
    static const Configuration kNone;
    ModelTensors judged = model;
    if (judged.configuration == nullptr) judged.configuration = &kNone;
    Comparison comparison(judged, input, findings);
    comparison.duplicates();
    if (model.configuration == nullptr) return {};
    const auto architecture = TRY(find_architecture(input.data, *model.configuration));
    if (architecture) {
        comparison.with(*architecture);
    } else {
        comparison.generic();
        const auto* const require = input.settings.find<std::vector<std::string>>("require");
        if (require != nullptr && std::find(require->begin(), require->end(), "architecture") != require->end()) {
            findings.push_back({"weights.unknown-architecture", Severity::medium,
                                "the model type '" + text_of(*model.configuration, "model_type") + "' is none whose tensors are known",
                                model.configuration->where, "What there is nothing to compare with was not compared.",
                                "Add its tensors to rules/architectures, or leave `architecture` out of `require`."});
        }
    }
    comparison.dtype();
    return {};
}

}  // namespace headgate::checkers
