#include "checkers/provenance.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "checkers/signers.hpp"
#include "checkers/sources.hpp"
#include "model/builder_id.hpp"

namespace headgate::checkers {
namespace {

using Texts = std::vector<std::string>;

constexpr std::array kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};

constexpr std::array kSettings = {
    SettingSpec{"builders", SettingType::builders, Stricter::fewer, false, "",
                "builders that count, each with who may speak for it and its SLSA level: [{ id: URI, signed-by: [names], level: N }]"},
    SettingSpec{"delegators", SettingType::text_list, Stricter::fewer, false, "",
                "workflows that may sign for a builder that they ran; without @ref at release tags"},
    SettingSpec{"source", SettingType::patterns, Stricter::fewer, false, "**", "repositories that it may be built from: https://git.example/acme/*"},
    SettingSpec{"ref", SettingType::text, Stricter::fixed, false, "", "ref that it must be built from, as a glob: refs/tags/*"},
    SettingSpec{"build-type", SettingType::text, Stricter::fixed, false, "", "build type that it must be of, exact"},
    SettingSpec{"level", SettingType::integer, Stricter::larger, false, "0", "SLSA build level that the builder's entry must grant"},
    SettingSpec{"pinned", SettingType::flag, Stricter::on, false, "true", "an artifact of a hub must be named by commit (40 hex digits)"},
};

constexpr std::string_view kWhy = "What was built by nobody knows whom, from nobody knows what, can hold anything.";
constexpr std::string_view kFix = "Build it with a builder that the policy names, and put its provenance beside the artifact or give it with --evidence.";
constexpr std::string_view kPinWhy = "A branch of a hub is whatever its owner pushes there next.";
constexpr std::string_view kPinFix = "Name the revision by its commit: hf:org/name@<40 hex digits>.";

struct Problem {
    std::string_view id;
    std::string what;
};

const Texts& texts(const Settings& settings, std::string_view key) {
    static const Texts kNone;
    const auto* const list = settings.find<Texts>(key);
    return list == nullptr ? kNone : *list;
}

std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 300)) + "'"; }

bool is_hub(const Reference& reference) { return reference.scheme == "hf" || reference.scheme == "hf-dataset"; }

// What is wrong with who said it; nullopt when the entry's signers said it, bound to the builder.
std::optional<Problem> binding_problem(const Settings& settings, const TrustedBuilder& builder, const Provenance& fact) {
    const bool speaks = std::any_of(fact.signers.begin(), fact.signers.end(), [&](const std::string& name) {
        return std::find(builder.signed_by.begin(), builder.signed_by.end(), name) != builder.signed_by.end();
    });
    if (!speaks) return Problem{"provenance.builder", "is signed by " + list_of(fact.signers) + ", which may not speak for the builder " + quoted(fact.builder)};
    if (!fact.problem.empty()) return Problem{"provenance.not-bound", "is not what its signer's certificate says: " + fact.problem};
    if (fact.delegator.empty()) return std::nullopt;
    const Texts& delegators = texts(settings, "delegators");
    const bool named = std::any_of(delegators.begin(), delegators.end(), [&](const std::string& name) { return names_release(name, fact.delegator); });
    if (named) return std::nullopt;
    return Problem{"provenance.not-bound", "was signed by " + quoted(fact.delegator) + " for the builder " + quoted(fact.builder) +
                                               ", and the rule names no such delegator"};
}

// What is wrong with what it says, from a builder that counts.
std::optional<Problem> build_problem(const Settings& settings, const TrustedBuilder& builder, const Provenance& fact) {
    if (const auto* sources = settings.find<Texts>("source"); sources != nullptr && !comes_from(*sources, fact.source)) {
        return Problem{"provenance.source", "names the source " + quoted(fact.source) + ", asked for is " + list_of(*sources)};
    }
    if (const auto* ref = settings.find<std::string>("ref"); ref != nullptr && !glob_matches(*ref, fact.ref)) {
        return Problem{"provenance.ref", "names the ref " + quoted(fact.ref) + ", asked for is " + *ref};
    }
    if (const auto* type = settings.find<std::string>("build-type"); type != nullptr && *type != fact.build_type) {
        return Problem{"provenance.build-type", "is of build type " + quoted(fact.build_type) + ", asked for is " + *type};
    }
    const auto* const level = settings.find<std::int64_t>("level");
    if (level != nullptr && builder.level < *level) {
        return Problem{"provenance.level", "is of the builder " + quoted(fact.builder) + ", which reaches level " + std::to_string(builder.level) +
                                               "; asked for is " + std::to_string(*level)};
    }
    return std::nullopt;
}

struct Answer {
    std::optional<Problem> problem;      // of the entry under which it came farthest; nullopt when it counts under one
    std::int64_t level = 0;              // the highest of the entries under which it counts
};

Answer answer_of(const Settings& settings, const std::vector<TrustedBuilder>& builders, const Provenance& fact) {
    Problem problem{"provenance.builder", "names the builder " + quoted(fact.builder) + ", which is none that the rule allows"};
    std::optional<std::int64_t> level;
    for (const TrustedBuilder& builder : builders) {
        if (!names_release(builder.id, fact.builder)) continue;
        auto found = binding_problem(settings, builder, fact);
        if (!found) found = build_problem(settings, builder, fact);
        if (found) {
            problem = std::move(*found);
        } else {
            level = std::max(level.value_or(0), builder.level);
        }
    }
    if (level) return {std::nullopt, *level};
    return {std::move(problem), 0};
}

// The level of the best provenance that counts; 0, and findings, when none does.
std::int64_t judge_provenance(const CheckInput& input, const std::vector<TrustedBuilder>& builders, std::vector<Finding>& findings) {
    std::vector<Finding> found;
    std::optional<std::int64_t> level;
    for (const Provenance& fact : input.evidence.provenances) {
        const auto [problem, reached] = answer_of(input.settings, builders, fact);
        if (!problem) {
            level = std::max(level.value_or(0), reached);
            continue;
        }
        found.push_back({std::string(problem->id), Severity::high, "the provenance " + fact.where.path + " " + problem->what, fact.where,
                         std::string(kWhy), std::string(kFix)});
    }
    if (level) return *level;
    if (found.empty()) {
        found.push_back({"provenance.missing", Severity::high, "no SLSA provenance about this digest by anybody that the policy trusts", {},
                         std::string(kWhy), std::string(kFix)});
    }
    findings.insert(findings.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    return 0;
}

CheckRun run(const CheckInput& input) {
    const auto* const builders = input.settings.find<std::vector<TrustedBuilder>>("builders");
    const auto* const pinned = input.settings.find<bool>("pinned");
    const bool asks_pin = (pinned == nullptr || *pinned) && is_hub(input.subject.reference);
    std::vector<Finding> findings;
    if (asks_pin && !is_lower_hex(input.subject.reference.version, 40)) {
        findings.push_back({"provenance.not-pinned", Severity::high, quoted(input.subject.reference.canonical) + " names no commit", {},
                            std::string(kPinWhy), std::string(kPinFix)});
    }
    if (builders == nullptr || builders->empty()) {
        if (!asks_pin) return CheckRun::skipped("the rule names no builders, and this is no artifact of a hub that could be pinned");
        return CheckRun::complete(std::move(findings));
    }
    if (!input.subject.has_bytes) {
        return findings.empty() ? CheckRun::skipped("needs bytes: provenance is about a digest") : CheckRun::complete(std::move(findings));
    }
    const std::int64_t level = judge_provenance(input, *builders, findings);
    CheckRun run = CheckRun::complete(std::move(findings));
    if (run.findings.empty()) run.slsa_build_level = level;
    return run;
}

// What a rule asks for and no provenance could have.
std::string problem(const Settings& settings, std::string_view key, const RuleData*) {
    const bool asks = settings.has("builders");
    if (key != "builders" && key != "pinned" && !asks) return "'" + std::string(key) + "' is asked of provenance, and the rule names no 'builders'";
    if (key == "pinned" && !asks && !settings.get<bool>("pinned")) return "neither 'builders' nor 'pinned': the rule would ask for nothing";
    if (key == "ref" && !settings.get<std::string>(key).starts_with("refs/")) {
        return "expected a whole ref like refs/tags/* or refs/heads/main, not '" + settings.get<std::string>(key) + "'";
    }
    if (key == "level") {
        const std::int64_t level = settings.get<std::int64_t>("level");
        const auto& builders = settings.get<std::vector<TrustedBuilder>>("builders");
        if (std::none_of(builders.begin(), builders.end(), [&](const TrustedBuilder& one) { return one.level >= level; })) {
            return "no entry of 'builders' has a level of " + std::to_string(level) + " or more, so the rule can never pass";
        }
    }
    if (key == "delegators") {
        for (const std::string& delegator : texts(settings, key)) {
            if (delegator.find("://") == std::string::npos || delegator.find('*') != std::string::npos) return "expected the exact URI of a workflow, not '" + delegator + "'";
        }
    }
    return key == "source" && texts(settings, key).empty() ? "an empty list: no provenance would count, so the rule can never pass" : "";
}

}  // namespace

const Checker& provenance_checker() {
    static const Checker kChecker = {
        "provenance",
        "Does provenance by whom the policy trusts name an allowed builder, source and ref for exactly these bytes? Is a hub artifact pinned?",
        kWhy,
        kFix,
        kKinds,
        false,
        kSettings,
        run,
        nullptr,
        problem,
    };
    return kChecker;
}

}  // namespace headgate::checkers
