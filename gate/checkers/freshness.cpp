// freshness: is it older than the cooling-off period, and are the lists that names are compared with young enough?
#include <algorithm>
#include <array>

#include "checkers/name_index.hpp"
#include "checkers/names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 1> kKinds = {Kind::package};
constexpr std::array<std::string_view, 2> kUnknown = {"deny", "allow"};
constexpr std::array<SettingSpec, 4> kSettings = {{
    {"min-age", SettingType::duration, Stricter::larger, false, "7d", "how long ago a version must have been published", {}},
    {"unknown", SettingType::text, Stricter::earlier, false, "deny", "a package of which nothing says when it was published: deny, or allow", kUnknown},
    {"max-data-age", SettingType::duration, Stricter::smaller, false, "", "how old the built-in list of popular names may be that it is compared with", {}},
    {"allow", SettingType::patterns, Stricter::fewer, false, "", "reference patterns of packages that may be new", {}},
}};

constexpr std::string_view kWhy = "Most malicious versions are found and taken down within days: who waits never installs them.";
constexpr std::string_view kFix = "Take the version before it, wait, or list the package in `allow` of the rule.";

Finding finding(std::string id, Severity severity, std::string message, Location where, std::string_view fix = kFix) {
    return {std::move(id), severity, std::move(message), std::move(where), std::string(kWhy), std::string(fix)};
}

/// From nowhere but sources that names.internal lists for its name.
bool is_internal(const CheckInput& input, const Requirement& requirement) {
    const InternalNames* const claim = internal_claim(input.policy, requirement.reference);
    if (claim == nullptr) return false;
    const auto sources = possible_sources(requirement, input.evidence);
    return !sources.empty() && std::all_of(sources.begin(), sources.end(), [&](const Source& source) {
        const auto place = place_of_source(input.policy, claim->ecosystem, source.url);
        return place && lies_below_any(*place, claim->sources);
    });
}

void judge_age(const CheckInput& input, const Requirement& requirement, std::vector<Finding>& findings) {
    const std::string& name = requirement.reference.canonical;
    const std::int64_t least = input.settings.get<std::int64_t>("min-age");
    if (!requirement.released) {
        if (input.settings.get<std::string>("unknown") == "allow") return;
        findings.push_back(finding("freshness.unknown-age", Severity::medium, "nothing says when " + name + " was published", place_of(input),
                                   "Judge a lockfile that records it (uv.lock, pylock.toml), or set `unknown: allow`."));
        return;
    }
    const std::string when = format_instant({*requirement.released});
    const std::int64_t age = input.now.seconds - *requirement.released;
    if (age < 0) {
        findings.push_back(finding("freshness.not-yet", Severity::high, name + " was published at " + when + ", which is not over yet", place_of(input),
                                   "Let the package manager write the lockfile anew."));
    } else if (age < least) {
        findings.push_back(finding("freshness.too-new", Severity::high, name + " was published at " + when + ", less than " + format_duration(least) + " ago", place_of(input)));
    }
}

void judge_data(const CheckInput& input, std::string_view ecosystem, std::vector<Finding>& findings) {
    const auto* const most = input.settings.find<std::int64_t>("max-data-age");
    if (most == nullptr) return;
    const auto bytes = input.data.file("names/" + std::string(ecosystem) + ".idx");
    const auto index = bytes ? NameIndex::open(*bytes) : std::nullopt;
    if (!index || input.now.seconds - index->as_of().seconds <= *most) return;
    findings.push_back({"freshness.old-data", Severity::medium,
                        "the list of popular names of " + std::string(ecosystem) + " is of " + format_instant(index->as_of()) + ", more than " + format_duration(*most) + " ago",
                        place_of(input), "What has become popular since then is imitated, and nothing here knows it.",
                        "Use a newer release of Headgate, or a rules directory with newer lists."});
}

CheckRun run(const CheckInput& input) {
    if (!is_member(input.subject) && is_manifest(input.evidence)) return CheckRun::complete();
    const Requirement requirement = requirement_of(input);
    using From = Requirement::Source;
    if (requirement.source == From::workspace || requirement.source == From::path) return CheckRun::complete();
    std::vector<Finding> findings;
    if (requirement.dynamic) {
        findings.push_back(finding("freshness.computed", Severity::high, "'" + requirement.written + "' is computed: how old it is cannot be told", place_of(input), "Write the name out."));
        return CheckRun::complete(std::move(findings));
    }
    for (const std::string& text : input.settings.get<std::vector<std::string>>("allow")) {
        const auto pattern = ReferencePattern::compile(text);
        if (!pattern) return CheckRun::error("allow: " + pattern.error().message);
        if (pattern->matches(requirement.reference)) return CheckRun::complete();
    }
    if (!is_internal(input, requirement)) judge_age(input, requirement, findings);
    judge_data(input, ecosystem_of(requirement.reference), findings);
    return CheckRun::complete(std::move(findings));
}

}  // namespace

const Checker& freshness_checker() {
    static constexpr Checker kChecker = {
        "freshness", "Is it older than the cooling-off period, and are the lists that names are compared with young enough?", kWhy, kFix, kKinds, false,
        kSettings, run};
    return kChecker;
}

}  // namespace headgate::checkers
