#include <catch2/catch.hpp>

#include "policy/policy.hpp"
#include "unit/policy/fake_checkers.hpp"

using namespace headgate;

namespace {

const std::string kDigest(64, 'a');
const std::string kHead =
    "headgate: 1\npolicy: p\ntiers: [ { tier: any, match: [\"**\"] } ]\n"
    "rules:\n"
    "  - { id: m.format, for: [model, package], check: format, why: x }\n"
    "  - { id: m.name, for: [model, package], check: name, why: y }\n";

std::string waiver(std::string_view changes = "", std::string_view subject = "") {
    std::string text = "waivers:\n  - id: W-1\n    rule: m.format\n    subject: ";
    text += subject.empty() ? "{ digest: \"sha256:" + kDigest + "\" }" : std::string(subject);
    text += "\n    findings: [format.bad]\n    reason: known\n    owner: jane@acme.example\n    approved-by: joe@acme.example\n"
            "    created: \"2026-01-01\"\n    expires: \"2026-03-01\"\n";
    return text + std::string(changes);
}

Result<Policy> load(const std::string& text) {
    return policy::load(as_bytes(text), "p.yaml", "p.yaml", fake::checkers(), policy::no_parents);
}

std::string error_of(const std::string& text) {
    const auto loaded = load(text);
    return loaded.ok() ? "accepted" : loaded.error().message;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

struct World {
    Policy policy;
    Subject subject;
    Evidence evidence;
    std::vector<Finding> findings = {{"format.bad", Severity::high, "bad", {}, "", ""}};
    RunStatus status = RunStatus::complete;
    std::vector<std::string> sources;

    explicit World(const std::string& text) : policy(*load(text)) {
        subject.ref = "file:m.bin";
        subject.reference = *parse_reference("file:m.bin");
        subject.has_bytes = true;
        subject.digest.sha256 = kDigest;
        evidence.files.push_back({"m.bin", 10, kDigest, true, false});
    }
    SubjectVerdict judge(std::string_view day) const {
        const Instant now = *parse_instant(day);
        const policy::WaiverBook book(policy, now);
        const Tier* tier = policy::assign_tier(policy, subject, {});
        policy::JudgeInput input{policy, subject, tier, evidence, {}, {}, {10, 10, {}, {}}, now, &book, sources};
        for (const policy::Applicable& applicable : policy::applicable_rules(policy, subject, tier)) {
            CheckRun run = CheckRun::complete();
            if (applicable.rule->id == "m.format") run = {status, findings, status == RunStatus::complete ? "" : "broken"};
            input.runs.push_back({applicable, run});
        }
        return policy::judge(std::move(input));
    }
};

}  // namespace

TEST_CASE("a waiver lets its subject in, visibly, until its day") {
    const World world(kHead + waiver());
    const SubjectVerdict during = world.judge("2026-02-01");
    CHECK(during.decision == Decision::allow);
    CHECK_FALSE(during.enforced);
    CHECK(during.rules[0].result == RuleResult::waived);
    REQUIRE(during.findings.size() == 1);
    CHECK(during.findings[0].waiver == "W-1");
    REQUIRE(during.waivers.size() == 1);
    CHECK(during.waivers[0].owner == "jane@acme.example");
    CHECK_FALSE(during.waivers[0].ending);
    CHECK(world.judge("2026-02-20").waivers[0].ending);
    const SubjectVerdict after = world.judge("2026-03-01");
    CHECK(after.decision == Decision::deny);
    CHECK(after.waivers.empty());
    CHECK(policy::WaiverBook(world.policy, *parse_instant("2026-03-01")).expired().size() == 1);
}

TEST_CASE("a waiver covers its rule, its subject and its findings, and nothing else") {
    using Change = void (*)(World&);
    const std::pair<const char*, Change> kChanges[] = {
        {"another finding beside it", [](World& world) { world.findings.push_back({"format.worse", Severity::high, "worse", {}, "", ""}); }},
        {"another subject", [](World& world) { world.subject.digest.sha256 = std::string(64, 'b'); }},
        {"a folder with the same digest of contents, named otherwise", [](World& world) { world.subject.digest.dir_hash = std::string(64, 'c'); }},
        {"a checker that did not finish", [](World& world) { world.status = RunStatus::error; }},
        {"a checker that looked at nothing", [](World& world) { world.status = RunStatus::skipped; }},
        {"another rule", [](World& world) { world.policy.waivers[0].rule = "m.name"; }},
        {"a blocked digest", [](World& world) { world.policy.blocked.push_back({"sha256:" + kDigest, {}, "", "no", "p.yaml:9"}); }},
        {"bytes that nobody read", [](World& world) { world.evidence.opaques.push_back({{}, "unknown", 3}); }},
        {"no signature where one is needed", [](World& world) { world.policy.waivers[0].needs_signature = true; }},
    };
    for (const auto& [name, change] : kChanges) {
        CAPTURE(name);
        World world(kHead + waiver());
        change(world);
        CHECK(world.judge("2026-02-01").decision != Decision::allow);
    }
}

TEST_CASE("a waiver alone is no reason to let something in") {
    World world(kHead + waiver());
    world.policy.rules.pop_back();
    const SubjectVerdict verdict = world.judge("2026-02-01");
    CHECK(verdict.rules[0].result == RuleResult::waived);
    CHECK(verdict.decision == Decision::deny);
}

TEST_CASE("a package is waived by reference and the one place that it comes from") {
    World world(kHead + waiver("", "{ reference: \"pkg:pypi/torch@2.3.1\", source: \"https://pypi.example/simple\" }"));
    world.subject.kind = Kind::package;
    world.subject.has_bytes = false;
    world.subject.digest = {};
    world.evidence.files.clear();
    world.policy.rules[0].when_bytes.reset();  // the fake checker asks for bytes; here it looks at the name
    world.subject.reference = *parse_reference("pkg:pypi/torch@2.3.1");
    world.sources = {"https://pypi.example/simple/"};
    CHECK(world.judge("2026-02-01").decision == Decision::allow);
    world.sources = {"https://pypi.example/simple", "https://other.example"};
    CHECK(world.judge("2026-02-01").decision == Decision::deny);
    world.sources = {};
    CHECK(world.judge("2026-02-01").decision == Decision::deny);
    world.sources = {"https://pypi.example/simple"};
    world.subject.reference = *parse_reference("pkg:pypi/torch@2.3.2");
    CHECK(world.judge("2026-02-01").decision == Decision::deny);
}

TEST_CASE("advisories are named by their id, or an alias within CVE, GHSA and PYSEC; malicious ones only by their own") {
    Waiver named;
    const auto waives = [&](std::vector<std::string> list, std::vector<std::string> advisories) {
        named.findings = std::move(list);
        Finding finding{"advisory.known", Severity::high, "m", {}, "", ""};
        finding.advisories = std::move(advisories);
        return policy::waives(named, finding);
    };
    CHECK(waives({"GHSA-1"}, {"GHSA-1"}));
    CHECK(waives({"CVE-1"}, {"GHSA-1", "CVE-1"}));
    CHECK(waives({"VENDOR-1"}, {"VENDOR-1"}));
    CHECK_FALSE(waives({"VENDOR-1"}, {"GHSA-1", "VENDOR-1"}));
    CHECK_FALSE(waives({"advisory.known"}, {"GHSA-1"}));
    CHECK_FALSE(waives({"GHSA-1"}, {"GHSA-1", "MAL-2026-1"}));
    CHECK_FALSE(waives({"GHSA-1"}, {"MAL-2026-1", "GHSA-1"}));
    CHECK(waives({"MAL-2026-1"}, {"MAL-2026-1", "GHSA-1"}));
}

TEST_CASE("a waiver that is not whole is refused") {
    const auto refused = [](const std::string& text, std::string_view part) {
        CAPTURE(text);
        CHECK_THAT(error_of(kHead + text), Catch::Matchers::Contains(std::string(part)));
    };
    CHECK(error_of(kHead + waiver()) == "accepted");
    refused(replaced(waiver(), "joe@acme.example", "Jane@ACME.example"), "approved by its owner");
    refused(replaced(waiver(), "2026-03-01", "2026-01-01"), "never holds");
    refused(replaced(waiver(), "rule: m.format", "rule: m.fromat"), "did you mean 'm.format'?");
    refused(replaced(waiver(), "findings: [format.bad]", "findings: []"), "covers nothing");
    refused(replaced(waiver(), "findings: [format.bad]", "findings: [\"format.*\"]"), "no patterns");
    refused(waiver("", "{ reference: \"pkg:pypi/torch@2.3.1\" }"), "add 'source'");
    refused(waiver("", "{ reference: \"pkg:pypi/torch\", source: \"https://a.example\" }"), "expected the version too");
    refused(waiver("", "{ reference: \"hf:a/b@main\", source: \"https://a.example\" }"), "models, datasets and containers by digest");
    refused(waiver("", "{ reference: \"pkg:pypi/t*@1\", source: \"https://a.example\" }"), "not for a pattern");
    refused("waiver-limits: { max-age: 30d }\n" + waiver(), "longer than 'waiver-limits.max-age' allows (30d");
    refused("waiver-limits: { forbid-rules: [m.format] }\n" + waiver(), "cannot be waived");
    for (const std::string key : {"id", "rule", "subject", "findings", "reason", "owner", "approved-by", "created", "expires"}) {
        std::string text = waiver();
        const std::size_t at = text.find(key == "id" ? "id: W-1\n" : "    " + key + ":");
        const std::size_t end = text.find('\n', at);
        text = key == "id" ? replaced(text, "id: W-1\n    rule", "rule") : text.erase(at, end - at + 1);
        refused(text, "a waiver needs '" + key + "'");
    }
}

TEST_CASE("a rule that takes effect later is upcoming, and decides nothing before") {
    World world(kHead);
    world.policy.rules[0].effective_on = parse_instant("2026-02-01");
    const SubjectVerdict before = world.judge("2026-01-31");
    CHECK(before.rules[0].result == RuleResult::upcoming);
    CHECK(before.decision == Decision::allow);
    CHECK_FALSE(before.enforced);
    CHECK(world.judge("2026-02-01").decision == Decision::deny);
    SECTION("its pass lets nothing in either") {
        world.findings.clear();
        world.policy.rules.pop_back();
        CHECK(world.judge("2026-01-31").decision == Decision::deny);
        CHECK(world.judge("2026-02-01").decision == Decision::allow);
    }
}

TEST_CASE("a cap makes an allow restricted") {
    World world(kHead);
    world.findings.clear();
    CHECK(world.judge("2026-01-01").level == Level::admit);
    world.policy.rules[1].cap_restricted = true;
    CHECK(world.judge("2026-01-01").level == Level::restricted);
}

TEST_CASE("bytes are not waived by the name that somebody gives them") {
    World world(kHead + waiver("", "{ reference: \"pkg:pypi/foo@1.0\", source: \"https://pypi.example/simple\" }"));
    world.subject.kind = Kind::package;
    world.subject.reference = *parse_reference("pkg:pypi/foo@1.0");
    world.sources = {"https://pypi.example/simple"};
    CHECK(world.judge("2026-02-01").decision == Decision::deny);
    CHECK(world.judge("2026-02-01").rules[0].result == RuleResult::fail);
}

TEST_CASE("a waiver holds from the day that it is made") {
    const World world(kHead + waiver());
    CHECK(world.judge("2025-12-31").decision == Decision::deny);
    CHECK(world.judge("2026-01-01").decision == Decision::allow);
}
