// credential_helper.hpp: docker's credential helpers: the program docker-credential-NAME, asked for one server.
//
// The operator's own program: it runs with this process's environment, for that is where it finds what it needs.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "io/docker_config.hpp"

namespace headgate::io {

inline constexpr std::size_t kMaxHelperAnswer = 256U << 10U;

/// nullopt: it knows no such server. Error{key}: it is not there, fails, or answers what is no answer; Error{deadline}: too slow, and killed
/// with its process group. `name` as parse_docker_config() lets it in.
Result<std::optional<RegistryCredentials>> ask_credential_helper(const std::string& name, const std::string& server,
                                                                 std::chrono::steady_clock::time_point deadline);

}  // namespace headgate::io
