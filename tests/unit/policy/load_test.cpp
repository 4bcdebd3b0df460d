#include <catch2/catch.hpp>

#include "policy/policy.hpp"
#include "unit/policy/fake_checkers.hpp"

using namespace headgate;

namespace {

Result<Policy> load(std::string_view text) {
    return policy::load(as_bytes(text), "team/p.yaml", "p.yaml", fake::checkers(), policy::no_parents);
}

std::string error_of(std::string_view text) {
    const auto policy = load(text);
    return policy.ok() ? "accepted" : policy.error().message;
}

constexpr std::string_view kHead =
    "headgate: 1\n"
    "policy: acme/ai\n"
    "tiers: [ { tier: any, match: [\"**\"] } ]\n";
constexpr std::string_view kRules =
    "rules:\n"
    "  - { id: a.b, for: [model], check: name, why: x }\n";

/// Whole policy with `rule` as the flow mapping of its one rule, on line 5.
std::string with_rule(std::string_view rule) {
    return std::string(kHead) + "rules:\n  - { id: a.b, why: x, " + std::string(rule) + " }\n";
}
/// Whole policy with `section` from line 4 on.
std::string with_section(std::string_view section) {
    return std::string(kHead) + std::string(section) + "\n" + std::string(kRules);
}

}  // namespace

TEST_CASE("a whole policy is compiled, with the line of everything") {
    const auto policy = load(R"(headgate: 1
policy: acme/ai
revision: "2026-11-01"
owner: ml@acme.example
defaults: { mode: warn, on-error: warn, on-unmatched: warn, on-skipped: warn }
blocked:
  - { digest: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", why: "INC-77" }
  - { reference: "hf:evilcorp/**", why: known impersonator }
  - { signer: old, why: leaked }
trust:
  keys:
    release: { public-key: keys/r.pub, not-before: "2026-01-01T00:00:00Z", not-after: "2027-01-01T00:00:00Z" }
    old: { public-key: keys/old.pub }
tiers:
  - { tier: internal, match: ["hf:acme/**"], requires: { signed-by: [release], origin: recorded } }
  - { tier: any, match: ["**"] }
names:
  internal:
    npm: { scopes: ["@acme"], registry: "https://npm.acme.example" }
    hf: { organizations: [acme] }
  protected: { crates: builtin, pypi: names/mine.txt }
registries:
  npm: { mirrors: ["https://npm.acme.example"] }
rules:
  - id: model.format
    for: [model, dataset]
    check: format
    when: { tiers: [internal, any], bytes: true }
    mode: { internal: monitor }
    with: { strict: false, allow: gguf, depth: 3, max-age: 90d, at: low, from: ["hf:acme/*"],
            signed-by: { at-least: 2, of: [release, old] },
            where: [ { at: /result, equals: PASSED }, { at: /n/0, matches: "(a|[^b])\\$" } ] }
    deny-at: medium
    controls: [OWASP-LLM03]
    why: >
      Loading this file
      can run code.
    fix: Convert.
  - { id: model.signed, for: [model], check: signature, with: { any-of: [release] }, severity: critical, why: y }
)");
    INFO((policy.ok() ? "" : policy.error().message));
    REQUIRE(policy.ok());
    CHECK(policy->name == "acme/ai");
    CHECK(policy->revision == "2026-11-01");
    CHECK(policy->owner == "ml@acme.example");
    CHECK(policy->label == "team/p.yaml");
    CHECK(policy->digest.empty());
    CHECK(policy->defaults.on_error == OnTrouble::warn);
    CHECK(policy->defaults.on_unmatched == OnTrouble::warn);
    CHECK(policy->defaults.on_skipped == OnTrouble::warn);
    REQUIRE(policy->blocked.size() == 3);
    CHECK(policy->blocked[0].line == "p.yaml:7");
    CHECK(policy->blocked[1].reference->text() == "hf:evilcorp/**");
    CHECK(policy->blocked[2].signer == "old");
    REQUIRE(policy->keys.size() == 2);
    CHECK(policy->find_key("release")->path == "keys/r.pub");
    CHECK(format_instant(*policy->find_key("release")->not_after) == "2027-01-01T00:00:00Z");
    REQUIRE(policy->tiers.size() == 2);
    CHECK(policy->tiers[0].requires_origin == Origin::recorded);
    CHECK(policy->tiers[0].requires_signed_by == std::vector<std::string>{"release"});
    CHECK(policy->tiers[1].line == "p.yaml:16");
    REQUIRE(policy->internal.size() == 2);
    CHECK(policy->internal[0].patterns == std::vector<std::string>{"@acme/*"});
    CHECK(policy->internal[0].sources == std::vector<std::string>{"https://npm.acme.example"});
    CHECK(policy->internal[1].patterns == std::vector<std::string>{"acme/*"});
    REQUIRE(policy->protected_names.size() == 2);
    CHECK(policy->protected_names[0].ecosystem == "cargo");
    CHECK(policy->protected_names[1].path == "names/mine.txt");
    CHECK(policy->registries.at(0).urls == std::vector<std::string>{"https://npm.acme.example"});
    REQUIRE(policy->rules.size() == 2);
    const Rule& rule = policy->rules[0];
    CHECK(rule.line == "p.yaml:25");
    CHECK(rule.kinds == std::vector<Kind>{Kind::model, Kind::dataset});
    CHECK(rule.when_bytes == true);
    CHECK(rule.mode == Mode::enforce);
    CHECK(rule.mode_by_tier == std::vector<std::pair<std::string, Mode>>{{"internal", Mode::monitor}});
    CHECK(rule.deny_at == Severity::medium);
    CHECK(rule.why == "Loading this file can run code.");
    CHECK(rule.settings.get<bool>("strict") == false);
    CHECK(rule.settings.get<std::vector<std::string>>("allow") == std::vector<std::string>{"gguf"});
    CHECK(rule.settings.get<std::int64_t>("depth") == 3);
    CHECK(rule.settings.get<std::int64_t>("max-age") == 90 * 86'400);
    CHECK(rule.settings.get<Severity>("at") == Severity::low);
    CHECK(rule.settings.get<SignerSet>("signed-by").at_least == 2);
    CHECK(rule.settings.get<std::vector<Condition>>("where").at(1).operand == "(a|[^b])\\$");
    CHECK(policy->rules[1].settings.get<SignerSet>("any-of").of == std::vector<std::string>{"release"});
    CHECK(policy->rules[1].mode == Mode::warn);
    CHECK(policy->rules[1].when_bytes == true);
    CHECK(policy->rules[1].severity == Severity::critical);
}

TEST_CASE("defaults of a checker's table are filled in") {
    const auto policy = load(with_rule("for: model, check: format"));
    REQUIRE(policy.ok());
    const Settings& settings = policy->rules.at(0).settings;
    CHECK(settings.get<bool>("strict"));
    CHECK(settings.get<std::vector<std::string>>("allow") == std::vector<std::string>{"safetensors", "gguf"});
    CHECK(settings.get<std::int64_t>("depth") == 7);
    CHECK(settings.get<Severity>("at") == Severity::high);
    CHECK(settings.get<std::vector<std::string>>("from").empty());
    CHECK_FALSE(settings.has("max-age"));
    CHECK_FALSE(settings.has("signed-by"));
}

TEST_CASE("every mistake is told, each with its place and the nearest word") {
    CHECK(error_of("headgate: 1\npolicy: t\nrulse: []\n") ==
          "p.yaml:1:1: a policy needs 'tiers'\n"
          "p.yaml:3:1: unknown key 'rulse' in a policy; did you mean 'rules'?");
    CHECK(error_of("headgate: 2\npolicy: t\ntiers: [{tier: a, match: ['**']}]\nrules:\n  - id: A.b\n    for: [modle]\n    chekc: format\n") ==
          "p.yaml:1:11: expected 1, the version of the language that this build reads\n"
          "p.yaml:5:5: a rule needs 'why'\n"
          "p.yaml:5:9: expected an id like 'model.safe-format': lower case, '.' and '-'\n"
          "p.yaml:6:11: unknown kind 'modle'; did you mean 'model'?\n"
          "p.yaml:7:5: unknown key 'chekc' in a rule; did you mean 'check'?");
    CHECK(error_of("a: [") .starts_with("p.yaml:"));
    CHECK(error_of("a: 1\na: 2\n") == "p.yaml:2:1: duplicate key 'a'; it is there already, in line 1");
    CHECK(error_of("") == "p.yaml:1:1: an empty policy; it begins with 'headgate: 1'");
    CHECK(error_of("[]") == "p.yaml:1:1: a policy is a mapping of keys to values");
}

TEST_CASE("what can never match, run or pass is refused") {
    const auto refused = [](const std::string& text, std::string_view part) {
        CAPTURE(text, error_of(text));
        CHECK(error_of(text).find(part) != std::string::npos);
    };
    refused(with_rule("for: [], check: name"), "a rule for no kind can never match");
    refused(with_rule("for: dataset, check: signature, with: {any-of: [k]}"), "does not look at a dataset: the rule can never match it");
    refused(with_rule("for: model, check: format, when: {bytes: false}"), "needs bytes: the rule can never run");
    refused(with_rule("for: model, check: name, when: {tiers: []}"), "a rule for no tier can never match");
    refused(with_rule("for: model, check: name, when: {tiers: [ayn]}"), "unknown tier 'ayn'");
    refused(with_rule("for: model, check: name, when: {}"), "'when' asks for nothing");
    refused(with_rule("for: model, check: nmae"), "unknown checker 'nmae'; did you mean 'name'?");
    refused(with_rule("for: model, check: name, with: {x: 1}"), "unknown setting 'x' of checker 'name'");
    refused(with_rule("for: model, check: format, with: {allwo: []}"), "did you mean 'allow'?");
    refused(with_rule("for: model, check: format, with: {allow: [safetensor]}"), "'allow' cannot be 'safetensor'; did you mean 'safetensors'?");
    refused(with_rule("for: model, check: format, with: {strict: yes}"), "expected true or false");
    refused(with_rule("for: model, check: format, with: {depth: -1}"), "expected a number, 0 or more");
    refused(with_rule("for: model, check: format, with: {max-age: 90}"), "expected a duration like 90d");
    refused(with_rule("for: model, check: format, with: {from: [acme]}"), "pattern 'acme'");
    refused(with_rule("for: model, check: format, with: {where: [{at: result, equals: x}]}"), "expected a JSON Pointer");
    refused(with_rule("for: model, check: format, with: {where: [{at: /r}]}"), "exactly one of 'equals', 'matches'");
    for (const char* regex : {"^a", "a$", "(a|^b)", "\\\\Aa", "a\\\\z"}) {
        refused(with_rule("for: model, check: format, with: {where: [{at: /r, matches: \"" + std::string(regex) + "\"}]}"), "leave out ^ and $");
    }
    for (const char* regex : {"(a", "a{2000}", "(?=a)", "\\\\1"}) {
        refused(with_rule("for: model, check: format, with: {where: [{at: /r, matches: \"" + std::string(regex) + "\"}]}"), "regular expression: ");
    }
    for (const char* regex : {"[^a]", "\\\\^\\\\$", "[[:alpha:]^$]", "[]^]", "\\\\Qa^b$\\\\E"}) {
        CHECK(error_of(with_rule("for: model, check: format, with: {where: [{at: /r, matches: \"" + std::string(regex) + "\"}]}")) == "accepted");
    }
    refused(with_rule("for: model, check: signature"), "needs the setting 'any-of' in 'with'");
    refused(with_rule("for: model, check: signature, with: {any-of: []}"), "the rule can never pass");
    refused(with_rule("for: model, check: signature, with: {any-of: [stranger]}"), "unknown trust name 'stranger'");
    refused(with_rule("for: model, check: name, severity: high, deny-at: low"), "leave out one of them");
    refused(with_rule("for: model, check: name, deny-at: info"), "expected one of critical, high, medium, low");
    refused(with_rule("for: model, check: name, mode: off"), "unknown mode 'off'");
    refused(with_rule("for: model, check: name, mode: {vetted: warn}"), "unknown tier 'vetted'");
    refused(std::string(kHead) + "rules: []\n", "without one nothing is admitted");
    refused(std::string(kHead) + std::string(kRules) + "  - { id: a.b, for: [model], check: name, why: x }\n",
            "rule 'a.b' is there already, at p.yaml:5");
    refused(with_section("blocked: [ { digest: 'sha256:abc', why: x } ]"), "64 lower-case hex digits");
    refused(with_section("blocked: [ { why: x } ]"), "exactly one of");
    refused(with_section("blocked: [ { reference: 'hf:a/b' } ]"), "needs 'why'");
    refused(with_section("blocked: [ { signer: s, why: x } ]"), "unknown trust name 's'");
    refused(with_section("trust: { keys: { k: {public-key: k, not-before: 2026-02-01, not-after: 2026-01-01} } }"), "can never match");
    refused(with_section("trust: { keys: { k: {public-key: k, not-before: 2026-02-30} } }"), "expected a time");
    refused(with_section("names: { internal: { pypy: { packages: [a], index: b } } }"), "unknown ecosystem 'pypy'; did you mean 'pypi'?");
    refused(with_section("names: { internal: { npm: { registry: 'https://r.example' } } }"), "protects no name");
    refused(with_section("names: { internal: { oci: { repositories: [a/**], registry: r.example/a } } }"), "a host without a path");
    refused(with_section("registries: { oci: { mirrors: ['https://m.example/docker'] } }"), "a host without a path");
    CHECK(error_of(with_section("registries: { oci: { mirrors: ['https://m.example/', 'n.example:5000'] } }")) == "accepted");
    refused(with_section("# \xe2\x80\xae hidden"), "is not accepted");
    refused(with_rule("for: model, check: name, fix: \"a\\u202eb\""), "is not accepted");
}

TEST_CASE("tiers: the last matches everything, and nothing below such a tier") {
    const auto tiers = [](std::string_view list) {
        return error_of("headgate: 1\npolicy: t\ntiers:\n" + std::string(list) + std::string(kRules));
    };
    CHECK(tiers("  - {tier: a, match: ['**']}\n") == "accepted");
    CHECK(tiers("  - {tier: a, match: ['hf:x/**']}\n") ==
          "p.yaml:4:5: the last tier must match everything: match: [\"**\"], nothing required");
    CHECK(tiers("  - {tier: a, match: ['**'], requires: {origin: recorded}}\n") ==
          "p.yaml:4:5: the last tier must match everything: match: [\"**\"], nothing required");
    CHECK(tiers("  - {tier: a, match: ['**']}\n  - {tier: b, match: ['**']}\n") ==
          "p.yaml:5:5: tier 'b' can never match: 'a' at p.yaml:4 matches everything");
    CHECK(tiers("  - {tier: a, match: ['hf:x/*']}\n  - {tier: a, match: ['**']}\n") ==
          "p.yaml:5:5: tier 'a' is there already, at p.yaml:4");
    CHECK(tiers("  - {tier: a, match: ['hf:x/*'], requires: {origin: asserted}}\n  - {tier: b, match: ['**']}\n") ==
          "p.yaml:4:53: unknown origin to require 'asserted'; expected one of recorded, verified");
}

TEST_CASE("the resolved form changes with what decides, and not with where it stands") {
    const auto form = [](std::string_view text) {
        const auto policy = load(text);
        REQUIRE(policy.ok());
        return policy::resolved_form(*policy);
    };
    const std::string plain = form(with_rule("for: model, check: format"));
    CHECK(plain == form("# comment\n" + with_rule("check: format, for: [model]")));
    CHECK(plain == form(with_rule("for: model, check: format, with: {depth: 7}, when: {bytes: true}")));
    for (const char* other : {"for: dataset, check: format", "for: model, check: format, with: {depth: 8}", "for: model, check: format, mode: warn",
                              "for: model, check: format, deny-at: low", "for: model, check: format, severity: low",
                              "for: model, check: format, when: {tiers: [any]}", "for: model, check: format, fix: y",
                              "for: model, check: format, controls: [c]", "for: model, check: format, mode: {any: warn}"}) {
        CHECK(plain != form(with_rule(other)));
    }
    for (const char* section : {"defaults: {on-error: warn}", "revision: '2'", "blocked: [{reference: 'hf:a/b', why: x}]",
                                "names: {internal: {hf: {organizations: [a]}}}", "registries: {npm: {mirrors: [a.example]}}"}) {
        CHECK(form(with_section("")) != form(with_section(section)));
    }
}

TEST_CASE("every prefix of a policy loads or tells a place") {
    const std::string text = with_section("trust: {keys: {k: {public-key: a}}}\nblocked: [{signer: k, why: x}]");
    REQUIRE(error_of(text) == "accepted");
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto policy = load(std::string_view(text).substr(0, length));
        CHECK((policy.ok() || policy.error().message.starts_with("p.yaml:")));
    }
}
