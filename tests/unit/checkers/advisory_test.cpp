#include "checkers/advisory.hpp"

#include <catch2/catch.hpp>

#include "checkers/malicious_names.hpp"
#include "checkers/advisory_match.hpp"
#include "checkers/loader_rules.hpp"
#include "model/advisory.hpp"
#include "pipeline/decide.hpp"

using namespace headgate;
using checkers::Affected;

namespace {

constexpr Instant kNow{1'796'000'000};   // 2026-11-30
constexpr std::int64_t kDay = 86'400;

class OwnData final : public RuleData {
  public:
    OwnData() {
        names_ = *checkers::build_malicious_names({{"acme-evil", "MAL-2026-7", false}, {"acme-hijacked", "MAL-2026-8", true}, {"acme-plain", "", false}}, {kNow.seconds - 10 * kDay});
    }
    std::optional<ByteView> file(std::string_view path) const override {
        if (path == "advisories/malicious-pypi.idx") return ByteView(names_);
        if (path == "loaders/pypi.txt") return as_bytes(kLoaders);
        return std::nullopt;
    }

  private:
    static constexpr std::string_view kLoaders = "# name | range | fixed | ids | severity | what\nacme-reader | >=1.0,<2.0 | 2.0 | CVE-2026-9 GHSA-9 | critical | acme files\n";
    Bytes names_;
};

struct Bench {
    OwnData data;
    Policy policy;
    Settings settings;
    AdvisoryData advisories;
    bool brought = false;
    std::string url;
    std::string range;
    std::vector<std::string> integrity;
    Requirement::Source source = Requirement::Source::registry;

    explicit Bench(std::vector<std::string> kinds) {
        settings.set("kinds", std::move(kinds));
        settings.set("severity", Severity::medium);
        settings.set("without-data", std::string("error"));
        settings.set("allow", std::vector<std::string>{});
        policy.internal = {{"pypi", {"acme-*"}, {"https://pypi.corp.example/simple"}, true, {}}};
    }
    Advisory& record(const std::string& id, std::vector<AdvisoryEvent> events, std::optional<Severity> severity = Severity::high, std::vector<std::string> aliases = {}) {
        AffectedPackage package{"pypi/acme-tool", "pypi", {}, {}, false, severity, {}};
        if (!events.empty()) package.ranges.push_back(std::move(events));
        Advisory advisory;
        advisory.id = id;
        advisory.aliases = std::move(aliases);
        advisory.malicious = id.starts_with("MAL-");
        advisory.affected.push_back(std::move(package));
        advisories.add(std::move(advisory));
        if (!brought) advisories.sources.push_back({"osv", "", 1, Instant{kNow.seconds - kDay}, {}, {{"pypi", 1}}});
        brought = true;
        return advisories.advisories.back();
    }
    void vex(const std::string& flaw, VexStatement::Status status, const std::string& signer, std::int64_t age = kDay, const std::string& product = "pkg:pypi/acme-tool@1.0") {
        Signature signature;
        if (!signer.empty()) {
            signature.signers = {signer};
            signature.key_ids = {"key of " + signer};
        }
        VexStatement statement;
        statement.vulnerability = {flaw};
        statement.product = parse_reference(product).value();
        statement.status = status;
        statement.reason = "component_not_present";
        statement.stated = {kNow.seconds - age};
        statement.document = advisories.vex_documents.size();
        advisories.vex_documents.push_back({"vex.json", "d" + std::to_string(statement.document), {signature}});
        advisories.vex.push_back(std::move(statement));
    }
    CheckRun run(const std::string& reference) {
        Evidence evidence;
        Requirement requirement;
        requirement.reference = parse_reference(reference).value();
        requirement.written = requirement.reference.name;
        requirement.url = url;
        requirement.range = range;
        requirement.source = source;
        requirement.integrity = integrity;
        Subject subject;
        subject.kind = Kind::package;
        subject.reference = requirement.reference;
        subject.named_at = Location{"requirements.txt", {}, {}, 1};
        evidence.requirements = {requirement};
        const CheckInput input{subject, evidence, settings, policy, data, kNow, brought || !advisories.vex.empty() ? &advisories : nullptr};
        return checkers::advisory_checker().run(input);
    }
    std::string ids(const std::string& reference) {
        std::string text;
        for (const Finding& finding : run(reference).findings) text += (text.empty() ? "" : " ") + finding.id;
        return text;
    }
};

const std::vector<AdvisoryEvent> kBelow2 = {{AdvisoryEvent::Kind::introduced, "0"}, {AdvisoryEvent::Kind::fixed, "2.0"}};

}  // namespace

TEST_CASE("advisory: names of the built-in list, and their honest neighbours") {
    Bench bench({"malicious"});
    bench.policy.internal.clear();
    const CheckRun run = bench.run("pkg:pypi/acme_evil@1.0");
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].id == "advisory.malicious");
    CHECK(run.findings[0].severity == Severity::critical);
    CHECK(run.findings[0].advisories == std::vector<std::string>{"MAL-2026-7"});
    CHECK(run.findings[0].message.find("MAL-2026-7") != std::string::npos);
    CHECK(bench.ids("pkg:pypi/acme-plain") == "advisory.malicious");
    CHECK(bench.ids("pkg:pypi/acme-hijacked@1.0") == "advisory.malicious-release");
    CHECK(bench.run("pkg:pypi/acme-hijacked@1.0").findings[0].severity == Severity::high);
    for (const std::string honest : {"pkg:pypi/acme-evi@1.0", "pkg:pypi/acme-evil2@1.0", "pkg:pypi/acme@1.0", "pkg:pypi/zzz@1.0"}) CHECK(bench.ids(honest).empty());
    CHECK(bench.run("pkg:pypi/acme@1.0").status == RunStatus::complete);
    // No list of cargo's: nothing was asked.
    CHECK(bench.run("pkg:cargo/acme-evil@1.0").status == RunStatus::skipped);
}

TEST_CASE("advisory: a wrong entry is allowed for one version") {
    Bench bench({"malicious"});
    bench.policy.internal.clear();
    bench.settings.set("allow", std::vector<std::string>{"pkg:pypi/acme-evil@1.0"});
    CHECK(bench.ids("pkg:pypi/acme-evil@1.0").empty());
    CHECK(bench.ids("pkg:pypi/acme-evil@1.1") == "advisory.malicious");
    CHECK(bench.ids("pkg:pypi/acme-evil") == "advisory.malicious");
    const Checker& checker = checkers::advisory_checker();
    CHECK(checker.problem(bench.settings, "allow", nullptr).empty());
    bench.settings.set("allow", std::vector<std::string>{"pkg:pypi/acme-evil"});
    CHECK_FALSE(checker.problem(bench.settings, "allow", nullptr).empty());
}

TEST_CASE("advisory: an internal name from its internal source is nobody's public package") {
    Bench bench({"malicious"});
    CHECK(bench.ids("pkg:pypi/acme-evil@1.0") == "advisory.malicious");
    bench.url = "https://pypi.corp.example/simple";
    CHECK(bench.ids("pkg:pypi/acme-evil@1.0").empty());
    bench.url = "https://pypi.corp.example.evil.example/simple";
    CHECK(bench.ids("pkg:pypi/acme-evil@1.0") == "advisory.malicious");
    bench.url.clear();
    bench.source = Requirement::Source::workspace;
    CHECK(bench.ids("pkg:pypi/acme-evil@1.0").empty());
    bench.source = Requirement::Source::git;
    CHECK(bench.ids("pkg:pypi/acme-evil@1.0") == "advisory.undecided");
}

TEST_CASE("advisory: flaws by version, by range, and those nobody can tell") {
    Bench bench({"vulnerable"});
    bench.record("GHSA-1", kBelow2);
    CHECK(bench.ids("pkg:pypi/acme-tool@1.9") == "advisory.vulnerable");
    CHECK(bench.ids("pkg:pypi/acme-tool@2.0").empty());
    CHECK(bench.ids("pkg:pypi/acme-tool@2.0rc1") == "advisory.vulnerable");
    CHECK(bench.ids("pkg:pypi/acme-tool@2004d") == "advisory.undecided");
    CHECK(bench.ids("pkg:pypi/other@1.0").empty());
    CHECK(bench.run("pkg:pypi/acme-tool@1.9").findings[0].fix.find("2.0") != std::string::npos);
    // A range may resolve to it, and a range of nothing else is it.
    const CheckRun any = bench.run("pkg:pypi/acme-tool");
    CHECK(any.findings.empty());
    REQUIRE(any.remarks.size() == 1);
    CHECK(any.remarks[0].id == "advisory.may-resolve");
    bench.range = ">=1.0,<2.0";
    CHECK(bench.ids("pkg:pypi/acme-tool") == "advisory.vulnerable");
    bench.range = ">=2.0";
    CHECK(bench.run("pkg:pypi/acme-tool").remarks.empty());
}

TEST_CASE("advisory: below the least severity it is a remark; without any it is high") {
    Bench bench({"vulnerable"});
    bench.record("GHSA-1", kBelow2, Severity::medium);
    bench.settings.set("severity", Severity::high);
    CHECK(bench.ids("pkg:pypi/acme-tool@1.0").empty());
    CHECK(bench.run("pkg:pypi/acme-tool@1.0").remarks.size() == 1);
    bench.record("GHSA-2", kBelow2, std::nullopt);
    CHECK(bench.ids("pkg:pypi/acme-tool@1.0") == "advisory.vulnerable");
}

TEST_CASE("advisory: two databases about one flaw are one finding, and waive no more than both") {
    Bench bench({"vulnerable"});
    bench.record("PYSEC-1", kBelow2, std::nullopt, {"CVE-1", "GHSA-1"});
    bench.record("GHSA-1", kBelow2, Severity::critical, {"CVE-1"});
    const CheckRun run = bench.run("pkg:pypi/acme-tool@1.0");
    REQUIRE(run.findings.size() == 1);
    CHECK(run.findings[0].severity == Severity::critical);
    CHECK(run.findings[0].advisories == std::vector<std::string>{"GHSA-1", "CVE-1"});
    bench.record("GHSA-2", kBelow2, Severity::high, {"CVE-1", "CVE-9"});
    CHECK(bench.run("pkg:pypi/acme-tool@1.0").findings.size() == 2);
}

TEST_CASE("advisory: data that is missing or old could not decide") {
    Bench bench({"vulnerable"});
    CHECK(bench.run("pkg:pypi/acme-tool@1.0").status == RunStatus::error);
    bench.settings.set("without-data", std::string("skip"));
    CHECK(bench.run("pkg:pypi/acme-tool@1.0").status == RunStatus::skipped);
    bench.record("GHSA-1", kBelow2);
    CHECK(bench.run("pkg:pypi/acme-tool@2.0").status == RunStatus::complete);
    bench.settings.set("without-data", std::string("error"));
    CHECK(bench.run("pkg:npm/other@2.0.0").status == RunStatus::error);
    CHECK(bench.run("pkg:conda/other@2.0").status == RunStatus::skipped);
    bench.settings.set("max-data-age", 7 * kDay);
    CHECK(bench.run("pkg:pypi/acme-tool@2.0").status == RunStatus::complete);
    bench.advisories.sources[0].newest = Instant{kNow.seconds - 8 * kDay};
    CHECK(bench.run("pkg:pypi/acme-tool@2.0").status == RunStatus::error);
    bench.advisories.sources[0].stated = Instant{kNow.seconds - kDay};
    CHECK(bench.run("pkg:pypi/acme-tool@2.0").status == RunStatus::complete);
    bench.advisories.problem = "osv/x.json: no OSV record";
    CHECK(bench.run("pkg:pypi/acme-tool@2.0").reason == "osv/x.json: no OSV record");
    Bench old({"malicious"});
    old.settings.set("max-data-age", 7 * kDay);
    CHECK(old.run("pkg:pypi/acme-tool@2.0").status == RunStatus::error);
}

TEST_CASE("advisory: VEX takes away a flaw of exactly this version, if its signer is asked") {
    using Status = VexStatement::Status;
    Bench bench({"vulnerable"});
    bench.record("GHSA-1", kBelow2, Severity::high, {"CVE-1"});
    bench.vex("CVE-1", Status::not_affected, "appsec");
    const std::string product = "pkg:pypi/acme-tool@1.0";
    CHECK(bench.ids(product) == "advisory.vulnerable");
    CHECK(bench.run(product).findings[0].message.find("vex-signed-by") != std::string::npos);
    bench.settings.set("vex-signed-by", SignerSet{1, {"other"}});
    CHECK(bench.ids(product) == "advisory.vulnerable");
    bench.settings.set("vex-signed-by", SignerSet{1, {"appsec"}});
    CHECK(bench.ids(product).empty());
    const CheckRun run = bench.run(product);
    REQUIRE(run.remarks.size() == 1);
    CHECK(run.remarks[0].id == "advisory.not-affected");
    CHECK(run.relied_on == std::vector<std::string>{"d0"});
    CHECK(bench.ids("pkg:pypi/acme-tool@1.1") == "advisory.vulnerable");
    CHECK(bench.ids("pkg:pypi/acme-tool@1.0.0").empty());
    // A later word that it is affected after all; an earlier one; a threshold.
    bench.vex("CVE-1", Status::affected, "appsec", kDay / 2);
    CHECK(bench.ids(product) == "advisory.vulnerable");
    bench.vex("CVE-1", Status::fixed, "appsec", kDay / 4);
    CHECK(bench.ids(product).empty());
    bench.settings.set("vex-signed-by", SignerSet{2, {"appsec", "other"}});
    CHECK(bench.ids(product) == "advisory.vulnerable");
    bench.vex("GHSA-1", Status::fixed, "other", kDay / 4);
    CHECK(bench.ids(product).empty());
    // Bytes that it is bound to.
    for (VexStatement& statement : bench.advisories.vex) statement.digests = {"sha256:" + std::string(64, 'a')};
    bench.integrity = {"sha256:" + std::string(64, 'b')};
    CHECK(bench.ids(product) == "advisory.vulnerable");
    bench.integrity.push_back("sha256:" + std::string(64, 'a'));
    CHECK(bench.ids(product).empty());
    bench.policy.blocked.push_back({});
    bench.policy.blocked.back().signer = "other";
    CHECK(bench.ids(product) == "advisory.vulnerable");
}

TEST_CASE("advisory: no VEX about a malicious record, nor by an alias of another family") {
    Bench bench({"malicious", "vulnerable"});
    bench.policy.internal.clear();
    bench.settings.set("vex-signed-by", SignerSet{1, {"appsec"}});
    bench.record("MAL-2026-1", kBelow2, std::nullopt, {"CVE-1"});
    bench.vex("CVE-1", VexStatement::Status::not_affected, "appsec");
    bench.vex("MAL-2026-1", VexStatement::Status::not_affected, "appsec");
    CHECK(bench.ids("pkg:pypi/acme-tool@1.0") == "advisory.malicious");
    Bench other({"vulnerable"});
    other.settings.set("vex-signed-by", SignerSet{1, {"appsec"}});
    other.record("GHSA-1", kBelow2, Severity::high, {"OSV-7"});
    other.vex("OSV-7", VexStatement::Status::not_affected, "appsec");
    CHECK(other.ids("pkg:pypi/acme-tool@1.0") == "advisory.vulnerable");
}

TEST_CASE("advisory: loaders, and what is built in about them") {
    Bench bench({"loader"});
    bench.policy.internal.clear();
    CHECK(bench.ids("pkg:pypi/acme-reader@1.5") == "advisory.loader");
    CHECK(bench.run("pkg:pypi/acme-reader@1.5").findings[0].message.find("acme files") != std::string::npos);
    CHECK(bench.ids("pkg:pypi/acme-reader@2.0").empty());
    CHECK(bench.ids("pkg:pypi/acme-reader@0.9").empty());
    CHECK(bench.ids("pkg:pypi/acme-read@1.5").empty());
}

TEST_CASE("advisory: every rule about a loader that is built in is one") {
    const auto file = pipeline::rule_data().file("loaders/pypi.txt");
    REQUIRE(file);
    std::size_t rules = 0;
    std::string before;
    for (const std::string_view line : {as_text(*file)}) CHECK_FALSE(line.empty());
    for (const std::string name : {"jinja2", "keras", "llama-cpp-python", "numpy", "onnx", "pyarrow", "pyyaml", "ray", "skops", "torch", "transformers", "vllm"}) {
        const auto read = checkers::loader_rules(*file, name);
        REQUIRE(read.ok());
        for (const checkers::LoaderRule& rule : *read) {
            CAPTURE(name, rule.affected);
            Requirement fixed;
            fixed.reference = parse_reference("pkg:pypi/" + name + "@" + rule.fixed).value();
            CHECK(checkers::match_range(fixed, "pypi", rule.affected).affected == Affected::no);
            Requirement any;
            any.reference = parse_reference("pkg:pypi/" + name).value();
            CHECK(checkers::match_range(any, "pypi", rule.affected).affected == Affected::may_be);
        }
        rules += read->size();
    }
    CHECK(rules == static_cast<std::size_t>(std::count(as_text(*file).begin(), as_text(*file).end(), '\n')) - 5);
}

TEST_CASE("advisory: commits, tags that move, and records of commits alone") {
    const auto action = [](const std::string& version) {
        Requirement requirement;
        requirement.reference = parse_reference("pkg:github/acme/tool@" + version).value();
        return requirement;
    };
    AffectedPackage package{"github/acme/tool", "github", {}, {{{AdvisoryEvent::Kind::introduced, "0"}, {AdvisoryEvent::Kind::fixed, "4.2.0"}}}, false, {}, {}};
    CHECK(checkers::match(action("v4.1.0"), package).affected == Affected::yes);
    CHECK(checkers::match(action("v4.2.0"), package).affected == Affected::no);
    CHECK(checkers::match(action("v4"), package).affected == Affected::may_be);
    CHECK(checkers::match(action("v3"), package).affected == Affected::yes);
    CHECK(checkers::match(action("v5"), package).affected == Affected::no);
    const auto commit = checkers::match(action("0123456789abcdef0123456789abcdef01234567"), package);
    CHECK(commit.affected == Affected::undecided);
    CHECK(commit.by_commit);
    CHECK(checkers::match(action("main"), package).affected == Affected::undecided);
    AffectedPackage commits{"github/acme/tool", "github", {}, {}, true, {}, {}};
    CHECK(checkers::match(action("v4.1.0"), commits).affected == Affected::undecided);
    AffectedPackage all{"github/acme/tool", "github", {}, {}, false, {}, {}};
    CHECK(checkers::match(action("main"), all).affected == Affected::yes);
    AffectedPackage hub{"hf/acme/tool", "hf", {"abc"}, {}, false, {}, {}};
    Requirement model;
    model.reference = parse_reference("hf:acme/tool@abc").value();
    CHECK(checkers::match(model, hub).affected == Affected::yes);
    model.reference = parse_reference("hf:acme/tool@abd").value();
    CHECK(checkers::match(model, hub).affected == Affected::no);
}

TEST_CASE("advisory: intervals of a record, open, closed and by their last version") {
    const auto affected = [](const std::vector<AdvisoryEvent>& events, const std::string& version) {
        AffectedPackage package{"pypi/acme-tool", "pypi", {}, {events}, false, {}, {}};
        Requirement requirement;
        requirement.reference = parse_reference("pkg:pypi/acme-tool@" + version).value();
        return checkers::match(requirement, package).affected == Affected::yes;
    };
    using Kind = AdvisoryEvent::Kind;
    const std::vector<AdvisoryEvent> twice = {{Kind::introduced, "2.0"}, {Kind::fixed, "1.2"}, {Kind::introduced, "1.0"}, {Kind::fixed, "2.1"}};
    for (const std::string in : {"1.0", "1.1", "2.0", "2.0.9"}) CHECK(affected(twice, in));
    for (const std::string out : {"0.9", "1.2", "1.9", "2.1", "3"}) CHECK_FALSE(affected(twice, out));
    const std::vector<AdvisoryEvent> last = {{Kind::introduced, "0"}, {Kind::last_affected, "1.4"}};
    CHECK(affected(last, "1.4"));
    CHECK_FALSE(affected(last, "1.4.1"));
    const std::vector<AdvisoryEvent> open = {{Kind::introduced, "1.0"}};
    CHECK(affected(open, "99"));
    CHECK_FALSE(affected(open, "0.1"));
    const std::vector<AdvisoryEvent> limited = {{Kind::introduced, "0"}, {Kind::limit, "2.0"}};
    CHECK(affected(limited, "1.0"));
    CHECK_FALSE(affected(limited, "2.0"));
}

TEST_CASE("malicious names: found where they lie, and broken lists are none") {
    std::vector<checkers::MaliciousName> names;
    for (int i = 100; i < 400; ++i) names.push_back({"name-" + std::to_string(i), i % 2 == 0 ? "MAL-2025-" + std::to_string(i) : "", i % 3 == 0});
    const auto bytes = checkers::build_malicious_names(names, {20'000 * kDay});
    REQUIRE(bytes);
    const auto list = checkers::MaliciousNames::open(*bytes);
    REQUIRE(list);
    CHECK(list->size() == 300);
    CHECK(list->as_of().seconds == 20'000 * kDay);
    for (const auto& name : names) CHECK(list->find(name.name) == name);
    for (const std::string absent : {"", "name-099", "name-1000", "name-400", "name-", "zzz", "a"}) CHECK_FALSE(list->find(absent));
    for (std::size_t i = 0; i < bytes->size(); ++i) {
        CHECK_FALSE(checkers::MaliciousNames::open(ByteView(*bytes).first(i)));
        Bytes broken = *bytes;
        broken[i] ^= 0xff;
        const auto opened = checkers::MaliciousNames::open(broken);
        if (opened) static_cast<void>(opened->find("name-250"));
    }
    CHECK_FALSE(checkers::build_malicious_names({{"b", "", false}, {"a", "", false}}, {}));
    CHECK_FALSE(checkers::build_malicious_names({{"a", "CVE-1", false}}, {}));
    CHECK_FALSE(checkers::build_malicious_names({{std::string(256, 'a'), "", false}}, {}));
}
