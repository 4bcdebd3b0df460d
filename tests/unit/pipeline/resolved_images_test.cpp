// Images that were looked up, judged: by name and by what is there, or not decided.
#include <catch2/catch.hpp>

#include "pipeline/evaluate.hpp"
#include "pipeline/recorded.hpp"
#include "unit/pipeline/fake_registry.hpp"

using namespace headgate;
using fake::FakeRegistry;

namespace {

constexpr Instant kNow{1'800'000'000};

pipeline::LoadedPolicy policy_with(const std::string& network) {
    const std::string text = "headgate: 1\npolicy: t\ntiers: [ { tier: any, match: [\"**\"] } ]\nrules:\n"
                             "  - { id: c.pinned, for: [container], check: integrity, why: x }\n"
                             "  - { id: c.name, for: [container], check: typosquat, network: " + network + ", why: y }\n";
    auto loaded = pipeline::load_policy_bytes(as_bytes(text), "p.yaml", "");
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    return std::move(loaded).value();
}

struct Dockerfile {
    Subject subject{};
    Evidence evidence{};

    explicit Dockerfile(const std::string& image) {
        subject.ref = "file:Dockerfile";
        subject.reference = *parse_reference(subject.ref);
        subject.kind = Kind::container;
        subject.origin = Origin::recorded;
        subject.has_bytes = true;
        evidence.formats = {{{"Dockerfile", {}, {}, {}}, "manifest:dockerfile", true, false}};
        evidence.files = {{"Dockerfile", 10, std::string(64, 'a'), true, false}};
        Requirement& requirement = evidence.requirements.emplace_back();
        requirement.reference = *parse_reference(image);
        requirement.written = image;
        requirement.pinned = !requirement.reference.digest.empty();
        requirement.where = {"Dockerfile", {}, {}, 1};
    }
};

const RuleOutcome& outcome(const SubjectVerdict& verdict, std::string_view rule) {
    for (const RuleOutcome& one : verdict.rules) {
        if (one.id() == rule) return one;
    }
    FAIL("no rule " << rule);
    return verdict.rules[0];
}

}  // namespace

TEST_CASE("a member that was looked up is judged by its name as written and by the image's bytes") {
    FakeRegistry registry;
    const std::string manifest = registry.image();
    registry.tag("1", manifest);
    pipeline::RegistryImages images(registry.source(), {});
    const auto loaded = policy_with("allow");
    const pipeline::Evaluator evaluator(loaded, kNow);
    const auto judged = [&](const std::string& image) {
        const Dockerfile file(image);
        const auto resolved = pipeline::resolve_members(loaded, file.evidence, &images, kNow, {}, nullptr);
        SubjectVerdict verdict = evaluator.evaluate(file.subject, file.evidence, {}, nullptr, resolved);
        REQUIRE(verdict.members.size() == 1);
        return verdict;
    };
    const std::string digest = FakeRegistry::digest_of(manifest);
    const SubjectVerdict pinned = judged("oci:registry.example/acme/app@" + digest);
    CHECK(pinned.decision == Decision::allow);
    const Subject& member = pinned.members[0].subject;
    CHECK(member.ref == "oci:registry.example/acme/app@" + digest);
    CHECK(member.origin == Origin::verified);
    CHECK("sha256:" + member.digest.sha256 == digest);
    CHECK(pinned.members[0].level == Level::admit);

    // A tag stays a tag, whatever it led to.
    const SubjectVerdict tagged = judged("oci:registry.example/acme/app:1");
    CHECK(tagged.decision == Decision::deny);
    CHECK(outcome(tagged.members[0], "c.pinned").result == RuleResult::fail);
    CHECK(tagged.members[0].subject.ref == "oci:registry.example/acme/app:1");
    CHECK("sha256:" + tagged.members[0].subject.digest.sha256 == digest);

    // What is wrong with the image is found, though the name is in order.
    const std::string broken = "{}";
    registry.put(broken, formats::kOciManifest);
    const SubjectVerdict bad = judged("oci:registry.example/acme/app@" + FakeRegistry::digest_of(broken));
    CHECK(bad.decision == Decision::deny);
    REQUIRE_FALSE(bad.members[0].findings.empty());
    CHECK(bad.members[0].findings[0].finding.id == "oci.malformed");

    const SubjectVerdict gone = judged("oci:registry.example/acme/app@sha256:" + std::string(64, '0'));
    CHECK(gone.decision == Decision::error);
    CHECK(gone.members[0].decision == Decision::error);
    CHECK(gone.members[0].level == Level::none);
}

TEST_CASE("an image that a rule wants looked up is never judged by its name alone") {
    Subject subject;
    subject.reference = *parse_reference("oci:registry.example/acme/app@sha256:" + std::string(64, 'b'));
    subject.ref = subject.reference.canonical;
    subject.kind = Kind::container;
    const Dockerfile file(subject.ref);
    const auto asking = policy_with("allow");
    const pipeline::Evaluator evaluator(asking, kNow);
    CHECK(evaluator.evaluate(subject, {}, {}).decision == Decision::error);
    CHECK(evaluator.evaluate(file.subject, file.evidence, {}).decision == Decision::error);
    const std::vector<InnerSubject> inner = {{file.subject, file.evidence}};
    Subject folder = file.subject;
    folder.is_folder = true;
    CHECK(evaluator.evaluate(folder, Evidence(), inner).members.at(0).decision == Decision::error);

    // Nor from a recording, which has the name.
    Recording recorded;
    recorded.subject = file.subject;
    recorded.evidence = file.evidence;
    CHECK(pipeline::decide_recorded(asking, {recorded}, kNow, 1).decision == Decision::error);

    const auto silent = policy_with("deny");
    const pipeline::Evaluator names(silent, kNow);
    CHECK(names.evaluate(subject, {}, {}).decision == Decision::allow);
    CHECK(names.evaluate(file.subject, file.evidence, {}).decision == Decision::allow);
}

TEST_CASE("decide() asks no registry that it was not given, and says so") {
    const auto loaded = policy_with("allow");
    pipeline::Request request;
    request.now = kNow;
    request.arguments.push_back({"oci:registry.example/acme/app:1", {}, {}});
    const Report without = pipeline::decide(loaded, request);
    CHECK(without.decision == Decision::error);
    REQUIRE(without.subjects.size() == 1);
    CHECK_THAT(without.subjects[0].error, Catch::Matchers::Contains("no registry was asked"));

    FakeRegistry registry;
    registry.tag("1", registry.image());
    request.registry = std::make_shared<pipeline::RegistryImages>(registry.source(), pipeline::RegistryImages::Limits{});
    const Report with = pipeline::decide(loaded, request);
    CHECK(with.decision == Decision::allow);
    CHECK("sha256:" + with.subjects.at(0).subject.digest.sha256 == registry.tags["1"]);
    CHECK(with.subjects[0].level == Level::admit);

    registry.broken = {"1"};
    const Report down = pipeline::decide(loaded, request);
    CHECK(down.decision == Decision::error);
    CHECK(down.exit_code() == 2);
    // Names alone are no answer to a rule that wants more.
    registry.broken.clear();
    request.names_only = true;
    CHECK(pipeline::decide(loaded, request).decision == Decision::error);
}
