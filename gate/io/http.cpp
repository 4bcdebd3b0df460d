#include "io/http.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "io/http_connection.hpp"
#include "io/url.hpp"

namespace headgate::io {
namespace {

constexpr std::size_t kChunk = 16U << 10U;

Error about(const HttpRequest& request, const Url& url, const Error& error) {
    std::string hint;
    if (error.code == ErrorCode::io) hint = "; is the address right, and does this machine reach it?";
    if (error.code == ErrorCode::key) hint = "; certificates of an authority of your own go into SSL_CERT_FILE";
    return {error.code, request.method + " " + url.shown() + ": " + error.message + hint};
}

bool has_body(const HttpRequest& request) { return request.method == "POST" || request.method == "PUT" || request.method == "PATCH"; }

// What would end the line, or the head, is nobody's header value.
Result<void> check_request(const HttpRequest& request) {
    const auto visible = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    };
    const bool known = has_body(request) || request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
    if (!known) return Error{ErrorCode::usage, "no such HTTP method: " + escape_terminal(request.method, 20)};
    if (!has_body(request) && !request.body.empty()) return Error{ErrorCode::usage, request.method + " has no body"};
    for (const HttpHeader& header : request.headers) {
        if (header.name.empty() || !visible(header.name) || header.name.find_first_of(": ") != std::string::npos || !visible(header.value)) {
            return Error{ErrorCode::usage, "the header " + escape_terminal(header.name, 40) + " has a character that no header may have"};
        }
    }
    return {};
}

std::string head_of(const HttpRequest& request, const Url& url) {
    std::string head = request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                       "\r\nUser-Agent: headgate/" HEADGATE_VERSION "\r\nAccept-Encoding: identity\r\nConnection: close\r\n";
    if (has_body(request)) head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    for (const HttpHeader& header : request.headers) head += header.name + ": " + header.value + "\r\n";
    return head + "\r\n";
}

Result<HttpResponse> exchange(const HttpRequest& request, const Url& url, const HttpOptions& options, HttpConnection::Clock::time_point deadline) {
    HttpConnection connection = TRY(HttpConnection::open(url, options, deadline));
    // A server that refuses early answers before it has read all: what it says is worth more than that writing failed.
    const auto sent = connection.write(head_of(request, url) + request.body);
    if (!sent.ok() && sent.error().code == ErrorCode::deadline) return sent.error();
    HttpResponseReader reader(options.response_bytes, request.method != "HEAD");
    std::uint8_t chunk[kChunk];
    while (!reader.done()) {
        const auto count = connection.read(chunk, sizeof chunk);
        if (!count.ok()) return sent.ok() ? count.error() : sent.error();
        if (*count == 0) {
            TRY_VOID(reader.end());
        } else {
            TRY_VOID(reader.feed(as_text({chunk, *count})));
        }
    }
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
    TRY_VOID(check_request(request));
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
