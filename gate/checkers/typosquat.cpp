// typosquat: is the name a near miss of a protected name?
#include <algorithm>
#include <array>

#include "checkers/look_alikes.hpp"
#include "checkers/names.hpp"
#include "checkers/typosquat_words.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<SettingSpec, 1> kSettings = {{
    {"allow", SettingType::patterns, Stricter::fewer, false, "", "reference patterns of names that are known to be honest", {}},
}};

bool is_public_place(const Policy& policy, const InternalNames& claim) {
    const auto known = public_registries(policy, claim.ecosystem);
    return std::any_of(claim.sources.begin(), claim.sources.end(), [&](const std::string& source) {
        const auto place = parse_place(source);
        return !place || lies_below_any(*place, known);
    });
}

CheckRun run(const CheckInput& input) {
    if (!is_member(input.subject) && is_manifest(input.evidence)) return CheckRun::complete();
    const Requirement& requirement = requirement_of(input);
    const Reference& reference = requirement.reference;
    const std::string_view ecosystem = ecosystem_of(reference);
    if (requirement.dynamic) {
        return CheckRun::complete({{"typosquat.computed", Severity::high,
                                    "'" + requirement.written + "' is computed: the name cannot be compared", place_of(input),
                                    std::string(kTyposquatWhy), "Write the name out."}});
    }
    // What lies in a folder of the project is fetched under no name.
    using Source = Requirement::Source;
    if (requirement.source == Source::path || requirement.source == Source::workspace) return CheckRun::complete();
    for (const std::string& text : input.settings.get<std::vector<std::string>>("allow")) {
        const auto pattern = ReferencePattern::compile(text);
        if (!pattern) return CheckRun::error("allow: " + pattern.error().message);
        if (pattern->matches(reference)) return CheckRun::complete();
    }
    // About internal names `namespace` asks, unless they are to come from where anybody registers names.
    const InternalNames* const claim = internal_claim(input.policy, reference);
    if (claim != nullptr && (!reference.space.empty() || !is_public_place(input.policy, *claim))) return CheckRun::complete();
    const auto names = ProtectedList::of(input, ecosystem);
    if (!names) return CheckRun::error(names.error().message);
    LookAlikes look_alikes(input, *names, requirement);
    Result<void> compared;
    if (ecosystem == "oci") {
        compared = look_alikes.image();
    } else if (ecosystem == "hf") {
        compared = look_alikes.repository();
    } else if (reference.scheme == "pkg") {
        compared = look_alikes.package();
    }
    if (!compared.ok()) return CheckRun::error(compared.error().message);
    return CheckRun::complete(std::move(look_alikes.findings));
}

}  // namespace

const Checker& typosquat_checker() {
    static constexpr Checker kChecker = {
        "typosquat", "Is the name a near miss of a protected name?", kTyposquatWhy, kTyposquatFix, kKinds, false, kSettings, run};
    return kChecker;
}

}  // namespace headgate::checkers
