#include "report/walk.hpp"

#include <algorithm>

namespace headgate::report {
namespace {

void visit_subject(const SubjectVerdict& subject,
                   const std::function<void(const SubjectVerdict&, const ReportedFinding&)>& visit) {
    for (const ReportedFinding& finding : subject.findings) visit(subject, finding);
    for (const SubjectVerdict& member : subject.members) visit_subject(member, visit);
}

}  // namespace

void for_each_finding(const Report& report,
                      const std::function<void(const SubjectVerdict&, const ReportedFinding&)>& visit) {
    for (const SubjectVerdict& subject : report.subjects) visit_subject(subject, visit);
}

Tally tally(const Report& report) {
    Tally counts;
    for (const SubjectVerdict& subject : report.subjects) {
        switch (subject.decision) {
            case Decision::deny: ++counts.denied; break;
            case Decision::error: ++counts.undecided; break;
            case Decision::allow: ++counts.allowed; break;
        }
    }
    counts.undecided += report.errors.size();
    for_each_finding(report, [&](const SubjectVerdict&, const ReportedFinding&) { ++counts.findings; });
    return counts;
}

RuleResult result_of(const SubjectVerdict& subject, const std::string& rule) {
    const auto found = std::find_if(subject.rules.begin(), subject.rules.end(),
                                    [&](const RuleOutcome& outcome) { return outcome.id() == rule; });
    return found == subject.rules.end() ? RuleResult::fail : found->result;
}

bool decides(const SubjectVerdict& subject, const ReportedFinding& finding) {
    if (finding.remark) return false;
    if (finding.rule.empty()) return subject.decision != Decision::allow;
    for (const RuleOutcome& outcome : subject.rules) {
        if (outcome.id() == finding.rule) {
            const bool against = outcome.result == RuleResult::fail || outcome.result == RuleResult::error ||
                                 (outcome.result == RuleResult::skipped && subject.decision != Decision::allow);
            return outcome.mode == Mode::enforce && against;
        }
    }
    return true;
}

}  // namespace headgate::report
