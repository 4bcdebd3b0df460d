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
