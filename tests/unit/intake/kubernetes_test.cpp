// Objects of Kubernetes, as files and as what an AdmissionReview holds; settings that name models.
#include <catch2/catch.hpp>

#include "codec/tree.hpp"
#include "intake/kubernetes.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;

namespace {

const std::string kHash(64, 'a');
const std::string kCommit(40, 'c');

Parsed kubernetes(const std::string& text, std::string_view name = "pod.yaml") { return Parsed(name, text, {}, intake::format_of("Kubernetes")); }
/// A pod's specification, two spaces deep.
std::string pod(const std::string& indent) {
    return indent + "initContainers: [{name: i, image: init}]\n" + indent + "containers: [{name: c, image: \"ghcr.example/app:1\"}]\n" + indent +
           "ephemeralContainers: [{name: d, image: \"debian:stable\"}]\n" + indent + "volumes:\n" + indent + "- {name: m, image: {reference: registry.example/models/llama:8b}}\n" + indent +
           "- {name: r, rbd: {image: no-image, monitors: [x]}}\n";
}
const Names kPod = {"oci:docker.io/library/init", "oci:ghcr.example/app:1", "oci:docker.io/library/debian:stable", "oci:registry.example/models/llama:8b"};

}  // namespace

TEST_CASE("every kind that has a pod, and where its images stand") {
    struct Case {
        const char* version;
        const char* kind;
        const char* above;
        const char* indent;
    };
    for (const Case& one : {Case{"v1", "Pod", "spec:\n", "  "}, Case{"v1", "PodTemplate", "template:\n  spec:\n", "    "}, Case{"v1", "ReplicationController", "spec:\n  template:\n    spec:\n", "      "},
                            Case{"apps/v1", "Deployment", "spec:\n  template:\n    spec:\n", "      "}, Case{"apps/v1beta1", "StatefulSet", "spec:\n  template:\n    spec:\n", "      "},
                            Case{"apps/v1", "DaemonSet", "spec:\n  template:\n    spec:\n", "      "}, Case{"apps/v1", "ReplicaSet", "spec:\n  template:\n    spec:\n", "      "},
                            Case{"batch/v1", "Job", "spec:\n  template:\n    spec:\n", "      "}, Case{"batch/v1", "CronJob", "spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n", "          "},
                            Case{"example.com/v1", "Anything", "spec:\n  a:\n    b:\n", "      "}}) {
        CAPTURE(one.kind);
        const Parsed parsed = kubernetes(std::string("apiVersion: ") + one.version + "\nkind: " + one.kind + "\nmetadata: {name: x}\n" + one.above + pod(one.indent));
        CHECK(parsed.understood);
        CHECK(parsed.names() == kPod);
    }
    const Parsed deployment = kubernetes("apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n" + pod("      "));
    CHECK(deployment.facts.requirements[1].where.member == "spec.template.spec.containers[0].image");
    CHECK(deployment.facts.requirements[1].where.line == 7U);
    CHECK(deployment.facts.requirements[3].where.member == "spec.template.spec.volumes[0].image.reference");
}

TEST_CASE("documents, lists, JSON, and objects without a pod") {
    const std::string object = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"a\"}]}}";
    CHECK(kubernetes("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + object + "," + object + "]}", "x.json").names() == Names{"oci:docker.io/library/a", "oci:docker.io/library/a"});
    CHECK(kubernetes("# only a comment\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{image: a}]}\n---\napiVersion: v1\nkind: ConfigMap\ndata: {image: nginx, x: \"hf://a/b\"}\n").names() ==
          Names{"oci:docker.io/library/a"});
    CHECK(kubernetes("{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"1\",\"object\":" + object + "}}", "review.json").names().size() == 1);
    const Parsed volume = kubernetes("apiVersion: v1\nkind: PersistentVolume\nspec: {rbd: {image: a}}\nstatus: {image: b}\n");
    CHECK(volume.understood);
    CHECK(volume.names().empty());
    CHECK(kubernetes("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: [{name: a, newName: ghcr.example/b, newTag: \"2\"}]\nresources: [x.yaml, \"https://files.example/y.yaml\"]\n").names() ==
          Names{"oci:ghcr.example/b:2", "https://files.example/y.yaml"});
}

TEST_CASE("KServe, Ray, Kubeflow and others") {
    const std::string head = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec:\n  predictor:\n    model:\n";
    CHECK(kubernetes(head + "      storageUri: hf://acme/llama:" + kCommit + "\n").names() == Names{"hf:acme/llama@" + kCommit});
    CHECK(kubernetes(head + "      storageUri: oci://registry.example/m:1\n").names() == Names{"oci:registry.example/m:1"});
    CHECK(kubernetes(head + "      storageUri: s3://Models/llama/8b/\n").names() == Names{"s3://models/llama/8b"});
    CHECK(kubernetes(head + "      storageUri: pvc://claim/llama\n").names() == Names{"pvc://claim/llama"});
    CHECK(kubernetes(head + "      storageUri: https://files.example/m.tar?sig=secret\n").names() == Names{"https://files.example/m.tar"});
    CHECK(kubernetes(head + "      storageUri: /mnt/models\n").names().empty());
    CHECK_FALSE(kubernetes(head + "      storageUri: weird://x/y\n").understood);
    CHECK(kubernetes(head + "      storage: {key: minio, path: a/b}\n").facts.requirements.at(0).dynamic);
    CHECK(kubernetes(head + "      modelFormat: {name: huggingface}\n      args: [--model_name=x, --model_id=acme/llama, --model_revision=" + kCommit + "]\n").names() == Names{"hf:acme/llama@" + kCommit});
    CHECK(kubernetes("apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nspec:\n  model: {uri: \"hf://acme/x\", lora: {adapters: [{uri: \"hf://acme/y\"}]}}\n  template:\n    containers: [{image: a}]\n").names().size() == 3);
    CHECK(kubernetes("apiVersion: ray.io/v1\nkind: RayCluster\nspec:\n  workerGroupSpecs:\n  - template:\n      spec:\n        containers: [{image: \"rayproject/ray:2\"}]\n").names() == Names{"oci:docker.io/rayproject/ray:2"});
    CHECK(kubernetes("apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nspec:\n  trainer: {image: a, numNodes: 1}\n  initializer: {model: {storageUri: \"hf://acme/x\"}, dataset: {storageUri: \"hf://datasets/acme/d@main/x.csv\"}}\n").names() ==
          Names{"hf-dataset:acme/d@main", "hf:acme/x", "oci:docker.io/library/a"});
    CHECK(kubernetes("apiVersion: example.com/v1\nkind: Page\nspec: {image: logo.png, icon: {image: \"https://x.example/y\"}, caption: {image: \"not an image\"}}\nstatus: {image: x}\n").names().empty());
    const Parsed init = kubernetes("apiVersion: v1\nkind: Pod\nmetadata: {annotations: {internal.serving.kserve.io/storage-initializer-sourceuri: \"hf://acme/x\"}}\nspec:\n  initContainers: [{name: storage-initializer, image: a, args: [\"s3://b/m\", /mnt/models]}]\n  containers: []\n");
    CHECK(init.names() == Names{"hf:acme/x", "oci:docker.io/library/a", "s3://b/m"});
}

TEST_CASE("servers in plain pods") {
    const auto run = [](const std::string& container) { return kubernetes("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - " + container + "\n"); };
    CHECK(run("{image: \"vllm/vllm-openai\", args: [--model, acme/llama, --trust-remote-code]}").has("source.trust-remote-code"));
    CHECK(run("{image: \"vllm/vllm-openai\", args: [\"--model=$(MODEL)\"], env: [{name: MODEL, value: acme/llama}]}").names().back() == "hf:acme/llama");
    CHECK(run("{image: \"vllm/vllm-openai\", args: [\"--model=$(MODEL)\"], env: [{name: MODEL, valueFrom: {secretKeyRef: {}}}]}").facts.requirements.back().dynamic);
    CHECK(run("{image: own, command: [sh, -c, \"exec vllm serve acme/llama --port 1\"]}").names().back() == "hf:acme/llama");
    CHECK(run("{image: own, args: [--model, acme/llama]}").names().size() == 1);
    CHECK(run("{image: \"vllm/vllm-openai\", args: [--model, /models/llama]}").names().size() == 1);
}

TEST_CASE("what is not understood, and what is nobody's") {
    for (const char* text : {"apiVersion: v1\nkind: Pod\nspec: {containers: [{image: \"\"}]}\n", "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: \" \"}]}\n", "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: }]}\n",
                             "apiVersion: v1\nkind: Pod\nspec: {containers: x}\n", "apiVersion: v1\nkind: Pod\nspec: {containers: [x]}\n", "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: \"A b\"}]}\n",
                             "kind: Pod\n", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n", "- x\n"}) {
        CAPTURE(text);
        const Parsed parsed = kubernetes(text);
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.oracle());
    }
    const Parsed templated = kubernetes("apiVersion: v1\nkind: Pod\nspec: {containers: [{image: \"{{ .Values.image }}\"}]}\n");
    CHECK(templated.facts.requirements.at(0).dynamic);
    CHECK(kubernetes("apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{name: patch, resources: {}}]}}}\n").understood);
    CHECK(intake::every_prefix("pod.yaml", "apiVersion: v1\nkind: Pod\nspec:\n" + pod("  ") + "---\n{apiVersion: a.example/v1, kind: B, image: c}\n", intake::format_of("Kubernetes")));
}

TEST_CASE("one extraction over a tree, as an admission webhook calls it") {
    const auto tree = codec::parse_json_tree(as_bytes(std::string_view(R"({"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"a@sha256:)" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" R"("}]}})")));
    REQUIRE(tree.ok());
    Limits limits;
    Evidence facts;
    intake::IntakeContext context{limits, facts, "review"};
    context.member = "request.object";
    CHECK(intake::kubernetes::read_object(*tree, context));
    REQUIRE(facts.requirements.size() == 1);
    CHECK(facts.requirements[0].where.member == "request.object spec.containers[0].image");
    CHECK(facts.requirements[0].pinned);
}

TEST_CASE("Kubernetes is told by its content") {
    const auto told = [](std::string_view name, std::string_view text) {
        const intake::ManifestFormat* format = intake::content_format(name, as_bytes(text));
        return format == nullptr ? std::string() : std::string(format->name);
    };
    CHECK(told("x.yaml", "# a\napiVersion: v1\nkind: Pod\nspec: {containers: []}\n") == "Kubernetes");
    CHECK(told("x.json", "{\"kind\": \"Pod\", \"apiVersion\": \"v1\", \"image\": 1}") == "Kubernetes");
    CHECK(told("x.yaml", "apiVersion: v1\nkind: ConfigMap\ndata: {a: b}\n").empty());
    CHECK(told("Chart.yaml", "apiVersion: v2\nname: x\n").empty());
    CHECK(told("x.txt", "apiVersion: v1\nkind: Pod\nimage: x\n").empty());
}

TEST_CASE("settings that name models") {
    const auto settings = [](const std::string& text, std::string_view name = "train.yaml") { return Parsed(name, text, {}, intake::format_of("hub settings")); };
    CHECK(settings("model_name_or_path: bert-base-uncased\ndataset_name: acme/d\ntrain: {pretrained_model_name_or_path: acme/x, revision: " + kCommit + "}\n").names() ==
          Names{"hf:bert-base-uncased", "hf-dataset:acme/d", "hf:acme/x@" + kCommit});
    CHECK(settings("{\"repo_id\": \"acme/d\", \"repo_type\": \"dataset\", \"x\": [\"hf://acme/y/model.bin\"]}", "a.json").names() == Names{"hf-dataset:acme/d", "hf:acme/y"});
    CHECK(settings("base_model: acme/x\ndatasets:\n  - {path: acme/d, type: alpaca}\n  - {path: data.jsonl}\n").names() == Names{"hf:acme/x", "hf-dataset:acme/d"});
    CHECK(settings("a: {trust_remote_code: true}\n").has("source.trust-remote-code"));
    CHECK_FALSE(settings("a: {trust_remote_code: false}\n").has("source.trust-remote-code"));
    for (const char* text : {"model_id: gpt-4\n", "model_id: openai/gpt-4o\nprovider: openrouter\n", "dataset_name: iris\n", "base_model: models/base.pt\n", "model_name_or_path: ./out/checkpoint\n",
                             "rows:\n  - {model_id: acme/x}\n", "repo_id: a/b/c\n"}) {
        CAPTURE(text);
        CHECK(settings(text).understood);
        CHECK(settings(text).names().empty());
    }
    CHECK(settings("model_name_or_path: ${oc.env:MODEL}\n").facts.requirements.at(0).dynamic);
    CHECK(intake::every_prefix("a.json", "{\"model_id\": \"acme/x\", \"y\": {\"base_model\": \"acme/z\", \"u\": \"hf://acme/w\"}}", intake::format_of("hub settings")));
    CHECK(intake::every_prefix("a.yaml", "model_id: acme/x\ny: [hf://acme/w]\n", intake::format_of("hub settings")));
}

TEST_CASE("a file that names nothing is none") {
    const auto settled = [](std::string_view name, std::string_view text) {
        const intake::ManifestFormat* candidate = intake::content_format(name, as_bytes(text));
        if (candidate == nullptr) return std::string("none");
        const Parsed parsed(name, text, {}, candidate);
        const intake::ManifestFormat* format = intake::settled_format(*candidate, name, as_bytes(text), parsed.facts);
        return format == nullptr ? std::string("none") : std::string(format->name);
    };
    CHECK(settled("a.py", "# from_pretrained(\"x/y\") is called elsewhere\n") == "none");
    CHECK(settled("a.py", "print(1)\n") == "none");
    CHECK(settled("a.py", "m = X.from_pretrained('a/b')\n") == "Python source");
    CHECK(settled("a.py", "# /// script\n# dependencies = [\"transformers\"]\n# ///\nimport transformers\n") == "script block");
    CHECK(settled("a.py", "# /// script\n# dependencies = [\"transformers\"]\n# ///\nm = X.from_pretrained('a/b')\n") == "Python source");
    CHECK(settled("a.py", "def f(): return load(trust_remote_code=True)\n") == "Python source");
    CHECK(settled("a.yaml", "model_id: gpt-4\n") == "none");
    CHECK(settled("a.yaml", "model_id: {{ x }}\n\t\n") == "none");
    CHECK(settled("a.yaml", "model_id: acme/x\n") == "hub settings");
    CHECK(settled("config.json", "{\"model_type\": \"llama\", \"_name_or_path\": \"acme/x\"}") == "none");
    CHECK(settled("a.yaml", "apiVersion: v1\nkind: Service\nspec: {x: \"http://y\"}\n") == "none");
}
