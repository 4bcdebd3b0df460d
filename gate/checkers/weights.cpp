#include "checkers/weights.hpp"

#include <algorithm>
#include <array>

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 1> kKinds = {Kind::model};
constexpr std::array<std::string_view, 6> kCompare = {"shapes", "missing", "extra", "duplicates", "vocabulary", "dtype"};
constexpr std::array<std::string_view, 4> kRequire = {"config", "architecture", "tokenizer", "base"};
constexpr std::array<std::string_view, 5> kAspects = {"chat-template", "tokenizer", "special-tokens", "generation-config", "config"};
constexpr std::array<SettingSpec, 4> kSettings = {{
    {"max-non-finite", SettingType::integer, Stricter::smaller, false, "0", "values of one tensor that may be NaN or infinite, of a million", {},
     "in a million"},
    {"compare", SettingType::text_list, Stricter::more, false, "shapes,missing,extra,duplicates,vocabulary",
     "what is compared with config.json and the tokenizer; `dtype` too, where what is published is what was trained", kCompare},
    {"require", SettingType::text_list, Stricter::more, false, "",
     "what must be there to compare with: a `config`, a known `architecture`, a `tokenizer`, a `base` model (check --compare-base)", kRequire},
    {"allow-differences", SettingType::text_list, Stricter::fewer, false, "",
     "documents that may differ from those of the base model (check --compare-base)", kAspects},
}};

constexpr std::string_view kWhy = "Weights are behaviour: what is missing, added or broken in them no reader of the code sees.";
constexpr std::string_view kFix = "Fetch the model again from its source, or have whoever made it publish it whole.";

bool asks(const Settings& settings, std::string_view key, std::string_view word) {
    const auto* const list = settings.find<std::vector<std::string>>(key);
    return list != nullptr && std::find(list->begin(), list->end(), word) != list->end();
}

// Buffers that mask attention hold minus infinity on purpose.
bool is_mask(std::string_view name) { return name.substr(name.rfind('.') + 1).find("mask") != std::string_view::npos; }

// A tensor whose values the pipeline looks at when a rule asks for weights.
bool has_plain_values(const Tensor& tensor) {
    const std::uint64_t width = tensor.dtype == "BF16" || tensor.dtype == "F16" ? 2 : tensor.dtype == "F32" ? 4 : tensor.dtype == "F64" ? 8 : 0;
    return tensor.where.member.empty() && tensor.where.offset && width != 0 && tensor.bytes > 0 && tensor.bytes % width == 0;
}

void judge_values(const Tensor& tensor, std::uint64_t allowed, std::vector<Finding>& findings) {
    const TensorStatistics& found = *tensor.statistics;
    const std::uint64_t infinite = is_mask(tensor.name) ? 0 : found.infinite;
    if (found.nan + infinite == 0) return;
    const double share = static_cast<double>(found.nan + infinite) / static_cast<double>(found.values);
    if (share * 1e6 <= static_cast<double>(allowed)) return;
    findings.push_back({"weights.non-finite", Severity::high,
                        "tensor '" + tensor.name + "' has " + std::to_string(found.nan) + " NaN and " + std::to_string(infinite) +
                            " infinite values of " + std::to_string(found.values),
                        tensor.where, "One NaN spreads through every result that it takes part in: the model answers nothing, or only sometimes.",
                        std::string(kFix)});
}

void require_documents(const CheckInput& input, const std::vector<ModelTensors>& models, std::vector<Finding>& findings) {
    const auto add = [&](std::string id, std::string message, std::string fix) {
        findings.push_back({std::move(id), Severity::medium, std::move(message), {},
                            "What there is nothing to compare with was not compared.", std::move(fix)});
    };
    const bool config = std::any_of(models.begin(), models.end(), [](const ModelTensors& model) { return model.configuration != nullptr; });
    if (asks(input.settings, "require", "config") && !config) {
        add("weights.no-config", "no config.json lies beside the tensors", "Publish the config.json that the model was saved with.");
    }
    if (asks(input.settings, "require", "tokenizer") && input.evidence.vocabularies.empty()) {
        add("weights.no-tokenizer", "no tokenizer.json or vocab.json says how many tokens there are", "Publish the tokenizer with the model.");
    }
    if (asks(input.settings, "require", "base") && input.evidence.comparisons.empty()) {
        add("weights.no-base", "it was not compared with a base model", "Give the base: headgate check --compare-base DIR.");
    }
}

CheckRun run(const CheckInput& input) {
    if (!input.subject.has_bytes) return CheckRun::skipped("needs the files: tensors are in them");
    if (input.evidence.tensors.empty()) {
        return CheckRun::skipped("holds no tensors that are read one by one (safetensors, GGUF, npy and legacy torch files have such)");
    }
    std::vector<Finding> findings;
    const auto allowed = static_cast<std::uint64_t>(input.settings.get<std::int64_t>("max-non-finite"));
    for (const Tensor& tensor : input.evidence.tensors) {
        if (tensor.statistics) {
            judge_values(tensor, allowed, findings);
        } else if (has_plain_values(tensor)) {
            return CheckRun::error("the values of tensor '" + tensor.name + "' were not looked at; record the evidence again under a policy with a rule for weights");
        }
    }
    const std::vector<ModelTensors> models = model_tensors(input.evidence);
    require_documents(input, models, findings);
    for (const ModelTensors& model : models) {
        const auto compared = compare_with_configuration(model, input, findings);
        if (!compared.ok()) return CheckRun::error(compared.error().message);
    }
    judge_bases(input, findings);
    return CheckRun::complete(std::move(findings));
}

}  // namespace

std::string counted_tensors(std::string_view first, std::size_t count) {
    std::string text = "tensor '" + std::string(first) + "'";
    if (count > 1) text += " and " + std::to_string(count - 1) + " more";
    return text;
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

Checker weights_checker() {
    Checker checker;
    checker.id = "weights";
    checker.question = "Are the tensors what the configuration says, finite, whole, with nothing hidden among them? Does the claimed base hold?";
    checker.why = kWhy;
    checker.fix = kFix;
    checker.kinds = kKinds;
    checker.needs_bytes = true;
    checker.settings = kSettings;
    checker.run = run;
    return checker;
}

}  // namespace headgate::checkers
