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
    auto code = server::serve(options);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace
}  // namespace headgate::cli

int main(int argc, char** argv) { return headgate::cli::run({argc, argv, {}}); }
