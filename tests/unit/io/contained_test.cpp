// What a program does against its host, row by row: each ends as an End, and nothing outside changes.
#include "io/contained.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "io/landlock.hpp"

using namespace headgate;
using io::Contained;
using io::ContainedCall;
using End = Contained::End;

namespace {

// A folder of this test's own, removed at its end.
class Scratch {
  public:
    Scratch() {
        std::string path = "/tmp/headgate-test-XXXXXX";
        REQUIRE(::mkdtemp(path.data()) != nullptr);
        path_ = path;
    }
    ~Scratch() { static_cast<void>(std::system(("rm -rf " + path_).c_str())); }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ + "/" + name) << text;
        return path_ + "/" + name;
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

Contained run(const std::string& script, ContainedCall call = {}, const std::string& interpreter = "/bin/sh") {
    const Scratch scratch;
    Bytes content;
    const auto program = io::load_program(scratch.write("plugin", "#!" + interpreter + "\n" + script), content);
    REQUIRE(program.ok());
    auto found = io::run_contained(*program, call);
    INFO((found.ok() ? "" : found.error().message));
    REQUIRE(found.ok());
    return std::move(found).value();
}

std::string said(const std::string& script, ContainedCall call = {}) {
    const Contained found = run(script, std::move(call));
    INFO(found.log);
    CHECK(found.end == End::exited);
    return found.output;
}

ContainedCall quick(int milliseconds) {
    ContainedCall call;
    call.limits.deadline = std::chrono::milliseconds(milliseconds);
    return call;
}

// Dead, whether or not somebody has fetched its status yet.
bool is_gone(int process) {
    for (int i = 0; i < 200; ++i) {
        std::ifstream file("/proc/" + std::to_string(process) + "/stat");
        std::string text((std::istreambuf_iterator<char>(file)), {});
        if (text.empty() || text.find(") Z ") != std::string::npos) return true;
        ::usleep(10'000);
    }
    return false;
}

}  // namespace

TEST_CASE("a contained program reads its input, its descriptors and system files, and answers") {
    if (io::landlock_version() == 0) {
        WARN("skip: this kernel has no Landlock");
        return;
    }
    ContainedCall call;
    call.input = std::string(300'000, 'x');
    CHECK(said("wc -c", call) == "300000\n");
    CHECK(said("exit 0", call).empty());               // without reading it
    const Scratch scratch;
    const io::Descriptor file(::open(scratch.write("model", "bytes of the model").c_str(), O_RDONLY | O_CLOEXEC));
    call.inputs = {file.get()};
    CHECK(said("cat <&3", call) == "bytes of the model");
    CHECK(said("cat /proc/self/fd/3", call) == "bytes of the model");       // opened anew
    CHECK(said("echo more >/proc/self/fd/3 || echo no", call) == "no\n");
    ContainedCall slow;
    slow.input = "one, two";
    slow.pause = std::chrono::milliseconds(100);
    CHECK(said("cat", slow) == "one, two");
    CHECK(said("echo more >&3 || echo no", call) == "no\n");
    call.arguments = {"check", "twice"};
    CHECK(said("echo $# $2; cat /usr/bin/env | wc -c | tr -d 0-9; echo to the log >&2", call) == "2 twice\n\n");
    CHECK(run("echo to the log >&2", call).log == "to the log\n");
    const Contained code = run("exit 7");
    CHECK(code.end == End::exited);
    CHECK(code.code == 7);
}

TEST_CASE("a contained program has an environment, a home and descriptors of its own") {
    if (io::landlock_version() == 0) return;
    ::setenv("HEADGATE_TEST_SECRET", "do not tell", 1);
    const io::Descriptor secret(::open("/etc/hostname", O_RDONLY));      // without O_CLOEXEC
    ContainedCall call;
    call.environment = {"HEADGATE_PROTOCOL=1"};
    const std::string environment = said("/usr/bin/env | grep -v ^_ | grep -v ^PWD | grep -v ^SHLVL | grep -v ^OLDPWD | cut -d= -f1 | sort | tr '\\n' ' '", call);
    CHECK(environment == "HEADGATE_PROTOCOL HOME LANG PATH TMPDIR ");
    CHECK(said("for f in 4 5 6 7 8 9; do (true <&$f) 2>/dev/null && echo open; done; true").empty());
    CHECK(said("cd $HOME && pwd | sed 's/-.*//'") == "/tmp/headgate\n");
    CHECK(said("cat /proc/$PPID/environ || cat /proc/1/environ || echo no") == "no\n");
}

TEST_CASE("a contained program opens nothing outside and writes nowhere") {
    if (io::landlock_version() == 0) return;
    const Scratch scratch;
    const std::string secret = scratch.write("secret", "do not tell");
    ::chmod(secret.c_str(), 0666);
    ::chmod(scratch.path().c_str(), 0777);
    CHECK(said("cat " + secret + " || echo no") == "no\n");
    CHECK(said("cat /etc/passwd || echo no") == "no\n");
    CHECK(said("echo x >" + secret + " || echo no") == "no\n");
    CHECK(said("echo x >" + scratch.path() + "/new || echo no") == "no\n");
    CHECK(said("echo x >$HOME/new || echo no") == "no\n");
    CHECK(said("mkdir " + scratch.path() + "/folder || rm " + secret + " || mv " + secret + " /tmp/else || echo no") == "no\n");
    CHECK(said("ln -s /etc/passwd " + scratch.path() + "/link || chmod 0 " + secret + " || echo no") == "no\n");
    std::ifstream still(secret);
    std::string text;
    std::getline(still, text);
    CHECK(text == "do not tell");
}

TEST_CASE("a contained program cannot connect, signal its host, trace, or leave its group") {
    if (io::landlock_version() == 0) return;
    const auto python = [](const std::string& text, ContainedCall call = {}) {
        const Contained found = run(text, std::move(call), "/usr/bin/python3");
        INFO(found.log);
        CHECK(found.end == End::exited);
        return found.output;
    };
    const std::string attempt = "import os, signal, socket, ctypes\n"
                                "libc = ctypes.CDLL(None, use_errno=True)\n"
                                "def attempt(what):\n"
                                "    try: what(); print('done')\n"
                                "    except OSError as error: print('no')\n"
                                "def call(number, *words):\n"
                                "    if libc.syscall(number, *words) < 0: raise OSError(ctypes.get_errno(), '')\n";
    CHECK(python(attempt + "attempt(lambda: socket.socket())\nattempt(lambda: socket.socket(socket.AF_UNIX))") == "no\nno\n");
    CHECK(python(attempt + "attempt(lambda: os.kill(os.getppid(), signal.SIGKILL))\nattempt(lambda: os.kill(1, 0))") == "no\nno\n");
    CHECK(python(attempt + "attempt(os.setsid)\nattempt(lambda: os.setpgid(0, 0))") == "no\nno\n");
    // ptrace, unshare, mount, io_uring_setup, process_vm_readv, bpf, memfd_create, keyctl
    CHECK(python(attempt + "for number in 101, 272, 165, 425, 310, 321, 319, 250: attempt(lambda: call(number, 0, 0, 0, 0, 0))") ==
          "no\nno\nno\nno\nno\nno\nno\nno\n");
    CHECK(python(attempt + "attempt(lambda: call(157, 1, 0, 0, 0, 0))") == "no\n");      // prctl(PR_SET_PDEATHSIG, 0)
    ContainedCall network;
    network.network = true;
    CHECK(python(attempt + "attempt(lambda: socket.socket())", network) == "done\n");
}

TEST_CASE("what does not end is ended, with all that it started") {
    if (io::landlock_version() == 0) return;
    CHECK(run("sleep 60", quick(150)).end == End::deadline);
    CHECK(run("trap '' TERM; while :; do :; done", quick(150)).end == End::deadline);
    CHECK(run("exec >&- 2>&-; sleep 60", quick(150)).end == End::deadline);
    // Its answer is there, but what it left behind holds the pipe: it has not ended.
    CHECK(run("echo '{}'; sleep 60 & exit 0", quick(150)).end == End::deadline);
    // What it left behind without the pipe ends with it.
    const Contained left = run("sleep 61 >/dev/null 2>&1 & echo $!");
    CHECK(left.end == End::exited);
    CHECK(is_gone(std::stoi(left.output)));
    CHECK(run("kill -SEGV $$").end == (io::landlock_version() >= 6 ? End::signalled : End::exited));
}

TEST_CASE("memory, processes, output and the log are bounded") {
    if (io::landlock_version() == 0) return;
    ContainedCall call = quick(5000);
    call.limits.memory = 256U << 20U;
    const Contained memory = run("x = b'x' * (1 << 30)\n", call, "/usr/bin/python3");
    CHECK(memory.end == End::exited);
    CHECK(memory.code == 1);
    CHECK(memory.log.find("MemoryError") != std::string::npos);
    call.limits.processes = 16;
    const Contained forks = run("import os, time\n"
                                "count = 0\n"
                                "try:\n"
                                "    while count < 2000:\n"
                                "        if os.fork() == 0:\n"
                                "            os.close(1); os.close(2); time.sleep(60)\n"
                                "        count += 1\n"
                                "except OSError: pass\n"
                                "print('all' if count == 2000 else 'not all')\n",
                                call, "/usr/bin/python3");
    CHECK(forks.output == "not all\n");
    call.limits.output = 1000;
    CHECK(run("yes", call).end == End::too_much_output);
    call.limits.output = 4;
    CHECK(run("echo 123", call).output == "123\n");
    CHECK(run("echo 1234", call).end == End::too_much_output);
    call.limits.log = 1000;
    const Contained log = run("yes | head -c 100000 >&2; exit 3", call);
    CHECK(log.code == 3);
    CHECK(log.log.size() == 1000);
}

TEST_CASE("the program is the one that was read, whatever happens to the file") {
    if (io::landlock_version() == 0) return;
    const Scratch scratch;
    const std::string path = scratch.write("plugin", "#!/bin/sh\necho first\n");
    Bytes content;
    const auto program = io::load_program(path, content);
    REQUIRE(program.ok());
    CHECK(content.size() == 21);
    scratch.write("plugin", "#!/bin/sh\necho second\n");
    const auto found = io::run_contained(*program, {});
    REQUIRE(found.ok());
    CHECK(found->output == "first\n");
    Bytes none;
    CHECK(!io::load_program(scratch.path() + "/absent", none).ok());
}
