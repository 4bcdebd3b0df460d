// Commands of containers, however they are written and wherever the kubelet runs them: what they serve, beside honest twins.
#include <catch2/catch.hpp>

#include "intake/interpolation.hpp"
#include "unit/intake/intake_fixture.hpp"

using namespace headgate;
using intake::Parsed;
using Names = std::vector<std::string>;

namespace {

const std::string kCommit(40, 'c');
const Names kEvil = {"hf:evil/m"};

/// A pod with one container, whose other fields are in YAML's flow style.
Parsed pod(const std::string& fields) { return Parsed("x.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {image: own, " + fields + "}\n", {}, intake::format_of("Kubernetes")); }

/// What it names beside its image; "?" where something is not understood.
Names names(const Parsed& parsed) {
    CHECK(parsed.oracle());
    Names all = parsed.names();
    if (!all.empty()) all.erase(all.begin());
    if (!parsed.understood) all.push_back("?");
    return all;
}
Names fields(const std::string& text) { return names(pod(text)); }

/// A text of YAML between double quotes.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return result + "\"";
}
Names script(const std::string& text, const std::string& more = "") { return fields("command: [bash, -c, " + quoted(text) + "]" + more); }

/// Something is named that nobody knows here, or it is not understood: either is denied.
bool is_noticed(const Names& all) {
    return std::any_of(all.begin(), all.end(), [](const std::string& name) { return name == "hf:?" || name == "?"; });
}

}  // namespace

TEST_CASE("commands of probes and hooks are read") {
    for (const char* const place : {"livenessProbe: {exec: {command: ", "readinessProbe: {exec: {command: ", "startupProbe: {exec: {command: "}) {
        CAPTURE(place);
        CHECK(fields(std::string(place) + "[sh, -c, vllm serve evil/m]}}") == kEvil);
        CHECK(fields(std::string(place) + "[hf, download, $(M)]}}, env: [{name: M, value: evil/m}]") == kEvil);
    }
    for (const char* const place : {"lifecycle: {postStart: {exec: {command: ", "lifecycle: {preStop: {exec: {command: "}) {
        CAPTURE(place);
        CHECK(fields(std::string(place) + "[vllm, serve, evil/m]}}}") == kEvil);
        CHECK(fields(std::string(place) + "[sh, -c, 'huggingface-cli download evil/m']}}}") == kEvil);
        // Here the kubelet puts in nothing.
        CHECK(fields(std::string(place) + "[hf, download, $(M)]}}}, env: [{name: M, value: acme/m}]") == Names{"hf:?"});
    }
    const std::string init = "apiVersion: v1\nkind: Pod\nspec: {initContainers: [{image: own, startupProbe: {exec: {command: [vllm, serve, evil/m]}}}]}\n";
    CHECK(names(Parsed("x.yaml", init, {}, intake::format_of("Kubernetes"))) == kEvil);
    for (const char* const command : {"[curl, localhost/health]", "[sh, -c, exit 0]", "[nginx, -s, quit]", "[python3, /health.py]", "[cat, /tmp/healthy]", "[sh, -c, 'sleep 5 && kill $(pidof vllm)']"}) {
        CAPTURE(command);
        CHECK(fields("livenessProbe: {exec: {command: " + std::string(command) + "}}, lifecycle: {preStop: {exec: {command: " + command + "}}}").empty());
    }
    CHECK(fields("livenessProbe: {httpGet: {path: /, port: 80}}, lifecycle: {preStop: {sleep: {seconds: 1}}}").empty());
    // What the container serves is said once, and the probe is no command line of the image's entry point.
    const std::string tgi = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {image: 'ghcr.example/text-generation-inference:3', args: [--model-id, acme/m, --revision, " + kCommit +
                            "], env: [{name: MODEL_ID, value: acme/m}], livenessProbe: {exec: {command: [own-health, acme/x]}}}\n";
    CHECK(names(Parsed("x.yaml", tgi, {}, intake::format_of("Kubernetes"))) == Names{"hf:acme/m@" + kCommit});
}

TEST_CASE("two dollars are one, for the kubelet") {
    const intake::Variables known = {{"M", "acme/m"}, {"N", "$(M)"}};
    const auto expanded = [&](std::string_view text) { return intake::expand_parentheses(text, known).value_or("?"); };
    CHECK(expanded("$(M)") == "acme/m");
    CHECK(expanded("$$(M)") == "$(M)");
    CHECK(expanded("$$$(M)") == "$acme/m");
    CHECK(expanded("$$M $M $") == "$M $M $");
    CHECK(expanded("$(N)$(X)$(") == "$(M)$(X)$(");
    CHECK(expanded("$($(M))") == "$($(M))");
    CHECK(expanded("$( $$ )") == "$( $$ )");
    CHECK(expanded("$($$") == "$($");
    CHECK(expanded(std::string(1'100'000, 'x')).size() == 1'100'000);      // nothing grows there
    CHECK(intake::expand_parentheses("$(L)$(L)", {{"L", std::string(600'000, 'x')}}) == std::nullopt);
    const std::string pinned = "acme/m@" + kCommit;
    CHECK(fields("command: [vllm, serve], args: ['--model', '$$(M)'], env: [{name: M, value: '" + pinned + "'}]") == Names{"hf:?"});
    CHECK(fields("command: [vllm, serve], args: ['--model', '$(M)'], env: [{name: M, value: '" + pinned + "'}]") == Names{"hf:" + pinned});
    CHECK(fields("command: [sh, -c, 'vllm serve $$M'], env: [{name: M, value: evil/m}]") == kEvil);
    CHECK(is_noticed(fields("command: [sh, -c, 'vllm serve $$(echo evil/m)']")));
    CHECK(fields("command: [sh, -c, 'echo $$PATH; exec nginx']").empty());
    // Compose has a rule of its own, and shells a number for them.
    CHECK(is_noticed(names(Parsed("Dockerfile", "FROM a\nENV M=acme/m\nCMD [\"sh\", \"-c\", \"vllm serve $$M\"]\n"))));
}

TEST_CASE("what grows beyond all measure is said") {
    const std::string large(60'000, 'x');
    std::string many;
    for (int i = 0; i < 40; ++i) many += "$(A)";
    CHECK(fields("command: [vllm, serve, '" + many + "'], env: [{name: A, value: '" + large + "'}]").back() == "?");
    std::string variables;
    for (int i = 0; i < 40; ++i) variables += ", {name: V" + std::to_string(i) + ", value: '$(A)'}";
    CHECK(fields("command: [nginx], env: [{name: A, value: '" + large + "'}" + variables + "]").back() == "?");
    CHECK(fields("command: [nginx], env: [{name: A, value: '" + large + "'}, {name: B, value: '$(A)'}]").empty());
    std::string nested = "vllm serve evil/m";
    for (int i = 0; i < 8; ++i) nested = "eval " + nested;
    CHECK(script(nested).back() == "?");
    CHECK(script("eval eval vllm serve evil/m") == kEvil);
    CHECK(script("eval \"$(conda shell.bash hook)\"; nginx").empty());
}

TEST_CASE("a quantisation behind the name, and ModelScope by a variable from elsewhere") {
    for (const char* const command : {"[vllm, serve, 'evil/m:Q4_K_M']", "[vllm, serve, --model, 'evil/m:Q4_K_M']", "[vllm, serve, '--model=evil/m:UD-Q4_K_XL']", "[aphrodite, run, 'evil/m:Q4_K_M']"}) {
        CAPTURE(command);
        CHECK(fields("command: " + std::string(command)) == kEvil);
    }
    CHECK(script("vllm serve acme/m --speculative-config '{\"model\": \"evil/m:Q4\"}'") == Names{"hf:acme/m", "hf:evil/m"});
    for (const char* const path : {"/models/m:Q4", "./m:Q4", "C:/models/m"}) CHECK(fields("command: [vllm, serve, '" + std::string(path) + "']").empty());
    for (const char* const name : {"MODELSCOPE_ENDPOINT", "VLLM_USE_MODELSCOPE", "SGLANG_USE_MODELSCOPE", "LMDEPLOY_USE_MODELSCOPE"}) {
        CAPTURE(name);
        CHECK(fields("env: [{name: " + std::string(name) + ", valueFrom: {configMapKeyRef: {name: a, key: b}}}]") == Names{"hf:?"});
    }
    CHECK(fields("env: [{name: VLLM_USE_V1, valueFrom: {configMapKeyRef: {name: a, key: b}}}, {name: VLLM_USE_MODELSCOPE, value: 'false'}]").empty());
}

TEST_CASE("what stands behind a script is what it is given") {
    for (const char* const words : {"'exec \"$@\"', --, vllm, serve, evil/m", "'exec vllm \"$@\"', --, serve, evil/m", "'\"$0\" \"$@\"', vllm, serve, evil/m", "'exec $*', x, vllm, serve, evil/m", "'vllm serve $1', x, evil/m", "'vllm serve \"${1}\"', x, evil/m",
                                    "'shift; \"$@\"', x, y, vllm, serve, evil/m", "'M=$2; vllm serve $M', x, y, evil/m", "'eval \"$@\"', x, vllm, serve, evil/m", "'eval \"$*\"', x, 'vllm serve evil/m'", "'$1', x, 'vllm serve evil/m'",
                                    "'sh -c \"$1\"', x, 'vllm serve evil/m'", "'sh -c ''exec \"$@\"'' \"$@\"', x, y, vllm, serve, evil/m", "'\"${@:2}\"', x, y, vllm, serve, evil/m", "'f() { \"$@\"; }; f \"$@\"', x, vllm, serve, evil/m",
                                    "'while [ $1 != vllm ]; do shift; done; \"$@\"', x, y, vllm, serve, evil/m", "'[ -z x ] && shift; \"$@\"', x, vllm, serve, evil/m", "'for x in \"$@\"; do vllm serve $x; done', x, evil/m"}) {
        CAPTURE(words);
        CHECK(fields("command: [bash, -c, " + std::string(words) + "]") == kEvil);
        CHECK(fields("command: [bash, -c], args: [" + std::string(words) + "]") == kEvil);
        CHECK(fields("livenessProbe: {exec: {command: [bash, -c, " + std::string(words) + "]}}") == kEvil);
    }
    for (const char* const text : {"set -- vllm serve evil/m; \"$@\"", "set -e -- vllm serve evil/m; exec \"$@\"", "set -- evil/m; vllm serve $1", "[ -z \"$X\" ] && set -- vllm serve evil/m; \"$@\"", "set -- vllm serve evil/m; eval '\"$@\"'",
                                   "sh -c 'exec \"$@\"' x vllm serve evil/m", "set -- serve evil/m; vllm \"$@\""}) {
        CAPTURE(text);
        CHECK(script(text) == kEvil);
    }
    // A name that the script takes from what changes is not known.
    for (const char* const words : {"'while true; do vllm serve $1; shift; done', x, acme/m, evil/m", "'f() { vllm serve $1; }; f evil/m', x, acme/m", "'[ -z x ] && set -- evil/m; vllm serve $1', x, acme/m", "'vllm serve \"${1%x}\"', x, acme/mx"}) {
        CAPTURE(words);
        CHECK(is_noticed(fields("command: [bash, -c, " + std::string(words) + "]")));
    }
    CHECK(fields("command: [sh, -c, 'exec \"$@\"', --, vllm, serve, acme/m, --revision, " + kCommit + "]") == Names{"hf:acme/m@" + kCommit});
    CHECK(fields("command: [sh, -c, 'exec \"$@\" --revision " + kCommit + "', --, vllm, serve, acme/m]") == Names{"hf:acme/m@" + kCommit});
    CHECK(script("set -- vllm serve acme/m; exec \"$@\" --revision " + kCommit) == Names{"hf:acme/m@" + kCommit});
    for (const char* const words : {"'exec \"$@\"', --, nginx, -g, 'daemon off;'", "'echo \"$@\"', --, vllm, serve, evil/m", "'exec nginx', --, vllm, serve, evil/m", "'exec \"$@\"'", "'set -e; exec \"$@\"', --, python3, app.py", "'set -euo pipefail; for i in 1 2; do sleep 1; done; exec \"$@\"', --, nginx"}) {
        CAPTURE(words);
        CHECK(fields("command: [sh, -c, " + std::string(words) + "]").empty());
    }
    // Each script has them anew, and that is bounded.
    std::string many;
    for (int i = 0; i < 3'000; ++i) many += "eval \"$1\"; ";
    CHECK(fields("command: [sh, -c, " + quoted(many) + ", x, 'vllm " + std::string(2'000, 'y') + "']").back() == "?");
}

TEST_CASE("variables that a script writes to in other ways") {
    const std::string known = ", env: [{name: M, value: 'acme/m'}]";
    for (const char* const text : {"M+=evil; vllm serve $M", "M=acme/m; M+=-evil; vllm serve $M"}) {
        CAPTURE(text);
        CHECK(script(text, known).front().starts_with("hf:acme/m"));
        CHECK(script(text, known) != Names{"hf:acme/m"});
    }
    for (const char* const text : {"true && M+=x; vllm serve $M", "if true; then M+=x; fi; vllm serve $M", "M[0]=evil/m; vllm serve $M", "M=(evil/m); vllm serve $M", "printf -v M evil/m; vllm serve $M", "printf -vM %s evil/m; vllm serve $M",
                                   "read M <<< evil/m; vllm serve $M", "IFS=, read -r M N <<< evil/m,x; vllm serve $M", "readarray -t M <<< evil/m; vllm serve $M", "mapfile M < f; vllm serve $M", "let M=1; vllm serve $M", "declare M+=x; export M; vllm serve $M$X",
                                   "declare -n N=M; N=evil/m; vllm serve $M", "typeset -n N=M; N=evil/m; vllm serve $M", "declare -l M=EVIL/M; vllm serve $M", "eval M=evil/m; vllm serve $M", "eval 'M=evil/m'; vllm serve $M", "eval read M <<< evil/m; vllm serve $M",
                                   "X=M; eval \"$X=evil/m\"; vllm serve $M", "eval \"$X=evil/m\"; vllm serve $M", "printf -v \"$X\" evil/m; vllm serve $M", "M=evil/m; eval 'vllm serve $M'", "export M=evil/m; sh -c 'vllm serve $M'", "read M < f; bash -c 'vllm serve $M'",
                                   "command read M < f; vllm serve $M"}) {
        CAPTURE(text);
        CHECK(is_noticed(script(text, known)));
    }
    CHECK(script("env M=evil/m sh -c 'vllm serve $M'", known) == kEvil);
    CHECK(script("M=evil/m sh -c 'vllm serve $M'", known) == kEvil);
    CHECK(fields("command: [env, M=evil/m, sh, -c, 'vllm serve $M']" + known) == kEvil);
    CHECK(script("IFS=:; C=vllm:serve:evil/m; $C") == kEvil);
    CHECK(is_noticed(names(Parsed("Dockerfile", "FROM a\nENV M=acme/m\nRUN printf -v M evil/m; huggingface-cli download $M\n"))));
    const Names pinned = {"hf:acme/m@" + kCommit};
    for (const char* const before : {"PATH+=:/opt/bin", "export PATH+=:/opt/bin", "read -r LINE < /etc/hostname", "printf -v NOW '%s' x", "declare -a LIST=(a b)", "let N=1", "eval \"$(conda shell.bash hook)\"", "eval \"export HOME=/root\"", "IFS=,", "mapfile -t LINES < f",
                                     "declare -x N=1", "M=acme/m"}) {
        CAPTURE(before);
        CHECK(script(std::string(before) + "; vllm serve $M --revision " + kCommit, known) == pinned);
    }
    CHECK(script("ARGS='--port 1'; ARGS+=' --revision " + kCommit + "'; vllm serve $M $ARGS", known) == pinned);
    CHECK(script("export M=acme/m; sh -c 'vllm serve $M --revision " + kCommit + "'", known) == pinned);
}

TEST_CASE("a program or verb that only the running shell knows") {
    for (const char* const text : {"$'\\x76llm' serve evil/m", "$'\\166ll\\u006d' serve evil/m", "$\"vllm\" serve $'evil\\x2fm'", "v$'l'lm serve evil/m", "trap \"vllm serve evil/m\" EXIT", "trap -- 'hf download evil/m' EXIT INT"}) {
        CAPTURE(text);
        CHECK(script(text) == kEvil);
    }
    for (const char* const text : {"{vllm,serve,evil/m}", "vllm {serve,evil/m}", "{/usr/bin/vllm,serve} evil/m", "{$X,serve,evil/m}", "/usr/bin/vll? serve evil/m", "vll[m] serve evil/m", "A=VLLM; ${A,,} serve evil/m", "A=xvllm; ${A#x} serve evil/m",
                                   "A=xvllm; ${A:1} serve evil/m", "A=B; B=vllm; ${!A} serve evil/m", "$FOO serve evil/m", "$FOO serve --port 1 evil/m", "$FOO serve $M", "vllm $VERB evil/m", "vllm serve ${A,,}", "$'\\cv' serve evil/m"}) {
        CAPTURE(text);
        CHECK(is_noticed(script(text)));
    }
    CHECK(is_noticed(names(Parsed("x.yaml", "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'ghcr.example/text-generation-inference:3', command: [sh, -c, '$FOO serve evil/m']}]}\n", {}, intake::format_of("Kubernetes")))));
    for (const char* const text : {"$NPM run build", "$NPM run serve", "$APP serve", "$APP serve --port 8000", "$HOME/bin/app serve config/prod", "$DOCKER run own/image", "\"$@\"", "exec $APP", "$SUDO apt-get install -y curl", "trap 'rm -f /tmp/x' EXIT",
                                   "trap - INT", "trap 'kill -TERM $PID' TERM", "cp {a,b} /srv", "ls /models/*", "for f in *.txt; do cat $f; done", "$BIN serve ./config", "npm serve a/b", "echo $'a\\tb'", "huggingface-cli login --token $HF_TOKEN", "[ -f x ] && nginx",
                                   "vllm --version"}) {
        CAPTURE(text);
        CHECK(script(text).empty());
    }
}

TEST_CASE("options between -c and a script, and programs that something else writes") {
    for (const char* const command : {"[sh, -c, --, vllm serve evil/m]", "[bash, -c, -x, vllm serve evil/m]", "[bash, -c, +x, vllm serve evil/m]", "[bash, -c, -e, --, vllm serve evil/m]", "[sh, -c, '-', vllm serve evil/m]"}) {
        CAPTURE(command);
        const auto found = fields("command: " + std::string(command));
        CHECK(std::find(found.begin(), found.end(), "hf:evil/m") != found.end());
    }
    for (const char* const text : {"exec \"$(command -v vllm)\" serve evil/m", "$(which vllm) serve evil/m", "`which vllm` serve evil/m"}) {
        CAPTURE(text);
        CHECK((is_noticed(script(text)) || script(text) == kEvil));
    }
    const std::string known = ", env: [{name: m, value: good/m}]";
    for (const char* const text : {"export $(echo m=evil/m); vllm serve \"$m\"", "declare \"$(cat x)\"; vllm serve $m", "eval \"$(cat x)\"; vllm serve $m", "eval 'for m in evil/m; do :; done'; vllm serve $m",
                                   "m=; : ${m:=evil/m}; vllm serve $m"}) {
        CAPTURE(text);
        CHECK(script(text, known) != Names{"hf:good/m"});
    }
    CHECK(script("export HF_HOME=$(pwd)/x; vllm serve $m", known) == Names{"hf:good/m"});
    CHECK(script(": ${PORT:=8000}; vllm serve $m --port $PORT", known) == Names{"hf:good/m"});
    CHECK(fields("command: [sh, -c, --, \"nginx -g 'daemon off;'\"]").empty());
}
