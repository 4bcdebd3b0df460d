// server.hpp: `headgate serve`: the door, the routes and what reloads, put together.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "io/certificate_folder.hpp"
#include "pipeline/registry_images.hpp"
#include "server/attester.hpp"
#include "server/door.hpp"
#include "server/policy_holder.hpp"

namespace headgate::server {

struct ServeOptions {
    std::string listen = "127.0.0.1:8443";
    std::string health_listen = "127.0.0.1:8081";
    crypto::TlsContext::Files tls;           // empty certificate: plain HTTP, loopback only
    std::optional<io::CertificateFolder> own_tls;   // --tls-self-signed: certificates that are made and renewed here
    std::vector<std::string> skippable_namespaces;  // that may bear the label which takes them out (namespace_guard.hpp)
    std::string webhook_secret_file;         // what hubs show in X-Webhook-Secret, one a line; "": their route is not there
    std::string token_file;                  // one bearer token a line
    /// POST /v1/validate, /v1/provider and /v1/namespaces are there, open to whoever connects: an API server has no token, and a client certificate only
    /// where its operator gave it one (`tls.client_ca` then demands it). Beyond loopback they need TLS, and without a token or a client CA
    /// nothing else is served beside them.
    bool admission = false;
    bool mutate = false;                     // POST /v1/mutate besides
    std::vector<std::string> roots;
    std::string policy = "builtin:baseline";
    pipeline::PolicyPin pin;
    std::int64_t policy_max_stale = 0;       // seconds
    pipeline::AdvisoryFiles advisories;      // read with the policy, and again when one of them changes
    /// Where images are looked up, if a policy wants it; called once the processes that parse are set apart, for it reads credentials.
    /// None, or an answer of nullptr: nowhere.
    std::function<Result<std::shared_ptr<pipeline::RegistryImages>>()> open_images = {};
    /// What verdicts are signed with and where they go; called when `open_images` is, for it reads a key. None: they go nowhere.
    std::function<Result<std::shared_ptr<Attester>>()> open_attester = {};
    /// The same for verdicts about what was pushed (notifications.hpp). None: they go where the others do.
    std::function<Result<std::shared_ptr<Attester>>()> open_event_attester = {};
    std::string grace_file;                  // where what was admitted is kept between two lives of the process (pipeline/grace.hpp); "" nowhere
    DoorLimits limits;
};

/// Serves until SIGTERM or SIGINT; then it is not ready, serves on for `limits.stay`, drains and answers 0. What is judged is parsed by processes of their own (pipeline/isolation.hpp):
/// where they cannot be contained, or are lost, it does not serve: Error{io}. Error{usage} for settings that would open the gate to the
/// network unprotected; Error for files that do not load at the start (a policy that does not load at the start is one).
Result<int> serve(const ServeOptions& options);

}  // namespace headgate::server
