// registry_token.hpp: what a registry's token service is asked, and what it answers (distribution, "Token Authentication"). Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "io/docker_config.hpp"
#include "io/http.hpp"

namespace headgate::io {

struct RegistryToken {
    std::string text;                          // what stands behind "Bearer "
    std::chrono::seconds lifetime{60};         // 60 where nothing is said; at most kMaxTokenLifetime
};
inline constexpr std::chrono::seconds kMaxTokenLifetime{3600};
inline constexpr std::size_t kMaxTokenAnswer = 256U << 10U;

/// Error{malformed}: no token, two that differ, or one with characters that no header may have.
Result<RegistryToken> parse_token_answer(ByteView bytes);

/// The request for a token to pull `path`, and nothing else, whatever the challenge's scope asks for. With an identity token a POST
/// (OAuth 2.0 refresh), else a GET, with or without credentials.
HttpRequest token_request(const std::string& realm, std::string_view service, std::string_view path, const RegistryCredentials& credentials);

/// "Basic ...".
std::string basic_authorization(const RegistryCredentials& credentials);

}  // namespace headgate::io
