// Go, Ruby, Maven and Gradle, NuGet, conda.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Role = IndexOption::Role;
using Source = Requirement::Source;

namespace {

const std::string kHash(64, 'a');
const std::string kCommit(40, 'c');

}  // namespace

TEST_CASE("go.mod: blocks, comments, replacements") {
    const std::string text = "module example.com/app\n\ngo 1.21\n\nrequire github.com/BurntSushi/toml v1.0.0 // indirect\nrequire (\n\tgolang.example/x/net v1.2.3\n\t\"golang.example/x/sys\" v0.1.0\n\tlocal.example/l v1.0.0\n)\n"
                             "replace golang.example/x/net => fork.example/net v1.4.5\nreplace local.example/l v1.0.0 => ./l\nexclude old.example/x v1.0.0\nretract [v1.0.0, v1.1.0]\n";
    const Parsed parsed("go.mod", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:golang/github.com/burntsushi/toml@v1.0.0", "pkg:golang/fork.example/net@v1.4.5", "pkg:golang/golang.example/x/sys@v0.1.0", "pkg:golang/local.example/l"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].written == "github.com/BurntSushi/toml");
    CHECK(all[0].markers == "indirect");
    CHECK(all[0].where.line == 5U);
    CHECK(all[1].written == "golang.example/x/net");
    CHECK(all[3].source == Source::path);
    CHECK(parsed.has("manifest.redirect"));
    CHECK(intake::every_prefix("go.mod", text));
    CHECK_FALSE(Parsed("go.mod", "require a.example/x v1.0.0\nreplace a.example/x => a.example/x v1.0.1\n").has("manifest.redirect"));
    for (const char* bad : {"this is not a go.mod file!\n", "require a.example/x\n", "require (\n", "replace a.example/x => b.example/y\n", "replace a => ./b v1\n", "require \"a.example/x v1.0.0\n", "module \xff\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("go.mod", bad).understood);
    }
}

TEST_CASE("go.work: folders are used, and what it replaces is judged") {
    const std::string text = "go 1.22\n\nuse (\n\t./app\n\t./lib // ours\n)\nuse .\nreplace a.example/x => b.example/y v1.0.0\nreplace c.example/z v1.0.0 => ./z\n";
    const Parsed parsed("go.work", text);
    CHECK(parsed.understood);
    REQUIRE(parsed.facts.requirements.size() == 2);
    CHECK(parsed.facts.requirements[0].reference.canonical == "pkg:golang/b.example/y@v1.0.0");
    CHECK(parsed.facts.requirements[1].source == Requirement::Source::path);
    CHECK(parsed.has("manifest.redirect"));
    CHECK(intake::every_prefix("go.work", text));
    const Parsed plain("go.work", "go 1.22\nuse ./app\n");
    CHECK((plain.understood && plain.facts.findings.empty() && plain.facts.requirements.empty()));
    for (const char* bad : {"use\n", "use ./a ./b\n", "require a.example/x v1.0.0\n", "use (\n./a\n", "replace a.example/x\n"}) {
        CAPTURE(std::string(bad));
        CHECK_FALSE(Parsed("go.work", bad).understood);
    }
    CHECK_FALSE(Parsed("go.mod", "use ./a\n").understood);
}

TEST_CASE("go.sum: archives with their hash, and nothing for a go.mod alone") {
    const std::string zeros = "h1:" + std::string(43, 'A') + "=";
    const std::string text = "a.example/x v1.0.0 " + zeros + "\na.example/x v1.0.0/go.mod " + zeros + "\n";
    const Parsed parsed("go.sum", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:golang/a.example/x@v1.0.0"});
    CHECK(parsed.facts.requirements[0].integrity == Names{"h1:" + std::string(64, '0')});
    CHECK(intake::every_prefix("go.sum", text));
    CHECK_FALSE(Parsed("go.sum", "a.example/x v1.0.0 h2:xx\n").understood);
    CHECK_FALSE(Parsed("go.sum", "a.example/x v1.0.0\n").understood);
}

TEST_CASE("Gemfile.lock: sections, remotes, checksums") {
    const std::string text = "GIT\n  remote: https://git.example/g.git\n  revision: " + kCommit + "\n  specs:\n    g (0.1.0)\n      rack\n\nPATH\n  remote: ../p\n  specs:\n    p (1.0)\n\nGEM\n  remote: https://gems.example/\n  specs:\n    rack (2.2.3)\n    nokogiri (1.13.0-x86_64-linux)\n      racc (~> 1.4)\n\n"
                             "PLATFORMS\n  ruby\n\nDEPENDENCIES\n  g!\n\nCHECKSUMS\n  rack (2.2.3) sha256=" + kHash + "\n  nokogiri (1.13.0-x86_64-linux) sha256=" + std::string(64, 'b') + "\n\nBUNDLED WITH\n   2.5.0\n";
    const Parsed parsed("Gemfile.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:gem/g@0.1.0", "pkg:gem/p@1.0", "pkg:gem/rack@2.2.3", "pkg:gem/nokogiri@1.13.0"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].source == Source::git);
    CHECK(all[0].pinned);
    CHECK(all[1].source == Source::path);
    CHECK(all[2].url == "https://gems.example/");
    CHECK(all[2].integrity == Names{"sha256:" + kHash});
    CHECK(all[2].where.line == 16U);
    CHECK(all[3].markers == "platform x86_64-linux");
    CHECK(all[3].integrity == Names{"sha256:" + std::string(64, 'b')});
    CHECK(parsed.facts.index_options.empty());
    CHECK(intake::every_prefix("Gemfile.lock", text));
    const Parsed two("Gemfile.lock", "GEM\n  remote: https://gems.example/\n  remote: https://gems.corp.example/\n  specs:\n    a (1.0)\n");
    REQUIRE(two.facts.index_options.size() == 2);
    CHECK(two.facts.index_options[1].role == Role::extra);
    CHECK(two.facts.requirements.at(0).url.empty());
    for (const char* bad : {"malformed", "GEM\n  specs:\n    a (1.0)\n", "GEM\n  remote: https://x.example\n  specs:\n    a\n", "GEM\n  remote: https://x.example\n  specs:\n    a (>= 1)\n", "<<<<<<< HEAD\n", "CHECKSUMS\n  a (1) sha256=xy\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("Gemfile.lock", bad).understood);
    }
}

TEST_CASE("Gemfile: the plain form is read, the rest of the program is not") {
    const std::string text = "# comment\nsource \"https://gems.example\"\nruby '3.2.0'\ngem 'rack', '2.2.3' # why\ngem \"rails\", \"~> 7.0\", require: false\ngem 'hub', github: 'u/hub',\n  ref: '" + kCommit + "'\ngem 'local', path: './local'\n"
                             "source 'https://gems.corp.example' do\n  gem 'inner'\nend\ngroup :development, :test do\n  gem 'debug', platforms: [:mri, :windows]\nend\n";
    const Parsed parsed("Gemfile", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:gem/rack@2.2.3", "pkg:gem/rails", "pkg:gem/hub", "pkg:gem/local", "pkg:gem/inner", "pkg:gem/debug"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].where.line == 4U);
    CHECK(all[2].source == Source::git);
    CHECK(all[2].pinned);
    CHECK(all[2].where.line == 6U);
    CHECK(all[3].source == Source::path);
    CHECK(all[4].url == "https://gems.corp.example");
    CHECK(all[5].url.empty());
    CHECK(parsed.facts.index_options.size() == 1);
    CHECK(intake::every_prefix("Gemfile", text));
    CHECK(Parsed("Gemfile", "source 'https://a.example'\nsource 'https://b.example'\n").facts.index_options.at(1).role == Role::extra);
    CHECK(Parsed("Gemfile", "gem \"a-#{x}\"\n").facts.requirements.at(0).dynamic);
    for (const char* bad : {"eval File.read('x')\n", "gem x\n", "end\n", "group :a do\n", "gemspec\n", "%w[a b].each { |x| gem x }\n", "if ENV['X']\n", "gem 'a', \n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("Gemfile", bad).understood);
    }
}

TEST_CASE("pom.xml: properties, plugins, profiles, repositories") {
    const std::string text = "<project>\n<parent><groupId>org.up</groupId><artifactId>parent</artifactId><version>1.0</version></parent>\n<properties><v>2.${minor}</v><minor>5</minor></properties>\n<dependencies>\n"
                             "<dependency><groupId>a.b</groupId><artifactId>c</artifactId><version>${v}</version><scope>test</scope></dependency>\n<dependency><groupId>a.b</groupId><artifactId>range</artifactId><version>[1,2)</version></dependency>\n"
                             "<dependency><groupId>a.b</groupId><artifactId>snap</artifactId><version>1-SNAPSHOT</version></dependency>\n<dependency><groupId>${elsewhere}</groupId><artifactId>x</artifactId></dependency>\n</dependencies>\n"
                             "<build><plugins><plugin><artifactId>p</artifactId><version>3</version><dependencies><dependency><groupId>d</groupId><artifactId>e</artifactId><version>1</version></dependency></dependencies></plugin></plugins></build>\n"
                             "<repositories><repository><id>r</id><url>https://repo.corp.example/maven</url></repository></repositories>\n<profiles><profile><id>q</id><dependencies><dependency><groupId>f</groupId><artifactId>g</artifactId><version>1</version></dependency></dependencies></profile></profiles>\n</project>\n";
    const Parsed parsed("pom.xml", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:maven/org.up/parent@1.0", "pkg:maven/a.b/c@2.5", "pkg:maven/a.b/range", "pkg:maven/a.b/snap", "pkg:maven/?", "pkg:maven/org.apache.maven.plugins/p@3", "pkg:maven/d/e@1", "pkg:maven/f/g@1"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[1].where.line == 5U);
    CHECK(all[1].markers == "scope test");
    CHECK(all[4].dynamic);
    CHECK(all[7].markers == "profile q");
    CHECK(parsed.facts.index_options.at(0).url == "https://repo.corp.example/maven");
    CHECK(intake::every_prefix("pom.xml", text));
    // A property with two values has none, and one that names itself ends.
    CHECK(Parsed("pom.xml", "<project><properties><v>1</v></properties><profiles><profile><properties><v>2</v></properties></profile></profiles><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>${v}</version></dependency></dependencies></project>").names() == Names{"pkg:maven/a/b"});
    CHECK(Parsed("pom.xml", "<project><properties><v>${v}</v></properties><dependencies><dependency><groupId>${v}</groupId><artifactId>b</artifactId></dependency></dependencies></project>").facts.requirements.at(0).dynamic);
    for (const char* bad : {"not xml", "<other/>", "<project><dependencies><what/></dependencies></project>", "<project><dependencies><dependency/></dependencies></project>", "<!DOCTYPE project [<!ENTITY x 'y'>]><project/>", "<project>", "<project><repositories><repository/></repositories></project>"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("pom.xml", bad).understood);
    }
    CHECK(Parsed("pom.xml", "<project/>").understood);
}

TEST_CASE("gradle: lockfile and verification metadata") {
    const std::string text = "# comment\na.b:c:1.0=classpath,test\n d:e:2.0.RELEASE=x\nempty=y\n";
    const Parsed parsed("gradle.lockfile", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:maven/a.b/c@1.0", "pkg:maven/d/e@2.0.RELEASE"});
    CHECK(parsed.facts.requirements[0].where.line == 2U);
    CHECK(intake::every_prefix("gradle.lockfile", text));
    CHECK_FALSE(Parsed("gradle.lockfile", "a:b=c\n").understood);
    CHECK_FALSE(Parsed("gradle.lockfile", "a:b:1\n").understood);
    const std::string metadata = "<verification-metadata><configuration><verify-metadata>true</verify-metadata></configuration><components>\n<component group=\"a.b\" name=\"c\" version=\"1\"><artifact name=\"c.jar\"><sha256 value=\"" + kHash + "\"/></artifact></component>\n</components></verification-metadata>";
    const Parsed verified("verification-metadata.xml", metadata);
    CHECK(verified.understood);
    CHECK(verified.names() == Names{"pkg:maven/a.b/c@1"});
    CHECK(verified.facts.requirements[0].integrity == Names{"sha256:" + kHash});
    CHECK(verified.facts.findings.empty());
    CHECK(intake::every_prefix("verification-metadata.xml", metadata));
    CHECK(Parsed("verification-metadata.xml", "<verification-metadata><configuration><trusted-artifacts><trust group=\".*\"/></trusted-artifacts></configuration></verification-metadata>").has("manifest.unverified"));
    CHECK_FALSE(Parsed("verification-metadata.xml", "<verification-metadata><components><component name=\"c\"/></components></verification-metadata>").understood);
}

TEST_CASE("NuGet: lockfile, sources and their mapping, projects") {
    const std::string hash = std::string(86, 'A') + "==";
    const std::string text = "{\"version\":1,\"dependencies\":{\n\"net6.0\":{\n\"A.B\":{\"type\":\"Direct\",\"requested\":\"[1, )\",\"resolved\":\"1.0.0\",\"contentHash\":\"" + hash + "\"},\n\"own\":{\"type\":\"Project\"}},\n\"net8.0\":{\"A.B\":{\"type\":\"Transitive\",\"resolved\":\"1.0.0\",\"contentHash\":\"" + hash + "\"},\"C\":{\"type\":\"Direct\",\"resolved\":\"2.0.0\"}}}}";
    const Parsed parsed("packages.lock.json", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:nuget/a.b@1.0.0", "pkg:nuget/c@2.0.0"});
    CHECK(parsed.facts.requirements[0].written == "A.B");
    CHECK(parsed.facts.requirements[0].integrity == Names{"sha512:" + std::string(128, '0')});
    CHECK(parsed.facts.requirements[0].where.line == 3U);
    CHECK(intake::every_prefix("packages.lock.json", text));
    for (const char* bad : {"{}", "[]", "{\"version\":1,\"dependencies\":{\"x\":{\"a\":{\"type\":\"Odd\"}}}}", "{\"version\":1,\"dependencies\":{\"x\":{\"a\":{\"type\":\"Direct\"}}}}"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("packages.lock.json", bad).understood);
    }
    const std::string config = "<configuration>\n<packageSources><clear/><add key=\"Public\" value=\"https://nuget.example/v3\"/><add key=\"corp\" value=\"https://nuget.corp.example/v3\"/></packageSources>\n<packageSourceMapping><packageSource key=\"public\"><package pattern=\"*\"/></packageSource><packageSource key=\"corp\"><package pattern=\"Acme.*\"/></packageSource></packageSourceMapping></configuration>";
    const Parsed mapped("nuget.config", config);
    CHECK(mapped.understood);
    REQUIRE(mapped.facts.index_options.size() == 2);
    CHECK(mapped.facts.index_options[0].role == Role::scoped);
    CHECK(mapped.facts.index_options[0].names == "acme.*");
    CHECK(mapped.facts.index_options[1].role == Role::primary);
    CHECK(intake::every_prefix("NuGet.Config", config));
    const Parsed open("nuget.config", "<configuration><packageSources><add key=\"a\" value=\"https://a.example\"/><add key=\"b\" value=\"http://b.example\" allowInsecureConnections=\"true\"/></packageSources></configuration>");
    REQUIRE(open.facts.index_options.size() == 3);
    CHECK(open.facts.index_options[0].role == Role::extra);
    CHECK(open.facts.index_options[2].role == Role::trusted_host);
    CHECK_FALSE(Parsed("nuget.config", "<configuration><packageSourceMapping><packageSource key=\"x\"><package pattern=\"*\"/></packageSource></packageSourceMapping></configuration>").understood);
    const std::string project = "<Project Sdk=\"My.Sdk/1.0\">\n<PropertyGroup><V>2.0.0</V></PropertyGroup>\n<ItemGroup>\n<PackageReference Include=\"A\" Version=\"$(V)\" />\n<PackageReference Include=\"B\"><Version>1.*</Version></PackageReference>\n<PackageReference Include=\"$(Elsewhere)\" />\n<PackageReference Include=\"\xD0\x90zure.Core\" Version=\"[1.0.0]\" />\n</ItemGroup></Project>";
    const Parsed csproj("app.csproj", project);
    CHECK(csproj.understood);
    CHECK(csproj.names() == Names{"pkg:nuget/my.sdk@1.0", "pkg:nuget/a@2.0.0", "pkg:nuget/b", "pkg:nuget/?", "pkg:nuget/\xD0\x90zure.core@1.0.0"});
    CHECK(csproj.facts.requirements[1].where.line == 4U);
    CHECK(intake::every_prefix("Directory.Packages.props", project));
    CHECK_FALSE(Parsed("app.csproj", "<Project><ItemGroup><PackageReference Version=\"1\"/></ItemGroup></Project>").understood);
    CHECK_FALSE(Parsed("app.csproj", "not\nxml\n").understood);
    const Parsed old("packages.config", "<packages><package id=\"A.B\" version=\"1.0.0\" /></packages>");
    CHECK(old.names() == Names{"pkg:nuget/a.b@1.0.0"});
    CHECK_FALSE(Parsed("packages.config", "<packages><package version=\"1\"/></packages>").understood);
    CHECK(intake::every_prefix("packages.config", "<packages><package id=\"A.B\" version=\"1.0.0\" /></packages>"));
}

TEST_CASE("conda: channels, match specifications, nested pip, conda-lock") {
    const std::string text = "name: x\nchannels:\n  - conda-forge\n  - https://conda.corp.example/main\ndependencies:\n  - python=3.11\n  - numpy==1.26.0\n  - corp::acme-lib=1.0=py_0\n  - pandas >=2\n  - pip:\n      - --extra-index-url https://pypi.corp.example/simple\n      - requests==2.31.0\n";
    const Parsed parsed("environment.yml", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:conda/python", "pkg:conda/numpy@1.26.0", "pkg:conda/acme-lib@1.0", "pkg:conda/pandas", "pkg:pypi/requests@2.31.0"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[2].url == "corp");
    CHECK(all[1].where.line == 7U);
    CHECK(all[4].where.line == 12U);
    REQUIRE(parsed.facts.index_options.size() == 3);
    CHECK(parsed.facts.index_options[0].ecosystem == "conda");
    CHECK(parsed.facts.index_options[2].ecosystem == "pypi");
    CHECK(intake::every_prefix("environment.yml", text));
    for (const char* bad : {"dependencies: x\n", "dependencies:\n  - npm:\n      - a\n", "dependencies:\n  - pip: 1\n", "- a\n", "dependencies:\n  - '=1'\n", "a: *b\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("environment.yml", bad).understood);
    }
    const std::string lock = "version: 1\nmetadata: {}\npackage:\n- name: a\n  version: '0.1'\n  manager: conda\n  platform: linux-64\n  url: https://conda.example/conda-forge/linux-64/a-0.1-0.conda\n  hash:\n    md5: " + std::string(32, 'b') + "\n    sha256: " + kHash + "\n  category: main\n"
                             "- name: b\n  version: '2'\n  manager: pip\n  platform: linux-64\n  url: https://files.example/b-2.whl\n  hash:\n    sha256: " + kHash + "\n  category: dev\n";
    const Parsed locked("conda-lock.yml", lock);
    CHECK(locked.understood);
    CHECK(locked.names() == Names{"pkg:conda/a@0.1", "pkg:pypi/b@2"});
    CHECK(locked.facts.requirements[0].integrity == Names{"md5:" + std::string(32, 'b'), "sha256:" + kHash});
    CHECK(locked.facts.requirements[1].markers == "linux-64; dev");
    CHECK(intake::every_prefix("conda-lock.yml", lock));
    CHECK_FALSE(Parsed("conda-lock.yml", "version: 2\n").understood);
    CHECK_FALSE(Parsed("conda-lock.yml", "version: 1\npackage:\n- name: a\n").understood);
}
