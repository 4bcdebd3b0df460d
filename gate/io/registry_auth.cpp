#include "io/registry_auth.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "io/credential_helper.hpp"
#include "io/registry_token.hpp"

namespace headgate::io {
namespace {

using namespace std::chrono_literals;
using AuthClock = std::chrono::steady_clock;

constexpr std::size_t kMaxKnown = 4'096;             // repositories; strangers name them
constexpr std::chrono::seconds kHelpedFor = 300s;    // a helper's answer
constexpr std::chrono::seconds kBasicFor = 3600s;    // that a server asked for a password
constexpr std::chrono::seconds kMargin = 5s;         // a token is not used in its last moments

Error refused(const RegistryPlace& place, const std::string& why) {
    return {ErrorCode::key, place.server.origin() + " wants credentials for " + place.path + ": " + why};
}

// The one that is taken: a token where it is offered, else a password.
Result<AuthChallenge> choose(const HttpResponse& refusal) {
    std::vector<AuthChallenge> all;
    for (const HttpHeader& header : refusal.headers) {
        if (header.name != "www-authenticate" || all.size() > kMaxChallenges) continue;
        std::vector<AuthChallenge> some = TRY(parse_challenges(header.value));
        std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    for (const std::string_view scheme : {"bearer", "basic"}) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const AuthChallenge& one) { return one.scheme == scheme; });
        if (found != all.end()) return std::move(*found);
    }
    return Error{ErrorCode::malformed, "it says 401 and asks for neither a token (Bearer) nor a password (Basic)"};
}

bool private_line(const Url& url) { return url.tls || url.names_loopback(); }

}  // namespace

std::shared_ptr<RegistryAuth::Known> RegistryAuth::known(const RegistryPlace& place) {
    const std::string key = place.server.origin() + "/" + place.path;
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    if (known_.size() >= kMaxKnown) known_.clear();
    return known_.emplace(key, std::make_shared<Known>()).first->second;
}

Result<RegistryCredentials> RegistryAuth::credentials(const RegistryPlace& place, Deadline deadline) {
    const CredentialSource source = find_credentials(config_, place.host, place.path);
    if (source.helper.empty()) return source.credentials;
    const std::string key = source.helper + " " + source.server;
    {
        const std::lock_guard lock(mutex_);
        const auto found = helped_.find(key);
        if (found != helped_.end() && AuthClock::now() < found->second.until) return found->second.credentials;
    }
    const auto answer = TRY(ask_credential_helper(source.helper, source.server, deadline));
    const RegistryCredentials found = answer.value_or(RegistryCredentials{});
    const std::lock_guard lock(mutex_);
    if (helped_.size() >= kMaxKnown) helped_.clear();
    helped_[key] = {found, AuthClock::now() + kHelpedFor};
    return found;
}

Result<std::string> RegistryAuth::before(const RegistryPlace& place, Deadline deadline) {
    const auto entry = known(place);
    const std::unique_lock lock(entry->busy, deadline);
    if (!lock) return Error{ErrorCode::deadline, place.server.origin() + ": no token came in time"};
    return AuthClock::now() < entry->until ? entry->header : std::string();
}

Result<std::string> RegistryAuth::after(const RegistryPlace& place, const HttpResponse& refusal, const std::string& sent, Deadline deadline) {
    const auto chosen = choose(refusal);
    if (!chosen.ok()) return Error{chosen.error().code, place.server.origin() + ": " + chosen.error().message};
    const auto entry = known(place);
    const std::unique_lock lock(entry->busy, deadline);
    if (!lock) return Error{ErrorCode::deadline, place.server.origin() + ": no token came in time"};
    // Another request has found out meanwhile.
    if (!entry->header.empty() && entry->header != sent && AuthClock::now() < entry->until) return entry->header;
    entry->header.clear();
    entry->until = {};
    return chosen->scheme == "bearer" ? bearer(place, *chosen, *entry, deadline) : basic(place, *entry, deadline);
}

Result<std::string> RegistryAuth::bearer(const RegistryPlace& place, const AuthChallenge& challenge, Known& known, Deadline deadline) {
    const std::string* const realm = challenge.find("realm");
    const auto url = parse_url(realm == nullptr ? std::string_view() : std::string_view(*realm));
    if (!url.ok()) return Error{ErrorCode::malformed, place.server.origin() + " names a token service that has no URL"};
    if (!may_be_plain(*url, options_) || (place.server.tls && !url->tls)) return refused(place, "its token service " + url->origin() + " speaks plain http");
    const bool listed = std::any_of(options_.token_services.begin(), options_.token_services.end(), [&](const std::string& service) {
        const auto allowed = parse_url(service);
        return allowed.ok() && allowed->origin() == url->origin();
    });
    RegistryCredentials own = TRY(credentials(place, deadline));
    std::string hint;
    if (!own.empty() && ((!listed && url->origin() != place.server.origin()) || !private_line(*url))) {
        hint = "; the credentials for " + place.host + " were not sent there: " + url->origin() + " is no token service that is allowed to have them";
        own = {};
    }
    const std::string* const service = challenge.find("service");
    const auto answer = ask_(token_request(*realm, service == nullptr ? "" : *service, place.path, own), deadline);
    if (!answer.ok()) return answer.error();
    if (answer->status != 200) {
        const bool denied = answer->status >= 400 && answer->status < 500;
        return Error{denied ? ErrorCode::key : ErrorCode::io,
                     "the token service " + url->origin() + " answers " + std::to_string(answer->status) + " for " + place.host + "/" + place.path + hint};
    }
    const auto token = parse_token_answer(as_bytes(answer->body));
    if (!token.ok()) return Error{token.error().code, url->origin() + ": " + token.error().message};
    known.header = "Bearer " + token->text;
    known.until = AuthClock::now() + std::max<std::chrono::seconds>(token->lifetime - kMargin, 1s);
    return known.header;
}

Result<std::string> RegistryAuth::basic(const RegistryPlace& place, Known& known, Deadline deadline) {
    if (!private_line(place.server)) return refused(place, "a password is not sent over plain http");
    const RegistryCredentials own = TRY(credentials(place, deadline));
    if (own.empty() || !own.identity_token.empty()) return refused(place, "the docker configuration has none for " + place.host);
    known.header = basic_authorization(own);
    known.until = AuthClock::now() + kBasicFor;
    return known.header;
}

}  // namespace headgate::io
