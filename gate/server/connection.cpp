#include "server/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace headgate::server {
namespace {

constexpr std::size_t kChunk = 64U << 10U;
thread_local std::uint8_t chunk[kChunk];         // of the read that a thread makes now: one on the stack would be filled with zeros each time

// With its memory: what an empty text is assigned to keeps its room.
void give_back(std::string& text) { std::string().swap(text); }

}  // namespace

Connection::Connection(io::Descriptor socket, std::optional<crypto::TlsContext> tls, std::string peer, bool health)
    : socket_(std::move(socket)), peer_(std::move(peer)), health_(health), shaken_(!tls), events_(POLLIN) {
    if (tls) tls_.emplace(*tls, socket_.get());
}

std::string_view Connection::request() const {
    return std::string_view(received_).substr(0, head_.head_bytes + static_cast<std::size_t>(head_.body_bytes));
}

std::string Connection::take_request() {
    const std::size_t size = request().size();
    std::string taken;
    if (received_.size() == size) {
        taken.swap(received_);
    } else {                             // the next one has begun
        taken = received_.substr(0, size);
        received_.erase(0, size);
    }
    taken_ = true;
    return taken;
}

bool Connection::gone() const {
    pollfd state{socket_.get(), POLLRDHUP, 0};
    return ::poll(&state, 1, 0) == 1 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

Connection::Phase Connection::phase() const {
    if (lingering_) return Phase::lingering;
    if (!outgoing_.empty()) return Phase::sending;
    if (ready_) return Phase::working;
    return received_.empty() && shaken_ ? Phase::idle : Phase::receiving;
}

Connection::Progress Connection::advance(const HttpLimits& limits, std::size_t most) {
    if (!shaken_) {
        if (const Progress progress = shake_hands(); !shaken_) return progress;
    }
    if (lingering_) return drop_incoming();
    if (!outgoing_.empty()) {
        if (const Progress progress = send(); lingering_ || !outgoing_.empty()) return progress;
    }
    return receive(limits, most);
}

Connection::Progress Connection::shake_hands() {
    switch (tls_->handshake()) {
        case crypto::TlsProgress::done: shaken_ = true; break;
        case crypto::TlsProgress::wants_read: events_ = POLLIN; break;
        case crypto::TlsProgress::wants_write: events_ = POLLOUT; break;
        case crypto::TlsProgress::closed: return Progress::closed;
    }
    return Progress::waiting;
}

Connection::Progress Connection::receive(const HttpLimits& limits, std::size_t most) {
    const std::size_t before = received_.size();
    for (;;) {
        if (head_.state == HttpHead::State::incomplete) head_ = read_http_head(received_, limits);
        ready_ = head_.state == HttpHead::State::refused ||
                 (head_.state == HttpHead::State::complete && received_.size() >= head_.head_bytes + head_.body_bytes);
        if (ready_) {
            received_at_ = Clock::now();
            return Progress::ready;
        }
        if (head_.expects_continue && !continued_) {
            continued_ = true;
            outgoing_ = "HTTP/1.1 100 Continue\r\n\r\n";
            if (const Progress progress = send(); !outgoing_.empty()) return progress;
        }
        Progress progress = Progress::waiting;
        if (received_.size() - before >= most || !read_some(progress)) return progress;
    }
}

// One read. False when nothing more can be taken now; `progress` is `closed` when nothing ever will.
bool Connection::read_some(Progress& progress) {
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

void Connection::answer(std::string response, bool stay) {
    if (head_.state == HttpHead::State::complete && stay) {
        if (!taken_) received_.erase(0, request().size());
        if (received_.empty()) give_back(received_);
    } else {
        give_back(received_);
    }
    head_ = HttpHead{};
    continued_ = false;
    ready_ = taken_ = false;
    outgoing_ = std::move(response);
    sent_ = 0;
    stay_ = stay;
    events_ = POLLOUT;
}

// Sends what the socket takes.
Connection::Progress Connection::send() {
    while (sent_ < outgoing_.size()) {
        const std::string_view rest = std::string_view(outgoing_).substr(sent_);
        std::size_t count = 0;
        if (tls_) {
            switch (tls_->write(as_bytes(rest), count)) {
                case crypto::TlsProgress::done: break;
                case crypto::TlsProgress::wants_read: events_ = POLLIN; return Progress::waiting;
                case crypto::TlsProgress::wants_write: events_ = POLLOUT; return Progress::waiting;
                case crypto::TlsProgress::closed: return Progress::closed;
            }
        } else {
            const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0) {
                events_ = POLLOUT;
                const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
                return later ? Progress::waiting : Progress::closed;
            }
            count = static_cast<std::size_t>(sent);
        }
        sent_ += count;
    }
    give_back(outgoing_);
    sent_ = 0;
    events_ = POLLIN;
    if (!stay_) {
        lingering_ = true;
        if (tls_) tls_->shut_down();
        ::shutdown(socket_.get(), SHUT_WR);
    }
    return Progress::waiting;
}

// After the last answer: below TLS, nothing is looked at any more.
Connection::Progress Connection::drop_incoming() {
    const ssize_t got = ::recv(socket_.get(), chunk, sizeof chunk, MSG_DONTWAIT);
    if (got > 0) return Progress::waiting;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? Progress::waiting : Progress::closed;
}

}  // namespace headgate::server
