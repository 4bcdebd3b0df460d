#include "versions/range.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "versions/order.hpp"

using namespace headgate;
using versions::Interval;
using versions::Overlap;

namespace {

// Whether a version lies in what the text allows.
bool allows(std::string_view ecosystem, std::string_view range, const std::string& version) {
    const auto intervals = versions::parse_range(ecosystem, range);
    REQUIRE(intervals);
    const std::vector<Interval> one = {{versions::Bound{version, true}, versions::Bound{version, true}}};
    const Overlap answer = versions::overlap(ecosystem, one, *intervals);
    CHECK((answer == Overlap::whole || answer == Overlap::none));
    return answer == Overlap::whole;
}

struct Row {
    std::string ecosystem, range;
    std::vector<std::string> in, out;
};

}  // namespace

TEST_CASE("ranges as each ecosystem documents them") {
    const std::vector<Row> rows = {
        {"pypi", ">=2,<3", {"2", "2.9.1"}, {"1.9", "3"}},
        {"pypi", "~=2.2", {"2.2", "2.9"}, {"2.1", "3.0"}},
        {"pypi", "~=1.4.5", {"1.4.5", "1.4.9"}, {"1.5.0", "1.4.4"}},
        {"pypi", "~=2.2.post3", {"2.2.post3", "2.9"}, {"2.2", "3"}},
        {"pypi", "==3.1.*", {"3.1", "3.1.2", "3.1rc1"}, {"3.2", "3.0"}},
        {"pypi", "== 1.5.0", {"1.5", "1.5.0.0"}, {"1.5.1"}},
        {"pypi", "===1.0", {"1.0"}, {"1.1"}},
        {"pypi", ">1.7", {"1.8"}, {"1.7", "1.6"}},
        {"pypi", "!=1.2,>=1", {"1.2", "1.0"}, {"0.9"}},
        {"pypi", "(>=1.0)", {"1.0"}, {"0.9"}},
        {"pypi", "^1.2.3", {"1.2.3", "1.9"}, {"2.0", "1.2.2"}},
        {"pypi", "^0.0.3", {"0.0.3"}, {"0.0.4", "0.1"}},
        {"pypi", "~1.2", {"1.2.9"}, {"1.3"}},
        {"pypi", "~1", {"1.9"}, {"2"}},
        {"pypi", "*", {"0.1", "9"}, {}},
        {"pypi", ">=1,<2 || >=3", {"1.5", "3"}, {"2.5"}},
        {"npm", "^1.2.3", {"1.2.3", "1.9.9"}, {"2.0.0", "2.0.0-alpha", "1.2.2"}},
        {"npm", "^0.2.3", {"0.2.9"}, {"0.3.0"}},
        {"npm", "^0.0.3", {"0.0.3"}, {"0.0.4"}},
        {"npm", "^0.0", {"0.0.9"}, {"0.1.0"}},
        {"npm", "^1.x", {"1.9.0"}, {"2.0.0"}},
        {"npm", "~1.2.3", {"1.2.9"}, {"1.3.0"}},
        {"npm", "~1.2", {"1.2.0", "1.2.9"}, {"1.3.0"}},
        {"npm", "~1", {"1.9.0"}, {"2.0.0"}},
        {"npm", "1.2.3 - 2.3.4", {"1.2.3", "2.3.4"}, {"2.3.5", "1.2.2"}},
        {"npm", "1.2.3 - 2.3", {"2.3.9"}, {"2.4.0"}},
        {"npm", "1.x || >=2.5.0 || 5.0.0 - 7.2.3", {"1.0.0", "2.5.0", "6.0.0"}, {"2.4.0"}},
        {"npm", ">= 1.2.7 < 1.3.0", {"1.2.8"}, {"1.3.0", "1.2.6"}},
        {"npm", "1.2.3", {"1.2.3"}, {"1.2.4"}},
        {"npm", "=1.2.3-beta.2", {"1.2.3-beta.2"}, {"1.2.3"}},
        {"npm", "", {"0.0.1", "9.0.0"}, {}},
        {"npm", "*", {"0.0.1"}, {}},
        {"npm", "<=1.2", {"1.2.9"}, {"1.3.0"}},
        {"cargo", "1.2.3", {"1.2.3", "1.9.0"}, {"2.0.0"}},
        {"cargo", "0.2", {"0.2.9"}, {"0.3.0"}},
        {"cargo", "=1.2.3", {"1.2.3"}, {"1.2.4"}},
        {"cargo", ">=1.2, <1.5", {"1.4.9"}, {"1.5.0"}},
        {"cargo", "1.*", {"1.9.0"}, {"2.0.0"}},
        {"gem", "~> 2.1", {"2.1", "2.9"}, {"3.0", "2.0"}},
        {"gem", "~> 2.2.0", {"2.2.9"}, {"2.3"}},
        {"gem", "~> 2", {"2.9"}, {"3"}},
        {"gem", ">= 1.0, < 2", {"1.5"}, {"2.0"}},
        {"gem", "= 1.0", {"1.0.0"}, {"1.0.1"}},
        {"composer", "~1.2", {"1.9"}, {"2.0", "1.1"}},
        {"composer", "~1.2.3", {"1.2.9"}, {"1.3"}},
        {"composer", "^0.3", {"0.3.9"}, {"0.4"}},
        {"composer", "1.0.*", {"1.0.9"}, {"1.1"}},
        {"composer", "1.0 - 2.0", {"2.0.9", "1.0"}, {"2.1"}},
        {"composer", ">=1.0 <1.1 || >=1.2", {"1.0.5", "1.3"}, {"1.1"}},
        {"composer", "^1.0@dev", {"1.5"}, {"2.0"}},
        {"maven", "[1.0,2.0)", {"1.0", "1.9"}, {"2.0", "0.9"}},
        {"maven", "(,1.0],[1.2,)", {"0.1", "1.0", "1.2", "9"}, {"1.1"}},
        {"maven", "[1.0]", {"1.0.0"}, {"1.1"}},
        {"nuget", "1.0", {"1.0", "9.0"}, {"0.9"}},
        {"nuget", "(1.0,2.0]", {"2.0"}, {"1.0", "2.1"}},
        {"nuget", "1.*", {"1.9"}, {"2.0"}},
        {"github", "v4", {"4.0.0", "4.9.1"}, {"5.0.0", "3.9.9"}},
        {"github", "v4.1", {"4.1.7"}, {"4.2.0"}},
    };
    for (const Row& row : rows) {
        for (const std::string& version : row.in) {
            CAPTURE(row.ecosystem, row.range, version);
            CHECK(allows(row.ecosystem, row.range, version));
        }
        for (const std::string& version : row.out) {
            CAPTURE(row.ecosystem, row.range, version);
            CHECK_FALSE(allows(row.ecosystem, row.range, version));
        }
    }
}

TEST_CASE("a range that is not understood is no range") {
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"npm", "latest"}, {"npm", "git+ssh://host.example/x"}, {"npm", "1.2.3.4"}, {"npm", ">"}, {"npm", "1.2.3-"}, {"npm", "^a"}, {"npm", "1.x.3"},
        {"pypi", ">=x"}, {"pypi", "~=2"}, {"pypi", "~=2.*"}, {"pypi", ">="}, {"pypi", "@ https://host.example/x"}, {"pypi", "1.2 1.3"},
        {"cargo", "a"}, {"cargo", "1 2"}, {"gem", "~> a"}, {"gem", "~>"}, {"composer", "dev-main"}, {"composer", "^x.y"}, {"maven", "1.0"}, {"maven", "[1.0"},
        {"maven", "[1,2,3]"}, {"maven", "[1.0],"}, {"maven", "(1.0)"}, {"maven", "[1.0]x"}, {"nuget", "1.*.2"}, {"nuget", ""}, {"github", "main"},
        {"github", "v1.2.3"}, {"github", "4d34df0c2316fe8122ab82dc22947d607c0c91f9"}, {"conda", ">=1"}, {"npm", std::string(2000, '1')},
    };
    for (const auto& [ecosystem, text] : rows) {
        CAPTURE(ecosystem, text);
        CHECK_FALSE(versions::parse_range(ecosystem, text));
    }
}

TEST_CASE("every beginning of a range is read or refused") {
    for (const std::string_view ecosystem : {"pypi", "npm", "cargo", "gem", "composer", "maven", "nuget", "github"}) {
        for (const std::string text : {">=1.2.3-rc.1 <2.0 || ~1.x - 3", "[1.0,2.0),(3,4]", "~> 2.1, != 2.1.3", "(==1.2.*,>=1!2)"}) {
            for (std::size_t i = 0; i <= text.size(); ++i) {
                const auto intervals = versions::parse_range(ecosystem, std::string_view(text).substr(0, i));
                CHECK((!intervals || !intervals->empty()));
            }
        }
    }
}

TEST_CASE("how two sets of versions lie to each other") {
    const auto between = [](const char* low, const char* high) {
        return Interval{versions::Bound{low, true}, versions::Bound{high, false}};
    };
    const std::vector<Interval> affected = {{std::nullopt, versions::Bound{"1.5", false}}, between("2.0", "2.3")};
    const auto to = [&](std::vector<Interval> wanted) { return versions::overlap("pypi", wanted, affected); };
    CHECK(to({between("1.0", "1.4")}) == Overlap::whole);
    CHECK(to({between("1.0", "1.5")}) == Overlap::whole);
    CHECK(to({between("1.0", "1.6")}) == Overlap::some);
    CHECK(to({between("1.5", "2.0")}) == Overlap::none);
    CHECK(to({between("1.0", "1.4"), between("2.0", "2.1")}) == Overlap::whole);
    CHECK(to({between("1.0", "1.4"), between("5.0", "6.0")}) == Overlap::some);
    CHECK(to({Interval{}}) == Overlap::some);
    CHECK(to({{versions::Bound{"3", true}, std::nullopt}}) == Overlap::none);
    CHECK(to({}) == Overlap::none);
    CHECK(to({{versions::Bound{"2004d", true}, versions::Bound{"2004d", true}}}) == Overlap::unknown);
    CHECK(versions::overlap("pypi", std::vector<Interval>{Interval{}}, std::vector<Interval>{Interval{}}) == Overlap::whole);
}
