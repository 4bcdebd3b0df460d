#include "pipeline/admission.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "codec/json.hpp"
#include "pipeline/admission_answer.hpp"
#include "pipeline/admission_offline.hpp"
#include "pipeline/admission_patch.hpp"

using namespace headgate;
using namespace headgate::pipeline;

namespace {

using Outcome = AdmissionJudgement::Outcome;

const std::string kDigest = "sha256:" + std::string(64, 'a');
const std::string kPinned = "registry.example/app@" + kDigest;

LoadedPolicy policy(const std::string& defaults = "{ on-error: deny }", const std::string& blocked = "") {
    const std::string text = "headgate: 1\npolicy: test/admission\ndefaults: " + defaults + "\n" + blocked +
                             "tiers:\n  - { tier: any, match: [\"**\"] }\nrules:\n"
                             "  - { id: container.digest, for: [container], check: integrity, why: A tag moves., fix: Name the digest. }\n";
    return load_policy_bytes(as_bytes(text), "test.yaml", ".").value();
}

std::string object(const std::string& image) {
    return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"a","image":")" + image + R"("}]}})";
}
std::string review(const std::string& image, const std::string& before = "") {
    return R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","kind":{"group":"","version":"v1","kind":"Pod"},)"
           R"("resource":{"group":"","version":"v1","resource":"pods"},"name":"web","namespace":"prod","operation":")" +
           std::string(before.empty() ? "CREATE" : "UPDATE") + "\"," + (before.empty() ? "" : "\"oldObject\":" + object(before) + ",") + "\"object\":" + object(image) + "}}";
}
AdmissionContext soon() {
    AdmissionContext context;
    context.now = Instant{1'800'000'000};
    context.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    return context;
}
AdmissionJudgement judged(const LoadedPolicy& loaded, const std::string& text, const AdmissionContext& context = soon()) {
    const auto read = read_review(as_bytes(text));
    return judge_admission(loaded, read.value(), context);
}
std::string answered(const LoadedPolicy& loaded, const std::string& text) {
    const auto read = read_review(as_bytes(text));
    return write_answer(read.value(), answer_to(read.value(), judge_admission(loaded, read.value(), soon()), loaded.policy.digest, ""));
}

}  // namespace

TEST_CASE("a pod is judged by what it names, under its namespace") {
    const LoadedPolicy loaded = policy();
    const AdmissionJudgement good = judged(loaded, review(kPinned));
    CHECK(good.outcome == Outcome::allowed);
    REQUIRE(good.report.subjects.size() == 1);
    CHECK(good.report.subjects[0].subject.ref == "k8s:prod/Pod/web");
    REQUIRE(good.named.size() == 1);
    CHECK(good.named[0].path == "spec.containers[0].image");
    CHECK(good.named[0].digest == kDigest);
    CHECK(good.named[0].image);
    CHECK(good.named[0].allowed);
    CHECK_FALSE(good.named[0].resolved);

    const AdmissionJudgement bad = judged(loaded, review("registry.example/app:1"));
    CHECK(bad.outcome == Outcome::denied);
    const std::string message = denial_message(bad);
    CAPTURE(message);
    CHECK(message.find("spec.containers[0].image") != std::string::npos);
    CHECK(message.find("container.digest") != std::string::npos);
    CHECK(message.find("Fix: ") != std::string::npos);
    CHECK(judged(loaded, review("NOT AN IMAGE")).outcome == Outcome::refused);
    CHECK(judged(loaded, review("registry.example/app@sha256:00")).outcome == Outcome::refused);
}

TEST_CASE("H-21: what is late is not allowed, whatever came of it") {
    AdmissionContext late = soon();
    late.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    const AdmissionJudgement judgement = judged(policy(), review(kPinned), late);
    CHECK(judgement.outcome == Outcome::overdue);
    CHECK(denial_message(judgement).find("could not decide") != std::string::npos);
    // Its object was not even read, and a grace has nothing to compare.
    CHECK_FALSE(judgement.judged);
    CHECK(judgement.named.empty());
}

TEST_CASE("on-unchanged: admit lets through what was there by digest, and never what is blocked") {
    // A policy that refuses the image by its registry.
    const std::string text = "headgate: 1\npolicy: test/registry\ndefaults: { on-unchanged: %s }\n%stiers:\n  - { tier: any, match: [\"**\"] }\nrules:\n"
                             "  - { id: container.registry, for: [container], check: registry, with: { allow: [\"oci:other.example/**\"] }, why: w., fix: f. }\n";
    const auto load = [&](const std::string& choice, const std::string& blocked) {
        std::string filled = text;
        filled.replace(filled.find("%s"), 2, choice);
        filled.replace(filled.find("%s"), 2, blocked);
        return load_policy_bytes(as_bytes(filled), "test.yaml", ".").value();
    };
    CHECK(judged(load("judge", ""), review(kPinned, kPinned)).outcome == Outcome::denied);
    const AdmissionJudgement kept = judged(load("admit", ""), review(kPinned, kPinned));
    CHECK(kept.outcome == Outcome::allowed);
    CHECK_FALSE(kept.exception.empty());
    CHECK(judged(load("admit", ""), review(kPinned, "other.example/app@" + kDigest)).outcome == Outcome::denied);
    CHECK(judged(load("admit", ""), review(kPinned)).outcome == Outcome::denied);
    const std::string blocked = "blocked:\n  - { digest: \"" + kDigest + "\", why: it is bad }\n";
    CHECK(judged(load("admit", blocked), review(kPinned, kPinned)).outcome == Outcome::denied);
}

TEST_CASE("the answer: uid, version, codes, and the same twice") {
    const LoadedPolicy loaded = policy();
    const auto parsed = [&](const std::string& text) { return codec::parse_json(as_bytes(answered(loaded, text))).value(); };
    const codec::Json good = parsed(review(kPinned));
    CHECK(good.find("apiVersion")->text == "admission.k8s.io/v1");
    CHECK(good.find("kind")->text == "AdmissionReview");
    CHECK(good.find("response")->find("uid")->text == "u-1");
    CHECK(good.find("response")->find("allowed")->boolean);
    CHECK(good.find("response")->find("status") == nullptr);
    CHECK(good.find("response")->find("patch") == nullptr);

    const codec::Json bad = parsed(review("a:1"));
    CHECK_FALSE(bad.find("response")->find("allowed")->boolean);
    CHECK(bad.find("response")->find("status")->find("code")->integer == 403);
    CHECK(bad.find("response")->find("status")->find("reason")->text == "Forbidden");
    CHECK(parsed(review("A B")).find("response")->find("status")->find("code")->integer == 400);
    const codec::Json* audit = bad.find("response")->find("auditAnnotations");
    REQUIRE(audit != nullptr);
    CHECK(audit->members.size() <= 3);
    for (const auto& [key, value] : audit->members) {
        CHECK(key.find('/') == std::string::npos);
        CHECK(value.text.size() <= kMostAuditValue);
    }
    CHECK(answered(loaded, review("a:1")) == answered(loaded, review("a:1")));
}

TEST_CASE("C5: warnings and messages are plain and bounded, whatever a name holds") {
    AdmissionJudgement judgement;
    judgement.outcome = Outcome::undecided;
    judgement.reason = "first line\nsecond \x1b[31m \xff" + std::string(10'000, 'x');
    judgement.exception = "because\r\n" + std::string(500, 'y');
    const auto read = read_review(as_bytes(review("a")));
    const AdmissionAnswer answer = answer_to(*read, judgement, kDigest, std::string(300, 'z') + "\n");
    CHECK_FALSE(answer.allowed);
    CHECK(answer.code == 500);
    CHECK(answer.message.size() <= kMostMessage);
    CHECK(answer.message.find('\n') == std::string::npos);
    CHECK(answer.message.find('\x1b') == std::string::npos);
    CHECK(answer.warnings.size() == 2);
    for (const std::string& warning : answer.warnings) {
        CHECK(warning.size() <= kMostWarning);
        CHECK(warning.find_first_of("\r\n") == std::string::npos);
    }
}

TEST_CASE("a patch pins what was resolved, and nothing else") {
    AdmissionJudgement judgement = judged(policy("{ on-unmatched: warn }"), review("registry.example/app:1"));
    judgement.outcome = Outcome::allowed;
    REQUIRE(judgement.named.size() == 1);
    const auto patch = [&] { return pinning_patch(judgement); };
    CHECK(patch().value().empty());                  // nobody resolved it
    judgement.named[0].resolved = judgement.named[0].allowed = true;
    judgement.named[0].digest = kDigest;
    CHECK(patch().value() == R"([{"op":"test","path":"/spec/containers/0/image","value":"registry.example/app:1"},)"
                             R"({"op":"replace","path":"/spec/containers/0/image","value":"registry.example/app:1@)" + kDigest + "\"}]");
    judgement.controlled = true;
    CHECK(patch().value().empty());                  // a ReplicaSet would be made for ever
    judgement.controlled = false;
    judgement.outcome = Outcome::denied;
    CHECK(patch().value().empty());
    judgement.outcome = Outcome::allowed;
    judgement.named[0].written = "registry.example/other:1";
    CHECK_FALSE(patch().ok());                       // H-06: what cannot be patched as it should is an error
    judgement.named[0].written = "registry.example/app:1";
    judgement.named[0].digest = "sha256:00";
    CHECK_FALSE(patch().ok());
    judgement.named[0].digest = kDigest;
    judgement.named[0].path = "spec.containers[7].image";
    CHECK_FALSE(patch().ok());
}

TEST_CASE("files: a review as it was sent, and manifests as if they were created") {
    const auto one = offline_reviews("review.json", as_bytes(review("a"))).value();
    REQUIRE(one.size() == 1);
    CHECK(one[0].review->uid == "u-1");
    const auto list = offline_reviews("x.yaml", as_bytes("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: a, ports: [{containerPort: 80}]}]}\n---\n"
                                                         "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: b, namespace: c}}\n")).value();
    REQUIRE(list.size() == 2);
    CHECK(list[0].name == "x.yaml#1");
    CHECK(list[0].review->name_space == "default");
    CHECK(list[1].review->kind == intake::AdmissionType{"apps", "v1", "Deployment"});
    CHECK(list[1].review->resource.name == "deployments");
    CHECK(list[1].review->name_space == "c");
    CHECK_FALSE(offline_reviews("x", as_bytes("a: [")).ok());
    const auto nothing = offline_reviews("null.json", as_bytes("null")).value();
    REQUIRE(nothing.size() == 1);
    CHECK_FALSE(nothing[0].review.ok());
}

TEST_CASE("one image by its name") {
    const LoadedPolicy loaded = policy();
    CHECK(judge_image(loaded, kPinned, soon()).outcome == Outcome::allowed);
    CHECK(judge_image(loaded, "registry.example/app:1", soon()).outcome == Outcome::denied);
    CHECK(judge_image(loaded, "", soon()).outcome != Outcome::allowed);
    CHECK(judge_image(loaded, "a b", soon()).outcome == Outcome::refused);
}
