// notifications.hpp: the routes by which registries and hubs tell what was pushed (events.hpp reads it): who tells must show a secret and learns
// nothing of the verdicts. Those are judged after the answer, one after the other; logs and metrics tell them, and a file keeps them signed, where
// one is asked for (attester.hpp).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/events.hpp"
#include "server/service.hpp"

namespace headgate::server {

class Notifications {
  public:
    /// Keeps the verdict about one push: a report that says what became of it, undecided too.
    using Record = std::function<Result<void>(const PushedSubject&, const Report&)>;

    /// `secrets`: of hubs. `record`: empty where nothing is kept.
    Notifications(Service& service, std::vector<std::string> secrets, Record record);

    /// POST /v1/events/registry, with a bearer token.
    HttpResponse registry(const HttpRequest& request);
    /// POST /v1/events/huggingface, with X-Webhook-Secret.
    HttpResponse hub(const HttpRequest& request);

  private:
    HttpResponse take(const Result<std::vector<PushedSubject>>& pushed);
    void judge(const std::vector<PushedSubject>& pushed);

    Service& service_;
    std::vector<std::string> secrets_;
    Record record_;
    EventQueue events_;                  // last: its thread uses all of the above
};

}  // namespace headgate::server
