#include "pipeline/grace.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using namespace headgate::pipeline;

namespace {

using Outcome = AdmissionJudgement::Outcome;

constexpr std::int64_t kThreeDays = 72 * 3600;
const std::string kDigest = "sha256:" + std::string(64, 'a');

AdmissionJudgement judgement(Outcome outcome, Decision decision, const std::string& digest = kDigest) {
    AdmissionJudgement made;
    made.outcome = outcome;
    made.judged = true;
    SubjectVerdict subject, member;
    subject.decision = member.decision = decision;
    subject.members.push_back(member);
    made.report.subjects.push_back(subject);
    AdmissionJudgement::Named named;
    named.digest = digest;
    named.allowed = outcome == Outcome::allowed;
    made.named.push_back(named);
    return made;
}
AdmissionJudgement good(const std::string& digest = kDigest) { return judgement(Outcome::allowed, Decision{}, digest); }
AdmissionJudgement undecided(const std::string& digest = kDigest) { return judgement(Outcome::undecided, Decision::error, digest); }

}  // namespace

TEST_CASE("what was admitted comes back when nothing can be decided, there and for so long") {
    AdmittedBefore before;
    const Instant now{1'000'000};
    CHECK(before.excuse("prod", undecided(), kThreeDays, now).empty());
    before.remember("prod", good(), now);
    CHECK_FALSE(before.excuse("prod", undecided(), kThreeDays, now).empty());
    CHECK_FALSE(before.excuse("prod", judgement(Outcome::overdue, Decision::error), kThreeDays, now).empty());
    CHECK_FALSE(before.excuse("prod", undecided(), kThreeDays, {now.seconds + kThreeDays}).empty());
    CHECK(before.excuse("prod", undecided(), kThreeDays, {now.seconds + kThreeDays + 1}).empty());
    CHECK(before.excuse("prod", undecided(), kThreeDays, {now.seconds - 1}).empty());       // the clock went back: nothing is known
    CHECK(before.excuse("other", undecided(), kThreeDays, now).empty());
    CHECK(before.excuse("prod", undecided("sha256:" + std::string(64, 'b')), kThreeDays, now).empty());
    CHECK(before.excuse("prod", undecided(""), kThreeDays, now).empty());
}

TEST_CASE("never against a denial, and not for what was never judged") {
    AdmittedBefore before;
    const Instant now{1'000'000};
    before.remember("prod", good(), now);
    CHECK(before.excuse("prod", judgement(Outcome::denied, Decision::deny), kThreeDays, now).empty());
    CHECK(before.excuse("prod", judgement(Outcome::refused, Decision::deny), kThreeDays, now).empty());
    AdmissionJudgement mixed = undecided();
    mixed.report.subjects[0].members[0].decision = Decision::deny;      // late, and something speaks against it
    CHECK(before.excuse("prod", mixed, kThreeDays, now).empty());
    AdmissionJudgement broken;
    CHECK(before.excuse("prod", broken, kThreeDays, now).empty());
    AdmissionJudgement two = undecided();
    AdmissionJudgement::Named stranger;
    stranger.digest = "sha256:" + std::string(64, 'c');
    two.named.push_back(stranger);
    CHECK(before.excuse("prod", two, kThreeDays, now).empty());
}

TEST_CASE("only what was let in by its own merit is remembered, and not without bound") {
    AdmittedBefore before(2);
    const Instant now{1'000'000};
    before.remember("prod", undecided(), now);
    AdmissionJudgement excused = good();
    excused.exception = "because";
    before.remember("prod", excused, now);
    CHECK(before.size() == 0);
    for (const char digit : {'a', 'b', 'c', 'd'}) before.remember("prod", good("sha256:" + std::string(64, digit)), now);
    CHECK(before.size() == 2);
    CHECK_FALSE(before.excuse("prod", undecided(), kThreeDays, now).empty());
}
