// registry.hpp: the client of OCI registries (distribution-spec 1.1): manifests, blobs, referrers. Thread-safe.
//
// What a registry says is hostile. Whatever is returned has the digest that was asked for: computed here over the bytes, never taken from
// a header; a Docker-Content-Digest that says otherwise is an Error{malformed}. A tag is asked once and answers what it led to.
// Credentials go to the hosts they are written for, over TLS (or loopback), never across a redirect, and to a token service of another
// origin only where the operator allows it. Nothing is connected to that is on loopback, link-local or a metadata service, unless the
// operator allows that host.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::io {

using Deadline = std::chrono::steady_clock::time_point;

struct RegistryOptions {
    std::string docker_config;                 // config.json of docker, podman's auth.json; "" none: anonymous
    std::string ca_file;                       // PEM of further authorities; "": the system's
    std::vector<std::string> plain_http;       // "host[:port]" spoken to without TLS
    std::vector<std::string> private_hosts;    // "host[:port]" that may be on loopback, link-local or private to the machine
    struct Mirror {
        std::string host;                      // "docker.io"
        std::string prefix;                    // "mirror.example:5000/hub": asked in its place, and nobody else
    };
    std::vector<Mirror> mirrors;
    std::vector<Mirror> api_hosts;             // where a registry answers that is called otherwise (docker.io); its credentials go there
    std::vector<std::string> token_services;   // further origins ("https://auth.example") to which a host's credentials may go
    std::chrono::milliseconds connect{3'000};
    std::chrono::milliseconds idle{10'000};
    unsigned retries = 3;                      // of 429 and 5xx, as long as the deadline allows; Retry-After is honoured
    std::uint64_t manifest_bytes = 4ULL << 20U;
    std::uint64_t referrer_bytes = 4ULL << 20U;  // of all pages of one answer together
    std::size_t referrers = 1'000;             // entries; more are an Error{malformed}
    std::size_t connections = 16;              // kept for one origin; no more requests than that run at once to it
};

/// Where a repository is: as in a normalised Reference (`space` and `name` of scheme "oci").
struct Repository {
    std::string host;                          // "registry.example:5000", "docker.io"
    std::string path;                          // "acme/app", "library/nginx"
};

struct RegistryDocument {
    std::string media_type;                    // of Content-Type, parameters removed
    std::string digest;                        // "sha256:<hex>" of `content`
    Bytes content;
};

class Registry {
  public:
    /// Error{usage}: options that make no sense; {io}: a docker_config that cannot be read; {malformed}: one that does not parse;
    /// {key}: a ca_file that cannot be read.
    static Result<std::shared_ptr<Registry>> open(RegistryOptions options);
    ~Registry();
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    /// A manifest or index, by tag or digest ("sha256:..."). Error{not_found}: the registry has none; {io}, {deadline}: could not be asked
    /// (unreachable, 429, 5xx); {key}: TLS or credentials refused; {malformed}: the answer lies or is over a limit.
    Result<RegistryDocument> manifest(const Repository& where, std::string_view tag_or_digest, Deadline deadline) const;
    /// The digest that a tag leads to now (HEAD; GET where that says nothing), for `mutate`.
    Result<std::string> digest_of_tag(const Repository& where, std::string_view tag, Deadline deadline) const;
    /// A blob of at most `max_bytes`, whole.
    Result<Bytes> blob(const Repository& where, const std::string& digest, std::uint64_t max_bytes, Deadline deadline) const;
    /// `length` bytes of a blob from `offset` on. Their digest is nobody's: what was made of them counts only after stream() has compared the
    /// whole with its digest, and them with the whole. Error{io}: the registry hands out no ranges.
    Result<Bytes> range(const Repository& where, const std::string& digest, std::uint64_t offset, std::uint64_t length, Deadline deadline) const;
    /// A blob handed on as it arrives; `sink` answers false to stop (Error{usage}). The digest is known, and compared, only at the end:
    /// what the sink made of the bytes counts only if this succeeds.
    using Sink = std::function<bool(ByteView)>;
    Result<void> stream(const Repository& where, const std::string& digest, std::uint64_t size, const Sink& sink, Deadline deadline) const;
    /// The indexes that list what refers to a digest: every page of the referrers API, or, where the registry has none (404), the one
    /// under the fallback tag "sha256-<hex>"; empty where there is neither. Not verified beyond being what was asked for.
    Result<std::vector<RegistryDocument>> referrers(const Repository& where, const std::string& digest, Deadline deadline) const;

    /// Requests made so far, for metrics and tests.
    std::uint64_t requests() const;

  private:
    class State;
    explicit Registry(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace headgate::io
