// serve_main.cpp: the program headgate-serve, which `headgate serve` becomes. It is a program of its own so that the other
// commands do not load the HTTP library at every start.
#include "base/time.hpp"
#include "cli/serve_options.hpp"

namespace headgate::cli {

namespace {

int run(const Arguments& arguments) {
    CLI::App app("Judge over HTTP: POST /v1/evaluate, and with --admission /v1/validate; /livez, /readyz and /metrics on their own port.", "headgate serve");
    ServeArguments serve;
    add_serve_options(app, serve);
    if (const auto code = parse_arguments(app, arguments)) return *code;
    server::ServeOptions& options = serve.options;
    auto pin = make_pin(serve.policy_sha256, serve.policy_signed_by);
    if (!pin.ok()) return fail(pin.error());
    options.pin = *pin;
    if (!serve.policy_max_stale.empty()) {
        const auto seconds = parse_duration(serve.policy_max_stale);
        if (!seconds) return fail({ErrorCode::usage, "--policy-max-stale " + serve.policy_max_stale + ": expected a duration such as 1h"});
        options.policy_max_stale = *seconds;
    }
    options.open_images = [arguments = serve.registry] { return open_images(arguments); };
    if (!serve.drain.empty()) {
        const auto seconds = parse_duration(serve.drain);
        if (!seconds || *seconds > 3600) return fail({ErrorCode::usage, "--drain " + serve.drain + ": expected a duration of an hour at most, such as 10s"});
        options.limits.stay = std::chrono::seconds(*seconds);
    }
    if (!serve.own_tls_names.empty() && serve.own_tls_folder.empty()) return fail({ErrorCode::usage, "--tls-name needs --tls-self-signed"});
    if (!serve.own_tls_folder.empty()) options.own_tls = io::CertificateFolder{serve.own_tls_folder, serve.own_tls_names, {}};
    auto code = server::serve(options);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace
}  // namespace headgate::cli

int main(int argc, char** argv) { return headgate::cli::run({argc, argv, {}}); }
