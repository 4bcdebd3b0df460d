// compose.yaml, workflows and pipelines: every image, model, action and file that they bring in.
#include <catch2/catch.hpp>

#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;
using Source = Requirement::Source;

namespace {

const std::string kHash(64, 'f');
const std::string kCommit(40, 'c');

Names compose(const std::string& text) { return Parsed("compose.yaml", text).names(); }
std::string service(const std::string& keys) { return "services:\n  a:\n" + keys; }

}  // namespace

TEST_CASE("compose: images, and what a variable is by default") {
    const Parsed parsed("docker-compose.prod.yml", "services:\n  a:\n    image: ${IMG:-ngnix:latest}\n  b:\n    image: \"redis@sha256:" + kHash +
                                                       "\"\n  c:\n    image: ${REGISTRY}/app:1\n  d:\n    image: ${A:-${B:-deep:2}}\n  e:\n    image: cost$$x\n");
    CHECK_FALSE(parsed.understood);      // "cost$x" is no image
    CHECK(parsed.names() == Names{"oci:docker.io/library/ngnix:latest", "oci:docker.io/library/redis@sha256:" + kHash, "oci:?", "oci:docker.io/library/deep:2"});
    CHECK(parsed.facts.requirements[0].where.line == 3U);
    CHECK(parsed.facts.requirements[1].pinned);
    CHECK(parsed.facts.requirements[2].dynamic);
    CHECK(parsed.facts.requirements[2].written == "${REGISTRY}/app:1");
    CHECK(parsed.has("manifest.invalid-image"));
    for (const char* file : {"compose.yml", "compose.override.yaml", "docker-compose.yaml"}) CHECK(intake::find_manifest(file) != nullptr);
    CHECK(intake::find_manifest("composed.yaml") == nullptr);
}

TEST_CASE("compose: builds") {
    const Parsed parsed("compose.yaml", service("    build:\n"
                                                "      context: .\n"
                                                "      dockerfile: docker/app.docker\n"
                                                "      additional_contexts:\n"
                                                "        base: docker-image://alpine:3.20\n"
                                                "        local: ../x\n"
                                                "        src: https://git.example/a/b.git#" + kCommit + "\n"
                                                "      cache_from: [\"tools/cache:1\", \"type=registry,ref=ghcr.example/c:2\", \"type=gha\"]\n"
                                                "  b:\n"
                                                "    build:\n"
                                                "      dockerfile_inline: |\n"
                                                "        FROM postgress:16\n"
                                                "        FROM $$BASE\n"
                                                "  c:\n"
                                                "    build: https://git.example/x.git#main:sub\n"
                                                "  d:\n"
                                                "    build: {context: ./d, dockerfile: Dockerfile.dev}\n"));
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"oci:docker.io/library/alpine:3.20", "git+https://git.example/a/b.git@" + kCommit, "oci:docker.io/tools/cache:1",
                                  "oci:ghcr.example/c:2", "oci:docker.io/library/postgress:16", "oci:?", "git+https://git.example/x.git@main"});
    CHECK(parsed.facts.requirements[1].pinned);
    CHECK(parsed.facts.requirements[4].where.line == 14U);
    CHECK_FALSE(parsed.facts.requirements[6].pinned);
    REQUIRE(parsed.facts.includes.size() == 1);      // Dockerfile.dev is a subject by itself
    CHECK(parsed.facts.includes[0].path == "docker/app.docker");
}

TEST_CASE("compose: an image that is only built is not pulled") {
    CHECK(compose(service("    image: app\n    build: .\n")) == Names{"oci:docker.io/library/app"});
    CHECK(compose(service("    image: app\n    build: .\n    pull_policy: build\n")).empty());
}

TEST_CASE("compose: anchors, merge keys, tags, other files, models, volumes") {
    const Parsed parsed("compose.yaml", "x-base: &base\n  image: base:1\n"
                                        "include:\n  - other.yaml\n  - path: [a.yml, b/c.yml]\n  - oci://registry.example/stack:1\n  - https://git.example/s.git#v1\n"
                                        "services:\n"
                                        "  a:\n    <<: *base\n    profiles: [x]\n"
                                        "  b: *base\n"
                                        "  c:\n    <<: *base\n    image: own:2\n    extends: {file: common.yml, service: z}\n"
                                        "  d:\n    image: !reset null\n  e:\n    image: !override over:3\n"
                                        "    volumes:\n      - ./x:/x\n      - {type: image, source: data.example/m:1, target: /m}\n"
                                        "  f:\n    provider: {type: model, options: {model: ai/old}}\n"
                                        "    develop: {watch: [{path: ., action: sync}]}\n"
                                        "models:\n  llm: {model: ai/smollm2:360M}\n  hub: {model: \"hf.co/acme/Llama-GGUF:Q4_K_M\"}\n");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"oci:docker.io/library/base:1", "oci:docker.io/library/base:1", "oci:docker.io/library/own:2", "oci:docker.io/library/over:3",
                                  "oci:data.example/m:1", "oci:docker.io/ai/old", "oci:docker.io/ai/smollm2:360M", "hf:acme/Llama-GGUF", "oci:registry.example/stack:1",
                                  "git+https://git.example/s.git@v1"});
    std::vector<std::string> files;
    for (const Include& include : parsed.facts.includes) files.push_back(include.path);
    CHECK(files == Names{"common.yml", "other.yaml", "a.yml", "b/c.yml"});
    CHECK(intake::included_format(intake::find_manifest("compose.yaml"), "x/common.yml") == intake::find_manifest("compose.yaml"));
    CHECK(intake::included_format(intake::find_manifest("compose.yaml"), "x/app.docker") == intake::find_manifest("Dockerfile"));
}

TEST_CASE("compose: servers of models, by their image and command") {
    CHECK(compose(service("    image: vllm/vllm-openai:v0.6\n    command: --model acme/llama --revision " + kCommit + "\n")) ==
          Names{"oci:docker.io/vllm/vllm-openai:v0.6", "hf:acme/llama@" + kCommit});
    CHECK(compose(service("    image: app:1\n    command: [\"--model\", \"acme/llama\"]\n")).size() == 1);      // of an unknown program
    CHECK(compose(service("    image: app:1\n    environment: {HF_MODEL_ID: acme/llama}\n")).size() == 2);
    CHECK(compose(service("    image: ghcr.example/text-generation-inference:2\n    environment:\n      - MODEL_ID=${M:-acme/x}\n")).back() == "hf:acme/x");
    const Parsed remote("compose.yaml", service("    image: vllm/vllm-openai\n    command: vllm serve acme/x --trust-remote-code\n    environment: {HF_ENDPOINT: \"https://hub.example\"}\n"));
    CHECK(remote.names().back() == "hf:acme/x");
    CHECK(remote.has("source.trust-remote-code"));
    REQUIRE(remote.facts.index_options.size() == 1);
    CHECK(remote.facts.index_options[0].url == "https://hub.example");
    CHECK(compose(service("    image: ghcr.example/llama.cpp:server\n    command: -hf acme/x-GGUF:Q4 --model models/x.gguf\n")).back() == "hf:acme/x-GGUF");
}

TEST_CASE("compose: what is not understood is said") {
    for (const char* text : {"- a\n", "services:\n  a: b\n", "services:\n  a:\n    image: [x]\n", "services:\n  a:\n    image: \" \"\n", "services: {a: {extends: {file: $X}}}\n",
                             "services:\n  a: &a\n    b: *a\n", "include: ['${X}']\n", "\tservices:\n"}) {
        CAPTURE(text);
        const Parsed parsed("compose.yaml", text);
        CHECK_FALSE(parsed.understood);
        CHECK(parsed.oracle());
    }
    CHECK(Parsed("compose.yaml", "").understood);
    CHECK(compose("web:\n  image: old:1\n") == Names{"oci:docker.io/library/old:1"});      // before there were sections
    CHECK(intake::every_prefix("compose.yaml", "x: &b {image: a}\nservices:\n  a:\n    <<: *b\n    build: {dockerfile_inline: \"FROM x\\nRUN y\"}\n    command: vllm serve a/b\n"));
}

TEST_CASE("workflows: actions, reusable workflows, images") {
    const std::string text = "on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    container: {image: \"node:20\"}\n    services:\n      db: {image: postgres:16}\n    steps:\n"
                             "      - uses: actions/checkout@v4\n      - uses: Acme/Tool/sub/dir@" + kCommit + " # v1\n      - uses: docker://alpine:3.20\n"
                             "      - uses: ./local\n      - run: pip install x\n      - uses: ${{ matrix.a }}\n"
                             "  call:\n    uses: acme/ci/.github/workflows/x.yml@main\n";
    const Parsed parsed(".github/workflows/ci.yml", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"oci:docker.io/library/node:20", "oci:docker.io/library/postgres:16", "pkg:github/actions/checkout@v4",
                                  "pkg:github/acme/tool@" + kCommit + "#sub/dir", "oci:docker.io/library/alpine:3.20", "pkg:github/?", "pkg:github/acme/ci@main#.github/workflows/x.yml"});
    CHECK_FALSE(parsed.facts.requirements[2].pinned);
    CHECK(parsed.facts.requirements[2].source == Source::git);
    CHECK(parsed.facts.requirements[3].pinned);
    CHECK(parsed.facts.requirements[3].where.line == 10U);
    CHECK(parsed.facts.requirements[5].dynamic);
    CHECK(intake::find_manifest("workflows/ci.yml") == nullptr);
    CHECK(intake::find_manifest("x/.forgejo/workflows/ci.yaml") != nullptr);
    CHECK(intake::every_prefix(".github/workflows/ci.yml", text));
}

TEST_CASE("workflows: images by a matrix, and what nobody knows") {
    const Parsed parsed(".github/workflows/ci.yml", "jobs:\n  a:\n    strategy: {matrix: {image: [\"debian:12\", \"alpine:3\"], include: [{image: \"fedora:41\"}]}}\n    container: ${{ matrix.image }}\n"
                                                    "  b:\n    container: ${{ inputs.x }}\n  c:\n    container: ''\n");
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"oci:docker.io/library/debian:12", "oci:docker.io/library/alpine:3", "oci:docker.io/library/fedora:41", "oci:?"});
    for (const char* text : {"jobs: x\n", "jobs: {a: x}\n", "jobs: {a: {steps: x}}\n", "jobs: {a: {steps: [{uses: noversion}]}}\n", "jobs: {a: {steps: [{uses: []}]}}\n", "on: [push\njobs:\n"}) {
        CAPTURE(text);
        CHECK_FALSE(Parsed(".github/workflows/ci.yml", text).understood);
        CHECK(Parsed(".github/workflows/ci.yml", text).oracle());
    }
}

TEST_CASE("composite actions") {
    const std::string text = "runs:\n  using: composite\n  steps:\n    - uses: a/b@v1\n";
    CHECK(Parsed("action.yml", text).names() == Names{"pkg:github/a/b@v1"});
    CHECK(Parsed("x/action.yaml", "runs: {using: docker, image: 'docker://debian:12'}\n").names() == Names{"oci:docker.io/library/debian:12"});
    CHECK(Parsed("action.yml", "runs: {using: docker, image: 'DOCKER://debian:12'}\n").names() == Names{"oci:docker.io/library/debian:12"});
    CHECK(Parsed("action.yml", "runs: {using: composite, steps: [{uses: 'Docker://debian:12'}]}\n").names() == Names{"oci:docker.io/library/debian:12"});
    CHECK(Parsed("action.yml", "runs: {using: docker, image: Dockerfile}\n").names().empty());
    CHECK(intake::every_prefix("action.yml", text));
}

TEST_CASE("GitLab pipelines") {
    const std::string text = "variables: {BASE: \"python\", TAG: {value: \"3.12\"}}\ndefault:\n  image: {name: \"${BASE}:$TAG\"}\n"
                             "include:\n  - local: /ci/build.yml\n  - remote: https://ci.example/x.yml\n    integrity: sha256-" + std::string(43, 'A') + "=\n"
                             "  - project: group/ci\n    ref: main\n    file: /x.yml\n  - component: gitlab.example/group/lint@1.0\n  - template: Security.gitlab-ci.yml\n"
                             "test:\n  image: $CI_REGISTRY_IMAGE\n  services: [\"redis:7\", {name: \"postgres:16\", alias: db}]\n  script: [x]\n"
                             ".hidden:\n  image: !reference [test, image]\n";
    const Parsed parsed(".gitlab-ci.yml", text);
    CHECK(parsed.understood);
    CHECK(parsed.names() == Names{"oci:docker.io/library/python:3.12", "oci:?", "oci:docker.io/library/redis:7", "oci:docker.io/library/postgres:16", "https://ci.example/x.yml",
                                  "pkg:gitlab/group/ci@main", "git+https://gitlab.example/group/lint@1.0"});
    CHECK(parsed.facts.requirements[4].pinned);
    REQUIRE(parsed.facts.includes.size() == 1);
    CHECK(parsed.facts.includes[0].path == "ci/build.yml");
    CHECK(intake::every_prefix(".gitlab-ci.yml", text));
}
