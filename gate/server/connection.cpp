#include "server/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace headgate::server {
namespace {

constexpr std::size_t kChunk = 64U << 10U;

}  // namespace

Connection::Connection(io::Descriptor socket, std::optional<crypto::TlsContext> tls, std::string peer, bool health)
    : socket_(std::move(socket)), peer_(std::move(peer)), health_(health), shaken_(!tls), events_(POLLIN) {
    if (tls) tls_.emplace(*tls, socket_.get());
}

std::string_view Connection::request() const {
    return std::string_view(received_).substr(0, head_.head_bytes + static_cast<std::size_t>(head_.body_bytes));
}

// One read. False when nothing more can be taken now; `progress` is `closed` when nothing ever will.
bool Connection::read_some(Progress& progress) {
    std::uint8_t chunk[kChunk];
    std::size_t count = 0;
    if (tls_) {
        switch (tls_->read(chunk, sizeof chunk, count)) {
            case crypto::TlsProgress::done: break;
            case crypto::TlsProgress::wants_read: events_ = POLLIN; return false;
            case crypto::TlsProgress::wants_write: events_ = POLLOUT; return false;
            case crypto::TlsProgress::closed: progress = Progress::closed; return false;
        }
    } else {
        const ssize_t got = ::recv(socket_.get(), chunk, sizeof chunk, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
            events_ = POLLIN;
            return false;
        }
        if (got <= 0) {
            progress = Progress::closed;
            return false;
        }
        count = static_cast<std::size_t>(got);
    }
    received_.append(reinterpret_cast<const char*>(chunk), count);
    return true;
}

Connection::Progress Connection::advance(const HttpLimits& limits) {
    if (!shaken_) {
        switch (tls_->handshake()) {
            case crypto::TlsProgress::done: shaken_ = true; break;
            case crypto::TlsProgress::wants_read: events_ = POLLIN; return Progress::waiting;
            case crypto::TlsProgress::wants_write: events_ = POLLOUT; return Progress::waiting;
            case crypto::TlsProgress::closed: return Progress::closed;
        }
    }
    for (;;) {
        if (head_.state == HttpHead::State::incomplete) head_ = read_http_head(received_, limits);
        if (head_.state == HttpHead::State::refused) return Progress::ready;
        if (head_.state == HttpHead::State::complete) {
            if (received_.size() >= head_.head_bytes + head_.body_bytes) return Progress::ready;
            if (head_.expects_continue && !continued_) {
                continued_ = true;
                if (!write_all("HTTP/1.1 100 Continue\r\n\r\n", Clock::now() + std::chrono::milliseconds(100))) {
                    return Progress::closed;
                }
            }
        }
        Progress progress = Progress::waiting;
        if (!read_some(progress)) return progress;
    }
}

bool Connection::write_all(std::string_view bytes, Clock::time_point until) {
    while (!bytes.empty()) {
        short wanted = POLLOUT;
        std::size_t count = 0;
        if (tls_) {
            switch (tls_->write(as_bytes(bytes), count)) {
                case crypto::TlsProgress::done: break;
                case crypto::TlsProgress::wants_read: wanted = POLLIN; break;
                case crypto::TlsProgress::wants_write: break;
                case crypto::TlsProgress::closed: return false;
            }
        } else {
            const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return false;
            count = sent < 0 ? 0 : static_cast<std::size_t>(sent);
        }
        bytes.remove_prefix(count);
        if (count > 0) continue;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return false;
        pollfd waiting{socket_.get(), wanted, 0};
        ::poll(&waiting, 1, static_cast<int>(left));
    }
    return true;
}

void Connection::next_request() {
    received_.erase(0, request().size());
    if (received_.empty()) received_ = std::string();  // give a large body's memory back
    head_ = HttpHead{};
    continued_ = false;
    events_ = POLLIN;
}

void Connection::close_politely() {
    if (tls_ && shaken_) tls_->shut_down();
    ::shutdown(socket_.get(), SHUT_WR);
}

}  // namespace headgate::server
