#include "server/log.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "server/log_lines.hpp"

namespace headgate::server {
namespace {

constexpr std::chrono::seconds kPatience{5};

std::atomic<bool> ending{false};
static_assert(std::atomic<bool>::is_always_lock_free);     // a signal's handler sets it

/// They outlive everything: their thread may be held up by whoever should read, and is waited for no longer than that.
LogLines& lines() {
    static LogLines& all = *new LogLines(STDERR_FILENO, kPatience, ending);
    struct Last {
        ~Last() { all.flush(); }
    };
    [[maybe_unused]] static const Last last;
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

void end_log() noexcept { ending = true; }

void flush_log() { lines().flush(); }

bool log_is_stuck() { return lines().is_stuck(); }

}  // namespace headgate::server
