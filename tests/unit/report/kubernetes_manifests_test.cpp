// The manifests: what the operator chose stands where it belongs, and nowhere else. That Kubernetes takes them is tests/e2e/k8s_manifests.
#include <catch2/catch.hpp>

#include "report/kubernetes_manifests.hpp"
#include "report/kubernetes_static_policy.hpp"

using namespace headgate;
using namespace headgate::report;

namespace {

constexpr ManifestTemplate kTemplates[] = {
    {"base/namespace.yaml", "name: headgate-system\n"},
    {"base/serviceaccount.yaml", "namespace: headgate-system\n"},
    {"base/configmap.yaml", "  namespace: headgate-system\ndata:\n  policy.yaml: |\n    old\n"},
    {"base/deployment.yaml", "replicas: 2\nimage: headgate\n            - --drain=10s\n"},
    {"base/service.yaml", "service\n"},
    {"base/poddisruptionbudget.yaml", "pdb\n"},
    {"base/horizontalpodautoscaler.yaml", "minReplicas: 2\nmaxReplicas: 8\n"},
    {"base/networkpolicy.yaml", "network\n"},
    {"overlays/armed/validatingwebhook.yaml",
     "metadata:\n  name: headgate\nwebhooks:\n    clientConfig:\n      service:\n        name: headgate\n        path: /v1/validate\n    failurePolicy: Fail\n"
     "          values: [headgate-system, kube-system]\n    rules:\n      - operations: [CREATE]\n  - name: guard\n    failurePolicy: Fail\n    rules:\n      - operations: [UPDATE]\n"},
    {"overlays/armed/mutatingwebhook.yaml",
     "  name: headgate\n    clientConfig:\n    failurePolicy: Fail\n          values: [headgate-system, kube-system]\n    rules:\n      - mutating\n"},
};

ManifestOptions options() {
    ManifestOptions chosen;
    chosen.image = "registry.example/headgate@sha256:" + std::string(64, 'a');
    return chosen;
}

std::string written(const ManifestOptions& chosen, std::string_view static_policy = "") {
    auto stream = write_manifests(kTemplates, chosen, static_policy);
    REQUIRE(stream.ok());
    return *stream;
}

std::string refused(const ManifestOptions& chosen) {
    const auto stream = write_manifests(kTemplates, chosen, "");
    REQUIRE_FALSE(stream.ok());
    CHECK(stream.error().code == ErrorCode::usage);
    return stream.error().message;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Policy policy_with(Rule rule) {
    Policy policy;
    policy.registries.push_back({"oci", {"docker.io", "mirror.example"}});
    policy.rules.push_back(std::move(rule));
    return policy;
}

Rule digest_rule() {
    Rule rule;
    rule.id = "container.digest";
    rule.kinds = {Kind::container};
    rule.check = "integrity";
    rule.settings.set("images", std::string("digest"));
    return rule;
}

Rule registry_rule(std::vector<std::string> allow) {
    Rule rule;
    rule.id = "container.registry";
    rule.kinds = {Kind::container};
    rule.check = "registry";
    rule.settings.set("allow", std::move(allow));
    return rule;
}

}  // namespace

TEST_CASE("nothing is asked until the webhooks are armed") {
    const std::string unarmed = written(options());
    CHECK(has(unarmed, "    rules: []\n  - name: guard\n"));
    CHECK_FALSE(has(unarmed, "operations"));
    ManifestOptions chosen = options();
    chosen.armed = true;
    const std::string armed = written(chosen);
    CHECK(has(armed, "    rules:\n      - operations: [CREATE]\n"));
    CHECK_FALSE(has(armed, "rules: []"));
    CHECK_FALSE(has(armed, "mutating"));
    chosen.mutate = true;
    CHECK(has(written(chosen), "mutating"));
}

TEST_CASE("each choice stands in its place") {
    ManifestOptions chosen = options();
    chosen.name_space = "gate";
    chosen.replicas = 9;
    chosen.failure_policy = "Ignore";
    chosen.excluded = {"123", "kube-system", "infra"};
    chosen.skippable = {"sandbox"};
    chosen.ca_bundle = "pem";
    const std::string stream = written(chosen, "static\n");
    CHECK_FALSE(has(stream, "headgate-system"));
    CHECK(has(stream, "replicas: 9\nimage: \"" + chosen.image + "\"\n            - --drain=10s\n            - --skip-namespace=sandbox\n"));
    CHECK(has(stream, "minReplicas: 9\nmaxReplicas: 9\n"));
    CHECK(has(stream, "values: [gate, kube-system, \"123\", infra]\n"));
    CHECK(has(stream, "    clientConfig:\n      caBundle: cGVt\n      service:\n"));
    // The guard stays shut: who could not be asked must not take namespaces out.
    CHECK(has(stream, "failurePolicy: Ignore\n"));
    CHECK(has(stream, "  - name: guard\n    failurePolicy: Fail\n"));
    CHECK(stream.ends_with("---\nstatic\n"));
}

TEST_CASE("the policy is a literal block, with every line as it was") {
    ManifestOptions chosen = options();
    chosen.policy_files = {{"policy.yaml", "  # headgate-system\n\nheadgate: 1\n"}, {"key.pem", "no newline at the end"}};
    const std::string stream = written(chosen);
    CHECK(has(stream, "data:\n  policy.yaml: |2+\n      # headgate-system\n\n    headgate: 1\n  key.pem: |2-\n    no newline at the end\n---\n"));
    CHECK_FALSE(has(stream, "    old\n"));
    chosen.policy_files = {{"policy.yaml", std::string("\x01", 1)}};
    CHECK(has(refused(chosen), "no text"));
    chosen.policy_files = {{"a/b", "x"}};
    CHECK(has(refused(chosen), "a/b"));
    chosen.policy_files = {{"policy.yaml", std::string(1100U << 10U, 'x')}};
    CHECK(has(refused(chosen), "1 MiB"));
}

TEST_CASE("static manifests have addresses, names of their own, and no deployment") {
    ManifestOptions chosen;
    chosen.static_url = "https://127.0.0.1:8443";
    CHECK(has(refused(chosen), "--ca-bundle"));
    chosen.ca_bundle = "pem";
    const std::string stream = written(chosen);
    CHECK(has(stream, "  name: headgate.static.k8s.io\n"));
    CHECK(has(stream, "      url: https://127.0.0.1:8443/v1/validate\n    failurePolicy"));
    CHECK_FALSE(has(stream, "service"));
    CHECK_FALSE(has(stream, "image"));
    for (const char* const url : {"http://127.0.0.1", "https://user@host", "https://host/path", "https://host?x", "https://"}) {
        chosen.static_url = url;
        CHECK(has(refused(chosen), "--static"));
    }
}

TEST_CASE("what could become other YAML is refused") {
    ManifestOptions chosen = options();
    for (const char* const image : {"", "a b", "a\nb", "\"", "-x", "a#b"}) {
        chosen.image = image;
        CHECK(has(refused(chosen), "--image"));
    }
    chosen = options();
    for (const char* const name : {"", "A", "-a", "a-", "a.b", "a]", "a\n"}) {
        chosen.name_space = name;
        CHECK(has(refused(chosen), "--namespace"));
    }
}

TEST_CASE("a template without the place to fill gives no manifests") {
    const ManifestTemplate empty[] = {{"base/namespace.yaml", "x\n"}};
    const auto stream = write_manifests(empty, options(), "");
    REQUIRE_FALSE(stream.ok());
    CHECK(stream.error().code == ErrorCode::internal);
}

TEST_CASE("the static policy holds digests and places, and nothing that the policy softens") {
    CHECK(static_part(policy_with(digest_rule())).digest);
    Rule rule = digest_rule();
    rule.deny_at = Severity::high;                 // a tag is found as `medium`
    CHECK_FALSE(static_part(policy_with(rule)).digest);
    rule = digest_rule();
    rule.mode = Mode::warn;
    CHECK_FALSE(static_part(policy_with(rule)).digest);
    rule = digest_rule();
    rule.when_tiers = {"prod"};
    CHECK(static_part(policy_with(rule)).left_out.size() == 1);
    rule = digest_rule();
    rule.settings.set("images", std::string("tag"));
    CHECK_FALSE(static_part(policy_with(rule)).digest);
    Policy waived = policy_with(digest_rule());
    waived.waivers.push_back({});
    waived.waivers.back().rule = "container.digest";
    CHECK_FALSE(static_part(waived).digest);

    const StaticPart places = static_part(policy_with(registry_rule({"public", "registry.example/team"})));
    REQUIRE(places.places);
    CHECK(*places.places == std::vector<std::string>{"docker.io", "mirror.example", "registry.example/team"});
    CHECK_FALSE(static_part(policy_with(registry_rule({"pkg:oci/*"}))).places);
}

TEST_CASE("hosts of the static policy end where their names do") {
    StaticPart part;
    part.places = std::vector<std::string>{"docker.io", "registry.example"};
    const std::string text = static_admission_policy(part, {"headgate", {"headgate-system", "kube-system"}, true});
    CHECK(text.find("validationActions: [Deny, Audit]") != std::string::npos);
    CHECK(static_admission_policy(part, {}).find("validationActions: [Warn, Audit]") != std::string::npos);
    CHECK(has(text, R"(i.matches("^(docker[.]io|index[.]docker[.]io|registry[.]example)/|^[^/]+$|^[^/.:]+/"))"));
    CHECK(has(text, "values: [headgate-system, kube-system]\n"));
    CHECK_FALSE(has(text, "@"));
    CHECK_FALSE(has(text, "sha256"));
    CHECK(static_admission_policy({}, {}).empty());
}
