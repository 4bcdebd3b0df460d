#include "io/zygote_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "io/sanitized.hpp"

namespace headgate::io {
namespace {

constexpr uid_t kNobody = 65534;
constexpr int kDoor = 3, kRuleset = 4;
constexpr int kCannot = 125;             // exit code of what could not lock itself in

void must(bool done) {
    if (!done) ::_exit(kCannot);
}

void limit(int resource, rlim_t most) {
    rlimit now{};
    must(::getrlimit(static_cast<__rlimit_resource>(resource), &now) == 0);
    const rlim_t possible = std::min(most, now.rlim_max);       // a limit that is there already may be stricter
    const rlimit both{possible, possible};
    must(::setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0);
}

// 0 to 2: /dev/null, 3: the door, 4: the ruleset or /dev/null. All others are closed, so that what comes with an order has the next.
void arrange(const ZygotePlan& plan) {
    const int nothing = ::open("/dev/null", O_RDWR);
    must(nothing >= 0);
    std::array<int, 5> descriptors = {nothing, nothing, nothing, plan.door, plan.ruleset >= 0 ? plan.ruleset : nothing};
    for (int& descriptor : descriptors) {
        descriptor = ::fcntl(descriptor, F_DUPFD, 16);
        must(descriptor >= 0);
    }
    for (std::size_t i = 0; i < descriptors.size(); ++i) must(::dup2(descriptors[i], static_cast<int>(i)) == static_cast<int>(i));
    must(::syscall(SYS_close_range, static_cast<unsigned>(descriptors.size()), ~0U, 0U) == 0);
}

// Tokens of CI systems are in the environment: not only its table, the texts go.
void forget_environment() {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) ::explicit_bzero(*entry, std::strlen(*entry));
    static char* nothing[] = {nullptr};
    environ = nothing;
}

// Ctrl-C and a service manager's SIGTERM go to the whole group: the host decides when there is no more work, and its end ends this.
void settle_signals() {
    for (int number = 1; number < 65; ++number) ::signal(number, SIG_DFL);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(number, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void die_with(int host) {
    must(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
    if (::getppid() != host) ::_exit(0);
}

void lock_zygote(const ZygotePlan& plan) {
    ::setsid();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    if (!kSanitized) limit(RLIMIT_AS, plan.limits.memory);
    // Where root has no right to become somebody else (a container without capabilities), it stays: the rest holds for it too.
    if (::geteuid() == 0 && ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0) {
        must(::setresuid(kNobody, kNobody, kNobody) == 0);
    }
    die_with(plan.host);                 // a change of user forgets it
    must(::prctl(PR_SET_DUMPABLE, 0) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    if (plan.ruleset >= 0) must(::syscall(SYS_landlock_restrict_self, kRuleset, 0U) == 0);
}

bool write_all(const char* bytes, std::size_t length) {
    while (length > 0) {
        const ssize_t put = ::write(kWorkerPort, bytes, length);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        bytes += put;
        length -= static_cast<std::size_t>(put);
    }
    return true;
}

// All but the system calls: the order is still to come.
void lock_worker(const ZygotePlan& plan) {
    die_with(plan.host);
    limit(RLIMIT_CPU, plan.limits.processor_seconds);
    limit(RLIMIT_NPROC, 0);
    // A domain of its own within the zygote's: no worker is in that of another.
    if (plan.ruleset >= 0) must(::syscall(SYS_landlock_restrict_self, kRuleset, 0U) == 0);
    must(::close(kDoor) == 0 && ::close(kRuleset) == 0);
}

void close_system_calls(const ZygotePlan& plan) {
    if (plan.filter.empty()) return;
    const sock_fprog filter{static_cast<unsigned short>(plan.filter.size()), const_cast<sock_filter*>(plan.filter.data())};
    must(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &filter) == 0);
}

// Bytes that come with one descriptor, whose number is as it must be. 0: the host is gone. Whatever else comes is not this host's.
std::size_t receive(int end, std::uint8_t* bytes, std::size_t most, int expected) {
    iovec data{bytes, most};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = 0;
    do got = ::recvmsg(end, &message, 0);
    while (got < 0 && errno == EINTR);
    if (got <= 0) return 0;
    const cmsghdr* const header = CMSG_FIRSTHDR(&message);
    must(header != nullptr && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int)) && (message.msg_flags & MSG_CTRUNC) == 0);
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    must(descriptor == expected);
    return static_cast<std::size_t>(got);
}

// Waits for it, however long. It is the host's, and bounded all the same.
Bytes receive_order() {
    Bytes bytes(4096);
    std::size_t have = receive(kWorkerPort, bytes.data(), bytes.size(), kWorkerInput);
    if (have == 0) ::_exit(0);
    std::uint32_t length = 0;
    must(have >= sizeof length);
    std::memcpy(&length, bytes.data(), sizeof length);
    must(length <= kMostOrder);
    bytes.resize(sizeof length + length);
    while (have < bytes.size()) {
        const ssize_t got = ::read(kWorkerPort, bytes.data() + have, bytes.size() - have);
        if (got < 0 && errno == EINTR) continue;
        must(got > 0);
        have += static_cast<std::size_t>(got);
    }
    bytes.erase(bytes.begin(), bytes.begin() + sizeof length);
    return bytes;
}

[[noreturn]] void be_worker(const ZygotePlan& plan) {
    const auto self = static_cast<std::uint32_t>(::syscall(SYS_getpid));
    must(write_all(reinterpret_cast<const char*>(&self), sizeof self));
    lock_worker(plan);
    static_cast<void>(plan.work({}, -1));
    must(write_all(&kReady, 1));
    const Bytes order = receive_order();
    close_system_calls(plan);
    // Beyond this point bytes of other people may be at work.
    try {
        const std::string answer = order.empty() ? std::string() : plan.work(order, kWorkerInput);
        const std::uint64_t length = answer.size();
        const bool said = write_all(reinterpret_cast<const char*>(&length), sizeof length) && write_all(answer.data(), answer.size());
        ::_exit(said ? 0 : 1);
    } catch (...) {
        ::_exit(1);
    }
}

}  // namespace

void be_zygote(const ZygotePlan& plan) {
    die_with(plan.host);
    settle_signals();
    arrange(plan);
    forget_environment();
    lock_zygote(plan);
    static_cast<void>(plan.work({}, -1));            // what is made once, every worker has from here
    for (std::uint8_t nothing = 0; receive(kDoor, &nothing, 1, kWorkerPort) > 0;) {
        // The worker becomes a child of the host. fork() cannot say so; this process has one thread, and libc no more to know.
        const long child = ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
        if (child == 0) be_worker(plan);
        // No child: the host sees its port close before anybody said anything.
        ::close(kWorkerPort);
    }
    ::_exit(0);
}

}  // namespace headgate::io
