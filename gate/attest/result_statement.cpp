#include "attest/result_statement.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

namespace headgate::attest {
namespace {

using codec::Json;

void add_text(Json& object, std::string key, std::string_view value) {
    if (!value.empty()) object.add(std::move(key), Json::of(value));
}

Json location_of(const Location& where) {
    Json json = Json::object();
    add_text(json, "path", where.path);
    add_text(json, "member", where.member);
    if (where.offset) json.add("offset", Json::of(static_cast<std::int64_t>(*where.offset)));
    if (where.line) json.add("line", Json::of(static_cast<std::int64_t>(*where.line)));
    return json;
}

Json rules_of(const SubjectVerdict& verdict) {
    Json rules = Json::array();
    for (const RuleOutcome& rule : verdict.rules) {
        Json& json = rules.push(Json::object());
        json.add("id", Json::of(rule.id()));
        json.add("check", Json::of(rule.check()));
        json.add("result", Json::of(to_string(rule.result)));
        json.add("mode", Json::of(to_string(rule.mode)));
        add_text(json, "policy_line", rule.policy_line());
        add_text(json, "reason", rule.reason);
        if (rule.slsa_build_level > 0) json.add("slsaBuildLevel", Json::of(rule.slsa_build_level));
        if (rule.plugin != nullptr) json.add("plugin", Json::of(rule.plugin->name));
        if (!rule.controls().empty()) {
            Json& controls = json.add("controls", Json::array());
            for (const std::string& control : rule.controls()) controls.push(Json::of(control));
        }
    }
    return rules;
}

Json findings_of(const SubjectVerdict& verdict) {
    Json findings = Json::array();
    for (const ReportedFinding& reported : verdict.findings) {
        Json& json = findings.push(Json::object());
        json.add("id", Json::of(reported.finding.id));
        add_text(json, "rule", reported.rule);
        json.add("severity", Json::of(to_string(reported.finding.severity)));
        json.add("message", Json::of(reported.finding.message));
        json.add("location", location_of(reported.finding.where));
        add_text(json, "waiver", reported.waiver);
    }
    return findings;
}

Json coverage_of(const Coverage& coverage) {
    Json json = Json::object();
    json.add("bytes", Json::of(static_cast<std::int64_t>(coverage.bytes)));
    json.add("examined", Json::of(static_cast<std::int64_t>(coverage.examined)));
    Json& skipped = json.add("skipped", Json::array());
    for (const Opaque& region : coverage.skipped) {
        Json& item = skipped.push(Json::object());
        item.add("location", location_of(region.where));
        item.add("why", Json::of(region.why));
        item.add("bytes", Json::of(static_cast<std::int64_t>(region.bytes)));
    }
    Json& unchecked = json.add("unchecked", Json::array());
    for (const std::string& what : coverage.unchecked) unchecked.push(Json::of(what));
    return json;
}

Json exceptions_of(const std::vector<ExceptionNote>& notes) {
    Json array = Json::array();
    for (const ExceptionNote& note : notes) {
        Json& json = array.push(Json::object());
        json.add("id", Json::of(note.id));
        json.add("rule", Json::of(note.rule));
        json.add("subject", Json::of(note.subject));
        json.add("owner", Json::of(note.owner));
        add_text(json, "approvedBy", note.approved_by);
        json.add("reason", Json::of(note.reason));
        add_text(json, "ticket", note.ticket);
        json.add("expires", Json::of(format_instant(note.expires)));
    }
    return array;
}

Json data_of(const std::vector<PluginData>& list) {
    Json array = Json::array();
    for (const PluginData& one : list) {
        Json& json = array.push(Json::object());
        json.add("name", Json::of(one.name));
        add_text(json, "asOf", one.as_of);
        if (!one.sha256.empty()) json.add("digest", Json::of("sha256:" + one.sha256));
    }
    return array;
}

// Each program that was asked about the subject or a member of it, by its name in the policy. Several rules may ask one.
void collect_plugins(const SubjectVerdict& verdict, std::map<std::string, PluginNote>& notes) {
    for (const RuleOutcome& rule : verdict.rules) {
        if (rule.plugin == nullptr) continue;
        const auto [known, added] = notes.emplace(rule.plugin->name, *rule.plugin);
        if (added) continue;
        for (const PluginData& one : rule.plugin->used) {
            auto& used = known->second.used;
            if (std::find(used.begin(), used.end(), one) == used.end()) used.push_back(one);
        }
    }
    for (const SubjectVerdict& member : verdict.members) collect_plugins(member, notes);
}

Json plugins_of(const SubjectVerdict& verdict) {
    std::map<std::string, PluginNote> notes;
    collect_plugins(verdict, notes);
    Json plugins = Json::object();
    for (const auto& [name, note] : notes) {
        Json& json = plugins.add(name, Json::object());
        add_text(json, "program", note.program);
        add_text(json, "version", note.version);
        json.add("digest", Json::of("sha256:" + note.sha256));
        if (!note.given.empty()) json.add("given", data_of(note.given));
        if (!note.used.empty()) json.add("used", data_of(note.used));
        if (note.uncontained.empty()) continue;
        Json& missing = json.add("uncontained", Json::array());
        for (const std::string& what : note.uncontained) missing.push(Json::of(what));
    }
    return plugins;
}

// The packages of a lockfile come by the thousand, and the rules say the same of nearly all of them: each list of outcomes is written
// once, and a member names its number.
class RuleLists {
  public:
    std::int64_t number_of(const SubjectVerdict& verdict) {
        if (number_ >= 0 && last_.shares_with(verdict.rules)) return number_;
        // Of one rule all outcomes have one card: two lists that are the same but for that are merely written twice.
        last_ = verdict.rules;
        key_.clear();
        const auto append = [&](const auto& value) { key_.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
        for (const RuleOutcome& rule : verdict.rules) {
            append(reinterpret_cast<std::uintptr_t>(rule.card));
            append(rule.result);
            append(rule.mode);
            append(rule.slsa_build_level);
            append(reinterpret_cast<std::uintptr_t>(rule.plugin.get()));
            append(rule.reason.size());
            key_ += rule.reason;
        }
        const auto [known, added] = numbers_.emplace(key_, static_cast<std::int64_t>(numbers_.size()));
        if (added) lists_.push(rules_of(verdict));
        number_ = known->second;
        return number_;
    }
    Json take() { return std::move(lists_); }

  private:
    RuleOutcomes last_;
    std::int64_t number_ = -1;           // of last_
    std::string key_;
    std::unordered_map<std::string, std::int64_t> numbers_;
    Json lists_ = Json::array();
};

// What is said of a subject, and of each of its members alike (append_member).
Json verdict_of(const SubjectVerdict& verdict) {
    Json json = Json::object();
    json.members.reserve(10);
    json.add("ref", Json::of(verdict.subject.ref));
    json.add("kind", Json::of(to_string(verdict.subject.kind)));
    json.add("origin", Json::of(to_string(verdict.subject.origin)));
    add_text(json, "tier", verdict.tier);
    json.add("decision", Json::of(to_string(verdict.decision)));
    if (verdict.level != Level::none) json.add("level", Json::of(to_string(verdict.level)));
    json.add("enforced", Json::of(verdict.enforced));
    add_text(json, "error", verdict.error);
    json.add("rules", rules_of(verdict));
    json.add("findings", findings_of(verdict));
    return json;
}

// The members of verdict_of, as text; the rules are the number of a list.
void append_member(const SubjectVerdict& verdict, RuleLists& lists, std::string& out) {
    const auto add = [&](std::string_view key, std::string_view value) {
        out.append(out.back() == '{' ? "\"" : ",\"").append(key).append("\":");
        codec::append_json(value, out);
    };
    out += '{';
    add("ref", verdict.subject.ref);
    add("kind", to_string(verdict.subject.kind));
    add("origin", to_string(verdict.subject.origin));
    if (!verdict.tier.empty()) add("tier", verdict.tier);
    add("decision", to_string(verdict.decision));
    if (verdict.level != Level::none) add("level", to_string(verdict.level));
    out.append(",\"enforced\":").append(verdict.enforced ? "true" : "false");
    if (!verdict.error.empty()) add("error", verdict.error);
    out.append(",\"rules\":").append(std::to_string(lists.number_of(verdict))).append(",\"findings\":");
    codec::append_json(findings_of(verdict), out);
    out += '}';
}

// One after the other as text: a tree of all of them would be ten times as large. A number is written as it is spelled, and so is this.
Json members_of(const SubjectVerdict& verdict, RuleLists& lists) {
    Json members;
    members.type = Json::Type::real;
    constexpr std::size_t kUsual = 192;  // bytes of one of which there is nothing to tell
    members.text.reserve(verdict.members.size() * kUsual);
    members.text = "[";
    for (const SubjectVerdict& member : verdict.members) {
        if (members.text.size() > 1) members.text += ',';
        append_member(member, lists, members.text);
    }
    members.text += ']';
    return members;
}

// What was asked and answered; the verdict is the policy's, and an exception is one from it.
Json admission_of(const AdmissionNote& note) {
    Json json = Json::object();
    json.add("uid", Json::of(note.uid));
    json.add("operation", Json::of(note.operation));
    json.add("kind", Json::of(note.kind));
    add_text(json, "subResource", note.sub_resource);
    add_text(json, "namespace", note.name_space);
    add_text(json, "name", note.name);
    json.add("allowed", Json::of(note.allowed));
    json.add("code", Json::of(std::int64_t{note.code}));
    add_text(json, "exception", note.exception);
    Json& references = json.add("references", Json::array());
    for (const AdmissionNote::Named& one : note.named) {
        Json& reference = references.push(Json::object());
        reference.add("path", Json::of(one.path));
        reference.add("ref", Json::of(one.reference));
        add_text(reference, "digest", one.digest);
    }
    return json;
}

Json data_json(const std::vector<std::pair<std::string, std::string>>& data_hashes) {
    Json data = Json::object();
    for (const auto& [file, sha256] : data_hashes) data.add(file, Json::of("sha256:" + sha256));
    return data;
}

}  // namespace

std::string written_data(const std::vector<std::pair<std::string, std::string>>& data_hashes) { return codec::write_json(data_json(data_hashes)); }

Json result_predicate(const Report& report, const SubjectVerdict& verdict, const EmitOptions& options) {
    Json predicate = verdict_of(verdict);
    predicate.add("evaluatedAt", Json::of(format_instant(report.evaluated_at)));
    RuleLists lists;
    predicate.add("members", members_of(verdict, lists));
    predicate.add("memberRules", lists.take());
    std::vector<ExceptionNote> waivers = verdict.waivers;
    for (const SubjectVerdict& member : verdict.members) waivers.insert(waivers.end(), member.waivers.begin(), member.waivers.end());
    predicate.add("waivers", exceptions_of(waivers));
    predicate.add("overrides", exceptions_of(report.overrides));
    predicate.add("coverage", coverage_of(verdict.coverage));
    Json& policy = predicate.add("policy", Json::object());
    policy.add("name", Json::of(report.policy_name));
    policy.add("uri", Json::of(report.policy_uri));
    policy.add("digest", Json::of(report.policy_digest));
    Json& tool = predicate.add("tool", Json::object());
    tool.add("name", Json::of("headgate"));
    tool.add("version", Json::of(options.tool_version));
    predicate.add("plugins", plugins_of(verdict));
    predicate.add("data", data_json(options.data_hashes));
    if (options.admission != nullptr) predicate.add("admission", admission_of(*options.admission));
    if (report.data.empty()) return predicate;
    Json& brought = predicate.add("brought", Json::array());
    for (const DataSource& source : report.data) {
        Json& one = brought.push(Json::object());
        one.add("name", Json::of(source.name));
        one.add("kind", Json::of(source.kind));
        one.add("digest", Json::of("sha256:" + source.sha256));
        one.add("records", Json::of(static_cast<std::int64_t>(source.records)));
        if (source.as_of) one.add("asOf", Json::of(format_instant(*source.as_of)));
    }
    return predicate;
}

}  // namespace headgate::attest
