#include "pipeline/policy_tests.hpp"

#include <algorithm>

#include "io/file_source.hpp"
#include "pipeline/layout.hpp"
#include "pipeline/recorded.hpp"

namespace headgate::pipeline {
namespace {

std::string listed(std::vector<std::string> items) {
    std::sort(items.begin(), items.end());
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
    return text.empty() ? "none" : text;
}

std::vector<std::string> ids(const std::vector<ExceptionNote>& notes) {
    std::vector<std::string> list;
    list.reserve(notes.size());
    for (const ExceptionNote& note : notes) list.push_back(note.id);
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

// The rule's results over a subject and its members, the worst first.
std::vector<std::string> results_of(const SubjectVerdict& verdict, const std::string& rule) {
    std::vector<RuleResult> results;
    const auto collect = [&](const SubjectVerdict& subject) {
        for (const RuleOutcome& outcome : subject.rules) {
            if (outcome.id() == rule) results.push_back(outcome.result);
        }
    };
    collect(verdict);
    for (const SubjectVerdict& member : verdict.members) collect(member);
    std::sort(results.begin(), results.end());
    std::vector<std::string> words;
    words.reserve(results.size());
    for (const RuleResult result : results) words.emplace_back(to_string(result));
    return words;
}

bool has_finding(const SubjectVerdict& verdict, const std::string& id) {
    const auto here = [&](const ReportedFinding& reported) { return reported.finding.id == id; };
    return std::any_of(verdict.findings.begin(), verdict.findings.end(), here) ||
           std::any_of(verdict.members.begin(), verdict.members.end(),
                       [&](const SubjectVerdict& member) { return has_finding(member, id); });
}

void compare(const PolicyTest::Expect& expect, const Report& report, std::vector<std::string>& problems) {
    const auto differs = [&](const std::string& what, const std::string& wanted, const std::string& got) {
        problems.emplace_back(what + ": expected " + wanted + ", got " + got);
    };
    for (const Error& error : report.errors) problems.push_back(error.message);
    if (report.subjects.empty()) return static_cast<void>(problems.emplace_back("there was no subject to judge"));
    const SubjectVerdict& verdict = report.subjects.front();
    if (expect.decision != to_string(report.decision)) differs("decision", expect.decision, std::string(to_string(report.decision)));
    if (!expect.level.empty() && expect.level != to_string(verdict.level)) differs("level", expect.level, std::string(to_string(verdict.level)));
    if (!expect.tier.empty() && expect.tier != verdict.tier) differs("tier", expect.tier, verdict.tier);
    for (const auto& [rule, wanted] : expect.rules) {
        std::vector<std::string> got;
        for (const SubjectVerdict& subject : report.subjects) {
            for (std::string& word : results_of(subject, rule)) got.push_back(std::move(word));
        }
        if (std::find(got.begin(), got.end(), wanted) == got.end()) differs("rule " + rule, wanted, listed(got));
    }
    for (const std::string& id : expect.findings) {
        const bool there = std::any_of(report.subjects.begin(), report.subjects.end(),
                                       [&](const SubjectVerdict& subject) { return has_finding(subject, id); });
        if (!there) problems.push_back("finding " + id + ": expected, and not there");
    }
    const auto waivers = [&](const char* what, const std::optional<std::vector<std::string>>& wanted, const std::vector<ExceptionNote>& got) {
        if (wanted && listed(*wanted) != listed(ids(got))) differs(what, listed(*wanted), listed(ids(got)));
    };
    waivers("used-waivers", expect.used_waivers, report.used_waivers);
    waivers("expired-waivers", expect.expired_waivers, report.expired_waivers);
}

Report judge(const LoadedPolicy& loaded, const PolicyTest& test, Instant now) {
    const std::string folder(parent_path(loaded.path));
    const auto beside = [&](const std::string& name) { return name.starts_with('/') || folder.empty() ? name : folder + "/" + name; };
    if (!test.evidence.empty()) {
        auto recorded = read_recordings(beside(test.evidence));
        if (recorded.ok()) return decide_recorded(loaded, std::move(recorded).value(), now);
        Report failed = report_under(loaded);
        failed.errors.push_back(recorded.error());
        return failed;
    }
    Request request;
    request.now = now;
    request.print_base = folder;
    const std::string path = beside(test.subject);
    request.arguments.push_back({io::path_type(path).ok() ? path : test.subject, test.as, test.kind});
    return decide(loaded, request);
}

}  // namespace

std::vector<TestOutcome> run_policy_tests(const LoadedPolicy& loaded, Instant now) {
    std::vector<TestOutcome> outcomes;
    for (const PolicyTest& test : loaded.policy.tests) {
        TestOutcome outcome{test.name, test.line, {}};
        compare(test.expect, judge(loaded, test, test.at.value_or(now)), outcome.problems);
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace headgate::pipeline
