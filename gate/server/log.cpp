#include "server/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string>

#include "base/text.hpp"
#include "codec/json.hpp"

namespace headgate::server {
namespace {

constexpr std::size_t kMostWaiting = 1U << 20U;
constexpr int kMostTurns = 16;           // of one thread, which has a request to answer

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

class Lines {
  public:
    void add(std::string_view text) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return waiting_.size() < kMostWaiting || !writing_; });
        waiting_ += text;
        if (!writing_) write(lock, kMostTurns);
    }
    void flush() {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return !writing_; });
        write(lock, -1);
    }

  private:
    void write(std::unique_lock<std::mutex>& lock, int turns) {
        writing_ = true;
        std::string taken;
        for (; !waiting_.empty() && turns != 0; --turns) {
            taken.clear();
            taken.swap(waiting_);
            lock.unlock();
            write_all(taken);
            lock.lock();
        }
        writing_ = false;
        room_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable room_;
    std::string waiting_;
    bool writing_ = false;
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
