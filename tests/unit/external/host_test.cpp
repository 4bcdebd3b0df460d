// Real plugins, small ones, run as the gate runs them.
#include "external/host.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "crypto/sha256.hpp"
#include "external/conformance.hpp"
#include "external/sealed.hpp"
#include "io/landlock.hpp"

using namespace headgate;
using external::Plugin;

namespace {

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

  private:
    std::string path_;
};

const std::string kHead = "import json, os, sys\n"
                          "request = json.load(sys.stdin)\n"
                          "def say(document): print(json.dumps(document))\n"
                          "def described(**more): return {'protocol': 1, 'request_id': request['request_id'], 'name': 'acme', 'version': '1', 'kinds': ['model'],\n"
                          "    'rules': [{'id': 'acme.said', 'severity': 'low', 'why': 'W', 'fix': 'F'}], **more}\n"
                          "def answer(one, *said): return {'protocol': 1, 'request_id': one['request_id'], 'status': 'complete',\n"
                          "    'findings': [{'rule': 'acme.said', 'message': text} for text in said]}\n";

std::unique_ptr<Plugin> plugin(const std::string& text, PluginSpec spec = {}, std::vector<external::PinnedFile> data = {}) {
    const Scratch scratch;
    auto program = external::read_executable(scratch.write("plugin", "#!/usr/bin/python3 -IS\n" + kHead + text));
    REQUIRE(program.ok());
    spec.name = "acme";
    return std::make_unique<Plugin>(std::move(spec), std::move(program).value(), std::move(data), std::vector<std::string>{"policy"});
}

std::string problem_of(const Plugin& plugin) {
    const auto described = plugin.describe({});
    return described.result.ok() ? "" : described.result.error().message;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a plugin describes itself once, and is asked what it needs") {
    if (io::landlock_version() == 0) return;
    const auto good = plugin("say(described())");
    CHECK(problem_of(*good).empty());
    CHECK(good->describe({}).result->name == "acme");
    CHECK(has(problem_of(*plugin("say(described(needs={'network': ['hub.example']}))")), "needs the network"));
    CHECK(has(problem_of(*plugin("say(described(needs={'data': ['list']}))")), "needs the data 'list'"));
    CHECK(has(problem_of(*plugin("say(described(settings_schema={'type': 'object'}))")), "additionalProperties"));
    CHECK(has(problem_of(*plugin("say(described(name='policy'))")), "the gate's own"));
    CHECK(has(problem_of(*plugin("sys.exit('no such luck')")), "exit code 1; its log ends: no such luck"));
    CHECK(has(problem_of(*plugin("print('{}')")), "protocol 1"));
    PluginSpec quick;
    quick.timeout = 1;
    CHECK(has(problem_of(*plugin("import time\ntime.sleep(9)", quick)), "did not end within"));
}

TEST_CASE("data that the plugin does not ask for is a mistake, and what it asks for it reads") {
    if (io::landlock_version() == 0) return;
    const auto list = [] {
        const Scratch scratch;
        std::vector<external::PinnedFile> data;
        data.push_back(external::read_data_file("list", scratch.write("list", "a word")).value());
        return data;
    };
    CHECK(has(problem_of(*plugin("say(described())", {}, list())), "does not ask for the data 'list'"));
    const auto reader = plugin("if request['op'] == 'describe': say(described(needs={'data': ['list']}))\n"
                               "else:\n"
                               "    data = request['data'][0]\n"
                               "    say(answer(request, os.read(data['fd'], 100).decode(), open('/proc/self/fd/%d' % data['fd']).read()))",
                               {}, list());
    const Subject subject;
    const auto described = reader->describe({});
    REQUIRE(described.result.ok());
    for (int i = 0; i < 2; ++i) {        // each call has a position of its own in it
        const auto reply = reader->check({&subject, "any", "{}", {}}, *described.result, {});
        INFO((reply.result.ok() ? "" : reply.result.error().message));
        REQUIRE(reply.result.ok());
        REQUIRE(reply.result->findings.size() == 2);
        CHECK(reply.result->findings[0].message == "a word");
        CHECK(reply.result->findings[1].message == "a word");
    }
}

TEST_CASE("a plugin reads the files that it is given, by their descriptors and by opening them anew") {
    if (io::landlock_version() == 0) return;
    const Scratch scratch;
    const std::string path = scratch.write("model", "bytes of the model");
    ::chmod(path.c_str(), 0644);
    const io::Descriptor real(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto copy = external::sealed(as_bytes("a copy"));
    REQUIRE(copy.ok());
    const auto reader = plugin("if request['op'] == 'describe': say(described())\n"
                               "else: say(answer(request, *[os.read(f['fd'], 100).decode() + '|' + open('/proc/self/fd/%d' % f['fd']).read() for f in request['input']['files']],\n"
                               "    json.load(open(os.environ['HEADGATE_REQUEST']))['op']))");
    const auto described = reader->describe({});
    REQUIRE(described.result.ok());
    const Subject subject;
    const external::Question question{&subject, "any", "{}", {{"a", 18, "", real.get()}, {"b", 6, "", copy->get()}}};
    const auto reply = reader->check(question, *described.result, {});
    INFO((reply.result.ok() ? "" : reply.result.error().message));
    REQUIRE(reply.result.ok());
    REQUIRE(reply.result->findings.size() == 3);
    CHECK(reply.result->findings[0].message == "bytes of the model|bytes of the model");
    CHECK(reply.result->findings[1].message == "a copy|a copy");
    CHECK(reply.result->findings[2].message == "check");
}

TEST_CASE("a batch is one call, and its answers are told apart") {
    if (io::landlock_version() == 0) return;
    const auto batch = plugin("if type(request) is list: say([answer(one, one['subject']['name']) for one in reversed(request)])\n"
                              "elif request['op'] == 'describe': say(described(batch=True))\n"
                              "else: say(answer(request))");
    const auto described = batch->describe({});
    REQUIRE(described.result.ok());
    std::vector<Subject> subjects(3);
    std::vector<external::Question> questions;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        subjects[i].ref = "file:" + std::to_string(i);
        questions.push_back({&subjects[i], "any", "{}", {}});
    }
    const auto reply = batch->check_batch(questions, *described.result, {});
    INFO((reply.result.ok() ? "" : reply.result.error().message));
    REQUIRE(reply.result.ok());
    for (std::size_t i = 0; i < subjects.size(); ++i) CHECK((*reply.result)[i].findings.front().message == "file:" + std::to_string(i));
}

TEST_CASE("variables are passed by name only") {
    if (io::landlock_version() == 0) return;
    ::setenv("ACME_TOKEN", "word", 1);
    ::setenv("HEADGATE_TEST_SECRET", "do not tell", 1);
    const std::string text = "if request['op'] == 'describe': say(described())\nelse: say(answer(request, ' '.join(sorted(os.environ))))";
    const auto names = [](const Plugin& plugin) {
        const Subject subject;
        const auto described = plugin.describe({});
        REQUIRE(described.result.ok());
        return plugin.check({&subject, "any", "{}", {}}, *described.result, {}).result->findings.front().message;
    };
    CHECK(names(*plugin(text)) == "HEADGATE_PROTOCOL HEADGATE_REQUEST HOME LANG PATH TMPDIR");
    PluginSpec spec;
    spec.pass_env = {"ACME_TOKEN", "NOT_SET"};
    CHECK(names(*plugin(text, spec)) == "ACME_TOKEN HEADGATE_PROTOCOL HEADGATE_REQUEST HOME LANG PATH TMPDIR");
}

TEST_CASE("what is no program is said before it is run") {
    const Scratch scratch;
    CHECK(has(external::read_executable(scratch.write("words", "no program\n")).error().message, "neither a binary nor a script"));
    CHECK_FALSE(external::read_executable(scratch.write("empty", "")).ok());
    CHECK(external::read_executable("/tmp/headgate-is-not-here").error().code == ErrorCode::not_found);
    const auto pinned = external::read_data_file("list", scratch.write("list", "a word"));
    CHECK(pinned->sha256 == crypto::sha256_hex(as_bytes("a word")));
    CHECK(external::new_request_id() != external::new_request_id());
}

TEST_CASE("the conformance kit finds out who answers what is no request") {
    if (io::landlock_version() == 0) return;
    const auto failed = [](const Plugin& plugin) {
        std::string names;
        for (const external::Trial& trial : external::conformance(plugin, "{}", {}).trials) {
            if (!trial.problem.empty()) names += trial.name + ": " + trial.problem + "\n";
        }
        return names;
    };
    const std::string check = "if request['op'] not in ('describe', 'check') or request['protocol'] != 1: sys.exit(1)\n"
                              "if request['op'] == 'describe': say(described())\nelse: say(answer(request))";
    CHECK(failed(*plugin(check)).empty());
    const std::string careless = failed(*plugin("if request['op'] == 'describe': say(described())\nelse: say(answer(request))"));
    CHECK(has(careless, "another protocol"));
    CHECK(has(careless, "an operation that it does not know"));
    CHECK(has(failed(*plugin("sys.exit(1)")), "describes itself"));
}
