#include "report/kubernetes_static_policy.hpp"

#include <algorithm>
#include <string_view>

#include "report/kubernetes_manifests.hpp"

namespace headgate::report {
namespace {

// Why a rule does not hold for everything, as it is written; "" when it does.
std::string loosened(const Policy& policy, const Rule& rule) {
    if (rule.mode != Mode::enforce || !rule.mode_by_tier.empty()) return "it does not enforce everywhere";
    if (!rule.when_tiers.empty()) return "it holds for some tiers";
    if (rule.when_bytes.value_or(false)) return "it asks for bytes";
    if (rule.effective_on) return "it begins on a day";
    if (rule.severity) return "it has a severity of its own";
    for (const Override& one : policy.overrides) {
        if (one.rule == rule.id) return "it is overridden";
    }
    for (const Waiver& one : policy.waivers) {
        if (one.rule == rule.id) return "it has waivers";
    }
    return "";
}

bool is_plain_place(std::string_view place) {
    return !place.empty() && place.front() != '/' && place.back() != '/' && std::all_of(place.begin(), place.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || std::string_view("._-/:").find(letter) != std::string_view::npos;
    });
}

// Hosts as a registry rule lists them; nullopt: something among them is no host with a path.
std::optional<std::vector<std::string>> places_of(const Policy& policy, const Rule& rule) {
    const auto* allow = rule.settings.find<std::vector<std::string>>("allow");
    if (allow == nullptr) return std::nullopt;
    std::vector<std::string> places;
    const auto add = [&](std::string_view place) {
        constexpr std::string_view kScheme = "https://";
        if (place.starts_with(kScheme)) place.remove_prefix(kScheme.size());
        while (place.ends_with('/')) place.remove_suffix(1);
        if (!is_plain_place(place)) return false;
        places.emplace_back(place);
        return true;
    };
    for (const std::string& item : *allow) {
        if (item == "public") {
            for (const RegistrySet& set : policy.registries) {
                if (set.ecosystem == "oci" && !std::all_of(set.urls.begin(), set.urls.end(), add)) return std::nullopt;
            }
        } else if (item == "internal") {
            for (const InternalNames& names : policy.internal) {
                if (names.ecosystem == "oci" && !std::all_of(names.sources.begin(), names.sources.end(), add)) return std::nullopt;
            }
        } else if (item.find('*') != std::string::npos || !add(item)) {
            return std::nullopt;
        }
    }
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    if (places.empty()) return std::nullopt;
    return places;
}

// As a literal of RE2 within a CEL string within a YAML block: '.' is the only letter of a place that means something to RE2.
std::string literal(std::string_view place) {
    std::string text;
    for (const char letter : place) text += letter == '.' ? "[.]" : std::string(1, letter);
    return text;
}

// Docker's short names: without a host in front ("nginx", "library/nginx") they are the default registry's.
constexpr std::string_view kDefaultRegistry = "docker.io";

std::string places_pattern(const std::vector<std::string>& places) {
    std::string hosts;
    bool short_names = false;
    for (const std::string& place : places) {
        hosts += (hosts.empty() ? "" : "|") + literal(place);
        if (place != kDefaultRegistry) continue;
        short_names = true;
        hosts += "|index[.]docker[.]io";
    }
    return "^(" + hosts + ")/" + (short_names ? "|^[^/]+$|^[^/.:]+/" : "");
}

constexpr std::string_view kHead = R"(apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: @NAME@
  labels:
    app.kubernetes.io/name: headgate
spec:
  failurePolicy: Fail
  matchConstraints:
    matchPolicy: Equivalent
    namespaceSelector:
      matchExpressions:
        - key: kubernetes.io/metadata.name
          operator: NotIn
          values: @EXCLUDED@
        - key: admission.headgate.dev/skip
          operator: DoesNotExist
    resourceRules:
      - operations: [CREATE, UPDATE]
        apiGroups: [""]
        apiVersions: [v1]
        resources: [pods, pods/ephemeralcontainers, replicationcontrollers, podtemplates]
      - operations: [CREATE, UPDATE]
        apiGroups: [apps]
        apiVersions: [v1]
        resources: [deployments, replicasets, statefulsets, daemonsets]
      - operations: [CREATE, UPDATE]
        apiGroups: [batch]
        apiVersions: [v1]
        resources: [jobs, cronjobs]
  matchConditions:
    - name: no-mirror-pods
      expression: >-
        !(request.resource.resource == "pods" && has(request.userInfo.groups) && "system:nodes" in request.userInfo.groups &&
        has(object.metadata.annotations) && "kubernetes.io/config.mirror" in object.metadata.annotations)
  variables:
    - name: pod
      expression: >-
        object.kind == "Pod" ? object.spec : object.kind == "PodTemplate" ? object.template.spec :
        object.kind == "CronJob" ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec
    - name: images
      expression: >-
        (has(variables.pod.containers) ? variables.pod.containers.map(c, has(c.image) ? c.image : "") : []) +
        (has(variables.pod.initContainers) ? variables.pod.initContainers.map(c, has(c.image) ? c.image : "") : []) +
        (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers.map(c, has(c.image) ? c.image : "") : []) +
        (has(variables.pod.volumes) ? variables.pod.volumes.filter(v, has(v.image)).map(v, has(v.image.reference) ? v.image.reference : "") : [])
  validations:
)";

constexpr std::string_view kDigest = R"(    - expression: variables.images.all(i, i.matches("^[^@]+@sha256:[0-9a-f]{64}$"))
      reason: Forbidden
      messageExpression: >-
        "images must be named by digest: " + variables.images.filter(i, !i.matches("^[^@]+@sha256:[0-9a-f]{64}$"))[0]
)";

constexpr std::string_view kPlaces = R"(    - expression: variables.images.all(i, i.matches("@PLACES@"))
      reason: Forbidden
      messageExpression: >-
        "images must come from a registry that the policy allows: " + variables.images.filter(i, !i.matches("@PLACES@"))[0]
)";

constexpr std::string_view kBinding = R"(---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: @NAME@
  labels:
    app.kubernetes.io/name: headgate
spec:
  policyName: @NAME@
  validationActions: [@ACTIONS@]
)";

std::string filled(std::string text, std::string_view place, std::string_view value) {
    for (std::size_t at = 0; (at = text.find(place, at)) != std::string::npos; at += value.size()) text.replace(at, place.size(), value);
    return text;
}

}  // namespace

StaticPart static_part(const Policy& policy) {
    StaticPart part;
    for (const Rule& rule : policy.rules) {
        if (std::find(rule.kinds.begin(), rule.kinds.end(), Kind::container) == rule.kinds.end()) continue;
        const bool digest = rule.check == "integrity";
        if (!digest && rule.check != "registry") continue;
        std::string why = loosened(policy, rule);
        if (why.empty() && digest) {
            const auto* images = rule.settings.find<std::string>("images");
            // What is named by a tag is found with the severity `medium`.
            if (images == nullptr || *images != "digest") why = "it asks for no digest";
            else if (rule.deny_at && *rule.deny_at > Severity::medium) why = "it denies only above medium";
            else part.digest = true;
        } else if (why.empty()) {
            auto places = places_of(policy, rule);
            if (!places) why = "its places are not all hosts";
            else if (rule.deny_at && *rule.deny_at > Severity::high) why = "it denies only above high";
            else if (!part.places) part.places = std::move(places);
            else why = "another rule names places already";
        }
        if (!why.empty()) part.left_out.push_back(rule.id + ": " + why);
    }
    return part;
}

std::string static_admission_policy(const StaticPart& part, const StaticPolicyOptions& options) {
    if (!part.digest && !part.places) return "";
    std::string text(kHead);
    if (part.digest) text += kDigest;
    if (part.places) text += filled(std::string(kPlaces), "@PLACES@", places_pattern(*part.places));
    text += kBinding;
    text = filled(std::move(text), "@ACTIONS@", options.armed ? "Deny, Audit" : "Warn, Audit");
    return filled(filled(std::move(text), "@NAME@", options.name), "@EXCLUDED@", yaml_names(options.excluded));
}

}  // namespace headgate::report
