// Objects and pipelines as their tools take them, however they are written: each disguise beside its honest twin.
#include <catch2/catch.hpp>

#include "checkers/advisory_match.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Source = Requirement::Source;

namespace {

const std::string kCommit(40, 'c');
const Names kEvil = {"oci:evil.example/x"};

/// The format by the content, as the pipeline asks for it: "" for none.
std::string settled(const std::string& name, const std::string& text) {
    const intake::ManifestFormat* const candidate = intake::content_format(name, as_bytes(text));
    if (candidate == nullptr) return {};
    const Parsed parsed(name, text, {}, candidate);
    const intake::ManifestFormat* const format = intake::settled_format(*candidate, name, as_bytes(text), parsed.facts);
    return format == nullptr ? std::string() : std::string(format->name);
}

Names kubernetes(const std::string& text, const std::string& name = "x.yaml") {
    const Parsed parsed(name, text, {}, intake::format_of("Kubernetes"));
    CHECK(parsed.understood);
    CHECK(parsed.oracle());
    return parsed.names();
}
Names kustomization(const std::string& text) { return kubernetes(text, "overlays/kustomization.yaml"); }
Names pipeline(const std::string& text) {
    const Parsed parsed(".gitlab-ci.yml", text);
    CHECK(parsed.understood);
    return parsed.names();
}
Names compose(const std::string& text) {
    const Parsed parsed("compose.yaml", text);
    CHECK(parsed.understood);
    return parsed.names();
}
bool holds(const Names& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

}  // namespace

TEST_CASE("Kubernetes: keys in quotes, in flow style, with a space, indented, escaped") {
    for (const std::string text : {"\"apiVersion\": v1\n\"kind\": Pod\nspec: {containers: [{image: evil.example/x}]}\n", "{apiVersion: v1, kind: Pod, spec: {containers: [{image: evil.example/x}]}}\n",
                                   "apiVersion : v1\nkind : Pod\nspec: {containers: [{image: evil.example/x}]}\n", "  apiVersion: v1\n  kind: Pod\n  spec: {containers: [{image: evil.example/x}]}\n",
                                   "---\n# c\n{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"evil.example/x\"}]}}\n", "'apiVersion': v1\n'kind': Pod\nspec: {containers: [{image: evil.example/x}]}\n",
                                   "\"api\\x56ersion\": v1\n\"k\\u0069nd\": Pod\nspec: {containers: [{\"im\\U00000061ge\": evil.example/x}]}\n", "? apiVersion\n: v1\n? kind\n: Pod\nspec: {containers: [{image: evil.example/x}]}\n"}) {
        CAPTURE(text);
        CHECK(settled("x.yaml", text) == "Kubernetes");
        CHECK(kubernetes(text) == kEvil);
    }
    const std::string json = "{\"api\\u0056ersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"image\":\"evil.example/x\"}]}}";
    CHECK(settled("x.json", json) == "Kubernetes");
    CHECK(kubernetes(json, "x.json") == kEvil);
    // What nobody can read and is an object by its keys is not passed over.
    CHECK(settled("x.yaml", "\"apiVersion\": v1\n\"kind\": Pod\n\"kind\": Pod\nspec: {containers: [{image: evil.example/x}]}\n") == "Kubernetes");
}

TEST_CASE("Kubernetes: keys and values behind tags and aliases are not passed over") {
    for (const std::string text : {"!!binary YXBpVmVyc2lvbg==: v1\n!!binary a2luZA==: Pod\nspec: {containers: [{image: evil.example/x}]}\n", "\"apiVersion\": v1\n\"kind\": !!binary UG9k\nspec: {containers: [{image: evil.example/x}]}\n",
                                   "\"apiVersion\": a.example/v1\n\"kind\": X\nspec: {image: !!binary ZXZpbC5leGFtcGxlL3g=}\n", "%TAG !b! tag:yaml.org,2002:bin\n---\n!b!ary YXBpVmVyc2lvbg==: v1\n!b!ary a2luZA==: Pod\n!b!ary aW1hZ2U=: x\n",
                                   "%YAML 1.1\n---\n\"apiVersion\": v1\n\"kind\": Pod\nspec: {containers: [{image: evil.example/x}]}\n", "x: [&a apiVersion, &b kind]\n*a : v1\n*b : Pod\nspec: {containers: [{image: evil.example/x}]}\n"}) {
        CAPTURE(text);
        CHECK(settled("x.yaml", text) == "Kubernetes");
    }
    CHECK(settled("x.yaml", "response: {body: !!binary aGVsbG8=, image: a}\n").empty());
}

TEST_CASE("words alone make no object") {
    for (const std::string text : {"ownerReferences:\n  - apiVersion: v1\n    kind: Pod\nimage: {tag: 1}\n", "# apiVersion and kind are read from the image\na: b\n", "docs: \"apiVersion, kind, image\"\n"}) {
        CAPTURE(text);
        CHECK(settled("x.yaml", text).empty());
    }
    CHECK(settled("x.yaml", "# apiVersion, kind, image\nmodel_id: acme/x\n") == "hub settings");
    CHECK(settled("x.json", "{\"paths\": {\"a\": \"kind apiVersion image\"}}").empty());
    CHECK(settled("x.yaml", "# apiVersion kind image\na: [\n").empty());
}

TEST_CASE("Kubernetes: a group that ends in .k8s.io is not Kubernetes' own for that") {
    CHECK(kubernetes("apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nspec: {image: evil.example/x}\n") == kEvil);
    CHECK(kubernetes("apiVersion: batch/v1\nkind: Pod\nspec: {containers: [{image: evil.example/x}]}\n") == kEvil);
    CHECK(kubernetes("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {annotations: {image: no}}\nspec: {x: {image: no}}\n").empty());
    CHECK(kubernetes("apiVersion: imagepolicy.k8s.io/v1alpha1\nkind: ImageReview\nspec: {containers: [{image: evil.example/x}]}\n") == kEvil);
    CHECK(kubernetes("apiVersion: evil.example/v1\nkind: ImageReview\nspec: {image: evil.example/x}\n") == kEvil);
    CHECK(kubernetes("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {images: [{name: a, newName: evil.example/x}]}\n") == kEvil);
}

TEST_CASE("charts: registry, repository, tag and digest are one image") {
    const std::string head = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {values: {image: ";
    CHECK(kubernetes(head + "{registry: evil.example, repository: x}}}\n") == kEvil);
    CHECK(kubernetes(head + "{registry: evil.example/, repository: a/x, tag: \"1\"}}}\n") == Names{"oci:evil.example/a/x:1"});
    CHECK(kubernetes(head + "{registry: \"\", repository: x}}}\n") == Names{"oci:docker.io/library/x"});
    CHECK(kubernetes(head + "{repository: ghcr.example/x}}}\n") == Names{"oci:ghcr.example/x"});
}

TEST_CASE("kustomize: its file by its name, and what it fetches") {
    CHECK(settled("a/kustomization.yaml", "images:\n- name: a\n  newName: evil.example/x\n") == "Kubernetes");
    CHECK(settled("a/Kustomization", "resources: [github.com/evil/x//p?ref=main]\n") == "Kubernetes");
    CHECK(settled("a/kustomization.yml", "resources: [deployment.yaml]\n").empty());
    CHECK(kustomization("images:\n- name: a\n  newName: evil.example/x\n") == kEvil);
    CHECK(kustomization("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages: [{name: a, newName: evil.example/x}]\n") == kEvil);
    CHECK(kubernetes("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages: [{name: a, newName: evil.example/x}]\n") == kEvil);
    const std::string git = "git+https://github.com/evil/x@main";
    for (const std::string text : {"github.com/evil/x//p?ref=main", "github.com/evil/x/p?ref=main", "https://github.com/evil/x//p?ref=main", "git::https://github.com/evil/x.git//p?ref=main&timeout=90s",
                                   "https://github.com/evil/x/p/?version=main", "github.com:evil/x?ref=main"}) {
        CAPTURE(text);
        const Names names = kustomization("resources: [\"" + text + "\"]\n");
        REQUIRE(names.size() == 1);
        CHECK((names[0] == git || names[0] == "git+https://github.com/evil/x.git@main"));
    }
    CHECK(kustomization("resources: [\"https://github.com/kubernetes-sigs/kustomize//examples/multibases/?ref=v3.3.1\"]\n") == Names{"git+https://github.com/kubernetes-sigs/kustomize@v3.3.1"});
    CHECK(kustomization("resources: [\"git@git.example:a/b.git\"]\n").size() == 1);
    CHECK(kustomization("resources: [\"https://files.example/y.yaml\", \"https://github.com/a/b/releases/download/v1/install.yaml\"]\n") ==
          Names{"https://files.example/y.yaml", "https://github.com/a/b/releases/download/v1/install.yaml"});
    CHECK(kustomization("resources: [deployment.yaml, ../base, ./github.com, a.b/c, file:///x]\n").empty());
}

TEST_CASE("kustomize: patches that are written out, charts") {
    CHECK(kustomization("patches:\n- target: {kind: Deployment}\n  patch: |\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: evil.example/x\n") == kEvil);
    CHECK(kustomization("patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    spec: {template: {spec: {containers: [{name: a, image: evil.example/x}]}}}\n") == kEvil);
    CHECK(kustomization("patchesStrategicMerge:\n- |\n  apiVersion: apps/v1\n  kind: Deployment\n  spec: {template: {spec: {containers: [{name: a, image: evil.example/x}]}}}\n- other.yaml\n") == kEvil);
    CHECK(kustomization("patchesJson6902:\n- patch: '[{\"op\": \"add\", \"path\": \"/spec/containers/-\", \"value\": {\"name\": \"a\", \"image\": \"evil.example/x\"}}]'\n") == kEvil);
    CHECK(kustomization("patches:\n- path: p.yaml\n- patch: |\n    - {op: replace, path: /spec/replicas, value: 3}\n    - {op: remove, path: /spec/image}\n").empty());
    CHECK(kustomization("helmCharts:\n- {name: x, repo: \"https://charts.evil.example\", version: 1.0.0, valuesInline: {image: {registry: evil.example, repository: x}}}\n- {name: y, repo: \"oci://evil.example/charts\", version: 1.0.0}\n- {name: local}\n") ==
          Names{"https://charts.evil.example", "oci:evil.example/x", "oci:evil.example/charts/y:1.0.0"});
    CHECK_FALSE(Parsed("kustomization.yaml", "patches:\n- patch: \"a: [\"\n", {}, intake::format_of("Kubernetes")).understood);
    CHECK(intake::every_prefix("kustomization.yaml", "resources: [github.com/evil/x//p]\npatches:\n- patch: |\n    - {op: add, path: /image, value: x}\n", intake::format_of("Kubernetes")));
}

TEST_CASE("advisories: the repository of an action is what the record names") {
    const auto used = [](const std::string& action) {
        const Parsed parsed(".github/workflows/ci.yml", "jobs: {a: {steps: [{uses: \"" + action + "\"}]}}\n");
        REQUIRE(parsed.facts.requirements.size() == 1);
        return parsed.facts.requirements[0];
    };
    using Kind = AdvisoryEvent::Kind;
    const AffectedPackage evil{"github/evil/act", "github", {}, {{{Kind::introduced, "0"}}}, false, {}, {}};
    for (const std::string version : {"v45.0.7", "v45", "main", kCommit.c_str()}) {
        CAPTURE(version);
        CHECK(checkers::match(used("evil/act@" + version), evil).affected == checkers::Affected::yes);
    }
    const AffectedPackage mended{"github/acme/act", "github", {}, {{{Kind::introduced, "0"}, {Kind::fixed, "4.2.0"}}}, false, {}, {}};
    CHECK(checkers::match(used("acme/act@v4.1.0"), mended).affected == checkers::Affected::yes);
    CHECK(checkers::match(used("acme/act@v4.2.0"), mended).affected == checkers::Affected::no);
    CHECK(checkers::match(used("acme/act@" + kCommit), mended).affected == checkers::Affected::undecided);
    // A repository of the same name as a package is still another thing.
    Requirement package = used("acme/act@v1");
    package.reference = parse_reference("pkg:npm/act@1.0.0").value();
    const AffectedPackage npm{"npm/act", "npm", {}, {{{Kind::introduced, "0"}}}, false, {}, {}};
    CHECK(checkers::match(package, npm).affected == checkers::Affected::undecided);
}

TEST_CASE("GitLab: every value that a variable of an image may have") {
    const std::string file = "variables: {IMG: \"python:3.12\"}\n";
    const std::string python = "oci:docker.io/library/python:3.12";
    const std::string evil = kEvil[0];
    for (const std::string text : {"a: {variables: {IMG: evil.example/x}, image: $IMG}\n", "a: {variables: {IMG: {value: evil.example/x}}, image: \"${IMG}\"}\n", "a: {rules: [{variables: {IMG: evil.example/x}}], image: $IMG}\n",
                                   "workflow: {rules: [{variables: {IMG: evil.example/x}}]}\na: {image: $IMG}\n", "a: {parallel: {matrix: [{IMG: [evil.example/x, \"b:1\"]}]}, image: $IMG}\n",
                                   ".base: {image: $IMG}\na: {extends: .base, variables: {IMG: evil.example/x}}\n", ".base: {variables: {IMG: evil.example/x}}\na: {extends: [.base], image: $IMG}\n",
                                   "default: {image: $IMG}\na: {variables: {IMG: evil.example/x}}\n", "image: $IMG\na: {variables: {IMG: evil.example/x}}\n", ".v: {variables: {IMG: evil.example/x}}\na: {variables: !reference [.v, variables], image: $IMG}\n",
                                   ".base: {image: $IMG}\na: {image: !reference [.base, image], variables: {IMG: evil.example/x}}\n", "a: {variables: {REG: evil.example, IMG: $REG/x}, services: [$IMG]}\n",
                                   ".r: {rules: [{variables: {IMG: evil.example/x}}]}\na: {rules: [!reference [.r, rules]], image: $IMG}\n"}) {
        CAPTURE(text);
        CHECK(holds(pipeline(file + text), evil));
    }
    CHECK(pipeline(file + "a: {image: $IMG}\nb: {image: $IMG, variables: {OTHER: x}}\n") == Names{python, python});
    CHECK(pipeline(file + "a: {variables: {IMG: \"node:20\"}, image: $IMG}\n") == Names{"oci:docker.io/library/node:20"});
    CHECK(pipeline("a: {parallel: {matrix: [{N: a, T: [\"1\", \"2\"]}, {N: b, T: \"3\"}]}, image: \"$N:$T\"}\n") == Names{"oci:docker.io/library/a:1", "oci:docker.io/library/a:2", "oci:docker.io/library/b:3"});
    std::string many;
    for (int i = 0; i < 100; ++i) many += (i == 0 ? "" : ", ") + std::string("a") + std::to_string(i);
    const Parsed beyond(".gitlab-ci.yml", "a: {parallel: {matrix: [{IMG: [" + many + "]}]}, image: $IMG}\n");
    REQUIRE(beyond.facts.requirements.size() == 1);
    CHECK(beyond.facts.requirements[0].dynamic);
    const Parsed circle(".gitlab-ci.yml", "variables: {A: $B, B: $A$A}\na: {extends: a, image: $A}\n");
    CHECK(circle.facts.requirements.at(0).dynamic);
    CHECK(intake::every_prefix(".gitlab-ci.yml", "variables: {IMG: a}\nb: {extends: .c, rules: [{variables: {IMG: d}}], image: $IMG}\n"));
}

TEST_CASE("GitLab: a pipeline that a job starts") {
    CHECK(pipeline("a: {trigger: {include: [{remote: \"https://evil.example/x.yml\"}]}}\n") == Names{"https://evil.example/x.yml"});
    CHECK(pipeline("a: {trigger: {include: \"https://evil.example/x.yml\"}}\n") == Names{"https://evil.example/x.yml"});
    CHECK(pipeline("a: {trigger: {include: [{project: evil/x, ref: main, file: y.yml}]}}\n") == Names{"pkg:gitlab/evil/x@main"});
    CHECK(pipeline("a: {trigger: {include: [{component: evil.example/x/y@1.0}]}}\n") == Names{"git+https://evil.example/x/y@1.0"});
    CHECK(pipeline("a: {trigger: {project: evil/x, branch: main}}\n") == Names{"pkg:gitlab/evil/x@main"});
    CHECK(pipeline("a: {trigger: evil/x}\n") == Names{"pkg:gitlab/evil/x"});
    const Parsed local(".gitlab-ci.yml", "a: {trigger: {include: [{local: /ci/x.yml}], strategy: depend}}\n");
    CHECK(local.understood);
    REQUIRE(local.facts.includes.size() == 1);
    CHECK(local.facts.includes[0].path == "ci/x.yml");
    const Parsed pattern(".gitlab-ci.yml", "include: [{local: \"/ci/*.yml\"}]\n");
    CHECK_FALSE(pattern.understood);
    CHECK(pattern.facts.includes.empty());
    CHECK(pattern.facts.opaques.at(0).why.find("name each file") != std::string::npos);
}

TEST_CASE("compose: places on the network that have no scheme") {
    for (const std::string text : {"{build: github.com/evil/x}", "{build: {context: github.com/evil/x}}", "{build: {context: ., additional_contexts: {a: github.com/evil/x}}}"}) {
        CAPTURE(text);
        CHECK(compose("services: {a: " + text + "}\n") == Names{"git+https://github.com/evil/x"});
    }
    CHECK(compose("services: {a: {build: {context: \"github.com/evil/x.git#main\"}}}\n") == Names{"git+https://github.com/evil/x.git@main"});
    CHECK(compose("services: {a: {build: \"me@git.example:evil/x.git\"}}\n").size() == 1);
    CHECK(compose("services: {a: {build: ./github.com/x}, b: {build: a/b@c}, c: {build: C:/x}}\n").empty());
}

TEST_CASE("compose: what a build is given in place of a default") {
    const auto built = [](const std::string& args, const std::string& file) { return compose("services:\n  a:\n    build:\n      args: " + args + "\n      dockerfile_inline: |\n" + file); };
    const std::string file = "        ARG BASE=python:3.12\n        FROM $$BASE\n";
    CHECK(built("{BASE: evil.example/x}", file) == kEvil);
    CHECK(built("[BASE=evil.example/x]", file) == kEvil);
    CHECK(built("{BASE: \"${B:-evil.example/x}\"}", file) == kEvil);
    CHECK(built("{BASE: evil.example/x}", "        ARG OTHER=1 \\\n          BASE=python:3.12\n        FROM $$BASE\n") == kEvil);
    CHECK(built("{HOST: evil.example}", "        ARG HOST=docker.io\n        FROM $$HOST/x\n") == kEvil);
    CHECK(built("{BASE: $NOBODY}", file) == Names{"oci:?"});
    for (const char* const args : {"{}", "[BASE]", "{BASE: }", "{OTHER: evil.example/x}"}) {
        CAPTURE(args);
        CHECK(built(args, file) == Names{"oci:docker.io/library/python:3.12"});
    }
    CHECK(compose("services: {a: {build: {context: ., args: {BASE: evil.example/x}}}}\n") == kEvil);
    CHECK(compose("services: {a: {build: {context: ., args: [BASE=evil.example/x]}}}\n") == kEvil);
    CHECK(compose("services: {a: {build: {context: ., args: {PKG: github.com/acme/x, URL: \"https://a.example/b\", DIR: ./x, VERSION: \"1.2\", NAME: a/b, EMPTY: \"\", N: }}}}\n").empty());
    CHECK(compose("services: {a: {build: {context: ., args: [\"\", A, A=]}}}\n").empty());
}

TEST_CASE("bills of materials: what says the same in other words, and what does not") {
    const auto component = [](const std::string& name, const std::string& version, const std::string& purl) {
        return Parsed("bom.cdx.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":")" + name + R"(","version":")" + version + R"(","purl":")" + purl + "\"}]}");
    };
    const Parsed go = component("stdlib", "go1.22.0", "pkg:golang/stdlib@1.22.0");
    CHECK(go.understood);
    CHECK_FALSE(go.has("sbom.version-differs"));
    CHECK(component("stdlib", "go1.22.0", "pkg:golang/stdlib@1.21.0").has("sbom.version-differs"));
    CHECK(component("a.example/b", "go1.22.0", "pkg:golang/a.example/b@1.22.0").has("sbom.version-differs"));
    CHECK_FALSE(component("checkout", "v4", "pkg:github/actions/checkout@v4").has("sbom.name-differs"));
    CHECK_FALSE(component("actions/checkout", "v4", "pkg:github/actions/checkout@v4").has("sbom.name-differs"));
    CHECK(component("checkout", "v4", "pkg:github/evil/checkin@v4").has("sbom.name-differs"));
    CHECK(component("actions/checkout", "v4", "pkg:github/evil/checkout@v4").has("sbom.name-differs"));
}

TEST_CASE("Kubernetes: a server's command in a script is read as a shell reads it") {
    const auto served = [](const std::string& command) {
        const Parsed parsed("x.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: vllm/vllm-openai:v1\n    " + command + "\n", {}, intake::format_of("Kubernetes"));
        Names names = parsed.names();
        std::erase_if(names, [](const std::string& name) { return name.starts_with("oci:"); });
        if (!parsed.understood) names.push_back("?");
        return names;
    };
    const auto script = [&](const std::string& text) { return served("command: [sh, -c, \"" + text + "\"]"); };
    const Names model = {"hf:acme/m"};
    const Names pinned = {"hf:acme/m@" + kCommit};
    for (const std::string text : {"vllm serve acme/m", "vllm serve acme/m; true", "vllm serve acme/m&", "vllm serve acme/m|tee /log", "(vllm serve acme/m)", "vllm serve acme/m>/l",
                                   "# don't\\nvllm serve acme/m", "exec vllm serve acme/m # --revision x", "vllm serve \\\\\\n  acme/m", "vllm serve acme/m; other --revision x"}) {
        CAPTURE(text);
        CHECK(script(text) == model);
    }
    CHECK(script("vllm serve \\\\\\n acme/m \\\\\\n --revision " + kCommit) == pinned);
    CHECK(script("vllm serve acme/m --revision " + kCommit + "; vllm serve acme/n") == Names{"hf:acme/m@" + kCommit, "hf:acme/n"});
    CHECK(served("command: [sh, -c, vllm serve acme/m]\n    args: [--revision, " + kCommit + "]") == model);     // of the shell, which has no use for it
    CHECK(served("args: [serve, acme/m, --chat-template, '{% for a in b %}x', --revision, " + kCommit + "]") == pinned);
    CHECK(served("args: ['--model acme/m --revision " + kCommit + "']") == pinned);
    CHECK(served("args: [--model, acme/m]\n    env: [{name: REVISION, value: " + kCommit + "}]") == model);        // which vLLM does not read
    CHECK(script("vllm serve `echo acme/m`").size() == 1);
    CHECK(holds(script("vllm serve 'acme/m"), "?"));
    CHECK(script("echo it is ready").empty());
    const Parsed grown("x.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: vllm/vllm-openai:v1\n    env: [{name: A, value: " + std::string(20'000, 'x') +
                                     "}]\n    args: [" + [] { std::string all; for (int i = 0; i < 200; ++i) all += "$(A),"; return all; }() + "]\n", {}, intake::format_of("Kubernetes"));
    CHECK_FALSE(grown.understood);
}
