// walk.hpp: what every output needs from a report: all findings with their subjects, and counts that agree everywhere.
#pragma once

#include <cstddef>
#include <functional>

#include "model/verdict.hpp"

namespace headgate::report {

/// Calls `visit` for every finding of every subject and member, in report order.
void for_each_finding(const Report& report,
                      const std::function<void(const SubjectVerdict& subject, const ReportedFinding& finding)>& visit);

struct Tally {
    std::size_t allowed = 0;
    std::size_t denied = 0;
    std::size_t undecided = 0;       // subjects, and arguments that lead nowhere
    std::size_t findings = 0;
};
Tally tally(const Report& report);

/// Result of the rule that reported a finding; `fail` for findings of the gate itself.
RuleResult result_of(const SubjectVerdict& subject, const std::string& rule);

/// True when the finding made, or helped to make, the decision: its rule failed while enforced, or the gate itself said it.
bool decides(const SubjectVerdict& subject, const ReportedFinding& finding);

}  // namespace headgate::report
