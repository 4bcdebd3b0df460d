#include "checkers/keras_names.hpp"

#include <optional>
#include <unordered_map>

namespace headgate::checkers {
namespace {

constexpr std::string_view kWhy = "Loading the model looks every name of its configuration up and makes objects of it.";

std::string key_of(const Location& where) { return where.path + "\n" + where.member; }

/// " at /config/layers/3, and in 2 more places".
std::string place_of(const Call& call) {
    std::string text;
    for (const std::string& argument : call.arguments) {
        if (argument.starts_with("str:")) text += " at " + argument.substr(4);
        if (argument.starts_with("int:") && argument == "int:2") text += ", and in one more place";
        if (argument.starts_with("int:") && argument != "int:1" && argument != "int:2") {
            text += ", in " + argument.substr(4) + " places in all";
        }
    }
    return text;
}

}  // namespace

KerasPlaces::KerasPlaces(const Evidence& evidence) {
    for (const FormatFact& fact : evidence.formats) {
        const bool uncertain = fact.format == "keras-objects" || fact.format == "jsonl";
        if (uncertain) uncertain_.insert(key_of(fact.where));
        if (uncertain || fact.format == "keras-config") places_.insert(key_of(fact.where));
    }
}

bool KerasPlaces::contains(const Location& where) const {
    return !places_.empty() && places_.count(key_of(where)) != 0;
}

bool KerasPlaces::uncertain(const Location& where) const {
    return !uncertain_.empty() && uncertain_.count(key_of(where)) != 0;
}

namespace {

/// Of the uncertain places, those with a name that is Keras's or dangerous.
Result<std::unordered_set<std::string>> taken_up(const Evidence& evidence, const KerasPlaces& places, const RuleData& data) {
    std::unordered_set<std::string> taken;
    if (!places.any_uncertain()) return taken;
    std::optional<AllowedGlobals> keras;
    std::optional<DangerousGlobals> dangerous;
    for (const Import& import : evidence.imports) {
        if (!places.uncertain(import.where)) continue;
        if (!keras) {
            keras.emplace();
            TRY_VOID(keras->add_profile(data, "keras", true));
            dangerous = TRY(DangerousGlobals::load(data));
        }
        const bool known = keras->allows_config(import.module, import.name) || !dangerous->reason(import.module, import.name).empty();
        if (known) taken.insert(key_of(import.where));
    }
    return taken;
}

}  // namespace

Result<std::vector<Finding>> judge_keras_names(const Evidence& evidence, const KerasPlaces& places,
                                               const AllowedGlobals& allowed, const RuleData& data) {
    std::vector<Finding> findings;
    std::unordered_map<std::string, const Call*> made;
    for (const Call& call : evidence.calls) {
        if (places.contains(call.where)) made.emplace(key_of(call.where) + "\n" + call.callee, &call);
    }
    const std::unordered_set<std::string> taken = TRY(taken_up(evidence, places, data));
    std::optional<DangerousGlobals> dangerous;
    for (const Import& import : evidence.imports) {
        if (places.uncertain(import.where) && taken.count(key_of(import.where)) == 0) continue;
        if (!places.contains(import.where) || allowed.allows_config(import.module, import.name)) continue;
        if (!dangerous) dangerous = TRY(DangerousGlobals::load(data));
        const std::string name = import.module + "." + import.name;
        std::string what = "its configuration makes \"" + name + "\"";
        if (!import.written.empty() && import.written != import.name) what += " (written \"" + import.written + "\")";
        const auto call = made.find(key_of(import.where) + "\n" + name);
        if (call != made.end()) what += place_of(*call->second);
        const std::string_view reason = dangerous->reason(import.module, import.name);
        if (!reason.empty()) {
            findings.push_back({"serialization.executes-code", Severity::critical, what + ": " + std::string(reason), import.where,
                                std::string(kWhy), "Do not load it; ask for a model without it, or for the weights alone."});
        } else {
            findings.push_back({"serialization.unknown-global", Severity::high, what + ", which no profile of the policy allows",
                                import.where, std::string(kWhy),
                                "If the class is your own or otherwise harmless, add \"" + name +
                                    "\" to `allow-globals` of the rule; else build the model of layers of Keras and save it again."});
        }
    }
    return findings;
}

}  // namespace headgate::checkers
