// registry_challenge.hpp: what a registry asks for: WWW-Authenticate (RFC 9110, 11.6.1). Strict, and pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace headgate::io {

struct AuthChallenge {
    std::string scheme;                                               // lower case: "bearer", "basic"
    std::string token68;                                              // in place of parameters
    std::vector<std::pair<std::string, std::string>> parameters;      // names in lower case, each once

    /// nullptr where it is not there.
    const std::string* find(std::string_view name) const;
};

inline constexpr std::size_t kMaxChallenge = 8192;      // bytes of one header field
inline constexpr std::size_t kMaxChallenges = 8;        // in it
inline constexpr std::size_t kMaxChallengeParameters = 16;

/// All challenges of one field, at least one. Error{malformed}: what is no challenge by the letter, a parameter that stands twice in one,
/// values with characters outside visible ASCII and space, and what is over a limit.
Result<std::vector<AuthChallenge>> parse_challenges(std::string_view field);

}  // namespace headgate::io
