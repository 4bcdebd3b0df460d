// Who may take a namespace out of admission.
#include <catch2/catch.hpp>

#include "server/namespace_guard.hpp"

using namespace headgate;
using namespace headgate::server;

namespace {

const std::vector<std::string> kSkippable = {"sandbox"};

std::string review(const std::string& operation, const std::string& name, const std::string& metadata) {
    return R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","kind":{"group":"","version":"v1","kind":"Namespace"},"resource":{"group":"","version":"v1","resource":"namespaces"},"operation":")" +
           operation + R"(","name":")" + name + R"(","object":{"metadata":)" + metadata + "}}}";
}

GuardDecision guarded(const std::string& text) {
    const auto decision = guard_namespace(text, kSkippable);
    REQUIRE(decision.ok());
    CHECK(decision->uid == "u-1");
    CHECK(decision->allowed == decision->message.empty());
    return *decision;
}

const std::string kLabelled = R"({"name":"prod","labels":{"admission.headgate.dev/skip":""}})";

}  // namespace

TEST_CASE("the label is for the namespaces that the operator names") {
    CHECK_FALSE(guarded(review("CREATE", "prod", kLabelled)).allowed);
    CHECK_FALSE(guarded(review("UPDATE", "prod", kLabelled)).allowed);
    CHECK_FALSE(guarded(review("CREATE", "", kLabelled)).allowed);
    CHECK(guarded(review("UPDATE", "sandbox", R"({"name":"sandbox","labels":{"admission.headgate.dev/skip":"true"}})")).allowed);
    CHECK(guarded(review("UPDATE", "prod", R"({"name":"prod","labels":{"team":"a"}})")).allowed);
    CHECK(guarded(review("UPDATE", "prod", R"({"name":"prod","labels":null})")).allowed);
    CHECK(guarded(review("UPDATE", "prod", R"({"name":"prod"})")).allowed);
    CHECK(guarded(review("DELETE", "prod", kLabelled)).allowed);
}

TEST_CASE("its status and its finalizers may not bring the label either, and may keep it") {
    const auto part = [](const std::string& name, const std::string& before, const std::string& after) {
        std::string text = review("UPDATE", "prod", after);
        text.insert(text.find(R"("operation")"), R"("subResource":")" + name + R"(","oldObject":{"metadata":)" + before + "},");
        return guarded(text).allowed;
    };
    const std::string plain = R"({"name":"prod","labels":{"team":"a"}})";
    for (const char* const name : {"status", "finalize"}) {
        CAPTURE(name);
        CHECK_FALSE(part(name, plain, kLabelled));
        CHECK_FALSE(part(name, R"({"name":"prod"})", kLabelled));
        CHECK_FALSE(part(name, "null", kLabelled));
        CHECK(part(name, kLabelled, kLabelled));     // it could never be deleted otherwise
        CHECK(part(name, kLabelled, plain));
        CHECK(part(name, plain, plain));
    }
    CHECK_FALSE(part("", kLabelled, kLabelled));
    CHECK_FALSE(part("other", kLabelled, kLabelled));
}

TEST_CASE("what is unclear about a namespace is denied") {
    CHECK_FALSE(guarded(review("CONNECT", "prod", R"({"name":"prod"})")).allowed);
    CHECK_FALSE(guarded(review("UPDATE", "sandbox", kLabelled)).allowed);       // two names
    CHECK_FALSE(guarded(review("UPDATE", "sandbox", R"({"labels":{"admission.headgate.dev/skip":"true"}})")).allowed);
    CHECK_FALSE(guarded(review("UPDATE", "prod", R"({"name":"prod","labels":["admission.headgate.dev/skip"]})")).allowed);
    CHECK_FALSE(guarded(review("UPDATE", "prod", "null")).allowed);
    std::string pods = review("UPDATE", "prod", R"({"name":"prod"})");
    pods.replace(pods.find("namespaces"), 10, "pods");
    CHECK_FALSE(guarded(pods).allowed);
    std::string nothing = review("UPDATE", "prod", R"({"name":"prod"})");
    nothing.replace(nothing.find("Namespace"), 9, "");
    CHECK_FALSE(guarded(nothing).allowed);
    CHECK_FALSE(guarded(review("UPDATE", "prod", R"({"name":"prod","name":"sandbox"})")).allowed);
}

TEST_CASE("a server of before 1.16 is answered in its own version") {
    std::string old = review("UPDATE", "prod", R"({"name":"prod"})");
    old.replace(old.find("admission.k8s.io/v1"), 19, "admission.k8s.io/v1beta1");
    const auto answer = answer_namespace_review(old, kSkippable);
    REQUIRE(answer.ok());
    CHECK(answer->find(R"("apiVersion":"admission.k8s.io/v1beta1")") != std::string::npos);
    CHECK(answer->find(R"("allowed":true)") != std::string::npos);
}

TEST_CASE("the answer is a review with the request's uid; what is none has no answer") {
    const std::string text = review("UPDATE", "prod", kLabelled);
    const auto answer = answer_namespace_review(text, kSkippable);
    REQUIRE(answer.ok());
    CHECK(answer->find(R"("uid":"u-1","allowed":false,"status":{)") != std::string::npos);
    CHECK(answer->find(R"("code":403)") != std::string::npos);
    // Of what is cut off there is no answer, or a denial where its uid is known.
    const std::string good = review("UPDATE", "prod", R"({"name":"prod"})");
    CHECK(answer_namespace_review(good, kSkippable)->find(R"("allowed":true)") != std::string::npos);
    for (std::size_t length = 0; length < good.size(); ++length) {
        const auto cut = answer_namespace_review(good.substr(0, length), kSkippable);
        CHECK((!cut.ok() || cut->find(R"("allowed":false)") != std::string::npos));
    }
    for (const char* const other : {"{}", "[]", R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null})",
                                    R"({"apiVersion":"admission.k8s.io/v2","kind":"AdmissionReview","request":{"uid":"u"}})",
                                    R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":""}})"}) {
        CHECK_FALSE(answer_namespace_review(other, kSkippable).ok());
    }
    // One name twice is no JSON here: nobody may read the other one.
    CHECK_FALSE(answer_namespace_review(text.substr(0, text.size() - 1) + R"(,"kind":"AdmissionReview"})", kSkippable).ok());
}
