#include "server/door.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "server/address.hpp"
#include "server/http_response.hpp"

namespace headgate::server {
namespace {

constexpr int kAcceptedAtOnce = 64;   // then the others get their turn
constexpr std::chrono::milliseconds kStay{5};        // of a worker with a connection that asks nothing
constexpr std::size_t kMostThere = 256U << 10U;      // what a worker reads itself: larger requests are received by the polling thread, which counts their bytes

}  // namespace

Door::Door(DoorLimits limits, Responder responder, TlsProvider tls)
    : limits_(limits), responder_(std::move(responder)), tls_(std::move(tls)) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
        wake_read_ = io::Descriptor(ends[0]);
        wake_write_ = io::Descriptor(ends[1]);
    }
    leave_ = io::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
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

void Door::run(const std::function<void()>& tick, const std::function<void()>& on_stop) {
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
    if (on_stop) on_stop();
    // Whoever sends requests here learns only now that it should not: they are answered, and connections end with their answer.
    for (const Clock::time_point end = Clock::now() + limits_.stay; Clock::now() < end;) {
        poll_once();
        expire(Clock::now());
    }
    // Drain: nobody new; requests that have begun are answered, within the limit.
    listeners_.clear();
    const Clock::time_point end = Clock::now() + limits_.drain;
    do {
        poll_once();
        expire(Clock::now());
        std::erase_if(clients_, [](const Client& client) { return client->phase() == Connection::Phase::idle; });
    } while (Clock::now() < end && (!clients_.empty() || !workers_idle()));
    clients_.clear();
}

bool Door::workers_idle() {
    const std::scoped_lock lock(mutex_);
    return queue_.empty() && working_ == 0 && answered_.empty();
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

// Connections whose answer is there: sent from here, so that a slow reader never holds a worker.
void Door::take_back() {
    std::vector<Client> answered;
    {
        const std::scoped_lock lock(mutex_);
        answered.swap(answered_);
    }
    for (Client& client : answered) {
        set_deadline(*client);
        advance(client);
        if (client != nullptr) clients_.push_back(std::move(client));
    }
}

void Door::accept_all(int listener, bool health) {
    for (int i = 0; i < kAcceptedAtOnce; ++i) {
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

void Door::set_deadline(Connection& client) const {
    const auto limit = [&] {
        switch (client.phase()) {
            case Connection::Phase::idle: return limits_.idle;
            case Connection::Phase::sending: return limits_.write;
            case Connection::Phase::lingering: return limits_.linger;
            default: return limits_.request;
        }
    };
    client.deadline = Clock::now() + limit();
}

// Leaves `client` empty when it was handed to a worker or closed.
void Door::advance(Client& client) {
    for (;;) {
        const Connection::Phase before = client->phase();
        switch (client->advance(limits_.http)) {
            case Connection::Progress::closed: client.reset(); return;
            case Connection::Progress::waiting:
                if (client->phase() != before) set_deadline(*client);
                shed_load(client.get());
                return;
            case Connection::Progress::ready:
                if (!answer_here(client) && hand_over(client)) return;
                set_deadline(*client);
                break;
        }
    }
}

// What needs no worker: refusals, and health, which must answer while every worker is busy. False: a worker is needed.
bool Door::answer_here(Client& client) {
    const HttpHead& head = client->head();
    if (head.state == HttpHead::State::refused) {
        refuse(*client, head.status, head.reason);
        ++counts_.refused;
        return true;
    }
    if (!client->health()) return false;
    client->answer(responder_(client->take_request(), *client, false), false);
    return true;
}

// True when a worker has it now; else it is refused.
bool Door::hand_over(Client& client) {
    Client displaced;
    bool taken = false;
    bool leave = false;
    {
        const std::scoped_lock lock(mutex_);
        const std::size_t bytes = client->buffered();
        bool room = queue_.size() < limits_.queue;
        // Whole requests that wait are bytes in flight, too: the largest of them makes room for a smaller one.
        if (room && worker_bytes_ > 0 && worker_bytes_ + bytes > limits_.bytes_in_flight) {
            const auto largest = std::max_element(queue_.begin(), queue_.end(), [](const Client& a, const Client& b) { return a->buffered() < b->buffered(); });
            room = largest != queue_.end() && (*largest)->buffered() > bytes;
            if (room) {
                displaced = std::move(*largest);
                queue_.erase(largest);
                worker_bytes_ -= displaced->buffered();
            }
        }
        if (room) {
            worker_bytes_ += bytes;
            queue_.push_back(std::move(client));
            wanted_.notify_one();
            leave = queue_.size() > free_ && staying_ > 0;
            taken = true;
        }
    }
    if (displaced != nullptr) {
        ++counts_.overloaded;
        refuse(*displaced, 503, "too many bytes are in flight; try again");
        const std::scoped_lock lock(mutex_);
        answered_.push_back(std::move(displaced));
        wake();
    }
    if (leave) {
        const std::uint64_t one = 1;
        static_cast<void>(!::write(leave_.get(), &one, sizeof one));
    }
    if (taken) return true;
    ++counts_.overloaded;
    refuse(*client, 503, "too many requests wait; try again");
    return false;
}

void Door::refuse(Connection& client, int status, const std::string& reason) {
    if (on_refusal) on_refusal(client, status, reason);
    client.answer(error_response(status, reason, false), false);
}

// When all requests together hold too much memory, the one that holds most pays: a small honest request is never refused
// because others send large ones slowly. `newcomer` may not be in the list yet.
void Door::shed_load(Connection* newcomer) {
    std::size_t bytes = newcomer->buffered();
    {
        const std::scoped_lock lock(mutex_);
        bytes += worker_bytes_;
    }
    Connection* largest = newcomer;
    for (const Client& client : clients_) {
        if (client == nullptr || client.get() == newcomer) continue;
        bytes += client->buffered();
        if (client->buffered() > largest->buffered()) largest = client.get();
    }
    if (bytes <= limits_.bytes_in_flight) return;
    ++counts_.overloaded;
    if (largest->phase() == Connection::Phase::receiving) {
        refuse(*largest, 503, "too many bytes are in flight; try again");
        set_deadline(*largest);
    } else {
        largest->deadline = {};  // a reader that does not read its answer: closed by expire()
    }
}

void Door::expire(Clock::time_point now) {
    for (Client& client : clients_) {
        if (client->deadline >= now) continue;
        const Connection::Phase phase = client->phase();
        if (phase == Connection::Phase::receiving || phase == Connection::Phase::sending) ++counts_.timed_out;
        client.reset();
    }
    std::erase_if(clients_, [](const Client& client) { return client == nullptr; });
}

void Door::give_back(Client client) {
    {
        const std::scoped_lock lock(mutex_);
        --working_;
        answered_.push_back(std::move(client));
    }
    wake();
}

// Sends the answer, and waits a moment for the next request of the same client, unless others wait. None: it has been given back, or closed.
Door::Client Door::stay_with(Client client) {
    const Clock::time_point end = Clock::now() + kStay;
    for (std::size_t most = 0;; most = kMostThere) {         // at first the answer; what comes next is not there yet
        const Connection::Progress progress = client->advance(limits_.http, most);
        if (progress == Connection::Progress::closed) {
            client.reset();
            const std::scoped_lock lock(mutex_);
            --working_;
            return {};
        }
        const bool whole = progress == Connection::Progress::ready && client->head().state == HttpHead::State::complete;
        {
            const std::scoped_lock lock(mutex_);
            const bool alone = queue_.empty() && !closing_ && !stopping_;
            if (whole && alone && worker_bytes_ + client->buffered() <= limits_.bytes_in_flight) {
                worker_bytes_ += client->buffered();
                return client;
            }
            if (!alone || client->phase() != Connection::Phase::idle) break;
            if (client->holds_bytes()) continue;
            ++staying_;
        }
        pollfd waiting[2] = {{client->descriptor(), POLLIN, 0}, {leave_.get(), POLLIN, 0}};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        const int ready = left <= 0 ? 0 : ::poll(waiting, 2, static_cast<int>(left));
        {
            const std::scoped_lock lock(mutex_);
            --staying_;
        }
        if (ready <= 0 || waiting[0].revents == 0) {
            std::uint64_t told = 0;
            static_cast<void>(!::read(leave_.get(), &told, sizeof told));
            break;
        }
    }
    give_back(std::move(client));
    return {};
}

void Door::work() {
    Client client;
    for (;;) {
        const bool waited = client == nullptr;
        if (waited) {
            std::unique_lock lock(mutex_);
            ++free_;
            wanted_.wait(lock, [this] { return closing_ || !queue_.empty(); });
            --free_;
            if (closing_) return;
            client = std::move(queue_.front());
            queue_.pop_front();
            ++working_;
        }
        const std::size_t bytes = client->buffered();
        // Nobody waits for it any more, and others do. Not asked of what has just come: a client may end its own side and read on.
        const bool gone = waited && Clock::now() - client->received() >= limits_.patience && client->gone();
        const bool keep_alive = client->head().keep_alive && !stopping_;
        if (!gone) client->answer(responder_(client->take_request(), *client, keep_alive), keep_alive);
        {
            const std::scoped_lock lock(mutex_);
            worker_bytes_ -= bytes;
            if (gone) --working_;
        }
        if (gone) {
            client.reset();
            ++counts_.abandoned;
        } else {
            client = stay_with(std::move(client));
        }
    }
}

}  // namespace headgate::server
