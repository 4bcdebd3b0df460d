// What a plugin call costs beside a bare spawn of the same program, in one run, by turns. For each program of the command line: a line
// with its name, the medians of both in milliseconds, and the least of both.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "external/host.hpp"

using namespace headgate;
using Clock = std::chrono::steady_clock;

namespace {

double milliseconds(Clock::time_point from) { return std::chrono::duration<double, std::milli>(Clock::now() - from).count(); }

double median(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

// The same request, the same answer read to its end, and nothing else.
double bare(const char* program, const std::string& request) {
    const auto from = Clock::now();
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    pid_t child = 0;
    char* const arguments[] = {const_cast<char*>(program), nullptr};
    char path[] = "PATH=/usr/bin:/bin";
    char* const environment[] = {path, nullptr};
    if (::posix_spawn(&child, program, &actions, nullptr, arguments, environment) != 0) std::abort();
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    if (::write(in[1], request.data(), request.size()) != static_cast<ssize_t>(request.size())) std::abort();
    ::close(in[1]);
    char buffer[65536];
    ssize_t all = 0;
    for (ssize_t got = 0; (got = ::read(out[0], buffer, sizeof buffer)) > 0;) all += got;
    ::close(out[0]);
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0 || all == 0) std::abort();
    return milliseconds(from);
}

double call(const external::Plugin& plugin, const external::Description& described, const Subject& subject) {
    const auto from = Clock::now();
    const auto reply = plugin.check({&subject, "any", "{}", {}}, described, {});
    if (!reply.result.ok()) {
        std::fprintf(stderr, "%s\n", reply.result.error().message.c_str());
        std::exit(1);
    }
    return milliseconds(from);
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int kRounds = 101;
    for (int i = 1; i < argc; ++i) {
        PluginSpec spec;
        spec.name = "measured";
        spec.timeout = 60;
        auto program = external::read_executable(argv[i]);
        if (!program.ok()) return 1;
        const external::Plugin plugin(spec, std::move(program).value(), {}, {});
        const auto described = plugin.describe({});
        if (!described.result.ok()) {
            std::fprintf(stderr, "%s: %s\n", argv[i], described.result.error().message.c_str());
            return 1;
        }
        Subject subject;
        subject.ref = "file:model";
        const std::string request = external::check_request({external::new_request_id(), &subject, "any", "{}", {}}, {});
        std::vector<double> spawned;
        std::vector<double> called;
        for (int round = -5; round < kRounds; ++round) {
            const double a = bare(argv[i], request);
            const double b = call(plugin, *described.result, subject);
            if (round < 0) continue;
            spawned.push_back(a);
            called.push_back(b);
        }
        const auto least = [](const std::vector<double>& all) { return *std::min_element(all.begin(), all.end()); };
        std::printf("%s %.3f %.3f %.3f %.3f\n", argv[i], median(spawned), median(called), least(spawned), least(called));
    }
}
