#include "policy/trace.hpp"

#include <algorithm>

namespace headgate::policy {
namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string why_not(const Tier& tier, const Subject& subject, std::span<const std::string> signers, const ReferencePattern& matched) {
    if (tier.requires_origin && subject.origin < *tier.requires_origin) {
        return "matches " + matched.text() + ", but its origin is " + std::string(to_string(subject.origin)) + " and the tier requires " +
               std::string(to_string(*tier.requires_origin));
    }
    const bool any = std::any_of(tier.requires_signed_by.begin(), tier.requires_signed_by.end(), [&](const std::string& name) {
        return std::find(signers.begin(), signers.end(), name) != signers.end();
    });
    if (!tier.requires_signed_by.empty() && !any) {
        return "matches " + matched.text() + ", but is not signed by any of " + joined(tier.requires_signed_by);
    }
    return "";
}

std::string reason_of(const Waiver& waiver, const SubjectVerdict& verdict, Instant now) {
    for (const ExceptionNote& note : verdict.waivers) {
        if (note.id == waiver.id) return "used";
    }
    if (now >= waiver.expires) return "ended on " + format_instant(waiver.expires);
    if (waiver.needs_signature && waiver.signed_by.empty()) return "is not signed";
    std::string missing;
    for (const ReportedFinding& reported : verdict.findings) {
        if (reported.rule != waiver.rule || reported.remark || waives(waiver, reported.finding)) continue;
        const auto& ids = reported.finding.advisories;
        missing += (missing.empty() ? "" : ", ") + (ids.empty() ? reported.finding.id : ids.front());
    }
    if (!missing.empty()) return "does not name " + missing;
    return waiver.reference ? "is for what comes from " + waiver.source : "is for another subject";
}

}  // namespace

std::vector<TierStep> trace_tiers(const Policy& policy, const Subject& subject, std::span<const std::string> signers) {
    std::vector<TierStep> steps;
    for (const Tier& tier : policy.tiers) {
        TierStep step{tier.name, tier.line, false, "no pattern matches " + subject.reference.canonical};
        const auto matched = std::find_if(tier.match.begin(), tier.match.end(),
                                          [&](const ReferencePattern& pattern) { return pattern.matches(subject.reference); });
        if (matched != tier.match.end()) {
            step.reason = why_not(tier, subject, signers, *matched);
            step.won = step.reason.empty();
            if (step.won) step.reason = "matches " + matched->text();
        }
        steps.push_back(step);
        if (step.won) break;
    }
    return steps;
}

std::vector<WaiverStep> trace_waivers(const Policy& policy, const Rule& rule, const SubjectVerdict& verdict, Instant now) {
    std::vector<WaiverStep> steps;
    const DigestSet& digest = verdict.subject.digest;
    for (const Waiver& waiver : policy.waivers) {
        if (waiver.rule != rule.id) continue;
        const bool by_digest = !waiver.digest.empty() && (waiver.digest == "sha256:" + digest.sha256 || waiver.digest == verdict.subject.reference.digest);
        const bool by_name = waiver.reference && waiver.reference->base == verdict.subject.reference.base;
        if (by_digest || by_name) steps.push_back({waiver.id, waiver.line, reason_of(waiver, verdict, now)});
    }
    return steps;
}

}  // namespace headgate::policy
