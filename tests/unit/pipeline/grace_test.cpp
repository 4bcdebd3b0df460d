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

TEST_CASE("what has only ended is excused where the digest was admitted, and a denial beside it is not") {
    AdmittedBefore before;
    const Instant now{1'000'000};
    before.remember("prod", good(), now);
    AdmissionJudgement lapsed = judgement(Outcome::denied, Decision::deny);
    CHECK(before.excuse("prod", lapsed, kThreeDays, now).empty());
    lapsed.lapsed = true;
    CHECK_FALSE(before.excuse("prod", lapsed, kThreeDays, now).empty());
    CHECK(before.excuse("other", lapsed, kThreeDays, now).empty());
    CHECK(before.excuse("prod", lapsed, kThreeDays, {now.seconds + kThreeDays + 1}).empty());
    lapsed.outcome = Outcome::refused;
    CHECK(before.excuse("prod", lapsed, kThreeDays, now).empty());
    CHECK(before.since("prod", lapsed.named, kThreeDays, now) == std::optional(now));
    CHECK_FALSE(before.since("prod", {}, kThreeDays, now));
}

TEST_CASE("what was admitted is read back as it was written, and nothing else is read") {
    AdmittedBefore before;
    CHECK_FALSE(before.save());
    before.remember("prod", good(), {1'000'000});
    before.remember("", good("sha256:" + std::string(64, 'b')), {0});
    before.remember("not a namespace", good(), {1'000'000});
    before.remember("Prod", good(), {1'000'000});
    before.remember("prod", good("sha256:short"), {1'000'000});
    const std::string text = before.save().value();
    CHECK(text == "headgate-admitted 1\n- sha256:" + std::string(64, 'b') + " 0\nprod " + kDigest + " 1000000\n");
    CHECK_FALSE(before.save());
    before.remember("prod", good(), {1'000'059});                        // within the minute: nothing new
    CHECK_FALSE(before.save());
    before.remember("prod", good(), {1'000'060});
    CHECK(before.save());

    AdmittedBefore after;
    REQUIRE(after.load(as_bytes(text)).ok());
    CHECK(after.size() == 2);
    CHECK_FALSE(after.save());                                            // it is on the disk
    CHECK_FALSE(after.excuse("prod", undecided(), kThreeDays, {1'000'000}).empty());
    CHECK(after.excuse("prod", undecided(), kThreeDays, {999'999}).empty());
    after.forget({1});
    CHECK(after.size() == 1);
    CHECK(after.save().value() == "headgate-admitted 1\nprod " + kDigest + " 1000000\n");

    for (std::size_t length = 0; length < text.size(); ++length) {
        const std::string_view prefix = std::string_view(text).substr(0, length);
        AdmittedBefore part;
        const bool whole_lines = prefix.ends_with('\n');
        CHECK(part.load(as_bytes(prefix)).ok() == whole_lines);
        if (!whole_lines) CHECK(part.size() == 0);
    }
    const std::string head = "headgate-admitted 1\n";
    const std::string line = "prod " + kDigest + " 1000000\n";
    for (const std::string& bad : {std::string("headgate-admitted 2\n"), head + "\n", head + line + line, head + "prod " + kDigest + " 01\n", head + "prod " + kDigest + " -1\n",
                                   head + "prod " + kDigest + " 1 \n", head + " " + kDigest + " 1\n", head + "Prod " + kDigest + " 1\n", head + "prod " + kDigest + " 9999999999999\n",
                                   head + "prod " + kDigest + " 1\r\n", head + "prod sha256:" + std::string(63, 'a') + " 1\n", head + line + "a " + kDigest + " 1\n",
                                   head + "prod SHA256:" + std::string(64, 'a') + " 1\n", head + line + std::string(1, '\0') + "\n"}) {
        CAPTURE(bad);
        AdmittedBefore none;
        CHECK_FALSE(none.load(as_bytes(bad)).ok());
        CHECK(none.size() == 0);
    }
    AdmittedBefore small(1);
    REQUIRE(small.load(as_bytes(text)).ok());
    CHECK(small.size() == 1);
}
