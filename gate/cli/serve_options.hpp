// serve_options.hpp: the options of `headgate serve`: headgate-serve parses them, headgate completes them.
#pragma once

#include <string>

#include "cli/parse.hpp"
#include "cli/policy_options.hpp"
#include "cli/registry_options.hpp"
#include "server/server.hpp"

namespace headgate::cli {

struct ServeArguments {
    server::ServeOptions options;
    std::string policy_sha256;
    std::string policy_signed_by;
    std::string policy_max_stale;
    RegistryArguments registry;
    std::string own_tls_folder;
    std::vector<std::string> own_tls_names;
    std::string drain;
    std::string attest;
    std::string events_verdicts;
    std::string attest_format = "dsse";
    std::string key;
    std::string verifier_id;
};

inline void add_serve_options(CLI::App& app, ServeArguments& serve) {
    server::ServeOptions& options = serve.options;
    app.add_option("--listen", options.listen, "where the API listens")->type_name("ADDRESS:PORT")->capture_default_str();
    app.add_option("--health-listen", options.health_listen, "where /livez, /readyz and /metrics listen")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
    app.add_option("--tls-cert", options.tls.certificate, "certificate chain (PEM), reloaded when it changes")->type_name("FILE");
    app.add_option("--tls-key", options.tls.private_key, "its private key (PEM)")->type_name("FILE");
    app.add_option("--client-ca", options.tls.client_ca, "clients need a certificate of this CA (PEM)")->type_name("FILE");
    app.add_option("--tls-self-signed", serve.own_tls_folder, "make an authority (ca.crt) and a certificate in this folder, and renew them")
        ->type_name("DIR");
    app.add_option("--tls-name", serve.own_tls_names, "name or address that clients know this server by (repeatable)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--skip-namespace", options.skippable_namespaces, "namespace that may bear the label admission.headgate.dev/skip (repeatable)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--drain", serve.drain, "after SIGTERM: not ready, and still serving for this long, e.g. 10s")->type_name("DURATION");
    app.add_option("--token-file", options.token_file, "bearer tokens, one a line; clients need one of them")->type_name("FILE");
    app.add_flag("--admission", options.admission, "answer Kubernetes: POST /v1/validate (and /v1/provider, /v1/namespaces), without a token");
    app.add_flag("--mutate", options.mutate, "with --admission: POST /v1/mutate pins tags to the digests that were judged");
    app.add_option("--webhook-secret-file", options.webhook_secret_file, "secrets of hubs' webhooks, one a line; then /v1/events/huggingface is there")
        ->type_name("FILE");
    app.add_option("--root", options.roots, "folder whose files may be judged (repeatable)")
        ->type_name("DIR")
        ->allow_extra_args(false);
    app.add_option("--attest", serve.attest, "append the signed verdict (in-toto VSA) of what is judged to this file, before it is answered")->type_name("FILE");
    app.add_option("--events-verdicts", serve.events_verdicts, "append the signed verdict of what registries and hubs tell of to this file, and not to that of --attest")
        ->type_name("FILE");
    one_of(app.add_option("--attest-format", serve.attest_format, "DSSE envelopes, or Sigstore bundles v0.3"), {"dsse", "bundle"})->capture_default_str();
    app.add_option("--key", serve.key, "private key for --attest and --events-verdicts (PEM; passphrase from HEADGATE_KEY_PASSPHRASE), or pkcs11: URI (PIN from HEADGATE_KEY_PIN)")
        ->type_name("FILE");
    app.add_option("--verifier-id", serve.verifier_id, "verifier.id of the attestations")->type_name("URI");
    app.add_option("--grace-file", options.grace_file, "keep here what was admitted, so that grace outlives this process")->type_name("FILE");
    add_policy_options(app, options.policy, serve.policy_sha256, serve.policy_signed_by);
    app.add_option("--policy-max-stale", serve.policy_max_stale, "not ready when reloads have failed for this long, e.g. 1h")
        ->type_name("DURATION");
    add_advisory_options(app, options.advisories);
    add_registry_options(app, serve.registry);
    add_offline_option(app, serve.registry);
    app.add_option("--workers", options.limits.workers, "requests judged at once")
        ->type_name("N")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--max-in-flight", options.limits.queue, "requests that may wait; beyond, 503")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option("--max-connections", options.limits.connections, "connections at once; beyond, 503")
        ->type_name("N")
        ->check(CLI::Range(8, 65'536))
        ->capture_default_str();
    app.add_option("--max-bodies", options.limits.bytes_in_flight, "bytes of all requests and answers together; beyond, 503")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1} << 20U, std::size_t{1} << 40U))
        ->capture_default_str();
}

}  // namespace headgate::cli
