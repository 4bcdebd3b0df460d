// trust_options.hpp: the options that every `headgate verify KIND` over Sigstore material shares, and how its answer is printed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"
#include "sigstore/verify.hpp"

namespace CLI {
class App;
}

namespace headgate::cli {

struct TrustOptions {
    std::vector<std::string> trusted_roots;
    std::string key;
    std::optional<std::string> identity;
    std::optional<std::string> issuer;
    std::optional<std::size_t> log_threshold;
    std::optional<std::size_t> sct_threshold;
    std::optional<std::size_t> timestamp_threshold;
    std::optional<std::size_t> times_threshold;
    std::string verify_at;

    void add_to(CLI::App& app);
    /// Roots and key read, thresholds, the instant. Error{usage} unless exactly one of a key and an identity with its issuer is given, and
    /// a root where a certificate needs one, and for --sct-threshold beside a key. Without thresholds: one log entry where a root is given, and one SCT and one time for a
    /// certificate.
    Result<sigstore::Request> request() const;
    /// --verify-at, or now.
    Result<Instant> instant() const;
    /// The trusted roots alone.
    Result<std::vector<sigstore::TrustedRoot>> roots() const;
    /// "" if the signer is the one that was asked for (always for a key); else why not. An empty identity or issuer matches nobody.
    std::string identity_problem(const sigstore::VerifiedBundle& verified) const;
};

/// "sha256:<hex>", also sha384 and sha512. Error{usage} names the option.
Result<sigstore::Artifact> parse_artifact_digest(const std::string& option, const std::string& text);

/// Who signed, when, and which logs know it: members `signer`, `times`, `entries`, `scts`, `payload_type` and the like.
codec::Json describe(const sigstore::VerifiedBundle& verified);

/// Prints {"headgate":1,"verified":true, ...members of `answer`}; answers exit code 0.
int print_verified(codec::Json answer);
/// Prints {"headgate":1,"verified":false,"reason":..., ...members of `more`}; answers exit code 1.
int print_refused(const std::string& reason, codec::Json more = codec::Json::object());

}  // namespace headgate::cli
