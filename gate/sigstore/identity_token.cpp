#include "sigstore/identity_token.hpp"

#include <algorithm>

#include "base/base64url.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::sigstore {
namespace {

using codec::Json;

constexpr std::size_t kMaxClaim = 1024;
constexpr std::int64_t kSkew = 300;      // seconds that the provider's clock may be ahead of ours

Error bad(const std::string& why) { return {ErrorCode::key, "the identity token " + why}; }

Result<std::string> claim(const Json& claims, const std::string& name) {
    const std::string* const text = claims.find_text(name);
    if (text == nullptr || text->empty() || text->size() > kMaxClaim || has_control_characters(*text)) {
        return bad("has no usable \"" + name + "\"");
    }
    return *text;
}

// "aud" is a text, or an array of them.
bool is_for(const Json& claims, std::string_view audience) {
    const Json* const aud = claims.find("aud");
    if (aud == nullptr) return false;
    if (aud->is_text()) return aud->text == audience;
    return aud->is_array() && std::any_of(aud->items.begin(), aud->items.end(), [&](const Json& one) { return one.is_text() && one.text == audience; });
}

// Some providers write the flag as text.
bool is_true(const Json* json) { return json != nullptr && ((json->type == Json::Type::boolean && json->boolean) || (json->is_text() && json->text == "true")); }

}  // namespace

Result<IdentityToken> read_identity_token(std::string_view text, std::string_view audience, Instant now) {
    text = trim(text);
    if (text.empty()) return bad("is empty");
    if (text.size() > kMaxIdentityToken) return bad("is larger than " + std::to_string(kMaxIdentityToken) + " bytes");
    const auto parts = split(text, '.');
    const auto payload = parts.size() == 3 ? from_base64url(parts[1]) : std::nullopt;
    const auto head = parts.size() == 3 ? from_base64url(parts[0]) : std::nullopt;
    if (!payload || !head || !(parts[2].empty() || from_base64url(parts[2]))) return bad("is no JSON Web Token (three parts in base64url)");
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = kMaxIdentityToken;
    limits.values = 2000;
    const auto claims = codec::parse_json(*payload, limits);
    if (!claims.ok() || !claims->is_object()) return bad("holds no JSON object");
    IdentityToken token;
    token.text = text;
    token.issuer = TRY(claim(*claims, "iss"));
    if (claims->find("email") != nullptr) {
        token.subject = TRY(claim(*claims, "email"));
        if (!is_true(claims->find("email_verified"))) return bad("names an e-mail address that its provider has not verified");
    } else {
        token.subject = TRY(claim(*claims, "sub"));
    }
    if (!is_for(*claims, audience)) {
        return bad("of " + escape_terminal(token.issuer, 200) + " is for another audience than \"" + std::string(audience) +
                   "\"; ask the provider for one for it (GitLab: id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } })");
    }
    if (const Json* const end = claims->find("exp")) {
        if (!end->is_integer()) return bad("has an \"exp\" that is no time");
        token.expires = Instant{end->integer};
        if (*token.expires <= now) return bad("of " + escape_terminal(token.issuer, 200) + " has ended; get a new one right before signing");
    }
    if (const Json* const start = claims->find("nbf")) {
        if (!start->is_integer()) return bad("has an \"nbf\" that is no time");
        if (start->integer > now.seconds + kSkew) {
            return bad("of " + escape_terminal(token.issuer, 200) + " does not count yet: it begins at " + format_instant({start->integer}));
        }
    }
    return token;
}

}  // namespace headgate::sigstore
