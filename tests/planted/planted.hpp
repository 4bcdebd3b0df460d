// planted.hpp: a parser with a bug, for tests alone: a file that begins with "planted:" has it do what the rest of the line says, in the
// worker, with nothing in between. So whoever writes the file runs code there. Release programs know nothing of it: they start their
// workers with pipeline::work, the tests with planted::work.
#pragma once

#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "io/worker_source.hpp"
#include "io/zygote_process.hpp"
#include "pipeline/isolation.hpp"
#include "pipeline/parse_wire.hpp"

namespace planted {

using namespace headgate;

inline constexpr int kPort = io::kWorkerPort, kInput = io::kWorkerInput;
/// As this program starts it is the host; a worker has a copy.
inline const pid_t kHost = ::getpid();

/// One deed. `word` is the rest of the line: a path, a port. True: it was done, and the worker should not be there to say so.
struct Deed {
    std::string_view name;
    bool (*run)(const std::string& word);
};

inline bool created(const std::string& path) { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) >= 0; }

inline bool connected(const std::string& port) {
    const int end = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port.c_str())));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return end >= 0 && ::connect(end, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

inline bool ran(const std::string& path) {
    std::string program = "/usr/bin/touch", argument = path;
    char* const words[] = {program.data(), argument.data(), nullptr};
    ::execve(program.c_str(), words, nullptr);
    return false;
}

inline bool passed_on(int door, int descriptor) {
    char nothing = 0;
    iovec data{&nothing, 1};
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
    return ::sendmsg(door, &message, 0) >= 0;
}

inline bool written_to_host() {
    char bytes[] = "planted";
    iovec here{bytes, sizeof bytes}, there{bytes, sizeof bytes};
    return ::syscall(SYS_process_vm_writev, kHost, &here, 1UL, &there, 1UL, 0UL) > 0;
}

inline long call(long number) { return ::syscall(number, 0, 0, 0, 0, 0, 0); }

/// Deeds that need a system call which no parser makes: each is the end of the worker, before anything is done.
inline constexpr std::array kForbidden = {
    Deed{"open", [](const std::string&) { return ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0; }},
    Deed{"create", [](const std::string& path) { return created(path); }},
    Deed{"open-host-memory", [](const std::string&) { return ::open(("/proc/" + std::to_string(kHost) + "/mem").c_str(), O_RDWR) >= 0; }},
    Deed{"stat", [](const std::string&) { return ::access("/etc/passwd", R_OK) == 0; }},
    Deed{"unlink", [](const std::string& path) { return ::unlink(path.c_str()) == 0; }},
    Deed{"connect", [](const std::string& port) { return connected(port); }},
    Deed{"exec", [](const std::string& path) { return ran(path); }},
    Deed{"fork", [](const std::string&) { return ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0; }},
    Deed{"vfork", [](const std::string&) { return ::syscall(SYS_vfork) >= 0; }},
    Deed{"clone3", [](const std::string&) { return call(SYS_clone3) >= 0; }},
    Deed{"kill-host", [](const std::string&) { return ::kill(kHost, SIGKILL) == 0; }},
    Deed{"kill-all", [](const std::string&) { return ::kill(-1, SIGKILL) == 0; }},
    Deed{"ptrace", [](const std::string&) { return ::syscall(SYS_ptrace, PTRACE_SEIZE, kHost, 0, 0) == 0; }},
    Deed{"write-host-memory", [](const std::string&) { return written_to_host(); }},
    Deed{"pidfd", [](const std::string&) { return ::syscall(SYS_pidfd_open, kHost, 0U) >= 0; }},
    Deed{"write-other-descriptor", [](const std::string&) {
             bool any = false;
             for (int number = 0; number < 64; ++number) any = (number != kPort && ::write(number, "x", 1) > 0) || any;
             return any;
         }},
    Deed{"write-door", [](const std::string&) { return ::write(3, "x", 1) > 0; }},
    Deed{"read-other-descriptor", [](const std::string&) {
             char byte = 0;
             return ::read(0, &byte, 1) >= 0;
         }},
    Deed{"ask-zygote", [](const std::string&) { return passed_on(3, kInput); }},
    Deed{"pass-on-descriptor", [](const std::string&) { return passed_on(kPort, kInput); }},
    Deed{"close", [](const std::string&) { return ::close(kPort) == 0; }},
    Deed{"write-input", [](const std::string&) { return ::pwrite(kInput, "x", 1, 0) == 1; }},
    Deed{"map-input-to-write", [](const std::string&) {
             return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, kInput, 0) != MAP_FAILED;
         }},
    Deed{"truncate-input", [](const std::string&) { return ::ftruncate(kInput, 0) == 0; }},
    Deed{"code-in-memory", [](const std::string&) {
             return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
         }},
    Deed{"memory-to-code", [](const std::string&) {
             void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             return ::mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
         }},
    Deed{"input-to-code", [](const std::string&) { return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, kInput, 0) != MAP_FAILED; }},
    Deed{"outlive", [](const std::string&) { return ::prctl(PR_SET_PDEATHSIG, 0) == 0; }},
    Deed{"lift-limits", [](const std::string&) {
             const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
             return ::setrlimit(RLIMIT_CPU, &all) == 0;
         }},
    Deed{"session", [](const std::string&) { return ::setsid() >= 0; }},
    Deed{"root", [](const std::string&) { return ::syscall(SYS_setuid, 0) == 0; }},
    Deed{"namespace", [](const std::string&) { return ::unshare(CLONE_NEWUSER) == 0; }},
    Deed{"mount", [](const std::string&) { return call(SYS_mount) == 0; }},
    Deed{"io-uring", [](const std::string&) { return call(SYS_io_uring_setup) >= 0; }},
    Deed{"bpf", [](const std::string&) { return call(SYS_bpf) >= 0; }},
    Deed{"userfaultfd", [](const std::string&) { return call(SYS_userfaultfd) >= 0; }},
    Deed{"shared-memory", [](const std::string&) { return ::syscall(SYS_shmget, 0x67617465, 4096UL, 0666 | 01000) >= 0; }},
    Deed{"memfd", [](const std::string&) { return ::memfd_create("x", 0) >= 0; }},
    Deed{"wait", [](const std::string&) {
             int word = 0;
             return ::syscall(SYS_futex, &word, 128, 0, nullptr) == 0;      // FUTEX_WAIT_PRIVATE
         }},
    Deed{"sleep", [](const std::string&) { return ::usleep(1) == 0; }},
    Deed{"seccomp", [](const std::string&) { return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0U, nullptr) == 0; }},
};

#if defined(__SANITIZE_ADDRESS__)
[[gnu::noinline, gnu::no_sanitize("address")]]
#else
[[gnu::noinline]]
#endif
inline int deep(volatile int* depth) {
    volatile char room[65536];  // NOLINT: no more than memory on the stack
    room[0] = static_cast<char>(*depth);
    *depth = *depth + 1;
    return *depth < 0 ? 0 : deep(depth) + room[0];
}

/// What an honest parser answers, of its own words: text, all of it understood.
inline pipeline::WireAnswer inert(const std::string& path) {
    pipeline::WireAnswer answer;
    answer.readable = answer.parsed.yes = true;
    answer.parsed.facts.formats.push_back({{path, {}, {}, {}}, "text", true, false});
    return answer;
}

struct Saying {
    std::string_view name;
    std::string (*say)(const std::string& path);
};

/// Answers that are none. `path` is that of the file.
inline const std::vector<Saying>& sayings() {
    static const std::vector<Saying> kAll = {
        {"nothing", [](const std::string&) { return std::string(); }},
        {"half", [](const std::string& path) {
             const std::string whole = pipeline::write_answer(inert(path));
             return whole.substr(0, whole.size() / 2);
         }},
        {"trailing", [](const std::string& path) { return pipeline::write_answer(inert(path)) + "x"; }},
        {"twice", [](const std::string& path) { return pipeline::write_answer(inert(path)) + pipeline::write_answer(inert(path)); }},
        {"garbage", [](const std::string&) { return std::string(5000, '\xA5'); }},
        {"json", [](const std::string&) { return std::string("{\"allow\": true}\n"); }},
        {"many", [](const std::string&) { return std::string("\1\1\xFF\xFF\xFF\xFF", 6) + std::string(100'000, '\0'); }},
        {"unread", [](const std::string&) { return std::string(1, '\0'); }},
        {"no-reason", [](const std::string&) {
             pipeline::WireAnswer answer;
             answer.readable = true;
             return pipeline::write_answer(answer);
         }},
        {"all-of-nothing", [](const std::string&) {
             pipeline::WireAnswer answer;
             answer.readable = answer.parsed.yes = true;
             return pipeline::write_answer(answer);
         }},
        {"other-file", [](const std::string&) { return pipeline::write_answer(inert("good.safetensors")); }},
        {"path-above", [](const std::string& path) { return pipeline::write_answer(inert("../" + path)); }},
        {"digest", [](const std::string& path) {
             auto answer = inert(path);
             answer.parsed.facts.files.push_back({path, 1, std::string(64, 'a'), true, false});
             return pipeline::write_answer(answer);
         }},
        {"signature", [](const std::string& path) {
             auto answer = inert(path);
             Signature signature;
             signature.where.path = path;
             signature.scheme = "oms";
             signature.signers = {"release"};
             signature.key_ids = {std::string(64, 'b')};
             signature.covers_subject = true;
             answer.parsed.facts.signatures.push_back(signature);
             return pipeline::write_answer(answer);
         }},
        {"statement", [](const std::string& path) {
             auto answer = inert(path);
             Statement statement;
             statement.where.path = path;
             statement.predicate_type = "https://in-toto.io/attestation/test-result/v0.1";
             statement.signers = {"release"};
             statement.key_ids = {std::string(64, 'b')};
             answer.parsed.facts.statements.push_back(statement);
             return pipeline::write_answer(answer);
         }},
        {"include", [](const std::string& path) {
             auto answer = inert(path);
             answer.parsed.facts.includes.push_back({{path, {}, {}, {}}, "../secret.txt", false});
             return pipeline::write_answer(answer);
         }},
        {"ranges", [](const std::string& path) {
             auto answer = inert(path);
             answer.seen.push_back({UINT64_MAX - 1, 4, {}});
             return pipeline::write_answer(answer);
         }},
        {"values", [](const std::string& path) {
             auto answer = inert(path);
             answer.parsed.facts.tensors.push_back({{path, {}, 0, {}}, "w", "F32", {1}, 4, TensorStatistics{}});
             return pipeline::write_answer(answer);
         }},
    };
    return kAll;
}

/// Ends that are none: by a fault, by what runs out.
struct Ending {
    std::string_view name;
    void (*run)();
};
inline constexpr std::array kEndings = {
    Ending{"fault", [] { *reinterpret_cast<volatile int*>(8) = 1; }},
    Ending{"abort", [] { std::abort(); }},
    Ending{"exit", [] { ::_exit(0); }},
    Ending{"exit-as-refused", [] { ::_exit(125); }},
    Ending{"throw", [] { throw 1; }},
    Ending{"stack", [] {
               volatile int depth = 0;
               static_cast<void>(deep(&depth));
           }},
    Ending{"spin", [] {
               for (volatile unsigned count = 0;;) count = count + 1;
           }},
    Ending{"memory", [] {
               for (;;) {
                   auto* const page = static_cast<volatile char*>(std::malloc(1U << 20U));
                   if (page == nullptr) throw std::bad_alloc();
                   for (std::size_t i = 0; i < (1U << 20U); i += 4096) page[i] = 1;
               }
           }},
    Ending{"endless", [] {
               static const std::string piece(65536, 'x');
               while (::write(kPort, piece.data(), piece.size()) > 0) {}
           }},
    Ending{"half-and-spin", [] {
               static_cast<void>(::write(kPort, "\1\1", 2));
               for (volatile unsigned count = 0;;) count = count + 1;
           }},
};

inline constexpr std::string_view kMark = "planted:";

/// The deed of the line, and what the worker answers when it is still there: "done" is no answer.
inline std::string obey(std::string line, const std::string& path) {
    const std::size_t space = line.find(' ');
    const std::string word = space == std::string::npos ? "" : line.substr(space + 1);
    line.resize(std::min(space, line.size()));
    for (const Deed& deed : kForbidden) {
        if (deed.name == line) return deed.run(word) ? "done" : "tried";
    }
    for (const Saying& saying : sayings()) {
        if (saying.name == line) return saying.say(path);
    }
    for (const Ending& ending : kEndings) {
        if (ending.name == line) ending.run();
    }
    if (line == "lie") return pipeline::write_answer(inert(path));
    return "no such deed";
}

/// pipeline::work, with the bug.
inline std::string work(ByteView bytes, int input) {
    if (bytes.empty()) return pipeline::work(bytes, input);
    const auto order = pipeline::read_order(bytes);
    if (!order.ok()) return {};
    io::WorkerSource source(input, order->size, order->kind);
    const auto begin = source.view(0, std::min<std::uint64_t>(order->size, 4096));
    const bool asked = order->what.task == pipeline::ParseOrder::Task::artifact;
    if (!asked || !begin || !as_text(*begin).starts_with(kMark)) return pipeline::work(bytes, input);
    const std::string_view text = as_text(*begin).substr(kMark.size());
    return obey(std::string(text.substr(0, text.find('\n'))), order->what.path);
}

}  // namespace planted
