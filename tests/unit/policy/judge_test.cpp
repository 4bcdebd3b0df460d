#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "policy/policy.hpp"

using namespace headgate;
using policy::RuleRun;

namespace {

Finding finding(Severity severity = Severity::high) { return {"area.thing", severity, "message", {}, "", ""}; }

/// One subject, one rule that passes, everything read: allowed. Each test breaks one thing.
struct World {
    Policy policy;
    Subject subject;
    Evidence evidence;
    Coverage coverage;
    std::vector<Mode> modes;
    std::vector<CheckRun> runs;
    std::vector<SubjectVerdict> members;

    World() {
        auto everything = ReferencePattern::compile("**");
        Tier tier;
        tier.name = "any";
        tier.match.push_back(*everything);
        tier.line = "p.yaml:3";
        policy.tiers.push_back(tier);
        subject.ref = "file:m.bin";
        subject.reference = *parse_reference("file:m.bin");
        subject.has_bytes = true;
        subject.digest.sha256 = std::string(64, 'a');
        evidence.files.push_back({"m.bin", 10, std::string(64, 'a'), true, false});
        coverage.bytes = coverage.examined = 10;
        add_rule(CheckRun::complete());
    }
    Rule& add_rule(CheckRun run, Mode mode = Mode::enforce) {
        Rule rule;
        rule.id = "rule." + std::to_string(policy.rules.size());
        rule.check = "format";
        rule.kinds = {Kind::model};
        rule.mode = mode;
        rule.line = "p.yaml:9";
        rule.why = "the rule's why";
        policy.rules.push_back(rule);
        runs.push_back(std::move(run));
        return policy.rules.back();
    }
    SubjectVerdict judge() const {
        const Tier* tier = policy::assign_tier(policy, subject, {});
        policy::JudgeInput input{policy, subject, tier, evidence, {}, members, coverage, {}, nullptr, {}};
        const auto applicable = policy::applicable_rules(policy, subject, tier);
        for (std::size_t i = 0; i < applicable.size(); ++i) input.runs.push_back({applicable[i], runs[i]});
        return policy::judge(std::move(input));
    }
    Decision decision() const { return judge().decision; }
};

bool says(const SubjectVerdict& verdict, std::string_view id) {
    return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                       [&](const ReportedFinding& reported) { return reported.finding.id == id; });
}

}  // namespace

TEST_CASE("what was read whole and passed an enforced rule is allowed") {
    const SubjectVerdict verdict = World().judge();
    CHECK(verdict.decision == Decision::allow);
    CHECK(verdict.level == Level::admit);
    CHECK(verdict.enforced);
    CHECK(verdict.tier == "any");
    CHECK(verdict.tier_line == "p.yaml:3");
    CHECK(verdict.findings.empty());
    CHECK(verdict.rules[0].result == RuleResult::pass);
    CHECK(verdict.rules[0].policy_line() == "p.yaml:9");
    CHECK(verdict.rules[0].why() == "the rule's why");
}

TEST_CASE("nothing at all is a denial") {
    const Policy policy;
    const Subject subject;
    const Evidence evidence;
    const SubjectVerdict verdict = policy::judge({policy, subject, nullptr, evidence, {}, {}, {}, {}, nullptr, {}});
    CHECK(verdict.decision == Decision::deny);
    CHECK(verdict.level == Level::none);
    CHECK_FALSE(verdict.enforced);
    CHECK(says(verdict, "policy.unmatched"));
    CHECK(SubjectVerdict{}.decision == Decision::deny);
    CHECK(policy::worst({}) == Decision::deny);
    const RuleRun empty;
    CHECK(policy::judge({policy, subject, nullptr, evidence, {empty}, {}, {}, {}, nullptr, {}}).decision == Decision::deny);
}

TEST_CASE("a rule that did not run, failed or was skipped never lets in") {
    const auto with = [](CheckRun run) {
        World world;
        world.runs[0] = std::move(run);
        return world.judge();
    };
    CHECK(with(CheckRun{}).decision == Decision::error);
    CHECK(with(CheckRun{}).error == "rule.0: the checker did not run");
    CHECK(with(CheckRun::error("no data")).decision == Decision::error);
    CHECK(with(CheckRun::error("no data")).error == "rule.0: no data");
    CHECK(with(CheckRun::skipped("nothing there")).decision == Decision::deny);
    CHECK(says(with(CheckRun::skipped("nothing there")), "policy.skipped"));
    CHECK(with(CheckRun::complete({finding(Severity::info)})).decision == Decision::deny);
    CHECK(with(CheckRun::complete({finding()})).rules[0].result == RuleResult::fail);
    CHECK(with(CheckRun{RunStatus::error, {finding()}, "half"}).decision == Decision::deny);
    CHECK(with(CheckRun{RunStatus::did_not_run, {finding()}, ""}).decision == Decision::deny);
}

TEST_CASE("only an enforcing rule that passed lets in") {
    for (const Mode mode : {Mode::warn, Mode::monitor}) {
        World world;
        world.policy.rules[0].mode = mode;
        CHECK(world.decision() == Decision::deny);
        CHECK(says(world.judge(), "policy.nothing-passed"));
        world.add_rule(CheckRun::complete());
        CHECK(world.decision() == Decision::allow);
        CHECK(world.judge().enforced);
        world.runs[0] = CheckRun::complete({finding()});
        CHECK(world.decision() == Decision::allow);
        CHECK_FALSE(world.judge().enforced);
        CHECK(world.judge().rules[0].result == (mode == Mode::warn ? RuleResult::warn : RuleResult::fail));
        world.runs[0] = CheckRun::skipped("single file");
        CHECK(world.judge().enforced);
    }
    World empty;
    empty.policy.rules.clear();
    empty.runs.clear();
    CHECK(empty.decision() == Decision::deny);
    empty.policy.defaults.on_unmatched = OnTrouble::warn;
    CHECK(empty.decision() == Decision::allow);
    CHECK_FALSE(empty.judge().enforced);
    World other_kind;
    other_kind.subject.kind = Kind::dataset;
    CHECK(says(other_kind.judge(), "policy.unmatched"));
    CHECK(other_kind.judge().rules[0].result == RuleResult::not_applicable);
}

TEST_CASE("a SLSA level is vouched for by a rule that passed, enforces, is in effect and was not loosened") {
    CheckRun built = CheckRun::complete();
    built.slsa_build_level = 2;
    const auto level = [](const World& world) { return world.judge().rules[1].slsa_build_level; };
    const auto with = [&](CheckRun run, Mode mode = Mode::enforce) {
        World world;
        world.add_rule(std::move(run), mode);
        return world;
    };
    CHECK(level(with(built)) == 2);
    CHECK(with(built).judge().rules[0].slsa_build_level == 0);
    CHECK(level(with(built, Mode::warn)) == 0);
    CHECK(level(with(built, Mode::monitor)) == 0);
    CheckRun failing = built;
    failing.findings = {finding()};
    CHECK(level(with(failing)) == 0);

    World later = with(built);
    later.policy.rules.back().effective_on = Instant{1};
    CHECK(level(later) == 0);
    later.policy.rules.back().effective_on = Instant{0};
    CHECK(level(later) == 2);

    World loosened = with(built);
    Override entry;
    entry.rule = loosened.policy.rules.back().id;
    entry.expires = Instant{1};
    loosened.policy.overrides.push_back(entry);
    CHECK(level(loosened) == 0);
    loosened.policy.overrides.back().expires = Instant{0};
    CHECK(level(loosened) == 2);
}

TEST_CASE("each policy that is extended needs a pass of its own") {
    World world;                                   // rule.0 is the extended policy's
    world.policy.extended.push_back(std::make_shared<const Policy>(world.policy));
    world.add_rule(CheckRun::complete());          // rule.1 was added to it
    CHECK(world.decision() == Decision::allow);

    SECTION("a rule that was added is not it") {
        world.runs[0] = CheckRun::complete({finding(Severity::low)});
        world.policy.rules[0].deny_at = Severity::high;          // so it warns, and rule.1 alone passes
        const SubjectVerdict verdict = world.judge();
        CHECK(verdict.decision == Decision::deny);
        CHECK(says(verdict, "policy.nothing-passed"));
    }
    SECTION("nor one that the extended policy itself only watches") {
        Policy alone = *world.policy.extended.front();
        alone.rules[0].mode = GENERATE(Mode::warn, Mode::monitor);
        world.policy.extended.front() = std::make_shared<const Policy>(alone);
        CHECK(says(world.judge(), "policy.nothing-passed"));
        CHECK(world.decision() == Decision::deny);
    }
    SECTION("nor one that is not in effect there yet") {
        Policy alone = *world.policy.extended.front();
        alone.rules[0].effective_on = Instant{1};
        world.policy.extended.front() = std::make_shared<const Policy>(alone);
        CHECK(world.decision() == Decision::deny);
    }
    SECTION("a kind that only another policy judges stays refused") {
        Policy alone = *world.policy.extended.front();
        alone.rules[0].kinds = {Kind::container};
        world.policy.extended.push_back(std::make_shared<const Policy>(alone));
        const SubjectVerdict verdict = world.judge();
        CHECK(verdict.decision == Decision::deny);
        CHECK(says(verdict, "policy.unmatched"));
        alone.defaults.on_unmatched = OnTrouble::warn;
        world.policy.extended.back() = std::make_shared<const Policy>(alone);
        CHECK(world.decision() == Decision::allow);
    }
    SECTION("a tier that the extended policy does not know is its last") {
        Tier tier = world.policy.tiers.front();
        tier.name = "new";
        world.policy.tiers.insert(world.policy.tiers.begin(), tier);
        world.subject.origin = Origin::recorded;
        CHECK(world.decision() == Decision::allow);
    }
}

TEST_CASE("what an extended policy refuses alone stays refused, and what it could not decide is undecided") {
    const World world;
    const auto with = [&](Decision decision) {
        SubjectVerdict verdict;
        verdict.decision = decision;
        verdict.error = "its data is missing";
        verdict.findings.push_back({"org.rule", finding(Severity::critical), ""});
        const Tier* const tier = policy::assign_tier(world.policy, world.subject, {});
        policy::JudgeInput input{world.policy, world.subject, tier, world.evidence, {}, {}, world.coverage, {}, nullptr, {}};
        const auto applicable = policy::applicable_rules(world.policy, world.subject, tier);
        for (std::size_t i = 0; i < applicable.size(); ++i) input.runs.push_back({applicable[i], world.runs[i]});
        input.extended.push_back({"org.yaml", verdict});
        return policy::judge(std::move(input));
    };
    CHECK(with(Decision::allow).decision == Decision::allow);
    CHECK(with(Decision::error).decision == Decision::error);
    const SubjectVerdict denied = with(Decision::deny);
    CHECK(denied.decision == Decision::deny);
    REQUIRE(says(denied, "policy.extended-refuses"));
    CHECK(denied.findings.back().finding.message == "org.yaml, which the policy extends, refuses it: message (org.rule)");
    CHECK(denied.findings.back().finding.severity == Severity::critical);
}

TEST_CASE("deny-at splits findings, and a rule's severity replaces the checker's") {
    World world;
    world.add_rule(CheckRun::complete({finding(Severity::medium)})).deny_at = Severity::high;
    CHECK(world.decision() == Decision::allow);
    CHECK(world.judge().rules[1].result == RuleResult::warn);
    CHECK_FALSE(world.judge().enforced);
    world.runs[1].findings.push_back(finding(Severity::high));
    CHECK(world.decision() == Decision::deny);
    World severe;
    severe.runs[0] = CheckRun::complete({finding(Severity::low)});
    severe.policy.rules[0].severity = Severity::critical;
    CHECK(severe.judge().findings.at(0).finding.severity == Severity::critical);
    CHECK(severe.judge().findings.at(0).finding.why == "the rule's why");
    World alone;  // a warning by deny-at is no pass
    alone.runs[0] = CheckRun::complete({finding(Severity::low)});
    alone.policy.rules[0].deny_at = Severity::high;
    CHECK(alone.decision() == Decision::deny);
}

TEST_CASE("what is blocked is refused, whatever the rules say") {
    const auto blocked = [](const Blocked& entry) {
        World world;
        world.evidence.members.push_back({{}, "inside", 1, std::string(64, 'b')});
        world.evidence.signatures.push_back({{}, "oms", {"old"}, {"k"}, true, ""});
        world.subject.digest.dir_hash = std::string(64, 'd');
        world.policy.blocked.push_back(entry);
        return world.judge();
    };
    const auto by_digest = [](char digit) { return Blocked{"sha256:" + std::string(64, digit), {}, "", "bad", "p.yaml:5"}; };
    for (const char digit : {'a', 'b', 'd'}) {
        CHECK(blocked(by_digest(digit)).decision == Decision::deny);
        CHECK(says(blocked(by_digest(digit)), "policy.blocked"));
    }
    CHECK(blocked(by_digest('c')).decision == Decision::allow);
    CHECK(blocked({"", *ReferencePattern::compile("file:m.bin"), "", "bad", ""}).decision == Decision::deny);
    CHECK(blocked({"", *ReferencePattern::compile("file:n.bin"), "", "bad", ""}).decision == Decision::allow);
    CHECK(blocked({"", {}, "old", "bad", ""}).decision == Decision::deny);
    CHECK(blocked({"", {}, "new", "bad", ""}).decision == Decision::allow);
}

TEST_CASE("what a blocked key signed is refused, also when it signed outside its window") {
    World world;
    world.evidence.signatures.push_back({{}, "oms", {}, {"k"}, true, ""});   // a signer of nobody: outside the window
    world.policy.keys.push_back({"old", "old.pub", "", "k", {}, Instant{0}, "p.yaml:2", ""});
    CHECK(world.decision() == Decision::allow);
    world.policy.blocked.push_back({"", {}, "old", "stolen", "p.yaml:5"});
    CHECK(world.decision() == Decision::deny);
    world.policy.keys.front().key_id = "another";
    CHECK(world.decision() == Decision::allow);
}

TEST_CASE("every byte is read by something, or it is refused") {
    World opaque;
    opaque.evidence.opaques.push_back({{"m.bin", {}, 3, {}}, "encrypted", 7});
    CHECK(opaque.decision() == Decision::deny);
    CHECK(opaque.judge().findings.at(0).finding.message == "nothing could read 7 bytes: encrypted");
    opaque.policy.defaults.on_skipped = OnTrouble::warn;
    CHECK(opaque.decision() == Decision::allow);
    CHECK_FALSE(opaque.judge().enforced);
    World partly;
    partly.coverage.examined = 9;
    CHECK(partly.decision() == Decision::deny);
    World unread;
    unread.evidence.files.clear();
    unread.coverage = {};
    unread.policy.defaults.on_skipped = OnTrouble::warn;
    CHECK(unread.decision() == Decision::deny);
}

TEST_CASE("what a parser found is not lost when no rule takes it up") {
    World world;
    world.evidence.findings.push_back(finding(Severity::low));
    CHECK(world.decision() == Decision::deny);
    CHECK(world.judge().findings.size() == 1);
    world.add_rule(CheckRun::complete({finding(Severity::low)}), Mode::warn);
    CHECK(world.decision() == Decision::allow);
    CHECK(world.judge().findings.size() == 1);
    World remark;
    remark.evidence.findings.push_back(finding(Severity::info));
    CHECK(remark.decision() == Decision::allow);
}

TEST_CASE("a name without bytes is at best judged as a name") {
    World world;
    world.subject.has_bytes = false;
    world.evidence.files.clear();
    world.coverage = {};
    CHECK(world.judge().level == Level::names);
    world.policy.rules[0].when_bytes = true;
    CHECK(world.decision() == Decision::deny);
    CHECK(world.judge().rules[0].result == RuleResult::skipped);
    world.add_rule(CheckRun::complete()).when_bytes = false;
    CHECK(world.judge().level == Level::names);
    World bytes;
    bytes.add_rule(CheckRun::complete({finding()})).when_bytes = false;
    CHECK(bytes.decision() == Decision::allow);
    CHECK(bytes.judge().rules[1].result == RuleResult::not_applicable);
}

TEST_CASE("a manifest is a judgement of names, also without members; a manifest inside an artifact takes nothing from it") {
    World world;
    SubjectVerdict name = world.judge();
    name.level = Level::names;
    world.members = {name};
    CHECK(world.judge().level == Level::admit);
    world.members.front().level = Level::restricted;
    CHECK(world.judge().level == Level::restricted);
    world.members.clear();
    world.evidence.formats.push_back({{"requirements.txt", {}, {}, {}}, "manifest:requirements.txt", true, false});
    CHECK(world.decision() == Decision::allow);
    CHECK(world.judge().level == Level::names);
}

TEST_CASE("a subject takes the worst of its members") {
    World world;
    SubjectVerdict name = world.judge();
    name.level = Level::names;
    world.members = {name, name};
    CHECK(world.decision() == Decision::allow);
    world.members[1].decision = Decision::error;
    CHECK(world.decision() == Decision::error);
    world.members[0] = SubjectVerdict{};
    CHECK(world.decision() == Decision::deny);
}

TEST_CASE("the decision never loosens when facts go or findings come") {
    std::mt19937 random(20261125);
    const auto chance = [&](unsigned of) { return random() % of == 0; };
    const auto of_checker = [&] {  // an id of its own: it does not take up what a parser found
        Finding made = finding(static_cast<Severity>(random() % 5));
        made.id = "checker.thing";
        return made;
    };
    std::size_t allowed = 0;
    for (int round = 0; round < 4000; ++round) {
        World world;
        for (std::size_t i = random() % 4; i > 0; --i) {
            CheckRun run = chance(8) ? CheckRun::error("x") : chance(8) ? CheckRun::skipped("y") : CheckRun::complete();
            if (chance(10)) run.status = RunStatus::did_not_run;
            for (std::size_t n = chance(3) ? random() % 3 : 0; n > 0; --n) run.findings.push_back(of_checker());
            Rule& rule = world.add_rule(std::move(run), static_cast<Mode>(random() % 3));
            if (chance(3)) rule.deny_at = Severity::medium;
            if (chance(4)) rule.when_bytes = chance(2);
        }
        if (chance(10)) world.evidence.findings.push_back(finding(static_cast<Severity>(random() % 5)));
        if (chance(10)) world.coverage.examined = random() % 11;
        if (chance(4)) world.subject.has_bytes = false;
        const Decision before = world.decision();
        if (before == Decision::allow) ++allowed;
        for (std::size_t i = 0; i < world.runs.size(); ++i) {
            World worse = world;
            worse.runs[i].findings.push_back(of_checker());
            CHECK((worse.decision() != Decision::allow || before == Decision::allow));
            worse = world;
            worse.runs[i] = CheckRun{};
            CHECK((worse.decision() != Decision::allow || before == Decision::allow));
            worse.runs[i] = CheckRun::error("gone");
            CHECK((worse.decision() != Decision::allow || before == Decision::allow));
        }
        World fewer = world;
        fewer.evidence.files.clear();
        CHECK((fewer.decision() != Decision::allow || before == Decision::allow));
        fewer = world;
        fewer.evidence.findings.push_back({"other.thing", Severity::high, "m", {}, "", ""});
        CHECK(fewer.decision() != Decision::allow);
    }
    CHECK(allowed > 100);
}

TEST_CASE("of very many findings of one kind a thousand are told, and that there are more") {
    World world;
    std::vector<Finding> findings(2500, finding());
    findings.back().severity = Severity::critical;
    world.runs[0] = CheckRun::complete(findings);
    const SubjectVerdict verdict = world.judge();
    CHECK(verdict.decision == Decision::deny);
    REQUIRE(verdict.findings.size() == 1001);
    const ReportedFinding& last = verdict.findings.back();
    CHECK(last.rule == "rule.0");
    CHECK(last.finding.id == "area.thing");
    CHECK(last.finding.severity == Severity::critical);
    CHECK(last.finding.message == "and 1500 more findings of this kind");
    world.runs[0] = CheckRun::complete(std::vector<Finding>(1000, finding()));
    CHECK(world.judge().findings.size() == 1000);
}
