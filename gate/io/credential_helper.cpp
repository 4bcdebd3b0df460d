#include "io/credential_helper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "io/directory.hpp"

namespace headgate::io {
namespace {

using HelperClock = std::chrono::steady_clock;

// The leader of a process group of its own, which ends with this object.
class HelperProcess {
  public:
    explicit HelperProcess(pid_t child) : child_(child) {}
    HelperProcess(const HelperProcess&) = delete;
    HelperProcess& operator=(const HelperProcess&) = delete;
    ~HelperProcess() {
        if (waited_) return;  // its number may be another's by now
        ::kill(-child_, SIGKILL);
        static_cast<void>(reap());
    }
    /// The status of a program that has ended, or that has closed its output and does so soon; nullopt after the time.
    std::optional<int> end(HelperClock::time_point deadline) {
        for (;;) {
            int status = 0;
            const pid_t got = ::waitpid(child_, &status, WNOHANG);
            if (got == child_) {
                waited_ = true;
                return status;
            }
            if ((got < 0 && errno != EINTR) || HelperClock::now() >= deadline) return std::nullopt;
            ::poll(nullptr, 0, 2);
        }
    }

  private:
    int reap() const {
        int status = 0;
        while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {}
        return status;
    }
    pid_t child_;
    bool waited_ = false;
};

Result<pid_t> start_helper(const std::string& program, int input, int output) {
    std::string verb = "get";
    std::string name = program;
    char* arguments[] = {name.data(), verb.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all_default;
    ::sigemptyset(&none);
    ::sigemptyset(&all_default);
    ::sigaddset(&all_default, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all_default);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t child = 0;
    const int code = ::posix_spawnp(&child, name.c_str(), &actions, &attributes, arguments, environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (code != 0) return Error{ErrorCode::key, "cannot run it: " + std::string(std::strerror(code))};
    return child;
}

// To the end of what it writes.
Result<std::string> read_answer(int output, HelperClock::time_point deadline) {
    std::string answer;
    char buffer[4096];
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - HelperClock::now()).count();
        if (left <= 0) return Error{ErrorCode::deadline, "it did not answer in time"};
        pollfd one{output, POLLIN, 0};
        if (::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) <= 0) continue;
        const ssize_t got = ::read(output, buffer, sizeof buffer);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return answer;
        answer.append(buffer, static_cast<std::size_t>(got));
        if (answer.size() > kMaxHelperAnswer) return Error{ErrorCode::key, "it answers more than " + std::to_string(kMaxHelperAnswer) + " bytes"};
    }
}

Result<std::optional<RegistryCredentials>> ask(const std::string& program, const std::string& server, HelperClock::time_point deadline) {
    int to[2];
    int from[2];
    if (::pipe2(to, O_CLOEXEC) != 0) return Error{ErrorCode::io, "pipe: " + std::string(std::strerror(errno))};
    const Descriptor input(to[0]);
    Descriptor asking(to[1]);
    if (::pipe2(from, O_CLOEXEC) != 0) return Error{ErrorCode::io, "pipe: " + std::string(std::strerror(errno))};
    const Descriptor output(from[0]);
    Descriptor answering(from[1]);
    // Before it starts, so that nothing waits and nobody is gone: a server's name is smaller than any pipe.
    const std::string line = server + "\n";
    if (line.size() > 4096 || ::write(asking.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        return Error{ErrorCode::io, "the server's name cannot be handed to it"};
    }
    asking = Descriptor();
    HelperProcess process(TRY(start_helper(program, input.get(), answering.get())));
    answering = Descriptor();
    const std::string answer = TRY(read_answer(output.get(), deadline));
    const auto status = process.end(deadline);
    if (!status) return Error{ErrorCode::deadline, "it did not end in time"};
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return std::optional<RegistryCredentials>(TRY(parse_helper_answer(as_bytes(answer))));
    // What all helpers say by agreement (docker-credential-helpers, credentials/error.go).
    if (answer.find("credentials not found") != std::string::npos) return std::optional<RegistryCredentials>();
    return Error{ErrorCode::key, "it failed"};
}

}  // namespace

Result<std::optional<RegistryCredentials>> ask_credential_helper(const std::string& name, const std::string& server, HelperClock::time_point deadline) {
    const std::string program = "docker-credential-" + name;
    auto answer = ask(program, server, deadline);
    if (answer.ok()) return answer;
    const Error& error = answer.error();
    return Error{error.code == ErrorCode::malformed ? ErrorCode::key : error.code, program + " for " + escape_terminal(server, 300) + ": " + error.message};
}

}  // namespace headgate::io
