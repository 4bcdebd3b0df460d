#include "io/http_connection.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/http_proxy.hpp"
#include "io/name_lookup.hpp"

namespace headgate::io {
namespace {

using Clock = HttpConnection::Clock;

Error unreachable(std::string why) { return {ErrorCode::io, std::move(why)}; }
Error broken() { return unreachable("the connection broke: " + std::string(std::strerror(errno))); }

bool is_loopback(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, address, sizeof four);
        return (ntohl(four.sin_addr.s_addr) >> 24U) == 127;
    }
    sockaddr_in6 six{};
    std::memcpy(&six, address, sizeof six);
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}

// False after the time; `events` may be 0 for none.
Result<bool> poll_until(int descriptor, short events, Clock::time_point until) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return false;
        pollfd one{descriptor, events, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return broken();
    }
}

Result<Descriptor> connect_to(const addrinfo& address, Clock::time_point until) {
    Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return broken();
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
    if (errno != EINPROGRESS) return unreachable("cannot connect: " + std::string(std::strerror(errno)));
    if (!TRY(poll_until(socket.get(), POLLOUT, until))) return Error{ErrorCode::deadline, "nobody took the connection in time"};
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        return unreachable("cannot connect: " + std::string(std::strerror(error)));
    }
    return socket;
}

}  // namespace

Result<HttpConnection> HttpConnection::open(const Url& url, const HttpOptions& options, Clock::time_point deadline) {
    if (options.guard) TRY_VOID(options.guard->check_written(url));
    const std::optional<Url> proxy = TRY(proxy_for(url));
    const Url& first = proxy ? *proxy : url;
    const auto until = std::min(deadline, Clock::now() + options.connect);
    const Addresses addresses = TRY(look_up(first.host, first.port, until));
    // All of them: a name that leads to an honest place and to a forbidden one is no honest name. Over a proxy it is the proxy that looks
    // names up.
    for (const addrinfo* one = addresses.get(); options.guard && !proxy && one != nullptr; one = one->ai_next) {
        TRY_VOID(options.guard->check(url, *one->ai_addr));
    }
    Error error = unreachable("the host's name has no address");
    for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
        // A name that says loopback and leads elsewhere would take plain text out of this machine.
        if (first.names_loopback() && !is_loopback(one->ai_addr)) continue;
        auto socket = connect_to(*one, until);
        if (!socket.ok()) {
            error = socket.error();
            continue;
        }
        HttpConnection connection(std::move(*socket), options.idle, deadline);
        if (proxy) TRY_VOID(connection.tunnel(url, *proxy));
        if (url.tls) {
            const int descriptor = connection.socket_.get();
            connection.tls_.emplace(options.trust ? TRY(crypto::TlsClient::start(descriptor, url.host, *options.trust))
                                                  : TRY(crypto::TlsClient::start(descriptor, url.host, options.ca_file)));
            TRY_VOID(connection.shake_hands());
        }
        return connection;
    }
    return error;
}

bool HttpConnection::fresh() const {
    const short ended = POLLRDHUP | POLLHUP | POLLERR;
    pollfd one{socket_.get(), static_cast<short>(tls_ ? POLLRDHUP : POLLIN | POLLRDHUP), 0};
    return ::poll(&one, 1, 0) >= 0 && (one.revents & (ended | (tls_ ? 0 : POLLIN))) == 0;
}

Result<void> HttpConnection::wait(short events) {
    if (TRY(poll_until(socket_.get(), events, std::min(deadline_, Clock::now() + idle_)))) return {};
    return Error{ErrorCode::deadline, Clock::now() >= deadline_ ? "the answer was not whole in time" : "the server said nothing for too long"};
}

// RFC 9110, 9.3.6. Nothing of the server's can follow the head: it waits for the client to speak.
Result<void> HttpConnection::tunnel(const Url& url, const Url& proxy) {
    const std::string to = (url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]") + ":" + std::to_string(url.port);
    TRY_VOID(write("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n"));
    HttpResponseReader reader(0, false);
    std::uint8_t byte = 0;
    while (!reader.done()) {
        const std::size_t count = TRY(read(&byte, 1));
        if (count == 0) {
            TRY_VOID(reader.end());
        } else {
            TRY_VOID(reader.feed(as_text({&byte, count})));
        }
    }
    if (reader.response().status == 200) return {};
    return unreachable("the proxy " + proxy.origin() + " (HTTPS_PROXY) answered " + std::to_string(reader.response().status));
}

Result<void> HttpConnection::shake_hands() {
    for (;;) {
        switch (tls_->handshake()) {
            case crypto::TlsProgress::done: return {};
            case crypto::TlsProgress::wants_read: TRY_VOID(wait(POLLIN)); break;
            case crypto::TlsProgress::wants_write: TRY_VOID(wait(POLLOUT)); break;
            case crypto::TlsProgress::closed: return Error{ErrorCode::key, tls_->failure()};
        }
    }
}

Result<void> HttpConnection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t count = 0;
        if (tls_) {
            switch (tls_->write(as_bytes(bytes), count)) {
                case crypto::TlsProgress::done: break;
                case crypto::TlsProgress::wants_read: TRY_VOID(wait(POLLIN)); continue;
                case crypto::TlsProgress::wants_write: TRY_VOID(wait(POLLOUT)); continue;
                case crypto::TlsProgress::closed: return unreachable("the server ended the connection while the request was sent");
            }
        } else {
            const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0) {
                if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return broken();
                TRY_VOID(wait(POLLOUT));
                continue;
            }
            count = static_cast<std::size_t>(sent);
        }
        bytes.remove_prefix(count);
    }
    return {};
}

Result<std::size_t> HttpConnection::read(std::uint8_t* to, std::size_t size) {
    for (;;) {
        // Also where bytes are always there at once: a server that drips must not go on for ever.
        if (Clock::now() >= deadline_) return Error{ErrorCode::deadline, "the answer was not whole in time"};
        if (tls_) {
            std::size_t count = 0;
            switch (tls_->read(to, size, count)) {
                case crypto::TlsProgress::done: return count;
                case crypto::TlsProgress::wants_read: TRY_VOID(wait(POLLIN)); continue;
                case crypto::TlsProgress::wants_write: TRY_VOID(wait(POLLOUT)); continue;
                case crypto::TlsProgress::closed:
                    if (tls_->ended()) return std::size_t{0};
                    return unreachable("the connection broke before TLS said that it ends");
            }
        }
        const ssize_t got = ::recv(socket_.get(), to, size, 0);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return broken();
        TRY_VOID(wait(POLLIN));
    }
}

}  // namespace headgate::io
