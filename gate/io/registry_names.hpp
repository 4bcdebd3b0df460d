// registry_names.hpp: where a repository is asked for, and how (distribution-spec, "Pull"). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/registry.hpp"
#include "io/url.hpp"

namespace headgate::io {

/// The server that is asked for a repository, after mirrors and api_hosts.
struct RegistryPlace {
    Url server;                      // target "/"
    std::string host;                // "registry.example:5000": whose credentials are taken
    std::string path;                // of the repository there

    /// "https://host/v2/<path>/<what>".
    std::string url(std::string_view what) const { return server.origin() + "/v2/" + path + "/" + std::string(what); }
};

/// Error{usage}: no host or repository by the letter.
Result<RegistryPlace> place_of(const Repository& where, const RegistryOptions& options);
/// Error{usage} for an entry that says nothing that can be followed.
Result<void> check_registry_options(const RegistryOptions& options);

/// Whether plain http may be spoken to this server: to loopback by its name, and where the operator says so.
bool may_be_plain(const Url& url, const RegistryOptions& options);

/// "sha256:" and 64 lower-case hex digits.
bool is_registry_digest(std::string_view text);
/// Distribution-spec: at most 128 of A-Z a-z 0-9 _ . -, the first none of . and -.
bool is_registry_tag(std::string_view text);

/// For a query: everything but unreserved characters (RFC 3986) percent-encoded.
std::string encode_query(std::string_view text);

}  // namespace headgate::io
