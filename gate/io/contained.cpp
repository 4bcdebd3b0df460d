#include "io/contained.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "io/file_source.hpp"
#include "io/landlock.hpp"
#include "io/system_calls.hpp"

namespace headgate::io {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uid_t kNobody = 65534;
constexpr std::array kSystem = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"};

Error failed(const std::string& what) { return {ErrorCode::io, what + ": " + std::strerror(errno)}; }

struct Pipe {
    Descriptor read, write;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return failed("pipe");
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// Everything that the child needs, made before the fork: between fork and exec it makes system calls and nothing else.
struct Plan {
    std::vector<char*> arguments, environment;
    std::vector<int> descriptors;                // in the child: 0, 1, 2, the inputs, the program's image, the ruleset if there is one
    int image = -1, ruleset = -1;                // numbers in the child
    const char* home = nullptr;
    sock_fprog filter{};
    ContainedLimits limits;
    rlim_t processes = 0;
    pid_t parent = 0;
    bool as_nobody = false;
};

void limit(int resource, rlim_t most) {
    const rlimit both{most, most};
    if (::setrlimit(static_cast<__rlimit_resource>(resource), &both) != 0) ::_exit(126);
}

// The descriptors move up, out of each other's way, and then down to their numbers.
void arrange(std::vector<int>& descriptors) {
    for (int& descriptor : descriptors) {
        descriptor = ::fcntl(descriptor, F_DUPFD, static_cast<int>(descriptors.size()));
        if (descriptor < 0) ::_exit(126);
    }
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        if (::dup2(descriptors[i], static_cast<int>(i)) < 0) ::_exit(126);
    }
    if (::syscall(SYS_close_range, static_cast<unsigned>(descriptors.size()), ~0U, 0U) != 0) ::_exit(126);
}

[[noreturn]] void become(Plan& plan) {
    if (::setpgid(0, 0) != 0 || ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != plan.parent) ::_exit(126);
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 65; ++number) ::signal(number, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    rlimit files{};
    // Room to move descriptors in, whatever the host's own limit is.
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
    arrange(plan.descriptors);
    if (::chdir(plan.home) != 0) ::_exit(126);
    ::umask(077);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_AS, plan.limits.memory);
    limit(RLIMIT_CPU, plan.limits.processor_seconds);
    limit(RLIMIT_NOFILE, std::max<rlim_t>(plan.limits.open_files, plan.descriptors.size() + 16));
    limit(RLIMIT_NPROC, plan.processes);
    if (plan.as_nobody && (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
                           ::setresuid(kNobody, kNobody, kNobody) != 0)) {
        ::_exit(126);
    }
    // A change of user forgets it.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != plan.parent) ::_exit(126);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(126);
    if (plan.ruleset >= 0 && (::syscall(SYS_landlock_restrict_self, plan.ruleset, 0U) != 0 || ::close(plan.ruleset) != 0)) ::_exit(126);
    if (plan.filter.len != 0 && ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &plan.filter) != 0) ::_exit(126);
    // execveat of the image: a script's interpreter opens it by its number, which therefore stays open.
    ::syscall(SYS_execveat, plan.image, "", plan.arguments.data(), plan.environment.data(), AT_EMPTY_PATH);
    ::_exit(127);
}

// An empty folder that is removed at the end. Landlock lets nobody write to it.
class Home {
  public:
    static Result<Home> make() {
        const char* const temporary = std::getenv("TMPDIR");
        std::string path = std::string(temporary != nullptr && *temporary == '/' ? temporary : "/tmp") + "/headgate-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) return failed("cannot make an empty home in " + path);
        if (::chmod(path.c_str(), 0555) != 0) return failed("chmod " + path);
        return Home(std::move(path));
    }
    Home(Home&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Home& operator=(Home&&) = delete;
    ~Home() {
        if (!path_.empty()) ::rmdir(path_.c_str());
    }
    const std::string& path() const { return path_; }

  private:
    explicit Home(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

// How many processes and threads there are: a limit counts all of the user, those of other calls too.
rlim_t processes_now() {
    const Descriptor file(::open("/proc/loadavg", O_RDONLY | O_CLOEXEC));
    std::array<char, 128> text{};
    if (!file.valid() || ::read(file.get(), text.data(), text.size() - 1) <= 0) return 4096;
    const char* const slash = std::strchr(text.data(), '/');
    return slash == nullptr ? 4096 : std::strtoul(slash + 1, nullptr, 10);
}

// Made once for each kind of program: what the kernel keeps inside does not change while this process runs.
const Result<std::vector<sock_filter>>& calls_allowed(bool network) {
    static const bool signals = landlock_version() >= 6;
    static const auto closed = system_calls_of_programs({false, signals});
    static const auto open = system_calls_of_programs({true, signals});
    return network ? open : closed;
}

class Supervisor {
  public:
    Supervisor(pid_t child, Pipe input, Pipe output, Pipe log, const ContainedCall& call)
        : child_(child), input_(std::move(input.write)), output_(std::move(output.read)), log_(std::move(log.read)), call_(call) {
        for (const int end : {input_.get(), output_.get(), log_.get()}) ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    Contained run() {
        const auto end = Clock::now() + call_.limits.deadline;
        while (open_end() && !too_much_) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
            if (left.count() <= 0) break;
            exchange(static_cast<int>(std::min<std::int64_t>(left.count(), 1 << 20)));
        }
        // An end that is still open is held by what the program left behind: it has not ended.
        if (!too_much_ && !open_end() && wait_until(end)) return ended();
        found_.end = too_much_ ? Contained::End::too_much_output : Contained::End::deadline;
        if (!too_much_) {
            ::kill(-child_, SIGTERM);
            wait_until(Clock::now() + kGrace);
        }
        finish();
        found_.output.clear();
        return std::move(found_);
    }

  private:
    bool open_end() const { return output_.valid() || log_.valid(); }

    void exchange(int milliseconds) {
        const bool waits = fed_ >= call_.input.size() / 2 && Clock::now() < started_ + call_.pause;
        std::array<pollfd, 3> ends{{{output_.get(), POLLIN, 0}, {log_.get(), POLLIN, 0}, {waits ? -1 : input_.get(), POLLOUT, 0}}};
        if (waits) milliseconds = std::min(milliseconds, 10);
        if (::poll(ends.data(), ends.size(), milliseconds) <= 0) return;
        if (ends[0].revents != 0) read_from(output_, found_.output, call_.limits.output, too_much_);
        bool cut = false;
        if (ends[1].revents != 0) read_from(log_, found_.log, call_.limits.log, cut);
        if (ends[2].revents != 0) feed();
    }
    static void read_from(Descriptor& end, std::string& into, std::size_t most, bool& too_much) {
        std::array<char, 16384> piece{};
        const ssize_t got = ::read(end.get(), piece.data(), piece.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (got <= 0) {
            end = Descriptor();
            return;
        }
        const std::size_t room = most - std::min(most, into.size());
        too_much = too_much || static_cast<std::size_t>(got) > room;
        into.append(piece.data(), std::min(room, static_cast<std::size_t>(got)));
    }
    void feed() {
        const std::size_t half = call_.input.size() / 2;
        const std::size_t until = call_.pause.count() > 0 && fed_ < half ? half : call_.input.size();
        const ssize_t put = ::write(input_.get(), call_.input.data() + fed_, until - fed_);
        if (put < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (put > 0) fed_ += static_cast<std::size_t>(put);
        if (put <= 0 || fed_ == call_.input.size()) input_ = Descriptor();   // EPIPE: it does not want to read it all
    }
    // Its leader's end, without reaping it: the number of the group stays taken until the group is gone.
    bool wait_until(Clock::time_point end) {
        for (;;) {
            siginfo_t about{};
            if (::waitid(P_PID, static_cast<id_t>(child_), &about, WEXITED | WNOWAIT | WNOHANG) == 0 && about.si_pid == child_) return true;
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
            if (left.count() <= 0) return false;
            timespec pause{0, 1'000'000};
            ::nanosleep(&pause, nullptr);
        }
    }
    Contained ended() {
        const int status = finish();
        found_.end = WIFEXITED(status) ? Contained::End::exited : Contained::End::signalled;
        found_.code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
        return std::move(found_);
    }
    // Whatever of the group still runs does so no longer.
    int finish() const {
        ::kill(-child_, SIGKILL);
        int status = 0;
        while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {}
        return status;
    }

    pid_t child_;
    Descriptor input_, output_, log_;
    const ContainedCall& call_;
    Clock::time_point started_ = Clock::now();
    std::size_t fed_ = 0;
    bool too_much_ = false;
    Contained found_;
};

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> found;
    found.reserve(words.size() + 1);
    for (std::string& word : words) found.push_back(word.data());
    found.push_back(nullptr);
    return found;
}

}  // namespace

Result<Program> load_program(const std::string& path, Bytes& content) {
    content = TRY(read_file(path, kMaxProgram));
    Program program;
    program.name = path;
    program.image = Descriptor(::memfd_create("program", MFD_ALLOW_SEALING | MFD_CLOEXEC));
    if (!program.image.valid()) return failed("memfd_create");
    for (std::size_t at = 0; at < content.size();) {
        const ssize_t put = ::write(program.image.get(), content.data() + at, content.size() - at);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return failed("cannot copy " + path);
        at += static_cast<std::size_t>(put);
    }
    if (::fchmod(program.image.get(), 0555) != 0 ||
        ::fcntl(program.image.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        return failed("cannot seal a copy of " + path);
    }
    return program;
}

Result<Contained> run_contained(const Program& program, const ContainedCall& call) {
    std::vector<std::string> missing;
    const int landlock = landlock_version();
    if (landlock == 0) missing.emplace_back("Landlock: files are not closed to it");
    auto filter = calls_allowed(call.network);      // a copy: the kernel's interface takes no constant one
    if (!filter.ok()) missing.emplace_back("seccomp: " + filter.error().message);
    if (call.required && !missing.empty()) return Error{ErrorCode::unsupported, "it cannot be contained here: " + missing.front()};

    Descriptor ruleset;
    if (landlock > 0) {
        Openable openable{{kSystem.begin(), kSystem.end()}, {}, {}, call.network};
        openable.readable.insert(openable.readable.end(), call.readable.begin(), call.readable.end());
        for (const int input : call.inputs) {
            struct stat about {};
            if (::fstat(input, &about) != 0) return failed("an input cannot be looked at");
            if (S_ISDIR(about.st_mode)) openable.inputs.push_back(input);
            if (S_ISREG(about.st_mode)) openable.files.push_back(input);
        }
        ruleset = TRY(landlock_ruleset(openable));
    }
    const Home home = TRY(Home::make());
    Pipe input = TRY(make_pipe()), output = TRY(make_pipe()), log = TRY(make_pipe());

    std::vector<std::string> arguments = {program.name};
    arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
    std::vector<std::string> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + home.path(), "TMPDIR=" + home.path(), "LANG=C.UTF-8"};
    environment.insert(environment.end(), call.environment.begin(), call.environment.end());
    Plan plan;
    plan.arguments = pointers(arguments);
    plan.environment = pointers(environment);
    plan.descriptors = {input.read.get(), output.write.get(), log.write.get()};
    plan.descriptors.insert(plan.descriptors.end(), call.inputs.begin(), call.inputs.end());
    plan.image = static_cast<int>(plan.descriptors.size());
    plan.descriptors.push_back(program.image.get());
    if (ruleset.valid()) {
        plan.ruleset = static_cast<int>(plan.descriptors.size());
        plan.descriptors.push_back(ruleset.get());
    }
    plan.home = home.path().c_str();
    if (filter.ok()) plan.filter = {static_cast<unsigned short>(filter->size()), filter->data()};
    plan.limits = call.limits;
    plan.as_nobody = ::geteuid() == 0;
    plan.processes = call.limits.processes + processes_now();
    plan.parent = ::getpid();

    // SIGPIPE of a program that does not read its input is nothing to this process: write() says EPIPE.
    sigset_t pipe_signal, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    const pid_t child = ::fork();
    if (child == 0) become(plan);
    Result<Contained> found = failed("fork");
    if (child > 0) {
        for (Descriptor* const end : {&input.read, &output.write, &log.write}) *end = Descriptor();
        found = Supervisor(child, std::move(input), std::move(output), std::move(log), call).run();
        found->missing = std::move(missing);
    }
    const timespec now{0, 0};
    while (::sigtimedwait(&pipe_signal, nullptr, &now) > 0) {}
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return found;
}

}  // namespace headgate::io
