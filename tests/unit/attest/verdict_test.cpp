#include "attest/verdict.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "unit/attest/attest_fixture.hpp"

using namespace headgate;
using namespace headgate::attest;
using attest_test::key;
using codec::Json;

namespace {

const Instant kNow = *parse_instant("2026-11-23T10:00:00Z");

const RuleCard* card(RuleCard one) {
    static std::deque<RuleCard> cards;
    return &cards.emplace_back(std::move(one));
}

SubjectVerdict verdict(Decision decision = Decision::allow, Level level = Level::admit, bool enforced = true) {
    SubjectVerdict verdict;
    verdict.subject.ref = "hf:acme/model@1";
    verdict.subject.has_bytes = true;
    verdict.subject.digest.sha256 = std::string(64, 'a');
    verdict.decision = decision;
    verdict.level = level;
    verdict.enforced = enforced;
    verdict.rules.push_back({card({"model.signed", "signature", "p.yaml:4", {}, "", ""}), RuleResult::pass, Mode::enforce, ""});
    verdict.findings.push_back({"model.signed", {"a.b", Severity::info, "text \x1b[31m", {"f", "m", 3, 4}, "", ""}});
    verdict.coverage.bytes = verdict.coverage.examined = 7;
    verdict.coverage.unchecked = {"behaviour"};
    return verdict;
}

Report report(std::vector<SubjectVerdict> subjects) {
    Report report;
    report.policy_name = "acme/ai";
    report.policy_uri = "policy.yaml";
    report.policy_digest = "sha256:" + std::string(64, 'b');
    report.evaluated_at = kNow;
    report.subjects = std::move(subjects);
    return report;
}

RelyOptions wanted() {
    RelyOptions options;
    options.subject.sha256 = std::string(64, 'a');
    options.now = {kNow.seconds + 60};
    return options;
}

std::string emitted(const SubjectVerdict& subject, AttestFormat format = AttestFormat::dsse) {
    return emit(report({subject}), key(), {.format = format, .verifier_id = "https://headgate.dev/verifier/v1", .tool_version = "1.2.3",
                                           .data_hashes = {{"baseline.yaml", std::string(64, 'c')}}}).value();
}

void check_relied(const std::string& file, const RelyOptions& options, bool passed, const std::string& reason) {
    const auto result = rely(as_bytes(file), key().public_key(), options);
    REQUIRE(result.ok());
    CHECK(result->passed == passed);
    CHECK_THAT(result->reason, Catch::Contains(reason));
}

Json payload(std::string_view line) {
    return codec::parse_json(parse_envelope(as_bytes(line)).value().payload).value();
}

// A verdict whose predicate is changed before it is signed.
std::string resigned(std::string_view what, std::string_view with) {
    const std::string file = emitted(verdict(), AttestFormat::bundle);
    std::string text(as_text(parse_envelope(as_bytes(file)).value().payload));
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), with);
    return sign_envelope(kInTotoPayload, text, key()).value();
}

}  // namespace

TEST_CASE("what the rules say of members is written once, and found by its number") {
    SubjectVerdict subject = verdict();
    SubjectVerdict member = verdict();
    REQUIRE_FALSE(member.rules.empty());
    member.subject.ref = "pkg:pypi/one@1";
    SubjectVerdict other = member;
    other.subject.ref = "pkg:pypi/two@1";
    SubjectVerdict failed = member;
    failed.subject.ref = "pkg:pypi/three@1";
    failed.rules = {{member.rules[0].card, RuleResult::fail, Mode::enforce, "because"}};
    RuleOutcomes more = member.rules;
    more.push_back(failed.rules[0]);
    CHECK((more.size() == 2 && member.rules.size() == 1 && !more.shares_with(member.rules)));
    subject.members = {member, other, failed};
    const std::string file = emitted(subject);
    const Json result = payload(split_lines(file).at(0));
    const Json& predicate = *result.find("predicate");
    const Json& members = *predicate.find("members");
    const Json& lists = *predicate.find("memberRules");
    REQUIRE(members.items.size() == 3);
    REQUIRE(lists.items.size() == 2);
    for (std::size_t i = 0; i < 3; ++i) CHECK(*members.items[i].find_text("ref") == subject.members[i].subject.ref);
    for (std::size_t i = 0; i < 3; ++i) {         // the same members in the same order as of a subject
        std::vector<std::string> keys;
        for (const Json::Member& one : members.items[i].members) keys.push_back(one.first);
        std::vector<std::string> of_subject;
        for (const Json::Member& one : predicate.members) of_subject.push_back(one.first);
        of_subject.resize(keys.size());
        CHECK(keys == of_subject);
    }
    CHECK(members.items[0].find("rules")->integer == 0);
    CHECK(members.items[1].find("rules")->integer == 0);
    CHECK(members.items[2].find("rules")->integer == 1);
    CHECK(*lists.items[0].items.at(0).find_text("id") == member.rules[0].id());
    CHECK(*lists.items[1].items.at(0).find_text("result") == "fail");
    CHECK(*lists.items[1].items.at(0).find_text("reason") == "because");
}

TEST_CASE("a verdict is two lines: the result, and the summary that names it") {
    SubjectVerdict subject = verdict();
    subject.subject.digest.dir_hash = std::string(64, 'd');
    subject.input_attestations = {std::string(64, 'e')};
    const std::string file = emitted(subject);
    const auto lines = split_lines(file);
    REQUIRE(lines.size() == 2);
    const Json result = payload(lines[0]);
    const Json vsa = payload(lines[1]);
    CHECK(*result.find_text("predicateType") == "https://headgate.dev/result/v1");
    CHECK(*vsa.find_text("predicateType") == "https://slsa.dev/verification_summary/v1");
    for (const Json* statement : {&result, &vsa}) {
        const Json& digest = *statement->find("subject")->items.at(0).find("digest");
        CHECK(*digest.find_text("sha256") == std::string(64, 'a'));
        CHECK(*digest.find_text("dirHash") == std::string(64, 'd'));
    }
    CHECK(codec::write_json(*vsa.find("predicate")) ==
          R"({"verifier":{"id":"https://headgate.dev/verifier/v1","version":{"headgate":"1.2.3"}},"timeVerified":"2026-11-23T10:00:00Z","resourceUri":"hf:acme/model@1","https://headgate.dev/kind":"model","policy":{"uri":"file:policy.yaml","digest":{"sha256":")" +
              std::string(64, 'b') + R"("}},"inputAttestations":[{"uri":"https://headgate.dev/result/v1","digest":{"sha256":")" +
              crypto::sha256_hex(as_bytes(lines[0])) + R"("}},{"digest":{"sha256":")" + std::string(64, 'e') +
              R"("}}],"verificationResult":"PASSED","verifiedLevels":["HEADGATE_ADMIT","HEADGATE_ENFORCED"],"slsaVersion":"1.1"})");
    const Json& predicate = *result.find("predicate");
    CHECK(*predicate.find_text("decision") == "allow");
    CHECK(*predicate.find("tool")->find_text("version") == "1.2.3");
    CHECK(*predicate.find("data")->find_text("baseline.yaml") == "sha256:" + std::string(64, 'c'));
    CHECK(predicate.find("coverage")->find("unchecked")->items.size() == 1);
    CHECK(predicate.find("findings")->items.size() == 1);
    CHECK(file.find("keyid") == std::string::npos);
}

TEST_CASE("the summary carries the SLSA build level that rules established, and none besides") {
    const auto levels = [](std::vector<std::int64_t> established, Decision decision = Decision::allow) {
        SubjectVerdict subject = verdict();
        subject.decision = decision;
        for (const std::int64_t level : established) {
            subject.rules.push_back({card({"built", "provenance", "p.yaml:1", {}, "", ""}),
                                     RuleResult::pass, Mode::enforce, "", level});
        }
        const std::string file = emitted(subject);
        const std::vector<std::string_view> lines = split_lines(file);
        return codec::write_json(*payload(lines.at(1)).find("predicate")->find("verifiedLevels"));
    };
    CHECK(levels({}) == R"(["HEADGATE_ADMIT","HEADGATE_ENFORCED"])");
    CHECK(levels({0}) == R"(["HEADGATE_ADMIT","HEADGATE_ENFORCED"])");
    CHECK(levels({2}) == R"(["HEADGATE_ADMIT","HEADGATE_ENFORCED","SLSA_BUILD_LEVEL_2"])");
    CHECK(levels({2, 0}) == R"(["HEADGATE_ADMIT","HEADGATE_ENFORCED","SLSA_BUILD_LEVEL_2"])");
    CHECK(levels({3, 1}) == R"(["HEADGATE_ADMIT","HEADGATE_ENFORCED","SLSA_BUILD_LEVEL_1"])");
    CHECK(levels({4}) == R"(["HEADGATE_ADMIT","HEADGATE_ENFORCED","SLSA_BUILD_LEVEL_3"])");
    CHECK(levels({2}, Decision::deny) == R"(["FAILED"])");
}

TEST_CASE("a verdict in the words of others: what was shown, and which tests passed") {
    const auto lines_of = [](const SubjectVerdict& subject) {
        EmitOptions options;
        options.simple_result = options.test_result = true;
        std::vector<Json> statements;
        const std::string file = emit(report({subject}), key(), options).value();
        for (const std::string_view line : split_lines(file)) statements.push_back(payload(line));
        return statements;
    };
    const auto rule = [](const char* id, RuleResult result, Mode mode = Mode::enforce) {
        return RuleOutcome{card({id, "check", "p.yaml:1", {}, "", ""}), result, mode, ""};
    };
    const std::string policy = R"({"uri":"file:policy.yaml","digest":{"sha256":")" + std::string(64, 'b') + R"("}})";
    SubjectVerdict subject = verdict();
    subject.rules = {rule("a", RuleResult::pass), rule("b", RuleResult::not_applicable)};
    auto statements = lines_of(subject);
    REQUIRE(statements.size() == 4);
    CHECK(*statements[2].find_text("predicateType") == "https://in-toto.io/attestation/svr/v0.2");
    CHECK(codec::write_json(*statements[2].find("predicate")) ==
          R"({"verifier":{"id":"https://headgate.dev/verifier/v1","policies":[)" + policy +
              R"(]},"timeCreated":"2026-11-23T10:00:00Z","properties":["HEADGATE_ADMIT","HEADGATE_ENFORCED"]})");
    CHECK(*statements[3].find_text("predicateType") == "https://in-toto.io/attestation/test-result/v0.1");
    CHECK(codec::write_json(*statements[3].find("predicate")) ==
          R"({"result":"PASSED","configuration":[)" + policy + R"(],"passedTests":["a"],"warnedTests":[],"failedTests":[]})");

    subject.rules.push_back(rule("c", RuleResult::waived));
    subject.rules.push_back(rule("d", RuleResult::fail, Mode::monitor));
    CHECK(codec::write_json(*lines_of(subject)[3].find("predicate")) ==
          R"({"result":"WARNED","configuration":[)" + policy + R"(],"passedTests":["a"],"warnedTests":["c","d"],"failedTests":[]})");

    // A refusal has no Simple Verification Result: it has no word for one.
    subject.decision = Decision::deny;
    subject.rules = {rule("a", RuleResult::pass), rule("e", RuleResult::error)};
    statements = lines_of(subject);
    REQUIRE(statements.size() == 3);
    CHECK(codec::write_json(*statements[2].find("predicate")) ==
          R"({"result":"FAILED","configuration":[)" + policy + R"(],"passedTests":["a"],"warnedTests":[],"failedTests":["e"]})");
}

TEST_CASE("denials, undecided subjects and names are attested as what they are") {
    const auto levels = [](const SubjectVerdict& subject) {
        const std::string file = emitted(subject, AttestFormat::bundle);
        const Json predicate = *payload(file).find("predicate");
        return *predicate.find_text("verificationResult") + codec::write_json(*predicate.find("verifiedLevels"));
    };
    CHECK(levels(verdict(Decision::deny, Level::none)) == R"(FAILED["FAILED"])");
    CHECK(levels(verdict(Decision::error, Level::none)) == R"(FAILED["FAILED"])");
    CHECK(levels(verdict(Decision::allow, Level::none)) == R"(FAILED["FAILED"])");
    CHECK(levels(verdict(Decision::allow, Level::restricted)) == R"(PASSED["HEADGATE_RESTRICTED","HEADGATE_ENFORCED"])");
    CHECK(levels(verdict(Decision::allow, Level::admit, false)) == R"(PASSED["HEADGATE_ADMIT"])");
    CHECK(levels(verdict(Decision::allow, Level::names)) == R"(PASSED["HEADGATE_NAMES_ONLY","HEADGATE_ENFORCED"])");
}

TEST_CASE("subjects without bytes are not attested") {
    SubjectVerdict name = verdict();
    name.subject.digest = {};
    const auto none = emit(report({name}), key(), {});
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::usage);
    CHECK(split_lines(emit(report({name, verdict()}), key(), {}).value()).size() == 2);
    CHECK(split_lines(emit(report({verdict(), verdict()}), key(), {}).value()).size() == 4);
    EmitOptions bundle;
    bundle.format = AttestFormat::bundle;
    CHECK(split_lines(emit(report({verdict()}), key(), bundle).value()).size() == 1);
    CHECK(split_lines(emit(report({verdict(), verdict()}), key(), bundle).value()).size() == 4);
}

TEST_CASE("a fresh PASSED about exactly this subject by exactly this signer is relied on") {
    for (const AttestFormat format : {AttestFormat::dsse, AttestFormat::bundle}) {
        const std::string file = emitted(verdict(), format);
        check_relied(file, wanted(), true, "PASSED");
        RelyOptions exact = wanted();
        exact.resource = "hf:acme/model@1";
        exact.policy_digest = "sha256:" + std::string(64, 'b');
        check_relied(file, exact, true, "PASSED");
        CHECK(rely(as_bytes(file), key().public_key(), exact)->levels == std::vector<std::string>{"HEADGATE_ADMIT", "HEADGATE_ENFORCED"});
        const auto stranger = rely(as_bytes(file), key(1).public_key(), wanted());
        REQUIRE(stranger.ok());
        CHECK_FALSE(stranger->passed);
        CHECK_THAT(stranger->reason, Catch::Contains("not signed by this key"));
    }
}

TEST_CASE("everything that a verdict must say is asked for") {
    const std::string file = emitted(verdict());
    RelyOptions options = wanted();
    options.subject.sha256.back() = 'b';
    check_relied(file, options, false, "other bytes");
    options = wanted();
    options.subject.dir_hash = std::string(64, 'd');
    check_relied(file, options, false, "other bytes");
    options = wanted();
    options.resource = "hf:acme/model@2";
    check_relied(file, options, false, "its resource");
    options = wanted();
    options.policy_digest = std::string(64, 'c');
    check_relied(file, options, false, "policy");
    options = wanted();
    options.verifier_id = "https://headgate.dev/verifier/v2";
    check_relied(file, options, false, "its verifier");
    options = wanted();
    options.now = {kNow.seconds + 86'400};
    check_relied(file, options, true, "PASSED");
    options.now = {kNow.seconds + 86'401};
    check_relied(file, options, false, "too old");
    options.now = {kNow.seconds - 300};
    check_relied(file, options, true, "PASSED");
    options.now = {kNow.seconds - 301};
    check_relied(file, options, false, "from the future");
    options = wanted();
    options.kinds = {Kind::dataset};
    check_relied(file, options, false, "judged as a model, asked for is a dataset");
    options.kinds = {Kind::dataset, Kind::model};
    check_relied(file, options, true, "judged as a model");
    options = wanted();
    check_relied(emitted(verdict(Decision::deny, Level::none)), options, false, "FAILED");
    check_relied(emitted(verdict(Decision::allow, Level::names)), options, false, "names only");
    check_relied(emitted(verdict(Decision::allow, Level::restricted)), options, true, "PASSED");
    check_relied(emitted(verdict(Decision::allow, Level::admit, false)), options, false, "HEADGATE_ENFORCED");
    options.require_enforced = false;
    check_relied(emitted(verdict(Decision::allow, Level::admit, false)), options, true, "PASSED");
}

TEST_CASE("a verdict states nothing else of the bytes than they are") {
    const std::string digest = R"("sha256":")" + std::string(64, 'a') + "\"";
    const std::string made(128, 'b');
    RelyOptions options = wanted();
    int asked = 0;
    options.further = [&](crypto::Hash hash) -> std::optional<std::string> {
        ++asked;
        return hash == crypto::Hash::sha512 ? std::optional(made) : std::nullopt;
    };
    check_relied(emitted(verdict()), options, true, "PASSED");
    CHECK(asked == 0);
    check_relied(resigned(digest, digest + R"(,"sha512":")" + made + "\""), options, true, "PASSED");
    check_relied(resigned(digest, digest + R"(,"sha512":")" + std::string(128, 'B') + "\""), options, true, "PASSED");
    check_relied(resigned(digest, digest + R"(,"sha512":")" + std::string(128, '0') + "\""), options, false, "other bytes");
    check_relied(resigned(digest, digest + R"(,"sha384":")" + std::string(96, '0') + "\""), options, true, "PASSED");  // which cannot be made
    options.further = {};
    check_relied(resigned(digest, digest + R"(,"sha512":")" + std::string(128, '0') + "\""), options, true, "PASSED");
}

TEST_CASE("a signed statement that is no proper verdict is not relied on") {
    const RelyOptions options = wanted();
    check_relied(resigned("PASSED", "PASSED"), options, true, "PASSED");
    check_relied(resigned("PASSED", "passed"), options, false, "not PASSED");
    check_relied(resigned(R"("HEADGATE_ADMIT",)", ""), options, false, "no level");
    check_relied(resigned(R"("HEADGATE_ADMIT")", R"("HEADGATE_ADMIT","FAILED")"), options, false, "FAILED");
    check_relied(resigned(R"("HEADGATE_ADMIT")", "1"), options, false, "no string");
    check_relied(resigned("verifiedLevels", "levels"), options, false, "missing");
    check_relied(resigned("2026-11-23T10:00:00Z", "yesterday"), options, false, "no time");
    check_relied(resigned("verification_summary/v1", "provenance/v1"), options, false, "no verdict");
    check_relied(resigned("Statement/v1", "Statement/v0.1"), options, false, "not valid");
    check_relied(resigned(R"("predicate":{)", R"("x":{)"), options, false, "its verifier");
    check_relied(sign_envelope("text/plain", "{}", key()).value(), options, false, "no verdict");
    CHECK_FALSE(rely(as_bytes(""), key().public_key(), options).ok());
    CHECK_FALSE(rely(as_bytes("{}"), key().public_key(), options).ok());
    CHECK_FALSE(rely(as_bytes(emitted(verdict()) + "{}\n"), key().public_key(), options).ok());
    // A line of somebody else beside the verdict: the whole file is refused.
    const std::string foreign = sign_envelope(kInTotoPayload, "{}", key(1)).value();
    check_relied(emitted(verdict()) + foreign + "\n", options, false, "line 3 is not signed");
    // A FAILED one beside a PASSED one does not matter.
    check_relied(emitted(verdict(Decision::deny, Level::none)) + emitted(verdict()), options, true, "PASSED");
}

TEST_CASE("no flipped bit and no prefix of a verdict is relied on") {
    for (const AttestFormat format : {AttestFormat::dsse, AttestFormat::bundle}) {
        const std::string file = emitted(verdict(), format);
        const crypto::PublicKey pub = key().public_key();
        std::size_t accepted = 0;
        const auto accept = [&](const std::string& bytes) {
            const auto result = rely(as_bytes(bytes), pub, wanted());
            if (result.ok() && result->passed) ++accepted;
        };
        for (std::size_t bit = 0; bit < file.size() * 8; bit += 3) {  // every byte, every third bit
            std::string flipped = file;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            accept(flipped);
        }
        for (std::size_t length = 0; length + 1 < file.size(); ++length) accept(file.substr(0, length));
        CHECK(accepted == 0);
    }
}
