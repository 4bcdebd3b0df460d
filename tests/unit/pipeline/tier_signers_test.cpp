// Which signatures put a subject into a tier that asks for one.
#include <catch2/catch.hpp>

#include "pipeline/decide.hpp"
#include "pipeline/evaluate.hpp"

using namespace headgate;

namespace {

constexpr const char* kRules = R"(headgate: 1
policy: t
tiers:
  - { tier: ours, match: ["hf:acme/**"] }
  - { tier: any, match: ["**"] }
rules:
  - { id: safe, for: [model], check: serialization, with: { allow: [safetensors], profiles: [] }, why: x }
)";

// Tiers are all that is asked here: no key has to be there.
pipeline::LoadedPolicy policy() {
    auto loaded = pipeline::load_policy_bytes(as_bytes(kRules), "p.yaml", "");
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    loaded->policy.tiers.front().requires_signed_by = {"acme"};
    return std::move(loaded).value();
}

std::string tier_of(const Evidence& evidence) {
    Subject subject;
    subject.reference = *parse_reference("hf:acme/model");
    subject.kind = Kind::model;
    subject.has_bytes = true;
    subject.origin = Origin::recorded;
    const pipeline::LoadedPolicy loaded = policy();
    return pipeline::Evaluator(loaded, {1'764'000'000}).evaluate(subject, evidence, {}).tier;
}

Evidence signed_without(const std::vector<std::string>& unsigned_files) {
    Signature signature;
    signature.scheme = "oms";
    signature.signers = {"acme"};
    signature.key_ids = {"k"};
    signature.covers_subject = true;
    signature.unsigned_files = unsigned_files;
    Evidence evidence;
    evidence.signatures = {signature};
    for (const std::string& path : unsigned_files) evidence.formats.push_back({{path, {}, {}, {}}, "text", true, false});
    return evidence;
}

}  // namespace

TEST_CASE("a file that nobody signed keeps a subject out of a tier that asks for a signature") {
    CHECK(tier_of(signed_without({})) == "ours");
    CHECK(tier_of(signed_without({"README.md", "LICENSE"})) == "ours");
    CHECK(tier_of(signed_without({"config.json"})) == "any");
    CHECK(tier_of(signed_without({"README.md", "notice.jsonl"})) == "any");
    Evidence twice = signed_without({"config.json"});
    twice.signatures.push_back(signed_without({}).signatures.front());
    CHECK(tier_of(twice) == "ours");  // another signature over all of it
}
