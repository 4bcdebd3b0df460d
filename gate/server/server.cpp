#include "server/server.hpp"

#include <atomic>
#include <csignal>
#include <thread>

#include "io/clock.hpp"
#include "io/heap.hpp"
#include "pipeline/isolation.hpp"
#include "pipeline/prepared_policy.hpp"
#include "server/admission.hpp"
#include "server/counters.hpp"
#include "server/grace_file.hpp"
#include "server/log.hpp"
#include "server/namespace_guard.hpp"
#include "server/notifications.hpp"
#include "server/service.hpp"
#include "server/settings.hpp"
#include "server/tls_holder.hpp"

namespace headgate::server {
namespace {

// Signals set flags and wake the door; everything else happens outside the handler.
std::atomic<Door*> running_door{nullptr};
std::atomic<bool> reload_asked{false};

extern "C" void on_stop(int) {
    end_log();
    if (Door* door = running_door.load()) door->stop();
}
extern "C" void on_reload(int) { reload_asked = true; }

void install_signals() {
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_stop;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    action.sa_handler = on_reload;
    ::sigaction(SIGHUP, &action, nullptr);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, nullptr);
}

bool tells_of_itself(std::string_view target, std::string_view response) {
    const std::string_view path = target.substr(0, target.find('?'));
    return response.substr(9, 3) == "200" && (path == "/v1/validate" || path == "/v1/mutate");
}

std::string answer(Router& api, Router& health, std::string request, const Connection& connection, bool keep_alive) {
    const Clock::time_point begin = Clock::now();
    std::string response = (connection.health() ? health : api).answer(connection.head(), std::move(request), connection.peer(), keep_alive, connection.received());
    // What was asked about an object has a line of its own, which says more.
    if (!connection.health() && !tells_of_itself(connection.head().target, response)) {
        const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
        log_line({{"time", format_instant(io::now())},
                  {"peer", connection.peer()},
                  {"method", connection.head().method},
                  {"target", connection.head().target},
                  {"status", response.substr(9, 3)},
                  {"ms", std::to_string(elapsed)}});
    }
    return response;
}

// A policy, with all that is known against packages: which of them requests will ask for, nobody knows.
Result<pipeline::LoadedPolicy> load_with_advisories(const ServeOptions& options) {
    pipeline::LoadedPolicy loaded = TRY(pipeline::load_policy(options.policy, options.pin));
    loaded.advisory_files = options.advisories;
    if (!options.advisories.empty()) {
        loaded.advisories = TRY(pipeline::bring_all_advisories(loaded, io::now()));
        loaded.advisory_sources = pipeline::sources_of(*loaded.advisories);
    }
    loaded.prepared = std::make_shared<pipeline::PreparedPolicies>();
    return loaded;
}

// Loads, and watches every file that the policy names.
Result<void> reload_and_follow(PolicyHolder& policy, FileWatch& watch) {
    TRY_VOID(policy.reload(io::now()));
    const auto files_of = [&] {
        std::vector<std::string> paths;
        for (const pipeline::NamedFile& file : policy.view().policy->files) paths.push_back(file.path);
        return paths;
    };
    if (watch.follow(files_of())) TRY_VOID(policy.reload(io::now()));
    return {};
}

HttpResponse review_namespace(const HttpRequest& request, const std::vector<std::string>& skippable) {
    auto answer = answer_namespace_review(request.body, skippable);
    if (!answer.ok()) return problem(400, answer.error().message);
    return {200, std::move(answer).value(), "application/json"};
}

}  // namespace

Result<int> serve(const ServeOptions& options) {
    TRY_VOID(refuse_open_doors(options));
    io::expect_many_requests();
    // Before tokens, keys and threads are there: the processes that parse are copies of this one as it is now.
    const auto isolation = TRY(pipeline::Isolation::start(pipeline::Isolation::Mode::required));
    ServiceOptions service_options;
    service_options.tokens = TRY(read_tokens(options.token_file));
    service_options.roots = TRY(real_roots(options.roots));
    std::shared_ptr<pipeline::RegistryImages> images;
    if (options.open_images) images = TRY(options.open_images());
    std::shared_ptr<Attester> attester;
    if (options.open_attester) attester = TRY(options.open_attester());
    std::shared_ptr<Attester> event_attester;
    if (options.open_event_attester) event_attester = TRY(options.open_event_attester());

    if (options.own_tls) TRY_VOID(io::make_certificate_folder(*options.own_tls));
    // Before the files are read: a change while they are is noticed later.
    FileWatch watch(watched_files(options));
    PolicyHolder policy([&] { return load_with_advisories(options); }, options.policy_max_stale);
    TRY_VOID(reload_and_follow(policy, watch));
    TlsHolder tls(options.tls, options.own_tls);
    TRY_VOID(tls.reload(io::now()));

    const auto decide = [&](const pipeline::LoadedPolicy& loaded, pipeline::Request request) {
        request.isolation = isolation;
        request.registry = images;
        return pipeline::decide(loaded, request);
    };
    Service service(std::move(service_options), policy, decide, io::now);
    std::atomic<bool> draining{false};
    service.unready = [&]() -> std::string {
        if (draining) return "shutting down";
        return log_is_stuck() ? "lines of the log wait: nobody takes them from stderr" : tls.unready();
    };
    Admission::Options admission_options;
    admission_options.registry = images.get();
    admission_options.isolation = isolation.get();
    admission_options.workers = options.limits.workers;
    if (attester != nullptr) {
        admission_options.attest = [&](const auto& review, const auto& judgement, const auto& given, const std::string& digest) {
            return attester->review(review, judgement, given, digest);
        };
        service.attest = [&](const Report& report) { return attester->report(report); };
    }
    Admission admission(std::move(admission_options), policy, io::now);
    GraceFile grace(options.grace_file, admission.admitted());
    if (const auto read = grace.read(); !read.ok()) log_line({{"event", "grace file refused"}, {"detail", read.error().message}});
    // What is kept on disk, brought there: by the one who looks after things, and at the end.
    const auto keep = [&] {
        const PolicyHolder::View view = policy.view();
        const auto window = view.policy == nullptr ? std::nullopt : view.policy->policy.defaults.grace_admitted;
        if (const auto written = grace.write(io::now(), window.value_or(0)); !written.ok()) {
            log_line({{"event", "grace file not written"}, {"detail", written.error().message}});
        }
        for (const auto& one : {attester, event_attester}) {
            if (one == nullptr) continue;
            if (const auto kept = one->look_after(); !kept.ok()) log_line({{"event", "attestations not on disk"}, {"detail", kept.error().message}});
        }
    };
    Router api;
    // Whoever is let in without saying who they are gets reviews answered, and nothing judged by name.
    if (generic_is_guarded(options) || !options.admission) {
        api.post("/v1/evaluate", [&](const HttpRequest& request) { return service.evaluate(request); });
    }
    if (options.admission) {
        api.post("/v1/validate", [&](const HttpRequest& request) { return admission.validate(request); });
        api.post("/v1/provider", [&](const HttpRequest& request) { return admission.provide(request); });
        api.post("/v1/namespaces", [&](const HttpRequest& request) { return review_namespace(request, options.skippable_namespaces); });
    }
    if (options.mutate) api.post("/v1/mutate", [&](const HttpRequest& request) { return admission.mutate(request); });
    std::vector<std::string> secrets = TRY(read_tokens(options.webhook_secret_file));
    const bool hubs = !secrets.empty();
    Notifications::Record record;
    if (const auto& keeper_of_events = event_attester ? event_attester : attester) {
        record = [keeper_of_events](const PushedSubject& subject, const Report& report) {
            return keeper_of_events->pushed(subject.ref, parse_kind(subject.kind).value_or(Kind::container), report);
        };
    }
    Notifications notifications(service, std::move(secrets), std::move(record));
    if (!options.token_file.empty()) api.post("/v1/events/registry", [&](const HttpRequest& request) { return notifications.registry(request); });
    if (hubs) api.post("/v1/events/huggingface", [&](const HttpRequest& request) { return notifications.hub(request); });
    Router health;
    health.get("/livez", [&](const HttpRequest& request) { return service.livez(request); });
    health.get("/readyz", [&](const HttpRequest& request) { return service.readyz(request); });
    health.get("/metrics", [&](const HttpRequest& request) { return service.metrics(request); });

    const auto responder = [&](std::string request, const Connection& connection, bool keep_alive) {
        return answer(api, health, std::move(request), connection, keep_alive);
    };
    Door door(options.limits, responder, [&] { return tls.current(); });
    // Probes have a door and a thread of their own: whatever the other one is busy with, they are answered, to the end of the drain.
    DoorLimits few;
    few.connections = 64;
    few.workers = 0;
    few.drain = std::chrono::milliseconds(0);
    Door health_door(few, responder, [] { return std::nullopt; });
    door.on_refusal = [](const Connection& client, int status, const std::string& reason) {
        log_line({{"time", format_instant(io::now())},
                  {"peer", client.peer()},
                  {"status", std::to_string(status)},
                  {"refused", reason}});
    };
    service.more_metrics = [&] {
        return door_metrics(door.counts()) + (images ? image_metrics(images->counts()) : std::string()) + (options.admission ? admission.metrics() : std::string()) +
               (attester == nullptr ? std::string() : attester->metrics()) +
               (event_attester == nullptr ? std::string() : event_attester->metrics("headgate_event_attestations_total")) + tls.metrics();
    };
    const int port = TRY(door.listen(options.listen, false));
    const int health_port = TRY(health_door.listen(options.health_listen, true));
    running_door = &door;
    install_signals();
    log_line({{"event", "serving"}, {"port", std::to_string(port)}, {"health_port", std::to_string(health_port)},
              {"policy", policy.view().policy->policy.digest}});

    std::atomic<bool> lost{false};
    std::atomic<bool> ended{false};
    // Policies and certificates are read here, so that nobody who is served waits for it.
    const auto look_after = [&] {
        // Nothing can be judged any more, and nothing is judged otherwise: whoever started this process may start another.
        if (!lost && !isolation->alive()) {
            lost = true;
            log_line({{"event", "parsers lost"}, {"detail", "the process that makes them has ended; stopping"}});
            door.stop();
        }
        const bool changed = watch.changed();
        const bool asked = reload_asked.exchange(false);
        for (const auto& one : {attester, event_attester}) {
            if (asked && one != nullptr) one->reopen();
        }
        keep();
        if (changed || asked) {
            const auto loaded = reload_and_follow(policy, watch);
            log_line({{"event", loaded.ok() ? "policy loaded" : "policy refused"},
                      {"detail", loaded.ok() ? policy.view().policy->policy.digest : loaded.error().message}});
        }
        if (changed || asked || tls.due(io::now())) {
            const auto renewed = tls.reload(io::now());
            if (!renewed.ok()) log_line({{"event", "certificate refused"}, {"detail", renewed.error().message}});
        }
        for (const std::string& word : tls.news(io::now())) log_line({{"time", format_instant(io::now())}, {"event", "certificate"}, {"detail", word}});
    };
    std::thread keeper([&] {
        while (!ended) {
            look_after();
            for (int i = 0; i < 10 && !ended; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    });
    std::thread probes([&] { health_door.run([] {}); });
    door.run([] {}, [&] {
        draining = true;
        log_line({{"event", "draining"}});
    });
    ended = true;
    keeper.join();
    keep();
    health_door.stop();
    probes.join();
    running_door = nullptr;
    log_line({{"event", "stopped"}});
    flush_log();
    if (lost) return Error{ErrorCode::io, "the process that makes parsers has ended"};
    return 0;
}

}  // namespace headgate::server
