// install-script: does installing it run code?
#include <algorithm>
#include <array>

#include "checkers/names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 2> kKinds = {Kind::package, Kind::container};
constexpr std::array<SettingSpec, 1> kSettings = {{
    {"allow", SettingType::patterns, Stricter::fewer, false, "", "reference patterns of packages that may run code while they are installed", {}},
}};

constexpr std::string_view kWhy = "What runs at installation runs with the rights of whoever installs, before anybody has imported a line of it.";
constexpr std::string_view kFix =
    "Install without scripts (npm ci --ignore-scripts, pip install --only-binary :all:), take a version that is built, or list the package in `allow` of the rule.";
constexpr std::string_view kTrait = "runs-at-install";

Finding finding(std::string id, std::string message, Location where) {
    return {std::move(id), Severity::high, std::move(message), std::move(where), std::string(kWhy), std::string(kFix)};
}

/// What a manifest or lockfile says of one entry. The project's own folders are its own code.
void judge_entry(const Requirement& requirement, const Location& where, std::vector<Finding>& findings) {
    using From = Requirement::Source;
    const std::string& name = requirement.reference.canonical;
    if (requirement.dynamic) {
        findings.push_back(finding("install-script.computed", "'" + requirement.written + "' is computed: what installing it runs cannot be told", where));
        findings.back().fix = "Write the name out.";
        return;
    }
    if (!requirement.runs_install_script || requirement.source == From::workspace || requirement.source == From::path) return;
    const std::string_view ecosystem = ecosystem_of(requirement.reference);
    if (ecosystem == "npm" && requirement.source == From::registry) {
        findings.push_back(finding("install-script.declared", name + " has an install script", where));
    } else if (requirement.reference.scheme != "pkg") {
        findings.push_back(finding("install-script.fetched", requirement.url + " is fetched and run", where));
        findings.back().fix = "Fetch it with a pinned hash, read it, and run the copy.";
    } else {
        findings.push_back(finding("install-script.built", name + " is built from source where it is installed, by a program of its own", where));
    }
}

CheckRun run(const CheckInput& input) {
    for (const std::string& text : input.settings.get<std::vector<std::string>>("allow")) {
        const auto pattern = ReferencePattern::compile(text);
        if (!pattern) return CheckRun::error("allow: " + pattern.error().message);
        if (!is_manifest(input.evidence) || is_member(input.subject)) {
            if (pattern->matches(input.subject.reference)) return CheckRun::complete();
        }
    }
    std::vector<Finding> findings;
    if (is_member(input.subject)) {
        judge_entry(requirement_of(input), place_of(input), findings);
        return CheckRun::complete(std::move(findings));
    }
    if (is_manifest(input.evidence)) return CheckRun::complete();
    if (!input.subject.has_bytes) return CheckRun::skipped("a name does not say what installing it runs: judge its lockfile, or its archive");
    for (const Trait& trait : input.evidence.traits) {
        if (trait.trait == kTrait) findings.push_back(finding("install-script.hook", "installing it runs " + trait.detail, trait.where));
    }
    return CheckRun::complete(std::move(findings));
}

}  // namespace

const Checker& install_script_checker() {
    static constexpr Checker kChecker = {
        "install-script", "Does installing it run code?", kWhy, kFix, kKinds, false, kSettings, run};
    return kChecker;
}

}  // namespace headgate::checkers
