#include "io/system_calls.hpp"

#include <linux/futex.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "io/directory.hpp"
#include "io/sanitized.hpp"

namespace headgate::io {
namespace {

constexpr std::array kFiles = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(preadv),
    SCMP_SYS(pwritev), SCMP_SYS(preadv2), SCMP_SYS(pwritev2), SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(close),
    SCMP_SYS(close_range), SCMP_SYS(stat), SCMP_SYS(fstat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(statfs), SCMP_SYS(fstatfs), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(getdents), SCMP_SYS(getdents64), SCMP_SYS(lseek), SCMP_SYS(getcwd), SCMP_SYS(chdir),
    SCMP_SYS(fchdir), SCMP_SYS(umask), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(fcntl), SCMP_SYS(flock),
    SCMP_SYS(fadvise64), SCMP_SYS(readahead), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(sendfile), SCMP_SYS(copy_file_range),
    SCMP_SYS(splice), SCMP_SYS(tee), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2), SCMP_SYS(eventfd), SCMP_SYS(eventfd2), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime)};

constexpr std::array kMemoryAndTime = {
    SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(mincore), SCMP_SYS(brk),
    SCMP_SYS(membarrier), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times), SCMP_SYS(getrandom), SCMP_SYS(setitimer), SCMP_SYS(getitimer),
    SCMP_SYS(alarm), SCMP_SYS(pause)};

constexpr std::array kProcesses = {
    SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(futex_waitv), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list),
    SCMP_SYS(set_tid_address), SCMP_SYS(rseq), SCMP_SYS(arch_prctl), SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(getpid), SCMP_SYS(getppid),
    SCMP_SYS(gettid), SCMP_SYS(getpgrp), SCMP_SYS(getpgid), SCMP_SYS(getsid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
    SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getresuid), SCMP_SYS(getresgid), SCMP_SYS(getgroups), SCMP_SYS(getrusage),
    SCMP_SYS(getrlimit), SCMP_SYS(getpriority), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(capget), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigpending), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(sigaltstack)};

constexpr std::array kNetwork = {
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept),
    SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(setsockopt),
    SCMP_SYS(getsockopt)};

constexpr std::array kSignals = {SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(tgkill)};

constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                                      CLONE_NEWNET | 0x80U;    // CLONE_NEWTIME

struct Release {
    void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

template <typename Calls>
bool allow(void* filter, const Calls& calls) {
    for (const int call : calls) {
        // A call that this architecture does not have is none to allow.
        const int code = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
        if (code != 0 && code != -EDOM) return false;
    }
    return true;
}

template <typename Values>
bool allow_with(void* filter, int call, unsigned argument, const Values& values) {
    for (const auto value : values) {
        const scmp_arg_cmp is{argument, SCMP_CMP_EQ, static_cast<scmp_datum_t>(value), 0};
        if (seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &is) != 0) return false;
    }
    return true;
}

bool add_rules(void* filter, const SystemCalls& granted) {
    constexpr std::array<unsigned long, 6> kQuestions = {TCGETS, TIOCGWINSZ, FIONREAD, FIOCLEX, FIONCLEX, FIONBIO};
    constexpr std::array<int, 3> kNames = {PR_SET_NAME, PR_GET_NAME, 0x53564d41};    // PR_SET_VMA: libc names its memory
    const scmp_arg_cmp no_namespace{0, SCMP_CMP_MASKED_EQ, kNamespaces, 0};
    const scmp_arg_cmp itself{0, SCMP_CMP_EQ, 0, 0};
    return allow(filter, kFiles) && allow(filter, kMemoryAndTime) && allow(filter, kProcesses) &&
           allow_with(filter, SCMP_SYS(ioctl), 1, kQuestions) && allow_with(filter, SCMP_SYS(prctl), 0, kNames) &&
           seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &no_namespace) == 0 &&
           seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, &itself) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
           (!granted.signals || allow(filter, kSignals)) && (!granted.network || allow(filter, kNetwork));
}

// An argument that is a descriptor: the kernel looks at its lower half.
scmp_arg_cmp is_descriptor(unsigned argument, int number) {
    return {argument, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFU, static_cast<std::uint32_t>(number)};
}
scmp_arg_cmp has_none_of(unsigned argument, int flags) { return {argument, SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(flags), 0}; }

template <typename... Conditions>
bool allow_if(void* filter, int call, Conditions... conditions) {
    const std::array<scmp_arg_cmp, sizeof...(conditions)> all = {conditions...};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, static_cast<unsigned>(all.size()), all.data()) == 0;
}

bool add_rules_of_parsers(void* filter, int port, int input) {
    // Random numbers: expat salts its tables.
    constexpr std::array kMemory = {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(getrandom), SCMP_SYS(exit),
                                    SCMP_SYS(exit_group)};
    // It looks through a pipe at memory that it does not trust to be there.
    constexpr std::array kOfSanitizer = {SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(rt_sigprocmask),
                                         SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime), SCMP_SYS(getrlimit), SCMP_SYS(pipe2), SCMP_SYS(close),
                                         SCMP_SYS(write)};
    // What is done once (the first exception, say) says that it was done, to nobody here.
    constexpr std::array kWake = {FUTEX_WAKE | FUTEX_PRIVATE_FLAG};
    return allow(filter, kMemory) && (kSanitized ? allow(filter, kOfSanitizer) : allow_with(filter, SCMP_SYS(futex), 1, kWake)) &&
           (kSanitized || allow_if(filter, SCMP_SYS(write), is_descriptor(0, port))) &&
           allow_if(filter, SCMP_SYS(pread64), is_descriptor(0, input)) &&
           allow_if(filter, SCMP_SYS(mmap), has_none_of(2, PROT_EXEC), is_descriptor(4, -1)) &&
           allow_if(filter, SCMP_SYS(mmap), has_none_of(2, PROT_EXEC | PROT_WRITE), is_descriptor(4, input)) &&
           allow_if(filter, SCMP_SYS(mprotect), has_none_of(2, PROT_EXEC));
}

// The filter as the kernel takes it.
Result<std::vector<sock_filter>> instructions_of(void* filter) {
    const Error failed{ErrorCode::internal, "the list of system calls for contained programs cannot be made"};
    const Descriptor file(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!file.valid() || seccomp_export_bpf(filter, file.get()) != 0) return failed;
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    if (size <= 0 || static_cast<std::size_t>(size) % sizeof(sock_filter) != 0) return failed;
    std::vector<sock_filter> instructions(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (::pread(file.get(), instructions.data(), static_cast<std::size_t>(size), 0) != size) return failed;
    return instructions;
}

}  // namespace

Result<std::vector<sock_filter>> system_calls_of_programs(const SystemCalls& granted) {
    const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
    if (!filter || !add_rules(filter.get(), granted)) return Error{ErrorCode::internal, "the list of system calls for contained programs cannot be made"};
    return instructions_of(filter.get());
}

Result<std::vector<sock_filter>> system_calls_of_parsers(int port, int input) {
    const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
    if (!filter || !add_rules_of_parsers(filter.get(), port, input)) return Error{ErrorCode::internal, "the list of system calls for parsers cannot be made"};
    return instructions_of(filter.get());
}

}  // namespace headgate::io
