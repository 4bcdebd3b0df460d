#include "io/zygote.hpp"

#include <linux/seccomp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "crypto/sha256.hpp"
#include "io/landlock.hpp"
#include "io/sealed_copy.hpp"
#include "io/system_calls.hpp"
#include "io/zygote_process.hpp"

namespace headgate::io {
namespace {

using Clock = Zygote::Clock;

Error failed(const std::string& what) { return {ErrorCode::io, "a worker cannot be had: " + what + ": " + std::strerror(errno)}; }

struct Ends {
    Descriptor ours, theirs;
};

Result<Ends> make_ends(int type) {
    int ends[2];
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0) return failed("socketpair");
    return Ends{Descriptor(ends[0]), Descriptor(ends[1])};
}

// Bytes, the first of them with a descriptor.
bool send_with(int end, std::string_view bytes, int descriptor) {
    iovec data{const_cast<char*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    ssize_t put = 0;
    do put = ::sendmsg(end, &message, MSG_NOSIGNAL);
    while (put < 0 && errno == EINTR);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
    while (!bytes.empty()) {
        put = ::send(end, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

enum class Heard { all, ended, late };

// Appends to `into` until it has `wanted` bytes. What is behind them is not asked for.
Heard hear(const Descriptor& port, std::string& into, std::size_t wanted, Clock::time_point until) {
    constexpr std::size_t kPiece = 64U << 10U;
    while (into.size() < wanted) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return Heard::late;
        pollfd ready{port.get(), POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 1 << 20))) <= 0) continue;
        // Memory is taken as bytes come, not as they are announced.
        const std::size_t had = into.size(), piece = std::min(kPiece, wanted - had);
        into.resize(had + piece);
        const ssize_t got = ::read(port.get(), into.data() + had, piece);
        into.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return Heard::ended;
    }
    return Heard::all;
}

bool has_seccomp() {
    const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0;
}

// A process that has ended is not changed by the signal.
int end(pid_t process) {
    ::kill(process, SIGKILL);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) return SIGKILL;          // somebody else waited for it
    }
    return status;
}

}  // namespace

Result<std::unique_ptr<Zygote>> Zygote::start(Work work, const WorkerLimits& limits, bool required) {
    std::vector<std::string> missing;
    if (landlock_version() == 0) missing.emplace_back("Landlock: files are not closed to them");
    auto filter = has_seccomp() ? system_calls_of_parsers(kWorkerPort, kWorkerInput)
                                : Result<std::vector<sock_filter>>(Error{ErrorCode::unsupported, "system calls are not closed to them"});
    if (!filter.ok()) missing.emplace_back("seccomp: " + filter.error().message);
    if (required && !missing.empty()) {
        return Error{ErrorCode::io, "parsers cannot be contained here; this kernel lacks " + missing.front() + ". Nothing was judged"};
    }
    static_cast<void>(crypto::sha256({}));           // the library reads its configuration at the first digest
    Descriptor ruleset;
    if (landlock_version() > 0) {
        Openable nothing;
        nothing.devices = false;
        ruleset = TRY(landlock_ruleset(nothing));
    }
    Ends door = TRY(make_ends(SOCK_SEQPACKET));
    ZygotePlan plan{door.theirs.get(), ruleset.get(), filter.ok() ? *filter : std::vector<sock_filter>(), limits, work, ::getpid()};
    const pid_t process = ::fork();
    if (process < 0) return failed("fork");
    if (process == 0) be_zygote(plan);
    door.theirs = Descriptor();
    std::unique_ptr<Zygote> zygote(new Zygote(std::move(door.ours), process, limits, std::move(missing)));
    // One is tried before anybody relies on them.
    const Descriptor nothing = TRY(sealed_copy({}));
    const Worked tried = TRY(zygote->run({}, nothing.get()));
    if (tried.end != Worked::End::answered) return Error{ErrorCode::io, "a worker cannot be had: one that was tried could not lock itself in"};
    return zygote;
}

Zygote::~Zygote() {
    end(process_);
    for (const Worker& worker : waiting_) dismiss(worker);
    for (const int process : ending_) end(process);
}

bool Zygote::alive() const {
    siginfo_t about{};
    return ::waitid(P_PID, static_cast<id_t>(process_), &about, WEXITED | WNOWAIT | WNOHANG) == 0 && about.si_pid == 0;
}

Result<Zygote::Worker> Zygote::make() const {
    Ends port = TRY(make_ends(SOCK_STREAM));
    if (!send_with(door_.get(), std::string_view("\0", 1), port.theirs.get())) return failed("the process that makes them cannot be asked");
    return Worker{std::move(port.ours), 0};
}

// One that waits, or a new one; as many as are wanted wait then.
Result<Zygote::Worker> Zygote::take() const {
    std::optional<Worker> taken;
    std::size_t missing = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (!waiting_.empty()) {
            taken = std::move(waiting_.front());     // the oldest: it is the likeliest to be ready
            waiting_.erase(waiting_.begin());
        }
        missing = wanted_ - std::min(wanted_, waiting_.size());
        wanted_ = std::min(wanted_ + 1, kWaiting);
        std::erase_if(ending_, [](int process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
    }
    if (!taken) taken = TRY(make());
    for (; missing > 0; --missing) {
        auto made = make();
        if (!made.ok()) break;                       // whoever needs it will hear of it
        const std::scoped_lock lock(mutex_);
        waiting_.push_back(std::move(made).value());
    }
    // Its number comes first, before anything of other people's: without it, it could not be ended.
    constexpr std::chrono::seconds kPatience{30};
    std::string said;
    const Heard heard = hear(taken->port, said, sizeof(std::uint32_t) + 1, Clock::now() + kPatience);
    std::uint32_t number = 0;
    if (said.size() >= sizeof number) std::memcpy(&number, said.data(), sizeof number);
    taken->process = static_cast<int>(number);
    if (heard == Heard::all && said.back() == kReady) return std::move(*taken);
    if (taken->process > 0) end(taken->process);
    return Error{ErrorCode::io, taken->process > 0 ? "a worker cannot be had: it could not lock itself in" : "a worker cannot be had: none was made"};
}

// One that waited for nothing. Its port is closed with it.
void Zygote::dismiss(const Worker& worker) const {
    std::string said;
    std::uint32_t number = 0;
    if (hear(worker.port, said, sizeof number, Clock::now() + std::chrono::seconds(5)) != Heard::all) return;
    std::memcpy(&number, said.data(), sizeof number);
    end(static_cast<pid_t>(number));
}

Result<Worked> Zygote::run(std::string_view order, int input, Clock::time_point end_of_call) const {
    const Error over{ErrorCode::deadline, "the time allowed for the judgement is over"};
    if (order.size() > kMostOrder) return Error{ErrorCode::internal, "an order that is too long for a worker"};
    const auto length = static_cast<std::uint32_t>(order.size());
    const std::string sent = std::string(reinterpret_cast<const char*>(&length), sizeof length) + std::string(order);
    // One that has ended while it waited has seen nothing yet: another takes its place.
    std::optional<Worker> worker;
    Error problem;
    for (int tries = 0; !worker && tries < 3; ++tries) {
        if (Clock::now() >= end_of_call) return over;
        auto taken = take();
        if (!taken.ok()) {
            problem = taken.error();
        } else if (!send_with(taken->port.get(), sent, input)) {
            problem = failed("it does not take its order");
            end(taken->process);
        } else {
            worker = std::move(taken).value();
        }
    }
    if (!worker) return problem;

    const auto limit = Clock::now() + limits_.deadline;
    const auto until = std::min(limit, end_of_call);
    Worked worked;
    std::uint64_t announced = 0;
    Heard heard = hear(worker->port, worked.answer, sizeof announced, until);
    if (heard == Heard::all) {
        std::memcpy(&announced, worked.answer.data(), sizeof announced);
        worked.answer.clear();
        if (announced > limits_.answer) {
            worked.end = Worked::End::too_much;
        } else {
            heard = hear(worker->port, worked.answer, static_cast<std::size_t>(announced), until);
            if (heard == Heard::all) worked.end = Worked::End::answered;
        }
    }
    if (worked.end == Worked::End::answered) {
        // It has said all that is heard of it: it ends while the next one works.
        ::kill(worker->process, SIGKILL);
        const std::scoped_lock lock(mutex_);
        ending_.push_back(worker->process);
        return worked;
    }
    worked.answer.clear();
    const int status = end(worker->process);
    if (heard == Heard::late && end_of_call < limit) return over;
    if (heard == Heard::late) worked.end = Worked::End::late;
    if (worked.end == Worked::End::died) worked.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return worked;
}

}  // namespace headgate::io
