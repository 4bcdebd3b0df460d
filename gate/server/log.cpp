#include "server/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::server {
namespace {

constexpr std::size_t kMostWaiting = 1U << 20U;
constexpr std::size_t kMany = 64U << 10U;        // are not waited with
constexpr std::chrono::milliseconds kPause{10};

/// All of it, or as much as somebody reads: a log that has ended ends no server.
void write_all(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{STDERR_FILENO, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

/// Lines wait for a thread of their own, which takes what has come in the meantime at once: whoever has a request to answer writes to nobody.
class Lines {
  public:
    Lines() : writer_([this] { run(); }) {}
    ~Lines() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        some_.notify_one();
        writer_.join();
    }

    void add(std::string_view text) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return waiting_.size() < kMostWaiting; });
        const bool first = waiting_.empty();
        waiting_ += text;
        if (first || waiting_.size() >= kMany) some_.notify_one();
    }
    void flush() {
        std::unique_lock lock(mutex_);
        flushing_ = true;
        some_.notify_one();
        room_.wait(lock, [this] { return waiting_.empty() && !writing_; });
        flushing_ = false;
    }

  private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            some_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
            some_.wait_for(lock, kPause, [this] { return ending_ || flushing_ || waiting_.size() >= kMany; });
            if (waiting_.empty()) return;
            writing_ = true;
            const std::string taken = std::exchange(waiting_, std::string());
            lock.unlock();
            write_all(taken);
            lock.lock();
            writing_ = false;
            room_.notify_all();
        }
    }

    std::mutex mutex_;
    std::condition_variable some_, room_;
    std::string waiting_;
    bool writing_ = false, flushing_ = false, ending_ = false;
    std::thread writer_;
};

Lines& lines() {
    static Lines all;
    return all;
}

}  // namespace

void log_line(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string text;
    text.reserve(512);
    for (const auto& [key, value] : fields) {
        text += text.empty() ? '{' : ',';
        codec::append_json(key, text);
        text += ':';
        codec::append_json(escape_terminal(value), text);
    }
    text += text.empty() ? "{}\n" : "}\n";
    lines().add(text);
}

void flush_log() { lines().flush(); }

}  // namespace headgate::server
