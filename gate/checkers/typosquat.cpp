// typosquat: is the name a near miss of a protected name?
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "checkers/name_forms.hpp"
#include "checkers/names.hpp"
#include "checkers/near_names.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 4> kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};
constexpr std::array<SettingSpec, 1> kSettings = {{
    {"allow", SettingType::patterns, Stricter::fewer, false, "", "reference patterns of names that are known to be honest", {}},
}};

constexpr std::string_view kWhy = "Names one slip away from a popular one are how people are made to take another's artifact.";
constexpr std::string_view kFix = "Check the spelling. If the name is meant, list it in `allow` of the rule.";

/// The policy's protected names of one ecosystem.
struct Protected {
    std::optional<NameIndex> index;           // nullopt: `builtin` is off, or there is no list for the ecosystem
    std::vector<std::string> extra;           // folded
};

Result<Protected> protected_of(const CheckInput& input, std::string_view ecosystem) {
    Protected result;
    bool builtin = true;
    for (const ProtectedNames& names : input.policy.protected_names) {
        if (names.ecosystem != ecosystem && !(ecosystem == "cargo" && names.ecosystem == "crates")) continue;
        builtin = names.builtin;
        for (const std::string& name : names.extra) result.extra.push_back(fold_name(ecosystem, name));
    }
    if (!builtin) return result;
    const auto bytes = input.data.file("names/" + std::string(ecosystem) + ".idx");
    if (!bytes) return result;
    result.index = NameIndex::open(*bytes);
    if (!result.index) return Error{ErrorCode::internal, "names/" + std::string(ecosystem) + ".idx is no index of this version"};
    return result;
}

class Judge {
  public:
    Judge(const CheckInput& input, const Protected& names, std::string_view ecosystem)
        : input_(input), names_(names), ecosystem_(ecosystem) {}

    std::vector<Finding> findings;

    bool is_protected(const std::string& folded) const {
        if (names_.index && names_.index->find(folded)) return true;
        return std::find(names_.extra.begin(), names_.extra.end(), folded) != names_.extra.end();
    }

    std::optional<NearName> near(const std::string& folded) const {
        // A name that a policy adds is protected, too; that makes it no better a look-alike of a popular one.
        if (names_.index && names_.index->find(folded)) return std::nullopt;
        std::optional<NearName> best;
        if (names_.index) best = nearest_protected(*names_.index, ecosystem_, folded);
        for (const std::string& target : names_.extra) {
            if (target == folded) continue;
            const auto one = compare_names(ecosystem_, target, folded);
            if (one && (!best || one->severity > best->severity)) best = one;
        }
        return best;
    }

    void add(const NearName& near, const std::string& what, const std::string& written) {
        findings.push_back({"typosquat." + std::string(id_of(near.kind)), near.severity,
                            what + " '" + written + "' looks like '" + near.target + "': " + std::string(describe(near.kind)),
                            place_of(input_), std::string(kWhy), std::string(kFix)});
    }

    /// The whole name, folded.
    void name(const std::string& written) {
        if (const auto found = near(fold_name(ecosystem_, written))) add(*found, "the name", written);
    }

    /// Internal scopes and organisations: "@acmee/x" for "@acme/x".
    void internal_space(const Reference& reference) {
        if (reference.space.empty()) return;
        const std::string written = ascii_lower(reference.space);
        for (const InternalNames& names : input_.policy.internal) {
            if (names.ecosystem != ecosystem_) continue;
            for (const std::string& pattern : names.patterns) {
                const std::size_t slash = pattern.find('/');
                if (slash == std::string::npos || pattern.find('*') < slash) continue;
                const auto found = compare_names(ecosystem_, ascii_lower(pattern.substr(0, slash)), written);
                if (found) add(*found, "the namespace", reference.space);
            }
        }
    }

    /// An npm alias installs one package under the name of another.
    void alias(const Requirement& requirement) {
        const std::string real = fold_name("npm", full_name(requirement.reference));
        const std::string shown = fold_name("npm", requirement.written);
        if (shown == real || requirement.written.empty() || !is_protected(shown) || is_protected(real)) return;
        findings.push_back({"typosquat.alias", severity_of(EditKind::alias, ecosystem_, shown.size(), shown.size()),
                            "'" + real + "' is installed under the name of the popular package '" + shown + "'",
                            place_of(input_), std::string(kWhy), std::string(kFix)});
    }

    /// Host against known registries, official names on Docker Hub.
    void image(const Reference& reference) {
        std::vector<std::string> hosts;
        for (const std::string& url : public_registries(input_.policy, "oci")) {
            if (const auto place = parse_place(url)) hosts.push_back(place->host);
        }
        for (const InternalNames& names : input_.policy.internal) {
            if (names.ecosystem != "oci") continue;
            for (const std::string& url : names.sources) {
                if (const auto place = parse_place(url)) hosts.push_back(place->host);
            }
        }
        if (std::find(hosts.begin(), hosts.end(), reference.space) == hosts.end()) {
            for (const std::string& host : hosts) {
                if (const auto found = compare_names("oci", host, reference.space)) {
                    add(*found, "the registry", reference.space);
                    break;
                }
            }
        }
        if (reference.space != "docker.io") return;
        const std::size_t slash = reference.name.find('/');
        if (reference.name.find('/', slash + 1) != std::string::npos) return;
        const std::string organisation = reference.name.substr(0, slash);
        if (organisation != "library") {
            if (const auto found = compare_names("oci", "library", organisation)) add(*found, "the organisation", organisation);
        }
        const std::string last = reference.name.substr(slash + 1);
        if (organisation == "library" || !is_protected(last)) {
            auto found = near(last);
            if (found && organisation != "library" && found->severity > Severity::medium) found->severity = Severity::medium;
            if (found) add(*found, "the image", last);
        }
    }

  private:
    const CheckInput& input_;
    const Protected& names_;
    std::string_view ecosystem_;
};

bool is_public_place(const Policy& policy, const InternalNames& claim) {
    const auto known = public_registries(policy, claim.ecosystem);
    return std::any_of(claim.sources.begin(), claim.sources.end(), [&](const std::string& source) {
        const auto place = parse_place(source);
        return !place || lies_below_any(*place, known);
    });
}

CheckRun run(const CheckInput& input) {
    if (!is_member(input.subject) && is_manifest(input.evidence)) return CheckRun::complete();
    const Requirement requirement = requirement_of(input);
    const Reference& reference = requirement.reference;
    const std::string_view ecosystem = ecosystem_of(reference);
    if (requirement.dynamic) {
        return CheckRun::complete({{"typosquat.computed", Severity::high,
                                    "'" + requirement.written + "' is computed: the name cannot be compared", place_of(input),
                                    std::string(kWhy), "Write the name out."}});
    }
    for (const std::string& text : input.settings.get<std::vector<std::string>>("allow")) {
        const auto pattern = ReferencePattern::compile(text);
        if (!pattern) return CheckRun::error("allow: " + pattern.error().message);
        if (pattern->matches(reference)) return CheckRun::complete();
    }
    // About internal names `namespace` asks, unless they are to come from where anybody registers names.
    const InternalNames* const claim = internal_claim(input.policy, reference);
    if (claim != nullptr && (!reference.space.empty() || !is_public_place(input.policy, *claim))) return CheckRun::complete();
    const auto names = protected_of(input, ecosystem);
    if (!names) return CheckRun::error(names.error().message);
    Judge judge(input, *names, ecosystem);
    if (ecosystem == "oci") {
        judge.image(reference);
    } else if (ecosystem == "hf") {
        if (!reference.space.empty()) {
            judge.name(reference.space);
            judge.internal_space(reference);
        }
    } else if (reference.scheme == "pkg") {
        judge.name(full_name(reference));
        if (ecosystem == "npm") {
            judge.internal_space(reference);
            judge.alias(requirement);
        }
    }
    return CheckRun::complete(std::move(judge.findings));
}

}  // namespace

const Checker& typosquat_checker() {
    static constexpr Checker kChecker = {
        "typosquat", "Is the name a near miss of a protected name?", kWhy, kFix, kKinds, false, kSettings, run};
    return kChecker;
}

}  // namespace headgate::checkers
