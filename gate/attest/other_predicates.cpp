#include "attest/other_predicates.hpp"

namespace headgate::attest {

using codec::Json;

Json simple_result(const Report& report, Json levels, Json policy, const EmitOptions& options) {
    Json predicate = Json::object();
    Json& verifier = predicate.add("verifier", Json::object());
    verifier.add("id", Json::of(options.verifier_id));
    verifier.add("policies", Json::array()).push(std::move(policy));
    predicate.add("timeCreated", Json::of(format_instant(report.evaluated_at)));
    predicate.add("properties", std::move(levels));
    return predicate;
}

Json test_result(const SubjectVerdict& verdict, Json policy) {
    Json passed = Json::array();
    Json warned = Json::array();
    Json failed = Json::array();
    for (const RuleOutcome& rule : verdict.rules) {
        switch (rule.result) {
            case RuleResult::not_applicable: break;
            case RuleResult::pass: passed.push(Json::of(rule.id())); break;
            case RuleResult::warn:
            case RuleResult::waived:
            case RuleResult::upcoming: warned.push(Json::of(rule.id())); break;
            case RuleResult::skipped:
            case RuleResult::error:
            case RuleResult::fail: (rule.mode == Mode::enforce ? failed : warned).push(Json::of(rule.id())); break;
        }
    }
    const bool allowed = verdict.decision == Decision::allow && verdict.level != Level::none;
    Json predicate = Json::object();
    predicate.add("result", Json::of(!allowed ? "FAILED" : warned.items.empty() && failed.items.empty() ? "PASSED" : "WARNED"));
    predicate.add("configuration", Json::array()).push(std::move(policy));
    predicate.add("passedTests", std::move(passed));
    predicate.add("warnedTests", std::move(warned));
    predicate.add("failedTests", std::move(failed));
    return predicate;
}

}  // namespace headgate::attest
