#include "server/notifications.hpp"

#include "codec/json.hpp"
#include "io/clock.hpp"
#include "server/log.hpp"

namespace headgate::server {
namespace {

constexpr std::size_t kWaitingEvents = 64;

}  // namespace

Notifications::Notifications(Service& service, std::vector<std::string> secrets, Record record)
    : service_(service), secrets_(std::move(secrets)), record_(std::move(record)),
      events_([this](const std::vector<PushedSubject>& pushed) { judge(pushed); }, kWaitingEvents) {}

HttpResponse Notifications::registry(const HttpRequest& request) {
    if (!service_.authorised(request)) return problem(401, "a bearer token is needed");
    return take(read_registry_events(request.body));
}

HttpResponse Notifications::hub(const HttpRequest& request) {
    bool known = false;
    for (const std::string& secret : secrets_) known = equal_secrets(request.webhook_secret, secret) || known;
    if (!known) return problem(401, "the secret of the webhook is needed");
    return take(read_hub_event(request.body));
}

HttpResponse Notifications::take(const Result<std::vector<PushedSubject>>& pushed) {
    if (!pushed.ok()) return problem(400, pushed.error().message);
    const std::size_t count = pushed->size();
    if (count > 0 && !events_.push(*pushed)) return problem(503, "too many events wait; try again");
    return {202, "{\"accepted\":" + std::to_string(count) + "}\n", "application/json"};
}

void Notifications::judge(const std::vector<PushedSubject>& pushed) {
    for (const PushedSubject& subject : pushed) {
        const auto record = [&](const Report& report) -> Result<void> { return record_ ? record_(subject, report) : Result<void>(); };
        const HttpResponse answer = service_.judge_subjects(subjects_document({subject}), record);
        const auto verdict = codec::parse_json(as_bytes(answer.body));
        const std::string* const decision = verdict.ok() ? verdict->find_text("decision") : nullptr;
        log_line({{"time", format_instant(io::now())}, {"event", "pushed"}, {"subject", subject.ref}, {"decision", decision == nullptr ? "error" : *decision}});
    }
}

}  // namespace headgate::server
