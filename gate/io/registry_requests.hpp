// registry_requests.hpp: one question to a registry, until it is answered: credentials, redirects, patience. Private to io/registry*.cpp.
#pragma once

#include <memory>
#include <string>

#include "io/http_session.hpp"
#include "io/registry_auth.hpp"
#include "io/registry_names.hpp"

namespace headgate::io {

inline constexpr unsigned kMaxRegistryRedirects = 5;

struct RegistryQuestion {
    std::string method = "GET";
    std::string url;                 // of the place's own server
    std::string accept;              // "" for blobs
    std::uint64_t limit = 0;         // bytes of the answer
    HttpBodySink sink;               // of a 200
    std::string range;               // "bytes=FIRST-LAST": then a 206 is an answer too, in its body; "" for all of it
};

class RegistryFetcher {
  public:
    static Result<std::unique_ptr<RegistryFetcher>> open(const RegistryOptions& options);
    RegistryFetcher(const RegistryFetcher&) = delete;
    RegistryFetcher& operator=(const RegistryFetcher&) = delete;

    /// A 200 (of a range also a 206). What else is answered is an Error, as Registry says. A redirect (GET, HEAD) is followed without any header of ours but Accept and Range;
    /// whoever is there gets no credentials.
    Result<HttpResponse> fetch(const RegistryPlace& place, const RegistryQuestion& question, Deadline deadline);
    const RegistryOptions& options() const { return options_; }
    std::uint64_t requests() const { return session_->requests(); }

  private:
    RegistryFetcher(RegistryOptions options, DockerConfig config, std::unique_ptr<HttpSession> session);
    Result<HttpResponse> patient(const HttpRequest& request, std::uint64_t limit, const HttpBodySink& sink, Deadline deadline);
    Result<HttpResponse> follow(const HttpResponse& redirect, const Url& from, const RegistryQuestion& question, Deadline deadline);

    const RegistryOptions options_;
    std::unique_ptr<HttpSession> session_;
    RegistryAuth auth_;
};

}  // namespace headgate::io
