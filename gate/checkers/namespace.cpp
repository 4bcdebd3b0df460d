// namespace: could a public package, model or image take the place of an internal one (dependency confusion)?
#include <algorithm>
#include <array>

#include "checkers/names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<std::string_view, 2> kBareNames = {"deny", "judge"};
constexpr std::array<SettingSpec, 1> kSettings = {{
    {"bare-names", SettingType::text, Stricter::earlier, false, "deny",
     "deny: an internal name that somebody only asserted never satisfies this rule; judge: without bytes, what the name "
     "says counts",
     kBareNames},
}};

constexpr std::string_view kWhy =
    "Anybody can register the name of an internal package in a public registry; a client that also asks there may install theirs.";
constexpr std::string_view kFix = "Serve internal names only from the registries that names.internal lists for them.";

Finding finding(std::string id, Severity severity, std::string message, Location where, std::string_view fix = kFix) {
    return {std::move(id), severity, std::move(message), std::move(where), std::string(kWhy), std::string(fix)};
}

/// Rules C1 and C2: an internal name may only come from the sources that its claim lists.
void judge_claim(const CheckInput& input, const InternalNames& claim, const Requirement& requirement, const Location& where,
                 std::vector<Finding>& findings) {
    if (requirement.source == Requirement::Source::workspace || requirement.source == Requirement::Source::path) return;
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    if (ecosystem == "hf" && claim.sources.empty()) return;  // an organisation of the hub itself
    bool any_internal = false;
    std::string foreign;
    bool foreign_public = false;
    for (const Source& source : possible_sources(requirement, input.evidence)) {
        const auto place = place_of_source(input.policy, ecosystem, source.url);
        if (source.option != nullptr && place && place->local) continue;  // find-links to a folder of the project
        if (place && lies_below_any(*place, claim.sources)) {
            any_internal = true;
            continue;
        }
        const bool is_public = source.url.empty() || (place && lies_below_any(*place, public_registries(input.policy, ecosystem)));
        if (foreign.empty() || (is_public && !foreign_public)) {
            foreign = source.url.empty() ? "the ecosystem's default registry" : source.url;
            foreign_public = is_public;
        }
    }
    if (foreign.empty()) return;
    // The hash binds the bytes, so a second index cannot slip in others.
    if (any_internal && has_strong_hash(requirement)) return;
    const std::string name = requirement.reference.base;
    findings.push_back(finding(foreign_public ? "namespace.internal-from-public" : "namespace.internal-from-unknown",
                               foreign_public ? Severity::critical : Severity::high,
                               name + " is an internal name" + (any_internal ? " and may also come from " : " but comes from ") + foreign,
                               where));
}

/// A file that names the registry which is asked anyway adds none. (pip's own may be another: its settings lie elsewhere.)
bool adds_nothing(const CheckInput& input, const IndexOption& option) {
    if (option.ecosystem == "pypi") return false;
    const auto& options = input.evidence.index_options;
    const bool other = std::any_of(options.begin(), options.end(), [&](const IndexOption& one) {
        return one.ecosystem == option.ecosystem && one.role == IndexOption::Role::primary;
    });
    const auto place = place_of_source(input.policy, option.ecosystem, option.url);
    return !other && place && lies_below_any(*place, public_registries(input.policy, option.ecosystem));
}

/// pip asks every index and takes the highest version it finds anywhere.
void judge_options(const CheckInput& input, std::vector<Finding>& findings) {
    const auto& requirements = input.evidence.requirements;
    const bool all_hashed = !requirements.empty() && std::all_of(requirements.begin(), requirements.end(), has_strong_hash) &&
                            std::none_of(input.evidence.findings.begin(), input.evidence.findings.end(),
                                         [](const Finding& f) { return f.id == "requirements.hashes-off"; });
    if (all_hashed) return;
    for (const IndexOption& option : input.evidence.index_options) {
        if (option.role == IndexOption::Role::extra) {
            if (adds_nothing(input, option)) continue;
            findings.push_back(finding("namespace.extra-index", Severity::high,
                                       option.written + " " + option.url + ": every package may come from either index", option.where,
                                       "Use one index that proxies the others, or give every requirement a hash."));
        } else if (option.role == IndexOption::Role::find_links) {
            const auto place = parse_place(option.url);
            const bool local = place && place->local;
            findings.push_back(finding("namespace.find-links", local ? Severity::low : Severity::high,
                                       option.written + " " + option.url + ": every package may come from there too", option.where,
                                       "Use one index, or give every requirement a hash."));
        }
    }
}

CheckRun run(const CheckInput& input) {
    std::vector<Finding> findings;
    const Subject& subject = input.subject;
    if (!is_member(subject) && !input.evidence.index_options.empty()) judge_options(input, findings);
    if (!is_member(subject) && is_manifest(input.evidence)) return CheckRun::complete(std::move(findings));

    const Requirement& requirement = requirement_of(input);
    if (requirement.dynamic) {
        findings.push_back(finding("namespace.computed", Severity::high,
                                   "'" + requirement.written + "' is computed: whether it is an internal name cannot be told",
                                   place_of(input), "Write the name out."));
        return CheckRun::complete(std::move(findings));
    }
    const InternalNames* claim = internal_claim(input.policy, requirement.reference);
    if (claim == nullptr) return CheckRun::complete(std::move(findings));
    judge_claim(input, *claim, requirement, place_of(input), findings);
    const bool judged_name = !subject.has_bytes && input.settings.get<std::string>("bare-names") == "judge";
    if (!is_member(subject) && subject.origin == Origin::asserted && !judged_name) {
        findings.push_back(finding("namespace.asserted", Severity::high,
                                   subject.ref + " is an internal name that nothing but an assertion gives to this subject", {},
                                   "Judge it by a lockfile, layout or manifest that records its digest."));
    }
    return CheckRun::complete(std::move(findings));
}

}  // namespace

const Checker& namespace_checker() {
    static constexpr Checker kChecker = {
        "namespace", "Could a public package, model or image take the place of an internal one?", kWhy, kFix, kKinds, false,
        kSettings, run};
    return kChecker;
}

}  // namespace headgate::checkers
