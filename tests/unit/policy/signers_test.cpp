#include <catch2/catch.hpp>

#include "policy/policy.hpp"

using namespace headgate;
using Names = std::vector<std::string>;

namespace {

const std::string kKeyA(64, 'a');
const std::string kKeyB(64, 'b');
const std::string kCertificate(64, 'c');
const std::string kStranger(64, 'd');
const std::string kRoot(64, 'e');
constexpr std::int64_t kNow = 1'800'000'000;

TrustedKey key(std::string name, std::string id) {
    TrustedKey made;
    made.name = std::move(name);
    made.key_id = std::move(id);
    return made;
}

TrustedIdentity identity(std::string name = "ci") {
    TrustedIdentity made;
    made.name = std::move(name);
    made.issuer = "https://issuer.example";
    made.subject = "https://ci.example/release.yml@refs/heads/main";
    made.claims = {{"source-repository", "https://code.example/acme/ml"}, {"runner-environment", "hosted"}};
    made.root = "sigstore";
    return made;
}

CertifiedIdentity certified() {
    return {"https://issuer.example", "https://ci.example/release.yml@refs/heads/main",
            {{"runner-environment", "hosted"}, {"source-repository", "https://code.example/acme/ml"}, {"other", "x"}}, kRoot, kCertificate,
            kNow - 60, kNow + 60};
}

Policy policy_of(std::vector<TrustedKey> keys, std::vector<TrustedIdentity> identities = {}) {
    Policy policy;
    policy.keys = std::move(keys);
    policy.identities = std::move(identities);
    TrustRoot other;
    other.name = "corp";
    other.digest = std::string(64, 'f');
    TrustRoot root;
    root.name = "sigstore";
    root.digest = kRoot;
    policy.roots = {other, root};
    return policy;
}

// What was recorded under another policy: its names must not survive.
Signature signature(Names key_ids) {
    Signature fact;
    fact.scheme = "dsse";
    fact.signers = {"name-of-then"};
    fact.key_ids = std::move(key_ids);
    fact.covers_subject = true;
    return fact;
}

Signature named(const Policy& policy, Signature fact, std::int64_t now = kNow) {
    Evidence evidence;
    evidence.signatures = {std::move(fact)};
    policy::name_signers(policy, {now}, evidence);
    return evidence.signatures.at(0);
}

Names identity_signers(const TrustedIdentity& wanted, const CertifiedIdentity& certificate) {
    Signature fact = signature({kCertificate});
    fact.identity = certificate;
    return named(policy_of({}, {wanted}), fact).signers;
}

}  // namespace

TEST_CASE("signers have the names of the policy in force, item by item with their keys") {
    const Policy policy = policy_of({key("b", kKeyB), key("unread", ""), key("a", kKeyA), key("a-too", kKeyA), key("absent", std::string(64, '9'))});
    const Signature fact = named(policy, signature({kStranger, kKeyA, kKeyB}));
    CHECK(fact.signers == Names{"b", "a", "a-too"});
    CHECK(fact.key_ids == Names{kKeyB, kKeyA, kKeyA, kStranger});
    CHECK(fact.key_problem.empty());
    CHECK(fact.covers_subject);
}

TEST_CASE("a name that the policy does not have is gone, and what verified is kept for the next one") {
    Signature fact = named(policy_of({}), signature({kKeyA}));
    CHECK(fact.signers.empty());
    CHECK(fact.key_ids == Names{kKeyA});
    CHECK(fact.key_problem.empty());
    fact = named(policy_of({key("again", kKeyA)}), fact);
    CHECK(fact.signers == Names{"again"});
    CHECK(named(policy_of({key("unread", "")}), signature({})).signers.empty());
}

TEST_CASE("a key counts within its window, at the trusted time of signing or now") {
    TrustedKey bounded = key("a", kKeyA);
    bounded.not_before = Instant{1000};
    bounded.not_after = Instant{2000};
    const Policy policy = policy_of({bounded});
    for (const std::int64_t at : {1000, 1500, 2000}) {
        CHECK(named(policy, signature({kKeyA}), at).signers == Names{"a"});
        Signature dated = signature({kKeyA});
        dated.signed_at = at;
        CHECK(named(policy, dated).signers == Names{"a"});
    }
    for (const std::int64_t at : {999, 2001}) {
        Signature fact = named(policy, signature({kKeyA}), at);
        CHECK(fact.signers.empty());
        CHECK(fact.key_ids == Names{kKeyA});
        CHECK(fact.key_problem == outside_validity("a"));
        fact = named(policy, fact, 1500);
        CHECK(fact.signers == Names{"a"});
        CHECK(fact.key_problem.empty());
        Signature dated = signature({kKeyA});
        dated.signed_at = at;
        CHECK(named(policy, dated, 1500).signers.empty());
    }
    // Another key that counts leaves nothing to complain about.
    const Signature both = named(policy_of({bounded, key("b", kKeyB)}), signature({kKeyA, kKeyB}));
    CHECK(both.signers == Names{"b"});
    CHECK(both.key_ids == Names{kKeyB, kKeyA});
    CHECK(both.key_problem.empty());
}

TEST_CASE("an identity counts with the key of its certificate") {
    Signature fact = signature({kKeyA, kCertificate});
    fact.identity = certified();
    fact = named(policy_of({key("a", kKeyA)}, {identity("ci"), identity("ci-too")}), fact);
    CHECK(fact.signers == Names{"a", "ci", "ci-too"});
    CHECK(fact.key_ids == Names{kKeyA, kCertificate, kCertificate});
    // What its key did not verify, a certificate says nothing about.
    fact.key_ids = {kKeyA};
    CHECK(named(policy_of({}, {identity()}), fact).signers.empty());
    fact.key_ids = {kCertificate};
    fact.identity->key_id = "";
    CHECK(named(policy_of({}, {identity()}), fact).signers.empty());
    fact.identity.reset();
    CHECK(named(policy_of({}, {identity()}), fact).signers.empty());
}

TEST_CASE("without a trusted time of signing, a certificate counts while it is valid, and one of no known window never") {
    const auto counts = [](const Signature& fact, std::int64_t now) { return !named(policy_of({}, {identity()}), fact, now).signers.empty(); };
    Signature fact = signature({kCertificate});
    fact.identity = certified();
    CHECK(counts(fact, kNow - 60));
    CHECK(counts(fact, kNow + 60));
    CHECK_FALSE(counts(fact, kNow - 61));
    CHECK_FALSE(counts(fact, kNow + 61));
    fact.signed_at = kNow;
    CHECK(counts(fact, kNow + 1'000'000));
    fact.identity->valid_from.reset();
    fact.identity->valid_until.reset();
    CHECK(counts(fact, kNow));
    fact.signed_at.reset();
    CHECK_FALSE(counts(fact, kNow));
}

TEST_CASE("issuer, subject, claims and root of an identity must all hold") {
    CHECK(identity_signers(identity(), certified()) == Names{"ci"});
    std::vector<CertifiedIdentity> wrong(9, certified());
    wrong[0].issuer += "/";
    wrong[1].issuer = "";
    wrong[2].subject += "x";
    wrong[3].subject = "";
    wrong[4].claims.pop_back();
    wrong[4].claims.pop_back();
    wrong[5].claims[0].second = "self-hosted";
    wrong[6].claims.emplace_back("runner-environment", "self-hosted");
    wrong[7].root = std::string(64, 'f');
    wrong[8].root = "";
    for (const CertifiedIdentity& certificate : wrong) {
        CAPTURE(certificate.issuer, certificate.subject, certificate.root, certificate.claims.size());
        CHECK(identity_signers(identity(), certificate).empty());
    }
    TrustedIdentity elsewhere = identity();
    elsewhere.root = "corp";
    CHECK(identity_signers(elsewhere, certified()).empty());
    elsewhere.root = "absent";
    CHECK(identity_signers(elsewhere, certified()).empty());
}

TEST_CASE("a subject matches whole, by prefix, or by an expression over the whole value") {
    const auto matches = [](TrustedIdentity::Match match, std::string subject) {
        TrustedIdentity wanted = identity();
        wanted.match = match;
        wanted.subject = std::move(subject);
        return !identity_signers(wanted, certified()).empty();
    };
    using Match = TrustedIdentity::Match;
    CHECK(matches(Match::prefix, "https://ci.example/"));
    CHECK_FALSE(matches(Match::prefix, "https://ci.example/other"));
    CHECK_FALSE(matches(Match::prefix, "ci.example/"));
    CHECK(matches(Match::regex, R"(https://ci\.example/[a-z.]+@refs/heads/(main|release))"));
    CHECK_FALSE(matches(Match::regex, R"(ci\.example)"));
    CHECK_FALSE(matches(Match::regex, R"(https://ci\.example/[a-z.]+)"));
    CHECK_FALSE(matches(Match::regex, "("));
    CHECK_FALSE(matches(Match::exact, "https://ci.example/"));
}

TEST_CASE("under a root of Notation the attributes of the subject decide") {
    TrustedIdentity wanted;
    wanted.name = "images";
    wanted.match = TrustedIdentity::Match::attributes;
    wanted.root = "sigstore";
    wanted.claims = {{"x509.subject.C", "US"}, {"x509.subject.O", "Acme"}};
    CertifiedIdentity signer = certified();
    signer.claims = {{"x509.subject.C", "US"}, {"x509.subject.O", "Acme"}, {"x509.subject.CN", "release"}};
    CHECK(identity_signers(wanted, signer) == Names{"images"});
    CertifiedIdentity other = signer;
    other.claims[1].second = "Acme Inc";
    CHECK(identity_signers(wanted, other).empty());
    other = signer;
    other.claims.erase(other.claims.begin());
    CHECK(identity_signers(wanted, other).empty());
    other = signer;
    other.root = std::string(64, 'f');
    CHECK(identity_signers(wanted, other).empty());
    wanted.claims.clear();  // no demand is met by nobody
    CHECK(identity_signers(wanted, signer).empty());
}

TEST_CASE("a statement that nobody trusted signed is gone") {
    Statement statement;
    statement.predicate_type = "p";
    statement.signers = {"name-of-then"};
    statement.key_ids = {kKeyA};
    Evidence evidence;
    evidence.statements = {statement, statement, statement};
    evidence.statements[1].key_ids = {kStranger};
    evidence.statements[2].key_ids = {kCertificate};
    evidence.statements[2].identity = certified();
    policy::name_signers(policy_of({key("a", kKeyA)}, {identity()}), {kNow}, evidence);
    REQUIRE(evidence.statements.size() == 2);
    CHECK(evidence.statements[0].signers == Names{"a"});
    CHECK(evidence.statements[1].signers == Names{"ci"});
    CHECK(evidence.statements[1].key_ids == Names{kCertificate});
    policy::name_signers(policy_of({}), {kNow}, evidence);
    CHECK(evidence.statements.empty());
}
