// json.cpp: `--output json` (contract.md; schema rules/schema/result-v1.schema.json). Member order is stable.
#include "codec/json.hpp"
#include "report/report.hpp"

namespace headgate::report {
namespace {

using codec::Json;

Json texts(const std::vector<std::string>& values) {
    Json array = Json::array();
    for (const std::string& value : values) array.push(Json::of(value));
    return array;
}

Json number(std::uint64_t value) { return Json::of(static_cast<std::int64_t>(value)); }

Json location_json(const Location& where) {
    Json location = Json::object();
    location.add("path", Json::of(where.path));
    if (!where.member.empty()) location.add("member", Json::of(where.member));
    if (where.offset) location.add("offset", number(*where.offset));
    if (where.line) location.add("line", number(*where.line));
    return location;
}

Json digest_json(const DigestSet& digest) {
    Json object = Json::object();
    if (!digest.sha256.empty()) object.add("sha256", Json::of(digest.sha256));
    if (!digest.dir_hash.empty()) object.add("dirHash", Json::of(digest.dir_hash));
    return object;
}

Json rule_json(const RuleOutcome& outcome) {
    Json rule = Json::object();
    rule.add("id", Json::of(outcome.id));
    rule.add("check", Json::of(outcome.check));
    rule.add("result", Json::of(to_string(outcome.result)));
    rule.add("mode", Json::of(to_string(outcome.mode)));
    rule.add("policy_line", Json::of(outcome.policy_line));
    if (!outcome.reason.empty()) rule.add("reason", Json::of(outcome.reason));
    return rule;
}

Json finding_json(const ReportedFinding& reported) {
    const Finding& finding = reported.finding;
    Json object = Json::object();
    object.add("id", Json::of(finding.id));
    object.add("rule", reported.rule.empty() ? Json{} : Json::of(reported.rule));
    object.add("severity", Json::of(to_string(finding.severity)));
    object.add("message", Json::of(finding.message));
    object.add("location", location_json(finding.where));
    object.add("why", Json::of(finding.why));
    object.add("fix", Json::of(finding.fix));
    return object;
}

Json coverage_json(const Coverage& coverage) {
    Json object = Json::object();
    object.add("bytes", number(coverage.bytes));
    object.add("examined", number(coverage.examined));
    Json& skipped = object.add("skipped", Json::array());
    for (const Opaque& opaque : coverage.skipped) {
        Json region = Json::object();
        region.add("location", location_json(opaque.where));
        region.add("why", Json::of(opaque.why));
        region.add("bytes", number(opaque.bytes));
        skipped.push(std::move(region));
    }
    object.add("unchecked", texts(coverage.unchecked));
    return object;
}

// Members may be manifests with members of their own: the depth is three.
Json subject_json(const SubjectVerdict& verdict) {
    Json object = Json::object();
    object.add("ref", Json::of(verdict.subject.ref));
    object.add("kind", Json::of(to_string(verdict.subject.kind)));
    object.add("origin", Json::of(to_string(verdict.subject.origin)));
    object.add("tier", verdict.tier.empty() ? Json{} : Json::of(verdict.tier));
    object.add("tier_line", verdict.tier_line.empty() ? Json{} : Json::of(verdict.tier_line));
    object.add("digest", digest_json(verdict.subject.digest));
    if (verdict.subject.named_at) object.add("named_at", location_json(*verdict.subject.named_at));
    object.add("decision", Json::of(to_string(verdict.decision)));
    object.add("level", verdict.level == Level::none ? Json{} : Json::of(to_string(verdict.level)));
    object.add("enforced", Json::of(verdict.enforced));
    if (!verdict.error.empty()) object.add("error", Json::of(verdict.error));
    Json& rules = object.add("rules", Json::array());
    for (const RuleOutcome& outcome : verdict.rules) rules.push(rule_json(outcome));
    Json& findings = object.add("findings", Json::array());
    for (const ReportedFinding& finding : verdict.findings) findings.push(finding_json(finding));
    Json& members = object.add("members", Json::array());
    for (const SubjectVerdict& member : verdict.members) members.push(subject_json(member));
    object.add("coverage", coverage_json(verdict.coverage));
    return object;
}

Json subjects(const Report& report) {
    Json array = Json::array();
    for (const SubjectVerdict& subject : report.subjects) array.push(subject_json(subject));
    return array;
}

}  // namespace

std::string subjects_json(const Report& report) { return codec::write_json(subjects(report)); }

std::string json(const Report& report) {
    Json document = Json::object();
    document.add("headgate", Json::of(std::int64_t{1}));
    document.add("decision", Json::of(to_string(report.decision)));
    document.add("exit_code", Json::of(std::int64_t{report.exit_code()}));
    Json& policy = document.add("policy", Json::object());
    policy.add("name", Json::of(report.policy_name));
    policy.add("uri", Json::of(report.policy_uri));
    policy.add("digest", Json::of(report.policy_digest));
    policy.add("pinned", Json::of(report.policy_pinned));
    document.add("evaluated_at", Json::of(format_instant(report.evaluated_at)));
    document.add("subjects", subjects(report));
    document.add("outside_files", number(report.outside_files));
    document.add("empty_arguments", number(report.empty_arguments));
    Json& errors = document.add("errors", Json::array());
    for (const Error& error : report.errors) errors.push(Json::of(error.message));
    Json& waivers = document.add("waivers", Json::object());
    for (const char* list : {"used", "unused", "expired"}) waivers.add(list, Json::array());
    return codec::write_json(document) + "\n";
}

}  // namespace headgate::report
