// signing_config.hpp: Sigstore's SigningConfig document (application/vnd.dev.sigstore.signingconfig.v0.2+json): which services a signer
// asks, and which of them at a given time. What they answer is verified under a TrustedRoot; nothing here is trusted for being listed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

inline constexpr std::size_t kMaxSigningConfig = 1U << 20U;  // bytes of JSON
inline constexpr std::size_t kMaxServices = 64;              // of each kind

struct Service {
    std::string url;                     // http or https
    std::uint64_t version = 0;           // major version of the interface it speaks
    ValidFor valid_for;
    std::string operated_by;             // two services of one operator are one witness
};

enum class Selector { all, any, exact };

struct Selection {
    Selector selector = Selector::any;
    std::size_t count = 1;               // of `exact`
};

struct SigningConfig {
    std::vector<Service> certificate_authorities;
    std::vector<Service> identity_providers;
    std::vector<Service> logs;
    Selection log_selection;
    std::vector<Service> timestamp_authorities;
    Selection timestamp_selection;
};

/// Unknown members and selectors, other media types, a service without a URL, a version or a validity that starts, and services without a
/// word on how many of them to use are an Error{malformed}.
Result<SigningConfig> parse_signing_config(ByteView json);

/// Services in use at `now` that speak the newest of `versions` (newest first) that any of them speaks: the newest service of each
/// operator, and of these as many as the selection asks for, newest first. Error{usage} when there are too few; `what` names the kind.
Result<std::vector<Service>> choose_services(const std::vector<Service>& services, const Selection& selection,
                                             std::span<const std::uint64_t> versions, Instant now, const std::string& what);

}  // namespace headgate::sigstore
