#include "checkers/globals.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::checkers {
namespace {

struct UseWord {
    std::string_view word;
    unsigned bits;
};
constexpr UseWord kUses[] = {{"value", kValue}, {"call", kCall}, {"new", kNew},
                             {"build", kBuild}, {"fill", kFill}, {"storage", kStorage}, {"config", kConfig}};

/// The modules of keras in which it looks for a function that it has written as one of "builtins"
/// (keras/src/saving/serialization_lib.py).
constexpr std::string_view kFunctionModules[] = {"activations", "constraints", "initializers", "losses",
                                                 "metrics",     "optimizers",  "regularizers"};

constexpr std::string_view kOnlyConfigurations = "\n# only for configurations\n";
constexpr std::size_t kHead = 4096;     // of a list, where that stands

/// The next word of a line, which is cut.
std::string_view take_word(std::string_view& line) {
    line = trim(line);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string_view word = line.substr(0, end);
    line = trim(line.substr(end));
    return word;
}

Result<unsigned> read_uses(std::string_view text) {
    unsigned uses = 0;
    for (const std::string_view word : split(text, ',')) {
        unsigned bits = 0;
        for (const UseWord& use : kUses) bits |= use.word == word ? use.bits : 0U;
        if (bits == 0) return Error{ErrorCode::policy, "'" + std::string(word) + "' is no use of a global"};
        uses |= bits;
    }
    return uses;
}

}  // namespace

Result<void> AllowedGlobals::add_profile(const RuleData& data, std::string_view profile, bool configurations) {
    const std::string path = "globals/" + std::string(profile) + ".txt";
    const auto bytes = data.file(path);
    if (!bytes || profile == "dangerous" || profile.find('/') != std::string_view::npos) {
        return Error{ErrorCode::policy, "there is no profile '" + std::string(profile) + "' (rules/" + path + ")"};
    }
    const std::string_view text = as_text(*bytes);
    const bool only_configurations = text.substr(0, kHead).find(kOnlyConfigurations) != std::string_view::npos;
    if (only_configurations && !configurations) return {};
    std::uint32_t number = 0;
    for (std::string_view line : split_lines(text)) {
        ++number;
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        const std::string_view module = take_word(line);
        const std::string_view name = take_word(line);
        const std::string_view words = take_word(line);
        const auto uses = read_uses(words);
        if (!uses.ok() || line.empty()) {
            return Error{ErrorCode::policy, "rules/" + path + ":" + std::to_string(number) + ": " +
                                                (uses.ok() || words.empty() ? "expected 'module name uses reason'" : uses.error().message)};
        }
        if (only_configurations && *uses != kConfig) {
            return Error{ErrorCode::policy, "rules/" + path + ":" + std::to_string(number) + ": the list is only for configurations, whose use is 'config'"};
        }
        uses_[std::string(module) + "." + std::string(name)] |= *uses == kConfig ? *uses : *uses | kValue;
        if ((*uses & kConfig) == 0 || !(module == "keras" || module.starts_with("keras."))) continue;
        keras_names_.insert(std::string(name));
        const std::string_view part = module.substr(std::min(module.size(), std::string_view("keras.").size()));
        if (std::find(std::begin(kFunctionModules), std::end(kFunctionModules), part) != std::end(kFunctionModules)) keras_functions_.insert(std::string(name));
    }
    return {};
}

bool AllowedGlobals::allows_config(const std::string& module, const std::string& name) const {
    if (allows(module + "." + name, kConfig)) return true;
    if (module == "keras") return keras_names_.count(name) != 0;
    return module == "builtins" && keras_functions_.count(name) != 0;
}

Result<DangerousGlobals> DangerousGlobals::load(const RuleData& data) {
    DangerousGlobals result;
    const auto bytes = data.file("globals/dangerous.txt");
    if (!bytes) return Error{ErrorCode::policy, "rules/globals/dangerous.txt is missing"};
    std::uint32_t number = 0;
    for (std::string_view line : split_lines(as_text(*bytes))) {
        ++number;
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        const std::string_view module = take_word(line);
        const std::string_view name = take_word(line);
        if (line.empty()) {
            return Error{ErrorCode::policy,
                         "rules/globals/dangerous.txt:" + std::to_string(number) + ": expected 'module name reason'"};
        }
        result.names_.emplace(std::string(module) + " " + std::string(name), std::string(line));
    }
    return result;
}

std::string_view DangerousGlobals::reason(std::string_view module, std::string_view name) const {
    // A dotted name reaches through the module's attributes: the first part counts too.
    for (const std::string_view part : {name, name.substr(0, name.find('.'))}) {
        const auto exact = names_.find(std::string(module) + " " + std::string(part));
        if (exact != names_.end()) return exact->second;
    }
    for (std::string_view parent = module;;) {
        const auto whole = names_.find(std::string(parent) + " *");
        if (whole != names_.end()) return whole->second;
        const std::size_t dot = parent.rfind('.');
        if (dot == std::string_view::npos) return {};
        parent = parent.substr(0, dot);
    }
}

}  // namespace headgate::checkers
