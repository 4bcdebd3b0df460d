// serve_main.cpp: the program headgate-serve, which `headgate serve` becomes. It is a program of its own so that the other
// commands do not load the server, and its allocator, at every start.
#include "attest/dsse.hpp"
#include "base/time.hpp"
#include "cli/outputs.hpp"
#include "cli/private_key.hpp"
#include "cli/serve_options.hpp"
#include "crypto/pkcs11_uri.hpp"
#include "pipeline/data_hashes.hpp"

namespace headgate::cli {

namespace {

// What is appended to, or replaced, is nothing that is read.
Result<void> check_files(const ServeArguments& serve) {
    const server::ServeOptions& options = serve.options;
    std::vector<NamedPath> read = {{"--key", crypto::is_pkcs11_uri(serve.key) ? "" : serve.key},
                                   {"--policy", options.policy},
                                   {"--policy-signed-by", serve.policy_signed_by},
                                   {"--token-file", options.token_file},
                                   {"--webhook-secret-file", options.webhook_secret_file},
                                   {"--tls-cert", options.tls.certificate},
                                   {"--tls-key", options.tls.private_key},
                                   {"--client-ca", options.tls.client_ca}};
    for (const std::string& path : options.advisories.advisories) read.push_back({"--advisories", path});
    for (const std::string& path : options.advisories.vex) read.push_back({"--vex", path});
    for (const std::string& path : options.roots) read.push_back({"--root", path});
    return check_outputs(read, {{"--attest", serve.attest}, {"--events-verdicts", serve.events_verdicts}, {"--grace-file", options.grace_file}});
}

// Its key is asked for each review: one that has to be asked for over the network (--keyless) would be too late.
Result<std::shared_ptr<server::Attester>> open_attester(const ServeArguments& serve, const std::string& file) {
    auto key = std::make_shared<const crypto::PrivateKey>(TRY(read_private_key(serve.key)));
    server::Attester::Options options;
    options.file = file;
    const bool bundle = serve.attest_format == "bundle";
    options.emit.format = bundle ? attest::AttestFormat::bundle : attest::AttestFormat::dsse;
    options.sign = [key, bundle](std::string_view statement) {
        return bundle ? attest::sign_bundle(attest::kInTotoPayload, statement, *key) : attest::sign_envelope(attest::kInTotoPayload, statement, *key);
    };
    if (!serve.verifier_id.empty()) options.emit.verifier_id = serve.verifier_id;
    options.emit.tool_version = HEADGATE_VERSION;
    options.emit.data_hashes = pipeline::data_hashes();
    return server::Attester::open(std::move(options));
}

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
    const bool attests = !serve.attest.empty() || !serve.events_verdicts.empty();
    if (attests == serve.key.empty()) return fail({ErrorCode::usage, "--attest FILE and --events-verdicts FILE go together with --key FILE"});
    if (!attests && !serve.verifier_id.empty()) return fail({ErrorCode::usage, "--verifier-id goes with --attest FILE or --events-verdicts FILE"});
    if (!serve.events_verdicts.empty() && options.token_file.empty() && options.webhook_secret_file.empty()) {
        return fail({ErrorCode::usage, "--events-verdicts needs --token-file or --webhook-secret-file: without one nobody may tell of pushes"});
    }
    if (!options.grace_file.empty() && !options.admission) return fail({ErrorCode::usage, "--grace-file goes with --admission"});
    if (auto checked = check_files(serve); !checked.ok()) return fail(checked.error());
    if (!serve.attest.empty()) options.open_attester = [&serve] { return open_attester(serve, serve.attest); };
    if (!serve.events_verdicts.empty()) options.open_event_attester = [&serve] { return open_attester(serve, serve.events_verdicts); };
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
