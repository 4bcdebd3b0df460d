// log_lines.hpp: lines that wait for a thread of their own, which writes what has come in the meantime at once: whoever has a request to
// answer writes to nobody.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace headgate::server {

class LogLines {
  public:
    using Clock = std::chrono::steady_clock;
    using Milliseconds = std::chrono::milliseconds;

    /// Writes to the descriptor, which stays the caller's. `patience`: after so long a write that has not ended is stuck. `ending`, which may be set by a
    /// signal's handler: nobody is served any more, and nobody waits for longer than `patience`.
    LogLines(int descriptor, Milliseconds patience, const std::atomic<bool>& ending);
    /// Waits until all of it is written, however long that takes.
    ~LogLines();
    LogLines(const LogLines&) = delete;
    LogLines& operator=(const LogLines&) = delete;

    /// From any thread. More than a megabyte that nobody takes makes callers wait. At the end a line is lost that found no room for `patience`, and so are
    /// those behind it, until there is some.
    void add(std::string_view text);
    /// Waits until all of it is written, for `patience` at most, and not at all once somebody has waited so long at the end. False: it is not.
    bool flush();
    /// Lines have been waiting for longer than `patience`: nobody takes them.
    bool is_stuck() const;

  private:
    void run();
    bool wait_for_room(std::unique_lock<std::mutex>& lock);

    const int descriptor_;
    const Milliseconds patience_;
    const std::atomic<bool>& ending_;
    mutable std::mutex mutex_;
    std::condition_variable some_, room_;
    std::string waiting_;
    std::optional<Clock::time_point> writing_;   // since when
    bool flushing_ = false, given_up_ = false, destroyed_ = false;
    std::thread writer_;
};

}  // namespace headgate::server
