// sarif.cpp: SARIF 2.1.0 as GitHub code scanning takes it: every result has exactly one relative physical location with a
// region, no text is empty, numbers stay below GitHub's limits. Results that decided come first.
#include <algorithm>
#include <map>

#include "codec/json.hpp"
#include "report/report.hpp"
#include "report/walk.hpp"

namespace headgate::report {
namespace {

using codec::Json;

constexpr std::size_t kMaxResults = 25'000;
constexpr std::size_t kMaxText = 1'000;

struct Result {
    const SubjectVerdict* subject;
    const ReportedFinding* reported;
    bool decisive;
};

std::string or_else(std::string text, std::string fallback) {
    std::string chosen = text.empty() ? std::move(fallback) : std::move(text);
    if (chosen.size() > kMaxText) chosen = chosen.substr(0, kMaxText - 3) + "...";
    return chosen;
}

Json text_object(const std::string& text) {
    Json object = Json::object();
    object.add("text", Json::of(text));
    return object;
}

// A relative URI reference: no scheme, no leading slash, no dot segments, percent-encoded.
std::string relative_uri(std::string_view path) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string uri;
    std::size_t at = 0;
    while (at <= path.size()) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == "." || part == "..") continue;
        if (!uri.empty()) uri += '/';
        for (const char c : part) {
            const auto byte = static_cast<std::uint8_t>(c);
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                               c == '.' || c == '_' || c == '~';
            if (plain) {
                uri += c;
            } else {
                uri += '%';
                uri += kHex[byte >> 4U];
                uri += kHex[byte & 15U];
            }
        }
    }
    return uri;
}

// GitHub's severity bands: above 9 critical, 7 to 8.9 high, 4 to 6.9 medium, below low.
std::string_view security_severity(Severity severity) {
    switch (severity) {
        case Severity::critical: return "9.5";
        case Severity::high: return "8.0";
        case Severity::medium: return "5.5";
        case Severity::low: return "3.0";
        case Severity::info: break;
    }
    return "0.5";
}

std::string_view level(const Result& result) {
    if (result.decisive) return "error";
    return result.reported->finding.severity == Severity::info ? "note" : "warning";
}

// FNV-1a: stable across runs, so that an alert is recognised again. No security rests on it.
std::string fingerprint(const std::string& text) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211ULL;
    std::string hex;
    for (int shift = 60; shift >= 0; shift -= 4) hex += "0123456789abcdef"[(hash >> static_cast<unsigned>(shift)) & 15U];
    return hex + ":1";
}

Json location_json(const Report& report, const Result& result) {
    const Location& where = result.reported->finding.where;
    std::string uri = relative_uri(where.path);
    if (uri.empty() && result.subject->subject.named_at) uri = relative_uri(result.subject->subject.named_at->path);
    // A name has no file in the repository: the policy that refused it stands in.
    if (uri.empty() && report.policy_uri.find("://") == std::string::npos) uri = relative_uri(report.policy_uri);
    if (uri.empty()) uri = "policy";
    Json artifact = Json::object();
    artifact.add("uri", Json::of(uri));
    const std::int64_t line = where.line.value_or(1);
    Json region = Json::object();
    region.add("startLine", Json::of(line));
    region.add("startColumn", Json::of(std::int64_t{1}));
    region.add("endLine", Json::of(line));
    region.add("endColumn", Json::of(std::int64_t{2}));
    Json physical = Json::object();
    physical.add("artifactLocation", std::move(artifact));
    physical.add("region", std::move(region));
    Json logical = Json::object();
    logical.add("fullyQualifiedName",
                Json::of(where.member.empty() ? result.subject->subject.ref
                                              : result.subject->subject.ref + "!" + where.member));
    Json location = Json::object();
    location.add("physicalLocation", std::move(physical));
    location.add("logicalLocations", Json::array()).push(std::move(logical));
    return location;
}

Json result_json(const Report& report, const Result& result, std::int64_t rule_index) {
    const Finding& finding = result.reported->finding;
    Json object = Json::object();
    object.add("ruleId", Json::of(finding.id));
    object.add("ruleIndex", Json::of(rule_index));
    object.add("level", Json::of(level(result)));
    std::string message = result.subject->subject.ref + ": " + finding.message;
    if (finding.where.offset) message += " (at byte " + std::to_string(*finding.where.offset) + ")";
    if (!finding.fix.empty()) message += " Fix: " + finding.fix;
    object.add("message", text_object(or_else(message, finding.id)));
    object.add("locations", Json::array()).push(location_json(report, result));
    Json fingerprints = Json::object();
    fingerprints.add("primaryLocationLineHash",
                     Json::of(fingerprint(finding.id + "\n" + result.subject->subject.ref + "\n" + finding.where.path +
                                          "\n" + finding.where.member + "\n" + finding.message)));
    object.add("partialFingerprints", std::move(fingerprints));
    Json properties = Json::object();
    properties.add("subject", Json::of(result.subject->subject.ref));
    properties.add("decision", Json::of(to_string(result.subject->decision)));
    properties.add("rule", Json::of(or_else(result.reported->rule, "gate")));
    object.add("properties", std::move(properties));
    return object;
}

// One reporting descriptor per finding id; texts of the checker that asks, where there is one.
Json rule_json(const Finding& finding, const Checker* checker, Severity worst) {
    Json rule = Json::object();
    rule.add("id", Json::of(finding.id));
    rule.add("name", Json::of(finding.id));
    rule.add("shortDescription", text_object(or_else(checker == nullptr ? "" : std::string(checker->question), finding.id)));
    rule.add("fullDescription", text_object(or_else(finding.why, checker == nullptr ? finding.id : std::string(checker->why))));
    rule.add("help", text_object(or_else(finding.fix, checker == nullptr ? "See the policy's fix text." : std::string(checker->fix))));
    Json configuration = Json::object();
    configuration.add("level", Json::of(worst >= Severity::high ? "error" : "warning"));
    rule.add("defaultConfiguration", std::move(configuration));
    Json properties = Json::object();
    properties.add("security-severity", Json::of(security_severity(worst)));
    properties.add("precision", Json::of("high"));
    Json& tags = properties.add("tags", Json::array());
    tags.push(Json::of("security"));
    tags.push(Json::of("supply-chain"));
    rule.add("properties", std::move(properties));
    return rule;
}

const Checker* checker_of(const Result& result, std::span<const Checker> checkers) {
    for (const RuleOutcome& outcome : result.subject->rules) {
        if (outcome.id() != result.reported->rule) continue;
        for (const Checker& checker : checkers) {
            if (checker.id == outcome.check()) return &checker;
        }
    }
    return nullptr;
}

Json invocation(const Report& report) {
    Json object = Json::object();
    object.add("executionSuccessful", Json::of(report.exit_code() != 2));
    object.add("exitCode", Json::of(std::int64_t{report.exit_code()}));
    object.add("exitCodeDescription", Json::of(to_string(report.decision)));
    if (!report.errors.empty()) {
        Json& notifications = object.add("toolExecutionNotifications", Json::array());
        for (const Error& error : report.errors) {
            Json notification = Json::object();
            notification.add("level", Json::of("error"));
            notification.add("message", text_object(or_else(error.message, "could not decide")));
            notifications.push(std::move(notification));
        }
    }
    return object;
}

}  // namespace

std::string sarif(const Report& report, std::span<const Checker> checkers) {
    std::vector<Result> results;
    for_each_finding(report, [&](const SubjectVerdict& subject, const ReportedFinding& reported) {
        // GitHub knows no suppressions: what is waived stays out.
        if (result_of(subject, reported.rule) == RuleResult::waived) return;
        results.push_back({&subject, &reported, decides(subject, reported)});
    });
    std::stable_sort(results.begin(), results.end(), [](const Result& a, const Result& b) {
        return a.decisive != b.decisive ? a.decisive
                                        : a.reported->finding.severity > b.reported->finding.severity;
    });
    if (results.size() > kMaxResults) results.resize(kMaxResults);

    std::map<std::string, std::int64_t> index;
    Json rules = Json::array();
    Json items = Json::array();
    for (const Result& result : results) {
        const Finding& finding = result.reported->finding;
        const auto [known, added] = index.emplace(finding.id, static_cast<std::int64_t>(rules.items.size()));
        // Sorted worst first within decisive and not: the first one seen speaks for the id.
        if (added) rules.push(rule_json(finding, checker_of(result, checkers), finding.severity));
        items.push(result_json(report, result, known->second));
    }

    Json driver = Json::object();
    driver.add("name", Json::of("Headgate"));
    driver.add("version", Json::of(HEADGATE_VERSION));
    driver.add("informationUri", Json::of("https://headgate.dev"));
    driver.add("rules", std::move(rules));
    Json tool = Json::object();
    tool.add("driver", std::move(driver));
    Json automation = Json::object();
    automation.add("id", Json::of("headgate/check/"));
    Json run = Json::object();
    run.add("tool", std::move(tool));
    run.add("automationDetails", std::move(automation));
    run.add("invocations", Json::array()).push(invocation(report));
    run.add("results", std::move(items));
    Json document = Json::object();
    document.add("$schema", Json::of("https://json.schemastore.org/sarif-2.1.0.json"));
    document.add("version", Json::of("2.1.0"));
    document.add("runs", Json::array()).push(std::move(run));
    return codec::write_json_pretty(document) + "\n";
}

}  // namespace headgate::report
