// A log that nobody reads holds up no end, and is told.
#include "server/log_lines.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

using namespace headgate::server;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

/// A pipe, and what was read from it once somebody reads.
struct Pipe {
    int ends[2] = {-1, -1};
    std::string read;
    std::thread reader;

    Pipe() { REQUIRE(::pipe(ends) == 0); }
    void begin_to_read() {
        reader = std::thread([this] {
            char buffer[65536];
            for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) read.append(buffer, static_cast<std::size_t>(got));
        });
    }
    /// After the last line is written.
    void end() {
        ::close(ends[1]);
        if (reader.joinable()) reader.join();
        ::close(ends[0]);
    }
};

constexpr std::chrono::seconds kFar{30};

}  // namespace

TEST_CASE("lines are written in their order, and a log that is read is not stuck") {
    Pipe pipe;
    const std::atomic<bool> ending{false};
    pipe.begin_to_read();
    {
        LogLines lines(pipe.ends[1], kFar, ending);
        std::string wanted;
        for (int i = 0; i < 1000; ++i) {
            const std::string line = "line " + std::to_string(i) + "\n";
            wanted += line;
            lines.add(line);
        }
        CHECK(lines.flush());
        CHECK_FALSE(lines.is_stuck());
        lines.add("last\n");
        CHECK(lines.flush());
        lines.add("and what nobody flushes\n");
    }
    pipe.end();
    CHECK(pipe.read.starts_with("line 0\nline 1\n"));
    CHECK(pipe.read.ends_with("line 999\nlast\nand what nobody flushes\n"));
}

TEST_CASE("a log that nobody reads is stuck, and its end is waited for no longer than patience goes") {
    Pipe pipe;
    std::atomic<bool> ending{false};
    {
        LogLines lines(pipe.ends[1], milliseconds(50), ending);
        lines.add(std::string(512U << 10U, 'a') + "\n");        // more than a pipe holds
        std::this_thread::sleep_for(milliseconds(300));
        CHECK(lines.is_stuck());
        const Clock::time_point begin = Clock::now();
        CHECK_FALSE(lines.flush());
        ending = true;
        lines.add(std::string(2U << 20U, 'b') + "\n");          // there is room for it, as there is for anything while less than a megabyte waits
        lines.add("lost\n");
        lines.add("lost\n");
        CHECK(Clock::now() - begin < kFar);
        pipe.begin_to_read();
        // Whoever reads again gets the rest.
        const Clock::time_point latest = Clock::now() + kFar;
        while (!lines.flush() && Clock::now() < latest) std::this_thread::sleep_for(milliseconds(10));
        CHECK_FALSE(lines.is_stuck());
        lines.add("after\n");
    }
    pipe.end();
    CHECK(pipe.read.find("lost") == std::string::npos);
    CHECK(pipe.read.ends_with("b\nafter\n"));
}

TEST_CASE("whoever waits for room to log learns of the end") {
    Pipe pipe;
    std::atomic<bool> ending{false};
    {
        LogLines lines(pipe.ends[1], milliseconds(50), ending);
        lines.add(std::string(512U << 10U, 'a'));
        std::this_thread::sleep_for(milliseconds(100));          // it is being written
        lines.add(std::string(2U << 20U, 'b'));
        std::atomic<bool> returned{false};
        std::thread waiting([&] {
            lines.add("c");
            returned = true;
        });
        std::this_thread::sleep_for(milliseconds(200));
        CHECK_FALSE(returned);                                   // while somebody is served, no line is lost
        ending = true;
        waiting.join();
        CHECK(returned);
        pipe.begin_to_read();
    }
    pipe.end();
}
