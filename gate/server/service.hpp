// service.hpp: the routes: what each answers, without any socket.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "server/policy_holder.hpp"
#include "server/router.hpp"

namespace headgate::server {

using Decide = std::function<Report(const pipeline::LoadedPolicy&, const pipeline::Request&)>;

struct ServiceOptions {
    std::vector<std::string> roots;      // absolute, without links: paths of requests lie below one of them
    std::vector<std::string> tokens;     // bearer tokens, any of which opens the generic routes; empty: open
    std::size_t max_subjects = 256;      // of one request
};

class Service {
  public:
    Service(ServiceOptions options, const PolicyHolder& policy, Decide decide, std::function<Instant()> now);

    /// POST /v1/evaluate. A judgement that fails is 200 with deny; only a request that is wrong is 4xx.
    HttpResponse evaluate(const HttpRequest& request);
    HttpResponse livez(const HttpRequest& request) const;
    HttpResponse readyz(const HttpRequest& request) const;
    /// Prometheus text exposition.
    HttpResponse metrics(const HttpRequest& request) const;

    /// The judgement of evaluate() without its question who asks: the same bodies, the same answers, the same counts.
    HttpResponse judge_subjects(const std::string& body_of_request) { return judge_subjects(body_of_request, attest); }
    /// The same, and `record` in the place of `attest`; empty: nothing is recorded.
    HttpResponse judge_subjects(const std::string& body_of_request, const std::function<Result<void>(const Report&)>& record);
    /// The caller shows one of the tokens, or there are none.
    bool authorised(const HttpRequest& request) const;

    std::function<std::string()> unready;        // why it should get no requests now, "" when it should; set before serving
    /// Extra lines for metrics(), such as the door's counters.
    std::function<std::string()> more_metrics;
    /// Records the signed verdicts of a request before it is answered; an Error makes the answer one that could not decide. Set before serving.
    std::function<Result<void>(const Report&)> attest;

  private:
    ServiceOptions options_;
    const PolicyHolder& policy_;
    Decide decide_;
    std::function<Instant()> now_;
    struct Counters {
        std::atomic<std::uint64_t> allow{0}, deny{0}, error{0}, bad_request{0}, unauthorised{0};
    };
    Counters counters_;
};

/// The answer to a request that is wrong: {"error": what}.
HttpResponse problem(int status, const std::string& what);

/// Both are hashed first, so that neither content nor length of a secret shows in the time it takes.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace headgate::server
