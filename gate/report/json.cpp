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

Json plugin_data_json(const std::vector<PluginData>& list) {
    Json array = Json::array();
    for (const PluginData& one : list) {
        Json& data = array.push(Json::object());
        data.add("name", Json::of(one.name));
        if (!one.as_of.empty()) data.add("as_of", Json::of(one.as_of));
        if (!one.sha256.empty()) data.add("sha256", Json::of(one.sha256));
    }
    return array;
}

Json plugin_json(const PluginNote& note) {
    Json plugin = Json::object();
    plugin.add("name", Json::of(note.name));
    if (!note.program.empty()) plugin.add("program", Json::of(note.program));
    if (!note.version.empty()) plugin.add("version", Json::of(note.version));
    plugin.add("sha256", Json::of(note.sha256));
    if (!note.given.empty()) plugin.add("given", plugin_data_json(note.given));
    if (!note.used.empty()) plugin.add("used", plugin_data_json(note.used));
    if (!note.uncontained.empty()) plugin.add("uncontained", texts(note.uncontained));
    return plugin;
}

Json rule_json(const RuleOutcome& outcome) {
    Json rule = Json::object();
    rule.add("id", Json::of(outcome.id()));
    rule.add("check", Json::of(outcome.check()));
    rule.add("result", Json::of(to_string(outcome.result)));
    rule.add("mode", Json::of(to_string(outcome.mode)));
    rule.add("policy_line", Json::of(outcome.policy_line()));
    if (!outcome.reason.empty()) rule.add("reason", Json::of(outcome.reason));
    if (outcome.slsa_build_level > 0) rule.add("slsa_build_level", Json::of(outcome.slsa_build_level));
    if (outcome.plugin != nullptr) rule.add("plugin", plugin_json(*outcome.plugin));
    if (!outcome.controls().empty()) rule.add("controls", texts(outcome.controls()));
    // What a person needs to act on; of a rule that passed there is nothing to do.
    if (outcome.result == RuleResult::pass || outcome.result == RuleResult::not_applicable) return rule;
    if (!outcome.why().empty()) rule.add("why", Json::of(outcome.why()));
    if (!outcome.fix().empty()) rule.add("fix", Json::of(outcome.fix()));
    return rule;
}

Json exception_json(const ExceptionNote& note) {
    Json object = Json::object();
    object.add("id", Json::of(note.id));
    object.add("rule", Json::of(note.rule));
    object.add("subject", Json::of(note.subject));
    object.add("owner", Json::of(note.owner));
    if (!note.approved_by.empty()) object.add("approved_by", Json::of(note.approved_by));
    object.add("reason", Json::of(note.reason));
    if (!note.ticket.empty()) object.add("ticket", Json::of(note.ticket));
    object.add("expires", Json::of(format_instant(note.expires)));
    object.add("ending", Json::of(note.ending));
    object.add("policy_line", Json::of(note.line));
    return object;
}

Json exceptions_json(const std::vector<ExceptionNote>& notes) {
    Json array = Json::array();
    for (const ExceptionNote& note : notes) array.push(exception_json(note));
    return array;
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
    if (!finding.advisories.empty()) object.add("advisories", texts(finding.advisories));
    if (!reported.waiver.empty()) object.add("waiver", Json::of(reported.waiver));
    if (reported.remark) object.add("remark", Json::of(true));
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
    if (!report.policy_revision.empty()) policy.add("revision", Json::of(report.policy_revision));
    if (!report.policy_owner.empty()) policy.add("owner", Json::of(report.policy_owner));
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
    waivers.add("used", exceptions_json(report.used_waivers));
    waivers.add("unused", exceptions_json(report.unused_waivers));
    waivers.add("expired", exceptions_json(report.expired_waivers));
    if (!report.data.empty()) {
        Json& data = document.add("data", Json::array());
        for (const DataSource& source : report.data) {
            Json& one = data.push(Json::object());
            one.add("name", Json::of(source.name));
            one.add("kind", Json::of(source.kind));
            one.add("sha256", Json::of(source.sha256));
            one.add("records", number(source.records));
            if (source.as_of) one.add("as_of", Json::of(format_instant(*source.as_of)));
        }
    }
    if (!report.base_revision.empty()) {
        Json& base = document.add("base", Json::object());
        base.add("revision", Json::of(report.base_revision));
        base.add("known_denials", texts(report.known_denials));
    }
    Json& overrides = document.add("overrides", Json::object());
    overrides.add("in_force", exceptions_json(report.overrides));
    overrides.add("expired", exceptions_json(report.expired_overrides));
    return codec::write_json(document) + "\n";
}

}  // namespace headgate::report
