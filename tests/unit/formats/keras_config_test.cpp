#include "formats/keras_config.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"

using namespace headgate;
using tests::Outcome;

namespace {

Outcome walk(const std::string& json, const Limits& limits = {}) {
    Outcome outcome;
    Budget budget(limits);
    formats::ParseContext context{limits, budget, outcome.evidence, "model.keras", "config.json", 1, nullptr};
    outcome.examined = formats::check_keras_config(as_bytes(json), context);
    return outcome;
}

/// "module.name" of every import, joined.
std::string names(const Outcome& outcome) {
    std::string all;
    for (const Import& import : outcome.evidence.imports) all += (all.empty() ? "" : " ") + import.module + "." + import.name;
    return all;
}

/// A model of one layer.
std::string model(const std::string& layer) {
    return R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [)" + layer +
           R"(]}, "registered_name": null})";
}

const std::string kDense =
    R"({"module": "keras.layers", "class_name": "Dense", "registered_name": null, "config": {"units": 4, "activation": "relu",
        "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": null},
                               "registered_name": null}}, "build_config": {"input_shape": [null, 3]}})";

}  // namespace

TEST_CASE("a configuration of Keras gives an import for each class, and no finding") {
    const Outcome outcome = walk(model(kDense + "," + kDense));
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("keras-config"));
    CHECK(outcome.evidence.formats[0].inert);
    CHECK(outcome.evidence.findings.empty());
    CHECK(names(outcome) == "keras.Sequential keras.initializers.GlorotUniform keras.layers.Dense");
    REQUIRE(outcome.evidence.calls.size() == 3);
    CHECK(outcome.evidence.calls[2].callee == "keras.layers.Dense");
    CHECK(outcome.evidence.calls[2].arguments == std::vector<std::string>{"str:/config/layers/0", "int:2"});
}

TEST_CASE("names are found wherever they stand") {
    const std::string os = R"({"module": "os", "class_name": "system", "config": {}, "registered_name": null})";
    for (const std::string& place : {R"({"class_name": "Wrapper", "module": "keras.layers", "config": {"layer": )" + os + "}}",
                                     R"({"class_name": "Dense", "config": {"activation": )" + os + "}}",
                                     R"({"class_name": "Dense", "config": {}, "build_config": {"x": [[)" + os + "]]}}",
                                     R"({"class_name": "Dense", "config": {"a": {"class_name": "__numpy__", "config": {"value": )" + os +
                                         "}}}}"}) {
        const Outcome outcome = walk(model(place));
        INFO(place);
        CHECK(names(outcome).find("os.system") != std::string::npos);
    }
    CHECK(names(walk(R"({"compile_config": {"loss": )" + os + R"(}, "class_name": "Sequential", "config": []})")).find("os.system") !=
          std::string::npos);
}

TEST_CASE("every way to write a name leads to the name that is looked up") {
    const auto one = [](const std::string& object) { return names(walk(object)); };
    CHECK(one(R"({"class_name": "Dense", "config": {}})") == "keras.Dense");
    CHECK(one(R"({"class_name": "Custom>Mine", "config": {}})") == "Custom.Mine");
    CHECK(one(R"({"module": null, "class_name": "Mine", "config": {}, "registered_name": "pkg>Mine"})") == "pkg.Mine");
    CHECK(one(R"({"module": "pkg.layers", "class_name": "Mine", "config": {}, "registered_name": "pkg>Mine"})") == "pkg.layers.Mine");
    CHECK(one(R"({"module": "keras.layers", "class_name": "Dense", "config": {}, "registered_name": "Dense"})") == "keras.layers.Dense");
    // What is registered goes before the module, so that both count.
    CHECK(one(R"({"module": "keras.layers", "class_name": "Dense", "config": {}, "registered_name": "app>Dense"})") ==
          "app.Dense keras.layers.Dense");
    CHECK(one(R"({"module": "pkg", "class_name": "Mine", "config": {}, "registered_name": "pkg>Other"})") == "pkg.Mine pkg.Other");
    CHECK(one(R"({"module": "keras", "class_name": "utils.get_file", "config": {}})") == "keras.utils.get_file");
    CHECK(one(R"({"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"})") == "builtins.relu");
    CHECK(one(R"({"module": "os", "class_name": "function", "config": "system", "registered_name": "system"})") == "os.system");
    CHECK(one(R"({"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "eval"})") ==
          "builtins.relu keras.eval");
    CHECK(one(R"({"module": "builtins", "class_name": "function", "config": "pkg>mine", "registered_name": "pkg>mine"})") == "pkg.mine");
    CHECK(one(R"({"class_name": "__typespec__", "spec_name": "TensorSpec", "module": "tensorflow.spec", "config": [[1], "x"],
                  "registered_name": null})") == "tensorflow.spec.TensorSpec");
    CHECK(one(R"({"class_name": "TypeSpec", "type_spec": "tf.TensorSpec", "serialized": [null, "float32", "x"]})") == "tensorflow.TensorSpec");
    CHECK(one(R"({"class_name": "TypeSpec", "type_spec": "mine.Spec", "serialized": []})") == "mine.Spec");
    CHECK(one(R"({"class_name": "CompositeTensor", "tensors": [["int64", 1]],
                  "spec": {"class_name": "TypeSpec", "type_spec": "tf.RaggedTensorSpec", "serialized": []}})") == "tensorflow.RaggedTensorSpec");
    CHECK(one(R"({"class_name": "TypeSpec", "module": "evil", "type_spec": "tf.TensorSpec", "config": {}})") == "evil.TypeSpec");
    CHECK(one(R"({"class_name": "TFOpLambda", "config": {"function": "io.write_file"}})") == "keras.TFOpLambda tensorflow.io.write_file");
    CHECK(one(R"({"class_name": "__numpy__", "config": {"value": [1], "dtype": "float32"}})").empty());
    // A value's name with a module is looked up like any other.
    CHECK(one(R"({"class_name": "__numpy__", "module": "evil", "config": {}})") == "evil.__numpy__");
}

TEST_CASE("Lambdas are refused, in all their spellings") {
    const std::string code = R"("config": {"function": ["4wEAAAA=", null, null], "function_type": "lambda"})";
    for (const std::string& layer :
         {R"({"class_name": "Lambda", )" + code + "}", R"({"class_name": "Mine", )" + code + "}",
          std::string(R"({"module": "keras.layers", "class_name": "Lambda", "config": {}, "registered_name": null})"),
          std::string(R"({"class_name": "Other", "module": null, "registered_name": "Lambda", "config": {}})"),
          std::string(R"({"module": "keras", "class_name": "layers.Lambda", "config": {}, "registered_name": null})"),
          std::string(R"({"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": null, "closure": null}})")}) {
        const Outcome outcome = walk(model(layer));
        INFO(layer << outcome.ids());
        CHECK_FALSE(outcome.whole());
        REQUIRE(outcome.evidence.findings.size() == 1);
        CHECK(outcome.evidence.findings[0].id == "keras.lambda");
        CHECK(outcome.evidence.findings[0].severity == Severity::critical);
        CHECK(outcome.evidence.findings[0].message.find("/config/layers/0") != std::string::npos);
    }
    CHECK(walk(model(R"({"class_name": "LambdaCallback", "config": {"function_type": "function"}})")).evidence.findings.empty());
}

TEST_CASE("files outside the model are refused") {
    const auto lookup = [](const std::string& vocabulary) {
        return walk(model(R"({"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": )" + vocabulary + "}}"));
    };
    for (const char* path : {"/etc/passwd", "https://example.com/v", "file:v", "../v", "a/../../v", "C:\\v", "\\\\host\\v", "~/v", "vocab.txt"}) {
        INFO(path);
        std::string text;
        for (const char* at = path; *at != '\0'; ++at) text += *at == '\\' ? std::string("\\\\") : std::string(1, *at);
        CHECK(lookup("\"" + text + "\"").has("keras.outside-file"));
    }
    for (const char* name : {"layers.StringLookup", "src.layers.preprocessing.string_lookup.StringLookup", "Custom>StringLookup"}) {
        CAPTURE(name);
        const auto dotted = [&](const std::string& vocabulary) {
            return walk(model(R"({"module": "keras", "class_name": ")" + std::string(name) + R"(", "config": {"vocabulary": )" + vocabulary + "}}"));
        };
        CHECK(dotted("\"secret.txt\"").has("keras.outside-file"));
        CHECK(dotted("[\"a\"]").whole());
    }
    CHECK(lookup("[\"/etc/passwd\", \"a\"]").whole());
    CHECK(lookup("null").whole());
    CHECK(walk(model(R"({"class_name": "Dense", "config": {"filepath": "/x"}})")).has("keras.outside-file"));
    CHECK(walk(model(R"({"class_name": "Dense", "config": {"weights": "imagenet", "name": "/x"}})")).whole());
}

TEST_CASE("what names nothing, and what is no strict JSON, is refused") {
    for (const char* object : {R"({"class_name": 1, "config": {}})", R"({"class_name": "", "config": {}})",
                               R"({"class_name": "A", "module": ["os"], "config": {}})",
                               R"({"class_name": "A", "registered_name": {}, "config": {}})", R"({"class_name": "function"})",
                               R"({"class_name": "function", "config": {}})", R"({"class_name": "__typespec__", "config": []})",
                               R"({"class_name": "TFOpLambda", "config": {}})"}) {
        INFO(object);
        CHECK(walk(object).has("keras.object"));
    }
    CHECK(walk(R"({"class_name": "Dense", "class_name": "Lambda", "config": {}})").has("keras.malformed"));
    CHECK(walk("").has("keras.malformed"));
    CHECK(walk(std::string(200, '[') + std::string(200, ']')).has("keras.malformed"));
    CHECK(walk(R"({"class_name": "Dense", "config": {"max": Infinity, "min": -Infinity, "x": NaN}})").whole());
}

TEST_CASE("hostile sizes are bounded") {
    Limits few;
    few.facts = 3;
    CHECK(walk(model(R"({"class_name":"A","config":{}},{"class_name":"B","config":{}},{"class_name":"C","config":{}})"), few)
              .has("keras.unscannable"));
    few = {};
    few.steps = 10;
    CHECK(walk(model(kDense), few).has("keras.unscannable"));
    std::string many = "[";
    for (int i = 0; i < 500; ++i) many += R"({"class_name": "__lambda__"},)";
    CHECK(walk(many + "0]").evidence.findings.size() == 100);
    const Outcome longest = walk("{\"" + std::string(5000, 'k') + "\": {\"class_name\": \"A\"}}");
    REQUIRE(longest.evidence.calls.size() == 1);
    CHECK(longest.evidence.calls[0].arguments[0].size() < 600);
}

TEST_CASE("every prefix of a configuration is explained") {
    const std::string whole = model(kDense);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const Outcome outcome = walk(whole.substr(0, length));
        REQUIRE_FALSE(outcome.whole());
        REQUIRE(outcome.oracle());
    }
}

namespace {

const std::string kLambda = R"({"class_name": "Lambda", "config": {"name": "l", "function": ["4wEAAAA=", null, null], "function_type": "lambda"}})";

Outcome loose(const std::string& json, const std::string& name = "architecture.json") {
    Outcome outcome = tests::examine(json, name);
    CHECK(outcome.oracle());
    return outcome;
}
std::string wrapped(const std::string& in, const std::string& layer) { return R"({"class_name": ")" + in + R"(", "config": {"name": "t", "layer": )" + layer + "}}"; }

}  // namespace

TEST_CASE("a Lambda in JSON is found at any depth, whatever it stands in") {
    for (const std::string& json :
         {kLambda, model(R"({"class_name": "Lambda", "config": {}})"), wrapped("TimeDistributed", kLambda), wrapped("Bidirectional", kLambda),
          wrapped("MyModel", kLambda), "[" + wrapped("Model", kLambda) + "]", R"({"model": )" + wrapped("Model", kLambda) + "}",
          R"({"model_config": )" + wrapped("Model", kLambda) + R"(, "keras_version": "2.3"})", R"({"a": [[{"b": )" + kLambda + "}]]}",
          std::string(R"({"class_name": "__lambda__", "config": {"value": ["4wEAAAA="]}})"),
          std::string(R"({"class_name": "keras>Lambda", "config": {}})")}) {
        CAPTURE(json);
        CHECK(loose(json).has("keras.lambda"));
        CHECK(loose("{}\n" + json + "\n", "all.jsonl").has("keras.lambda"));
        CHECK(loose(json + "\n{}", "two.json").has("keras.lambda"));
        CHECK(loose(json, "notes.txt").has("keras.lambda"));
    }
}

TEST_CASE("objects that may be Keras's are facts, whose names are for the lists to tell") {
    const Outcome layer = loose(wrapped("TimeDistributed", R"({"class_name": "TFSMLayer", "config": {"name": "x"}})"));
    CHECK(layer.whole());
    CHECK(layer.is("keras-objects"));
    CHECK(names(layer) == "keras.TFSMLayer keras.TimeDistributed");
    CHECK(names(loose(R"({"class_name": "function", "config": "load", "module": "keras.utils", "registered_name": "get_file"})")) ==
          "keras.get_file keras.utils.load");
    const Outcome lines = loose(R"({"class_name": "Dense", "config": {}})" "\n" R"({"class_name": "Dense", "config": {}})", "two.jsonl");
    CHECK(lines.is("jsonl"));
    CHECK(names(lines) == "keras.Dense");
    CHECK(lines.evidence.calls[0].arguments[1] == "int:2");
    CHECK(loose(R"([{"class_name": "StringLookup", "config": {"vocabulary": "secret.txt"}}])").has("keras.outside-file"));
    CHECK(loose(R"([{"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}}])").has("keras.outside-file"));
    CHECK(loose(R"([{"class_name": "StringLookup", "config": {"vocabulary": ["a"]}}])").whole());
    CHECK(loose(R"([{"class_name": "A", "module": "keras.layers", "config": {"filepath": "/x"}}])").has("keras.outside-file"));
    // A dotted line's place is told from the beginning of the file.
    const Outcome second = loose("{}\n" + kLambda, "two.jsonl");
    REQUIRE(second.evidence.findings.size() == 1);
    CHECK(second.evidence.findings[0].where.offset.value_or(0) > 2);
}

TEST_CASE("JSON that is not Keras's passes as JSON") {
    const Outcome person = loose(R"({"class_name": "Lambda", "age": 3})", "people.json");
    CHECK(person.whole());
    CHECK(person.is("json"));
    // Of another program: its names are recorded, and what its keys say is none of Keras's business.
    const Outcome agents = loose(R"({"agents": [{"class_name": "Planner", "config": {"path": "/data", "file": "../x", "filename": "https://host.example/x"}}]})");
    CHECK(agents.whole());
    CHECK(loose(R"([{"class_name": "Truck", "config": null}, {"class_name": 3, "config": {}}, {"class_name": "", "config": {}}])").is("json"));
    CHECK(loose(R"([{"class_name": "Truck", "config": {}, "module": ["a"]}])").is("json"));
    CHECK(loose(R"({"function_type": "lambda", "runtime": "python"})").is("json"));
}

TEST_CASE("byte code of old layers is a Lambda under each of its names") {
    for (const char* key : {"mode", "output_shape", "output_mask", "anything"}) {
        for (const char* code : {R"(["4wAAAA==", null, null])", R"("4wAAAA==")"}) {
            const std::string config = R"({"name": "m", "layers": [], ")" + std::string(key) + "\": " + code + ", \"" + key + R"(_type": "lambda"})";
            const std::string merge = R"({"class_name": "Merge", "config": )" + config + "}";
            INFO(merge);
            CHECK(walk(model(merge)).has("keras.lambda"));
            CHECK(loose(merge).has("keras.lambda"));
            CHECK(loose(R"({"model": )" + wrapped("Model", merge) + "}").has("keras.lambda"));
        }
        CHECK(loose(R"({")" + std::string(key) + R"(": ["4wAAAA==", null, null], ")" + key + R"(_type": "lambda"})").has("keras.lambda"));
        CHECK_FALSE(walk(model(R"({"class_name": "Merge", "config": {")" + std::string(key) + R"(": "sum", ")" + key + R"(_type": "raw"}})"))
                        .has("keras.lambda"));
    }
    // Of other programs.
    CHECK(loose(R"({"runtime_type": "lambda", "runtime": "python3"})").is("json"));
    CHECK(loose(R"({"handler_type": "lambda", "handler": {"name": "f"}, "_type": "lambda"})").is("json"));
}
