// What one tool reads and another does not: each disguise beside its honest twin. The tools themselves said what they make of them.
#include <catch2/catch.hpp>

#include "checkers/sources.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Source = Requirement::Source;

namespace {

const std::string kCommit(40, 'c');
const std::string kHex(64, 'a');
const std::string kSha512 = "sha512-" + std::string(86, 'A') + "==";

std::string lock(const std::string& packages) {
    return R"({"name":"x","lockfileVersion":3,"packages":{"":{"name":"x","dependencies":{"a":"1.0.0"}},)" + packages + "}}";
}

}  // namespace

TEST_CASE("a backslash ends the host: what stands before '@' is then no login") {
    const std::string url = R"(https://evil.example\@registry.example/a/-/a-1.0.0.tgz)";
    CHECK_FALSE(checkers::parse_place(url));
    CHECK(checkers::parse_place("https://user@registry.example/a")->host == "registry.example");
    const Parsed pip("requirements.txt", "--index-url https://evil.example\\\\@index.example/simple\na @ https://evil.example\\@files.example/a-1-py3-none-any.whl#sha256=" + kHex + "\n");
    REQUIRE(pip.facts.index_options.size() == 1);
    CHECK_FALSE(checkers::parse_place(pip.facts.index_options[0].url));
    REQUIRE(pip.facts.requirements.size() == 1);
    CHECK_FALSE(checkers::parse_place(pip.facts.requirements[0].url));
    const Parsed npm("package-lock.json", lock(R"("node_modules/a":{"version":"1.0.0","resolved":"https://evil.example\\@registry.example/a/-/a-1.0.0.tgz","integrity":")" + kSha512 + "\"}"));
    REQUIRE(npm.facts.requirements.size() == 1);
    CHECK_FALSE(checkers::parse_place(npm.facts.requirements[0].url));
}

TEST_CASE("no folder: shares, drives, variables, other people's repositories") {
    for (const char* const text : {R"(\\host\share\x)", "//host/share/x", "${PLACE}/x"}) {
        INFO(text);
        CHECK_FALSE(checkers::parse_place(text));
    }
    CHECK(checkers::parse_place("./x")->local);
    CHECK(checkers::parse_place("github:acme/x")->host == "github.com");
    CHECK(checkers::parse_place("github:acme/x")->path == "acme/x");
}

TEST_CASE("a carriage return that stands alone: where does the line end?") {
    for (const char* const name : {"requirements.txt", "pip.conf", ".npmrc", "go.mod", "yarn.lock", "Gemfile"}) {
        INFO(name);
        CHECK_FALSE(Parsed(name, "# comment\rindex-url = https://evil.example/simple\n").understood);
    }
    CHECK(Parsed(".npmrc", "; comment\r\nregistry=https://npm.example\r\n").facts.index_options.size() == 1);
}

TEST_CASE(".npmrc: keys and values that npm takes for others") {
    for (const char* const line : {R"("registry"=https://evil.example)", "registry ; x = https://evil.example", "reg${NOPE?}istry=https://evil.example", "\xC2\xA0registry=https://evil.example",
                                   "registry[]=https://evil.example", R"(registry=https://evil.example\;@npm.example)", R"(registry="https://a.example\u002f")"}) {
        INFO(line);
        const Parsed parsed(".npmrc", std::string(line) + "\n");
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.oracle());
    }
    const Parsed honest(".npmrc", "registry=https://npm.example/ ; ours\n@acme:registry = \"https://npm.corp.example\"\n//npm.example/:_authToken=${TOKEN}\nfund=false\n");
    CHECK(honest.understood);
    REQUIRE(honest.facts.index_options.size() == 2);
    CHECK(honest.facts.index_options[0].url == "https://npm.example/");
    CHECK(honest.facts.index_options[1].url == "https://npm.corp.example");
    // npm ends the value at ';': that is the place, and not what looks like a login.
    CHECK(Parsed(".npmrc", "registry=https://evil.example;@npm.example/\n").facts.index_options.at(0).url == "https://evil.example");
}

TEST_CASE("pip.conf: only what is deeper than the setting continues it") {
    const Parsed two("pip.conf", "[global]\n  timeout = 60\n  extra-index-url = https://evil.example/simple\n");
    CHECK(two.understood);
    REQUIRE(two.facts.index_options.size() == 1);
    CHECK(two.facts.index_options[0].url == "https://evil.example/simple");
    const Parsed one("pip.conf", "[global] ; ours\nextra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n");
    CHECK(one.understood);
    CHECK(one.facts.index_options.size() == 2);
}

TEST_CASE("package-lock: what npm makes of `resolved`") {
    const Parsed hub("package-lock.json", lock(R"("node_modules/a":{"version":"1.0.0","resolved":"evil/a#)" + kCommit + "\"}"));
    REQUIRE(hub.facts.requirements.size() == 1);
    CHECK(hub.facts.requirements[0].source == Source::git);
    CHECK(checkers::parse_place(hub.facts.requirements[0].url)->host == "github.com");
    const Parsed list("package-lock.json", lock(R"("node_modules/a":{"version":"1.0.0","resolved":["https://evil.example/a.tgz"]})"));
    CHECK_FALSE(list.understood);
    CHECK(list.oracle());
    CHECK_FALSE(Parsed("package-lock.json", lock(R"("node_modules/a":{"version":"1.0.0","resolved":"a"})")).understood);
    const Parsed path("package-lock.json", lock(R"("node_modules/a":{"version":"1.0.0","resolved":"file:../a"})"));
    REQUIRE(path.facts.requirements.size() == 1);
    CHECK(path.facts.requirements[0].source == Source::path);
}

TEST_CASE("package-lock: a package comes with another's archive only if that one bundles it") {
    const auto source_of = [](const std::string& owner) {
        const Parsed parsed("package-lock.json", lock(R"("node_modules/a":{"version":"1.0.0","resolved":"https://npm.example/a/-/a-1.0.0.tgz","integrity":")" + kSha512 + "\"" + owner + R"(},
            "node_modules/a/node_modules/b":{"version":"1.0.0","inBundle":true,"dependencies":{"c":"1"}},
            "node_modules/a/node_modules/c":{"version":"1.0.0","inBundle":true,"dependencies":{"b":"1"}})"));
        CHECK(parsed.understood);
        REQUIRE(parsed.facts.requirements.size() == 3);
        return std::pair(parsed.facts.requirements[1].source, parsed.facts.requirements[2].source);
    };
    CHECK(source_of(R"(,"bundleDependencies":["b"])") == std::pair(Source::workspace, Source::workspace));
    CHECK(source_of(R"(,"bundleDependencies":true,"dependencies":{"b":"1"})") == std::pair(Source::workspace, Source::workspace));
    CHECK(source_of("") == std::pair(Source::registry, Source::registry));   // they vouch for each other, and nobody for them
    CHECK(source_of(R"(,"bundleDependencies":["d"])") == std::pair(Source::registry, Source::registry));
    const Parsed top("package-lock.json", lock(R"("node_modules/a":{"version":"1.0.0","inBundle":true})"));
    CHECK(top.facts.requirements.at(0).source == Source::registry);
}

TEST_CASE("package.json: a repository in short is GitHub's") {
    const Parsed parsed("package.json", "{\"dependencies\":{\"a\":\"evil/repo#" + kCommit + "\"}}");
    REQUIRE(parsed.facts.requirements.size() == 1);
    CHECK(checkers::parse_place(parsed.facts.requirements[0].url)->host == "github.com");
}

TEST_CASE("uv.lock: a source is of one kind") {
    const auto with = [](const std::string& source) {
        return "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { " + source + " }\nwheels = [{ url = \"https://files.example/a-1-py3-none-any.whl\", hash = \"sha256:" + kHex + "\" }]\n";
    };
    for (const char* const source : {R"(editable = ".", registry = "https://evil.example")", R"(directory = "x", registry = "https://evil.example")", R"(virtual = ".", registry = "https://evil.example")"}) {
        INFO(source);
        const Parsed parsed("uv.lock", with(source));
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.oracle());
    }
    CHECK(Parsed("uv.lock", with(R"(registry = "https://index.example/simple")")).understood);
    CHECK(Parsed("uv.lock", with(R"(git = "https://git.example/a?rev=main#)" + kCommit + R"(", subdirectory = "x")")).understood);
}

TEST_CASE("pnpm: a snapshot says nothing of a place, and a resolution names one") {
    const std::string head = "lockfileVersion: '9.0'\n";
    const Parsed hidden("pnpm-lock.yaml", head + "snapshots:\n  a@1.0.0:\n    resolution: {tarball: https://evil.example/a.tgz}\n");
    CHECK_FALSE(hidden.understood);
    CHECK(hidden.oracle());
    const std::string a = "packages:\n  a@1.0.0:\n    resolution: {integrity: " + kSha512 + "}\n";
    CHECK_FALSE(Parsed("pnpm-lock.yaml", head + a + "snapshots:\n  a@1.0.0:\n    resolution: {tarball: https://evil.example/a.tgz}\n").understood);
    CHECK_FALSE(Parsed("pnpm-lock.yaml", head + "packages:\n  a@file:x:\n    resolution: {directory: x, tarball: https://evil.example/a.tgz}\n    version: 1.0.0\n").understood);
    CHECK(Parsed("pnpm-lock.yaml", head + a + "snapshots:\n  a@1.0.0(b@2.0.0):\n    dependencies: {b: 2.0.0}\n").understood);
}

TEST_CASE("cargo: the place of crates-io, and settings from elsewhere") {
    const Parsed moved(".cargo/config.toml", "[source.crates-io]\nregistry = \"https://evil.example/index\"\n");
    REQUIRE(moved.facts.index_options.size() == 1);
    CHECK(moved.facts.index_options[0].url == "https://evil.example/index");
    CHECK_FALSE(Parsed(".cargo/config.toml", "include = [\"other.toml\"]\n").understood);
    CHECK(Parsed(".cargo/config.toml", "[build]\njobs = 2\n").understood);
}

TEST_CASE("go.mod: what replaces a module that only others require") {
    const Parsed parsed("go.mod", "module a.example/b\nrequire c.example/d v1.0.0\nreplace e.example/f => evil.example/g v1.2.3\nreplace c.example/d v0.9.0 => ../d\n");
    CHECK(parsed.names() == Names{"pkg:golang/c.example/d@v1.0.0", "pkg:golang/evil.example/g@v1.2.3"});
    CHECK(parsed.has("manifest.redirect"));
}

TEST_CASE("requirements: hashes and URLs as pip takes them apart") {
    const Parsed weak("requirements.txt", "a @ https://files.example/a-1-py3-none-any.whl#md5=" + std::string(32, 'b') + "&sha256=" + kHex + "\n");
    REQUIRE(weak.facts.requirements.size() == 1);
    CHECK(weak.facts.requirements[0].integrity == Names{"md5:" + std::string(32, 'b')});
    CHECK_FALSE(Parsed("requirements.txt", "https://files.example/requests-2.31.0-py3-none-any.whl ;/../../evil-1.0-py3-none-any.whl\n").understood);
    CHECK_FALSE(Parsed("requirements.txt", "--find-links ${PLACE}\n").understood);
    const Parsed marked("requirements.txt", "https://files.example/a-1-py3-none-any.whl; python_version > \"3\"\nb @ https://files.example/b-1-py3-none-any.whl ; python_version > \"3\"\n");
    CHECK(marked.understood);
    REQUIRE(marked.facts.requirements.size() == 2);
    CHECK(marked.facts.requirements[0].markers == "python_version > \"3\"");
    CHECK(marked.facts.requirements[1].markers == "python_version > \"3\"");
    CHECK(Parsed("requirements.txt", "--index-url https://${USER}:${PASSWORD}@index.example/simple\n").understood);
}

TEST_CASE("conda: brackets name places; yarn: the last of two fields counts") {
    CHECK_FALSE(Parsed("environment.yml", "dependencies:\n  - numpy=1.0[channel=https://evil.example]\n").understood);
    CHECK(Parsed("environment.yml", "dependencies:\n  - numpy=1.0\n").understood);
    const std::string head = "# yarn lockfile v1\n\na@^1:\n  version \"1.0.0\"\n  resolved \"https://npm.example/a/-/a-1.0.0.tgz\"\n  integrity " + kSha512 + "\n";
    CHECK(Parsed("yarn.lock", head).understood);
    CHECK_FALSE(Parsed("yarn.lock", head + "  integrity sha1-" + std::string(27, 'A') + "=\n").understood);
}

TEST_CASE("Gemfile: what a new project is made with") {
    const Parsed parsed("Gemfile", "source \"https://gems.example\"\ngit_source(:github) { |repo| \"https://github.com/#{repo}.git\" }\ngem \"tzinfo-data\", platforms: %i[ windows jruby ]\n");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:gem/tzinfo-data"});
    CHECK_FALSE(Parsed("Gemfile", "git_source(:github) { |repo| \"https://evil.example/#{repo}.git\" }\n").understood);
}

TEST_CASE("Dockerfile: what BuildKit pulls, however it is written") {
    const std::string from = "FROM a.example/base:1\n";
    const auto pulls_evil = [](const std::string& text) {
        const Parsed parsed("Dockerfile", text);
        const Names names = parsed.names();
        CHECK(parsed.oracle());
        return std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.find("evil.example") != std::string::npos; });
    };
    CHECK(pulls_evil(from + "RUN echo x<<EOF\nFROM evil.example/m:1\nRUN <<EOF\necho hi\nEOF\n"));
    CHECK(pulls_evil(from + "RUN echo \\\\\nFROM evil.example/m:1\n"));
    CHECK(pulls_evil(from + "RUN echo \\\v\nFROM evil.example/m:1\n"));
    CHECK(pulls_evil("# a_b=c\n# escape=`\n" + from + "RUN true #`\nFROM evil.example/m:1\n"));
    CHECK(pulls_evil("ARG X=\nFROM docker.io${X+.evil.example}/library/alpine:3.20\n"));
    CHECK(pulls_evil(from + "COPY --fr\"om\"=evil.example/x /a /b\n"));
    CHECK(pulls_evil(from + "COPY --fr\\om=evil.example/x /a /b\n"));
    CHECK(pulls_evil(from + "RUN --mou\\nt=type=bind,from=evil.example/y true\n"));
    CHECK(pulls_evil(from + "RUN --mount=type=bind,\\\"from=evil.example/y\\\" true\n"));
    CHECK(pulls_evil(from + "ONBUILD COPY --fr\"om\"=evil.example/q a b\n"));
    CHECK(pulls_evil(from + "ARG U=https://evil.example/x\nADD $U /x\n"));
    CHECK(pulls_evil(from + "ADD https:/\\/evil.example/y /y\n"));
    CHECK(pulls_evil(from + "ADD [\"https:\\u002f\\u002fevil.example/z\",\"/z\"]\n"));
    CHECK(pulls_evil(from + "RUN cat <<EO\"F\"\nhi\nEOF\nFROM evil.example/m:1\nRUN <<RUN\ntrue\nEO\"F\"\nRUN\n"));
    for (const std::string& text : {from + "ADD deploy@evil.example:repo.git /r\n", std::string("#\xC2\xA0syntax=evil.example/fe:1\n") + from, from + "COPY --link\xC2\xA0--from=evil.example/x /a /b\n"}) {
        INFO(text);
        const Parsed parsed("Dockerfile", text);
        CHECK((parsed.facts.requirements.size() > 1 || !parsed.understood));
    }
}

TEST_CASE("Dockerfile: what people write, and pulls nothing more") {
    const std::string from = "FROM a.example/base:1\n";
    for (const std::string& text : {from + "RUN echo $((1<<n))\nRUN true\n", from + "RUN cat <<-'EOF' > /x\n\tit's\n\tEOF\nUSER a\n", from + "COPY <<a <<b /d/\none\na\ntwo\nb\nUSER a\n",
                                    from + "RUN a && \\\n  # why\n  b\n", from + "ADD --chown=a:b src/ /d/\nADD [\"a b\", \"/d/\"]\n", from + "ARG JAR=target/*.jar\nADD ${JAR} /app.jar\n", "# size = large\n" + from}) {
        INFO(text);
        const Parsed parsed("Dockerfile", text);
        CHECK(parsed.understood);
        CHECK(parsed.facts.requirements.size() == 1);
    }
    const Parsed platforms("Dockerfile", "FROM a.example/base:1 AS build-amd64\nFROM a.example/base:1 AS build-arm64\nFROM build-${TARGETARCH}\n");
    CHECK(platforms.understood);
    CHECK(platforms.facts.requirements.size() == 2);
    CHECK(Parsed("Dockerfile", "FROM evil.example/x-${TARGETARCH}\n").facts.requirements.at(0).dynamic);
}
