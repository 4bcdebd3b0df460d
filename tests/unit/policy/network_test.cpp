// `network: allow`: of a rule, of the defaults, under policies that extend.
#include <catch2/catch.hpp>

#include <map>

#include "policy/policy.hpp"
#include "unit/policy/fake_checkers.hpp"

using namespace headgate;

namespace {

Result<Policy> load(const std::map<std::string, std::string>& files, const std::string& name) {
    return policy::load(as_bytes(files.at(name)), name, name + ".yaml", fake::checkers(),
                        [&](const Extension& extension) { return load(files, extension.path); });
}

std::string policy_of(const std::string& rules, const std::string& defaults = "") {
    return "headgate: 1\npolicy: base\n" + defaults + "tiers: [ { tier: any, match: [\"**\"] } ]\nrules:\n" + rules;
}

std::string child_of(const std::string& rest) { return "headgate: 1\npolicy: child\nextends: [ { path: base } ]\n" + rest; }

const std::string kImage = "  - { id: c.name, for: [container], check: name, why: w }\n";
const std::string kLooksUp = "  - { id: c.name, for: [container], check: name, network: allow, why: w }\n";

}  // namespace

TEST_CASE("a rule for containers says whether images are looked up, or the defaults of its file say it") {
    CHECK_FALSE(load({{"base", policy_of(kImage)}}, "base")->rules[0].network);
    CHECK(load({{"base", policy_of(kLooksUp)}}, "base")->rules[0].network);
    const std::string allow = "defaults: { network: allow }\n";
    CHECK(load({{"base", policy_of(kImage, allow)}}, "base")->rules[0].network);
    CHECK_FALSE(load({{"base", policy_of("  - { id: c.name, for: [container], check: name, network: deny, why: w }\n", allow)}}, "base")->rules[0].network);
    // Where it means nothing, a default asks for nothing.
    CHECK_FALSE(load({{"base", policy_of("  - { id: m.name, for: [model], check: name, why: w }\n", allow)}}, "base")->rules[0].network);
    CHECK_FALSE(load({{"base", policy_of("  - { id: c.name, for: [container], check: name, when: { bytes: false }, why: w }\n", allow)}}, "base")->rules[0].network);
    // A model may be packed like an image: whoever means it says so, and keeps it through what a child changes.
    const std::string model = "  - { id: m.name, for: [model], check: name, network: allow, why: w }\n";
    CHECK(load({{"base", policy_of(model)}}, "base")->rules[0].network);
    CHECK(load({{"base", policy_of(model)}, {"child", child_of("rules:\n  - { id: m.name, severity: critical }\n")}}, "child")->rules[0].network);
}

TEST_CASE("the digest of a policy that asks no network is what it was") {
    const auto without = load({{"base", policy_of(kImage)}}, "base");
    const auto denied = load({{"base", policy_of(kImage, "defaults: { network: deny }\n")}}, "base");
    const auto allowed = load({{"base", policy_of(kLooksUp)}}, "base");
    CHECK(policy::resolved_form(*without) == policy::resolved_form(*denied));
    CHECK(policy::resolved_form(*without).find("network") == std::string::npos);
    CHECK(policy::resolved_form(*without) != policy::resolved_form(*allowed));
}

TEST_CASE("a child asks the network no more than its parent, unless an override says so") {
    std::map<std::string, std::string> files{{"base", policy_of(kImage)}, {"child", child_of("rules:\n  - { id: c.name, network: allow }\n")}};
    REQUIRE_FALSE(load(files, "child").ok());
    CHECK_THAT(load(files, "child").error().message, Catch::Matchers::Contains("loosens 'network' of rule 'c.name'"));

    files["child"] = child_of("defaults: { network: allow }\nrules:\n  - { id: c.more, for: [container], check: name, why: w }\n");
    const auto more = load(files, "child");
    REQUIRE(more.ok());
    CHECK_FALSE(more->rules[0].network);             // the parent's rule, by the parent's defaults
    CHECK(more->rules[1].network);

    files = {{"base", policy_of(kLooksUp)}, {"child", child_of("rules:\n  - { id: c.name, network: deny }\n")}};
    REQUIRE(load(files, "child").ok());
    CHECK_FALSE(load(files, "child")->rules[0].network);

    files = {{"base", policy_of(kImage)},
             {"child", child_of("overrides:\n  - { rule: c.name, key: network, value: allow, reason: r, owner: o, expires: \"2027-01-01\" }\n")}};
    const auto overridden = load(files, "child");
    INFO((overridden.ok() ? "" : overridden.error().message));
    REQUIRE(overridden.ok());
    CHECK_FALSE(overridden->rules[0].network);
    CHECK(policy::in_force(*overridden, *parse_instant("2026-12-31")).rules[0].network);
    CHECK_FALSE(policy::in_force(*overridden, *parse_instant("2027-01-01")).rules[0].network);
}
