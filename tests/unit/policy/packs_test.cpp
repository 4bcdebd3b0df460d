#include <catch2/catch.hpp>

#include <algorithm>

#include "pipeline/decide.hpp"
#include "policy/policy.hpp"

using namespace headgate;

TEST_CASE("every pack loads, explains each rule, and maps it to controls") {
    const std::vector<std::string> names = pipeline::packs();
    CHECK(names == std::vector<std::string>{"baseline", "strict", "huggingface", "kubernetes", "pre-commit"});
    for (const std::string& name : names) {
        CAPTURE(name);
        const auto loaded = pipeline::load_policy("builtin:" + name);
        INFO((loaded.ok() ? "" : loaded.error().message));
        REQUIRE(loaded.ok());
        const Policy& policy = loaded->policy;
        CHECK(policy.name == "headgate/" + name);
        CHECK(policy.keys.empty());
        CHECK(policy.overrides.empty());
        CHECK(policy.waivers.empty());
        CHECK(policy.waiver_limits.max_age.has_value());
        CHECK(policy.waiver_limits.allow_child_waivers);
        for (const Rule& rule : policy.rules) {
            CAPTURE(rule.id);
            CHECK_FALSE(rule.why.empty());
            CHECK_FALSE(rule.fix.empty());
            CHECK_FALSE(rule.controls.empty());
        }
    }
}

TEST_CASE("a pack asks for at least what baseline asks for, where it extends it") {
    const auto baseline = pipeline::load_policy("builtin:baseline");
    REQUIRE(baseline.ok());
    for (const std::string name : {"strict", "huggingface", "pre-commit"}) {
        CAPTURE(name);
        const auto pack = pipeline::load_policy("builtin:" + name);
        REQUIRE(pack.ok());
        for (const Rule& rule : baseline->policy.rules) {
            CAPTURE(rule.id);
            const auto& rules = pack->policy.rules;
            const auto same = std::find_if(rules.begin(), rules.end(), [&](const Rule& other) { return other.id == rule.id; });
            REQUIRE(same != rules.end());
            CHECK(same->mode <= rule.mode);  // the zero value enforces
        }
    }
}
