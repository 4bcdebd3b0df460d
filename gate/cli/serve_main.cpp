// serve_main.cpp: the program headgate-serve, which `headgate serve` becomes. It is a program of its own so that the other
// commands do not load the HTTP library at every start.
#include "server/server.hpp"

#include "base/time.hpp"
#include "cli/command.hpp"
#include "cli/policy_options.hpp"
#include "cli/parse.hpp"

namespace headgate::cli {

namespace {

int run(int argc, char** argv) {
    CLI::App app("Judge over HTTP: POST /v1/evaluate; /livez, /readyz and /metrics on their own port.", "headgate serve");
    server::ServeOptions options;
    std::string max_stale;
    app.add_option("--listen", options.listen, "ADDRESS:PORT of the API")->capture_default_str();
    app.add_option("--health-listen", options.health_listen, "ADDRESS:PORT of /livez, /readyz, /metrics")->capture_default_str();
    app.add_option("--tls-cert", options.tls.certificate, "certificate chain (PEM), reloaded when it changes");
    app.add_option("--tls-key", options.tls.private_key, "its private key (PEM)");
    app.add_option("--client-ca", options.tls.client_ca, "clients need a certificate of this CA (PEM)");
    app.add_option("--token-file", options.token_file, "bearer tokens, one a line; clients need one of them");
    app.add_option("--root", options.roots, "folder whose files may be judged (repeatable)")->allow_extra_args(false);
    std::string policy_sha256;
    std::string signed_by;
    add_policy_options(app, options.policy, policy_sha256, signed_by);
    app.add_option("--policy-max-stale", max_stale, "not ready when reloads have failed for this long, e.g. 1h");
    app.add_option("--workers", options.limits.workers, "requests judged at once")->check(CLI::Range(1, 256))->capture_default_str();
    app.add_option("--max-in-flight", options.limits.queue, "requests that may wait; beyond, 503")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    if (const auto code = parse_arguments(app, argc, argv)) return *code;
    auto pin = make_pin(policy_sha256, signed_by);
    if (!pin.ok()) return fail(pin.error());
    options.pin = *pin;
    if (!max_stale.empty()) {
        const auto seconds = parse_duration(max_stale);
        if (!seconds) return fail({ErrorCode::usage, "--policy-max-stale " + max_stale + ": expected a duration such as 1h"});
        options.policy_max_stale = *seconds;
    }
    auto code = server::serve(options);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace
}  // namespace headgate::cli

int main(int argc, char** argv) { return headgate::cli::run(argc, argv); }
