// `layers: true`: of a rule, of the defaults, under policies that extend.
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
std::string rule(const std::string& check, const std::string& kind, const std::string& more = "") {
    return "  - { id: x.rule, for: [" + kind + "], check: " + check + ", " + more + "why: w }\n";
}
bool layers(const std::string& text) {
    const auto loaded = load({{"base", text}}, "base");
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    return loaded->rules[0].layers;
}

}  // namespace

TEST_CASE("a rule for containers that looks at content says whether layers are read, or the defaults of its file say it") {
    const std::string all = "defaults: { layers: true }\n";
    CHECK_FALSE(layers(policy_of(rule("format", "container"))));
    CHECK(layers(policy_of(rule("format", "container", "layers: true, "))));
    CHECK_FALSE(layers(policy_of(rule("format", "container", "layers: false, "), all)));
    CHECK(layers(policy_of(rule("format", "container"), all)));
    CHECK(layers(policy_of(rule("format", "model, container"), all)));
    // Where it means nothing, a default asks for nothing, and who says it is told.
    CHECK_FALSE(layers(policy_of(rule("format", "model"), all)));
    CHECK_FALSE(layers(policy_of(rule("name", "container"), all)));
    for (const std::string& text : {rule("format", "model", "layers: true, "), rule("name", "container", "layers: true, "), rule("format", "container", "layers: maybe, ")}) {
        CHECK_FALSE(load({{"base", policy_of(text)}}, "base").ok());
    }
}

TEST_CASE("the digest of a policy that asks for no layers is what it was") {
    const auto without = load({{"base", policy_of(rule("format", "container"))}}, "base");
    const auto denied = load({{"base", policy_of(rule("format", "container"), "defaults: { layers: false }\n")}}, "base");
    const auto asked = load({{"base", policy_of(rule("format", "container", "layers: true, "))}}, "base");
    CHECK(policy::resolved_form(*without) == policy::resolved_form(*denied));
    CHECK(policy::resolved_form(*without).find("layers") == std::string::npos);
    CHECK(policy::resolved_form(*without) != policy::resolved_form(*asked));
}

TEST_CASE("a child may ask for more layers and not for fewer, unless an override says so") {
    const std::string asks = policy_of(rule("format", "container", "layers: true, ")), asks_not = policy_of(rule("format", "container"));
    std::map<std::string, std::string> files{{"base", asks}, {"child", child_of("rules:\n  - { id: x.rule, layers: false }\n")}};
    REQUIRE_FALSE(load(files, "child").ok());
    CHECK_THAT(load(files, "child").error().message, Catch::Matchers::Contains("loosens 'layers' of rule 'x.rule'"));
    files["child"] = child_of("rules:\n  - { id: x.rule, severity: critical }\n");
    REQUIRE(load(files, "child").ok());
    CHECK(load(files, "child")->rules[0].layers);

    files = {{"base", asks_not}, {"child", child_of("rules:\n  - { id: x.rule, layers: true }\n")}};
    REQUIRE(load(files, "child").ok());
    CHECK(load(files, "child")->rules[0].layers);
    files["child"] = child_of("defaults: { layers: true }\nrules:\n  - { id: x.more, for: [container], check: format, why: w }\n");
    const auto more = load(files, "child");
    REQUIRE(more.ok());
    CHECK_FALSE(more->rules[0].layers);              // the parent's rule, by the parent's defaults
    CHECK(more->rules[1].layers);

    files = {{"base", asks},
             {"child", child_of("overrides:\n  - { rule: x.rule, key: layers, value: false, reason: r, owner: o, expires: \"2027-01-01\" }\n")}};
    const auto overridden = load(files, "child");
    INFO((overridden.ok() ? "" : overridden.error().message));
    REQUIRE(overridden.ok());
    CHECK(overridden->rules[0].layers);
    CHECK_FALSE(policy::in_force(*overridden, *parse_instant("2026-12-31")).rules[0].layers);
    CHECK(policy::in_force(*overridden, *parse_instant("2027-01-01")).rules[0].layers);
}
