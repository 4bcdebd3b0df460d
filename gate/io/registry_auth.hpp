// registry_auth.hpp: who we are to a registry: credentials, tokens, and to whom they may go. Private to io/registry*.cpp. Thread-safe.
//
// Credentials are found by the host and repository that are asked for. They go to that server, and to a token service of its own origin or
// of one that the operator lists; to another one nothing goes but the question for an anonymous token. Never over plain text that leaves
// this machine.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "io/docker_config.hpp"
#include "io/http.hpp"
#include "io/registry_challenge.hpp"
#include "io/registry_names.hpp"

namespace headgate::io {

class RegistryAuth {
  public:
    /// One request to a token service; patient, bounded.
    using Ask = std::function<Result<HttpResponse>(const HttpRequest& request, Deadline deadline)>;

    RegistryAuth(const RegistryOptions& options, DockerConfig config, Ask ask) : options_(options), config_(std::move(config)), ask_(std::move(ask)) {}

    /// What is known to be asked for: a header value, or "" for nothing.
    Result<std::string> before(const RegistryPlace& place, Deadline deadline);
    /// After a 401 to a request that had `sent`. Error{key}: nothing more can be said; {malformed}: no challenge that is taken.
    Result<std::string> after(const RegistryPlace& place, const HttpResponse& refusal, const std::string& sent, Deadline deadline);

  private:
    // Of one repository. Whoever asks for a token holds `busy`; the others wait for what it brings.
    struct Known {
        std::timed_mutex busy;
        std::string header;
        Deadline until;              // of `header`
    };
    struct Helped {
        RegistryCredentials credentials;
        Deadline until;
    };

    std::shared_ptr<Known> known(const RegistryPlace& place);
    Result<RegistryCredentials> credentials(const RegistryPlace& place, Deadline deadline);
    Result<std::string> bearer(const RegistryPlace& place, const AuthChallenge& challenge, Known& known, Deadline deadline);
    Result<std::string> basic(const RegistryPlace& place, Known& known, Deadline deadline);

    const RegistryOptions& options_;
    const DockerConfig config_;
    const Ask ask_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Known>> known_;
    std::map<std::string, Helped> helped_;
};

}  // namespace headgate::io
