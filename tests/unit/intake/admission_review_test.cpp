#include "intake/admission_review.hpp"

#include <catch2/catch.hpp>

#include "base/text.hpp"

using namespace headgate;
using namespace headgate::intake;

namespace {

const std::string kObject = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"a","image":"nginx"}]}})";
const std::string kHead = R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"705ab4f5-6393-11e8-b7cc-42010a800002",)"
                          R"("kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},)";
const std::string kRest = R"("name":"a","namespace":"prod","operation":"CREATE","userInfo":{"username":"admin","groups":["x"]},"dryRun":true,)"
                          R"("oldObject":null,"options":{"kind":"CreateOptions"},"object":)" + kObject + "}}";

Result<AdmissionReview> read(const std::string& text) { return read_admission_review(as_bytes(text)); }
std::string problem_of(const std::string& text) {
    const auto review = read(text);
    return review.ok() ? review->problem : "not a review: " + review.error().message;
}
std::string with(const std::string& members) { return kHead + members + R"("operation":"CREATE","object":)" + kObject + "}}"; }

}  // namespace

TEST_CASE("a review as the API server sends it") {
    const std::string text = kHead + kRest;
    const auto review = read(text);
    REQUIRE(review.ok());
    CHECK(review->problem.empty());
    CHECK(review->api_version == "admission.k8s.io/v1");
    CHECK(review->uid == "705ab4f5-6393-11e8-b7cc-42010a800002");
    CHECK(review->operation == AdmissionOperation::create);
    CHECK(review->kind == AdmissionType{"", "v1", "Pod"});
    CHECK(review->resource == AdmissionType{"", "v1", "pods"});
    CHECK(review->name == "a");
    CHECK(review->name_space == "prod");
    CHECK(review->user == "admin");
    CHECK(review->dry_run);
    CHECK(as_text(review->object) == kObject);
    CHECK(review->old_object.empty());
    CHECK(as_text(review->options) == R"({"kind":"CreateOptions"})");
    std::string older = text;
    older.replace(older.find("k8s.io/v1"), 9, "k8s.io/v1beta1");
    REQUIRE(read(older).ok());
    CHECK(read(older)->api_version == "admission.k8s.io/v1beta1");
}

TEST_CASE("what is no review is an error, and one that cannot be understood is a problem") {
    for (const std::string text : {"", "null", "[]", "{}", "{", "\xEF\xBB\xBF{}", R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null})",
                                   R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"})", R"({"apiVersion":"v1","kind":"Pod"})",
                                   R"({"apiVersion":"admission.k8s.io/v2","kind":"AdmissionReview","request":{"uid":"a"}})",
                                   R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":""}})",
                                   R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":7}})",
                                   R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a\nb"}})"}) {
        CAPTURE(text);
        CHECK_FALSE(read(text).ok());
    }
    REQUIRE(read(kHead + kRest + "x").ok());                             // whom to answer is told
    CHECK_FALSE(problem_of(kHead + kRest + "x").empty());
    CHECK_FALSE(read(kHead + R"("uid":"another",)" + kRest).ok());      // whom should one answer?

    CHECK(problem_of(with("")).empty());
    CHECK(problem_of(with(R"("namespace":"a","namespace":"b",)")) == "`request.namespace` is there twice");
    CHECK(problem_of(with(R"("namespace":7,)")) == "`request.namespace` is no text");
    CHECK(problem_of(with(R"("Namespace":"a",)")) == "`request.Namespace` is not how the field is written");
    CHECK(problem_of(with(R"("dryRun":"true",)")) == "`request.dryRun` is neither true nor false");
    CHECK(problem_of(kHead + R"("operation":"CREATE","object":[]}})") == "`request.object` is no object");
    const std::string odd = with(R"("oldObject":"",)");
    CHECK(problem_of(odd).empty());
    CHECK(read(odd)->old_object.empty());
    CHECK(problem_of(kHead + R"("operation":"create"}})") == "`request.operation` is none of CREATE, UPDATE, DELETE and CONNECT");
    CHECK(problem_of(with(R"("name":")" + std::string(600, 'a') + R"(",)")) == "`request.name` is too long, or holds a control character");
}

TEST_CASE("an object is read apart: its depth, its nodes and duplicate keys in it are a matter of the object") {
    const std::string deep = kHead + R"("operation":"CREATE","object":{"a":)" + std::string(5000, '[') + std::string(5000, ']') + "}}}";
    const auto review = read(deep);
    REQUIRE(review.ok());
    CHECK(review->problem.empty());
    CHECK_FALSE(read_admission_object(review->object).ok());
    CHECK_FALSE(read_admission_object(as_bytes(R"({"image":"a","image":"b"})")).ok());
    CHECK(read_admission_object(as_bytes(kObject)).ok());
    std::string many = "{\"a\":[0";
    for (std::uint64_t i = 0; i < kMostObjectValues; ++i) many += ",0";
    CHECK_FALSE(read_admission_object(as_bytes(many + "]}")).ok());
}

TEST_CASE("no beginning of a review is understood; one that says whom to answer has a problem") {
    const std::string text = kHead + kRest;
    for (std::size_t length = 0; length < text.size(); ++length) {
        CAPTURE(length);
        const auto review = read(text.substr(0, length));
        const bool answerable = review.ok() && !review->uid.empty() && !review->problem.empty();
        CHECK((!review.ok() || answerable));
    }
    REQUIRE(read(text).ok());
    CHECK(read(text)->problem.empty());
}
