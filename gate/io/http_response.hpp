// http_response.hpp: one HTTP/1.1 response (RFC 9112), read strictly from bytes as they arrive. Pure: no socket here.
//
// Refused: a status line or header field that is not by the letter, a folded line, bare CR, LF or NUL, over kMaxHead bytes or
// kMaxHeaders fields of head, Content-Length that is repeated or stands beside Transfer-Encoding, any transfer coding but chunked, any
// content coding (none was asked for), trailers' fields, and more body than the limit allows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace headgate::io {

struct HttpHeader {
    std::string name;                // of a response: lower case
    std::string value;
};

struct HttpResponse {
    int status = 0;                  // 200 to 599
    std::vector<HttpHeader> headers;
    std::string body;

    /// The value of the one header with this (lower-case) name; "" for none and for several.
    std::string_view header(std::string_view name) const;
};

/// Takes the body of a 200 as it arrives; an Error ends the reading.
using HttpBodySink = std::function<Result<void>(std::string_view)>;

class HttpResponseReader {
  public:
    static constexpr std::size_t kMaxHead = 32U << 10U;
    static constexpr std::size_t kMaxHeaders = 100;
    static constexpr int kMaxInterim = 8;            // 1xx responses before the real one

    static constexpr std::uint64_t kMaxRefusal = 256U << 10U;  // body of what is no 200, where a sink takes those of 200

    /// `has_body` is false for the answer to HEAD. With a sink, the body of a 200 goes there and not into the response.
    HttpResponseReader(std::uint64_t body_limit, bool has_body, HttpBodySink sink = {})
        : body_limit_(body_limit), has_body_(has_body), sink_(std::move(sink)) {}

    /// Takes what arrived. Error{malformed} says what is wrong with the response; nothing may be fed after one.
    Result<void> feed(std::string_view bytes);
    /// Nothing more arrives. Error{malformed} when something is missing.
    Result<void> end();
    /// The response is whole; what is fed now is ignored.
    bool done() const { return state_ == State::done; }
    /// The response is whole, its end was marked, nothing stands behind it, and the server keeps the connection (RFC 9112, 9.3).
    bool reusable() const { return done() && persistent_ && pending_.empty(); }
    HttpResponse& response() { return response_; }

  private:
    enum class State { head, sized, chunk_size, chunk, chunk_end, trailer, until_end, done };
    Result<bool> step();
    Result<void> read_head(std::string_view rest);
    Result<void> choose_body();
    Result<void> read_line(std::string_view line);
    Result<void> read_chunk_size(std::string_view line);
    Result<void> take(std::string_view body);
    Error too_large() const;

    std::uint64_t body_limit_;
    bool has_body_;
    HttpBodySink sink_;
    State state_ = State::head;
    int interim_ = 0;
    std::uint64_t left_ = 0;         // of a sized body or of the chunk
    std::string pending_;            // arrived; the first `used_` bytes are read
    std::size_t used_ = 0;
    std::uint64_t taken_ = 0;        // of the body
    bool persistent_ = false;
    HttpResponse response_;
};

}  // namespace headgate::io
