#include "checkers/signature.hpp"

#include <catch2/catch.hpp>

#include "checkers/attestation.hpp"
#include "checkers/signers.hpp"

using namespace headgate;

namespace {

class NoData final : public RuleData {
  public:
    std::optional<ByteView> file(std::string_view) const override { return std::nullopt; }
};

constexpr std::string_view kVsa = "https://slsa.dev/verification_summary/v1";
const Instant kNow{1'800'000'000};

SignerSet any_of(std::vector<std::string> names) { return {1, std::move(names)}; }

CheckRun run(const Checker& checker, const Evidence& evidence, const Settings& settings) {
    const Subject subject;
    const Policy policy;
    const NoData data;
    return checker.run({subject, evidence, settings, policy, data, kNow});
}

CheckRun check_signature(const Evidence& evidence, SignerSet signers, std::vector<std::string> schemes = {"oms", "sigstore", "dsse"}) {
    Settings settings;
    settings.set("any-of", std::move(signers));
    settings.set("schemes", std::move(schemes));
    return run(checkers::signature_checker(), evidence, settings);
}

Signature signature(std::vector<std::string> signers, bool covers = true) {
    Signature fact;
    fact.where.path = "model.sig";
    fact.scheme = "oms";
    for (const std::string& signer : signers) fact.key_ids.push_back("key-of-" + signer);
    fact.signers = std::move(signers);
    fact.covers_subject = covers;
    if (!covers) {
        fact.problem = "a.bin differs from what was signed";
        fact.problem_path = "a.bin";
    }
    return fact;
}

Evidence with(std::vector<Signature> signatures) {
    Evidence evidence;
    evidence.signatures = std::move(signatures);
    return evidence;
}

void check_passes(const CheckRun& result) {
    CHECK(result.status == RunStatus::complete);
    CHECK(result.findings.empty());
}
void check_fails(const CheckRun& result, const std::string& id) {
    CHECK(result.status == RunStatus::complete);
    REQUIRE_FALSE(result.findings.empty());
    CHECK(result.findings.front().id == id);
}

Statement statement(std::vector<std::pair<std::string, std::string>> fields, std::string type = "p", std::vector<std::string> signers = {"ci"}) {
    Statement fact;
    fact.where.path = "x.intoto.jsonl";
    fact.predicate_type = std::move(type);
    for (const std::string& signer : signers) fact.key_ids.push_back("key-of-" + signer);
    fact.signers = std::move(signers);
    for (auto& [pointer, value] : fields) fact.fields.push_back({pointer, PredicateField::Type::text, value});
    fact.issued = kNow.seconds - 60;
    return fact;
}

Settings attestation_settings(std::string predicate = "p", SignerSet signers = any_of({"ci"})) {
    Settings settings;
    settings.set("predicate", std::move(predicate));
    settings.set("signed-by", std::move(signers));
    return settings;
}

CheckRun check_statements(std::vector<Statement> statements, const Settings& settings) {
    Evidence evidence;
    evidence.statements = std::move(statements);
    return run(checkers::attestation_checker(), evidence, settings);
}

Statement verdict(std::vector<std::pair<std::string, std::string>> changed = {}) {
    std::vector<std::pair<std::string, std::string>> fields = {{"/verifier/id", "https://headgate.dev/verifier/v1"},
                                                               {"/resourceUri", "hf:acme/m"},
                                                               {"/policy/digest/sha256", "bb"},
                                                               {"/verificationResult", "PASSED"},
                                                               {"/verifiedLevels/0", "HEADGATE_ADMIT"},
                                                               {"/verifiedLevels/1", "HEADGATE_ENFORCED"}};
    for (const auto& [pointer, value] : changed) {
        for (auto& field : fields) {
            if (field.first == pointer) field.second = value;
        }
    }
    return statement(std::move(fields), std::string(kVsa));
}

}  // namespace

TEST_CASE("a trusted signature over the bytes passes, its absence denies") {
    check_passes(check_signature(with({signature({"release"})}), any_of({"release"})));
    check_passes(check_signature(with({signature({"other", "release"})}), any_of({"x", "release"})));
    check_fails(check_signature({}, any_of({"release"})), "signature.missing");
    CHECK(check_signature({}, any_of({})).status == RunStatus::error);
    CHECK(run(checkers::signature_checker(), {}, {}).status == RunStatus::error);
}

TEST_CASE("signatures of others, over other bytes or of another scheme do not count") {
    check_fails(check_signature(with({signature({})}), any_of({"release"})), "signature.not-trusted");
    check_fails(check_signature(with({signature({"other"})}), any_of({"release"})), "signature.not-trusted");
    check_fails(check_signature(with({signature({"release"})}), any_of({"release"}), {"dsse"}), "signature.not-trusted");
    const CheckRun differs = check_signature(with({signature({"release"}, false)}), any_of({"release"}));
    check_fails(differs, "signature.does-not-cover");
    CHECK(differs.findings.front().where.path == "a.bin");
    CHECK_THAT(differs.findings.front().message, Catch::Contains("a.bin differs"));
    // What else lies there never matters.
    check_passes(check_signature(with({signature({}), signature({"release"}, false), signature({"release"})}), any_of({"release"})));
}

TEST_CASE("a threshold counts distinct keys") {
    const SignerSet two{2, {"a", "b", "c"}};
    check_passes(check_signature(with({signature({"a"}), signature({"c"})}), two));
    check_passes(check_signature(with({signature({"a", "b"})}), two));
    check_fails(check_signature(with({signature({"a"}), signature({"a"})}), two), "signature.missing");
    Signature same = signature({"a", "b"});  // two names for one key
    same.key_ids = {"k", "k"};
    check_fails(check_signature(with({same}), two), "signature.missing");
    check_fails(check_signature(with({signature({"a"}), signature({"d"})}), two), "signature.missing");
}

TEST_CASE("what a signature leaves out may only be documentation") {
    const auto evidence_with = [](const std::string& path, bool inert, bool code) {
        Signature fact = signature({"release"});
        fact.unsigned_files = {path};
        Evidence evidence = with({fact});
        evidence.formats.push_back({{path, {}, {}, {}}, "text", inert, code});
        return evidence;
    };
    check_passes(check_signature(evidence_with("notes.md", true, false), any_of({"release"})));
    check_passes(check_signature(evidence_with(".gitignore", true, false), any_of({"release"})));
    check_passes(check_signature(evidence_with("LICENSE.txt", true, false), any_of({"release"})));
    for (const char* path : {"LICENSE", "NOTICE", "Changelog.TXT", "readme.zh-cn.md", "notice.rst", "docs/COPYING", "logo.png"}) {
        check_passes(check_signature(evidence_with(path, true, false), any_of({"release"})));
    }
    for (const auto& [path, inert, code] : std::vector<std::tuple<std::string, bool, bool>>{
             {".cache/evil.py", true, true}, {"notes.md", false, false}, {"notes.md", true, true},
             {"notice.jsonl", true, false}, {"license.csv", true, false}, {"readme.json", true, false}, {"copying.txt.bin", true, false},
             {"license.pkl", true, false}, {"licenses", true, false}, {"config.json", true, false}, {"weights.safetensors", true, false}, {"vocab.txt", true, false}}) {
        const CheckRun result = check_signature(evidence_with(path, inert, code), any_of({"release"}));
        check_fails(result, "signature.unsigned-file");
        CHECK(result.findings.front().where.path == path);
    }
    Signature unread = signature({"release"});
    unread.unsigned_files = {"notes.md"};
    check_fails(check_signature(with({unread}), any_of({"release"})), "signature.unsigned-file");
}

TEST_CASE("what a signature may leave out, and whether it may follow links, is the rule's choice") {
    const auto check = [](const Signature& fact, std::string_view may_ignore, bool links, const std::vector<std::string>& schemes) {
        Evidence evidence = with({fact});
        for (const std::string& path : fact.unsigned_files) evidence.formats.push_back({{path, {}, {}, {}}, "text", true, false});
        Settings settings;
        settings.set("any-of", any_of({"release"}));
        settings.set("schemes", schemes);
        settings.set("may-ignore", std::string(may_ignore));
        settings.set("allow-symlinks", links);
        return run(checkers::signature_checker(), evidence, settings);
    };
    const std::vector<std::string> all = {"oms", "sigstore", "dsse"};
    Signature notes = signature({"release"});
    notes.unsigned_files = {"notes.md"};
    Signature code = notes;
    code.unsigned_files = {"evil.py"};
    check_passes(check(notes, "documentation", false, all));
    check_fails(check(notes, "nothing", false, all), "signature.unsigned-file");
    check_fails(check(code, "documentation", false, all), "signature.unsigned-file");
    check_passes(check(code, "anything", false, all));
    check_passes(check(signature({"release"}), "nothing", false, all));

    Signature links = signature({"release"});
    links.scheme = "oms-symlinks";
    check_fails(check(links, "documentation", false, all), "signature.follows-links");
    check_passes(check(links, "documentation", true, all));
    check_fails(check(links, "documentation", true, {"dsse"}), "signature.not-trusted");
}

TEST_CASE("a statement that satisfies everything passes, its absence denies") {
    Settings settings = attestation_settings();
    check_passes(check_statements({statement({})}, settings));
    check_fails(check_statements({}, settings), "attestation.missing");
    check_fails(check_statements({statement({}, "q")}, settings), "attestation.missing");
    check_fails(check_statements({statement({}, "p", {"other"})}, settings), "attestation.missing");
    CHECK(check_statements({}, {}).status == RunStatus::error);
    CHECK(check_statements({}, attestation_settings("p", any_of({}))).status == RunStatus::error);
}

TEST_CASE("conditions are over the predicate's values, whole") {
    Settings settings = attestation_settings();
    settings.set("where", std::vector<Condition>{{"/result", Condition::Operator::equals, "PASSED"},
                                                 {"/tool", Condition::Operator::matches, "(garak|trigger-search).*"}});
    check_passes(check_statements({statement({{"/result", "PASSED"}, {"/tool", "garak 1"}})}, settings));
    for (const auto& fields : std::vector<std::vector<std::pair<std::string, std::string>>>{
             {{"/result", "FAILED"}, {"/tool", "garak"}}, {{"/result", "PASSED"}, {"/tool", "xgarak"}},
             {{"/result", "PASSED"}}, {{"/tool", "garak"}}, {{"/result", "PASSED "}, {"/tool", "garak"}},
             {{"/result", "PASSED"}, {"/tool", "garak\nx"}}}) {
        check_fails(check_statements({statement(fields)}, settings), "attestation.not-satisfied");
    }
    // A FAILED one beside a PASSED one does not matter.
    check_passes(check_statements({statement({{"/result", "FAILED"}, {"/tool", "garak"}}),
                                   statement({{"/result", "PASSED"}, {"/tool", "garak"}})}, settings));
    settings.set("where", std::vector<Condition>{{"/result", Condition::Operator::matches, "("}});
    CHECK(check_statements({statement({{"/result", "x"}})}, settings).status == RunStatus::error);
}

TEST_CASE("an age limit needs a time, neither old nor from the future") {
    Settings settings = attestation_settings();
    settings.set("max-age", std::int64_t{3600});
    const auto at = [](std::optional<std::int64_t> issued) {
        Statement fact = statement({});
        fact.issued = issued;
        return fact;
    };
    check_passes(check_statements({at(kNow.seconds - 3600)}, settings));
    check_passes(check_statements({at(kNow.seconds + 300)}, settings));
    check_fails(check_statements({at(kNow.seconds - 3601)}, settings), "attestation.too-old");
    check_fails(check_statements({at(kNow.seconds + 301)}, settings), "attestation.too-old");
    check_fails(check_statements({at(std::nullopt)}, settings), "attestation.too-old");
    check_passes(check_statements({at(kNow.seconds - 4000), at(kNow.seconds)}, settings));
}

TEST_CASE("a threshold of statements counts distinct keys") {
    const Settings settings = attestation_settings("p", {2, {"ci", "lab"}});
    check_passes(check_statements({statement({}), statement({}, "p", {"lab"})}, settings));
    check_fails(check_statements({statement({}), statement({})}, settings), "attestation.too-few-signers");
}

TEST_CASE("a verdict of an upstream gate must be exactly what the rule asks for") {
    Settings settings = attestation_settings(std::string(kVsa));
    settings.set("resource", std::string("hf:acme/m"));
    settings.set("policy-digest", std::string("sha256:bb"));
    check_passes(check_statements({verdict()}, settings));
    for (const auto& [pointer, value] : std::vector<std::pair<std::string, std::string>>{
             {"/verifier/id", "https://headgate.dev/verifier/v2"}, {"/resourceUri", "hf:acme/n"}, {"/policy/digest/sha256", "cc"},
             {"/verificationResult", "FAILED"}, {"/verifiedLevels/0", "HEADGATE_RESTRICTED"}, {"/verifiedLevels/0", "HEADGATE_NAMES_ONLY"},
             {"/verifiedLevels/1", "X"}, {"/verifiedLevels/1", "FAILED"}}) {
        CAPTURE(pointer, value);
        check_fails(check_statements({verdict({{pointer, value}})}, settings), "attestation.not-satisfied");
    }
    // 24 hours unless the rule says otherwise.
    Statement old = verdict();
    old.issued = kNow.seconds - 86'401;
    check_fails(check_statements({old}, settings), "attestation.too-old");
    settings.set("max-age", std::int64_t{172'800});
    check_passes(check_statements({old}, settings));
    // Names are never relied on, whatever levels are asked for.
    settings.set("levels", std::vector<std::string>{"HEADGATE_NAMES_ONLY"});
    check_fails(check_statements({verdict({{"/verifiedLevels/0", "HEADGATE_NAMES_ONLY"}})}, settings), "attestation.not-satisfied");
    settings.set("levels", std::vector<std::string>{"HEADGATE_RESTRICTED"});
    check_passes(check_statements({verdict({{"/verifiedLevels/0", "HEADGATE_RESTRICTED"}})}, settings));
}

TEST_CASE("keys without a name that counts are nobody's") {
    Signature nameless = signature({});
    nameless.key_ids = {"key-of-ci"};
    nameless.key_problem = outside_validity("ci");
    nameless.problem = "it is about other bytes";
    const CheckRun result = check_signature(with({nameless}), any_of({"ci"}));
    check_fails(result, "signature.not-trusted");
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].message ==
          "the signature model.sig is by no key that the policy trusts: the key ci that verifies it is outside its validity (not-before, not-after)");
    // Behind the key of the one signer, another one does not make two.
    Signature one = signature({"ci"});
    one.key_ids.push_back("key-of-qa");
    check_fails(check_signature(with({one}), {2, {"ci", "qa"}}), "signature.missing");

    Statement unsigned_statement = statement({}, "p", {});
    unsigned_statement.key_ids = {"key-of-ci"};
    Evidence evidence;
    evidence.statements = {unsigned_statement};
    check_fails(run(checkers::attestation_checker(), evidence, attestation_settings()), "attestation.missing");
    evidence.statements.push_back(statement({}));
    evidence.statements.back().key_ids.push_back("key-of-qa");
    check_passes(run(checkers::attestation_checker(), evidence, attestation_settings()));
    check_fails(run(checkers::attestation_checker(), evidence, attestation_settings("p", {2, {"ci", "qa"}})), "attestation.too-few-signers");
}

TEST_CASE("whom certificates name is one signer, with however many keys") {
    const auto by = [](std::vector<std::string> names, const std::string& subject, const std::string& key) {
        Signature fact = signature(names);
        fact.key_ids.assign(names.size(), key);
        fact.identity = CertifiedIdentity{"https://issuer.example", subject, {}, "root", key};
        return fact;
    };
    const SignerSet two{2, {"ci", "sec"}};
    checkers::SignersFound found(two);
    found.add(found.of(by({"ci"}, "ci@acme.example", "key1")));
    found.add(found.of(by({"ci"}, "ci@acme.example", "key2")));
    CHECK(found.count() == 1);
    // Nor do two names for one person make two.
    found.add(found.of(by({"ci", "sec"}, "ci@acme.example", "key3")));
    CHECK(found.count() == 1);
    CHECK_FALSE(found.enough());
    // Two people under one name are one name.
    found.add(found.of(by({"ci"}, "other@acme.example", "key4")));
    CHECK(found.count() == 2);       // sec is the first of them, ci the other
    CHECK(found.enough());
    checkers::SignersFound alone(two);
    alone.add(alone.of(by({"ci"}, "a@acme.example", "key1")));
    alone.add(alone.of(by({"ci"}, "b@acme.example", "key2")));
    CHECK(alone.count() == 1);
    CHECK(alone.of(by({"stranger"}, "c@acme.example", "key3")).empty());
}

TEST_CASE("a key is one signer, by itself and in the certificates that name somebody for it") {
    const auto by = [](const std::string& name, const std::string& key, const std::string& subject = "") {
        Signature fact = signature({name});
        fact.key_ids = {key};
        if (!subject.empty()) fact.identity = CertifiedIdentity{"https://issuer.example", subject, {}, "root", key};
        return fact;
    };
    const SignerSet two{2, {"key", "anna", "bert"}};
    const auto passes = [&](std::vector<Signature> facts) { return check_signature(with(std::move(facts)), two).findings.empty(); };
    CHECK_FALSE(passes({by("key", "k"), by("anna", "k", "anna@acme.example")}));
    CHECK_FALSE(passes({by("anna", "k", "anna@acme.example"), by("key", "k")}));
    CHECK_FALSE(passes({by("anna", "k", "anna@acme.example"), by("bert", "k", "bert@acme.example")}));
    // However long the way from one to the other is.
    CHECK_FALSE(passes({by("key", "k1"), by("anna", "k2", "anna@acme.example"), by("anna", "k1", "anna@acme.example")}));
    CHECK_FALSE(passes({by("anna", "k1", "anna@acme.example"), by("anna", "k2", "anna@acme.example"), by("bert", "k2", "bert@acme.example")}));
    // Their twins are two.
    CHECK(passes({by("key", "k1"), by("anna", "k2", "anna@acme.example")}));
    CHECK(passes({by("anna", "k1", "anna@acme.example"), by("bert", "k2", "bert@acme.example")}));
    CHECK(passes({by("anna", "k1", "anna@acme.example"), by("anna", "k2", "anna@acme.example"), by("key", "k3")}));
    // A third holder makes two again: one under "key" and "anna", and bert.
    CHECK(passes({by("key", "k1"), by("anna", "k1", "anna@acme.example"), by("bert", "k2", "bert@acme.example")}));
    // What is named alike is told apart by its kind: a key's hash is no person.
    CHECK(passes({by("key", "https://issuer.example\nanna@acme.example"), by("anna", "k2", "anna@acme.example")}));
}

TEST_CASE("the same document under two roots is told of once") {
    const auto under = [](std::vector<std::string> names, const std::string& root) {
        Signature fact = signature(std::move(names));
        fact.key_ids = {"k"};
        fact.digest = "d";
        fact.identity = CertifiedIdentity{"https://issuer.example", "anna@acme.example", {}, root, "k"};
        return fact;
    };
    check_passes(check_signature(with({under({"anna"}, "r1"), under({"other"}, "r2")}), any_of({"other"})));
    check_passes(check_signature(with({under({"anna"}, "r1"), under({}, "r2")}), any_of({"anna"})));
    CHECK(check_signature(with({under({}, "r1"), under({}, "r2")}), any_of({"anna"})).findings.size() == 1);
    // Of one that is short of a threshold only that is told.
    const CheckRun short_of = check_signature(with({under({"anna"}, "r1"), under({}, "r2")}), {2, {"anna", "bert"}});
    REQUIRE(short_of.findings.size() == 1);
    CHECK(short_of.findings.front().id == "signature.missing");
    Signature another = under({}, "r2");
    another.digest = "e";
    CHECK(check_signature(with({under({"anna"}, "r1"), another}), {2, {"anna", "bert"}}).findings.size() == 2);
}

TEST_CASE("a condition on a number is on its value") {
    const auto check = [](const std::string& operand, PredicateField::Type type, const std::string& value) {
        Settings settings = attestation_settings();
        settings.set("where", std::vector<Condition>{{"/n", Condition::Operator::equals, operand}});
        Statement fact = statement({});
        fact.fields.push_back({"/n", type, value});
        return check_statements({fact}, settings);
    };
    check_passes(check("1", PredicateField::Type::number, "1.0"));
    const CheckRun text = check("1", PredicateField::Type::text, "1");
    check_fails(text, "attestation.not-satisfied");
    CHECK_THAT(text.findings.front().message, Catch::Contains("/n is the text 1, asked for is the number 1"));
    check_passes(check("\"1\"", PredicateField::Type::text, "1"));
    const CheckRun number = check("\"1\"", PredicateField::Type::number, "1");
    check_fails(number, "attestation.not-satisfied");
    CHECK_THAT(number.findings.front().message, Catch::Contains("/n is the number 1, asked for is the text 1"));
}
