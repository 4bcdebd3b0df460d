// Facts of each ecosystem's own documentation: lists in ascending order, and spellings of one version.
#include "versions/order.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace headgate;
using Ascending = std::vector<std::string>;

namespace {

void check_ascending(std::string_view ecosystem, const Ascending& versions) {
    for (std::size_t i = 0; i < versions.size(); ++i) {
        for (std::size_t j = 0; j < versions.size(); ++j) {
            CAPTURE(std::string(ecosystem), versions[i], versions[j]);
            const versions::Order order = versions::compare(ecosystem, versions[i], versions[j]);
            REQUIRE(order);
            CHECK((*order < 0) == (i < j));
            CHECK((*order > 0) == (i > j));
        }
    }
}

void check_same(std::string_view ecosystem, const Ascending& spellings) {
    for (const std::string& one : spellings) {
        for (const std::string& other : spellings) {
            CAPTURE(std::string(ecosystem), one, other);
            CHECK(versions::is_same(ecosystem, one, other));
        }
    }
}

void check_none(std::string_view ecosystem, const Ascending& texts) {
    for (const std::string& text : texts) {
        CAPTURE(std::string(ecosystem), text);
        CHECK_FALSE(versions::compare(ecosystem, text, "1.0.0"));
        CHECK_FALSE(versions::compare(ecosystem, "1.0.0", text));
    }
}

}  // namespace

TEST_CASE("pypi: PEP 440") {
    // "Summary of permitted suffixes and relative ordering"
    check_ascending("pypi", {"1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456",
                             "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34",
                             "1.0.post456", "1.0.15", "1.1.dev1"});
    // "Final releases", "Version epochs"
    check_ascending("pypi", {"0.9", "0.9.1", "0.9.2", "0.9.10", "0.9.11", "1.0", "1.0.1", "1.1", "2.0", "2013.10", "2014.04", "1!1.0", "1!1.1", "1!2.0"});
    check_ascending("pypi", {"4.3a2", "4.3b2", "4.3rc2", "4.3", "99999999999999999999999999", "100000000000000000000000000"});
    check_same("pypi", {"1.0", "1.0.0", "v1.0", "1", "0!1.0", " 1.0"});
    check_same("pypi", {"1.1RC1", "1.1rc1", "1.1-rc.1", "1.1c1", "1.1.pre1"});
    check_same("pypi", {"1.0.post1", "1.0-1", "1.0.r1"});
    check_none("pypi", {"2004d", "", "1.0+", "1.0+a..b", "1.0+a b", "dev", "1.x"});
}

TEST_CASE("npm, cargo, Go, actions: Semantic Versioning") {
    for (const std::string_view ecosystem : {"npm", "cargo", "golang", "github"}) {
        // Section 11.4
        check_ascending(ecosystem, {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
                                    "1.0.0", "2.0.0", "2.1.0", "2.1.1"});
        check_same(ecosystem, {"1.0.0", "v1.0.0", "1.0.0+build.5", "1.0", "1"});
        check_none(ecosystem, {"latest", "1.0.0.0", "1.0.0-", "1.0.0-a..b", "1.0.0-a_b", "1.x", "main", "4d34df0c2316fe8122ab82dc22947d607c0c91f9", ""});
    }
    // Go modules reference, "Pseudo-versions" and "Compatibility with non-module repositories"
    check_ascending("golang", {"v0.0.0-20170915032832-14c0d48ead0c", "v0.0.0-20191109021931-daa7c04131f5", "v1.2.3-pre", "v1.2.3-pre.0.20191109021931-daa7c04131f5",
                               "v1.2.3", "v1.2.4-0.20191109021931-daa7c04131f5", "v1.2.4", "v4.1.2+incompatible"});
}

TEST_CASE("maven: ComparableVersion") {
    // maven.apache.org/pom.html, "Version Order Specification"
    check_ascending("maven", {"1-snapshot", "1", "1-sp"});
    check_ascending("maven", {"1", "1.1"});
    check_ascending("maven", {"1-foo2", "1-foo10"});
    check_ascending("maven", {"1-foo", "1-1", "1.1"});
    check_ascending("maven", {"1-alpha2", "1-alpha-123", "1-beta-2", "1-beta123", "1-m2", "1-m11", "1-rc", "1-cr2", "1-rc123", "1-SNAPSHOT", "1", "1-sp",
                              "1-sp2", "1-sp123", "1-abc", "1-def", "1-pom-1", "1-1-snapshot", "1-1", "1-2", "1-123"});
    check_ascending("maven", {"1.0-alpha-1-SNAPSHOT", "1.0-alpha-1", "1.0-alpha-2", "1.0-beta-1", "1.0-SNAPSHOT", "1.0", "1.0-1", "1.0-2", "1.0.1"});
    check_ascending("maven", {"2.0", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1", "2.2", "2.123"});
    check_ascending("maven", {"2.0.1-klm", "2.0.1-lmn", "2.0.1-xyz", "2.0.1-123"});
    check_same("maven", {"1", "1.0", "1.0.0", "1-0", "1.0-0", "1.ga", "1-ga", "1-0", "1ga", "1.Final", "1-RELEASE"});
    check_same("maven", {"1a", "1-a", "1.0-a", "1.0.0-a"});
    check_same("maven", {"1-a1", "1-alpha-1", "1a1", "1alpha1"});
    check_same("maven", {"1m3", "1milestone3", "1MILESTONE3"});
    check_ascending("maven", {"2.14.1", "2.15.0-rc1", "2.15.0", "2.17.1"});
    CHECK(versions::compare("maven", "...", "---"));
}

TEST_CASE("nuget: a fourth number, and no case") {
    check_ascending("nuget", {"1.0.1-aaa", "1.0.1-alpha", "1.0.1-alpha.2", "1.0.1-alpha.10", "1.0.1-alpha2", "1.0.1-beta", "1.0.1-open", "1.0.1-rc", "1.0.1-rc.2",
                              "1.0.1-rc.10", "1.0.1-zzz", "1.0.1", "1.0.1.1", "1.0.2"});
    check_same("nuget", {"1.0", "1.0.0", "1.0.0.0", "1.00", "01.0", "1.0.0+metadata"});
    check_same("nuget", {"1.0.0-RC.1", "1.0.0-rc.1"});
    check_none("nuget", {"1.0.0.0.0", "1.*", "a"});
}

TEST_CASE("gem: letters come before numbers") {
    // Gem::Version, "Preference": and the pre-release examples of its documentation
    check_ascending("gem", {"0.9", "1.0.a", "1.0.a1", "1.0.a.2", "1.0.b1", "1.0.rc1", "1.0", "1.0.1", "1.2", "1.10", "2.0.0.rc1", "2.0.0"});
    check_same("gem", {"1", "1.0", "1.0.0"});
    check_same("gem", {"1.0-1", "1.pre.1"});
    check_ascending("gem", {"5.0.0.beta1", "5.0.0.rc1", "5.0.0", "5.0.0.1"});
    check_none("gem", {"a", "1..2", "1.", "1 2", "1.0+2", ">= 1"});
}

TEST_CASE("composer: numbers and a stability") {
    check_ascending("composer", {"1.0.0-dev", "1.0.0-alpha1", "1.0.0-beta2-dev", "1.0.0-beta2", "1.0.0-RC1", "1.0.0-RC5", "1.0.0", "1.0.0-p1", "1.0.1", "1.2", "1.10.0"});
    check_same("composer", {"1.0", "v1.0", "1.0.0.0", "1.0.0-stable", "1.0.0+no-build"});
    check_same("composer", {"1.0.0-beta.5", "1.0.0beta5", "1.0.0_b5", "1.0-Beta5"});
    check_none("composer", {"dev-main", "1.x-dev", "main", "1.0.0-foo", "1.0.0.0.0"});
}

TEST_CASE("what has no order is not compared") {
    CHECK(versions::has_order("pypi"));
    CHECK_FALSE(versions::has_order("conda"));
    CHECK_FALSE(versions::compare("conda", "1", "2"));
    CHECK(versions::is_same("hf", "main", "main"));
    CHECK_FALSE(versions::is_same("hf", "main", "Main"));
    CHECK_FALSE(versions::compare("npm", std::string(300, '1'), "1.0.0"));
}
