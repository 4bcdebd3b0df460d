// What conda installed (conda-meta), and lists of packages to install.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Source = Requirement::Source;

namespace {

const std::string kSha256(64, 'a');
const std::string kMd5(32, 'b');

}  // namespace

TEST_CASE("conda-meta: one installed package") {
    const std::string text = "{\n \"name\": \"jupyterlab\", \"version\": \"3.1.12\", \"build\": \"py39_0\", \"channel\": \"https://conda.example/main/linux-64\", \"subdir\": \"linux-64\",\n \"url\": \"https://conda.example/t/se-cret/main/linux-64/jupyterlab-3.1.12-py39_0.conda\",\n"
                             " \"timestamp\": 1632188200000, \"md5\": \"" + kMd5 + "\", \"sha256\": \"" + kSha256 + "\"\n}\n";
    const Parsed parsed("env/conda-meta/jupyterlab-3.1.12-py39_0.json", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    REQUIRE(parsed.names() == Names{"pkg:conda/jupyterlab@3.1.12"});
    const Requirement& one = parsed.facts.requirements[0];
    CHECK(one.url == "https://conda.example/main/linux-64/jupyterlab-3.1.12-py39_0.conda");
    CHECK(one.integrity == Names{"sha256:" + kSha256, "md5:" + kMd5});
    CHECK(one.markers == "linux-64");
    CHECK(one.released == 1632188200);
    CHECK(one.where.line == 2U);
    CHECK(intake::every_prefix("conda-meta/x.json", text));
    CHECK(intake::find_manifest("other/x.json") == nullptr);
    for (const char* bad : {"{}", "[]", "{\"name\":\"a\"}", "{\"version\":\"1\"}", "{\"name\":\"a\",\"version\":1}", "x"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("conda-meta/x.json", bad).understood);
    }
    CHECK(Parsed("conda-meta/x.json", R"({"name":"a","version":"1","url":"https://conda.example/main/b-1-0.conda"})").has("manifest.resolved-name"));
    CHECK(Parsed("conda-meta/x.json", R"({"name":"a","version":"1","url":"https://conda.example/main/a-2-0.tar.bz2"})").has("manifest.resolved-version"));
    CHECK(Parsed("conda-meta/x.json", R"({"name":"a","version":"1","url":"file:///cache/a-1-0.conda"})").facts.requirements.at(0).source == Source::path);
}

TEST_CASE("conda list: explicit") {
    const std::string text = "# platform: linux-64\n@EXPLICIT\nhttps://conda.example/forge/linux-64/_libgcc_mutex-0.1-main.tar.bz2#" + kMd5 + "\nhttps://conda.example/forge/noarch/ca-certificates-2024.2.2-hbcca054_0.conda#sha256:" + kSha256 + "\n"
                             "https://conda.example/forge/noarch/a-1.0-0.conda#" + kSha256 + "\n/local/b-2.0-1.conda\n# pip requests @ https://files.example/requests-2.31.0-py3-none-any.whl --hash=sha256:" + kSha256 + "\n# pip click === 8.0\n";
    for (const char* name : {"conda-linux-64.lock", "explicit.txt", "spec-file.txt"}) {
        CAPTURE(name);
        const Parsed parsed(name, text);
        CHECK(parsed.understood);
        CHECK(parsed.names() == Names{"pkg:conda/_libgcc_mutex@0.1", "pkg:conda/ca-certificates@2024.2.2", "pkg:conda/a@1.0", "pkg:conda/b@2.0", "pkg:pypi/requests@2.31.0", "pkg:pypi/click@8.0"});
        const auto& all = parsed.facts.requirements;
        CHECK(all[0].integrity == Names{"md5:" + kMd5});
        CHECK(all[1].integrity == Names{"sha256:" + kSha256});
        CHECK(all[2].integrity == Names{"sha256:" + kSha256});
        CHECK(all[1].url == "https://conda.example/forge/noarch/ca-certificates-2024.2.2-hbcca054_0.conda");
        CHECK(all[1].where.line == 4U);
        CHECK(all[3].source == Source::path);
        CHECK(all[4].integrity == Names{"sha256:" + kSha256});
        CHECK(all[4].where.line == 7U);
        CHECK(all[5].where.line == 8U);
    }
    CHECK(intake::every_prefix("explicit.txt", text));
    for (const char* bad : {"https://conda.example/a.conda\n", "https://conda.example/a-1.0-0.conda#abc\n", "https://conda.example/a-1.0-0.conda #x y\n", "numpy=1.26\n", "https://conda.example/a-1.0-0.zip\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("explicit.txt", std::string("@EXPLICIT\n") + bad).understood);
    }
}

TEST_CASE("conda list: specifications") {
    const Parsed parsed("spec-file.txt", "# created by conda\nnumpy=1.26.0=py312_0\nrequests=2.31.0=pypi_0\nconda-forge::scipy>=1.2,<2\npython\n");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:conda/numpy@1.26.0", "pkg:pypi/requests@2.31.0", "pkg:conda/scipy", "pkg:conda/python"});
    CHECK(parsed.facts.requirements[2].range == ">=1.2,<2");
    CHECK(parsed.facts.requirements[2].url == "conda-forge");
    for (const char* bad : {"some words\n", "numpy[version=1]\n", "?\n", "\xff\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("spec-file.txt", bad).understood);
    }
}

TEST_CASE("conda-lock.yml: the file name of an archive is that of its package") {
    const auto lock = [](const std::string& url) { return "version: 1\npackage:\n- name: a\n  version: '1.0'\n  manager: conda\n  platform: linux-64\n  url: " + url + "\n  hash: {sha256: " + kSha256 + "}\n"; };
    CHECK(Parsed("conda-lock.yml", lock("https://conda.example/forge/a-1.0-0.conda")).facts.findings.empty());
    CHECK(Parsed("conda-lock.yml", lock("https://conda.example/forge/b-1.0-0.conda")).has("manifest.resolved-name"));
    CHECK(Parsed("conda-lock.yml", lock("https://conda.example/forge/a-1.1-0.conda")).has("manifest.resolved-version"));
}
