#include "io/registry_token.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "io/registry_names.hpp"

namespace headgate::io {
namespace {

constexpr codec::JsonLimits kTokenLimits{20, kMaxTokenAnswer, 1'000};
constexpr std::size_t kMaxToken = 24U << 10U;

Error bad(const std::string& what) { return {ErrorCode::malformed, "the token service's answer: " + what}; }

}  // namespace

Result<RegistryToken> parse_token_answer(ByteView bytes) {
    const auto document = codec::parse_json(bytes, kTokenLimits);
    if (!document.ok()) return bad("no JSON");
    const std::string* const token = document->find_text("token");
    const std::string* const access = document->find_text("access_token");
    if (token != nullptr && access != nullptr && *token != *access) return bad("token and access_token differ");
    const std::string* const chosen = token != nullptr ? token : access;
    if (chosen == nullptr || chosen->empty()) return bad("no token");
    const bool visible = std::all_of(chosen->begin(), chosen->end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!visible || chosen->size() > kMaxToken) return bad("a token that no header may have");
    RegistryToken read;
    read.text = *chosen;
    if (const codec::Json* const lifetime = document->find("expires_in"); lifetime != nullptr) {
        if (!lifetime->is_integer() || lifetime->integer < 0) return bad("expires_in is no number of seconds");
        read.lifetime = std::chrono::seconds(std::min<std::int64_t>(lifetime->integer, kMaxTokenLifetime.count()));
    }
    return read;
}

HttpRequest token_request(const std::string& realm, std::string_view service, std::string_view path, const RegistryCredentials& credentials) {
    const std::string scope = "repository:" + std::string(path) + ":pull";
    HttpRequest request;
    if (!credentials.identity_token.empty()) {
        request.method = "POST";
        request.url = realm;
        request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
        request.body = "grant_type=refresh_token&client_id=headgate&service=" + encode_query(service) + "&scope=" + encode_query(scope) +
                       "&refresh_token=" + encode_query(credentials.identity_token);
        return request;
    }
    request.url = realm + (realm.find('?') == std::string::npos ? "?" : "&");
    if (!service.empty()) request.url += "service=" + encode_query(service) + "&";
    request.url += "scope=" + encode_query(scope);
    if (!credentials.empty()) request.headers.push_back({"Authorization", basic_authorization(credentials)});
    return request;
}

std::string basic_authorization(const RegistryCredentials& credentials) {
    return "Basic " + to_base64(as_bytes(credentials.user + ":" + credentials.password));
}

}  // namespace headgate::io
