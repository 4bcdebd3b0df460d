#include "pipeline/lapsed.hpp"

#include <catch2/catch.hpp>

using namespace headgate;
using pipeline::only_lapsed;

namespace {

std::shared_ptr<const RuleCards> cards() {
    static const auto kCards = [] {
        auto made = std::make_shared<RuleCards>();
        for (const char* const id : {"verdict", "scan", "note"}) {
            RuleCard card;
            card.id = id;
            card.check = "attestation";
            made->push_back(card);
        }
        return std::shared_ptr<const RuleCards>(made);
    }();
    return kCards;
}

Finding finding(const std::string& id) { return {id, Severity::high, "it is of long ago", {}, "", ""}; }

// A subject, whose rules come to `results`.
SubjectVerdict verdict(Decision decision, std::vector<RuleResult> results, std::vector<ReportedFinding> findings = {}) {
    SubjectVerdict made;
    made.subject.ref = "oci:registry.example/app";
    made.decision = decision;
    std::vector<RuleOutcome> outcomes;
    for (std::size_t i = 0; i < results.size(); ++i) {
        RuleOutcome& outcome = outcomes.emplace_back();
        outcome.card = &cards()->at(i);
        outcome.result = results[i];
        outcome.mode = i == 2 ? Mode::warn : Mode::enforce;
    }
    made.rules = RuleOutcomes(std::move(outcomes), cards());
    made.findings = std::move(findings);
    return made;
}
SubjectVerdict passed() { return verdict(Decision::allow, {RuleResult::pass, RuleResult::pass, RuleResult::pass}); }
SubjectVerdict refused(std::vector<ReportedFinding> findings) {
    return verdict(Decision::deny, {RuleResult::fail, RuleResult::pass, RuleResult::pass}, std::move(findings));
}
SubjectVerdict holding(SubjectVerdict member, Decision decision) {
    SubjectVerdict made = verdict(decision, {RuleResult::pass, RuleResult::pass, RuleResult::pass});
    made.members.push_back(std::move(member));
    return made;
}

const ReportedFinding kOld{"verdict", finding("attestation.too-old")};

}  // namespace

TEST_CASE("a statement that has become too old is nothing but that") {
    CHECK(only_lapsed(refused({kOld}), passed()));
    CHECK(only_lapsed(refused({kOld, {"verdict", finding("attestation.too-few-signers")}}), passed()));
    CHECK(only_lapsed(holding(refused({kOld}), Decision::deny), holding(passed(), Decision::allow)));
    // It was too old already, or refused, or not decided.
    CHECK_FALSE(only_lapsed(refused({kOld}), refused({kOld})));
    CHECK_FALSE(only_lapsed(refused({kOld}), verdict(Decision::error, {RuleResult::error, RuleResult::pass, RuleResult::pass})));
    CHECK_FALSE(only_lapsed(passed(), passed()));
    CHECK_FALSE(only_lapsed(refused({}), passed()));
    CHECK_FALSE(only_lapsed(refused({{"verdict", finding("attestation.too-few-signers")}}), passed()));
}

TEST_CASE("whatever else speaks against it, and it is refused") {
    for (const char* const id : {"attestation.not-satisfied", "attestation.missing", "signature.missing", "serialization.executes-code"}) {
        CAPTURE(id);
        CHECK_FALSE(only_lapsed(refused({kOld, {"verdict", finding(id)}}), passed()));
        CHECK_FALSE(only_lapsed(refused({{"verdict", finding(id)}}), passed()));
    }
    CHECK_FALSE(only_lapsed(refused({kOld, {"", finding("policy.blocked")}}), passed()));
    CHECK_FALSE(only_lapsed(refused({kOld, {"", finding("policy.unread")}}), passed()));
    const SubjectVerdict both = verdict(Decision::deny, {RuleResult::fail, RuleResult::fail, RuleResult::pass}, {kOld, {"scan", finding("content.bad")}});
    CHECK_FALSE(only_lapsed(both, passed()));
    const SubjectVerdict unclear = verdict(Decision::deny, {RuleResult::fail, RuleResult::error, RuleResult::pass}, {kOld});
    CHECK_FALSE(only_lapsed(unclear, passed()));
    // What only warns is no reason, and so no obstacle.
    const SubjectVerdict warned = verdict(Decision::deny, {RuleResult::fail, RuleResult::pass, RuleResult::warn}, {kOld, {"note", finding("content.odd")}});
    CHECK(only_lapsed(warned, passed()));
    // A policy that is extended refuses it too: for the same reason, or for one that is not known.
    CHECK(only_lapsed(refused({kOld, {"", finding("policy.extended-refuses")}}), passed()));
    CHECK_FALSE(only_lapsed(refused({{"", finding("policy.extended-refuses")}}), passed()));
}

TEST_CASE("a waiver that has ended is excused for what it named") {
    SubjectVerdict then = verdict(Decision::allow, {RuleResult::waived, RuleResult::pass, RuleResult::pass});
    then.findings.push_back({"verdict", finding("registry.not-allowed"), "W-1"});
    CHECK(only_lapsed(refused({{"verdict", finding("registry.not-allowed")}}), then));
    CHECK_FALSE(only_lapsed(refused({{"verdict", finding("registry.insecure")}}), then));
    CHECK_FALSE(only_lapsed(refused({{"verdict", finding("registry.not-allowed")}, {"verdict", finding("registry.insecure")}}), then));
}

TEST_CASE("members go with the members that they were") {
    const SubjectVerdict then = holding(passed(), Decision::allow);
    SubjectVerdict other = holding(refused({kOld}), Decision::deny);
    other.members[0].subject.ref = "oci:registry.example/other";
    CHECK_FALSE(only_lapsed(other, then));
    SubjectVerdict more = holding(refused({kOld}), Decision::deny);
    more.members.push_back(passed());
    CHECK_FALSE(only_lapsed(more, then));
    SubjectVerdict undecided = holding(refused({kOld}), Decision::deny);
    undecided.members[0].decision = Decision::error;
    CHECK_FALSE(only_lapsed(undecided, then));
    SubjectVerdict worse = holding(refused({kOld}), Decision::deny);
    worse.findings.push_back({"", finding("policy.unread")});
    CHECK_FALSE(only_lapsed(worse, then));
}
