#include "attest/notation_headers.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::attest::notation {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

// RFC 7515, 4.1.11: a name in `crit` that the reader does not process refuses the whole, and so does one that is not there.
Result<void> check_critical(const Headers& headers, const NotationEnvelope& envelope) {
    for (std::size_t i = 0; i < headers.critical.size(); ++i) {
        const std::string& name = headers.critical[i];
        if (std::find(headers.critical.begin(), headers.critical.begin() + static_cast<std::ptrdiff_t>(i), name) !=
            headers.critical.begin() + static_cast<std::ptrdiff_t>(i)) {
            return malformed("\"crit\" names \"" + escape_terminal(name, 80) + "\" twice");
        }
        const bool present = name == kScheme || (name == kExpiry && envelope.expiry) ||
                             (name == kAuthenticTime && envelope.authentic_signing_time);
        if (name != kScheme && name != kExpiry && name != kAuthenticTime) {
            return malformed("the critical header \"" + escape_terminal(name, 80) + "\" is not known");
        }
        if (!present) return malformed("the critical header \"" + name + "\" is not there");
    }
    if (!contains(headers.critical, kScheme)) return malformed("the signing scheme is not marked critical");
    if (envelope.expiry && !contains(headers.critical, kExpiry)) return malformed("the expiry is not marked critical");
    if (envelope.authentic_signing_time && !contains(headers.critical, kAuthenticTime)) {
        return malformed("the authentic signing time is not marked critical");
    }
    return {};
}

}  // namespace

Error malformed(const std::string& what) { return {ErrorCode::malformed, "no Notation signature: " + what}; }

bool is_agent(std::string_view name) { return std::find(kAgents.begin(), kAgents.end(), name) != kAgents.end(); }

Result<bool> take_header(std::string_view name, const std::function<Result<std::string>()>& text, const std::function<Result<Instant>()>& time,
                         Headers& headers, NotationEnvelope& envelope) {
    if (name == kScheme) {
        headers.scheme = TRY(text());
    } else if (name == kSigningTime) {
        envelope.signing_time = TRY(time());
    } else if (name == kAuthenticTime) {
        envelope.authentic_signing_time = TRY(time());
    } else if (name == kExpiry) {
        envelope.expiry = TRY(time());
    } else if (name == kPlugin || name == kPluginVersion) {
        headers.plugin = true;
    } else {
        return false;
    }
    return true;
}

Result<void> check_headers(const Headers& headers, NotationEnvelope& envelope) {
    if (headers.plugin) {
        return Error{ErrorCode::unsupported, "the signature can only be verified with a plugin (" + std::string(kPlugin) + "), and none is used here"};
    }
    if (headers.content_type != kPayloadType) {
        return malformed("its content type is \"" + escape_terminal(headers.content_type, 120) + "\", expected is " + std::string(kPayloadType));
    }
    if (headers.scheme == "notary.x509") {
        envelope.scheme = NotationScheme::x509;
        if (envelope.authentic_signing_time) return malformed("the scheme notary.x509 has no authentic signing time");
        if (!envelope.signing_time) return malformed("the scheme notary.x509 needs a signing time");
    } else if (headers.scheme == "notary.x509.signingAuthority") {
        envelope.scheme = NotationScheme::signing_authority;
        if (!envelope.authentic_signing_time) return malformed("the scheme notary.x509.signingAuthority needs an authentic signing time");
        if (envelope.signing_time) return malformed("the scheme notary.x509.signingAuthority has no signing time of the signer");
    } else {
        return malformed("the signing scheme \"" + escape_terminal(headers.scheme, 80) + "\" is not known");
    }
    return check_critical(headers, envelope);
}

Result<void> add_certificate(ByteView der, NotationEnvelope& envelope) {
    if (envelope.certificates.size() >= kMaxNotationCertificates) {
        return malformed("more than " + std::to_string(kMaxNotationCertificates) + " certificates");
    }
    auto certificate = crypto::Certificate::from_der(der);
    if (!certificate.ok()) {
        return malformed("certificate " + std::to_string(envelope.certificates.size() + 1) + ": " + certificate.error().message);
    }
    envelope.certificates.push_back(std::move(certificate).value());
    return {};
}

}  // namespace headgate::attest::notation
