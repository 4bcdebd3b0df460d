#include "server/service.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"
#include "io/directory.hpp"
#include "report/report.hpp"
#include "server/log.hpp"

namespace headgate::server {
namespace {

using codec::Json;

struct WantedSubject {
    std::string ref, path;
    std::optional<Kind> kind;
};

Result<WantedSubject> read_subject(const Json& item) {
    const auto wrong = [](std::string what) { return Error{ErrorCode::usage, std::move(what)}; };
    if (!item.is_object()) return wrong("a subject must be an object");
    WantedSubject subject;
    for (const Json::Member& member : item.members) {
        if (!member.second.is_text()) return wrong("a subject's members must be strings");
        if (member.first == "ref") {
            subject.ref = member.second.text;
        } else if (member.first == "path") {
            subject.path = member.second.text;
        } else if (member.first == "kind") {
            subject.kind = parse_kind(member.second.text);
            if (!subject.kind) return wrong("kind must be model, dataset, package or container");
        } else {
            return wrong("a subject has no member \"" + member.first + "\"; it has ref, kind and path");
        }
    }
    if (subject.ref.empty() && subject.path.empty()) return wrong("a subject needs a ref or a path");
    if (subject.ref.find('\0') != std::string::npos || subject.path.find('\0') != std::string::npos) {
        return wrong("a NUL in a subject");
    }
    return subject;
}

Result<std::vector<WantedSubject>> read_subjects(const std::string& body, std::size_t most) {
    codec::JsonLimits limits;
    limits.depth = 8;
    const Json document = TRY(codec::parse_json(as_bytes(body), limits));
    const Json* list = document.find("subjects");
    if (!document.is_object() || list == nullptr || !list->is_array() || document.members.size() != 1) {
        return Error{ErrorCode::usage, "expected {\"subjects\":[{\"ref\":...,\"kind\":...,\"path\":...}]} and nothing else"};
    }
    if (list->items.empty() || list->items.size() > most) {
        return Error{ErrorCode::usage, "expected 1 to " + std::to_string(most) + " subjects"};
    }
    std::vector<WantedSubject> subjects;
    subjects.reserve(list->items.size());
    for (const Json& item : list->items) subjects.push_back(TRY(read_subject(item)));
    return subjects;
}

// The root below which a path lies, and the path as an absolute one, still by the name that was given: that is what gets
// printed, as the CLI does. Links are resolved to see where it leads; the pipeline asks again when it opens the file.
Result<std::pair<std::string, std::string>> resolve(const std::vector<std::string>& roots, const std::string& path) {
    for (const std::string& root : roots) {
        const std::string given = path.starts_with('/') ? path : root + "/" + path;
        const auto real = io::real_path(given);
        if (real.ok() && io::is_below(*real, root)) return std::pair(root, given);
    }
    // One answer for what is not there and what lies elsewhere: nothing about the machine is told.
    return Error{ErrorCode::not_found, path + ": not found below the folders that may be judged"};
}

// Whatever escapes the judgement (memory that runs out, say) is a decision that could not be made, not a broken answer.
Report judge(const Decide& decide, const pipeline::LoadedPolicy& policy, const pipeline::Request& request) {
    try {
        return decide(policy, request);
    } catch (const std::exception& exception) {
        Report failed;
        failed.errors.push_back({ErrorCode::internal, request.arguments.front().text + ": " + exception.what()});
        return failed;
    }
}

// An admission that nobody can show afterwards is none.
void withdraw(SubjectVerdict& subject) {
    if (subject.decision != Decision::allow) return;
    subject.decision = Decision::error;
    subject.level = Level::none;
    subject.enforced = false;
    subject.error = "its verdict could not be recorded";
}

}  // namespace

HttpResponse problem(int status, const std::string& what) {
    Json body = Json::object();
    body.add("error", Json::of(what));
    return {status, codec::write_json(body) + "\n", "application/json"};
}

bool equal_secrets(std::string_view a, std::string_view b) {
    const crypto::Sha256Digest first = crypto::sha256(as_bytes(a));
    const crypto::Sha256Digest second = crypto::sha256(as_bytes(b));
    unsigned difference = 0;
    for (std::size_t i = 0; i < first.size(); ++i) difference |= static_cast<unsigned>(first[i] ^ second[i]);
    return difference == 0;
}

Service::Service(ServiceOptions options, const PolicyHolder& policy, Decide decide, std::function<Instant()> now)
    : options_(std::move(options)), policy_(policy), decide_(std::move(decide)), now_(std::move(now)) {}

bool Service::authorised(const HttpRequest& request) const {
    if (options_.tokens.empty()) return true;
    constexpr std::string_view kScheme = "Bearer ";
    if (!request.authorization.starts_with(kScheme)) return false;
    const std::string_view given = std::string_view(request.authorization).substr(kScheme.size());
    bool known = false;
    for (const std::string& token : options_.tokens) known = equal_secrets(given, token) || known;
    return known;
}

HttpResponse Service::evaluate(const HttpRequest& request) {
    if (!authorised(request)) {
        ++counters_.unauthorised;
        return problem(401, "a bearer token is needed");
    }
    return judge_subjects(request.body);
}

HttpResponse Service::judge_subjects(const std::string& body_of_request, const std::function<Result<void>(const Report&)>& record) {
    const auto subjects = read_subjects(body_of_request, options_.max_subjects);
    if (!subjects.ok()) {
        ++counters_.bad_request;
        return problem(400, subjects.error().message);
    }
    const PolicyHolder::View policy = policy_.view();
    Report report;
    if (policy.policy == nullptr) {
        report.evaluated_at = now_();
        report.policy_digest = "sha256:" + std::string(64, '0');
        report.errors.push_back({ErrorCode::policy, "no policy is in force"});
    } else {
        report = pipeline::report_under(*policy.policy);
        report.evaluated_at = now_();
        std::optional<std::chrono::steady_clock::time_point> deadline;
        if (const auto seconds = policy.policy->policy.defaults.http_deadline) {
            deadline = std::chrono::steady_clock::now() + std::chrono::seconds(*seconds);
        }
        for (const WantedSubject& wanted : *subjects) {
            pipeline::Request one;
            one.deadline = deadline;
            one.sandbox_required = true;     // nobody watches a server
            one.now = report.evaluated_at;
            one.jobs = 2;
            if (wanted.path.empty()) {
                one.arguments.push_back({wanted.ref, {}, wanted.kind});
                one.references_only = true;
            } else {
                const auto place = resolve(options_.roots, wanted.path);
                if (!place.ok()) {
                    report.errors.push_back(place.error());
                    continue;
                }
                one.root = one.print_base = place->first;
                one.arguments.push_back(
                    {place->second, wanted.ref.empty() ? std::nullopt : std::optional(wanted.ref), wanted.kind});
            }
            pipeline::merge(report, judge(decide_, *policy.policy, one));
        }
    }
    pipeline::conclude(report);
    if (record) {
        if (const auto recorded = record(report); !recorded.ok()) {
            log_line({{"event", "not attested"}, {"detail", recorded.error().message}});
            report.errors.push_back({ErrorCode::io, "the verdicts could not be recorded"});
            for (SubjectVerdict& subject : report.subjects) withdraw(subject);
            pipeline::conclude(report);
        }
    }
    switch (report.exit_code()) {
        case 0: ++counters_.allow; break;
        case 1: ++counters_.deny; break;
        default: ++counters_.error; break;
    }
    std::string body = report::json(report);
    if (!policy.warning.empty()) {
        // A last member, so that `subjects` stays what the CLI prints.
        body.erase(body.rfind('}'));
        body += ",\"warnings\":[\"" + codec::escape_json(policy.warning) + "\"]}\n";
    }
    return {200, body, "application/json"};
}

HttpResponse Service::livez(const HttpRequest&) const { return {200, "ok\n", "text/plain"}; }

HttpResponse Service::readyz(const HttpRequest&) const {
    if (const std::string why = unready ? unready() : ""; !why.empty()) return {503, why + "\n", "text/plain"};
    if (policy_.ready(now_())) return {200, "ok\n", "text/plain"};
    return {503, "no policy in force, or the last good one is too old\n", "text/plain"};
}

HttpResponse Service::metrics(const HttpRequest&) const {
    std::string text =
        "# HELP headgate_decisions_total Answers of /v1/evaluate by decision.\n# TYPE headgate_decisions_total counter\n";
    const auto count = [&](std::string_view name, std::uint64_t value) {
        text += std::string(name) + " " + std::to_string(value) + "\n";
    };
    count("headgate_decisions_total{decision=\"allow\"}", counters_.allow);
    count("headgate_decisions_total{decision=\"deny\"}", counters_.deny);
    count("headgate_decisions_total{decision=\"error\"}", counters_.error);
    text += "# HELP headgate_bad_requests_total Requests that were wrong.\n# TYPE headgate_bad_requests_total counter\n";
    count("headgate_bad_requests_total{reason=\"malformed\"}", counters_.bad_request);
    count("headgate_bad_requests_total{reason=\"unauthorised\"}", counters_.unauthorised);
    text += "# HELP headgate_policy_reload_failures_total Policies that did not load.\n"
            "# TYPE headgate_policy_reload_failures_total counter\n";
    count("headgate_policy_reload_failures_total", policy_.failures());
    if (more_metrics) text += more_metrics();
    return {200, text, "text/plain; version=0.0.4"};
}

}  // namespace headgate::server
