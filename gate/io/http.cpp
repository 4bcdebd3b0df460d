#include "io/http.hpp"

#include "base/text.hpp"
#include "io/http_connection.hpp"
#include "io/http_exchange.hpp"
#include "io/url.hpp"

namespace headgate::io {
namespace {

Error about(const HttpRequest& request, const Url& url, const Error& error) {
    std::string hint;
    if (error.code == ErrorCode::io) hint = "; is the address right, and does this machine reach it?";
    if (error.code == ErrorCode::key) hint = "; certificates of an authority of your own go into SSL_CERT_FILE";
    return {error.code, request.method + " " + url.shown() + ": " + error.message + hint};
}

Result<HttpResponse> exchange(const HttpRequest& request, const Url& url, const HttpOptions& options, HttpConnection::Clock::time_point deadline) {
    HttpConnection connection = TRY(HttpConnection::open(url, options, deadline));
    HttpResponseReader reader(options.response_bytes, request.method != "HEAD");
    TRY_VOID(exchange_over(connection, request, url, HttpAfter::close, reader));
    return std::move(reader.response());
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

// Where a redirect leads; nullopt where it is not followed.
Result<std::optional<Url>> next_place(const HttpResponse& response, const Url& from) {
    const std::string_view location = response.header("location");
    if (location.empty()) return std::optional<Url>();
    const bool absolute = location.find("://") != std::string_view::npos;
    if (!absolute && (!location.starts_with('/') || location.starts_with("//"))) return std::optional<Url>();
    const Url to = TRY(parse_url(absolute ? std::string(location) : from.origin() + std::string(location)));
    if (from.tls && !to.tls) return Error{ErrorCode::malformed, "a redirect from https to " + to.origin()};
    return std::optional<Url>(to);
}

}  // namespace

Result<HttpResponse> http_send(const HttpRequest& request, const HttpOptions& options) {
    TRY_VOID(check_http_request(request));
    Url url = TRY(parse_url(request.url));
    HttpRequest current = request;
    const auto deadline = HttpConnection::Clock::now() + options.total;
    for (unsigned followed = 0;; ++followed) {
        if (!options.plain_anywhere) TRY_VOID(check_private(url));
        auto response = exchange(current, url, options, deadline);
        if (!response.ok()) return about(current, url, response.error());
        const bool may_follow = current.method == "GET" || current.method == "HEAD";
        if (!is_redirect(response->status) || options.redirects == 0 || !may_follow) return response;
        if (followed == options.redirects) return about(current, url, {ErrorCode::malformed, "over " + std::to_string(followed) + " redirects"});
        const auto next = next_place(*response, url);
        if (!next.ok()) return about(current, url, next.error());
        if (!*next) return response;
        if ((*next)->origin() != url.origin()) current.headers.clear();
        url = **next;
    }
}

}  // namespace headgate::io
