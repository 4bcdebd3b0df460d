#include <catch2/catch.hpp>

#include <algorithm>

#include "checkers/all.hpp"
#include "pipeline/decide.hpp"
#include "policy/policy.hpp"

using namespace headgate;

namespace {

Result<Policy> baseline() {
    const auto bytes = pipeline::rule_data().file("baseline.yaml");
    REQUIRE(bytes.has_value());
    return policy::load(*bytes, "builtin:baseline", "baseline.yaml", checkers::all(), policy::no_parents);
}

}  // namespace

TEST_CASE("the baseline pack loads with the checkers of this build") {
    const auto policy = baseline();
    INFO((policy.ok() ? "" : policy.error().message));
    REQUIRE(policy.ok());
    CHECK(policy->name == "headgate/baseline");
    for (const Rule& rule : policy->rules) {
        CAPTURE(rule.id);
        CHECK_FALSE(rule.fix.empty());
        CHECK_FALSE(rule.controls.empty());
    }
    for (const Kind kind : {Kind::model, Kind::dataset, Kind::package, Kind::container}) {
        CAPTURE(std::string(to_string(kind)));
        CHECK(std::any_of(policy->rules.begin(), policy->rules.end(), [&](const Rule& rule) {
            return rule.mode == Mode::enforce && std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end();
        }));
    }
    CHECK(policy::resolved_form(*policy) == policy::resolved_form(*baseline()));
}
