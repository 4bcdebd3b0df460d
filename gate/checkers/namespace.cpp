// namespace: could a public package, model or image take the place of an internal one (dependency confusion)?
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "checkers/inflated.hpp"
#include "checkers/names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<std::string_view, 2> kBareNames = {"deny", "judge"};
constexpr std::array<std::string_view, 2> kAssume = {"goprivate", "conda-strict"};
constexpr std::array<SettingSpec, 3> kSettings = {{
    {"bare-names", SettingType::text, Stricter::earlier, false, "deny",
     "deny: an internal name that somebody only asserted never satisfies this rule; judge: without bytes, what the name "
     "says counts",
     kBareNames},
    {"assume", SettingType::text_list, Stricter::fewer, false, "",
     "what holds on every machine that installs: `goprivate` (GOPRIVATE has the names of names.internal.golang), `conda-strict` (conda's "
     "channel_priority is strict: the first channel that has a name is the only one)",
     kAssume},
    {"max-major", SettingType::integer, Stricter::smaller, false, "50",
     "from which major version on one of a public registry is called inflated: names that are popular and versions that are dates are not", {}},
}};

constexpr std::string_view kWhy =
    "Anybody can register the name of an internal package in a public registry; a client that also asks there may install theirs.";
constexpr std::string_view kFix = "Serve internal names only from the registries that names.internal lists for them.";

Finding finding(std::string id, Severity severity, std::string message, Location where, std::string_view fix = kFix) {
    return {std::move(id), severity, std::move(message), std::move(where), std::string(kWhy), std::string(fix)};
}

bool assumes(const CheckInput& input, std::string_view what) {
    const auto& list = input.settings.get<std::vector<std::string>>("assume");
    return std::find(list.begin(), list.end(), what) != list.end();
}

/// Where it may come from, on machines as the rule assumes them.
std::vector<Source> sources_here(const CheckInput& input, const Requirement& requirement) {
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    const bool by_name = requirement.source == Requirement::Source::registry && requirement.url.empty();
    if (by_name && ecosystem == "golang" && assumes(input, "goprivate")) return {{direct_source(requirement), nullptr}};
    std::vector<Source> sources = possible_sources(requirement, input.evidence);
    if (by_name && ecosystem == "conda" && sources.size() > 1 && assumes(input, "conda-strict")) sources.resize(1);
    return sources;
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
    for (const Source& source : sources_here(input, requirement)) {
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

/// An option sends names of an internal pattern to a place that the pattern's entry does not list, whether one of them is asked for or not.
void judge_scope(const CheckInput& input, const IndexOption& option, std::vector<Finding>& findings) {
    if (option.names.empty() || option.ecosystem == "golang") return;
    for (const InternalNames& claim : input.policy.internal) {
        if (claim.ecosystem != option.ecosystem) continue;
        const bool about_it = std::any_of(claim.patterns.begin(), claim.patterns.end(), [&](const std::string& pattern) {
            return ascii_lower(pattern) == ascii_lower(option.names) || glob_matches(option.names, pattern);
        });
        const auto place = parse_place(option.url);
        if (!about_it || (place && lies_below_any(*place, claim.sources))) continue;
        const bool is_public = place && lies_below_any(*place, public_registries(input.policy, option.ecosystem));
        findings.push_back(finding("namespace.scope-elsewhere", is_public ? Severity::critical : Severity::high,
                                   option.written + " sends the internal names " + option.names + " to " + option.url, option.where));
    }
}

/// Of several first indexes the tool takes them all, or the last: either way another than a reviewer sees first.
void judge_several(const CheckInput& input, std::vector<Finding>& findings) {
    std::vector<const IndexOption*> first;
    for (const IndexOption& option : input.evidence.index_options) {
        if (option.ecosystem != "pypi" || option.role != IndexOption::Role::primary) continue;
        const bool known = std::any_of(first.begin(), first.end(), [&](const IndexOption* one) { return one->url == option.url; });
        if (!known) first.push_back(&option);
    }
    if (first.size() < 2) return;
    const IndexOption& last = *first.back();
    const bool asks_all = last.written == "tool.poetry.source";
    findings.push_back(finding("namespace.several-indexes", asks_all ? Severity::high : Severity::medium,
                               first.front()->url + " and " + last.url + " are both set as the index: " + (asks_all ? "every package may come from either" : "only the last counts"), last.where,
                               asks_all ? "Make all but one `priority = \"explicit\"`, and name them where they are meant." : "Set the index once."));
}

/// pip asks every index and takes the highest version it finds anywhere.
void judge_options(const CheckInput& input, std::vector<Finding>& findings) {
    const auto& requirements = input.evidence.requirements;
    const auto& options = input.evidence.index_options;
    for (const IndexOption& option : options) {
        if (option.role == IndexOption::Role::scoped) judge_scope(input, option, findings);
    }
    const bool all_hashed = !requirements.empty() && std::all_of(requirements.begin(), requirements.end(), has_strong_hash) &&
                            std::none_of(input.evidence.findings.begin(), input.evidence.findings.end(),
                                         [](const Finding& f) { return f.id == "requirements.hashes-off"; });
    if (all_hashed) return;
    judge_several(input, findings);
    const bool mirrored = std::any_of(options.begin(), options.end(), stands_for_all);
    for (const IndexOption& option : options) {
        if (option.role == IndexOption::Role::extra) {
            if (adds_nothing(input, option) || (mirrored && option.ecosystem == "maven")) continue;
            if (is_asked_in_order(option, input.evidence)) {
                findings.push_back(finding("namespace.index-order", Severity::low, option.written + " " + option.url + ": every package that it has is taken from there", option.where,
                                           "Let only the packages that are meant name it: `explicit = true` and [tool.uv.sources], or `index` in a Pipfile."));
                continue;
            }
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

/// Rule C6: who wants to be taken before an internal package of the same name publishes a version that no honest one reaches.
void judge_version(const CheckInput& input, const Requirement& requirement, std::vector<Finding>& findings) {
    if (requirement.source != Requirement::Source::registry || !is_inflated(requirement.reference, input.settings.get<std::int64_t>("max-major"), input.data)) return;
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    const auto sources = possible_sources(requirement, input.evidence);
    const bool from_public = std::any_of(sources.begin(), sources.end(), [&](const Source& source) {
        const auto place = place_of_source(input.policy, ecosystem, source.url);
        return source.url.empty() || (place && lies_below_any(*place, public_registries(input.policy, ecosystem)));
    });
    if (!from_public) return;
    constexpr std::int64_t kYoung = std::int64_t{7} * 86'400;
    const bool young = requirement.released && input.now.seconds - *requirement.released < kYoung;
    findings.push_back({"namespace.inflated-version", young ? Severity::high : Severity::medium,
                        requirement.reference.canonical + " has a version that hardly any package reaches" + (young ? ", and was published within the last week" : ""), place_of(input),
                        "A public package of a high version takes the place of an internal one wherever both are asked.",
                        "Make sure that it is the package that is meant; then raise `max-major`, or waive the finding for it."});
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
    if (claim == nullptr) {
        judge_version(input, requirement, findings);
        return CheckRun::complete(std::move(findings));
    }
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
