#include "formats/nemo.hpp"

#include <algorithm>

#include "codec/yaml.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kTaken[] = {"nemo.", "torch.optim.", "lightning.", "pytorch_lightning."};

/// A plain dotted class name below one of the taken packages.
bool is_taken(std::string_view target) {
    const bool plain = std::all_of(target.begin(), target.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
    return plain && target.find("..") == std::string_view::npos && target.find("__") == std::string_view::npos &&
           std::any_of(std::begin(kTaken), std::end(kTaken), [&](std::string_view p) { return target.starts_with(p); });
}

/// Depth is bounded by the YAML reader.
bool walk(const codec::Yaml& node, ParseContext& context, std::uint32_t& findings) {
    bool good = true;
    for (const codec::Yaml& item : node.items) good = walk(item, context, findings) && good;
    for (const codec::Yaml::Entry& entry : node.entries) {
        good = walk(entry.value, context, findings) && good;
        if (entry.key != "_target_" && entry.key != "target") continue;
        if (entry.value.is_scalar() && is_taken(entry.value.text)) continue;
        good = false;
        if (++findings > 100) continue;
        Location where = context.whole();
        where.line = entry.key_line;
        context.finding("nemo.target", Severity::critical,
                        "the configuration instantiates \"" + (entry.value.is_scalar() ? entry.value.text : std::string("?")) + "\"",
                        std::move(where), "Restoring the model calls whatever this names, with arguments from the same file.",
                        "Do not load it; ask for a checkpoint whose configuration names NeMo classes only.");
    }
    return good;
}

}  // namespace

bool is_nemo_config(std::string_view member_name) {
    return member_name == "model_config.yaml" || member_name == "./model_config.yaml";
}

Examined check_nemo_config(ByteView content, ParseContext& context) {
    const auto yaml = codec::parse_yaml(content);
    if (!yaml.ok()) {
        context.unscannable("nemo", "the configuration is no plain YAML: " + yaml.error().message, context.whole());
        return Examined::partly;
    }
    std::uint32_t findings = 0;
    return walk(*yaml, context, findings) ? Examined::whole : Examined::partly;
}

}  // namespace headgate::formats
