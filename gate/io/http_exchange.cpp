#include "io/http_exchange.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace headgate::io {
namespace {

constexpr std::size_t kChunk = 16U << 10U;

bool has_body(const HttpRequest& request) { return request.method == "POST" || request.method == "PUT" || request.method == "PATCH"; }

std::string head_of(const HttpRequest& request, const Url& url, HttpAfter after) {
    std::string head = request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                       "\r\nUser-Agent: headgate/" HEADGATE_VERSION "\r\nAccept-Encoding: identity\r\nConnection: " +
                       (after == HttpAfter::keep ? "keep-alive\r\n" : "close\r\n");
    if (has_body(request)) head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    for (const HttpHeader& header : request.headers) head += header.name + ": " + header.value + "\r\n";
    return head + "\r\n";
}

}  // namespace

Result<void> check_http_request(const HttpRequest& request) {
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

Result<void> exchange_over(HttpConnection& connection, const HttpRequest& request, const Url& url, HttpAfter after, HttpResponseReader& reader,
                           bool* heard) {
    const auto sent = connection.write(head_of(request, url, after) + request.body);
    if (!sent.ok() && sent.error().code == ErrorCode::deadline) return sent.error();
    std::uint8_t chunk[kChunk];
    while (!reader.done()) {
        const auto count = connection.read(chunk, sizeof chunk);
        if (!count.ok()) return sent.ok() ? count.error() : sent.error();
        if (*count == 0) {
            TRY_VOID(reader.end());
            continue;
        }
        if (heard != nullptr) *heard = true;
        TRY_VOID(reader.feed(as_text({chunk, *count})));
    }
    return {};
}

}  // namespace headgate::io
