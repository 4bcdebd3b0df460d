#include "pipeline/prepared_policy.hpp"

#include <catch2/catch.hpp>

#include "pipeline/admission.hpp"
#include "pipeline/admission_answer.hpp"

using namespace headgate;
using namespace headgate::pipeline;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

Instant at(std::string_view text) { return *parse_instant(text); }

// Images of others are refused, apart from one that is waived during February and until the 1st of March at noon.
LoadedPolicy waiving_policy() {
    const std::string text = "headgate: 1\npolicy: test/prepared\ntiers:\n  - { tier: any, match: [\"**\"] }\nrules:\n"
                             "  - { id: container.digest, for: [container], check: integrity, why: A tag moves., fix: Name the digest. }\n"
                             "  - { id: container.registry, for: [container], check: registry, with: { allow: [\"oci:registry.example/**\"], bare-names: judge },"
                             " why: It is ours., fix: Copy it. }\n"
                             "waivers:\n  - id: W-1\n    rule: container.registry\n    subject: { digest: \"" + kDigest + "\" }\n"
                             "    findings: [registry.not-allowed]\n    reason: known\n    owner: jane@acme.example\n    approved-by: joe@acme.example\n"
                             "    created: \"2026-02-01\"\n    expires: \"2026-03-01T12:00:00Z\"\n";
    auto loaded = load_policy_bytes(as_bytes(text), "test.yaml", ".");
    INFO((loaded.ok() ? "" : loaded.error().message));
    REQUIRE(loaded.ok());
    return std::move(loaded).value();
}

const std::string kReview =
    R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","kind":{"group":"","version":"v1","kind":"Pod"},)"
    R"("resource":{"group":"","version":"v1","resource":"pods"},"name":"web","namespace":"prod","operation":"CREATE",)"
    R"("object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"a","image":"other.example/app@)" + kDigest + R"("}]}}}})";

AdmissionJudgement judged(const LoadedPolicy& loaded, Instant now, std::optional<Instant> since = std::nullopt) {
    AdmissionContext context;
    context.now = now;
    context.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    if (since) context.admitted_since = [since](const auto&) { return since; };
    const auto review = read_review(as_bytes(kReview));
    return judge_admission(loaded, review.value(), context);
}

using Outcome = AdmissionJudgement::Outcome;

}  // namespace

TEST_CASE("H-12: a waiver that ends between two reviews has ended in the second") {
    LoadedPolicy loaded = waiving_policy();
    loaded.prepared = std::make_shared<PreparedPolicies>();
    CHECK(judged(loaded, at("2026-01-31T23:59:59Z")).outcome == Outcome::denied);
    CHECK(judged(loaded, at("2026-02-01T00:00:00Z")).outcome == Outcome::allowed);
    CHECK(judged(loaded, at("2026-03-01T11:59:59Z")).outcome == Outcome::allowed);
    CHECK(judged(loaded, at("2026-03-01T12:00:00Z")).outcome == Outcome::denied);
    CHECK(judged(loaded, at("2026-03-01T11:59:59Z")).outcome == Outcome::allowed);      // and back
}

TEST_CASE("within its time one is used for all, across it never") {
    const LoadedPolicy loaded = waiving_policy();
    PreparedPolicies prepared;
    const auto first = prepared.at(loaded.policy, at("2026-02-01T00:00:00Z"));
    CHECK(prepared.at(loaded.policy, at("2026-02-20T00:00:00Z")) == first);
    CHECK(prepared.at(loaded.policy, at("2026-03-01T11:59:59Z")) == first);
    CHECK_FALSE(first->holds_at(at("2026-03-01T12:00:00Z")));
    CHECK_FALSE(first->holds_at(at("2026-01-31T23:59:59Z")));
    const auto second = prepared.at(loaded.policy, at("2026-03-01T12:00:00Z"));
    CHECK(second != first);
    CHECK(second->waivers().expired().size() == 1);
    CHECK(prepared.at(loaded.policy, at("2030-01-01T00:00:00Z")) == second);            // nothing begins or ends after it
    CHECK(prepared.at(loaded.policy, at("2026-02-02T00:00:00Z")) == first);
    Policy other = loaded.policy;
    other.digest = "sha256:" + std::string(64, '1');
    CHECK(prepared.at(other, at("2026-02-02T00:00:00Z")) != first);
}

TEST_CASE("the window of a key and the end of an override are moments, too") {
    LoadedPolicy loaded = waiving_policy();
    loaded.policy.waivers.clear();
    TrustedKey key;
    key.not_before = Instant{1'000};
    key.not_after = Instant{2'000};
    loaded.policy.keys.push_back(key);
    Override entry;
    entry.expires = Instant{1'500};
    loaded.policy.overrides.push_back(entry);
    const auto holds = [&](std::int64_t made, std::int64_t asked) { return PreparedPolicy(loaded.policy, {made}).holds_at({asked}); };
    CHECK(holds(0, 999));
    CHECK_FALSE(holds(0, 1'000));
    CHECK(holds(1'000, 1'499));
    CHECK_FALSE(holds(1'499, 1'500));
    CHECK(holds(1'500, 2'000));
    CHECK_FALSE(holds(2'000, 2'001));
    CHECK(holds(2'001, 1'000'000'000));
}

TEST_CASE("a judgement says how long its stages took, and what it was refused for") {
    const LoadedPolicy loaded = waiving_policy();
    const AdmissionJudgement good = judged(loaded, at("2026-02-02T00:00:00Z"));
    CHECK(good.stages[static_cast<std::size_t>(AdmissionStage::extract)].count() > 0);
    CHECK(good.stages[static_cast<std::size_t>(AdmissionStage::judge)].count() > 0);
    CHECK(good.stages[static_cast<std::size_t>(AdmissionStage::queue)].count() == 0);
    CHECK_FALSE(good.lapsed);

    // The waiver has ended since the digest was admitted; it had not begun when it was; nobody admitted it.
    CHECK(judged(loaded, at("2026-03-02T00:00:00Z"), at("2026-02-28T00:00:00Z")).lapsed);
    CHECK_FALSE(judged(loaded, at("2026-03-02T00:00:00Z"), at("2026-01-28T00:00:00Z")).lapsed);
    CHECK_FALSE(judged(loaded, at("2026-03-02T00:00:00Z")).lapsed);
}

TEST_CASE("a judgement that is late is no verdict that lets in") {
    const LoadedPolicy loaded = waiving_policy();
    AdmissionContext context;
    context.now = at("2026-02-02T00:00:00Z");
    context.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    const auto review = read_review(as_bytes(kReview));
    const AdmissionJudgement late = judge_admission(loaded, review.value(), context);
    CHECK(late.outcome == Outcome::overdue);
    REQUIRE(late.report.subjects.size() == 1);
    CHECK(late.report.subjects[0].decision == Decision::error);
    CHECK(late.report.subjects[0].level == Level::none);
    CHECK(late.report.decision == Decision::error);
}
