// judge.cpp: findings + evidence -> verdict. THE place where an allow is produced (policy.md, "Results").
//
// Deny overrides. An allow needs: nothing blocked; at least one enforced rule that passed; every applicable enforced
// rule passed (or only found what lies below its `deny-at`); every byte that is there read by something; no member
// refused. Everything that is not known counts against the subject.
#include <algorithm>
#include <unordered_set>

#include "policy/policy.hpp"
#include "policy/shorten.hpp"
#include "policy/standing.hpp"

namespace headgate::policy {
namespace {

constexpr std::size_t kShownOpaques = 20;
constexpr std::string_view kAttestation = "attestation";
constexpr std::string_view kSignature = "signature";
constexpr std::string_view kProvenance = "provenance";
constexpr std::string_view kPlugin = "plugin";

/// What speaks against an allow. Nothing of it: only then may the subject in.
struct Case {
    bool denied = false;
    bool undecided = false;       // our side failed
    bool passed = false;          // an enforced rule ran and found nothing
    bool unmatched = false;       // no rule applies
    bool softened = false;        // something was warned, monitored, waived or rests on an assertion
    bool restricted = false;      // a rule that applies caps the level
};

void report(SubjectVerdict& verdict, std::string rule, Finding finding) {
    verdict.findings.push_back({std::move(rule), std::move(finding)});
}

// --- blocked -------------------------------------------------------------------------------------------------------

bool has_digest(const JudgeInput& input, const std::string& digest) {
    const std::string_view hex = std::string_view(digest).substr(digest.find(':') + 1);
    const Evidence& evidence = input.evidence;
    const auto states = [&](const Requirement& requirement) {
        return requirement.reference.digest == digest ||
               std::find(requirement.integrity.begin(), requirement.integrity.end(), digest) !=
                   requirement.integrity.end();
    };
    return input.subject.digest.sha256 == hex || input.subject.digest.dir_hash == hex ||
           input.subject.reference.digest == digest ||
           std::any_of(evidence.files.begin(), evidence.files.end(),
                       [&](const FileRecord& file) { return file.sha256 == hex; }) ||
           std::any_of(evidence.members.begin(), evidence.members.end(),
                       [&](const Member& member) { return member.sha256 == hex; }) ||
           std::any_of(evidence.requirements.begin(), evidence.requirements.end(), states);
}

bool has_reference(const JudgeInput& input, const ReferencePattern& pattern) {
    const auto& requirements = input.evidence.requirements;
    return pattern.matches(input.subject.reference) ||
           std::any_of(requirements.begin(), requirements.end(),
                       [&](const Requirement& requirement) { return pattern.matches(requirement.reference); });
}

// What a blocked key signed is blocked whenever it was signed: `signers` has only those in their window.
bool has_signer(const JudgeInput& input, const std::string& name) {
    const TrustedKey* const key = input.policy.find_key(name);
    const auto signed_by = [&](const auto& fact) {
        const auto has = [](const std::vector<std::string>& list, const std::string& item) {
            return std::find(list.begin(), list.end(), item) != list.end();
        };
        return has(fact.signers, name) || (key != nullptr && !key->key_id.empty() && has(fact.key_ids, key->key_id));
    };
    const Evidence& evidence = input.evidence;
    return std::any_of(evidence.signatures.begin(), evidence.signatures.end(), signed_by) ||
           std::any_of(evidence.statements.begin(), evidence.statements.end(), signed_by);
}

void judge_blocked(const JudgeInput& input, SubjectVerdict& verdict, Case& so_far) {
    for (const Blocked& blocked : input.policy.blocked) {
        std::string what;
        if (!blocked.digest.empty() && has_digest(input, blocked.digest)) what = blocked.digest;
        if (blocked.reference && has_reference(input, *blocked.reference)) what = blocked.reference->text();
        if (!blocked.signer.empty() && has_signer(input, blocked.signer)) what = "what " + blocked.signer + " signed";
        if (what.empty()) continue;
        so_far.denied = true;
        report(verdict, "", {"policy.blocked", Severity::critical,
                             what + " is blocked at " + blocked.line + ": " + blocked.why, {},
                             "The policy blocks it, whatever its rules say.", "Use something else."});
    }
}

// --- rules ---------------------------------------------------------------------------------------------------------

bool counts(const Rule& rule, const Finding& finding) { return !rule.deny_at || finding.severity >= *rule.deny_at; }

RuleResult result_of_findings(const Rule& rule, const std::vector<Finding>& findings) {
    if (findings.empty()) return RuleResult::pass;
    const bool fails = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return counts(rule, finding); });
    return fails ? RuleResult::fail : RuleResult::warn;
}

/// The waivers that together name every failing finding; none when one is left, or the checker did not finish.
std::vector<const Waiver*> waivers_for(const JudgeInput& input, const Rule& rule, const CheckRun& run) {
    if (input.waivers == nullptr || run.status != RunStatus::complete) return {};
    const auto found = input.waivers->find(rule.id, input.subject, input.sources);
    if (found.empty()) return {};
    std::vector<const Waiver*> used;
    for (const Finding& finding : run.findings) {
        if (!counts(rule, finding)) continue;
        const auto by = std::find_if(found.begin(), found.end(), [&](const Waiver* waiver) { return waives(*waiver, finding); });
        if (by == found.end()) return {};
        if (std::find(used.begin(), used.end(), *by) == used.end()) used.push_back(*by);
    }
    return used;
}

/// A rule that somebody loosened for a time does not enforce what the policy says.
bool is_overridden(const JudgeInput& input, const Rule& rule) {
    return std::any_of(input.policy.overrides.begin(), input.policy.overrides.end(), [&](const Override& entry) {
        return entry.rule == rule.id && input.now < entry.expires;
    });
}

bool in_effect(const Rule& rule, Instant now) { return !rule.effective_on || now >= *rule.effective_on; }

// What a failure comes to: waived, upcoming, or the mode's answer.
void settle_failure(const JudgeInput& input, const Rule& rule, const CheckRun& run, RuleOutcome& outcome,
                    std::vector<const Waiver*>& waived) {
    if (outcome.result == RuleResult::fail) {
        waived = waivers_for(input, rule, run);
        if (!waived.empty()) {
            outcome.result = RuleResult::waived;
            outcome.reason = "waived until " + format_instant(waived.front()->expires) + " by " + waived.front()->id;
            return;
        }
    }
    if (!in_effect(rule, input.now) && (outcome.result == RuleResult::fail || outcome.result == RuleResult::error)) {
        outcome.result = RuleResult::upcoming;
        outcome.reason = "takes effect on " + format_instant(*rule.effective_on) + (outcome.reason.empty() ? "" : ": " + outcome.reason);
    }
    if (outcome.mode == Mode::warn && outcome.result == RuleResult::fail) outcome.result = RuleResult::warn;
}

const CheckRun& run_of(const RuleRun& rule_run) {
    static const CheckRun kNone;         // it did not run
    return rule_run.run ? *rule_run.run : kNone;
}

void set_outcome(const RuleRun& rule_run, RuleOutcome& outcome) {
    const Applicable& applicable = rule_run.applicable;
    const CheckRun& run = run_of(rule_run);
    const Rule& rule = *applicable.rule;
    outcome.mode = applicable.mode;
    if (applicable.applies && !applicable.skipped) outcome.plugin = run.plugin;
    if (!applicable.applies) {
        outcome.result = RuleResult::not_applicable;
    } else if (applicable.skipped) {
        outcome.result = RuleResult::skipped;
        outcome.reason = "needs bytes, and there is only a name";
    } else if (!run.findings.empty()) {
        outcome.result = result_of_findings(rule, run.findings);
        if (outcome.result == RuleResult::warn && run.status != RunStatus::complete) outcome.result = RuleResult::error;
        outcome.reason = run.reason;
    } else if (run.status == RunStatus::complete) {
        outcome.result = RuleResult::pass;
    } else if (run.status == RunStatus::skipped) {
        outcome.result = RuleResult::skipped;
        outcome.reason = run.reason;
    } else {
        outcome.reason = run.status == RunStatus::error ? run.reason : "the checker did not run";
    }
}

// A rule that is loosened for a time, only warns or is not in effect yet vouches for no level.
std::int64_t slsa_level_of(const JudgeInput& input, const Rule& rule, const CheckRun& run, const RuleOutcome& outcome) {
    if (outcome.result != RuleResult::pass || outcome.mode != Mode::enforce || !in_effect(rule, input.now)) return 0;
    return is_overridden(input, rule) ? 0 : run.slsa_build_level;
}

// What the name says is all that these ask about.
bool rests_on_assertion(const JudgeInput& input, const RuleOutcome& outcome) {
    const bool about_the_name =
        outcome.check() == "registry" || outcome.check() == "namespace" || outcome.check() == "typosquat" || outcome.check() == "advisory";
    return about_the_name && input.subject.has_bytes && input.subject.origin == Origin::asserted &&
           input.subject.reference.scheme != "file" && outcome.result == RuleResult::pass;
}

bool ran_uncontained(const RuleOutcome& outcome) { return outcome.plugin != nullptr && !outcome.plugin->uncontained.empty(); }

// What one outcome means for the whole.
void weigh(const JudgeInput& input, const Rule& rule, const RuleOutcome& outcome, SubjectVerdict& verdict, Case& so_far) {
    if (outcome.result != RuleResult::not_applicable && rule.cap_restricted) so_far.restricted = true;
    switch (outcome.result) {
        case RuleResult::not_applicable: return;
        case RuleResult::pass:
            // A plugin only adds findings: that it has none is not what lets something in.
            if (outcome.mode == Mode::enforce && in_effect(rule, input.now) && outcome.check() != kPlugin) so_far.passed = true;
            if (rests_on_assertion(input, outcome) || ran_uncontained(outcome)) so_far.softened = true;
            break;
        case RuleResult::fail:
            if (outcome.mode == Mode::enforce) so_far.denied = true;
            so_far.softened = true;
            break;
        case RuleResult::error:
            so_far.softened = true;
            if (outcome.mode != Mode::enforce || input.policy.defaults.on_error == OnTrouble::warn) break;
            so_far.undecided = true;
            if (verdict.error.empty()) verdict.error = outcome.id() + ": " + outcome.reason;
            break;
        case RuleResult::skipped:
            // Without bytes a rule about bytes says nothing; with them, an enforced rule that looked at nothing denies.
            if (outcome.mode == Mode::enforce && in_effect(rule, input.now) && input.subject.has_bytes) so_far.denied = true;
            break;
        case RuleResult::warn:
        case RuleResult::waived:
        case RuleResult::upcoming: so_far.softened = true; break;
    }
    so_far.unmatched = false;
}

void judge_rules(const JudgeInput& input, SubjectVerdict& verdict, Case& so_far) {
    so_far.unmatched = true;
    const auto cards = cards_of(input.policy);
    std::vector<RuleOutcome> outcomes;
    outcomes.reserve(input.runs.size());
    for (const RuleRun& rule_run : input.runs) {
        if (rule_run.applicable.rule == nullptr) continue;
        const Rule& rule = *rule_run.applicable.rule;
        const auto index = static_cast<std::size_t>(&rule - input.policy.rules.data());
        RuleOutcome& outcome = outcomes.emplace_back();
        outcome.card = &cards->at(index);
        set_outcome(rule_run, outcome);
        if (outcome.result == RuleResult::not_applicable) continue;
        const CheckRun& run = run_of(rule_run);
        std::vector<const Waiver*> waived;
        settle_failure(input, rule, run, outcome, waived);
        outcome.slsa_build_level = slsa_level_of(input, rule, run, outcome);
        const Case before = so_far;
        weigh(input, rule, outcome, verdict, so_far);
        if (rule_run.applicable.by_name) so_far.passed = before.passed, so_far.unmatched = before.unmatched;
        for (const Waiver* waiver : waived) verdict.waivers.push_back(note_of(*waiver, input.now, input.subject.ref));
        const bool skipped_with_bytes = outcome.result == RuleResult::skipped && input.subject.has_bytes && in_effect(rule, input.now);
        if (skipped_with_bytes && outcome.mode == Mode::enforce) {
            report(verdict, rule.id, {"policy.skipped", Severity::high,
                                      rule.id + " looked at nothing: " + outcome.reason, {},
                                      "A rule that could not look has not passed.", rule.fix});
        }
        if (rule_run.applicable.applies && !rule_run.applicable.skipped) {
            for (Finding finding : run.findings) {
                if (rule.severity) finding.severity = *rule.severity;
                if (finding.why.empty()) finding.why = rule.why;
                if (finding.fix.empty()) finding.fix = rule.fix;
                const auto by = std::find_if(waived.begin(), waived.end(),
                                             [&](const Waiver* waiver) { return waives(*waiver, finding); });
                verdict.findings.push_back({rule.id, std::move(finding), by == waived.end() ? "" : (*by)->id});
            }
            for (Finding remark : run.remarks) {
                if (remark.why.empty()) remark.why = rule.why;
                if (remark.fix.empty()) remark.fix = rule.fix;
                verdict.findings.push_back({rule.id, std::move(remark), "", true});
            }
            verdict.input_attestations.insert(verdict.input_attestations.end(), run.relied_on.begin(), run.relied_on.end());
        }
        const bool relied_on = outcome.result == RuleResult::pass && rule.check == kAttestation;
        for (const Statement& statement : input.evidence.statements) {
            if (relied_on && !statement.signers.empty() && !statement.digest.empty()) verdict.input_attestations.push_back(statement.digest);
        }
        const bool relied_on_signature = outcome.result == RuleResult::pass && rule.check == kSignature;
        for (const Signature& signature : input.evidence.signatures) {
            const bool counts = signature.covers_subject && !signature.signers.empty() && !signature.digest.empty();
            if (relied_on_signature && counts) verdict.input_attestations.push_back(signature.digest);
        }
        const bool relied_on_provenance = outcome.result == RuleResult::pass && rule.check == kProvenance;
        for (const Provenance& provenance : input.evidence.provenances) {
            if (relied_on_provenance && !provenance.digest.empty()) verdict.input_attestations.push_back(provenance.digest);
        }
    }
    verdict.rules = RuleOutcomes(std::move(outcomes), cards);
    auto& relied = verdict.input_attestations;
    std::sort(relied.begin(), relied.end());
    relied.erase(std::unique(relied.begin(), relied.end()), relied.end());
    if (!so_far.unmatched) return;
    if (input.policy.defaults.on_unmatched == OnTrouble::deny) so_far.denied = true;
    so_far.softened = true;
    report(verdict, "", {"policy.unmatched", Severity::high,
                         "no rule of the policy is for this " + std::string(to_string(input.subject.kind)), {},
                         "What no rule covers was not judged.", "Add a rule for it, or remove the subject."});
}

// --- what no rule speaks of ----------------------------------------------------------------------------------------

std::string key_of(const Finding& finding) {
    const Location& where = finding.where;
    std::string key = finding.id;
    for (const std::string* part : {&where.path, &where.member}) {
        key += '\0';
        key += *part;
    }
    key += '\0' + (where.offset ? std::to_string(*where.offset) : "");
    key += ':' + (where.line ? std::to_string(*where.line) : "");
    return key;
}

bool by_plugin(const SubjectVerdict& verdict, const std::string& rule) {
    return std::any_of(verdict.rules.begin(), verdict.rules.end(),
                       [&](const RuleOutcome& outcome) { return outcome.check() == kPlugin && outcome.id() == rule; });
}

/// What a parser found and no rule that applies has taken up must not be lost: it denies, remarks (info) aside.
void judge_unclaimed(const JudgeInput& input, SubjectVerdict& verdict, Case& so_far) {
    if (input.evidence.findings.empty()) return;
    std::unordered_set<std::string> claimed;
    // What a plugin says takes up nothing that a parser found, by whatever name it says it.
    for (const ReportedFinding& reported : verdict.findings) {
        if (!by_plugin(verdict, reported.rule)) claimed.insert(key_of(reported.finding));
    }
    for (const Finding& finding : input.evidence.findings) {
        if (!claimed.insert(key_of(finding)).second) continue;
        if (finding.severity > Severity::info) so_far.denied = true;
        report(verdict, "", finding);
    }
}

void judge_coverage(const JudgeInput& input, SubjectVerdict& verdict, Case& so_far) {
    const Coverage& coverage = input.coverage;
    const bool nothing_read = input.subject.has_bytes && input.evidence.files.empty();
    if (coverage.complete() && !nothing_read && input.evidence.opaques.empty()) return;
    if (input.policy.defaults.on_skipped == OnTrouble::deny || nothing_read) so_far.denied = true;
    so_far.softened = true;
    const std::vector<Opaque>& regions = coverage.skipped.empty() ? input.evidence.opaques : coverage.skipped;
    const auto unread = [&](std::string message, const Location& where) {
        report(verdict, "", {"policy.unread", Severity::high, std::move(message), where,
                             "Bytes that nothing could read may hold anything.",
                             "Remove them, or convert them to a format that Headgate reads."});
    };
    for (std::size_t i = 0; i < std::min(regions.size(), kShownOpaques); ++i) {
        const std::string much = regions[i].bytes == 0 ? "a part of it" : std::to_string(regions[i].bytes) + " bytes";
        unread("nothing could read " + much + ": " + regions[i].why, regions[i].where);
    }
    if (regions.size() > kShownOpaques) {
        unread("and " + std::to_string(regions.size() - kShownOpaques) + " more unread regions", {});
    }
    if (regions.empty()) {
        const std::uint64_t left = coverage.bytes - std::min(coverage.examined, coverage.bytes);
        unread(nothing_read ? "no file of it was read" : "nothing could read " + std::to_string(left) + " bytes of it", {});
    }
}

void judge_members(const JudgeInput& input, SubjectVerdict& verdict, Case& so_far) {
    if (input.members.empty()) return;
    const Decision members = worst(input.members);
    if (members == Decision::deny) so_far.denied = true;
    if (members == Decision::error) so_far.undecided = true;
    for (const SubjectVerdict& member : input.members) {
        const bool first = member.decision == Decision::error && verdict.error.empty();
        if (first) verdict.error = "a member could not be decided: " + member.subject.ref + ": " + member.error;
        if (!member.enforced) so_far.softened = true;
    }
}

/// Each policy that is extended needs a pass of its own: a rule that was added to it never is what lets something in.
void judge_standing(const JudgeInput& input, SubjectVerdict& verdict, Case& so_far) {
    if (so_far.denied || so_far.undecided || !so_far.passed) return;
    const auto passed = [&](std::string_view rule) {
        return std::any_of(verdict.rules.begin(), verdict.rules.end(), [&](const RuleOutcome& outcome) {
            return outcome.id() == rule && outcome.result == RuleResult::pass && outcome.check() != kPlugin;
        });
    };
    for (const auto& extended : input.policy.extended) {
        const Standing stands = standing(*extended, input.subject, verdict.tier, input.now, passed);
        if (stands == Standing::holds) continue;
        so_far.denied = true;
        if (stands == Standing::unmatched) {
            report(verdict, "", {"policy.unmatched", Severity::high,
                                 "no rule of " + extended->label + ", which the policy extends, is for this " +
                                     std::string(to_string(input.subject.kind)), {},
                                 "An extending policy adds rules to what it extends; it lets nothing more in.",
                                 "Extend a policy that has rules for it, or write a policy of its own for it."});
        } else {
            report(verdict, "", {"policy.nothing-passed", Severity::high,
                                 "no rule of " + extended->label + ", which the policy extends, has passed where it enforces", {},
                                 "Only a rule that ran, enforces and found nothing lets something in; a rule that was added later does not.",
                                 "Give the gate the bytes, or extend a policy with an enforcing rule for them."});
        }
    }
}

/// What an extended policy refuses alone, with the exceptions that are written down, is refused.
void judge_extended(const JudgeInput& input, SubjectVerdict& verdict, Case& so_far) {
    for (const ExtendedVerdict& extended : input.extended) {
        if (extended.verdict.decision == Decision::allow) continue;
        if (extended.verdict.decision == Decision::error) {
            so_far.undecided = true;
            if (verdict.error.empty()) verdict.error = extended.label + ": " + extended.verdict.error;
            continue;
        }
        so_far.denied = true;
        const auto& findings = extended.verdict.findings;
        const auto worst = std::max_element(findings.begin(), findings.end(), [](const ReportedFinding& a, const ReportedFinding& b) {
            return a.finding.severity < b.finding.severity;
        });
        Finding finding{"policy.extended-refuses", Severity::high, extended.label + ", which the policy extends, refuses it", {},
                        "A policy that extends another one only tightens it: what the other refuses stays refused.",
                        "Mend what it found, or write an override or a waiver, with a reason and an end."};
        if (worst != findings.end()) {
            finding.severity = std::max(finding.severity, worst->finding.severity);
            finding.message += ": " + worst->finding.message + (worst->rule.empty() ? "" : " (" + worst->rule + ")");
            finding.where = worst->finding.where;
        }
        report(verdict, "", std::move(finding));
    }
}

/// A refusal without a failure still says why.
void say_when_nothing_passed(SubjectVerdict& verdict, const Case& so_far) {
    if (so_far.denied || so_far.undecided || so_far.passed || so_far.unmatched) return;
    const bool only_plugins = std::any_of(verdict.rules.begin(), verdict.rules.end(), [](const RuleOutcome& outcome) {
        return outcome.check() == kPlugin && outcome.result == RuleResult::pass;
    });
    report(verdict, "", {"policy.nothing-passed", Severity::high,
                         only_plugins ? "no rule that enforces has passed but those that ask a plugin, and a plugin only adds findings"
                                      : "no rule that enforces has passed", {},
                         "Only a rule that ran, enforces and found nothing lets something in.",
                         "Give the gate the bytes, or a policy with an enforcing rule for them."});
}

/// Without bytes, for a manifest, or with members that are only names, it is a judgement of names.
Level level_of(const JudgeInput& input) {
    const bool manifest = std::any_of(input.evidence.formats.begin(), input.evidence.formats.end(), [](const FormatFact& fact) {
        return fact.where.member.empty() && fact.format.starts_with("manifest:");
    });
    Level level = input.subject.has_bytes && !manifest ? Level::admit : Level::names;
    // A manifest inside an artifact is judged by names; that takes nothing from the judgement of the artifact's own bytes.
    for (const SubjectVerdict& member : input.members) {
        if (member.level > Level::names) level = std::min(level, member.level);
    }
    return level;
}

bool is_overridden(const JudgeInput& input) {
    if (input.policy.overrides.empty()) return false;
    return std::any_of(input.runs.begin(), input.runs.end(), [&](const RuleRun& run) {
        return run.applicable.rule != nullptr && is_overridden(input, *run.applicable.rule);
    });
}

bool may_enter(const Case& so_far) {
    // `on-unmatched: warn` is the one way in without a pass, and only where no rule applies at all.
    return !so_far.denied && !so_far.undecided && (so_far.passed || so_far.unmatched);
}

}  // namespace

Decision worst(std::span<const SubjectVerdict> subjects) {
    if (subjects.empty()) return {};
    Decision result = subjects.front().decision;
    for (const SubjectVerdict& subject : subjects) result = std::min(result, subject.decision);
    return result;
}

SubjectVerdict judge(JudgeInput input) {
    SubjectVerdict verdict;
    Case so_far;
    if (input.tier != nullptr) {
        verdict.tier = input.tier->name;
        verdict.tier_line = input.tier->line;
    }
    judge_blocked(input, verdict, so_far);
    judge_rules(input, verdict, so_far);
    judge_unclaimed(input, verdict, so_far);
    judge_coverage(input, verdict, so_far);
    judge_members(input, verdict, so_far);
    judge_standing(input, verdict, so_far);
    judge_extended(input, verdict, so_far);
    say_when_nothing_passed(verdict, so_far);
    shorten(verdict);

    if (so_far.undecided && !so_far.denied) verdict.decision = Decision::error;
    if (may_enter(so_far)) verdict.decision = Decision::allow;  // the only line that says so
    if (verdict.decision == Decision::allow) {
        verdict.level = level_of(input);
        if (so_far.restricted) verdict.level = std::min(verdict.level, Level::restricted);
        const bool by_assertion = input.subject.origin == Origin::asserted && !input.policy.tiers.empty() &&
                                  input.tier != &input.policy.tiers.back();
        verdict.enforced = !so_far.softened && !by_assertion && !is_overridden(input);
    }
    verdict.subject = std::move(input.subject);
    verdict.coverage = std::move(input.coverage);
    verdict.members = std::move(input.members);
    verdict.sources = std::move(input.sources);
    return verdict;
}

}  // namespace headgate::policy
