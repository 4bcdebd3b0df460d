#include "io/http_response.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace headgate::io {
namespace {

constexpr std::size_t kMaxChunkLine = 64;

Error bad(std::string what) { return {ErrorCode::malformed, "the answer is no HTTP that is taken: " + std::move(what)}; }

bool is_token(std::string_view text) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kOthers.find(c) != std::string_view::npos;
    });
}

// obs-text (0x80 and above) is allowed in values: some servers put names into headers.
bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); });
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
    std::uint64_t value = 0;
    if (text.empty() || text.size() > 15) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "HTTP/1.1 200 OK", "HTTP/1.1 200", also of a 1.0 server.
std::optional<int> read_status(std::string_view line) {
    if (!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) return std::nullopt;
    line.remove_prefix(9);
    const auto status = number(line.substr(0, 3), 10);
    if (!status || *status < 100 || *status > 599 || (line.size() > 3 && line[3] != ' ') || !is_field_value(line)) return std::nullopt;
    return static_cast<int>(*status);
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
    std::string_view found;
    int count = 0;
    for (const HttpHeader& one : headers) {
        if (one.name != name) continue;
        found = one.value;
        ++count;
    }
    return count == 1 ? found : std::string_view();
}

Error HttpResponseReader::too_large() const {
    return {ErrorCode::malformed, "the answer is larger than the " + std::to_string(body_limit_) + " bytes that are read"};
}

Result<void> HttpResponseReader::feed(std::string_view bytes) {
    if (done()) return {};
    pending_ += bytes;
    while (!done()) {
        if (!TRY(step())) break;
    }
    pending_.erase(0, used_);
    used_ = 0;
    return {};
}

Result<void> HttpResponseReader::end() {
    if (state_ == State::until_end) state_ = State::done;
    if (!done()) return bad(state_ == State::head ? "the connection ended before the head did" : "the connection ended before the body did");
    return {};
}

// True when something was used, false when more bytes are needed.
Result<bool> HttpResponseReader::step() {
    const std::string_view rest = std::string_view(pending_).substr(used_);
    if (state_ == State::head) {
        const std::size_t stop = rest.find("\r\n\r\n");
        if (stop == std::string_view::npos ? rest.size() > kMaxHead + 3 : stop > kMaxHead) return bad("its head is over " + std::to_string(kMaxHead) + " bytes");
        if (stop == std::string_view::npos) return false;
        used_ += stop + 4;
        TRY_VOID(read_head(rest.substr(0, stop)));
        return true;
    }
    if (state_ == State::chunk_size || state_ == State::chunk_end || state_ == State::trailer) {
        const std::size_t stop = rest.find("\r\n");
        if (stop == std::string_view::npos ? rest.size() > kMaxChunkLine + 1 : stop > kMaxChunkLine) return bad("a line between chunks is over " + std::to_string(kMaxChunkLine) + " bytes");
        if (stop == std::string_view::npos) return false;
        used_ += stop + 2;
        TRY_VOID(read_line(rest.substr(0, stop)));
        return true;
    }
    if (rest.empty()) return false;
    const std::size_t count = state_ == State::until_end ? rest.size() : static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
    used_ += count;
    TRY_VOID(take(rest.substr(0, count)));
    return true;
}

Result<void> HttpResponseReader::read_line(std::string_view line) {
    if (state_ == State::chunk_size) return read_chunk_size(line);
    if (!line.empty()) return bad(state_ == State::trailer ? "fields behind the body" : "a chunk is longer than it says");
    state_ = state_ == State::trailer ? State::done : State::chunk_size;
    return {};
}

Result<void> HttpResponseReader::take(std::string_view body) {
    if (body.size() > body_limit_ - taken_) return too_large();
    taken_ += body.size();
    if (sink_ && response_.status == 200) {
        TRY_VOID(sink_(body));
    } else {
        response_.body += body;
    }
    if (state_ == State::until_end) return {};
    left_ -= body.size();
    if (left_ == 0) state_ = state_ == State::sized ? State::done : State::chunk_end;
    return {};
}

Result<void> HttpResponseReader::read_head(std::string_view rest) {
    response_ = HttpResponse{};
    bool first = true;
    while (!rest.empty()) {
        const std::size_t stop = std::min(rest.find("\r\n"), rest.size());
        const std::string_view line = rest.substr(0, stop);
        rest.remove_prefix(std::min(stop + 2, rest.size()));
        if (first) {
            const auto status = read_status(line);
            if (!status) return bad("its first line is \"" + escape_terminal(line, 80) + "\"");
            response_.status = *status;
            persistent_ = line.starts_with("HTTP/1.1");
            first = false;
            continue;
        }
        if (response_.headers.size() == kMaxHeaders) return bad("over " + std::to_string(kMaxHeaders) + " header fields");
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || !is_field_value(line.substr(colon + 1))) {
            return bad("the header field \"" + escape_terminal(line, 80) + "\"");
        }
        response_.headers.push_back({ascii_lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
    }
    if (first) return bad("it begins with an empty line");
    if (response_.status >= 200) return choose_body();
    // 100 Continue, 103 Early Hints: the real answer follows. Nothing was asked to be upgraded.
    if (response_.status == 101 || ++interim_ > kMaxInterim) return bad("status " + std::to_string(response_.status));
    return {};
}

// RFC 9112, 6.3.
Result<void> HttpResponseReader::choose_body() {
    int lengths = 0;
    int codings = 0;
    if (sink_ && response_.status != 200) body_limit_ = kMaxRefusal;
    for (const HttpHeader& header : response_.headers) {
        lengths += header.name == "content-length" ? 1 : 0;
        codings += header.name == "transfer-encoding" ? 1 : 0;
        if (header.name == "connection" && ascii_lower(header.value) != "keep-alive") persistent_ = false;
        if (header.name == "content-encoding" && ascii_lower(header.value) != "identity") return bad("it is encoded (Content-Encoding), though nothing but identity was asked for");
    }
    if (lengths + codings > 1) return bad("it says more than once how long it is (Content-Length, Transfer-Encoding)");
    if (!has_body_ || response_.status == 204 || response_.status == 304) {
        state_ = State::done;
        return {};
    }
    if (codings == 1) {
        if (ascii_lower(response_.header("transfer-encoding")) != "chunked") return bad("a transfer coding other than chunked");
        state_ = State::chunk_size;
        return {};
    }
    if (lengths == 0) {
        state_ = State::until_end;
        persistent_ = false;
        return {};
    }
    const auto length = number(response_.header("content-length"), 10);
    if (!length) return bad("its Content-Length is no number");
    // Before a byte of it is read.
    if (*length > body_limit_) return too_large();
    left_ = *length;
    state_ = left_ == 0 ? State::done : State::sized;
    return {};
}

Result<void> HttpResponseReader::read_chunk_size(std::string_view line) {
    const auto size = number(trim(line.substr(0, line.find(';'))), 16);  // extensions say nothing that is needed
    if (!size) return bad("the size of a chunk is \"" + escape_terminal(line, 40) + "\"");
    if (*size > body_limit_ - taken_) return too_large();
    left_ = *size;
    state_ = left_ == 0 ? State::trailer : State::chunk;
    return {};
}

}  // namespace headgate::io
