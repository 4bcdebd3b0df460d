#include "server/door.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "codec/json.hpp"
#include "server/address.hpp"

namespace headgate::server {
namespace {

std::string_view phrase(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 405: return "Method Not Allowed";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 431: return "Request Header Fields Too Large";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        default: return "Refused";
    }
}

}  // namespace

std::string plain_response(int status, const std::string& reason, bool keep_alive) {
    codec::Json body = codec::Json::object();
    body.add("error", codec::Json::of(reason));
    const std::string text = codec::write_json(body) + "\n";
    return "HTTP/1.1 " + std::to_string(status) + " " + std::string(phrase(status)) +
           "\r\nContent-Type: application/json\r\n" + (status == 503 ? "Retry-After: 1\r\n" : "") +
           (keep_alive ? "" : "Connection: close\r\n") + "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" +
           text;
}

Door::Door(DoorLimits limits, Responder responder, TlsProvider tls)
    : limits_(limits), responder_(std::move(responder)), tls_(std::move(tls)) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
        wake_read_ = io::Descriptor(ends[0]);
        wake_write_ = io::Descriptor(ends[1]);
    }
}

Door::~Door() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    wanted_.notify_all();
    for (std::thread& worker : workers_) worker.join();
}

Result<int> Door::listen(const std::string& address, bool health) {
    BoundSocket bound = TRY(bind_and_listen(address));
    listeners_.push_back({std::move(bound.socket), health});
    return bound.port;
}

void Door::wake() {
    const char byte = 0;
    static_cast<void>(!::write(wake_write_.get(), &byte, 1));
}

void Door::stop() {
    stopping_ = true;
    wake();
}

void Door::run(const std::function<void()>& tick) {
    for (unsigned i = 0; i < limits_.workers; ++i) workers_.emplace_back([this] { work(); });
    Clock::time_point next_tick = Clock::now();
    while (!stopping_) {
        poll_once();
        const Clock::time_point now = Clock::now();
        expire(now);
        if (now >= next_tick) {
            tick();
            next_tick = now + std::chrono::seconds(1);
        }
    }
    // Drain: nobody new; requests that have begun are answered, within the limit.
    listeners_.clear();
    std::erase_if(clients_, [](const Client& client) { return !client->started(); });
    const Clock::time_point end = Clock::now() + limits_.drain;
    for (;;) {
        {
            const std::scoped_lock lock(mutex_);
            if (clients_.empty() && queue_.empty() && working_ == 0) break;
        }
        if (Clock::now() >= end) break;
        poll_once();
        expire(Clock::now());
    }
    clients_.clear();
}

void Door::poll_once() {
    std::vector<pollfd> waiting;
    waiting.push_back({wake_read_.get(), POLLIN, 0});
    for (const Listener& listener : listeners_) waiting.push_back({listener.socket.get(), POLLIN, 0});
    const std::size_t first_client = waiting.size();
    for (const Client& client : clients_) waiting.push_back({client->descriptor(), client->events(), 0});
    if (::poll(waiting.data(), waiting.size(), 200) < 0) return;

    // Clients first: their places in the list are those of `waiting`.
    for (std::size_t i = 0; i < waiting.size() - first_client; ++i) {
        if (waiting[first_client + i].revents != 0) advance(clients_[i]);
    }
    std::erase_if(clients_, [](const Client& client) { return client == nullptr; });
    for (std::size_t i = 0; i + 1 < first_client; ++i) {
        if (waiting[1 + i].revents != 0) accept_all(listeners_[i].socket.get(), listeners_[i].health);
    }
    if (waiting[0].revents != 0) {
        char drained[64];
        while (::read(wake_read_.get(), drained, sizeof drained) > 0) {
        }
    }
    take_back();
}

// Answered connections that stay: perhaps their next request has arrived already.
void Door::take_back() {
    std::vector<Client> answered;
    {
        const std::scoped_lock lock(mutex_);
        answered.swap(answered_);
    }
    for (Client& client : answered) {
        advance(client);
        if (client != nullptr) clients_.push_back(std::move(client));
    }
}

void Door::accept_all(int listener, bool health) {
    for (;;) {
        AcceptedSocket accepted = accept_one(listener);
        if (!accepted.socket.valid()) return;
        ++counts_.accepted;
        if (clients_.size() >= limits_.connections && !make_room()) continue;
        auto tls = health ? std::nullopt : tls_();
        auto client = std::make_unique<Connection>(std::move(accepted.socket), std::move(tls), accepted.peer, health);
        client->deadline = Clock::now() + limits_.request;
        advance(client);
        if (client != nullptr) clients_.push_back(std::move(client));
    }
}

// The connection that has waited longest without sending a whole request makes room for a new one: many slow clients cannot
// keep an honest one out.
bool Door::make_room() {
    const auto oldest = std::min_element(clients_.begin(), clients_.end(), [](const Client& a, const Client& b) {
        return a->deadline < b->deadline;
    });
    if (oldest == clients_.end()) return false;
    ++counts_.timed_out;
    clients_.erase(oldest);
    return true;
}

std::size_t Door::bytes_in_flight() const {
    std::size_t bytes = worker_bytes_;
    for (const Client& client : clients_) bytes += client == nullptr ? 0 : client->buffered();
    return bytes;
}

// Leaves `client` empty when it was handed to a worker or closed.
void Door::advance(Client& client) {
    const bool had_begun = client->started();
    switch (client->advance(limits_.http)) {
        case Connection::Progress::closed: client.reset(); return;
        case Connection::Progress::waiting: {
            if (!had_begun && client->started()) client->deadline = Clock::now() + limits_.request;
            const std::scoped_lock lock(mutex_);
            if (bytes_in_flight() <= limits_.bytes_in_flight) return;
            break;
        }
        case Connection::Progress::ready: {
            if (client->head().state == HttpHead::State::refused) {
                ++counts_.refused;
                const HttpHead head = client->head();
                return answer_and_close(client, head.status, head.reason);
            }
            const std::scoped_lock lock(mutex_);
            if (queue_.size() >= limits_.queue) break;
            worker_bytes_ += client->buffered();
            queue_.push_back(std::move(client));
            wanted_.notify_one();
            return;
        }
    }
    ++counts_.overloaded;
    answer_and_close(client, 503, "too much to do at once; try again");
}

void Door::answer_and_close(Client& client, int status, const std::string& reason) {
    // The poll thread must not wait for a slow reader: what does not fit into the socket is lost with the connection.
    if (client->write_all(plain_response(status, reason, false), Clock::now())) client->close_politely();
    client.reset();
}

void Door::expire(Clock::time_point now) {
    const std::size_t expired = std::erase_if(clients_, [&](const Client& client) { return client->deadline < now; });
    counts_.timed_out += expired;
}

void Door::work() {
    for (;;) {
        Client client;
        {
            std::unique_lock lock(mutex_);
            wanted_.wait(lock, [this] { return closing_ || !queue_.empty(); });
            if (closing_) return;
            client = std::move(queue_.front());
            queue_.pop_front();
            ++working_;
        }
        const std::size_t bytes = client->buffered();
        const bool keep_alive = client->head().keep_alive && !stopping_;
        const std::string response = responder_(client->request(), *client, keep_alive);
        const bool written = client->write_all(response, Clock::now() + limits_.write);
        if (written && !keep_alive) client->close_politely();
        if (written && keep_alive) {
            client->next_request();
            client->deadline = Clock::now() + limits_.idle;
        } else {
            client.reset();
        }
        {
            const std::scoped_lock lock(mutex_);
            --working_;
            worker_bytes_ -= bytes;
            if (client != nullptr) answered_.push_back(std::move(client));
        }
        wake();
    }
}

}  // namespace headgate::server
