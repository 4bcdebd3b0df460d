#include "server/admission.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

#include "codec/json.hpp"
#include "server/external_data.hpp"

using namespace headgate;
using namespace headgate::server;

namespace {

using Outcome = pipeline::AdmissionJudgement::Outcome;

const std::string kReview =
    R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"group":"","version":"v1","kind":"Pod"},)"
    R"("resource":{"group":"","version":"v1","resource":"pods"},"namespace":"prod","operation":"CREATE","object":{}}})";

struct Fixture {
    Result<pipeline::LoadedPolicy> next = pipeline::LoadedPolicy{};
    PolicyHolder policy{[this] { return next; }, 60};
    Instant now{1'000'000};
    Outcome outcome = Outcome::allowed;
    bool throws = false;
    std::chrono::steady_clock::duration budget{};
    bool judged = false;
    bool attesting = false, recorded = true;
    int attested = 0;

    Admission make() {
        static_cast<void>(policy.reload(now).ok());
        Admission::Options options;
        if (attesting) {
            options.attest = [this](const auto&, const auto&, const auto&, const std::string&) -> Result<void> {
                ++attested;
                if (recorded) return {};
                return Error{ErrorCode::io, "no room"};
            };
        }
        options.judge = [this](const pipeline::LoadedPolicy&, const pipeline::AdmissionReview&, const pipeline::AdmissionContext& context) {
            if (throws) throw std::runtime_error("broken");
            budget = context.deadline - std::chrono::steady_clock::now();
            pipeline::AdmissionJudgement judgement;
            judgement.outcome = outcome;
            judgement.judged = judged;
            if (judged) {
                judgement.stages[static_cast<std::size_t>(pipeline::AdmissionStage::judge)] = std::chrono::microseconds(7);
                SubjectVerdict subject;
                subject.decision = outcome == Outcome::undecided ? Decision::error : Decision::deny;
                judgement.report.subjects.push_back(subject);
                pipeline::AdmissionJudgement::Named named;
                named.digest = "sha256:" + std::string(64, 'a');
                named.allowed = outcome == Outcome::allowed;
                judgement.named.push_back(named);
            }
            return judgement;
        };
        options.judge_image = [this](const pipeline::LoadedPolicy&, const std::string& reference, const pipeline::AdmissionContext&) {
            pipeline::AdmissionJudgement judgement;
            judgement.outcome = reference == "good" ? Outcome::allowed : Outcome::denied;
            judgement.reason = reference == "good" ? "" : "it is bad";
            pipeline::AdmissionJudgement::Named named;
            named.digest = "sha256:" + std::string(64, 'a');
            judgement.named.push_back(named);
            return judgement;
        };
        return Admission(std::move(options), policy, [this] { return now; });
    }
};

HttpRequest request(std::string body, std::string query = "") {
    HttpRequest made;
    made.path = "/v1/validate";
    made.body = std::move(body);
    made.query = std::move(query);
    return made;
}

codec::Json response_of(const HttpResponse& answer) { return *codec::parse_json(as_bytes(answer.body)).value().find("response"); }

std::int64_t milliseconds_of(const std::string& query, std::optional<std::int64_t> policy = std::nullopt) {
    const auto budget = admission_budget(query, policy);
    return budget.ok() ? budget->count() : -1;
}

}  // namespace

TEST_CASE("C7: the timeout is untrusted, and leaves a margin") {
    CHECK(milliseconds_of("") == 9'000);
    CHECK(milliseconds_of("timeout=10s") == 9'000);
    CHECK(milliseconds_of("timeout=1s") == 500);
    CHECK(milliseconds_of("timeout=0s") == 500);
    CHECK(milliseconds_of("timeout=30s") == 27'000);
    CHECK(milliseconds_of("timeout=999999s") == 27'000);
    CHECK(milliseconds_of("a=b&timeout=2s") == 1'500);
    CHECK(milliseconds_of("timeout=10s", 4) == 4'000);
    CHECK(milliseconds_of("timeout=2s", 8) == 1'500);
    for (const char* const bad : {"timeout=", "timeout=s", "timeout=10", "timeout=-1s", "timeout=1.5s", "timeout=1e3s", "timeout=+5s", "timeout=9999999s", "timeout=1s&timeout=30s"}) {
        CAPTURE(bad);
        CHECK(milliseconds_of(bad) == -1);
    }
}

TEST_CASE("C3: every review is answered with 200") {
    Fixture fixture;
    Admission admission = fixture.make();
    HttpResponse answer = admission.validate(request(kReview, "timeout=3s"));
    CHECK(answer.status == 200);
    CHECK(answer.content_type == "application/json");
    CHECK(response_of(answer).find("allowed")->boolean);
    CHECK(fixture.budget <= std::chrono::milliseconds(2'500));
    CHECK(fixture.budget > std::chrono::milliseconds(1'000));

    fixture.throws = true;
    answer = admission.validate(request(kReview));
    CHECK(answer.status == 200);
    CHECK_FALSE(response_of(answer).find("allowed")->boolean);
    CHECK(response_of(answer).find("status")->find("code")->integer == 500);
    fixture.throws = false;

    // H-15: every outcome that is not `allowed`
    for (const Outcome outcome : {Outcome::undecided, Outcome::overdue, Outcome::denied, Outcome::refused, static_cast<Outcome>(99)}) {
        fixture.outcome = outcome;
        answer = admission.validate(request(kReview));
        CHECK(answer.status == 200);
        CHECK_FALSE(response_of(answer).find("allowed")->boolean);
    }
    answer = admission.validate(request(kReview, "timeout=soon"));
    CHECK(answer.status == 200);
    CHECK_FALSE(response_of(answer).find("allowed")->boolean);
    CHECK(admission.validate(request("null")).status == 400);
    CHECK(admission.validate(request("{}")).status == 400);
}

TEST_CASE("H-26: without a policy, or with one that is too old, nothing is let in") {
    Fixture fixture;
    fixture.next = Error{ErrorCode::policy, "broken"};
    Admission admission = fixture.make();
    HttpResponse answer = admission.validate(request(kReview));
    CHECK(answer.status == 200);
    CHECK_FALSE(response_of(answer).find("allowed")->boolean);

    fixture.next = pipeline::LoadedPolicy{};
    CHECK(fixture.policy.reload(fixture.now).ok());
    CHECK(response_of(admission.validate(request(kReview))).find("allowed")->boolean);
    fixture.next = Error{ErrorCode::policy, "broken"};
    CHECK_FALSE(fixture.policy.reload(fixture.now).ok());
    CHECK(response_of(admission.validate(request(kReview))).find("warnings")->items.size() == 1);
    fixture.now.seconds += 61;
    CHECK_FALSE(response_of(admission.validate(request(kReview))).find("allowed")->boolean);
}

TEST_CASE("B-27: metrics do not grow with what is asked") {
    Fixture fixture;
    Admission admission = fixture.make();
    admission.validate(request(kReview));
    const auto count = [&] {
        const std::string text = admission.metrics();
        return std::count(text.begin(), text.end(), '\n');
    };
    const auto before = count();
    for (int i = 0; i < 50; ++i) {
        std::string other = kReview;
        other.replace(other.find("prod"), 4, "ns-" + std::to_string(i));
        admission.validate(request(other));
    }
    CHECK(count() == before);
    CHECK(admission.metrics().find("headgate_admission_reviews_total{operation=\"CREATE\",decision=\"allow\"} 51\n") != std::string::npos);
    CHECK(admission.metrics().find("headgate_admission_duration_seconds_bucket{le=\"0.005\"}") != std::string::npos);
    CHECK(admission.metrics().find("headgate_admission_duration_seconds_count 51\n") != std::string::npos);
}

TEST_CASE("what a review waited for a worker is taken off its budget, and counted") {
    Fixture fixture;
    Admission admission = fixture.make();
    HttpRequest waited = request(kReview, "timeout=3s");
    waited.received -= std::chrono::milliseconds(2'000);
    CHECK(response_of(admission.validate(waited)).find("allowed")->boolean);
    CHECK(fixture.budget <= std::chrono::milliseconds(500));
    CHECK(admission.metrics().find("headgate_admission_duration_seconds_bucket{le=\"1\"} 0\n") != std::string::npos);
    CHECK(admission.metrics().find("headgate_admission_stage_seconds_sum{stage=\"queue\"} 2.") != std::string::npos);
    // It has waited for longer than there was: nothing is judged any more.
    fixture.budget = {};
    waited.received -= std::chrono::milliseconds(600);
    const codec::Json late = response_of(admission.validate(waited));
    CHECK_FALSE(late.find("allowed")->boolean);
    CHECK(late.find("status")->find("code")->integer == 503);
    CHECK(fixture.budget == std::chrono::steady_clock::duration{});
}

TEST_CASE("stages are counted where they were reached") {
    Fixture fixture;
    fixture.judged = true;
    Admission admission = fixture.make();
    admission.validate(request(kReview));
    const std::string text = admission.metrics();
    CHECK(text.find("headgate_admission_stage_seconds_sum{stage=\"judge\"} 0.000007000\n") != std::string::npos);
    CHECK(text.find("headgate_admission_stage_seconds_count{stage=\"judge\"} 1\n") != std::string::npos);
    CHECK(text.find("headgate_admission_stage_seconds_count{stage=\"parse\"} 1\n") != std::string::npos);
    CHECK(text.find("headgate_admission_stage_seconds_count{stage=\"write\"} 1\n") != std::string::npos);
    CHECK(text.find("headgate_admission_stage_seconds_count{stage=\"resolve\"} 0\n") != std::string::npos);
    CHECK(text.find("headgate_admission_stage_seconds_count{stage=\"attest\"} 0\n") != std::string::npos);
}

TEST_CASE("a verdict is recorded before it is answered, and what cannot be recorded is denied") {
    Fixture fixture;
    fixture.attesting = true;
    Admission admission = fixture.make();
    admission.validate(request(kReview));
    CHECK(fixture.attested == 0);                    // it was not judged
    fixture.judged = true;
    CHECK(response_of(admission.validate(request(kReview))).find("allowed")->boolean);
    CHECK(fixture.attested == 1);
    admission.mutate(request(kReview));
    CHECK(fixture.attested == 1);                    // only what is validated counts
    std::string dry = kReview;
    dry.replace(dry.find("\"operation\""), 0, "\"dryRun\":true,");
    CHECK(response_of(admission.validate(request(dry))).find("allowed")->boolean);
    CHECK(fixture.attested == 1);                    // H-32
    CHECK(admission.admitted().size() == 1);

    fixture.recorded = false;
    std::string elsewhere = kReview;
    elsewhere.replace(elsewhere.find("prod"), 4, "test");
    const codec::Json denied = response_of(admission.validate(request(elsewhere)));
    CHECK_FALSE(denied.find("allowed")->boolean);
    CHECK(denied.find("status")->find("code")->integer == 500);
    CHECK(denied.find("status")->find("message")->text.find("could not be recorded") != std::string::npos);
    CHECK(admission.admitted().size() == 1);         // and it was not admitted
}

TEST_CASE("Gatekeeper's external data") {
    Fixture fixture;
    Admission admission = fixture.make();
    const auto ask = [&](const std::string& keys) {
        return response_of(admission.provide(request(R"({"apiVersion":"externaldata.gatekeeper.sh/v1beta1","kind":"ProviderRequest","request":{"keys":)" + keys + "}}")));
    };
    const codec::Json answer = ask(R"(["good","bad"])");
    CHECK(answer.find("systemError")->text.empty());
    REQUIRE(answer.find("items")->items.size() == 2);
    CHECK(answer.find("items")->items[0].find("value")->text == "sha256:" + std::string(64, 'a'));
    CHECK(answer.find("items")->items[0].find("error") == nullptr);
    CHECK(answer.find("items")->items[1].find("error")->text == "it is bad");
    CHECK(answer.find("items")->items[1].find("value") == nullptr);
    CHECK_FALSE(answer.find("idempotent")->boolean);
    CHECK_FALSE(ask(R"("good")").find("systemError")->text.empty());
    CHECK_FALSE(ask("[7]").find("systemError")->text.empty());
    CHECK_FALSE(read_provider_request(as_bytes(R"({"kind":"ProviderRequest"})")).ok());
    fixture.now.seconds += 1;
    fixture.next = Error{ErrorCode::policy, "broken"};
    CHECK_FALSE(fixture.policy.reload(fixture.now).ok());
    fixture.now.seconds += 61;
    CHECK_FALSE(ask(R"(["good"])").find("systemError")->text.empty());
}
