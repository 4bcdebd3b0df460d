#include "intake/admitted_object.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace headgate;
using namespace headgate::intake;

namespace {

using Question = AdmittedObject::Question;
using Names = std::vector<std::string>;

const std::string kDigest = "sha256:" + std::string(64, 'a');

/// A review, and what its views lie in.
struct Asked {
    std::string object, old_object;
    AdmissionReview review;

    Asked(std::string group, std::string version, std::string kind, std::string resource, std::string body) : object(std::move(body)) {
        review.operation = AdmissionOperation::create;
        review.kind = {std::move(group), std::move(version), std::move(kind)};
        review.resource = {review.kind.group, review.kind.version, std::move(resource)};
        review.object = as_bytes(object);
    }
    Asked(const Asked&) = delete;
    Asked& update(std::string before) {
        old_object = std::move(before);
        review.operation = AdmissionOperation::update;
        review.old_object = as_bytes(old_object);
        return *this;
    }
    AdmittedObject answer() const { return admitted_object(review, Limits{}); }
    Names names() const {
        Names list;
        for (const Requirement& one : answer().evidence.requirements) list.push_back(one.reference.canonical);
        return list;
    }
};

std::string pod(const std::string& spec) { return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":)" + spec + "}"; }
Asked asked_pod(const std::string& spec) { return {"", "v1", "Pod", "pods", pod(spec)}; }
std::string deployment(int replicas, const std::string& image, const std::string& metadata = "") {
    return R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a")" + metadata + R"(},"spec":{"replicas":)" + std::to_string(replicas) +
           R"(,"template":{"spec":{"containers":[{"name":"a","image":")" + image + R"("}]}}}})";
}
Asked asked_deployment(const std::string& body) { return {"apps", "v1", "Deployment", "deployments", body}; }

}  // namespace

TEST_CASE("every place of a pod is asked about") {
    const Asked asked = asked_pod(R"({"initContainers":[{"image":"i"}],"containers":[{"image":"c"}],"ephemeralContainers":[{"image":"e"}],)"
                                  R"("volumes":[{"name":"m","image":{"reference":"v:1"}},{"name":"r","rbd":{"image":"ceph"}}]})");
    CHECK(asked.answer().question == Question::judge);
    const Names names = asked.names();
    CHECK(names.size() == 4);
    for (const char* const one : {"oci:docker.io/library/i", "oci:docker.io/library/c", "oci:docker.io/library/e", "oci:docker.io/library/v:1"}) {
        CHECK(std::find(names.begin(), names.end(), one) != names.end());
    }
}

TEST_CASE("H-07, H-18: what must have an image and has none is refused, and what has none by its kind says so") {
    for (const char* const spec : {"{}", R"({"containers":[]})", R"({"containers":null})", R"({"containers":{}})", R"({"containers":[{}]})", R"({"containers":[{"image":""}]})",
                                   R"({"containers":[{"image":" \t"}]})", R"({"containers":[{"image":7}]})", R"({"containers":[{"image":"a"}],"initContainers":[{"image":""}]})",
                                   R"({"containers":[{"image":"a"}],"volumes":[{"image":{}}]})", R"({"containers":[{"Image":"a","image":"b"}]})", R"({"Containers":[],"containers":[{"image":"b"}]})"}) {
        CAPTURE(spec);
        const AdmittedObject answer = asked_pod(spec).answer();
        CHECK(answer.question == Question::refuse);
        CHECK_FALSE(answer.reason.empty());
    }
    CHECK(asked_pod("{\"containers\":[{\"image\":\"\xC2\xA0\"}]}").answer().understood == false);
    CHECK(Asked("", "v1", "ConfigMap", "configmaps", R"({"apiVersion":"v1","kind":"ConfigMap","data":{"image":"nginx"}})").answer().question == Question::names_nothing);
    CHECK(Asked("rbac.authorization.k8s.io", "v1", "Role", "roles", R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","rules":[]})").answer().question ==
          Question::names_nothing);
}

TEST_CASE("an object is what the review says it is") {
    Asked other("", "v1", "ConfigMap", "configmaps", pod(R"({"containers":[{"image":"a"}]})"));
    CHECK(other.answer().question == Question::refuse);
    Asked silent("", "v1", "Pod", "pods", R"({"spec":{"containers":[{"image":"a"}]}})");
    CHECK(silent.names() == Names{"oci:docker.io/library/a"});
    Asked twice("", "v1", "Pod", "pods", R"({"spec":{"containers":[{"image":"a","image":"b"}]}})");
    CHECK(twice.answer().question == Question::refuse);
    Asked none("", "v1", "Pod", "pods", "");
    CHECK(none.answer().question == Question::refuse);
}

TEST_CASE("C12: operations and sub-resources") {
    Asked deleted("", "v1", "Pod", "pods", "");
    deleted.review.operation = AdmissionOperation::remove;
    CHECK(deleted.answer().question == Question::not_asked);
    Asked connected("", "v1", "PodExecOptions", "pods", R"({"kind":"PodExecOptions"})");
    connected.review.operation = AdmissionOperation::connect;
    CHECK(connected.answer().question == Question::not_asked);
    for (const auto& [name, question] : {std::pair{"status", Question::not_asked}, {"binding", Question::not_asked}, {"scale", Question::not_asked},
                                         {"ephemeralcontainers", Question::judge}, {"resize", Question::judge}, {"", Question::judge}, {"something-new", Question::judge}}) {
        CAPTURE(name);
        Asked asked("", "v1", "Pod", "pods", pod(R"({"containers":[{"image":"a"}],"ephemeralContainers":[{"image":"evil.example/x"}]})"));
        asked.review.operation = AdmissionOperation::update;
        asked.review.sub_resource = name;
        CHECK(asked.answer().question == question);
    }
}

TEST_CASE("B-04: what is being deleted may let go, and take nothing in") {
    const std::string dying = R"(,"deletionTimestamp":"2026-03-06T12:34:56Z","finalizers":["a"])";
    const std::string free = R"(,"deletionTimestamp":"2026-03-06T12:34:56Z","finalizers":[],"resourceVersion":"8")";
    CHECK(asked_deployment(deployment(1, "a", free)).update(deployment(1, "a", dying)).answer().question == Question::not_asked);
    CHECK(asked_deployment(deployment(1, "evil", free)).update(deployment(1, "a", dying)).answer().question == Question::judge);
    CHECK(asked_deployment(deployment(1, "a", free)).update(deployment(1, "a")).answer().question == Question::judge);
    CHECK(asked_deployment(deployment(1, "a", dying)).answer().question == Question::judge);      // a new object cannot be dying
}

TEST_CASE("H-16: scaled down, and nothing else") {
    CHECK(asked_deployment(deployment(1, "a")).update(deployment(2, "a")).answer().question == Question::not_asked);
    CHECK(asked_deployment(deployment(1, "evil")).update(deployment(2, "a")).answer().question == Question::judge);
    CHECK(asked_deployment(deployment(3, "a")).update(deployment(2, "a")).answer().question == Question::judge);
    CHECK(asked_deployment(deployment(2, "a")).update(deployment(2, "a")).answer().question == Question::judge);
    const std::string source = R"(,"annotations":{"internal.serving.kserve.io/storage-initializer-sourceuri":"hf://evil/x"})";
    CHECK(asked_deployment(deployment(1, "a", source)).update(deployment(2, "a")).answer().question == Question::judge);
}

TEST_CASE("B-05: unchanged means pinned, and there before") {
    const auto unchanged = [](const std::string& now, const std::string& before) {
        Asked asked("apps", "v1", "Deployment", "deployments", deployment(3, now));
        asked.update(deployment(2, before));
        return names_only_what_it_did(asked.review, asked.answer(), Limits{});
    };
    CHECK(unchanged("a@" + kDigest, "a@" + kDigest));
    CHECK_FALSE(unchanged("a@" + kDigest, "b@" + kDigest));
    CHECK_FALSE(unchanged("a:1", "a:1"));
    CHECK_FALSE(unchanged("a@sha256:00", "a@sha256:00"));
}

TEST_CASE("KServe, Ray, Trainer and JobSet") {
    const auto names = [](const std::string& group, const std::string& version, const std::string& kind, const std::string& rest) {
        return Asked(group, version, kind, "x", R"({"apiVersion":")" + group + "/" + version + R"(","kind":")" + kind + "\"," + rest + "}").names();
    };
    CHECK(names("serving.kserve.io", "v1beta1", "InferenceService", R"("spec":{"predictor":{"model":{"storageUri":"hf://acme/a"}}})").size() == 1);
    CHECK(names("serving.kserve.io", "v1beta1", "InferenceService", R"("spec":{"predictor":{"storageUris":[{"uri":"https://files.example/m"},{"uri":"hf://acme/a"}]}})").size() == 2);
    CHECK(names("serving.kserve.io", "v1alpha1", "LLMInferenceService", R"("spec":{"model":{"uri":"https://files.example/m","lora":{"adapters":[{"uri":"hf://acme/b"}]}}})").size() == 2);
    CHECK(names("serving.kserve.io", "v1alpha1", "LocalModelCache", R"("spec":{"sourceModelUri":"hf://acme/a"})").size() == 1);
    CHECK(names("serving.kserve.io", "v1alpha1", "ClusterStorageContainer", R"("spec":{"container":{"name":"x","image":"acme/i:1"}})").size() == 1);
    CHECK(names("trainer.kubeflow.org", "v1alpha1", "TrainJob", R"("spec":{"trainer":{"image":"acme/t:1"},"initializer":{"model":{"storageUri":"hf://acme/a"},"dataset":{"storageUri":"hf://acme/d"}}})").size() == 3);
    CHECK(names("ray.io", "v1", "RayCluster", R"("spec":{"headGroupSpec":{"template":{"spec":{"containers":[{"image":"r:1"}]}}}})").size() == 1);
    CHECK(names("jobset.x-k8s.io", "v1alpha2", "JobSet", R"("spec":{"replicatedJobs":[{"template":{"spec":{"template":{"spec":{"containers":[{"image":"r:1"}]}}}}}]})").size() == 1);
}

TEST_CASE("paths lead back to values") {
    const auto tree = read_admission_object(as_bytes(pod(R"({"containers":[{"image":"a"},{"image":"b"}]})")));
    REQUIRE(tree.ok());
    REQUIRE(value_at(*tree, "spec.containers[1].image") != nullptr);
    CHECK(value_at(*tree, "spec.containers[1].image")->text == "b");
    for (const char* const path : {"spec.containers[2].image", "spec.containers[x].image", "spec.containers[1", "spec.containers[1]image", "spec.", "nothing"}) CHECK(value_at(*tree, path) == nullptr);
    CHECK(pointer_to("spec.containers[1].image") == "/spec/containers/1/image");
    for (const char* const path : {"a/b", "a~b", "a[x]", "a[1", "a..b", ""}) CHECK(pointer_to(path).empty());
}

TEST_CASE("a refusal shows what an object says it is only if that is a name") {
    const auto says = [](const std::string& version) {
        const Asked asked{"", "v1", "Pod", "pods", R"({"apiVersion":")" + version + R"(","kind":"Pod","spec":{"containers":[{"image":"c"}]}})"};
        return asked.answer().reason;
    };
    CHECK(says("//u:SECRET@h.example/x") == "the object's apiVersion is no name, and the review says 'v1'");
    CHECK(says("u:SECRET@h.example").find("SECRET") == std::string::npos);
    CHECK(says("apps/v1") == "the object's apiVersion is 'apps/v1', and the review says 'v1'");
}

TEST_CASE("an object is read no longer than somebody waits for it") {
    std::string containers;
    for (int i = 0; i < 200; ++i) containers += std::string(i == 0 ? "" : ",") + R"({"image":"c:)" + std::to_string(i) + R"(","command":["vllm","serve","acme/m"]})";
    const Asked asked = asked_pod(R"({"containers":[)" + containers + "]}");
    const auto late = [&](int after) {
        int asked_for = 0;
        return admitted_object(asked.review, Limits{}, [&asked_for, after] { return ++asked_for > after; });
    };
    const AdmittedObject at_once = late(0), half = late(100), never = late(1'000'000);
    for (const AdmittedObject* const one : {&at_once, &half}) {
        CHECK(one->question == Question::judge);
        CHECK_FALSE(one->understood);
        REQUIRE_FALSE(one->evidence.opaques.empty());
        const auto& opaques = one->evidence.opaques;
        CHECK(std::count_if(opaques.begin(), opaques.end(), [](const Opaque& why) { return why.why == "the time allowed is over"; }) == 1);
    }
    CHECK(at_once.evidence.requirements.empty());
    CHECK(half.evidence.requirements.size() < never.evidence.requirements.size());
    CHECK(never.understood);
    CHECK(never.evidence.requirements.size() >= 200);
    CHECK(asked.answer().evidence.requirements.size() == never.evidence.requirements.size());
    const Asked changed = [&] { return Asked("", "v1", "Pod", "pods", pod(R"({"containers":[{"image":"c@)" + kDigest + R"("}]})")); }();
    AdmissionReview update = changed.review;
    update.operation = AdmissionOperation::update;
    update.old_object = changed.review.object;
    CHECK(names_only_what_it_did(update, admitted_object(update, Limits{}), Limits{}));
    CHECK_FALSE(names_only_what_it_did(update, admitted_object(update, Limits{}), Limits{}, [] { return true; }));
}
