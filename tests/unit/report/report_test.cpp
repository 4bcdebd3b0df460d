#include "report/report.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <set>

#include "codec/json.hpp"
#include "report/walk.hpp"

using namespace headgate;
using codec::Json;

namespace {

const RuleCard* card(std::string id, std::string check, std::string line) {
    static std::deque<RuleCard> cards;
    return &cards.emplace_back(RuleCard{std::move(id), std::move(check), std::move(line), {}, "", ""});
}

// One allowed model, one denied model with hostile strings, one manifest with a denied member, one argument that failed.
Report rich_report() {
    Report report;
    report.policy_name = "acme/ai";
    report.policy_uri = "policy.yaml";
    report.policy_digest = "sha256:" + std::string(64, 'a');
    report.evaluated_at = *parse_instant("2026-11-23T10:00:00Z");
    report.outside_files = 2;
    report.errors.push_back({ErrorCode::not_found, "missing.bin: No such file or directory"});

    SubjectVerdict good;
    good.subject.ref = "file:good.safetensors";
    good.subject.has_bytes = true;
    good.subject.digest.sha256 = std::string(64, 'b');
    good.tier = "untrusted";
    good.decision = Decision::allow;
    good.level = Level::admit;
    good.enforced = true;
    good.rules = {{card("model.safe", "serialization", "p.yaml:3"), RuleResult::pass, Mode::enforce, ""}};
    good.coverage = {84, 84, {}, {"behaviour"}};
    report.subjects.push_back(good);

    SubjectVerdict bad = good;
    bad.subject.ref = "file:e\x1b[2Jvil.pkl";
    bad.decision = Decision::deny;
    bad.level = Level::none;
    bad.enforced = false;
    bad.rules = {{good.rules[0].card, RuleResult::fail, Mode::enforce, ""}, {card("model.card", "card", "p.yaml:9"), RuleResult::warn, Mode::warn, ""}};
    bad.findings = {{"model.card", {"card.missing", Severity::low, "no card", {}, "Unknown origin.", "Add one."}},
                    {"model.safe",
                     {"serialization.executes-code", Severity::critical, "calls posix.system\n::error::x",
                      {"dir with space/e\x1b[2Jvil.pkl", "archive/data.pkl", 28, {}}, "Loading runs code.", "Use safetensors."}}};
    bad.coverage.skipped = {{{"x", {}, {}, {}}, "unreadable", 5}};
    report.subjects.push_back(bad);

    SubjectVerdict lock = good;
    lock.subject.ref = "file:requirements.txt";
    lock.subject.kind = Kind::package;
    lock.decision = Decision::deny;
    SubjectVerdict member;
    member.subject.ref = "pkg:pypi/reqeusts@2.0";
    member.subject.kind = Kind::package;
    member.subject.named_at = Location{"requirements.txt", {}, {}, 7};
    member.rules = {{card("package.squat", "typosquat", "p.yaml:5"), RuleResult::fail, Mode::enforce, ""}};
    member.findings = {{"package.squat", {"typosquat.near-miss", Severity::high, "reqeusts looks like requests",
                                          {"requirements.txt", {}, {}, 7}, "Squats install malware.", "Use requests."}}};
    lock.members.push_back(member);
    report.subjects.push_back(lock);
    report.decision = Decision::deny;
    return report;
}

Json parsed(const std::string& text) {
    auto value = codec::parse_json(as_bytes(text));
    REQUIRE(value.ok());
    return std::move(value).value();
}

std::set<std::string> finding_ids(const Json& subjects) {
    std::set<std::string> ids;
    for (const Json& subject : subjects.items) {
        for (const Json& finding : subject.find("findings")->items) ids.insert(*finding.find_text("id"));
        const auto inner = finding_ids(*subject.find("members"));
        ids.insert(inner.begin(), inner.end());
    }
    return ids;
}

}  // namespace

TEST_CASE("text, JSON and SARIF agree about subjects, findings and decisions") {
    const Report report = rich_report();
    const Json json = parsed(report::json(report));
    const Json sarif = parsed(report::sarif(report, {}));
    const std::string text = report::text(report, {});

    const std::set<std::string> ids = finding_ids(*json.find("subjects"));
    CHECK(ids == std::set<std::string>{"card.missing", "serialization.executes-code", "typosquat.near-miss"});
    std::set<std::string> sarif_ids;
    const Json& run = sarif.find("runs")->items[0];
    for (const Json& result : run.find("results")->items) sarif_ids.insert(*result.find_text("ruleId"));
    CHECK(sarif_ids == ids);
    CHECK(run.find("tool")->find("driver")->find("rules")->items.size() == ids.size());
    for (const std::string& id : ids) CHECK(text.find("[" + id + "]") != std::string::npos);

    const report::Tally tally = report::tally(report);
    CHECK(tally.allowed == 1);
    CHECK(tally.denied == 2);
    CHECK(tally.undecided == 1);
    CHECK(tally.findings == run.find("results")->items.size());
    CHECK(text.find("1 allowed, 2 denied, 1 undecided; 2 other files") != std::string::npos);
    CHECK(*json.find_text("decision") == "deny");
    CHECK(json.find("exit_code")->integer == 1);
    CHECK(report::json(report).find("\"subjects\":" + report::subjects_json(report)) != std::string::npos);
}

TEST_CASE("hostile strings are escaped for their medium") {
    const Report report = rich_report();
    CHECK(report::text(report, {}).find('\x1b') == std::string::npos);
    CHECK(report::text(report, {}).find("\n::error::") == std::string::npos);
    CHECK(report::json(report).find('\x1b') == std::string::npos);
    CHECK(report::sarif(report, {}).find('\x1b') == std::string::npos);
    report::TextOptions color;
    color.color = true;
    CHECK(report::text(report, color).find("\033[31;1mDENY ") != std::string::npos);
}

TEST_CASE("every finding in text says what, where, why and how to fix it") {
    const std::string text = report::text(rich_report(), {});
    CHECK(text.find("where: dir with space/e\\x1b[2Jvil.pkl!archive/data.pkl at byte 28") != std::string::npos);
    CHECK(text.find("why:   Loading runs code.") != std::string::npos);
    CHECK(text.find("fix:   Use safetensors.") != std::string::npos);
    CHECK(text.find("rule:  model.safe (p.yaml:3)") != std::string::npos);
    // What decided comes before what was only warned about.
    CHECK(text.find("[serialization.executes-code]") < text.find("[card.missing]"));
    report::TextOptions quiet;
    quiet.quiet = true;
    const std::string last = report::text(rich_report(), quiet);
    CHECK(std::count(last.begin(), last.end(), '\n') == 1);
}

TEST_CASE("SARIF keeps what GitHub asks for") {
    const Json sarif = parsed(report::sarif(rich_report(), {}));
    const Json& run = sarif.find("runs")->items[0];
    CHECK(*run.find("results")->items[0].find_text("level") == "error");
    for (const Json& result : run.find("results")->items) {
        REQUIRE(result.find("locations")->items.size() == 1);
        const Json* physical = result.find("locations")->items[0].find("physicalLocation");
        const std::string uri = *physical->find("artifactLocation")->find_text("uri");
        CHECK_FALSE(uri.empty());
        CHECK(uri.front() != '/');
        CHECK(uri.find(' ') == std::string::npos);
        CHECK(uri.find(':') == std::string::npos);
        CHECK(physical->find("region")->find("startLine")->integer >= 1);
        CHECK(result.find("partialFingerprints")->find_text("primaryLocationLineHash")->size() == 18);
        CHECK(result.find("suppressions") == nullptr);
    }
    for (const Json& rule : run.find("tool")->find("driver")->find("rules")->items) {
        for (const char* text : {"shortDescription", "fullDescription", "help"}) {
            CHECK_FALSE(rule.find(text)->find_text("text")->empty());
        }
        CHECK(rule.find("properties")->find_text("security-severity") != nullptr);
    }
}

TEST_CASE("nothing judged says so, and is no pass") {
    Report report;
    report.policy_name = "p";
    CHECK(report::text(report, {}).find("nothing to judge here") == 0);
    CHECK(parsed(report::json(report)).find("exit_code")->integer == 3);
    CHECK(*parsed(report::json(report)).find_text("decision") == "deny");
}

TEST_CASE("facts carry every list, empty ones too") {
    Evidence evidence;
    evidence.imports.push_back({{"a.pkl", {}, 3, {}}, "posix", "system", "os system"});
    Subject subject;
    subject.ref = "file:a.pkl";
    const Json facts = parsed(report::facts(Recording{subject, evidence, {}}));
    CHECK(*facts.find_text("schema") == "headgate.dev/facts/v1");
    CHECK(*facts.find("imports")->items[0].find_text("module") == "posix");
    for (const char* name : {"files", "formats", "calls", "members", "tensors", "index_entries", "cards", "requirements",
                             "index_options", "includes", "digest_claims", "signatures", "statements", "opaques", "findings", "inner"}) {
        CAPTURE(name);
        REQUIRE(facts.find(name) != nullptr);
        CHECK(facts.find(name)->is_array());
    }
}
