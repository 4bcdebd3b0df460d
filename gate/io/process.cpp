#include "io/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/directory.hpp"

namespace headgate::io {
namespace {

Error failed(const std::string& what, int code) { return {ErrorCode::io, what + ": " + std::strerror(code)}; }

Result<int> wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return failed("waitpid", errno);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Finished> run_program(const std::vector<std::string>& words, const std::string& folder, std::size_t max_output) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return failed("pipe", errno);
    const Descriptor read_end(ends[0]);
    Descriptor write_end(ends[1]);

    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
    if (!folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    pid_t child = 0;
    const int code = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (code != 0) return failed("cannot run " + words[0], code);
    write_end = Descriptor();

    Finished finished;
    bool too_much = false;
    char buffer[8192];
    for (;;) {
        const ssize_t got = ::read(read_end.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        too_much = too_much || finished.output.size() + static_cast<std::size_t>(got) > max_output;
        if (!too_much) finished.output.append(buffer, static_cast<std::size_t>(got));  // drained to its end either way
    }
    finished.status = TRY(wait_for(child));
    if (too_much) return Error{ErrorCode::io, words[0] + " writes more than " + std::to_string(max_output) + " bytes"};
    return finished;
}

}  // namespace headgate::io
