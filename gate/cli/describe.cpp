#include "cli/describe.hpp"

#include <array>

#include "base/text.hpp"
#include "checkers/all.hpp"
#include "formats/all.hpp"
#include "pipeline/rule_files.hpp"

namespace headgate::cli {
namespace {

constexpr std::size_t kLabelWidth = 10;

std::string_view type_name(SettingType type) {
    static constexpr std::array<std::string_view, 10> kNames = {
        "true|false", "text", "list of text", "number", "duration", "severity", "list of patterns", "signers", "conditions", "builders"};
    return kNames[static_cast<std::size_t>(type)];
}

template <typename Range>
std::string list_of(const Range& words, std::string_view separator = ", ") {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += separator;
        text += std::string(word);
    }
    return text;
}

std::string kinds_of(std::span<const Kind> kinds) {
    std::vector<std::string_view> words;
    for (const Kind kind : kinds) words.push_back(to_string(kind));
    return list_of(words);
}

// Without spaces behind commas, so that a default compares with a value whatever the table's author typed.
std::string packed(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != ' ') out += c;
    }
    return out;
}

std::string spelled_duration(std::int64_t seconds) {
    for (const auto& [unit, size] : {std::pair{'d', 86400}, std::pair{'h', 3600}, std::pair{'m', 60}}) {
        if (seconds != 0 && seconds % size == 0) return std::to_string(seconds / size) + unit;
    }
    return std::to_string(seconds) + "s";
}

std::string value_of(const SettingSpec& spec, const SettingValue& value) {
    const auto* seconds = std::get_if<std::int64_t>(&value);
    return spec.type == SettingType::duration && seconds != nullptr ? spelled_duration(*seconds) : describe(value);
}

// Where the policy, or one that it extends, sets the value: "org.yaml:12".
std::string origin_of(const Rule& rule, std::string_view key, const Policy& policy) {
    const auto origin = policy.origins.find("rules." + rule.id + ".with." + std::string(key));
    return origin == policy.origins.end() ? "" : "  (" + origin->second + ")";
}

std::string settings_of(const Rule& rule, const Checker& checker, const Policy& policy) {
    std::string text;
    for (const SettingSpec& spec : checker.settings) {
        const auto given = rule.settings.all().find(spec.key);
        const std::string value = given == rule.settings.all().end() ? "" : value_of(spec, given->second);
        const bool is_default = packed(value) == packed(spec.fallback);
        const std::string origin = origin_of(rule, spec.key, policy);
        text += "  " + std::string(spec.key) + ": " + (value.empty() ? "(none)" : escape_terminal(value)) +
                (origin.empty() && is_default ? "  (the default)" : escape_terminal(origin)) + "\n";
        if (!is_default && !spec.fallback.empty()) text += "      default: " + std::string(spec.fallback) + "\n";
        text += "      " + std::string(spec.help) + "; " + std::string(direction(spec.stricter)) + "\n";
    }
    return text;
}

std::string mode_of(const Rule& rule) {
    if (rule.mode_by_tier.empty()) return std::string(to_string(rule.mode));
    std::string text;
    for (const auto& [tier, mode] : rule.mode_by_tier) text += "tier " + tier + ": " + std::string(to_string(mode)) + ", ";
    return text + "other tiers: enforce";
}

std::string tiers_of(const Rule& rule, const Policy& policy) {
    if (!rule.when_tiers.empty()) return list_of(rule.when_tiers);
    std::vector<std::string> names;
    names.reserve(policy.tiers.size());
    for (const Tier& tier : policy.tiers) names.push_back(tier.name);
    return "every tier (" + list_of(names) + ")";
}

std::string exceptions_to(const Rule& rule, const Policy& policy) {
    std::string text;
    for (const Override& one : policy.overrides) {
        if (one.rule != rule.id) continue;
        text += labelled("Override", one.key + " is " + one.value_text + " until " + format_instant(one.expires) + " (" + one.owner +
                                         ", " + one.line + "): " + one.reason);
    }
    for (const Waiver& one : policy.waivers) {
        if (one.rule != rule.id) continue;
        text += labelled("Waiver", one.id + " for " + list_of(one.findings) + " until " + format_instant(one.expires) + " (" +
                                       one.owner + ", " + one.line + "): " + one.reason);
    }
    return text;
}

}  // namespace

std::string labelled(std::string_view label, std::string_view text) {
    std::string line = std::string(label) + ":";
    line.resize(std::max(line.size() + 1, kLabelWidth), ' ');
    return line + escape_terminal(text) + "\n";
}

std::string_view direction(Stricter stricter) {
    switch (stricter) {
        case Stricter::fewer: return "fewer entries are stricter";
        case Stricter::more: return "more entries are stricter";
        case Stricter::smaller: return "smaller is stricter";
        case Stricter::larger: return "larger is stricter";
        case Stricter::on: return "true is stricter";
        case Stricter::off: return "false is stricter";
        case Stricter::earlier: return "the choices stand strictest first";
        case Stricter::fixed: break;
    }
    return "neither way is stricter: who extends the policy may only repeat it";
}

std::string describe(const SettingValue& value) {
    struct Spell {
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(const std::vector<std::string>& words) const { return list_of(words); }
        std::string operator()(Severity severity) const { return std::string(to_string(severity)); }
        std::string operator()(const SignerSet& signers) const {
            return (signers.at_least == 1 ? "any of " : "at least " + std::to_string(signers.at_least) + " of ") + list_of(signers.of);
        }
        std::string operator()(const std::vector<Condition>& conditions) const {
            std::vector<std::string> words;
            words.reserve(conditions.size());
            for (const Condition& one : conditions) {
                words.push_back(one.pointer + (one.op == Condition::Operator::equals ? " equals " : " matches ") + one.operand);
            }
            return list_of(words, "; ");
        }
        std::string operator()(const std::vector<TrustedBuilder>& builders) const {
            std::vector<std::string> words;
            words.reserve(builders.size());
            for (const TrustedBuilder& one : builders) {
                words.push_back(one.id + " by any of " + list_of(one.signed_by) + ", level " + std::to_string(one.level));
            }
            return list_of(words, "; ");
        }
        std::string operator()(const SettingDocument& document) const { return document.json; }
    };
    return std::visit(Spell{}, value);
}

std::string describe(const SettingSpec& setting) {
    std::string text = "  " + std::string(setting.key) + " (" + std::string(type_name(setting.type)) +
                       (setting.required ? ", required" : "") + ")";
    if (!setting.fallback.empty()) text += ", default " + std::string(setting.fallback);
    text += "\n      " + std::string(setting.help) + "; " + std::string(direction(setting.stricter)) + "\n";
    if (!setting.choices.empty()) text += "      one of: " + list_of(setting.choices) + "\n";
    return text;
}

std::string describe(const Checker& checker) {
    std::string text = std::string(checker.id) + ": " + std::string(checker.question) + "\n\nWhy:  " + std::string(checker.why) +
                       "\nFix:  " + std::string(checker.fix) + "\nFor:  " + kinds_of(checker.kinds) +
                       (checker.needs_bytes ? "  (needs bytes)\n" : "\n");
    if (!checker.settings.empty()) text += "\nSettings (`with:`):\n";
    for (const SettingSpec& setting : checker.settings) text += describe(setting);
    if (checker.id != "serialization") return text;
    std::vector<std::string_view> names;
    for (const formats::Format& format : formats::all_formats()) names.push_back(format.name);
    text += "\nFormats that this build reads:\n  " + list_of(names, " ");
    return text + "\n\nProfiles of globals (rules/globals/):\n  " + list_of(pipeline::profiles(), " ") + "\n";
}

std::string describe(const Rule& rule, const Policy& policy) {
    const Checker* checker = checkers::find(rule.check);
    std::string text = "rule " + escape_terminal(rule.id) + "  (" + escape_terminal(policy.label) + ", " +
                       escape_terminal(rule.line) + ")\n\n";
    text += labelled("Check", rule.check + (checker == nullptr ? "" : ": " + std::string(checker->question)));
    text += labelled("For", kinds_of(rule.kinds));
    text += labelled("Tiers", tiers_of(rule, policy));
    if (rule.when_bytes) text += labelled("When", *rule.when_bytes ? "there are bytes to read" : "there is only a name");
    text += labelled("Mode", mode_of(rule));
    if (rule.effective_on) text += labelled("From", format_instant(*rule.effective_on) + "; until then a failure is upcoming");
    if (rule.severity) text += labelled("Severity", std::string(to_string(*rule.severity)) + " for all that it finds");
    if (rule.deny_at) text += labelled("Deny at", std::string(to_string(*rule.deny_at)) + "; findings below it warn");
    if (rule.cap_restricted) text += labelled("Cap", "what it applies to is restricted at most");
    if (rule.network) text += labelled("Network", "images are looked up at their registry");
    if (rule.layers) text += labelled("Layers", "what lies in the layers of images is judged too");
    if (checker != nullptr && !checker->settings.empty()) text += "Settings:\n" + settings_of(rule, *checker, policy);
    if (!rule.controls.empty()) text += labelled("Controls", list_of(rule.controls));
    text += exceptions_to(rule, policy);
    text += labelled("Why", rule.why);
    if (!rule.fix.empty()) text += labelled("Fix", rule.fix);
    return text;
}

}  // namespace headgate::cli
