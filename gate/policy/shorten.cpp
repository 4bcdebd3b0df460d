#include "policy/shorten.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace headgate::policy {

void shorten(SubjectVerdict& verdict) {
    constexpr std::size_t kShownOfOne = 1000;   // a subject may have hundreds of thousands
    if (verdict.findings.size() <= kShownOfOne) return;
    struct Of {
        std::size_t count = 0;
        Severity severity = {};
    };
    std::map<std::pair<std::string, std::string>, Of> seen;
    std::erase_if(verdict.findings, [&](const ReportedFinding& reported) {
        Of& of = seen[{reported.rule, reported.finding.id}];
        if (++of.count <= kShownOfOne) return false;
        of.severity = std::max(of.severity, reported.finding.severity);
        return true;
    });
    for (const auto& [key, of] : seen) {
        if (of.count <= kShownOfOne) continue;
        ReportedFinding rest;
        rest.rule = key.first;
        rest.finding.id = key.second;
        rest.finding.severity = of.severity;
        rest.finding.message = "and " + std::to_string(of.count - kShownOfOne) + " more findings of this kind";
        rest.finding.why = "They are not listed.";
        rest.finding.fix = "Mend those that are, and look again.";
        verdict.findings.push_back(std::move(rest));
    }
}

}  // namespace headgate::policy
