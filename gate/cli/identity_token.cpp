#include "cli/identity_token.hpp"

#include <cstdlib>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "io/http.hpp"

namespace headgate::cli {
namespace {

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// What the person who runs this should do.
std::string way_to_one() {
    if (!environment("GITHUB_ACTIONS").empty()) return "give the job \"permissions: { id-token: write }\"";
    if (!environment("GITLAB_CI").empty()) return "give the job \"id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }\"";
    return "give --identity-token FILE, or the token in SIGSTORE_ID_TOKEN";
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
        if (plain) {
            encoded += c;
        } else {
            encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
        }
    }
    return encoded;
}

// As GitHub's OIDC reference has it: GET URL&audience=..., answered by a JSON object with "value".
Result<std::string> ask_github(const std::string& base, const std::string& bearer, const std::string& audience) {
    io::HttpRequest request;
    request.url = base + (base.find('?') == std::string::npos ? "?" : "&") + "audience=" + percent_encoded(audience);
    request.headers = {{"Authorization", "Bearer " + bearer}, {"Accept", "application/json"}};
    io::HttpOptions options;
    options.response_bytes = 2 * sigstore::kMaxIdentityToken;
    const io::HttpResponse response = TRY(io::http_send(request, options));
    if (response.status != 200) {
        return Error{ErrorCode::key, "GitHub gives no identity token: its service answered " + std::to_string(response.status)};
    }
    const auto json = codec::parse_json(as_bytes(response.body));
    const std::string* const value = json.ok() ? json->find_text("value") : nullptr;
    if (value == nullptr) return Error{ErrorCode::key, "GitHub gives no identity token: its service's answer holds none"};
    return *value;
}

}  // namespace

Result<TokenSource> TokenSource::find(const std::string& file) {
    TokenSource source;
    if (!file.empty()) {
        source.text_ = as_text(TRY(io::read_file(file, sigstore::kMaxIdentityToken)));
        return source;
    }
    source.text_ = environment("SIGSTORE_ID_TOKEN");
    source.request_url_ = environment("ACTIONS_ID_TOKEN_REQUEST_URL");
    source.request_token_ = environment("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    if (!source.text_.empty() || (!source.request_url_.empty() && !source.request_token_.empty())) return source;
    return Error{ErrorCode::usage, "--keyless: there is no identity token to sign with; " + way_to_one()};
}

Result<sigstore::IdentityToken> TokenSource::token(const std::string& audience) const {
    const std::string text = text_.empty() ? TRY(ask_github(request_url_, request_token_, audience)) : text_;
    return sigstore::read_identity_token(text, audience, io::now());
}

}  // namespace headgate::cli
