#include <catch2/catch.hpp>

#include <map>

#include "policy/policy.hpp"
#include "unit/policy/fake_checkers.hpp"

using namespace headgate;

namespace {

/// Policies by the name that `extends` gives them ("builtin:base" is "base").
struct House {
    std::map<std::string, std::string> files;

    std::string pack = {};               // the one of them that ships with the product

    Result<Policy> load(const std::string& name) const {
        const std::string label = (name == pack ? "builtin:" : "") + name;
        return policy::load(as_bytes(files.at(name)), label, name + ".yaml", fake::checkers(), [this](const Extension& extension) {
            return load(extension.builtin.empty() ? extension.path : extension.builtin);
        });
    }
    std::string error_of(const std::string& name) const {
        const auto loaded = load(name);
        return loaded.ok() ? "accepted" : loaded.error().message;
    }
};

const std::string kBase =
    "headgate: 1\n"
    "policy: base\n"
    "tiers: [ { tier: any, match: [\"**\"] } ]\n"
    "rules:\n"
    "  - { id: m.format, for: [model], check: format, with: { allow: [safetensors, gguf], max-age: 30d }, deny-at: high, why: x }\n"
    "  - { id: m.name, for: [model], check: name, mode: warn, when: { tiers: [any] }, why: y }\n"
    "  - { id: m.known, for: [model], check: name, why: w }\n";

const std::string kChild = "headgate: 1\npolicy: child\nextends: [builtin:base]\n";

const std::string kPlaces = kBase + "  - { id: m.place, for: [model], check: registry, why: z }\n";

// The same without a rule that could let in a bare name.
const std::string kNoNames = kBase.substr(0, kBase.find("  - { id: m.known"));

House with_child(const std::string& rest, const std::string& base = kBase) { return {{{"base", base}, {"child", kChild + rest}}, ""}; }

const Rule& rule(const Policy& policy, std::string_view id) {
    for (const Rule& one : policy.rules) {
        if (one.id == id) return one;
    }
    FAIL("no rule " << id);
    return policy.rules.front();
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a child without anything of its own is its parent under another name") {
    const auto child = with_child("").load("child");
    INFO((child.ok() ? "" : child.error().message));
    REQUIRE(child.ok());
    CHECK(child->name == "child");
    CHECK(child->rules.size() == 3);
    CHECK(child->rules[0].line == "base.yaml:5");
}

TEST_CASE("a child tightens rule by rule, key by key, and every value knows where it stands") {
    const auto child = with_child("rules:\n"
                                  "  - { id: m.format, with: { allow: [gguf], max-age: 7d }, deny-at: medium }\n"
                                  "  - { id: m.name, mode: enforce }\n"
                                  "  - { id: m.more, for: [model], check: name, why: z }\n").load("child");
    INFO((child.ok() ? "" : child.error().message));
    REQUIRE(child.ok());
    CHECK(rule(*child, "m.format").settings.get<Texts>("allow") == Texts{"gguf"});
    CHECK(rule(*child, "m.format").settings.get<std::int64_t>("max-age") == 7 * 86'400);
    CHECK(rule(*child, "m.format").settings.get<std::int64_t>("depth") == 7);
    CHECK(rule(*child, "m.format").deny_at == Severity::medium);
    CHECK(rule(*child, "m.name").mode == Mode::enforce);
    CHECK(rule(*child, "m.name").why == "y");
    CHECK(child->origins.at("rules.m.format.with.allow") == "child.yaml:5");
    CHECK(child->origins.at("rules.m.format.check") == "base.yaml:5");
    CHECK(child->origins.at("rules.m.name.mode") == "child.yaml:6");
}

TEST_CASE("every loosening in a child is refused, with both lines") {
    const auto [key, text] = GENERATE(table<std::string, std::string>({
        {"with.allow", "rules:\n  - { id: m.name, mode: enforce }\n  - { id: m.format, with: { allow: [gguf, safetensors, onnx] } }\n"},
        {"with.max-age", "rules: [ { id: m.format, with: { max-age: 31d } } ]\n"},
        {"with.strict", "rules: [ { id: m.format, with: { strict: false } } ]\n"},
        {"with.depth", "rules: [ { id: m.format, with: { depth: 8 } } ]\n"},
        {"with.at", "rules: [ { id: m.format, with: { at: low } } ]\n"},
        {"mode", "rules: [ { id: m.format, mode: warn } ]\n"},
        {"mode", "rules: [ { id: m.name, mode: monitor } ]\n"},
        {"deny-at", "rules: [ { id: m.format, deny-at: critical } ]\n"},
        {"effective-on", "rules: [ { id: m.format, effective-on: \"2030-01-01\" } ]\n"},
        {"for", "rules: [ { id: m.format, for: [dataset] } ]\n"},
        {"when.tiers", "tiers: [ { tier: own, match: [\"hf:acme/**\"] } ]\nrules: [ { id: m.format, when: { tiers: [own] } } ]\n"},
    }));
    CAPTURE(key, text);
    const std::string error = with_child(text).error_of("child");
    if (text.find("onnx") == std::string::npos) CHECK(error.find("loosens '" + key + "'") != std::string::npos);
    CHECK(error.find("child.yaml:") == 0);
    if (text.find("onnx") == std::string::npos) CHECK(error.find("base.yaml:") != std::string::npos);
}

TEST_CASE("other ways for a child to loosen are refused too") {
    const auto refused = [](const std::string& text, std::string_view part) {
        CAPTURE(text);
        CHECK_THAT(with_child(text).error_of("child"), Catch::Matchers::Contains(std::string(part)));
    };
    refused("defaults: { on-error: warn }\n", "'on-error' is weaker than that of the extended policy");
    refused("tiers: [ { tier: other, match: [\"**\"] } ]\n", "matches everything");
    refused("tiers: [ { tier: any, match: [\"hf:**\"] } ]\n", "is defined otherwise at base.yaml:3");
    refused("rules: [ { id: d.name, for: [dataset], check: name, why: z } ]\n", "the extended policies refuse every dataset in tier 'any'");
    refused("rules: [ { id: m.format, check: name } ]\n", "asks the checker 'format' at base.yaml:5");
    refused("rules: [ { id: m.format } ]\n", "changes nothing");
    refused("waivers: [ { id: w, rule: m.name, subject: { digest: \"sha256:" + std::string(64, 'a') +
                "\" }, findings: [a.b], reason: r, owner: o, approved-by: p, created: \"2026-01-01\", expires: \"2026-02-01\" } ]\n",
            "does not allow waivers in a child");
    refused("waiver-limits: { allow-child-waivers: true }\n", "allows none");
}

TEST_CASE("a child's own tier lies within its parent's last tier: every rule for that one applies there too") {
    const auto child = with_child("tiers: [ { tier: own, match: [\"hf:acme/**\"] } ]\n").load("child");
    INFO((child.ok() ? "" : child.error().message));
    REQUIRE(child.ok());
    REQUIRE(child->tiers.size() == 2);
    CHECK(child->tiers[0].name == "own");
    Subject subject;
    subject.kind = Kind::model;
    subject.origin = Origin::recorded;
    subject.reference = *parse_reference("hf:acme/m");
    const Tier* tier = policy::assign_tier(*child, subject, {});
    REQUIRE(tier != nullptr);
    CHECK(tier->name == "own");
    const auto rules = policy::applicable_rules(*child, subject, tier);
    CHECK(rules[1].applies);
    CHECK(rules[1].mode == Mode::warn);
}

TEST_CASE("an override loosens one key of a parent's rule until its day, and then not any more") {
    const House house = with_child("overrides:\n"
                                   "  - { rule: m.format, key: with.max-age, value: 90d, reason: old model, owner: jane, expires: \"2026-06-01\" }\n"
                                   "  - { rule: m.format, key: mode, value: warn, reason: old model, owner: jane, expires: \"2026-03-01\" }\n");
    const auto child = house.load("child");
    INFO((child.ok() ? "" : child.error().message));
    REQUIRE(child.ok());
    const auto at = [&](std::string_view day) { return policy::in_force(*child, *parse_instant(day)); };
    CHECK(rule(at("2026-02-01"), "m.format").mode == Mode::warn);
    CHECK(rule(at("2026-02-01"), "m.format").settings.get<std::int64_t>("max-age") == 90 * 86'400);
    CHECK(rule(at("2026-03-01"), "m.format").mode == Mode::enforce);
    CHECK(rule(at("2026-03-01"), "m.format").settings.get<std::int64_t>("max-age") == 90 * 86'400);
    CHECK(rule(at("2026-06-01"), "m.format").settings.get<std::int64_t>("max-age") == 30 * 86'400);
    CHECK(policy::resolved_form(*child) != policy::resolved_form(*with_child("").load("child")));
}

TEST_CASE("an override that cannot do what it says is refused") {
    const auto refused = [](const std::string& entry, std::string_view part) {
        CAPTURE(entry);
        const std::string text = "overrides: [ { reason: r, owner: o, expires: \"2027-01-01\", " + entry + " } ]\n";
        CHECK_THAT(with_child(text).error_of("child"), Catch::Matchers::Contains(std::string(part)));
    };
    refused("rule: m.formt, key: mode, value: warn", "did you mean 'm.format'?");
    refused("rule: m.format, key: modes, value: warn", "did you mean 'mode'?");
    refused("rule: m.format, key: with.allw, value: [gguf]", "did you mean 'allow'?");
    refused("rule: m.format, key: mode, value: enforce", "changes nothing");
    refused("rule: m.format, key: why, value: because", "'why' cannot be overridden");
    refused("rule: m.format, key: mode", "needs 'value'");
    House alone{{{"a", kBase + "overrides: [ { rule: m.format, key: mode, value: warn, reason: r, owner: o, expires: \"2027-01-01\" } ]\n"}}};
    CHECK_THAT(alone.error_of("a"), Catch::Matchers::Contains("extends none"));
}

TEST_CASE("a child that tightens a key ends the override that its parent makes of it") {
    House house = with_child("overrides: [ { rule: m.format, key: with.max-age, value: 90d, reason: r, owner: o, expires: \"2030-01-01\" } ]\n");
    house.files["grandchild"] = "headgate: 1\npolicy: g\nextends: [ { path: child } ]\nrules: [ { id: m.format, with: { max-age: 1d } } ]\n";
    const auto grandchild = house.load("grandchild");
    INFO((grandchild.ok() ? "" : grandchild.error().message));
    REQUIRE(grandchild.ok());
    CHECK(rule(policy::in_force(*grandchild, *parse_instant("2026-01-01")), "m.format").settings.get<std::int64_t>("max-age") == 86'400);
}

TEST_CASE("several parents come to the stricter of each value") {
    House house;
    house.files["base"] = kBase;
    house.files["a"] = "headgate: 1\npolicy: a\nextends: [builtin:base]\nrules: [ { id: m.format, with: { allow: [gguf] } } ]\n";
    house.files["b"] = "headgate: 1\npolicy: b\nextends: [builtin:base]\n"
                       "tiers: [ { tier: own, match: [\"hf:acme/**\"] } ]\n"
                       "rules: [ { id: m.format, with: { max-age: 7d } }, { id: m.name, mode: enforce } ]\n";
    house.files["both"] = "headgate: 1\npolicy: both\nextends: [builtin:a, builtin:b]\n";
    const auto both = house.load("both");
    INFO((both.ok() ? "" : both.error().message));
    REQUIRE(both.ok());
    CHECK(both->rules.size() == 3);
    CHECK(both->tiers.size() == 2);
    CHECK(rule(*both, "m.format").settings.get<Texts>("allow") == Texts{"gguf"});
    CHECK(rule(*both, "m.format").settings.get<std::int64_t>("max-age") == 7 * 86'400);
    CHECK(rule(*both, "m.name").mode == Mode::enforce);

    house.files["b"] = "headgate: 1\npolicy: b\nextends: [builtin:base]\nrules: [ { id: m.format, with: { allow: [safetensors] } } ]\n";
    const auto none = house.load("both");
    REQUIRE(none.ok());                  // nothing is allowed any more: strict, and no contradiction
    CHECK(rule(*none, "m.format").settings.get<Texts>("allow").empty());
}

TEST_CASE("trust names mean one thing") {
    House house;
    house.files["base"] = kBase + "trust: { keys: { release: { public-key: a.pub } } }\n";
    house.files["child"] = kChild + "trust: { keys: { release: { public-key: b.pub } } }\n";
    CHECK_THAT(house.error_of("child"), Catch::Matchers::Contains("trust name 'release' is there already, at base.yaml:8"));
}

TEST_CASE("a child does not let in what its parent refuses because no rule that enforces is for it") {
    const auto [text, what] = GENERATE(table<std::string, std::string>({
        {"rules:\n  - { id: p.name, for: [package], check: name, why: z }\n", "every package in tier 'any'"},
        {"rules:\n  - { id: m.format, for: [model, container] }\n", "every container in tier 'any'"},
        {"rules:\n  - { id: m.more, for: [model], check: name, why: z }\n", "every model that is only a name in tier 'any'"},
        {"rules:\n  - { id: m.name, mode: enforce }\n", "every model that is only a name in tier 'any'"},
    }));
    CAPTURE(text);
    CHECK_THAT(with_child(text, kNoNames).error_of("child"), Catch::Contains("the extended policies refuse " + what));
    CHECK(with_child("rules:\n  - { id: m.more, for: [model], check: name, when: { bytes: true }, why: z }\n", kNoNames).error_of("child") ==
          "accepted");
    CHECK(with_child("rules:\n  - { id: p.name, for: [package], check: name, mode: warn, why: z }\n").error_of("child") == "accepted");

    // Nor in a tier where the parent has none.
    const House house{{{"base", "headgate: 1\npolicy: base\n"
                                "tiers: [ { tier: ours, match: [\"hf:acme/**\"] }, { tier: any, match: [\"**\"] } ]\n"
                                "rules: [ { id: m.name, for: [model], check: name, when: { tiers: [ours] }, why: y } ]\n"},
                       {"child", kChild + "rules: [ { id: m.more, for: [model], check: name, why: z } ]\n"},
                       {"ours", kChild + "rules: [ { id: m.more, for: [model], check: name, when: { tiers: [ours] }, why: z } ]\n"}}, ""};
    CHECK_THAT(house.error_of("child"), Catch::Contains("refuse every model in tier 'any'"));
    CHECK(house.error_of("ours") == "accepted");
}

TEST_CASE("a severity in a child takes the parent's deny-at away: all findings weigh the same") {
    const auto child = with_child("rules:\n  - { id: m.format, severity: critical }\n").load("child");
    REQUIRE(child.ok());
    CHECK(rule(*child, "m.format").severity == Severity::critical);
    CHECK_FALSE(rule(*child, "m.format").deny_at.has_value());
    // An override loosens; what only tightens is no exception.
    CHECK_THAT(with_child("overrides:\n  - { rule: m.format, key: severity, value: critical, reason: r, owner: o, expires: \"2027-01-01\" }\n")
                   .error_of("child"),
               Catch::Matchers::Contains("only tightens"));
}

TEST_CASE("parents that each have tiers of their own cannot be brought together") {
    House house;
    house.files["base"] = kBase;
    house.files["a"] = "headgate: 1\npolicy: a\nextends: [builtin:base]\ntiers: [ { tier: hub, match: [\"hf:**\"] } ]\n";
    house.files["b"] = "headgate: 1\npolicy: b\nextends: [builtin:base]\ntiers: [ { tier: risky, match: [\"hf:new/**\"] } ]\n";
    house.files["both"] = "headgate: 1\npolicy: both\nextends: [builtin:a, builtin:b]\n";
    CHECK_THAT(house.error_of("both"), Catch::Matchers::Contains("could both match"));
    house.files["both"] = "headgate: 1\npolicy: both\nextends: [builtin:base, builtin:b]\n";
    CHECK(house.error_of("both") == "accepted");
}

TEST_CASE("a child does not show findings as less than its parent's checker says") {
    const std::string severity = "rules:\n  - { id: m.format, severity: high }\n";
    CHECK_THAT(with_child(severity).error_of("child"), Catch::Matchers::Contains("shows what the checker says"));
    House house = with_child("rules:\n  - { id: m.format, severity: high }\n");
    house.files["base"].replace(house.files["base"].find("deny-at: high"), 13, "severity: low");
    CHECK(house.error_of("child") == "accepted");
}

TEST_CASE("a mirror or a source that a child adds counts for nothing that its parent asks; a pack leaves both open") {
    const std::string mirror = "registries: { npm: { mirrors: [npm.example] } }\n";
    const std::string internal = "names: { internal: { pypi: { packages: [\"*\"], index: pypi.example } } }\n";
    House house = with_child(mirror, kPlaces);
    CHECK_THAT(house.error_of("child"), Catch::Matchers::Contains("names no mirror; a mirror would loosen its rules"));
    CHECK(with_child(mirror).error_of("child") == "accepted");   // nobody asks where from
    house = with_child(internal);
    const auto added = house.load("child");
    REQUIRE(added.ok());
    REQUIRE(added->internal.size() == 1);
    CHECK_FALSE(added->internal.front().vouched);

    house = with_child(mirror + internal, kPlaces);
    house.pack = "base";
    const auto on_pack = house.load("child");
    INFO((on_pack.ok() ? "" : on_pack.error().message));
    REQUIRE(on_pack.ok());
    CHECK(on_pack->internal.front().vouched);
    CHECK(on_pack->registries.size() == 1);
}

TEST_CASE("what one of several parents says of mirrors and sources does not count for the other") {
    House house;
    house.files["base"] = kPlaces;
    house.pack = "base";
    house.files["a"] = "headgate: 1\npolicy: a\nextends: [builtin:base]\nregistries: { npm: { mirrors: [npm.example] } }\n";
    house.files["b"] = "headgate: 1\npolicy: b\nextends: [builtin:base]\n";
    const auto [order, with_pack] = GENERATE(table<std::string, std::string>({{"builtin:a, builtin:b", "builtin:base, builtin:a"},
                                                                              {"builtin:b, builtin:a", "builtin:a, builtin:base"}}));
    CAPTURE(order);
    const std::string head = "headgate: 1\npolicy: both\nextends: [";
    house.files["both"] = head + order + "]\n";
    CHECK_THAT(house.error_of("both"), Catch::Matchers::Contains("would count for the rules of the policy that names none"));
    house.files["both"] = head + with_pack + "]\n";
    CHECK(house.error_of("both") == "accepted");

    house.files["a"] = "headgate: 1\npolicy: a\nextends: [builtin:base]\n"
                       "names: { internal: { pypi: { packages: [\"*\"], index: pypi.example } } }\n";
    house.files["both"] = head + order + "]\n";
    const auto both = house.load("both");
    INFO((both.ok() ? "" : both.error().message));
    REQUIRE(both.ok());
    REQUIRE(both->internal.size() == 1);
    CHECK_FALSE(both->internal.front().vouched);
    house.files["both"] = head + with_pack + "]\n";
    CHECK(house.load("both")->internal.front().vouched);
}

TEST_CASE("the policies that are extended are kept, each once and as it is alone") {
    House house;
    house.files["base"] = kBase;
    house.files["other"] = kBase.substr(0, kBase.find("policy: base")) + "policy: other" + kBase.substr(kBase.find("\ntiers"));
    house.files["a"] = "headgate: 1\npolicy: a\nextends: [builtin:base]\nrules: [ { id: m.name, mode: enforce } ]\n";
    house.files["b"] = "headgate: 1\npolicy: b\nextends: [builtin:base, builtin:other]\n";
    house.files["both"] = "headgate: 1\npolicy: both\nextends: [builtin:a, builtin:b]\n";
    const auto both = house.load("both");
    INFO((both.ok() ? "" : both.error().message));
    REQUIRE(both.ok());
    std::vector<std::string> names;
    for (const auto& one : both->extended) names.push_back(one->name);
    CHECK(names == std::vector<std::string>{"base", "a", "other", "b"});
    CHECK(rule(*both->extended[0], "m.name").mode == Mode::warn);
    CHECK(rule(*both->extended[1], "m.name").mode == Mode::enforce);
    CHECK(house.load("base")->extended.empty());
}
