#include "server/http_head.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace headgate::server {
namespace {

bool is_token(std::string_view text) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kOthers.find(c) != std::string_view::npos;
    });
}

// Visible ASCII, spaces and tabs: no control characters, nothing above 0x7e.
bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (c >= 0x20 && c < 0x7f); });
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
    if (text.empty() || text.size() > 15) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

HttpHead refused(int status, std::string reason) {
    HttpHead head;
    head.state = HttpHead::State::refused;
    head.status = status;
    head.reason = std::move(reason);
    head.keep_alive = false;
    return head;
}

class HeaderReader {
  public:
    HeaderReader(HttpHead& head, const HttpLimits& limits) : head_(head), limits_(limits) {}

    // nullopt to go on, else the refusal.
    std::optional<HttpHead> line(std::string_view text) {
        if (++count_ > limits_.headers) return refused(431, "too many header fields");
        const std::size_t colon = text.find(':');
        // White space before the name would be a folded line, before the colon an attack (RFC 9112 5.1, 5.2).
        if (colon == std::string_view::npos || !is_token(text.substr(0, colon))) {
            return refused(400, "a malformed header field");
        }
        // Before trimming: what others take for white space is not all that we would.
        if (!is_field_value(text.substr(colon + 1))) {
            return refused(400, "a header value with control or non-ASCII characters");
        }
        const std::string_view value = trim(text.substr(colon + 1));
        return field(ascii_lower(text.substr(0, colon)), value);
    }

    std::optional<HttpHead> finish() const {
        if (hosts_ != 1) return refused(400, "exactly one Host header is needed");
        const bool has_body_method = head_.method == "POST";
        if (has_body_method && !has_length_) return refused(411, "Content-Length is needed");
        if (!has_body_method && head_.body_bytes > 0) return refused(400, "a body on a method that has none");
        if (head_.body_bytes > limits_.body_bytes) {
            return refused(413, "the body is larger than " + std::to_string(limits_.body_bytes) + " bytes");
        }
        return std::nullopt;
    }

  private:
    std::optional<HttpHead> field(const std::string& name, std::string_view value) {
        if (name == "host") ++hosts_;
        if (name == "transfer-encoding") return refused(411, "Transfer-Encoding is not taken; send Content-Length");
        if (name == "content-encoding") return refused(415, "an encoded body is not taken");
        if (name == "content-type" && ascii_lower(value).starts_with("multipart/")) {
            return refused(415, "a body in parts is not taken; send JSON");
        }
        if (name == "range") return refused(400, "an answer is given whole or not at all");
        if (name == "upgrade") return refused(400, "no protocol to upgrade to");
        if (name == "content-length") {
            const auto length = parse_length(value);
            if (has_length_ || !length) return refused(400, "a malformed or repeated Content-Length");
            has_length_ = true;
            head_.body_bytes = *length;
        }
        std::string* const asked = name == "authorization" ? &head_.authorization : name == "content-type" ? &head_.content_type
                                 : name == "x-webhook-secret" ? &head_.webhook_secret : nullptr;
        if (asked != nullptr) {
            if (!asked->empty()) return refused(400, "a repeated " + name);
            *asked = value;
        }
        if (name == "connection") {
            const std::string lower = ascii_lower(value);
            if (lower.find("close") != std::string::npos) head_.keep_alive = false;
        }
        if (name == "expect") {
            if (ascii_lower(value) != "100-continue") return refused(417, "an unknown expectation");
            head_.expects_continue = true;
        }
        return std::nullopt;
    }

    HttpHead& head_;
    const HttpLimits& limits_;
    std::size_t count_ = 0;
    int hosts_ = 0;
    bool has_length_ = false;
};

std::optional<HttpHead> read_request_line(std::string_view line, const HttpLimits& limits, HttpHead& head) {
    const auto parts = split(line, ' ');
    if (parts.size() != 3 || !is_token(parts[0])) return refused(400, "a malformed request line");
    if (parts[2] != "HTTP/1.1") return refused(505, "only HTTP/1.1 is spoken here");
    if (parts[1].size() > limits.target_bytes) return refused(414, "the request target is too long");
    if (!parts[1].starts_with('/') || !is_field_value(parts[1]) || parts[1].find('\t') != std::string_view::npos) {
        return refused(400, "the request target is no path");
    }
    head.method = parts[0];
    head.target = parts[1];
    return std::nullopt;
}

}  // namespace

HttpHead read_http_head(std::string_view received, const HttpLimits& limits) {
    const std::size_t end = received.find("\r\n\r\n");
    const std::size_t known = end == std::string_view::npos ? received.size() : end + 4;
    if (known > limits.head_bytes) return refused(431, "the request head is too large");
    if (end == std::string_view::npos) return {};

    HttpHead head;
    head.head_bytes = known;
    HeaderReader headers(head, limits);
    std::string_view rest = received.substr(0, end);
    bool first = true;
    while (!rest.empty()) {
        const std::size_t stop = std::min(rest.find("\r\n"), rest.size());
        const std::string_view line = rest.substr(0, stop);
        rest.remove_prefix(std::min(stop + 2, rest.size()));
        if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
            return refused(400, "a bare CR, LF or NUL in the head");
        }
        auto refusal = first ? read_request_line(line, limits, head) : headers.line(line);
        if (refusal) return *refusal;
        first = false;
    }
    if (first) return refused(400, "an empty request");
    if (auto refusal = headers.finish()) return *refusal;
    head.state = HttpHead::State::complete;
    return head;
}

}  // namespace headgate::server
