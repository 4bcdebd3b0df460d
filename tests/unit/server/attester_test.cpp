// What is recorded of a review, once, and before it is answered.
#include "server/attester.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "attest/dsse.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"
#include "io/file_source.hpp"
#include "recipes/temporary_folder.hpp"
#include "server/admission.hpp"

using namespace headgate;
using namespace headgate::server;
using codec::Json;

namespace {

using Outcome = pipeline::AdmissionJudgement::Outcome;

const std::string kPolicyDigest = "sha256:" + std::string(64, 'b');

std::string review(const std::string& uid, bool dry = false) {
    return R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":")" + uid +
           R"(","kind":{"group":"apps","version":"v1","kind":"Deployment"},"resource":{"group":"apps","version":"v1","resource":"deployments"},)"
           R"("name":"web","namespace":"prod","operation":"CREATE","dryRun":)" + (dry ? "true" : "false") + R"(,"object":{}}})";
}

pipeline::AdmissionJudgement judgement(Decision decision, Outcome outcome) {
    pipeline::AdmissionJudgement made;
    made.outcome = outcome;
    made.judged = true;
    made.report.policy_uri = "policy.yaml";
    made.report.policy_digest = kPolicyDigest;
    SubjectVerdict& subject = made.report.subjects.emplace_back();
    subject.subject.ref = "k8s:prod/Deployment/web";
    subject.subject.kind = Kind::container;
    subject.subject.has_bytes = true;
    subject.subject.digest.sha256 = std::string(64, 'a');
    subject.decision = decision;
    subject.level = decision == Decision::allow ? Level::names : Level::none;
    made.named.push_back({"spec.template.spec.containers[0].image", "app", "oci:docker.io/library/app", "", false, true, true});
    return made;
}
pipeline::AdmissionJudgement good() { return judgement(Decision::allow, Outcome::allowed); }

struct World {
    TemporaryFolder folder;
    std::string path = folder.path("verdicts.intoto.jsonl");
    crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::ecdsa_p256).value();
    bool broken = false;
    std::shared_ptr<Attester> attester;

    explicit World(std::size_t remembered = 100, attest::AttestFormat format = attest::AttestFormat::dsse) {
        Attester::Options options;
        options.file = path;
        options.remembered = remembered;
        options.emit.format = format;
        options.emit.data_hashes = {{"baseline.yaml", std::string(64, 'c')}};
        options.sign = [this, format](std::string_view statement) -> Result<std::string> {
            if (broken) return Error{ErrorCode::key, "the token is gone"};
            return format == attest::AttestFormat::bundle ? attest::sign_bundle(attest::kInTotoPayload, statement, key)
                                                          : attest::sign_envelope(attest::kInTotoPayload, statement, key);
        };
        attester = Attester::open(std::move(options)).value();
    }
    Result<void> record(const std::string& uid, const pipeline::AdmissionJudgement& made = good()) const {
        const std::string text = review(uid);
        const auto read = pipeline::read_review(as_bytes(text));
        return attester->review(*read, made, pipeline::answer_to(*read, made, kPolicyDigest, ""), kPolicyDigest);
    }
    std::vector<std::string> lines() const {
        const Bytes bytes = io::read_file(path, 1U << 24U).value();
        std::vector<std::string> found;
        for (const std::string_view line : split_lines(as_text(bytes))) found.emplace_back(line);
        return found;
    }
    // The statement of a line, whose signature holds.
    Json statement(std::size_t index) const {
        const auto all = lines();
        REQUIRE(index < all.size());
        const auto envelope = attest::parse_envelope(as_bytes(all[index]));
        REQUIRE(envelope.ok());
        CHECK(attest::verified_by(*envelope, key.public_key()));
        return codec::parse_json(envelope->payload).value();
    }
};

}  // namespace

TEST_CASE("a review is recorded as a result and a summary about the object's bytes") {
    const attest::AttestFormat format = GENERATE(attest::AttestFormat::dsse, attest::AttestFormat::bundle);
    const World world(100, format);
    REQUIRE(world.record("u-1").ok());
    CHECK(world.lines().size() == 2);
    const Json result = world.statement(0);
    CHECK(*result.find_text("predicateType") == "https://headgate.dev/result/v1");
    const Json& subject = result.find("subject")->items.at(0);
    CHECK(*subject.find_text("name") == "k8s:prod/Deployment/web");
    CHECK(*subject.find("digest")->find_text("sha256") == std::string(64, 'a'));
    const Json& told = *result.find("predicate")->find("admission");
    CHECK(*told.find_text("uid") == "u-1");
    CHECK(*told.find_text("operation") == "CREATE");
    CHECK(*told.find_text("kind") == "apps/v1/Deployment");
    CHECK(told.find("allowed")->boolean);
    CHECK(told.find("code")->integer == 200);
    CHECK(*told.find("references")->items.at(0).find_text("ref") == "oci:docker.io/library/app");
    const std::string list = R"({"baseline.yaml":"sha256:)" + std::string(64, 'c') + R"("})";
    CHECK(*result.find("predicate")->find("data")->find_text("rules") == "sha256:" + crypto::sha256_hex(as_bytes(list)));
    const Json summary = world.statement(1);
    CHECK(*summary.find("predicate")->find_text("verificationResult") == "PASSED");
    // Of names, whatever else it is: nobody relies on it as on a verdict about bytes.
    REQUIRE(summary.find("predicate")->find("verifiedLevels")->items.size() == 1);
    CHECK(summary.find("predicate")->find("verifiedLevels")->items[0].text == "HEADGATE_NAMES_ONLY");
}

TEST_CASE("a denial is recorded as FAILED, and so is what an exception let in") {
    const World world;
    REQUIRE(world.record("u-1", judgement(Decision::deny, Outcome::denied)).ok());
    pipeline::AdmissionJudgement excused = judgement(Decision::deny, Outcome::allowed);
    excused.exception = "it was there";
    REQUIRE(world.record("u-2", excused).ok());
    CHECK_FALSE(world.statement(0).find("predicate")->find("admission")->find("allowed")->boolean);
    CHECK(world.statement(0).find("predicate")->find("admission")->find("code")->integer == 403);
    CHECK(*world.statement(1).find("predicate")->find_text("verificationResult") == "FAILED");
    CHECK(*world.statement(2).find("predicate")->find("admission")->find_text("exception") == "it was there");
    CHECK(*world.statement(3).find("predicate")->find_text("verificationResult") == "FAILED");
    // A verdict that lets in, for an answer that does not, is never signed.
    CHECK_FALSE(world.record("u-3", judgement(Decision::allow, Outcome::denied)).ok());
    CHECK(world.lines().size() == 4);
}

TEST_CASE("H-31: a review that is sent again is recorded once, another answer once more") {
    const World world;
    for (int i = 0; i < 3; ++i) REQUIRE(world.record("u-1").ok());
    CHECK(world.lines().size() == 2);
    REQUIRE(world.record("u-1", judgement(Decision::deny, Outcome::denied)).ok());
    REQUIRE(world.record("u-2").ok());
    CHECK(world.lines().size() == 6);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { static_cast<void>(world.record("u-3").ok()); });
    for (std::thread& thread : threads) thread.join();
    CHECK(world.lines().size() == 8);
    CHECK(world.attester->metrics().find("headgate_attestations_total{fate=\"written\"} 4\n") != std::string::npos);
    CHECK(world.attester->metrics().find("headgate_attestations_total{fate=\"repeated\"} 5\n") != std::string::npos);
}

TEST_CASE("what was recorded is remembered so far and no further") {
    const World world(2);
    for (const char* const uid : {"a", "b", "c", "c", "b", "a"}) REQUIRE(world.record(uid).ok());
    CHECK(world.lines().size() == 8);
}

TEST_CASE("what cannot be signed or written is not recorded, and may be tried again") {
    World world;
    world.broken = true;
    CHECK_FALSE(world.record("u-1").ok());
    CHECK(world.lines().empty());
    world.broken = false;
    CHECK(world.record("u-1").ok());
    CHECK(world.lines().size() == 2);
}

TEST_CASE("a report is recorded where a subject has bytes, and its policy is not what was judged") {
    const World world;
    Report report = good().report;
    CHECK(world.attester->report(report).ok());
    CHECK(world.lines().size() == 2);
    report.policy_pinned = false;
    CHECK_FALSE(world.attester->report(report).ok());
    report.subjects[0].subject.digest = {};
    CHECK(world.attester->report(report).ok());
    CHECK(world.lines().size() == 2);
}

TEST_CASE("what was pushed is recorded by its digest, once for each verdict") {
    const World world;
    const std::string ref = "oci:registry.example/team/llm@sha256:" + std::string(64, 'd');
    Report report = good().report;
    report.subjects[0].subject.ref = ref;
    report.subjects[0].subject.reference = parse_reference(ref).value();
    report.subjects[0].subject.digest = {};
    for (int i = 0; i < 3; ++i) REQUIRE(world.attester->pushed(ref, Kind::container, report).ok());
    CHECK(world.lines().size() == 2);
    const Json result = world.statement(0);
    CHECK(*result.find("subject")->items.at(0).find_text("name") == ref);
    CHECK(*result.find("subject")->items.at(0).find("digest")->find_text("sha256") == std::string(64, 'd'));
    CHECK(result.find("predicate")->find("admission") == nullptr);
    CHECK(*world.statement(1).find("predicate")->find_text("verificationResult") == "PASSED");
    report.subjects[0].decision = Decision::deny;
    report.subjects[0].level = Level::none;
    REQUIRE(world.attester->pushed(ref, Kind::container, report).ok());
    REQUIRE(world.attester->pushed(ref, Kind::container, report).ok());
    CHECK(world.lines().size() == 4);
    CHECK(*world.statement(3).find("predicate")->find_text("verificationResult") == "FAILED");
    report.policy_digest = "sha256:" + std::string(64, 'e');
    REQUIRE(world.attester->pushed(ref, Kind::container, report).ok());
    CHECK(world.lines().size() == 6);
}

TEST_CASE("a push about which nothing could be decided is recorded as FAILED") {
    const World world;
    const std::string ref = "oci:registry.example/team/llm@sha256:" + std::string(64, 'd');
    Report report = good().report;
    report.subjects.clear();
    report.errors.push_back({ErrorCode::io, "the registry is away"});
    REQUIRE(world.attester->pushed(ref, Kind::container, report).ok());
    CHECK(*world.statement(0).find("subject")->items.at(0).find("digest")->find_text("sha256") == std::string(64, 'd'));
    CHECK(*world.statement(1).find("predicate")->find_text("verificationResult") == "FAILED");
    CHECK(world.statement(1).find("predicate")->find("verifiedLevels")->items.at(0).text == "FAILED");
    // What lets in beside an error, or about another digest than what was told, is none of ours to sign.
    report.subjects.push_back(good().report.subjects.front());
    CHECK_FALSE(world.attester->pushed(ref, Kind::container, report).ok());
    report.errors.clear();
    CHECK_FALSE(world.attester->pushed(ref, Kind::container, report).ok());
    CHECK(world.lines().size() == 2);
}

TEST_CASE("a hub's repository is recorded by its commit, a name without one is not") {
    const World world;
    const std::string commit(40, 'b');
    Report report = good().report;
    report.subjects[0].subject.digest = {};
    for (const char* const scheme : {"hf:", "hf-dataset:"}) {
        const std::string ref = std::string(scheme) + "org/name@" + commit;
        report.subjects[0].subject.ref = ref;
        report.subjects[0].subject.reference = parse_reference(ref).value();
        REQUIRE(world.attester->pushed(ref, Kind::model, report).ok());
    }
    CHECK(world.lines().size() == 4);
    const Json summary = world.statement(1);
    const Json& digest = *summary.find("subject")->items.at(0).find("digest");
    CHECK(*digest.find_text("gitCommit") == commit);
    CHECK(digest.find("sha256") == nullptr);
    report.subjects[0].subject.reference = parse_reference("hf:org/name@main").value();
    CHECK_FALSE(world.attester->pushed("hf:org/name@main", Kind::model, report).ok());
    // Elsewhere a commit is a name like any other.
    report.subjects[0].subject.reference = parse_reference("hf:org/name@" + commit).value();
    CHECK(world.attester->report(report).ok());
    CHECK(world.lines().size() == 4);
    CHECK(world.attester->metrics("headgate_event_attestations_total").find("\nheadgate_event_attestations_total{fate=\"failed\"} 1\n") != std::string::npos);
}
