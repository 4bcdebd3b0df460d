#include "io/registry_requests.hpp"

#include <algorithm>
#include <thread>

#include "base/text.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "io/registry_headers.hpp"
#include "io/registry_token.hpp"

namespace headgate::io {
namespace {

using namespace std::chrono_literals;
using FetchClock = std::chrono::steady_clock;

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }
bool is_busy(int status) { return status == 429 || status >= 500; }

// How long to wait before the next try: what the server says, else longer each time.
std::chrono::milliseconds pause_before(unsigned tries, const HttpResponse& response) {
    const auto said = retry_after(response.header("retry-after"), now());
    if (said) return std::chrono::seconds(*said);
    return std::min<std::chrono::milliseconds>(200ms * (1U << std::min(tries, 5U)), 5'000ms);
}

Result<HttpResponse> judge_status(Result<HttpResponse> response, const RegistryQuestion& question, const Url& url) {
    const std::string& method = question.method;
    if (!response.ok() || response->status == 200 || (response->status == 206 && !question.range.empty())) return response;
    const auto error = [&](ErrorCode code, const std::string& why) {
        return Error{code, method + " " + url.shown() + ": " + why};
    };
    const std::string status = std::to_string(response->status);
    if (response->status == 404) return error(ErrorCode::not_found, "there is none (404)");
    if (response->status == 401 || response->status == 403) return error(ErrorCode::key, "the registry refuses (" + status + ")");
    return error(ErrorCode::io, "the registry answers " + status);
}

}  // namespace

RegistryFetcher::RegistryFetcher(RegistryOptions options, DockerConfig config, std::unique_ptr<HttpSession> session)
    : options_(std::move(options)), session_(std::move(session)),
      auth_(options_, std::move(config), [this](const HttpRequest& request, Deadline deadline) { return patient(request, kMaxTokenAnswer, {}, deadline); }) {}

Result<std::unique_ptr<RegistryFetcher>> RegistryFetcher::open(const RegistryOptions& options) {
    TRY_VOID(check_registry_options(options));
    DockerConfig config;
    if (!options.docker_config.empty()) {
        const auto bytes = read_file(options.docker_config, kMaxDockerConfig);
        if (!bytes.ok()) return Error{ErrorCode::io, bytes.error().message};
        auto read = parse_docker_config(*bytes);
        if (!read.ok()) return Error{read.error().code, options.docker_config + ": " + read.error().message};
        config = std::move(*read);
    }
    HttpSessionOptions session;
    session.connect = options.connect;
    session.idle = options.idle;
    session.connections = options.connections;
    session.kept_in_all = std::max<std::size_t>(64, options.connections * 4);
    session.further_authorities = options.ca_file;
    session.allowed_hosts = options.private_hosts;
    auto opened = TRY(HttpSession::open(session));
    return std::unique_ptr<RegistryFetcher>(new RegistryFetcher(options, std::move(config), std::move(opened)));
}

Result<HttpResponse> RegistryFetcher::patient(const HttpRequest& request, std::uint64_t limit, const HttpBodySink& sink, Deadline deadline) {
    for (unsigned tries = 0;; ++tries) {
        auto response = session_->send(request, deadline, limit, sink);
        if (!response.ok() || !is_busy(response->status) || tries >= options_.retries) return response;
        const auto pause = pause_before(tries, *response);
        // Who cannot be waited for is not waited for.
        if (FetchClock::now() + pause >= deadline) return response;
        std::this_thread::sleep_for(pause);
    }
}

Result<HttpResponse> RegistryFetcher::fetch(const RegistryPlace& place, const RegistryQuestion& question, Deadline deadline) {
    HttpRequest request;
    request.method = question.method;
    request.url = question.url;
    const Url url = TRY(parse_url(question.url));
    if (url.origin() != place.server.origin()) return Error{ErrorCode::usage, url.origin() + " is not " + place.server.origin()};
    std::string authorization = TRY(auth_.before(place, deadline));
    bool remembered = !authorization.empty();
    for (int asked = 0;; ++asked) {
        request.headers.clear();
        if (!question.accept.empty()) request.headers.push_back({"Accept", question.accept});
        if (!question.range.empty()) request.headers.push_back({"Range", question.range});
        if (!authorization.empty()) request.headers.push_back({"Authorization", authorization});
        auto response = patient(request, question.limit, question.sink, deadline);
        if (!response.ok()) return response;
        if (is_redirect(response->status)) return follow(*response, url, question, deadline);
        // Once; and once more where what was remembered no longer counts.
        const bool may_answer = asked == 0 || (asked == 1 && remembered);
        if (response->status != 401 || !may_answer) return judge_status(std::move(response), question, url);
        remembered = asked == 0 && remembered;
        authorization = TRY(auth_.after(place, *response, authorization, deadline));
    }
}

Result<HttpResponse> RegistryFetcher::follow(const HttpResponse& redirect, const Url& from, const RegistryQuestion& question, Deadline deadline) {
    Url at = from;
    std::string location(redirect.header("location"));
    for (unsigned followed = 1;; ++followed) {
        const auto error = [&](const std::string& why) { return Error{ErrorCode::malformed, question.method + " " + at.shown() + ": " + why}; };
        if (followed > kMaxRegistryRedirects) return error("over " + std::to_string(kMaxRegistryRedirects) + " redirects");
        const bool relative = location.starts_with('/') && !location.starts_with("//");
        const auto next = parse_url(relative ? at.origin() + location : location);
        if (!next.ok()) return error("a redirect to nowhere");
        if ((at.tls && !next->tls) || !may_be_plain(*next, options_)) return error("a redirect to plain http, " + next->origin());
        at = *next;
        HttpRequest request;
        request.method = question.method;
        request.url = at.origin() + at.target;
        if (!question.accept.empty()) request.headers.push_back({"Accept", question.accept});
        if (!question.range.empty()) request.headers.push_back({"Range", question.range});
        if (!question.range.empty()) request.headers.push_back({"Range", question.range});
        auto response = patient(request, question.limit, question.sink, deadline);
        if (!response.ok()) return response;
        if (!is_redirect(response->status)) return judge_status(std::move(response), question, at);
        location = response->header("location");
    }
}

}  // namespace headgate::io
