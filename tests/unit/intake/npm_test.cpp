// package.json, the lockfiles of yarn, pnpm and bun, and the files that choose their registries.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Role = IndexOption::Role;
using Source = Requirement::Source;

namespace {

const std::string kCommit(40, 'c');
const std::string kSha512 = "sha512-" + std::string(86, 'A') + "==";
const std::string kHex512 = "sha512:" + std::string(128, '0');

}  // namespace

TEST_CASE("package.json: every table, every kind of specifier") {
    const std::string text = "{\"name\":\"app\",\n\"dependencies\":{\n\"exact\":\"1.2.3\",\n\"range\":\"^1\",\n\"react\":\"npm:raect@1.0.0\",\n\"short\":\"user/repo#" + kCommit + "\",\n\"ssh\":\"git+ssh://git@git.example/a/b.git#main\",\n"
                             "\"tar\":\"https://files.example/x.tgz\",\n\"local\":\"file:../x\",\n\"ws\":\"workspace:*\",\n\"tag\":\"latest\",\n\"any\":\"\"},\n\"devDependencies\":{\"@s/d\":\"=2.0.0\"},\"peerDependencies\":{\"p\":\">=1\"},\n"
                             "\"overrides\":{\"foo@^1\":\"2.0.0\",\"bar\":{\".\":\"1.0.0\",\"baz\":\"npm:evil@6.6.6\"},\"same\":\"$exact\"},\"resolutions\":{\"**/@s/q\":\"1.0.0\",\"a/b\":\"3.0.0\"},\n"
                             "\"pnpm\":{\"overrides\":{\"x@1>y\":\"4.0.0\",\"gone\":\"-\"}},\"packageManager\":\"pnpm@8.6.0+sha512." + std::string(128, 'a') + "\"}\n";
    const Parsed parsed("package.json", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    const auto& all = parsed.facts.requirements;
    REQUIRE(all.size() == 19);
    CHECK(all[0].reference.canonical == "pkg:npm/exact@1.2.3");
    CHECK(all[0].where.line == 3U);
    CHECK_FALSE(all[1].pinned);
    CHECK(all[2].reference.canonical == "pkg:npm/raect@1.0.0");
    CHECK(all[2].written == "react");
    CHECK(all[3].source == Source::git);
    CHECK(all[3].pinned);
    CHECK_FALSE(all[4].pinned);
    CHECK(all[5].source == Source::url);
    CHECK(all[6].source == Source::path);
    CHECK(all[7].source == Source::workspace);
    CHECK(all[10].reference.canonical == "pkg:npm/@s/d@2.0.0");
    const Names names = parsed.names();
    for (const char* name : {"pkg:npm/foo@2.0.0", "pkg:npm/bar@1.0.0", "pkg:npm/evil@6.6.6", "pkg:npm/@s/q@1.0.0", "pkg:npm/b@3.0.0", "pkg:npm/y@4.0.0"}) {
        CAPTURE(name);
        CHECK(std::count(names.begin(), names.end(), name) == 1);
    }
    CHECK(all[18].reference.canonical == "pkg:npm/pnpm@8.6.0");
    CHECK(all[18].integrity == Names{"sha512:" + std::string(128, 'a')});
    CHECK(intake::every_prefix("package.json", text));
    for (const char* bad : {"[]", "{\"dependencies\":[]}", "{\"dependencies\":{\"a\":1}}", "{\"dependencies\":{\"a\":\"weird:x\"}}", "{\"dependencies\":{\"a b\":\"1.0.0\"}}", "{\"dependencies\":{},\"dependencies\":{}}"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("package.json", bad).understood);
    }
    CHECK(Parsed("package.json", "{\"name\":\"x\"}").understood);
    CHECK(Parsed("package.json", "{\"dependencies\":{\"a\":\"${X}\"}}").facts.requirements.at(0).dynamic);
    CHECK(intake::find_manifest("node_modules/a/package.json") == nullptr);
    CHECK(intake::find_manifest("my_node_modules/package.json") != nullptr);
}

TEST_CASE("yarn.lock 1: patterns, aliases, archives, git") {
    const std::string text = "# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.2.0\"\n  resolved \"https://registry.example/@s/a/-/a-1.2.0.tgz#" + std::string(40, 'a') + "\"\n  integrity " + kSha512 + "\n  dependencies:\n    b \"^1\"\n\n"
                             "alias@npm:real@^5:\n  version \"5.0.1\"\n  resolved \"https://registry.example/real/-/real-5.0.1.tgz#" + std::string(40, 'b') + "\"\n\n\"g@https://git.example/a/g#" + kCommit + "\":\n  version \"0.1.0\"\n  resolved \"https://git.example/a/g#" + kCommit + "\"\n\n"
                             "c@^1:\n  version \"1.0.0\"\n  resolved \"https://codeload.example/c/tar.gz/" + kCommit + "\"\n";
    const Parsed parsed("yarn.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:npm/@s/a@1.2.0", "pkg:npm/real@5.0.1", "pkg:npm/g@0.1.0", "pkg:npm/c@1.0.0"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].integrity == Names{kHex512});
    CHECK(all[0].where.line == 4U);
    CHECK(all[1].written == "alias");
    CHECK(all[1].integrity == Names{"sha1:" + std::string(40, 'b')});
    CHECK(all[2].source == Source::git);
    CHECK(all[2].pinned);
    CHECK(all[3].source == Source::url);
    CHECK(all[3].integrity.empty());
    CHECK(intake::every_prefix("yarn.lock", text));
    CHECK(Parsed("yarn.lock", "a@1:\n  version \"1.0.0\"\n  resolved \"https://registry.example/evil/-/evil-1.0.0.tgz\"\n").has("manifest.resolved-name"));
    CHECK(Parsed("yarn.lock", "a@1:\n  version \"1.0.0\"\n  resolved \"https://registry.example/a/-/a-1.0.1.tgz\"\n").has("manifest.resolved-version"));
    CHECK(Parsed("yarn.lock", "a@1, b@1:\n  version \"1.0.0\"\n").has("manifest.resolved-name"));
    for (const char* bad : {"a@1:\n", "a@1\n  version \"1\"\n", "  version \"1\"\n", "a@1:\n  version \"1.0.0\"\n  what \"x\"\n", "\"a@1:\n  version \"1.0.0\"\n", "a@1:\n  version \"1.0.0\"\n  resolved \"odd:x\"\n", "a@1:\n    deep\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("yarn.lock", bad).understood);
    }
    CHECK(Parsed("yarn.lock", "# yarn lockfile v1\n").understood);
}

TEST_CASE("yarn.lock of yarn 2 and later: locators, checksums, bindings") {
    const std::string head = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n";
    const std::string text = head + "\"a@npm:^1.0.0, a@npm:^1.1.0\":\n  version: 1.2.0\n  resolution: \"a@npm:1.2.0\"\n  checksum: 10c0/" + std::string(128, 'a') + "\n  languageName: node\n\n"
                                    "\"alias@npm:@s/real@^5\":\n  version: 5.0.1\n  resolution: \"@s/real@npm:5.0.1\"\n\n\"me@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"me@workspace:.\"\n\n"
                                    "\"@ws/x@workspace:^\":\n  version: 0.0.0-use.local\n  resolution: \"@ws/x@workspace:x\"\n\n\"d@https://git.example/d.git#" + kCommit + "\":\n  version: 2.1.6\n  resolution: \"d@https://git.example/d.git#commit=" + kCommit + "\"\n";
    const Parsed parsed("yarn.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:npm/a@1.2.0", "pkg:npm/@s/real@5.0.1", "pkg:npm/@ws/x@0.0.0-use.local", "pkg:npm/d@2.1.6"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].integrity == Names{"sha512:" + std::string(128, 'a')});
    CHECK(all[0].where.line == 5U);
    CHECK(all[2].source == Source::workspace);
    CHECK(all[3].pinned);
    CHECK(intake::every_prefix("yarn.lock", text));
    CHECK(Parsed("yarn.lock", head + "\"react@npm:^1\":\n  version: 1.0.0\n  resolution: \"raect@npm:1.0.0\"\n").has("manifest.resolved-name"));
    const Parsed bound("yarn.lock", head + "\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fevil.example%2Fa.tgz\"\n");
    CHECK(bound.facts.requirements.at(0).source == Source::url);
    CHECK(bound.facts.requirements.at(0).url == "https://evil.example/a.tgz");
    for (const std::string& bad : {head + "\"a@npm:^1\":\n  version: 1.0.0\n", head + "\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.1\"\n", head + "\"a@npm:^1\": x\n", head + "\"a@x:^1\":\n  version: 1.0.0\n  resolution: \"a@odd:1.0.0\"\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("yarn.lock", bad).understood);
    }
    CHECK(Parsed("yarn.lock", head).understood);
}

TEST_CASE("pnpm-lock.yaml: the keys of three versions, and resolutions that contradict them") {
    const std::string five = "lockfileVersion: 5.3\npackages:\n\n  /@s/a/1.0.0_peer@2.0.0:\n    resolution: {integrity: " + kSha512 + "}\n    requiresBuild: true\n    dev: true\n  file:../p:\n    resolution: {directory: ../p, type: directory}\n    name: p\n    version: 1.0.0\n";
    const Parsed old("pnpm-lock.yaml", five);
    CHECK(old.understood);
    CHECK(old.names() == Names{"pkg:npm/@s/a@1.0.0", "pkg:npm/p@1.0.0"});
    CHECK(old.facts.requirements[0].integrity == Names{kHex512});
    CHECK(old.facts.requirements[0].runs_install_script);
    CHECK(old.facts.requirements[0].where.line == 4U);
    CHECK(old.facts.requirements[0].markers == "dev");
    CHECK(old.facts.requirements[1].source == Source::path);
    const std::string nine = "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: " + kSha512 + "}\n  g@https://codeload.example/g/tar.gz/" + kCommit + ":\n    resolution: {tarball: 'https://codeload.example/g/tar.gz/" + kCommit + "'}\n    version: 2.0.0\n"
                             "  r@git+https://git.example/r#x:\n    resolution: {type: git, repo: 'https://git.example/r', commit: " + kCommit + "}\nsnapshots:\n  a@1.0.0: {}\n";
    const Parsed parsed("pnpm-lock.yaml", nine);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:npm/a@1.0.0", "pkg:npm/g@2.0.0", "pkg:npm/r"});
    CHECK(parsed.facts.requirements[1].source == Source::url);
    CHECK(parsed.facts.requirements[2].pinned);
    CHECK(Parsed("pnpm-lock.yaml", "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0(b@2.0.0):\n    resolution: {integrity: " + kSha512 + "}\n").names() == Names{"pkg:npm/a@1.0.0"});
    CHECK(Parsed("pnpm-lock.yaml", "---\nlockfileVersion: '9.0'\npackages:\n  pnpm@10.0.0:\n    resolution: {integrity: " + kSha512 + "}\n---\n" + nine).names().size() == 4);
    CHECK(intake::every_prefix("pnpm-lock.yaml", five));
    CHECK(intake::every_prefix("pnpm-lock.yaml", nine));
    CHECK(Parsed("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {tarball: 'https://evil.example/a-1.0.0.tgz'}\n").has("manifest.resolution-shape"));
    CHECK(Parsed("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {type: git, repo: 'https://git.example/r', commit: x}\n").has("manifest.resolution-shape"));
    CHECK(Parsed("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    name: b\n    resolution: {integrity: " + kSha512 + "}\n").has("manifest.resolved-name"));
    CHECK(Parsed("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {tarball: 'https://registry.example/b/-/b-1.0.0.tgz', integrity: " + kSha512 + "}\n").has("manifest.resolved-name"));
    for (const char* bad : {"", "lockfileVersion: '8.0'\n", "lockfileVersion: 5.3\npackages:\n  invalidpath:\n    resolution: {integrity: x}\n", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n", "lockfileVersion: '9.0'\npackages: 1\n",
                            "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: 1\n", "lockfileVersion: &a '9.0'\n", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {type: odd}\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("pnpm-lock.yaml", bad).understood);
    }
    CHECK(Parsed("pnpm-lock.yaml", "lockfileVersion: '9.0'\n").understood);
}

TEST_CASE("bun.lock: comments, trailing commas, tuples of every kind") {
    const std::string text = "{\n  // a comment, with a \"quote\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\"\": {\"name\": \"x\",}, \"app\": {\"name\": \"app\", \"version\": \"1.0.0\",},},\n  \"trustedDependencies\": [\"a\",],\n  \"packages\": {\n    \"a\": [\"a@1.0.0\", \"\", {}, \"" + kSha512 + "\"],\n"
                             "    \"app\": [\"app@workspace:app\"],\n    \"g\": [\"g@github:u/g#abc\", {}, \"u-g-abc\"], /* , */\n    \"b/@s/alias\": [\"real@2.0.0\", \"https://npm.corp.example/\", {}, \"" + kSha512 + "\"],\n    \"t\": [\"t@https://files.example/t.tgz\", {}],\n  },\n}\n";
    const Parsed parsed("bun.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:npm/a@1.0.0", "pkg:npm/app@1.0.0", "pkg:npm/g", "pkg:npm/real@2.0.0", "pkg:npm/t"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].where.line == 7U);
    CHECK(all[0].runs_install_script);
    CHECK(all[0].integrity == Names{kHex512});
    CHECK(all[1].source == Source::workspace);
    CHECK(all[2].source == Source::git);
    CHECK_FALSE(all[2].pinned);
    CHECK(all[3].written == "@s/alias");
    CHECK(all[3].url == "https://npm.corp.example/");
    CHECK(all[4].source == Source::url);
    CHECK(intake::every_prefix("bun.lock", text));
    for (const char* bad : {"{}", "{\"lockfileVersion\":3}", "{\"lockfileVersion\":1,\"packages\":{\"a\":[\"a@1.0.0\"]}}", "{\"lockfileVersion\":1,\"packages\":{\"a\":{}}}", "{\"lockfileVersion\":1,\"packages\":{\"a\":[\"a@odd:x\"]}}",
                            "{\"lockfileVersion\":1,,}", "{\"lockfileVersion\":1 /* ", "{\"lockfileVersion\":1,\"lockfileVersion\":1}"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("bun.lock", bad).understood);
    }
    CHECK(Parsed("bun.lockb", "#!/usr/bin/env bun\n").has("manifest.malformed"));
}

TEST_CASE("which registry serves which names: .npmrc, .yarnrc, .yarnrc.yml") {
    const Parsed npm(".npmrc", "; comment\nregistry=https://registry.example/\n@acme:registry = https://npm.corp.example/\n//npm.corp.example/:_authToken=SECRET\nsave-exact=true\nlegacy-peer-deps\n");
    CHECK(npm.understood);
    REQUIRE(npm.facts.index_options.size() == 2);
    CHECK(npm.facts.index_options[0].role == Role::primary);
    CHECK(npm.facts.index_options[1].role == Role::scoped);
    CHECK(npm.facts.index_options[1].names == "@acme/*");
    CHECK(npm.facts.index_options[1].where.line == 3U);
    CHECK(Parsed(".npmrc", "strict-ssl=false\n").facts.index_options.at(0).role == Role::trusted_host);
    CHECK(Parsed(".npmrc", "strict-ssl=true\n").facts.index_options.empty());
    CHECK_FALSE(Parsed(".npmrc", "globalconfig=/etc/other\n").understood);
    CHECK_FALSE(Parsed(".npmrc", "registry=\n").understood);
    CHECK(intake::every_prefix(".npmrc", "registry=https://r.example/\n@a:registry=https://b.example\n[x]\ny\n"));
    const Parsed yarn(".yarnrc", "# comment\nregistry \"https://registry.example\"\n\"@acme:registry\" \"https://npm.corp.example\"\nyarn-path \"./yarn.js\"\n");
    CHECK(yarn.understood);
    CHECK(yarn.facts.index_options.size() == 2);
    CHECK(yarn.facts.index_options[1].names == "@acme/*");
    CHECK(intake::every_prefix(".yarnrc", "registry \"https://r.example\"\n"));
    const std::string text = "npmRegistryServer: \"https://registry.example\"\nnpmScopes:\n  acme:\n    npmRegistryServer: \"https://npm.corp.example\"\n    npmAuthToken: SECRET\nenableStrictSsl: false\nunsafeHttpWhitelist:\n  - \"*.corp.example\"\n";
    const Parsed berry(".yarnrc.yml", text);
    CHECK(berry.understood);
    REQUIRE(berry.facts.index_options.size() == 4);
    CHECK(berry.facts.index_options[1].names == "@acme/*");
    CHECK(berry.facts.index_options[1].where.line == 4U);
    CHECK(berry.facts.index_options[2].role == Role::trusted_host);
    CHECK(intake::every_prefix(".yarnrc.yml", text));
    CHECK_FALSE(Parsed(".yarnrc.yml", "npmScopes: x\n").understood);
    CHECK(Parsed(".yarnrc.yml", "").understood);
}
