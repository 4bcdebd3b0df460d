// Workers: each order has a process of its own, which has nothing of the host but its order and its input, and ends.
#include "io/zygote.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

#include "io/landlock.hpp"
#include "io/sealed_copy.hpp"
#include "io/worker_source.hpp"

using namespace headgate;
using End = io::Worked::End;

namespace {

int times = 0;                           // of a worker, were two orders to share one
const char* secret = nullptr;            // where the environment has it

std::string text_of(const io::WorkerSource& source, ByteView bytes) { return std::string(as_text(bytes)) + ":" + std::to_string(source.size()); }

// Does what its order says.
std::string work(ByteView order, int input) {
    const std::string text(as_text(order));
    if (text == "times") return std::to_string(++times);
    if (text == "secret") return std::string(secret, 11) + "|" + (std::getenv("HEADGATE_TEST_SECRET") == nullptr ? "unset" : "set");
    if (text == "spin") {
        for (volatile unsigned i = 0;;) i = i + 1;
    }
    if (text == "much") return std::string(100'000, 'x');
    if (text == "throw") throw 1;
    if (text == "open") return std::to_string(::open("/etc/passwd", O_RDONLY));
    if (text.starts_with("input ")) {
        io::WorkerSource source(input, std::strtoul(text.c_str() + 6, nullptr, 10), io::WorkerSource::Kind::sealed);
        const auto bytes = source.all();
        return bytes ? text_of(source, *bytes) : "none";
    }
    return "you said " + text;
}

io::WorkerLimits limits() {
    io::WorkerLimits limits;
    limits.answer = 50'000;
    limits.deadline = std::chrono::milliseconds(2000);
    return limits;
}

const io::Zygote& zygote() {
    static const auto started = [] {
        ::setenv("HEADGATE_TEST_SECRET", "do not tell", 1);
        secret = std::getenv("HEADGATE_TEST_SECRET");
        auto made = io::Zygote::start(work, limits(), io::landlock_version() > 0);
        REQUIRE(made.ok());
        return std::move(made).value();
    }();
    return *started;
}

io::Worked run(const std::string& order) {
    const auto memory = io::sealed_copy(as_bytes("bytes of the model"));
    REQUIRE(memory.ok());
    auto worked = zygote().run(order, memory->get());
    INFO((worked.ok() ? "" : worked.error().message));
    REQUIRE(worked.ok());
    return std::move(worked).value();
}

std::string said(const std::string& order) {
    const io::Worked worked = run(order);
    CHECK(worked.end == End::answered);
    return worked.answer;
}

// Processes of a session that have not ended.
std::vector<int> processes_of(int session) {
    std::vector<int> found;
    DIR* const folder = ::opendir("/proc");
    while (const dirent* const entry = ::readdir(folder)) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        const std::size_t name_end = text.rfind(')');
        char state = 0;
        int parent = 0, group = 0, its_session = 0;
        if (name_end == std::string::npos || std::sscanf(text.c_str() + name_end + 1, " %c %d %d %d", &state, &parent, &group, &its_session) != 4) continue;
        if (its_session == session && state != 'Z' && state != 'X') found.push_back(std::atoi(entry->d_name));
    }
    ::closedir(folder);
    return found;
}

std::size_t members(int session) { return processes_of(session).size(); }

}  // namespace

TEST_CASE("a worker takes an order, its input, and answers") {
    CHECK(said("hello") == "you said hello");
    CHECK(said("input 18") == "bytes of the model:18");
    const std::string large(300'000, 'o');
    CHECK(run(large).end == End::too_much);          // of its answer; the order came whole
    CHECK(said(large.substr(0, 40'000)).size() == 40'009);
}

TEST_CASE("every order has a worker of its own, whoever asks at the same time") {
    CHECK(said("times") == "1");
    CHECK(said("times") == "1");
    const auto memory = io::sealed_copy({});
    REQUIRE(memory.ok());
    std::vector<int> good(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < good.size(); ++i) {
        threads.emplace_back([&, i] {
            for (int j = 0; j < 25; ++j) {
                const std::string order = std::to_string(i) + "." + std::to_string(j);
                const auto worked = zygote().run(order, memory->get());
                good[i] += worked.ok() && worked->answer == "you said " + order ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(good == std::vector<int>{25, 25, 25, 25});
}

TEST_CASE("a worker knows nothing of the environment") {
    CHECK(zygote().alive());
    CHECK(std::string_view(secret) == "do not tell");
    CHECK(said("secret") == std::string(11, '\0') + "|unset");
}

TEST_CASE("a worker that does not answer is told from one that could not be had") {
    CHECK(run("spin").end == End::late);
    CHECK(run("much").end == End::too_much);
    const io::Worked thrown = run("throw");
    CHECK(thrown.end == End::died);
    CHECK(thrown.signal == 0);
    const io::Worked opened = run("open");
    CHECK(opened.end == End::died);
    CHECK(opened.signal == SIGSYS);
    const auto memory = io::sealed_copy({});
    const auto over = zygote().run("spin", memory->get(), std::chrono::steady_clock::now() + std::chrono::milliseconds(50));
    REQUIRE(!over.ok());
    CHECK(over.error().code == ErrorCode::deadline);
    CHECK(!zygote().run("hello", memory->get(), std::chrono::steady_clock::now()).ok());
    CHECK(!zygote().run("hello", -1).ok());          // nothing to send
    CHECK(said("hello") == "you said hello");
}

TEST_CASE("workers and the process that makes them end with their host") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t host = ::fork();
    if (host == 0) {
        const auto own = io::Zygote::start(work, {}, false);
        const auto memory = io::sealed_copy({});
        const int session = own.ok() && memory.ok() ? (*own)->process() : 0;
        static_cast<void>(::write(ends[1], &session, sizeof session));
        if (own.ok()) static_cast<void>((*own)->run("spin", memory->get()));
        ::_exit(0);
    }
    int session = 0;
    REQUIRE(::read(ends[0], &session, sizeof session) == sizeof session);
    REQUIRE(session > 0);
    // One that spins, and at least one that waits.
    for (int i = 0; i < 3000 && members(session) < 3; ++i) ::usleep(10'000);
    CHECK(members(session) >= 3);
    ::kill(host, SIGKILL);
    CHECK(::waitpid(host, nullptr, 0) == host);
    for (int i = 0; i < 3000 && members(session) > 0; ++i) ::usleep(10'000);
    CHECK(members(session) == 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a zygote that is not needed any more takes its workers with it") {
    auto own = io::Zygote::start(work, limits(), false);
    REQUIRE(own.ok());
    const int session = (*own)->process();
    const auto memory = io::sealed_copy({});
    for (int i = 0; i < 6; ++i) CHECK((*own)->run("hello", memory->get()).ok());
    // Those that wait are made behind the answers.
    for (int i = 0; i < 3000 && members(session) < 2; ++i) ::usleep(10'000);
    CHECK(members(session) >= 2);
    own->reset();
    CHECK(members(session) == 0);
    CHECK(::waitpid(-session, nullptr, WNOHANG) == -1);      // all were waited for
}

TEST_CASE("once the process that makes workers is gone, orders are errors") {
    auto own = io::Zygote::start(work, limits(), false);
    REQUIRE(own.ok());
    CHECK((*own)->alive());
    const auto memory = io::sealed_copy({});
    CHECK((*own)->run("hello", memory->get()).ok());
    ::kill((*own)->process(), SIGKILL);
    for (int i = 0; i < 500 && (*own)->alive(); ++i) ::usleep(10'000);
    CHECK(!(*own)->alive());
    // Those that wait already still work; no other is made.
    std::size_t answered = 0;
    std::optional<Error> error;
    for (std::size_t i = 0; i <= io::Zygote::kWaiting && !error; ++i) {
        const auto worked = (*own)->run("hello", memory->get());
        if (worked.ok()) ++answered;
        else error = worked.error();
    }
    CHECK(answered <= io::Zygote::kWaiting);
    REQUIRE(error);
    CHECK(error->code == ErrorCode::io);
}

TEST_CASE("a worker that ended while it waited is replaced") {
    auto own = io::Zygote::start(work, limits(), false);
    REQUIRE(own.ok());
    const auto memory = io::sealed_copy({});
    CHECK((*own)->run("hello", memory->get()).ok());
    for (const int process : processes_of((*own)->process())) {
        if (process != (*own)->process()) ::kill(process, SIGKILL);
    }
    for (int i = 0; i < 500 && members((*own)->process()) > 1; ++i) ::usleep(10'000);
    const auto worked = (*own)->run("again", memory->get());
    REQUIRE(worked.ok());
    CHECK(worked->answer == "you said again");
}
