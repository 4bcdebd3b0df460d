// Rules that ask a plugin: how they are written, and that nothing that a plugin says lets anything in.
#include <catch2/catch.hpp>

#include <algorithm>

#include "base/encoding.hpp"
#include "checkers/all.hpp"
#include "policy/policy.hpp"

using namespace headgate;

namespace {

const std::string kDigest(64, 'a');

std::string policy_text(const std::string& with, const std::string& plugin = "run: p, sha256: " + kDigest) {
    return "headgate: 1\npolicy: test\nplugins:\n  acme: { " + plugin + " }\ntiers:\n  - { tier: any, match: [\"**\"] }\nrules:\n"
           "  - id: model.plugin\n    for: [model]\n    check: plugin\n    with: " + with + "\n    why: It is asked.\n";
}

Result<Policy> load(const std::string& text) { return policy::load(as_bytes(text), "p.yaml", "p.yaml", checkers::all(), policy::no_parents); }

SubjectVerdict judged(const std::string& check, CheckRun run, const std::vector<Finding>& of_parsers = {}, Mode mode = Mode::enforce, bool beside = true) {
    Policy policy;
    Tier tier;
    tier.name = "any";
    tier.match.push_back(*ReferencePattern::compile("**"));
    policy.tiers.push_back(tier);
    Subject subject;
    subject.ref = "file:m.bin";
    subject.reference = *parse_reference("file:m.bin");
    subject.has_bytes = true;
    subject.digest.sha256 = kDigest;
    Evidence evidence;
    evidence.files.push_back({"m.bin", 10, kDigest, true, false});
    evidence.findings = of_parsers;
    std::vector<CheckRun> runs = {std::move(run)};
    for (const std::string& of : {check, std::string(beside ? "format" : "")}) {
        if (of.empty()) continue;
        Rule rule;
        rule.id = "rule." + of;
        rule.check = of;
        rule.kinds = {Kind::model};
        rule.mode = of == check ? mode : Mode::enforce;
        policy.rules.push_back(rule);
    }
    runs.push_back(CheckRun::complete());
    Coverage coverage;
    coverage.bytes = coverage.examined = 10;
    const Tier* const won = policy::assign_tier(policy, subject, {});
    policy::JudgeInput input{policy, subject, won, evidence, {}, {}, coverage, {}, nullptr, {}};
    const auto applicable = policy::applicable_rules(policy, subject, won);
    for (std::size_t i = 0; i < applicable.size(); ++i) input.runs.push_back({applicable[i], runs[i]});
    return policy::judge(std::move(input));
}

}  // namespace

TEST_CASE("plugins and what they are told are read from the policy") {
    const auto policy = load(policy_text("{ plugin: acme, settings: { deny: [b, a], depth: 3, strict: true, quoted: \"3\", none: } }",
                                         "run: bin/p, sha256: " + kDigest + ", network: true, timeout: 1m, pass-env: [TOKEN], "
                                         "data: { list: { path: l.txt, sha256: " + kDigest + " } }"));
    INFO((policy.ok() ? "" : policy.error().message));
    REQUIRE(policy.ok());
    REQUIRE(policy->plugins.size() == 1);
    const PluginSpec& plugin = policy->plugins.front();
    CHECK(plugin.program.path == "bin/p");
    CHECK(plugin.program.sha256 == kDigest);
    CHECK(plugin.network);
    CHECK(plugin.timeout == 60);
    CHECK(plugin.pass_env == std::vector<std::string>{"TOKEN"});
    REQUIRE(plugin.data.size() == 1);
    CHECK(plugin.data.front().name == "list");
    const Rule& rule = policy->rules.front();
    CHECK(rule.when_bytes == true);
    CHECK(rule.settings.get<std::string>("plugin") == "acme");
    CHECK(rule.settings.get<SettingDocument>("settings").json == R"({"deny":["b","a"],"depth":3,"none":null,"quoted":"3","strict":true})");
    CHECK(rule.settings.get<std::string>("not-applicable") == "skipped");
    CHECK(rule.settings.get<std::string>("partial") == "error");
}

TEST_CASE("the digest of a policy is of the program, its data and its rights, and not of where they lie") {
    const auto form = [](const std::string& plugin) { return policy::resolved_form(load(policy_text("{ plugin: acme }", plugin)).value()); };
    const std::string pin = ", sha256: " + kDigest;
    CHECK(form("run: p" + pin) == form("run: q" + pin));
    CHECK(form("run: p" + pin) != form("run: p, sha256: " + std::string(64, 'b')));
    CHECK(form("run: p" + pin) != form("run: p, network: true" + pin));
    CHECK(form("run: p" + pin) != form("run: p, timeout: 9s" + pin));
    CHECK(form("run: p" + pin) != form("run: p, pass-env: [A]" + pin));
    CHECK(form("run: p" + pin) != form("run: p, data: { a: { path: x, sha256: " + kDigest + " } }" + pin));
    const std::string with = policy::resolved_form(load(policy_text("{ plugin: acme, settings: { a: 1 } }")).value());
    CHECK(with != policy::resolved_form(load(policy_text("{ plugin: acme, settings: { a: 2 } }")).value()));
    CHECK(with == policy::resolved_form(load(policy_text("{ plugin: acme, settings: {    a: 1 } }")).value()));
}

TEST_CASE("a fraction, an octal and other numbers are no settings") {
    for (const char* value : {"0.5", "1e3", "0x10", "010", ".inf", "+.5", "-1.0"}) {
        INFO(value);
        CHECK_FALSE(load(policy_text(std::string("{ plugin: acme, settings: { a: ") + value + " } }")).ok());
        CHECK(load(policy_text(std::string("{ plugin: acme, settings: { a: \"") + value + "\" } }")).ok());
    }
    for (const char* value : {"mit", "apache-2.0", "-1", "42", "1.2.3", "2026-11-01", "e5", "deadbeef", "v1.0"}) {
        INFO(value);
        CHECK(load(policy_text(std::string("{ plugin: acme, settings: { a: ") + value + " } }")).ok());
    }
}

TEST_CASE("a plugin that finds nothing is not what lets something in") {
    CHECK(judged("plugin", CheckRun::complete()).decision == Decision::allow);
    const SubjectVerdict alone = judged("plugin", CheckRun::complete(), {}, Mode::enforce, false);
    CHECK(alone.decision == Decision::deny);
    REQUIRE(alone.findings.size() == 1);
    CHECK(alone.findings.front().finding.id == "policy.nothing-passed");
    CHECK(alone.findings.front().finding.message.find("a plugin only adds findings") != std::string::npos);
    CHECK(judged("format-too", CheckRun::complete(), {}, Mode::enforce, false).decision == Decision::allow);
}

TEST_CASE("what a plugin says denies, and what it fails to say could not decide") {
    CHECK(judged("plugin", CheckRun::complete({{"acme.thing", Severity::low, "M", {}, "", ""}})).decision == Decision::deny);
    CHECK(judged("plugin", CheckRun::error("it did not answer")).decision == Decision::error);
    CHECK(judged("plugin", CheckRun::skipped("not its business")).decision == Decision::deny);
    CheckRun partial = CheckRun::error("partial");
    partial.findings.push_back({"acme.thing", Severity::low, "M", {}, "", ""});
    CHECK(judged("plugin", partial).decision == Decision::deny);
}

TEST_CASE("a finding of a plugin takes up nothing that a parser found") {
    const Finding parsers{"serialization.unscannable", Severity::high, "M", {"m.bin", {}, {}, {}}, "", ""};
    Finding same = parsers;
    same.severity = Severity::info;
    const SubjectVerdict silenced = judged("plugin", CheckRun::complete({same}), {parsers}, Mode::monitor);
    CHECK(silenced.decision == Decision::deny);
    CHECK(std::any_of(silenced.findings.begin(), silenced.findings.end(),
                      [](const ReportedFinding& reported) { return reported.rule.empty() && reported.finding.id == "serialization.unscannable"; }));
}

TEST_CASE("a plugin that ran uncontained costs the verdict its level") {
    auto note = std::make_shared<PluginNote>();
    note->name = "acme";
    CheckRun run = CheckRun::complete();
    run.plugin = note;
    CHECK(judged("plugin", run).enforced);
    note->uncontained = {"Landlock"};
    const SubjectVerdict verdict = judged("plugin", run);
    CHECK(verdict.decision == Decision::allow);
    CHECK_FALSE(verdict.enforced);
    REQUIRE(verdict.rules[0].plugin != nullptr);
    CHECK(verdict.rules[0].plugin->uncontained.size() == 1);
}

TEST_CASE("recorded evidence has no files to ask a plugin about: never a pass") {
    const Checker* const checker = checkers::find("plugin");
    REQUIRE(checker != nullptr);
    const Subject subject;
    const Evidence evidence;
    const Policy policy;
    struct Data : RuleData {
        std::optional<ByteView> file(std::string_view) const override { return std::nullopt; }
    } data;
    CHECK(checker->run({subject, evidence, {}, policy, data, {}}).status == RunStatus::error);
}
