// checker.hpp: a checker is a card and a pure function: Evidence + settings -> Findings.
//
// To add one: one file in checkers/, one row in checkers/all.cpp, two cases (bad, and its benign twin).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/fact.hpp"
#include "model/finding.hpp"
#include "model/plugin.hpp"
#include "model/policy.hpp"
#include "model/rule_data.hpp"
#include "model/settings.hpp"
#include "model/subject.hpp"
#include "model/verdict.hpp"

namespace headgate {

struct AdvisoryData;

/// A model or dataset that a manifest names, as it was judged just now.
struct LoadedMember {
    Location where;              // in the manifest
    Level level = Level::none;   // none: it was refused
    bool may_hold_pickles = true;    // false: its bytes were judged, and hold none
};

struct CheckInput {
    const Subject& subject;      // for a member: the member, with `evidence` of its one requirement
    const Evidence& evidence;
    const Settings& settings;
    const Policy& policy;        // names, registries and trust sections; never rules
    const RuleData& data;
    Instant now;
    const AdvisoryData* advisories = nullptr;   // what the operator brought (model/advisory.hpp); nullptr: nothing
    const std::vector<LoadedMember>* loaded = nullptr;   // by the subject, a manifest; nullptr: not known, and the worst is to be assumed
};

/// How a run went, apart from what it found. The zero value is that it did not run.
enum class RunStatus {
    did_not_run,
    complete,        // looked at everything it asks about
    skipped,         // nothing there to look at (no bytes); `reason` says what was missing
    error,           // could not decide: our side; `reason` says why
};

struct CheckRun {
    RunStatus status = RunStatus::did_not_run;
    std::vector<Finding> findings;
    std::string reason;
    std::int64_t slsa_build_level = 0;   // that evidence showed under this rule; 0 when it is silent about levels
    std::shared_ptr<const PluginNote> plugin = {};   // that answered, of a rule that asks one
    std::vector<Finding> remarks = {};       // worth being told, and nothing that the rule fails for
    std::vector<std::string> relied_on = {}; // SHA-256 (hex) of documents that took a finding away: inputAttestations

    static CheckRun complete(std::vector<Finding> findings = {}) { return {RunStatus::complete, std::move(findings), {}}; }
    static CheckRun skipped(std::string reason) { return {RunStatus::skipped, {}, std::move(reason)}; }
    static CheckRun error(std::string reason) { return {RunStatus::error, {}, std::move(reason)}; }
};

struct Checker {
    std::string_view id;         // `check:` in a policy
    std::string_view question;   // what it asks, one sentence
    std::string_view why;
    std::string_view fix;        // the general remedy
    std::span<const Kind> kinds; // what it can look at; a rule for another kind is a load error
    bool needs_bytes = false;    // on a bare name its result is `skipped`
    std::span<const SettingSpec> settings;
    CheckRun (*run)(const CheckInput&) = nullptr;
    /// Fills in defaults that depend on other settings; may be nullptr. A setting that is there stays as it is.
    void (*complete)(Settings&) = nullptr;
    /// Why what the policy gives for setting `key` could never do anything, beside the other settings: an unknown format, a
    /// demand that is made of other statements only. "" when it can. `data` may be nullptr: then what needs it is not asked.
    std::string (*problem)(const Settings&, std::string_view key, const RuleData* data) = nullptr;
    /// It looks at what files hold: `layers: true` of a rule for containers gives it what lies in the layers of an image.
    bool reads_layers = false;
};

}  // namespace headgate
