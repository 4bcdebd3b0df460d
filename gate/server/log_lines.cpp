#include "server/log_lines.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace headgate::server {
namespace {

constexpr std::size_t kMostWaiting = 1U << 20U;
constexpr std::size_t kMany = 64U << 10U;        // are not waited with
constexpr std::chrono::milliseconds kPause{10}, kLook{100};

/// All of it, or as much as somebody reads: a log that has ended ends no server.
void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

}  // namespace

LogLines::LogLines(int descriptor, Milliseconds patience, const std::atomic<bool>& ending)
    : descriptor_(descriptor), patience_(patience), ending_(ending), writer_([this] { run(); }) {}

LogLines::~LogLines() {
    {
        const std::lock_guard lock(mutex_);
        destroyed_ = true;
    }
    some_.notify_one();
    writer_.join();
}

bool LogLines::wait_for_room(std::unique_lock<std::mutex>& lock) {
    std::optional<Clock::time_point> end;
    while (waiting_.size() >= kMostWaiting) {
        if (ending_) {
            const Clock::time_point now = Clock::now();
            if (!end) end = now + patience_;
            given_up_ = given_up_ || now >= *end;
            if (given_up_) return false;
        }
        room_.wait_for(lock, kLook);         // who sets `ending_` wakes nobody
    }
    return true;
}

void LogLines::add(std::string_view text) {
    std::unique_lock lock(mutex_);
    if (!wait_for_room(lock)) return;
    const bool first = waiting_.empty();
    waiting_ += text;
    if (first || waiting_.size() >= kMany) some_.notify_one();
}

bool LogLines::flush() {
    std::unique_lock lock(mutex_);
    flushing_ = true;
    some_.notify_one();
    const auto patience = given_up_ ? Milliseconds(0) : patience_;
    const bool written = room_.wait_for(lock, patience, [this] { return waiting_.empty() && !writing_; });
    flushing_ = false;
    given_up_ = given_up_ || !written;
    return written;
}

bool LogLines::is_stuck() const {
    const std::lock_guard lock(mutex_);
    return writing_ && Clock::now() - *writing_ > patience_;
}

void LogLines::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        some_.wait(lock, [this] { return destroyed_ || !waiting_.empty(); });
        some_.wait_for(lock, kPause, [this] { return destroyed_ || flushing_ || waiting_.size() >= kMany; });
        if (waiting_.empty()) return;
        writing_ = Clock::now();
        const std::string taken = std::exchange(waiting_, std::string());
        lock.unlock();
        write_all(descriptor_, taken);
        lock.lock();
        writing_.reset();
        given_up_ = false;
        room_.notify_all();
    }
}

}  // namespace headgate::server
