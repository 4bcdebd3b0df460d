// A lockfile beside the manifest that it was made from.
#include <catch2/catch.hpp>

#include "checkers/asked.hpp"
#include "intake/manifest.hpp"
#include "unit/checkers/name_fixture.hpp"

using namespace headgate;
using namespace headgate::checkers;

namespace {

/// The facts of a lockfile, with those of its manifest as the pipeline adds them.
std::vector<std::string> drift(const std::string& lock_name, const std::string& lock, const std::string& manifest_name, const std::string& manifest) {
    static const Limits kLimits;
    Bench bench(integrity_checker());
    const auto parse = [](const std::string& name, const std::string& text, Evidence& facts) {
        intake::IntakeContext context{kLimits, facts, name};
        const intake::ManifestFormat* format = intake::find_manifest(name);
        REQUIRE(format != nullptr);
        REQUIRE(format->parse(as_bytes(text), context));
    };
    parse(lock_name, lock, bench.evidence);
    Evidence beside;
    parse(manifest_name, manifest, beside);
    auto& declared = bench.evidence.declared;
    declared.insert(declared.end(), beside.requirements.begin(), beside.requirements.end());
    declared.insert(declared.end(), beside.declared.begin(), beside.declared.end());
    bench.subject.has_bytes = true;
    bench.run();
    std::vector<std::string> ids;
    for (const Finding& finding : bench.findings) {
        if (finding.id.starts_with("integrity.drift")) ids.push_back(finding.id.substr(16));
    }
    return ids;
}

using Ids = std::vector<std::string>;

std::string package_lock(const std::string& project, const std::string& packages) {
    return R"({"lockfileVersion":3,"packages":{"":)" + project + packages + "}}";
}
const std::string kA = R"(,"node_modules/a":{"version":"1.2.3","resolved":"https://r.example/a/-/a-1.2.3.tgz","integrity":"sha512-)" + std::string(86, 'A') + R"(=="})";

}  // namespace

TEST_CASE("package-lock.json and package.json") {
    const auto npm = [](const std::string& project, const std::string& packages, const std::string& manifest) {
        return drift("package-lock.json", package_lock(project, packages), "package.json", manifest);
    };
    CHECK(npm(R"({"dependencies":{"a":"^1.0.0"}})", kA, R"({"dependencies":{"a":"^1.0.0"}})").empty());
    CHECK(npm(R"({"dependencies":{"a":"1.2.3"}})", kA, R"({"dependencies":{"a":"1.2.3"}})").empty());
    CHECK(npm(R"({"devDependencies":{"a":"1.2.3"}})", kA, R"({"devDependencies":{"a":"1.2.3"}})").empty());
    CHECK(npm(R"({})", "", R"({"dependencies":{"a":"^1.0.0"}})") == Ids{"missing"});
    CHECK(npm(R"({"dependencies":{"a":"^1.0.0"}})", "", R"({"dependencies":{"a":"^1.0.0"}})") == Ids{"missing"});
    CHECK(npm(R"({"dependencies":{"a":"1.2.3","evil":"1"}})", kA, R"({"dependencies":{"a":"1.2.3"}})") == Ids{"undeclared"});
    CHECK(npm(R"({"dependencies":{"a":"1.2.4"}})", kA, R"({"dependencies":{"a":"1.2.3"}})") == Ids{"declared"});
    CHECK(npm(R"({"dependencies":{"a":"1.2.4"}})", kA, R"({"dependencies":{"a":"1.2.4"}})") == Ids{"version"});
    // Another version further down is not what the project gets.
    const std::string nested = R"(,"node_modules/b/node_modules/a":{"version":"1.2.4","resolved":"https://r.example/a/-/a-1.2.4.tgz"})";
    CHECK(npm(R"({"dependencies":{"a":"1.2.4"}})", kA + nested, R"({"dependencies":{"a":"1.2.4"}})") == Ids{"version"});
    CHECK(npm(R"({"dependencies":{"a":"1.2.3"}})", kA + nested, R"({"dependencies":{"a":"1.2.3"}})").empty());
}

TEST_CASE("what a package-lock honestly leaves out") {
    const auto npm = [](const std::string& project, const std::string& packages, const std::string& manifest) {
        return drift("package-lock.json", package_lock(project, packages), "package.json", manifest);
    };
    CHECK(npm(R"({"peerDependencies":{"react":">=16"}})", "", R"({"peerDependencies":{"react":">=16"}})").empty());
    CHECK(npm(R"({"optionalDependencies":{"fsevents":"*"}})", "", R"({"optionalDependencies":{"fsevents":"*"}})").empty());
    CHECK(npm(R"({"dependencies":{"own":"^1.0.0"}})", R"(,"node_modules/own":{"resolved":"packages/own","link":true},"packages/own":{"version":"1.0.0"})",
              R"({"workspaces":["packages/*"],"dependencies":{"own":"^1.0.0"}})").empty());
    CHECK(npm(R"({"dependencies":{"alias":"npm:a@1.2.3"}})", R"(,"node_modules/alias":{"name":"a","version":"1.2.3","resolved":"https://r.example/a/-/a-1.2.3.tgz"})",
              R"({"dependencies":{"alias":"npm:a@1.2.3"}})").empty());
    CHECK(npm(R"({"dependencies":{"a":"1.0.0"}})", kA, R"({"dependencies":{"a":"1.0.0"},"overrides":{"a":"1.2.3"}})").empty());
    CHECK(npm(R"({"dependencies":{"x":"file:../x"}})", R"(,"node_modules/x":{"resolved":"../x","link":true})", R"({"dependencies":{"x":"file:../x"}})").empty());
    CHECK(npm(R"({"dependencies":{"a":"1.2.3"},"packageManager":"npm@10.0.0"})", kA, R"({"dependencies":{"a":"1.2.3"},"packageManager":"npm@10.0.0"})").empty());
}

TEST_CASE("a repository is that repository, however it is written") {
    const std::string commit(40, 'c');
    const auto npm = [&](const std::string& asked, const std::string& resolved) {
        return drift("package-lock.json", package_lock(R"({"dependencies":{"a":")" + asked + R"("}})", R"(,"node_modules/a":{"version":"1.0.0","resolved":")" + resolved + R"("})"), "package.json",
                     R"({"dependencies":{"a":")" + asked + R"("}})");
    };
    const std::string ssh = "git+ssh://git@github.com/acme/a.git#" + commit;
    CHECK(npm("acme/a", ssh).empty());
    CHECK(npm("github:acme/a#main", ssh).empty());
    CHECK(npm("git+https://github.com/acme/a.git", ssh).empty());
    CHECK(npm("git@github.com:acme/a.git", ssh).empty());
    CHECK(npm("acme/a", "https://codeload.github.com/acme/a/tar.gz/" + commit).empty());
    CHECK(npm("gitlab:acme/a", "https://gitlab.com/api/v4/projects/acme%2Fa/repository/archive.tar.gz?ref=" + commit).empty());
    CHECK(npm("acme/a", "git+ssh://git@github.com/evil/a.git#" + commit) == Ids{"source"});
    CHECK(npm("acme/a", "https://r.example/a/-/a-1.0.0.tgz") == Ids{"source"});
    CHECK(npm("^1.0.0", ssh) == Ids{"source"});
    CHECK(npm("https://x.example/a.tgz", "https://x.example/a.tgz").empty());
    CHECK(npm("https://x.example/a.tgz", "https://evil.example/a.tgz") == Ids{"source"});
}

TEST_CASE("yarn, pnpm and bun") {
    const std::string manifest = R"({"dependencies":{"a":"1.2.3"},"devDependencies":{"@s/b":"^2.0.0"}})";
    const std::string yarn = "# yarn lockfile v1\n\n\"@s/b@^2.0.0\":\n  version \"2.1.0\"\n\na@1.2.3:\n  version \"1.2.3\"\n";
    CHECK(drift("yarn.lock", yarn, "package.json", manifest).empty());
    CHECK(drift("yarn.lock", "# yarn lockfile v1\n\na@1.2.3:\n  version \"1.2.3\"\n", "package.json", manifest) == Ids{"missing"});
    CHECK(drift("yarn.lock", "# yarn lockfile v1\n\n\"@s/b@^2.0.0\":\n  version \"2.1.0\"\n\na@1.2.3:\n  version \"6.6.6\"\n", "package.json", manifest) == Ids{"version"});
    CHECK(drift("yarn.lock", "# yarn lockfile v1\n\n\"@s/b@^2.0.0\":\n  version \"2.1.0\"\n\na@1.2.3:\n  version \"6.6.6\"\n", "package.json",
                R"({"dependencies":{"a":"1.2.3","@s/b":"^2.0.0"},"resolutions":{"a":"6.6.6"}})").empty());
    CHECK(drift("yarn.lock", "# yarn lockfile v1\n\na@1.2.3:\n  version \"1.2.3\"\n", "package.json", R"({"workspaces":["x"],"dependencies":{"a":"1.2.3","own":"1.0.0"}})").empty());

    const std::string berry = "__metadata:\n  version: 8\n\n\"a@npm:1.2.3\":\n  version: 1.2.3\n  resolution: \"a@npm:1.2.3\"\n\n\"@s/b@npm:^2.0.0\":\n  version: 2.1.0\n  resolution: \"@s/b@npm:2.1.0\"\n\n"
                              "\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n  dependencies:\n    a: \"npm:1.2.3\"\n    \"@s/b\": \"npm:^2.0.0\"\n";
    CHECK(drift("yarn.lock", berry, "package.json", manifest).empty());
    CHECK(drift("yarn.lock", berry, "package.json", R"({"dependencies":{"a":"1.2.3"}})") == Ids{"undeclared"});
    CHECK(drift("yarn.lock", berry, "package.json", R"({"dependencies":{"a":"1.2.3","@s/b":"^2.0.0","c":"1"}})") == Ids{"missing"});

    const std::string pnpm = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: 1.2.3\n        version: 1.2.3\n    devDependencies:\n      '@s/b':\n        specifier: ^2.0.0\n        version: 2.1.0(a@1.2.3)\n"
                             "packages:\n  a@1.2.3:\n    resolution: {integrity: sha512-" + std::string(86, 'A') + "==}\n  '@s/b@2.1.0':\n    resolution: {integrity: sha512-" + std::string(86, 'A') + "==}\n";
    CHECK(drift("pnpm-lock.yaml", pnpm, "package.json", manifest).empty());
    CHECK(drift("pnpm-lock.yaml", pnpm, "package.json", R"({"dependencies":{"a":"1.2.4","@s/b":"^2.0.0"}})") == Ids{"declared"});
    CHECK(drift("pnpm-lock.yaml", pnpm, "package.json", R"({"dependencies":{"@s/b":"^2.0.0"}})") == Ids{"undeclared"});
    std::string hooked = pnpm;
    CHECK(drift("pnpm-lock.yaml", hooked.insert(hooked.find("importers"), "pnpmfileChecksum: abc\n"), "package.json", R"({"dependencies":{"@s/b":"^2.0.0"}})").empty());
    std::string contradicts = pnpm;
    contradicts.replace(contradicts.find("version: 1.2.3"), 14, "version: 6.6.6");
    CHECK(drift("pnpm-lock.yaml", contradicts, "package.json", manifest) == Ids{"version"});

    const std::string bun = R"({"lockfileVersion":1,"workspaces":{"":{"name":"app","dependencies":{"a":"1.2.3"},"devDependencies":{"@s/b":"^2.0.0"}}},"packages":{"a":["a@1.2.3","",{},""],"@s/b":["@s/b@2.1.0","",{},""]}})";
    CHECK(drift("bun.lock", bun, "package.json", manifest).empty());
    CHECK(drift("bun.lock", bun, "package.json", R"({"dependencies":{"a":"1.2.3"}})") == Ids{"undeclared"});
}

TEST_CASE("lockfiles of Python") {
    const std::string zeros(64, '0');
    const std::string manifest = "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\"Requests==2.31.0\", \"colorama; sys_platform == 'win32'\"]\n[project.optional-dependencies]\nall = [\"app[x]\"]\nx = [\"rich\"]\n"
                                 "[build-system]\nrequires = [\"hatchling\"]\n";
    const auto poetry = [&](const std::string& version, const std::string& more) {
        return "[[package]]\nname = \"requests\"\nversion = \"" + version + "\"\nfiles = []\n" + more + "[metadata]\nlock-version = \"2.1\"\n";
    };
    const std::string rich = "[[package]]\nname = \"rich\"\nversion = \"13.0\"\nfiles = []\n";
    CHECK(drift("poetry.lock", poetry("2.31.0", rich), "pyproject.toml", manifest).empty());
    CHECK(drift("poetry.lock", poetry("2.31", rich), "pyproject.toml", manifest).empty());
    CHECK(drift("poetry.lock", poetry("2.32.0", rich), "pyproject.toml", manifest) == Ids{"version"});
    CHECK(drift("poetry.lock", poetry("2.31.0", ""), "pyproject.toml", manifest) == Ids{"missing"});

    const std::string uv = "version = 1\n[[package]]\nname = \"app\"\nversion = \"1\"\nsource = { editable = \".\" }\n[package.metadata]\nrequires-dist = [{ name = \"requests\", specifier = \"==2.31.0\" }, "
                           "{ name = \"colorama\", marker = \"sys_platform == 'win32'\" }, { name = \"app\", extras = [\"x\"], marker = \"extra == 'all'\" }, { name = \"rich\", marker = \"extra == 'x'\" }]\n"
                           "[[package]]\nname = \"requests\"\nversion = \"2.31.0\"\nsource = { registry = \"https://pypi.example/simple\" }\n[[package]]\nname = \"rich\"\nversion = \"13.0\"\nsource = { registry = \"https://pypi.example/simple\" }\n";
    CHECK(drift("uv.lock", uv, "pyproject.toml", manifest).empty());
    CHECK(drift("uv.lock", uv, "pyproject.toml", "[project]\nname = \"app\"\ndependencies = [\"requests==2.32.0\", \"colorama; sys_platform == 'win32'\", \"rich\"]\n") == Ids{"declared"});
    CHECK(drift("uv.lock", uv, "pyproject.toml", "[project]\nname = \"app\"\ndependencies = [\"requests==2.31.0\", \"colorama; sys_platform == 'win32'\", \"rich\", \"evil\"]\n") == Ids{"missing"});
    CHECK(drift("uv.lock", uv, "pyproject.toml", "[project]\nname = \"app\"\ndependencies = [\"requests==2.31.0\", \"colorama; sys_platform == 'win32'\"]\n") == Ids{"undeclared"});

    const std::string pipfile = "[[source]]\nname = \"pypi\"\nurl = \"https://pypi.example/simple\"\n[packages]\nrequests = \"==2.31.0\"\n[dev-packages]\npytest = \"*\"\n";
    const auto lock = [&](const std::string& version) {
        return R"({"_meta":{"sources":[{"name":"pypi","url":"https://pypi.example/simple"}]},"default":{"requests":{"version":"==)" + version + R"("}},"develop":{"pytest":{"version":"==8.0"}}})";
    };
    CHECK(drift("Pipfile.lock", lock("2.31.0"), "Pipfile", pipfile).empty());
    CHECK(drift("Pipfile.lock", lock("2.30.0"), "Pipfile", pipfile) == Ids{"version"});
    CHECK(drift("Pipfile.lock", lock("2.31.0"), "Pipfile", pipfile + "rich = \"*\"\n") == Ids{"missing"});
}

TEST_CASE("lockfiles of other ecosystems") {
    const std::string cargo = "version = 4\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"serde_json\"]\n[[package]]\nname = \"serde_json\"\nversion = \"1.0.100\"\nsource = \"registry+https://r.example\"\nchecksum = \"" + std::string(64, '0') + "\"\n";
    CHECK(drift("Cargo.lock", cargo, "Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\nserde_json = \"=1.0.100\"\n").empty());
    CHECK(drift("Cargo.lock", cargo, "Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\nserde_json = \"=1.0.99\"\n") == Ids{"version"});
    CHECK(drift("Cargo.lock", cargo, "Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\nserde_json = \"1\"\nrand = \"0.8\"\n") == Ids{"missing"});
    CHECK(drift("Cargo.lock", cargo, "Cargo.toml", "[package]\nname = \"app\"\n[workspace.dependencies]\nunused = \"1\"\n").empty());

    const std::string h1 = " h1:" + std::string(43, 'A') + "=\n";
    CHECK(drift("go.sum", "x.example/a v1.0.0" + h1 + "x.example/a v1.0.0/go.mod" + h1 + "x.example/old v0.1.0/go.mod" + h1, "go.mod", "module m\nrequire x.example/a v1.0.0\n").empty());
    CHECK(drift("go.sum", "x.example/a v1.0.0/go.mod" + h1, "go.mod", "module m\nrequire x.example/a v1.0.0 // indirect\n").empty());
    CHECK(drift("go.sum", "x.example/a v1.0.0" + h1, "go.mod", "module m\nrequire x.example/b v1.0.0\n") == Ids{"missing"});
    CHECK(drift("go.sum", "x.example/a v1.0.0" + h1, "go.mod", "module m\nrequire x.example/a v1.1.0\n") == Ids{"version"});
    CHECK(drift("go.sum", "x.example/a v1.0.0" + h1, "go.mod", "module m\nrequire x.example/b v1.0.0\nreplace x.example/b => ../b\n").empty());

    const auto gems = [](const std::string& asked) {
        return "GEM\n  remote: https://r.example/\n  specs:\n    rails (7.0.1)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n" + asked + "\nBUNDLED WITH\n   2.5.0\n";
    };
    CHECK(drift("Gemfile.lock", gems("  rails (= 7.0.1)\n  tzinfo-data\n"), "Gemfile", "source \"https://r.example\"\ngem \"rails\", \"7.0.1\"\ngem \"tzinfo-data\", platforms: [:mingw]\n").empty());
    CHECK(drift("Gemfile.lock", gems("  rails (= 7.0.1)\n"), "Gemfile", "source \"https://r.example\"\ngem \"rails\", \"7.0.1\"\ngem \"evil\"\n") == Ids{"missing"});
    CHECK(drift("Gemfile.lock", gems("  rails (= 7.0.1)\n  evil\n"), "Gemfile", "source \"https://r.example\"\ngem \"rails\", \"7.0.1\"\n") == Ids{"undeclared"});
    CHECK(drift("Gemfile.lock", gems("  rails (= 7.0.2)\n"), "Gemfile", "source \"https://r.example\"\ngem \"rails\", \"7.0.2\"\n") == Ids{"version"});

    const std::string nuget = R"x({"version":1,"dependencies":{"net8.0":{"A.B":{"type":"Direct","requested":"[1.2.0, )","resolved":"1.2.0"}}}})x";
    CHECK(drift("packages.lock.json", nuget, "app.csproj", R"(<Project><ItemGroup><PackageReference Include="a.b" Version="1.2"/></ItemGroup></Project>)").empty());
    CHECK(drift("packages.lock.json", nuget, "app.csproj", R"(<Project><ItemGroup><PackageReference Include="A.B" Version="1.3.0"/></ItemGroup></Project>)") == Ids{"declared"});
    CHECK(drift("packages.lock.json", nuget, "app.csproj", R"(<Project><ItemGroup><PackageReference Include="C" Version="1.3.0"/></ItemGroup></Project>)") == Ids{"missing"});

    const auto conda = [](const std::string& source) {
        return "version: 1\nmetadata:\n  sources: [" + source + "]\npackage:\n- {name: numpy, version: 1.26.0, manager: conda, platform: linux-64, url: 'https://conda.example/numpy.conda', hash: {sha256: '" + std::string(64, '0') + "'}}\n";
    };
    CHECK(drift("conda-lock.yml", conda("environment.yml"), "environment.yml", "channels: [x]\ndependencies:\n  - numpy==1.26.0\n  - pywin32  # [win]\n").empty());
    CHECK(drift("conda-lock.yml", conda("environment.yml"), "environment.yml", "channels: [x]\ndependencies:\n  - numpy\n  - scipy\n") == Ids{"missing"});
    CHECK(drift("conda-lock.yml", conda("other.yml"), "environment.yml", "channels: [x]\ndependencies:\n  - scipy\n").empty());
}

TEST_CASE("nothing is compared where there is nothing beside it, and where the rule says not to") {
    Bench bench(integrity_checker());
    Requirement asked;
    asked.reference = *parse_reference("pkg:npm/a@1");
    asked.where.path = "package.json";
    bench.evidence.declared = {asked};
    bench.evidence.formats = {{{"package-lock.json", {}, {}, {}}, "manifest:package-lock.json", true, false}};
    bench.subject.has_bytes = true;
    CHECK(bench.run().has("integrity.drift-missing"));
    CHECK(bench.findings.front().severity == Severity::high);
    bench.settings.set("drift", false);
    CHECK(bench.run().clean());
    bench.settings.set("drift", true);
    bench.evidence.declared.front().where.path = "package-lock.json";
    CHECK(bench.run().clean());
}

TEST_CASE("ranges are compared as their ecosystems read them") {
    const auto same = [](const std::string& type, const std::string& a, const std::string& b) {
        Requirement one, other;
        one.reference = other.reference = *parse_reference("pkg:" + type + "/x");
        one.range = a, other.range = b;
        return asks_the_same(one, other);
    };
    CHECK(same("pypi", ">=1.0, <2", "<2.0,>=1"));
    CHECK(same("pypi", "(~=1.4.0)", "~=1.4.0"));
    CHECK_FALSE(same("pypi", "~=1.4", "~=1.4.0"));
    CHECK_FALSE(same("pypi", "==1.0.*", "==1.*"));
    CHECK(same("npm", ">=1  <2", ">=1 <2"));
    CHECK_FALSE(same("npm", "^1.0.0", "^2.0.0"));
    CHECK(same("gem", ">= 1, < 2", "< 2, >= 1"));
    CHECK(same_version("pypi", "2.3.0", "2.3.0+cu118"));
    CHECK_FALSE(same_version("pypi", "2.3.0+cpu", "2.3.0+cu118"));
    CHECK(same_version("nuget", "1.2", "1.2.0"));
}
