// Which images are looked up, and each of them once.
#include <catch2/catch.hpp>

#include "pipeline/registry_images.hpp"
#include "unit/pipeline/fake_registry.hpp"

using namespace headgate;
using fake::FakeRegistry;

namespace {

constexpr Instant kNow{1'800'000'000};

Rule rule_for(Kind kind, bool network) {
    Rule rule;
    rule.id = "r";
    rule.kinds = {kind};
    rule.network = network;
    return rule;
}

Policy policy_of(std::vector<Rule> rules) {
    Policy policy;
    for (const char* name : {"ours", "others"}) {
        Tier tier;
        tier.name = name;
        tier.match.push_back(*ReferencePattern::compile(tier.name == "ours" ? "oci:registry.example/acme/**" : "**"));
        policy.tiers.push_back(std::move(tier));
    }
    policy.rules = std::move(rules);
    return policy;
}

Reference named(const std::string& text) { return *parse_reference(text); }

Requirement requirement(const std::string& text) {
    Requirement requirement;
    requirement.reference = named(text);
    return requirement;
}

}  // namespace

TEST_CASE("a rule that is for containers and asks for it, here or in an extended policy, wants images looked up") {
    CHECK_FALSE(pipeline::asks_registry(policy_of({rule_for(Kind::container, false)})));
    CHECK_FALSE(pipeline::asks_registry(policy_of({rule_for(Kind::package, true)})));
    CHECK(pipeline::asks_registry(policy_of({rule_for(Kind::model, true)})));   // an image's name may lead to one
    CHECK(pipeline::asks_registry(policy_of({rule_for(Kind::model, false), rule_for(Kind::container, true)})));
    Policy child = policy_of({rule_for(Kind::container, false)});
    child.extended.push_back(std::make_shared<const Policy>(policy_of({rule_for(Kind::container, true)})));
    CHECK(pipeline::asks_registry(child));
    CHECK(pipeline::asks_registry_for(child, named("oci:docker.io/library/nginx:1")));
    CHECK_FALSE(pipeline::asks_registry_for(child, named("pkg:npm/nginx@1")));
}

TEST_CASE("a rule for one tier wants only images that may be in it") {
    Rule rule = rule_for(Kind::container, true);
    rule.when_tiers = {"ours"};
    const Policy ours = policy_of({rule});
    CHECK(pipeline::asks_registry_for(ours, named("oci:registry.example/acme/app:1")));
    CHECK_FALSE(pipeline::asks_registry_for(ours, named("oci:docker.io/library/nginx:1")));
    rule.when_tiers = {"others"};
    Policy others = policy_of({rule});
    CHECK_FALSE(pipeline::asks_registry_for(others, named("oci:registry.example/acme/app:1")));
    others.tiers[0].requires_signed_by = {"release"};    // who signed it is not known before
    CHECK(pipeline::asks_registry_for(others, named("oci:registry.example/acme/app:1")));
}

TEST_CASE("each image of a manifest is asked for once, and answered at every place that names it") {
    FakeRegistry registry;
    registry.tag("1", registry.image());
    pipeline::RegistryImages images(registry.source(), {});
    pipeline::LoadedPolicy loaded;
    loaded.policy = policy_of({rule_for(Kind::container, true)});
    Evidence manifest;
    for (const char* text : {"oci:registry.example/acme/app:1", "pkg:npm/left-pad@1.0.0", "oci:registry.example/acme/app:1", "oci:registry.example/acme/gone:2"}) {
        manifest.requirements.push_back(requirement(text));
    }
    manifest.requirements.push_back(requirement("oci:registry.example/acme/app:1"));
    manifest.requirements.back().dynamic = true;
    const auto resolved = pipeline::resolve_members(loaded, manifest, &images, kNow, {}, nullptr);
    REQUIRE(resolved.size() == 5);
    REQUIRE(resolved[0].image != nullptr);
    CHECK("sha256:" + resolved[0].image->subject.digest.sha256 == registry.tags["1"]);
    CHECK(resolved[2].image == resolved[0].image);
    CHECK((resolved[1].image == nullptr && !resolved[1].error));
    REQUIRE(resolved[3].error);
    CHECK(resolved[3].error->code == ErrorCode::not_found);
    CHECK((resolved[4].image == nullptr && !resolved[4].error));
    CHECK(images.counts().examined == 1);
    CHECK(images.counts().hits == 0);

    const int before = registry.requests;
    for (const auto& one : pipeline::resolve_members(loaded, manifest, nullptr, kNow, {}, nullptr)) CHECK((one.image == nullptr && !one.error));
    loaded.policy = policy_of({rule_for(Kind::container, false)});
    for (const auto& one : pipeline::resolve_members(loaded, manifest, &images, kNow, {}, nullptr)) CHECK((one.image == nullptr && !one.error));
    CHECK(registry.requests == before);              // nobody wanted it

    loaded.policy = policy_of({rule_for(Kind::container, true)});
    const auto late = pipeline::resolve_members(loaded, manifest, &images, kNow, std::chrono::steady_clock::now(), nullptr);
    REQUIRE(late[0].error);
    CHECK(late[0].error->code == ErrorCode::deadline);
}
