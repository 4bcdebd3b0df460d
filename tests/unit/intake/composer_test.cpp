// composer.json and composer.lock.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Role = IndexOption::Role;
using Source = Requirement::Source;

namespace {

const std::string kCommit(40, 'c');
const std::string kOther(40, 'd');

std::string lock(const std::string& packages) { return R"({"content-hash":"x","packages":[)" + packages + "]}"; }

}  // namespace

TEST_CASE("composer.lock: archives, the repositories behind them, branches, times") {
    const std::string text = R"({
 "content-hash": "x",
 "packages": [
  {"name": "Sentry/SDK", "version": "2.0.4", "source": {"type": "git", "url": "https://git.example/sentry/sdk.git", "reference": ")" + kCommit + R"("},
   "dist": {"type": "zip", "url": "https://archives.example/sentry/zipball/)" + kCommit + R"(", "reference": ")" + kCommit + R"(", "shasum": "", "mirrors": [{"url": "https://mirror.example/%package%", "preferred": true}]}, "time": "2019-09-09T19:54:44+00:00"},
  {"name": "drupal/tfa", "version": "2.0.0-alpha4", "dist": {"type": "zip", "url": "https://files.example/tfa.zip", "reference": "2.0.0-alpha4", "shasum": ")" + kOther + R"("}},
  {"name": "acme/branch", "version": "dev-main", "source": {"type": "git", "url": "git@git.example:acme/branch.git", "reference": ")" + kCommit + R"("}},
  {"name": "acme/local", "version": "1.0.0", "dist": {"type": "path", "url": "../local"}},
  {"name": "acme/meta", "version": "1.0.0", "type": "metapackage"}
 ],
 "packages-dev": [{"name": "acme/moving", "version": "1.x-dev", "dist": {"type": "zip", "url": "https://files.example/moving.zip"}, "time": "2019-01-02 03:04:05"}]
})";
    const Parsed parsed("composer.lock", text);
    CHECK(parsed.understood);
    CHECK(parsed.facts.findings.empty());
    CHECK(parsed.names() == Names{"pkg:composer/sentry/sdk@2.0.4", "pkg:composer/drupal/tfa@2.0.0-alpha4", "pkg:composer/acme/branch@dev-main", "pkg:composer/acme/local@1.0.0", "pkg:composer/acme/meta@1.0.0", "pkg:composer/acme/moving"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].written == "Sentry/SDK");
    CHECK(all[0].url == "https://archives.example/sentry/zipball/" + kCommit);
    CHECK(all[0].files == Names{"https://mirror.example/%package%", "https://git.example/sentry/sdk.git"});
    CHECK(all[0].pinned);
    CHECK(all[0].integrity.empty());
    CHECK(all[0].released == 1568058884);
    CHECK(all[0].where.line == 4U);
    CHECK(all[1].integrity == Names{"sha1:" + kOther});
    CHECK(all[2].source == Source::git);
    CHECK(all[2].pinned);
    CHECK(all[3].source == Source::path);
    CHECK(all[4].url.empty());
    CHECK(all[5].markers == "dev");
    CHECK_FALSE(all[5].pinned);
    CHECK(all[5].range == "1.x-dev");
    CHECK(all[5].released == 1546398245);
    CHECK(intake::every_prefix("composer.lock", text));
}

TEST_CASE("composer.lock: one commit by one field and another by another") {
    const auto entry = [](const std::string& source, const std::string& dist, const std::string& url) {
        return lock(R"({"name":"a/b","version":"1.0.0","source":{"type":"git","url":"https://git.example/a","reference":")" + source + R"("},"dist":{"type":"zip","url":"https://archives.example/)" + url + R"(","reference":")" + dist + R"("}})");
    };
    CHECK(Parsed("composer.lock", entry(kCommit, kCommit, "zip/" + kOther)).has("manifest.resolved-version"));
    CHECK(Parsed("composer.lock", entry(kOther, kCommit, "zip")).has("manifest.resolved-version"));
    CHECK(Parsed("composer.lock", entry(kCommit, kCommit, "zip/" + kCommit)).facts.findings.empty());
    CHECK(Parsed("composer.lock", entry("1.0.0", "1.0.0", "zip/1.0.0")).facts.findings.empty());
}

TEST_CASE("composer.lock: what is not understood") {
    for (const char* bad : {"", "[]", "{}", R"({"packages":{}})", R"({"packages":[1]})", R"({"packages":[{"name":"a/b"}]})", R"({"packages":[{"name":"ab","version":"1"}]})", R"({"packages":[{"name":"a/b/c","version":"1"}]})",
                            R"({"packages":[{"name":"a/b","version":"1","source":{"type":"svn","url":"https://svn.example","reference":"1"}}]})", R"({"packages":[],"packages":[]})", R"({"packages":[{"name":"a/b","version":"1","dist":"x"}]})"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("composer.lock", bad).understood);
    }
    CHECK(Parsed("composer.lock", lock("")).understood);
    CHECK(Parsed("composer.lock", lock(R"({"name":"a/b","version":"1","dist":{"type":"zip","url":"https://x.example/a","shasum":"abc"}})")).has("manifest.bad-integrity"));
}

TEST_CASE("composer.json: requirements and repositories") {
    const std::string text = R"({
 "name": "acme/app",
 "require": {"php": ">=8.1", "ext-json": "*", "lib-icu": "*", "composer-runtime-api": "^2", "monolog/monolog": "^2.0 || ^3.0", "acme/exact": "1.2.3", "acme/equal": "==v1.2.3", "acme/wild": "1.2.x", "acme/any": "*", "acme/commit": "dev-main#)" + kCommit + R"(", "acme/stability": "@dev"},
 "require-dev": {"phpunit/phpunit": "~9.5"},
 "repositories": [
  {"type": "composer", "url": "https://login:secret@packages.example", "only": ["acme/*"]},
  {"type": "vcs", "url": "git@git.example:acme/fork.git"},
  {"type": "path", "url": "./packages/*"},
  {"type": "package", "package": {"name": "acme/inline", "version": "2.0.0", "dist": {"type": "zip", "url": "https://files.example/inline.zip"}}},
  {"type": "composer", "url": "https://more.example"}
 ]
})";
    const Parsed parsed("composer.json", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"pkg:composer/acme/inline@2.0.0", "pkg:composer/monolog/monolog", "pkg:composer/acme/exact@1.2.3", "pkg:composer/acme/equal@v1.2.3", "pkg:composer/acme/wild", "pkg:composer/acme/any", "pkg:composer/acme/commit",
                                  "pkg:composer/acme/stability", "pkg:composer/phpunit/phpunit"});
    const auto& all = parsed.facts.requirements;
    CHECK(all[0].markers == "repository");
    CHECK(all[0].url == "https://files.example/inline.zip");
    CHECK(all[1].range == "^2.0 || ^3.0");
    CHECK(all[1].where.line == 3U);
    CHECK(all[4].range == "1.2.x");
    CHECK(all[5].range.empty());
    CHECK(all[6].pinned);
    CHECK_FALSE(all[7].pinned);
    CHECK(all[8].markers == "dev");
    const auto& options = parsed.facts.index_options;
    REQUIRE(options.size() == 3);
    CHECK(options[0].role == Role::scoped);
    CHECK(options[0].names == "acme/*");
    CHECK(options[0].url == "https://packages.example");
    CHECK(options[1].role == Role::find_links);
    CHECK(options[1].url == "ssh://git.example/acme/fork.git");
    CHECK(options[2].role == Role::extra);
    CHECK(intake::every_prefix("composer.json", text));
}

TEST_CASE("composer.json: the public registry taken away") {
    const auto roles = [](const std::string& repositories) {
        std::vector<Role> found;
        for (const IndexOption& option : Parsed("composer.json", R"({"repositories":)" + repositories + "}").facts.index_options) found.push_back(option.role);
        return found;
    };
    CHECK(roles(R"([{"type":"composer","url":"https://a.example"},{"packagist":false}])") == std::vector{Role::primary});
    CHECK(roles(R"({"own":{"type":"composer","url":"https://a.example"},"other":{"type":"composer","url":"https://b.example"},"packagist":false})") == std::vector{Role::primary, Role::extra});
    CHECK(roles(R"([{"type":"composer","url":"https://a.example"}])") == std::vector{Role::extra});
    for (const char* bad : {R"({"repositories":1})", R"({"repositories":[1]})", R"({"repositories":[{"type":"composer"}]})", R"({"repositories":[{"type":"new","url":"https://a.example"}]})", R"({"repositories":[{"type":"package"}]})",
                            R"({"require":{"noslash":"1"}})", R"({"require":{"a/b":1}})", R"({"require":[]})", "[]", "{"}) {
        CAPTURE(bad);
        CHECK_FALSE(Parsed("composer.json", bad).understood);
    }
    CHECK(Parsed("composer.json", "{}").understood);
    CHECK(Parsed("composer.json", R"({"config":{"disable-tls":true}})").facts.index_options.at(0).role == Role::trusted_host);
    CHECK(Parsed("composer.json", R"({"config":{"disable-tls":false}})").facts.index_options.empty());
}
