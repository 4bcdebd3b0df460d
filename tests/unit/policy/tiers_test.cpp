#include <catch2/catch.hpp>

#include "policy/policy.hpp"
#include "unit/policy/fake_checkers.hpp"

using namespace headgate;

namespace {

Policy compiled(std::string_view rules) {
    const std::string text = "headgate: 1\npolicy: t\ntrust: {keys: {acme: {public-key: k}}}\ntiers:\n"
                             "  - {tier: internal, match: ['hf:acme/**'], requires: {signed-by: [acme]}}\n"
                             "  - {tier: vetted, match: ['hf:acme/**', 'hf:known/*'], requires: {origin: recorded}}\n"
                             "  - {tier: named, match: ['hf:known/*']}\n"
                             "  - {tier: untrusted, match: ['**']}\n"
                             "rules:\n" + std::string(rules);
    auto policy = policy::load(as_bytes(text), "p", "p", fake::checkers(), policy::no_parents);
    INFO((policy.ok() ? "" : policy.error().message));
    REQUIRE(policy.ok());
    return std::move(policy).value();
}

Subject subject(std::string_view reference, Origin origin) {
    Subject made;
    made.reference = *parse_reference(reference);
    made.origin = origin;
    made.has_bytes = true;
    return made;
}

}  // namespace

TEST_CASE("the first tier that matches and whose demands hold wins") {
    const Policy policy = compiled("  - {id: a, for: [model], check: name, why: x}\n");
    const auto tier = [&](std::string_view reference, Origin origin, std::vector<std::string> signers = {}) {
        return policy::assign_tier(policy, subject(reference, origin), signers)->name;
    };
    CHECK(tier("hf:acme/m", Origin::asserted, {"acme"}) == "internal");
    CHECK(tier("hf:acme/m", Origin::asserted, {"stranger"}) == "untrusted");
    CHECK(tier("hf:acme/m", Origin::recorded) == "vetted");
    CHECK(tier("hf:acme/m", Origin::verified) == "vetted");
    CHECK(tier("hf:known/m", Origin::asserted) == "named");
    CHECK(tier("hf:known/m", Origin::recorded) == "vetted");
    CHECK(tier("hf:known.evil/m", Origin::verified) == "untrusted");
    CHECK(tier("file:m.bin", Origin::asserted) == "untrusted");
    CHECK(policy::assign_tier(Policy{}, subject("file:m", Origin::verified), {}) == nullptr);
}

TEST_CASE("an assertion does not escape the rules of the last tier") {
    const Policy policy = compiled(
        "  - {id: everywhere, for: [model], check: name, why: x, mode: {named: warn}}\n"
        "  - {id: last, for: [model], check: name, why: x, when: {tiers: [untrusted]}}\n"
        "  - {id: named, for: [model], check: name, why: x, when: {tiers: [named]}, mode: monitor}\n"
        "  - {id: lax-last, for: [model], check: name, why: x, mode: {untrusted: monitor}}\n"
        "  - {id: data, for: [dataset], check: name, why: x}\n");
    const auto applicable = [&](std::string_view reference, Origin origin) {
        const Subject judged = subject(reference, origin);
        return policy::applicable_rules(policy, judged, policy::assign_tier(policy, judged, {}));
    };
    const auto asserted = applicable("hf:known/m", Origin::asserted);  // tier named
    REQUIRE(asserted.size() == 5);
    CHECK((asserted[0].applies && asserted[0].mode == Mode::enforce));
    CHECK((asserted[1].applies && asserted[1].mode == Mode::enforce));
    CHECK((asserted[2].applies && asserted[2].mode == Mode::monitor));
    CHECK((asserted[3].applies && asserted[3].mode == Mode::enforce));
    CHECK_FALSE(asserted[4].applies);
    const auto recorded = applicable("hf:known/m", Origin::recorded);  // tier vetted
    CHECK((recorded[0].applies && recorded[0].mode == Mode::enforce));
    CHECK_FALSE(recorded[1].applies);
    CHECK_FALSE(recorded[2].applies);
    const auto last = applicable("file:m", Origin::asserted);
    CHECK((last[3].applies && last[3].mode == Mode::monitor));
}

TEST_CASE("a rule that asks at a registry who signed an image is for the images of a manifest, and not for the manifest") {
    const auto rule = [](std::string check, bool network) {
        Rule made;
        made.id = check;
        made.kinds = {Kind::container};
        made.check = std::move(check);
        made.network = network;
        return made;
    };
    Policy policy = compiled("  - {id: a, for: [model], check: name, why: x}\n");
    policy.rules = {rule("signature", true), rule("attestation", true), rule("provenance", true), rule("integrity", true), rule("signature", false)};
    Subject manifest = subject("file:pod.yaml", Origin::asserted);
    manifest.kind = Kind::container;
    const auto applying = [&] {
        std::vector<bool> answers;
        for (const policy::Applicable& one : policy::applicable_rules(policy, manifest, &policy.tiers.back())) answers.push_back(one.applies);
        return answers;
    };
    CHECK(applying() == std::vector<bool>{true, true, true, true, true});          // an image in a file
    manifest.is_manifest = true;
    CHECK(applying() == std::vector<bool>{false, false, false, true, true});
}
