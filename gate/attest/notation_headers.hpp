// notation_headers.hpp: the attributes that both envelope forms carry, and the rules over them. Private to
// attest/notation*.cpp.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "attest/notation.hpp"

namespace headgate::attest::notation {

inline constexpr std::string_view kPayloadType = "application/vnd.cncf.notary.payload.v1+json";
inline constexpr std::string_view kScheme = "io.cncf.notary.signingScheme";
inline constexpr std::string_view kSigningTime = "io.cncf.notary.signingTime";
inline constexpr std::string_view kAuthenticTime = "io.cncf.notary.authenticSigningTime";
inline constexpr std::string_view kExpiry = "io.cncf.notary.expiry";
inline constexpr std::string_view kPlugin = "io.cncf.notary.verificationPlugin";
inline constexpr std::string_view kPluginVersion = "io.cncf.notary.verificationPluginMinVersion";
inline constexpr std::string_view kTimestamp = "io.cncf.notary.timestampSignature";
/// Written by hand and by Go programs, which do not mind the case of a member.
inline constexpr std::array<std::string_view, 2> kAgents = {"io.cncf.notary.signingAgent", "io.cncf.notary.SigningAgent"};

/// The protected headers as they were read; names are those above.
struct Headers {
    std::string content_type;
    std::string scheme;
    bool plugin = false;                      // one of the two plugin attributes is there
    std::vector<std::string> critical;        // names in `crit`, in their order
};

Error malformed(const std::string& what);
bool is_agent(std::string_view name);

/// Takes the header `name`, whose value the form of the envelope reads as text or as a time. False when no specification has it.
Result<bool> take_header(std::string_view name, const std::function<Result<std::string>()>& text, const std::function<Result<Instant>()>& time,
                         Headers& headers, NotationEnvelope& envelope);

/// Sets the scheme, and checks what is critical, which times go with which scheme, and content type.
Result<void> check_headers(const Headers& headers, NotationEnvelope& envelope);

/// DER certificates -> envelope.certificates; 1 to 8.
Result<void> add_certificate(ByteView der, NotationEnvelope& envelope);

}  // namespace headgate::attest::notation
