#include "attest/vsa.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "attest/provenance_fields.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace headgate::attest {
namespace {

using codec::Json;
using provenance::shown;

constexpr std::size_t kMaxLevels = 1000;
constexpr std::int64_t kSkew = 300;      // seconds that the verifier's clock may be ahead of ours, as of a verdict (rely.cpp)

struct SlsaLevel {
    std::string_view track;
    std::size_t level = 0;
};

// SLSA_BUILD_LEVEL_3; nullopt for names of others, and for what begins with SLSA_ and is none.
std::optional<SlsaLevel> slsa_level(std::string_view name) {
    constexpr std::string_view kLevel = "_LEVEL_";
    if (!name.starts_with("SLSA_")) return std::nullopt;
    name.remove_prefix(5);
    const std::size_t at = name.find(kLevel);
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    const std::string_view digit = name.substr(at + kLevel.size());
    if (digit.size() != 1 || digit[0] < '0' || digit[0] > '9') return std::nullopt;
    return SlsaLevel{name.substr(0, at), static_cast<std::size_t>(digit[0] - '0')};
}

bool shows(const std::vector<std::string>& levels, const std::string& wanted) {
    const auto asked = slsa_level(wanted);
    return std::any_of(levels.begin(), levels.end(), [&](const std::string& level) {
        if (!asked) return level == wanted;
        const auto found = slsa_level(level);
        return found && found->track == asked->track && found->level >= asked->level;
    });
}

std::string levels_problem(const Json& predicate, const VsaDemand& demand) {
    const Json* const list = predicate.find("verifiedLevels");
    if (list == nullptr || !list->is_array() || list->items.empty()) return "levels: \"verifiedLevels\" is missing or empty";
    if (list->items.size() > kMaxLevels) return "levels: more than 1000";
    std::vector<std::string> levels;
    for (const Json& item : list->items) {
        if (!item.is_text()) return "levels: one is no string";
        if (item.text == "FAILED") return "levels: FAILED is among them";
        if (item.text.starts_with("SLSA_") && !slsa_level(item.text)) return "levels: " + shown(item.text) + " is no SLSA level";
        levels.push_back(item.text);
    }
    if (demand.levels.empty()) return "levels: none is asked for, and a summary without a level shows nothing";
    for (const std::string& wanted : demand.levels) {
        if (!shows(levels, wanted)) return "levels: it does not show " + shown(wanted);
    }
    return "";
}

std::string text_at(const Json& object, std::string_view key) {
    const std::string* const text = object.find_text(key);
    return text == nullptr ? "" : *text;
}

// Verifiers need not say when (slsa.dev/verification_summary/v1: timeVerified is optional); whoever asks for an age needs it.
std::string time_problem(const Json& predicate, const VsaDemand& demand) {
    const Json* const time = predicate.find("timeVerified");
    if (time == nullptr) return demand.max_age ? "timeVerified: it is missing, so that nobody can say how old the summary is" : "";
    const auto verified = time->is_text() ? parse_instant(time->text) : std::nullopt;
    if (!verified) return "timeVerified: it is no time";
    if (verified->seconds > demand.now.seconds + kSkew) return "timeVerified: it is from the future: " + shown(time->text);
    if (demand.max_age && verified->seconds < demand.now.seconds - *demand.max_age) return "timeVerified: it is too old: " + shown(time->text);
    return "";
}

}  // namespace

std::string vsa_problem(const Json& predicate, const VsaDemand& demand) {
    if (!predicate.is_object()) return "the predicate is no object";
    const Json* const verifier = predicate.find("verifier");
    const std::string id = verifier == nullptr ? "" : text_at(*verifier, "id");
    if (demand.verifier_id.empty()) return "verifier: none is named; the summary names " + shown(id);
    if (id != demand.verifier_id) return "verifier: " + shown(id) + ", asked for is " + shown(demand.verifier_id);
    const std::string resource = text_at(predicate, "resourceUri");
    if (demand.resource.empty()) return "resource: none is named; the summary names " + shown(resource);
    if (resource != demand.resource) return "resource: " + shown(resource) + ", asked for is " + shown(demand.resource);
    const std::string result = text_at(predicate, "verificationResult");
    if (result != "PASSED") return "result: " + shown(result) + ", not PASSED";
    if (std::string problem = time_problem(predicate, demand); !problem.empty()) return problem;
    return levels_problem(predicate, demand);
}

}  // namespace headgate::attest
