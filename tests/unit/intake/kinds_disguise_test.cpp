// Objects of kinds of others, volumes of drivers, and values from elsewhere: what names something, however it stands there, beside its
// honest twin.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;

namespace {

const std::string kCommit(40, 'c');
const std::string kDigest = "@sha256:" + std::string(64, 'a');
const std::string kEvil = "oci:evil.example/x";
const Names kOnlyEvil = {kEvil};

Parsed object(const std::string& text) { return Parsed("x.yaml", text, {}, intake::format_of("Kubernetes")); }
Names names(const std::string& text) {
    const Parsed parsed = object(text);
    CHECK(parsed.understood);
    CHECK(parsed.oracle());
    return parsed.names();
}
bool holds(const Names& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }
bool computed(const Parsed& parsed) {
    return std::any_of(parsed.facts.requirements.begin(), parsed.facts.requirements.end(), [](const Requirement& one) { return one.dynamic; });
}

/// Of a kind of others, below `spec`.
std::string other(const std::string& spec) { return "apiVersion: engines.example/v1\nkind: Engine\nmetadata: {name: x}\nspec: " + spec + "\n"; }
std::string pod(const std::string& container, const std::string& more = "") { return "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - " + container + "\n" + more; }
std::string volume(const std::string& source) { return pod("{image: a}", "  volumes:\n  - {name: m, " + source + "}\n"); }
std::string serve(const std::string& spec) { return "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nspec: " + spec + "\n"; }

}  // namespace

TEST_CASE("kinds of others: containers by any name") {
    for (const char* const spec : {"{sidecarContainers: [{name: a, image: evil.example/x}]}", "{engineContainers: [{name: a, image: evil.example/x, args: [x]}]}", "{extraInitContainers: [{name: a, image: evil.example/x}]}",
                                   "{engineContainer: {name: a, image: evil.example/x}}", "{sidecarContainers: {a: {image: evil.example/x}}}", "{initContainers: [evil.example/x]}", "{mainContainer: evil.example/x}"}) {
        CAPTURE(spec);
        CHECK(names(other(spec)) == kOnlyEvil);
    }
    // Beside the lists that every pod has, too.
    const Names beside = names(other("{containers: [{name: a, image: b}], sidecarContainers: [{name: c, image: evil.example/x}]}"));
    CHECK(beside == Names{"oci:docker.io/library/b", kEvil});
    CHECK(names(other("{containers: [{name: a, image: b}], initContainers: [{name: c, image: d}]}")).size() == 2);
    for (const char* const spec : {"{excludedContainers: [istio-proxy, main]}", "{maxContainers: 5}", "{container: main}", "{blobContainers: [{name: data, sizeGiB: 5}]}", "{containerPolicies: [{containerName: a}]}"}) {
        CAPTURE(spec);
        CHECK(names(other(spec)).empty());
    }
}

TEST_CASE("kinds of others: what lies within a container") {
    for (const char* const inner : {"extra: {image: evil.example/x}", "volumeMounts: [{name: a, image: {reference: evil.example/x}}]", "env: [{name: a, source: {image: evil.example/x}}]", "plugins: [{sidecarContainers: [{image: evil.example/x}]}]",
                                    "images: {a: \"evil.example/x\"}", "driverImage: evil.example/x"}) {
        CAPTURE(inner);
        CHECK(names(other("{containers: [{name: a, image: b, " + std::string(inner) + "}]}")) == Names{"oci:docker.io/library/b", kEvil});
    }
    CHECK(names(other("{containers: [{name: a, image: b, model: {source: \"hf://acme/m@" + kCommit + "\"}}]}")).back() == "hf:acme/m@" + kCommit);
    // Once, though a server and a walk might both find it.
    CHECK(names(other("{containers: [{name: a, image: b, args: [\"hf://acme/m\"], env: [{name: X, value: \"hf://acme/n\"}]}]}")).size() == 3);
    CHECK(names(other("{containers: [{name: a, image: b, resources: {limits: {cpu: 1}}, volumeMounts: [{name: image, mountPath: /image}], env: [{name: IMAGE, value: nginx}]}]}")).size() == 1);
}

TEST_CASE("kinds of others: images that nobody can have") {
    for (const char* const spec : {"{containers: [{name: a, image: \"evil.example/X\"}]}", "{sidecarContainers: [{image: \"not an image\"}]}", "{image: \"evil.example/X:1\"}", "{image: \"evil.example/../x\"}", "{runner: {image: \"No Image\", args: [x]}}",
                                   "{volumes: [{image: {reference: \"No Image\"}}]}", "{image: {reference: \"evil.example/X\"}}", "{image: {repository: \"evil.example/X\"}}", "{images: [\"evil.example/X:1\"]}"}) {
        CAPTURE(spec);
        const Parsed parsed = object(other(spec));
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.oracle());
        CHECK(parsed.has("manifest.invalid-image"));
    }
    CHECK_FALSE(object(other("{image: \"weird://evil.example/x\"}")).understood);
    CHECK(names(other("{image: \"docker://evil.example/x\"}")) == kOnlyEvil);
    CHECK(names(other("{image: \"oci://evil.example/x\"}")) == kOnlyEvil);
    CHECK(names(other("{image: evil.example/x.png}")) == Names{kEvil + ".png"});
    for (const char* const spec : {"{image: \"not an image\"}", "{image: ./icons/a.png}", "{image: icons/a.png}", "{imageRef: \"sha256:abc\"}", "{image: /images/Logo}", "{image: Logo.PNG}", "{image: \"https://pages.example/Logo\"}", "{image: \"\"}", "{image: {reference: \"Fig. 3\"}}", "{sidecarContainers: [{name: a, image: \"\"}]}",
                                   "{images: [front, back, photo.jpg]}", "{images: {small: \"https://pages.example/a.png\"}}", "{backgroundImage: sky.webp}", "{imagePullPolicy: Always, imagePullSecrets: [{name: a}]}"}) {
        CAPTURE(spec);
        CHECK(names(other(spec)).empty());
    }
}

TEST_CASE("kinds of others: images in lists, mappings and other fields") {
    for (const char* const spec : {"{images: [evil.example/x]}", "{images: {main: evil.example/x}}", "{images: [{name: evil.example/x}]}", "{images: [{image: evil.example/x}]}", "{images: {main: {image: evil.example/x}}}", "{image: [evil.example/x]}", "{images: [\"nginx=evil.example/x\"]}", "{source: {registry: {url: \"docker://evil.example/x\"}}}",
                                   "{driverImage: evil.example/x}", "{imageName: evil.example/x}", "{image: {name: evil.example/x}}", "{extraVolumes: [{name: m, image: {reference: evil.example/x}}]}", "{volumes: [{name: m, image: {reference: evil.example/x}}]}"}) {
        CAPTURE(spec);
        CHECK(names(other(spec)) == kOnlyEvil);
    }
    CHECK(names(other("{images: [{name: evil.example/x, newTag: \"2\"}]}")) == Names{kEvil + ":2"});
    CHECK(names(other("{a: {rbd: {image: x, monitors: [y]}}}")).empty());
    CHECK(names(other("{a: {rbd: {image: evil.example/x}}}")) == kOnlyEvil);
    CHECK(names(other("{a: {myrbd: {image: evil.example/x, monitors: [y]}}}")) == kOnlyEvil);
    CHECK(names("apiVersion: a.example/v1\nkind: B\nspec: {}\nstatus: {images: [evil.example/x], image: evil.example/x}\n").empty());
}

TEST_CASE("lists: of objects, of one kind, and what is only called one") {
    const std::string evil = "{apiVersion: v1, kind: Pod, spec: {containers: [{image: evil.example/x}]}}";
    for (const std::string& text : Names{"apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: a}, spec: {containers: [{image: evil.example/x}]}}]\n", "apiVersion: v1\nkind: PodList\nitems: [" + evil + "]\n",
                                   "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: PodList, items: [" + evil + "]}]\n", "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceServiceList\nitems: [" + evil + "]\n",
                                   "apiVersion: engines.example/v1\nkind: EngineList\nitems: []\nspec: {containers: [{image: evil.example/x}]}\n", "apiVersion: engines.example/v1\nkind: EngineList\nitems: [{spec: {image: evil.example/x}}]\n",
                                   "apiVersion: engines.example/v1\nkind: EngineList\nitems: {a: {image: evil.example/x}}\n", "apiVersion: engines.example/v1\nkind: EngineList\nitems: [{apiVersion: v1, kind: ConfigMap, containers: [{image: evil.example/x}]}]\n",
                                   "apiVersion: v1\nkind: ConfigMap\nitems: [" + evil + "]\n", "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{spec: {template: {spec: {containers: [{image: evil.example/x}]}}}}]\n"}) {
        CAPTURE(text);
        CHECK(names(text) == kOnlyEvil);
    }
    CHECK(names("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceServiceList\nitems: [{spec: {predictor: {model: {storageUri: \"hf://acme/m\"}}}}]\n") == Names{"hf:acme/m"});
    CHECK(names("apiVersion: v1\nkind: List\nitems: [" + evil + ", {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{image: b}]}}}}, {apiVersion: v1, kind: ConfigMap, data: {image: c}}]\n") ==
          Names{kEvil, "oci:docker.io/library/b"});
    CHECK(names("apiVersion: v1\nkind: ConfigMapList\nitems: [{data: {image: nginx}}]\n").empty());
    CHECK_FALSE(object("apiVersion: v1\nkind: List\nitems: [{spec: {containers: [{image: a}]}}]\n").understood);
    CHECK_FALSE(object("apiVersion: v1\nkind: PodList\nitems: {a: b}\n").understood);
    CHECK(names("apiVersion: apps/v1\nkind: ControllerRevision\nrevision: 1\ndata: {spec: {template: {spec: {containers: [{image: evil.example/x}]}}}}\n") == kOnlyEvil);
    CHECK(names("apiVersion: apps/v1\nkind: ControllerRevision\nrevision: 1\n").empty());
    CHECK(intake::every_prefix("x.yaml", "apiVersion: v1\nkind: PodList\nitems:\n- {spec: {containers: [{image: a}]}}\n---\n" + other("{images: [b.example/c], sidecarContainers: [{image: d, env: [{name: e}]}]}"), intake::format_of("Kubernetes")));
}

TEST_CASE("volumes that a driver fills with an image or a model") {
    for (const char* const source : {"csi: {driver: csi-image.warm-metal.tech, volumeAttributes: {image: evil.example/x}}", "csi: {driver: image.csi.k8s.io, volumeAttributes: {image: evil.example/x}}",
                                     "csi: {driver: model.csi.modelpack.org, volumeAttributes: {model.csi.modelpack.org/reference: evil.example/x}}", "csi: {driver: model.csi.modelpack.org, volumeAttributes: {modelRef: evil.example/x}}",
                                     "csi: {driver: unknown.example, volumeAttributes: {image: evil.example/x}}", "csi: {driver: unknown.example, volumeAttributes: {unknown.example/reference: \"evil.example/x\"}}",
                                     "csi: {driver: unknown.example, volumeAttributes: {a: \"oci://evil.example/x\"}}", "flexVolume: {driver: unknown/image, options: {image: evil.example/x}}"}) {
        CAPTURE(source);
        CHECK(names(volume(source)) == Names{"oci:docker.io/library/a", kEvil});
        CHECK(names("apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{image: a}], volumes: [{name: m, " + std::string(source) + "}]}}}\n").size() == 2);
    }
    CHECK(names(volume("csi: {driver: unknown.example, volumeAttributes: {a: \"evil.example/x" + kDigest + "\"}}")).back() == kEvil + kDigest);
    CHECK(names(volume("csi: {driver: hf.csi.huggingface.co, volumeAttributes: {sourceType: repo, sourceId: acme/m, revision: " + kCommit + "}}")).back() == "hf:acme/m@" + kCommit);
    CHECK(names(volume("csi: {driver: hf.csi.huggingface.co, volumeAttributes: {sourceType: repo, sourceId: datasets/acme/d}}")).back() == "hf-dataset:acme/d");
    CHECK(names(volume("csi: {driver: unknown.example, volumeAttributes: {from: \"s3://models/m\"}}")).back() == "s3://models/m");
    CHECK(names(volume("gitRepo: {repository: \"https://git.example/a/b\", revision: main}")).back() == "git+https://git.example/a/b@main");
    CHECK(names("apiVersion: v1\nkind: PersistentVolume\nspec: {csi: {driver: csi-image.warm-metal.tech, volumeHandle: evil.example/x}}\n") == kOnlyEvil);
    // Which model it is, the program says to the driver later.
    CHECK(computed(object(volume("csi: {driver: model.csi.modelpack.org}"))));
    CHECK(computed(object(volume("csi: {driver: csi-image.warm-metal.tech, volumeAttributes: {image: \"$(IMAGE)\"}}"))));
    CHECK_FALSE(object(volume("csi: {driver: csi-image.warm-metal.tech, volumeAttributes: {image: \"evil.example/X\"}}")).understood);
    CHECK_FALSE(object(volume("csi: {driver: hf.csi.huggingface.co, volumeAttributes: {sourceType: bucket, sourceId: acme/b}}")).understood);
    for (const char* const source : {"csi: {driver: secrets-store.csi.k8s.io, readOnly: true, volumeAttributes: {secretProviderClass: my-provider}}", "csi: {driver: csi.cert-manager.io, volumeAttributes: {csi.cert-manager.io/issuer-name: ca, csi.cert-manager.io/dns-names: a.example.com}}",
                                     "csi: {driver: smb.csi.k8s.io, volumeAttributes: {source: //smb.example/share, mountOptions: \"dir_mode=0777,vers=3.0\"}}", "csi: {driver: nfs.csi.k8s.io, volumeAttributes: {server: nfs.example, share: /models}}",
                                     "csi: {driver: gcsfuse.csi.storage.gke.io, volumeAttributes: {bucketName: models, mountOptions: implicit-dirs}}", "csi: {driver: unknown.example, volumeAttributes: {source: nfs.example/share, imagePullPolicy: Always}}",
                                     "flexVolume: {driver: ceph.rook.io/rook, options: {fsName: fs, path: /a}}"}) {
        CAPTURE(source);
        CHECK(names(volume(source)) == Names{"oci:docker.io/library/a"});
    }
    CHECK(names("apiVersion: v1\nkind: PersistentVolume\nspec: {csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1, volumeAttributes: {image: none.example/x}}}\n").empty());
    CHECK(names(other("{store: {csi: {driver: image.csi.k8s.io, volumeAttributes: {image: evil.example/x}}}}")) == kOnlyEvil);
}

TEST_CASE("variables whose values stand elsewhere") {
    const std::string from_map = "valueFrom: {configMapKeyRef: {name: a, key: b}}";
    const auto run = [](const std::string& container) { return object(pod(container)); };
    const std::string tgi = "{image: \"ghcr.example/huggingface/text-generation-inference:3\", ";
    for (const std::string& container : Names{"{image: own, env: [{name: HF_MODEL_ID, " + from_map + "}]}", "{image: own, env: [{name: HF_ENDPOINT, valueFrom: {secretKeyRef: {name: a, key: b}}}]}", tgi + "env: [{name: MODEL_ID, " + from_map + "}]}",
                                        tgi + "env: [{name: MODEL_ID, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['m']\"}}}]}", tgi + "envFrom: [{configMapRef: {name: a}}]}", tgi + "envFrom: [{secretRef: {name: a}}]}",
                                        tgi + "env: [{name: MODEL_ID, value: acme/m}, {name: MODEL_ID, " + from_map + "}]}", tgi + "args: [--model-id, acme/m], env: [{name: REVISION, " + from_map + "}]}",
                                        "{image: \"vllm/vllm-openai:v1\", args: [--model, \"$(M)\"], env: [{name: M, " + from_map + "}]}", "{image: \"vllm/vllm-openai:v1\", args: [--model, \"$(M)\"], envFrom: [{configMapRef: {name: a}}]}",
                                        "{image: \"vllm/vllm-openai:v1\", args: [--model, \"$(M)\"], env: [{name: N, " + from_map + "}, {name: M, value: \"acme/$(N)\"}]}",
                                        "{image: own, command: [sh, -c, \"vllm serve $M\"], env: [{name: M, " + from_map + "}]}", "{name: storage-initializer, image: own, args: [\"$(URI)\", /mnt], env: [{name: URI, " + from_map + "}]}",
                                        "{image: own, env: [{name: STORAGE_URI, " + from_map + "}]}"}) {
        CAPTURE(container);
        const Parsed parsed = run(container);
        CHECK(parsed.understood);
        CHECK(computed(parsed));
    }
    CHECK(run(tgi + "args: [--model-id, acme/m], env: [{name: TRUST_REMOTE_CODE, " + from_map + "}]}").has("source.trust-remote-code"));
    const std::string pinned = "args: [--model-id, acme/m, --revision, " + kCommit + "], ";
    for (const std::string& container : Names{tgi + pinned + "env: [{name: HF_TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}]}", tgi + pinned + "env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]}",
                                        tgi + pinned + "env: [{name: LOG_LEVEL, " + from_map + "}]}", tgi + pinned + "envFrom: [{configMapRef: {name: a}}]}", tgi + pinned + "env: [{name: MODEL_ID, " + from_map + "}, {name: REVISION, " + from_map + "}]}",
                                        tgi + "env: [{name: MODEL_ID, value: acme/m}, {name: REVISION, value: " + kCommit + "}], envFrom: [{configMapRef: {name: a}}]}", tgi + pinned + "envFrom: []}",
                                        "{image: own, env: [{name: MODEL_ID, " + from_map + "}]}", "{image: own, envFrom: [{configMapRef: {name: a}}]}", "{image: \"vllm/vllm-openai:v1\", args: [--model, /mnt/models, \"--served-model-name=$(MODEL_NAME)\"], env: [{name: MODEL_NAME, " + from_map + "}]}",
                                        "{image: \"vllm/vllm-openai:v1\", args: [--model, \"$(ORG)/m\"], env: [{name: ORG, value: acme}]}", tgi + "env: [{name: MODEL_ID, " + from_map + "}, {name: MODEL_ID, value: acme/m}]}"}) {
        CAPTURE(container);
        const Parsed parsed = run(container);
        CHECK(parsed.understood);
        CHECK_FALSE(computed(parsed));
    }
    // A variable that is put together of such as stand there is none of elsewhere.
    CHECK(run("{image: \"vllm/vllm-openai:v1\", args: [--model, \"$(M)\"], env: [{name: N, value: m}, {name: M, value: \"acme/$(N)\"}]}").names().back() == "hf:acme/m");
}

TEST_CASE("KServe: one model in every way in which it may be told") {
    for (const std::string& text : Names{serve("{predictor: {model: {storageUri: \"hf://acme/m\"}}}"), serve("{predictor: {storageUris: [{uri: \"hf://acme/m\"}]}}"), serve("{predictor: {sklearn: {storageUri: \"hf://acme/m\"}}}"),
                                   serve("{predictor: {annotations: {internal.serving.kserve.io/storage-initializer-sourceuri: \"hf://acme/m\"}}}"), serve("{predictor: {model: {env: [{name: STORAGE_URI, value: \"hf://acme/m\"}]}}}"),
                                   std::string("apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nspec: {model: {uri: \"hf://acme/m\"}}\n"),
                                   std::string("apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nspec: {model: {lora: {adapters: [{uri: \"hf://acme/m\"}]}}}\n"),
                                   std::string("apiVersion: serving.kserve.io/v1alpha1\nkind: LocalModelNode\nspec: {localModels: [{modelName: a, sourceModelUri: \"hf://acme/m\"}]}\n"),
                                   std::string("apiVersion: serving.kserve.io/v1alpha1\nkind: TrainedModel\nspec: {model: {storageUri: \"hf://acme/m\"}}\n"),
                                   std::string("apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nspec: {initializer: {model: {storageUri: \"hf://acme/m\"}}}\n"),
                                   std::string("apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {template: {metadata: {annotations: {internal.serving.kserve.io/storage-initializer-sourceuri: \"hf://acme/m\"}}}}\n")}) {
        CAPTURE(text);
        CHECK(names(text) == Names{"hf:acme/m"});
    }
    const auto in_pod = [](const std::string& container) { return names("apiVersion: v1\nkind: Pod\nspec:\n  initContainers:\n  - " + container + "\n  containers: [{image: a}]\n"); };
    for (const char* const container : {"{name: storage-initializer, image: b, args: [\"modelscope://acme/m\", /mnt/models]}", "{name: fetch, image: \"kserve/storage-initializer:v1\", args: [\"modelscope://acme/m\", /mnt]}",
                                        "{name: storage-initializer, image: b, command: [python, /x.py, \"modelscope://acme/m\", /mnt]}", "{name: storage-initializer-2, image: b, command: [sh, -c, \"python /x.py 'modelscope://acme/m' /mnt\"]}",
                                        "{name: x, image: b, env: [{name: STORAGE_URI, value: \"modelscope://acme/m\"}]}", "{name: x, image: b, env: [{name: ORG, value: acme}, {name: STORAGE_URI, value: \"modelscope://$(ORG)/m\"}]}"}) {
        CAPTURE(container);
        CHECK(holds(in_pod(container), "modelscope://acme/m"));
    }
    CHECK(holds(in_pod("{name: x, image: b, env: [{name: STORAGE_URI, value: \"s3://bucket/m\"}]}"), "s3://bucket/m"));
    CHECK(in_pod("{name: x, image: b, env: [{name: STORAGE_URI, value: /mnt/models}, {name: MODEL_URI, value: \"http://models.svc:8080\"}, {name: LOGS, value: \"s3://logs/a\"}]}").size() == 2);
    CHECK(in_pod("{name: storage-initializer, image: b, args: [--verbose, \"--endpoint=https://minio.example\", /mnt/models]}").size() == 2);
    for (const char* const storage : {"{key: minio, path: a/b}", "{path: a}", "{parameters: {type: s3, bucket: b}}", "{key: minio}", "{schemaPath: a}"}) {
        CAPTURE(storage);
        CHECK(computed(object(serve("{predictor: {model: {storage: " + std::string(storage) + "}}}"))));
    }
    CHECK(computed(object("apiVersion: serving.kserve.io/v1alpha1\nkind: Predictor\nspec: {path: a, storage: {s3: {secretKey: b}}}\n")));
    CHECK(names(serve("{predictor: {volumeClaimTemplates: [{spec: {resources: {requests: {storage: 10Gi}}}}]}}")).empty());
    CHECK_FALSE(object("apiVersion: v1\nkind: Pod\nmetadata: {annotations: {internal.serving.kserve.io/storage-initializer-sourceuri: \"<scheme-placeholder>://models/m\"}}\nspec: {containers: [{image: a}]}\n").understood);
    CHECK(names("apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nspec: {replicatedJobs: [{name: a, template: {spec: {template: {spec: {containers: [{image: evil.example/x}]}}}}}]}\n") == kOnlyEvil);
}

TEST_CASE("Ray: what is fetched before anything runs") {
    const auto job = [](const std::string& environment) { return "apiVersion: ray.io/v1\nkind: RayJob\nspec:\n  runtimeEnvYAML: |\n" + environment; };
    CHECK(names(job("    working_dir: https://files.example/code.zip\n    py_modules: [\"s3://bucket/module.zip\", ./local]\n")) == Names{"https://files.example/code.zip", "s3://bucket/module.zip"});
    CHECK(names(job("    pip: [\"requests==2.26.0\", \"evil\"]\n")).size() == 2);
    CHECK(names(job("    pip: {packages: [\"requests==2.26.0\"], pip_check: false}\n")) == Names{"pkg:pypi/requests@2.26.0"});
    CHECK(names(job("    uv: [\"requests==2.26.0\"]\n")) == Names{"pkg:pypi/requests@2.26.0"});
    CHECK(names(job("    conda: {dependencies: [pip, {pip: [\"requests==2.26.0\"]}]}\n")).size() == 2);
    CHECK(names(job("    image_uri: evil.example/x\n")) == kOnlyEvil);
    CHECK(names(job("    container: {image: evil.example/x}\n")) == kOnlyEvil);
    CHECK(names(job("    env_vars: {HF_MODEL_ID: acme/m, LOG_LEVEL: debug}\n")) == Names{"hf:acme/m"});
    CHECK(computed(object(job("    working_dir: \"${CODE}\"\n"))));
    CHECK_FALSE(object(job("    pip: [a\n")).understood);
    CHECK_FALSE(object(job("    working_dir: weird://x\n")).understood);
    CHECK(names(job("    working_dir: /srv/ray/code\n    pip: /srv/ray/requirements.txt\n    conda: base\n    env_vars: {A: b}\n")).empty());
    // JSON in base64, as the first versions had it: {"pip": ["evil"]}.
    CHECK(names("apiVersion: ray.io/v1alpha1\nkind: RayJob\nspec: {runtimeEnv: eyJwaXAiOiBbImV2aWwiXX0=}\n") == Names{"pkg:pypi/evil"});
    CHECK(names(other("{runtimeEnv: production}")).empty());

    const auto service = [](const std::string& config) { return "apiVersion: ray.io/v1\nkind: RayService\nspec:\n  serveConfigV2: |\n    applications:\n    - name: a\n      import_path: x.y:app\n" + config; };
    CHECK(names(service("      runtime_env: {working_dir: \"https://files.example/code.zip\", pip: [\"requests==2.26.0\"]}\n")) == Names{"https://files.example/code.zip", "pkg:pypi/requests@2.26.0"});
    CHECK(names(service("      args: {llm_configs: [{model_loading_config: {model_id: served, model_source: acme/m}}]}\n")) == Names{"hf:acme/m"});
    CHECK(names(service("      args: {llm_configs: [{model_loading_config: {model_id: acme/m}}]}\n")) == Names{"hf:acme/m"});
    CHECK(names(service("      args: {llm_configs: [{model_loading_config: {model_id: m, model_source: {bucket_uri: \"s3://bucket/m\"}}}]}\n")) == Names{"s3://bucket/m"});
    CHECK(object(service("      args: {engine_kwargs: {trust_remote_code: true}}\n")).has("source.trust-remote-code"));
    CHECK_FALSE(object(service("      args: {engine_kwargs: {trust_remote_code: false}}\n")).has("source.trust-remote-code"));
    CHECK(names(service("      args: {llm_configs: [{model_loading_config: {model_id: served, model_source: /mnt/models}}]}\n")).empty());
    CHECK(names("apiVersion: ray.io/v1\nkind: RayJob\nspec: {entrypoint: \"vllm serve acme/m --revision " + kCommit + "\"}\n") == Names{"hf:acme/m@" + kCommit});
    CHECK(names("apiVersion: ray.io/v1\nkind: RayJob\nspec: {entrypoint: python /srv/ray/x.py}\n").empty());
}
