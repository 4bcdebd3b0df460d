// docker_config.hpp: credentials for registries as docker (config.json) and podman (auth.json) write them down. Pure.
//
// An entry is for one host with its port, and, where its key goes on behind the host ("registry.example/team", podman), for the
// repositories below: the longest that fits counts. Keys in docker's old form ("https://registry.example/v1/") are for the whole host.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::io {

struct RegistryCredentials {
    std::string user;
    std::string password;
    std::string identity_token;      // in place of both: a refresh token for the registry's token service

    bool empty() const { return user.empty() && password.empty() && identity_token.empty(); }
};

struct DockerConfig {
    struct Entry {
        std::string key;             // as it is written
        std::string host;            // "registry.example:5000", ":443" removed, docker.io for its aliases
        std::string path;            // "" for all of the host
        RegistryCredentials credentials;      // empty where a helper keeps them
        std::string helper;          // of credHelpers
    };
    std::vector<Entry> entries;
    std::string store;               // credsStore: the helper for what is not in a file
};

inline constexpr std::size_t kMaxDockerConfig = 1U << 20U;
inline constexpr std::size_t kMaxDockerEntries = 1'000;

/// What else stands in such a file is docker's affair. Error{malformed}: no such file, two spellings of one user that differ, a helper's
/// name with characters outside A-Z a-z 0-9 . _ -, and what is over a limit. No secret is in a message.
Result<DockerConfig> parse_docker_config(ByteView bytes);

/// Where the credentials of a repository are.
struct CredentialSource {
    RegistryCredentials credentials;
    std::string helper;              // to be asked, where `credentials` are empty
    std::string server;              // what the helper is asked for
};
/// Nothing in it where the configuration knows no such host: nobody's credentials go there.
CredentialSource find_credentials(const DockerConfig& config, std::string_view host, std::string_view path);

/// A helper's answer ({"ServerURL": .., "Username": .., "Secret": ..}; the user "<token>" stands for an identity token).
Result<RegistryCredentials> parse_helper_answer(ByteView bytes);

}  // namespace headgate::io
