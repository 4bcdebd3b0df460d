// TensorFlow's graphs: every check with a bad case beside its honest twin.
#include "formats/tensorflow.hpp"

#include <catch2/catch.hpp>

#include "recipes/tensorflow_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using namespace headgate::recipes;

namespace {

tests::Outcome judge(const std::string& bytes, const std::string& name = "saved_model.pb") { return tests::examine(bytes, name); }

std::string operators(const tests::Outcome& outcome) {
    std::string all;
    for (const Operator& used : outcome.evidence.operators) all += (used.runtime == "tensorflow" ? "" : used.runtime + ":") + used.name + " ";
    return all;
}

}  // namespace

TEST_CASE("a saved model, a meta graph, a frozen graph: operators are facts") {
    const std::string graph = tf_graph({tf_node("Placeholder"), tf_node("MatMul"), tf_node("MatMul")});
    const auto saved = judge(tf_saved_model(graph));
    INFO(saved.ids());
    CHECK(saved.whole());
    CHECK(saved.is("savedmodel"));
    CHECK(operators(saved) == "MatMul Placeholder ");
    const auto meta = judge(tf_meta_graph(graph), "export.meta");
    CHECK(meta.whole());
    CHECK(meta.is("tensorflow-graph"));
    CHECK(operators(meta) == "MatMul Placeholder ");
    const auto frozen = judge(graph, "frozen.pb");
    CHECK(frozen.whole());
    CHECK(frozen.is("tensorflow-graph"));
    CHECK(operators(frozen) == "MatMul Placeholder ");
    CHECK(judge(tf_saved_model(graph) + part(2, tf_meta_graph(tf_graph({tf_node("PyFunc")})))).evidence.operators.size() == 3);  // a second meta graph
    // A library makes a graph look like a meta graph.
    const auto library = judge(tf_graph({tf_node("inner")}, {tf_function("inner", "Add")}), "frozen.pb");
    INFO(library.ids());
    CHECK(library.whole());
    CHECK(operators(library) == "Add ");
    CHECK(judge(graph, "odd.dat").is("tensorflow-graph"));
    CHECK(judge(graph, "notes.txt").has("format.extension-mismatch"));
}

TEST_CASE("operators hide in functions, and functions are none") {
    const std::string call = tf_node_with("StatefulPartitionedCall", "f", part(10, part(1, "inner")));
    CHECK(operators(judge(tf_saved_model(tf_graph({call}, {tf_function("inner", "ReadFile")})))) == "ReadFile StatefulPartitionedCall ");
    CHECK(operators(judge(tf_saved_model(tf_graph({tf_node("inner")}, {tf_function("inner", "Identity")})))) == "Identity ");
    // A function that is not in the library, also in a list and in an attribute of an attribute.
    CHECK(operators(judge(tf_saved_model(tf_graph({call})))) == "StatefulPartitionedCall inner ");
    const std::string deep = part(10, part(1, "inner") + part(2, part(1, "g") + part(2, part(1, part(9, part(1, "deepest"))))));
    CHECK(operators(judge(tf_saved_model(tf_graph({tf_node_with("Case", "b", deep)}, {tf_function("inner", "Add")})))) == "Add Case deepest ");
}

TEST_CASE("assets stay in the model's folder") {
    const auto with_asset = [](const std::string& name) { return judge(tf_saved_model(tf_graph({tf_node("Const")}), part(6, part(1, part(1, "c:0")) + part(2, name)))); };
    CHECK(with_asset("vocabulary.txt").whole());
    CHECK(with_asset("sub/vocabulary.txt").whole());
    for (const char* name : {"", "/etc/passwd", "../secret", "a/../../b", "C:\\x", "https://host.example/x"}) {
        CAPTURE(name);
        CHECK(with_asset(name).has("tensorflow.asset"));
    }
}

TEST_CASE("a graph may print, but to no file") {
    const auto printing = [](const std::string& stream) { return judge(tf_saved_model(tf_graph({tf_node_with("PrintV2", "output_stream", part(2, stream))}))); };
    CHECK(printing("stderr").whole());
    CHECK(printing("file:///srv/www/index.html").has("tensorflow.print"));
}

TEST_CASE("configurations of Keras are judged where they stand") {
    const std::string lambda = R"({"class_name": "Lambda", "config": {"name": "l", "function": ["4wEAAAA=", null, null], "function_type": "lambda"}})";
    const std::string dense = R"({"class_name": "Dense", "config": {"name": "d", "units": 2}})";
    const auto user_object = [](const std::string& metadata) {
        return judge(tf_saved_model(tf_graph({tf_node("Const")}), part(7, part(1, part(4, part(1, "_tf_keras_layer") + part(3, metadata))))));
    };
    CHECK(user_object(dense).whole());
    CHECK(user_object("").whole());
    CHECK(user_object(lambda).has("keras.lambda"));
    CHECK(user_object("{").has("keras.malformed"));
    const auto metadata = [](const std::string& json) {
        return judge(part(1, number(2, 1) + part(3, "root.layer-0") + part(4, "_tf_keras_layer") + part(5, json)), "keras_metadata.pb");
    };
    CHECK(metadata(dense).whole());
    CHECK(metadata(dense).is("keras-metadata"));
    CHECK(metadata(lambda).has("keras.lambda"));
    CHECK(metadata("not JSON").has("keras.malformed"));
}

TEST_CASE("a fingerprint is numbers") {
    const std::string fingerprint = number(1, UINT64_MAX) + number(2, 1) + part(6, number(1, 1)) + part(7, "uuid");
    CHECK(judge(fingerprint, "fingerprint.pb").is("tensorflow-fingerprint"));
    CHECK(judge(fingerprint + number(9, 1), "fingerprint.pb").has("tensorflow.malformed"));
}

TEST_CASE("what is no file of TensorFlow's") {
    const std::string good = tf_saved_model(tf_graph({tf_node("MatMul")}));
    const auto malformed = [](const std::string& bytes) { return judge(bytes).has("tensorflow.malformed"); };
    CHECK(malformed(number(1, 1)));
    CHECK(malformed(good + number(3, 1)));
    CHECK(malformed(number(1, 1) + good));
    CHECK(malformed(tf_saved_model(tf_graph({tf_node("MatMul", part(2, "PyFunc"))}))));  // two operators: readers take the first or the last
    CHECK(malformed(tf_saved_model(tf_graph({tf_node("MatMul", part(9, "x"))}))));
    std::string deep = part(1, "f");
    for (int i = 0; i < 60; ++i) deep = part(1, "f") + part(2, part(1, "g") + part(2, part(10, deep)));
    CHECK(malformed(tf_saved_model(tf_graph({tf_node_with("Case", "b", part(10, deep))}))));
    Limits limits;
    limits.facts = 1;
    CHECK(tests::examine(tf_saved_model(tf_graph({tf_node("A"), tf_node("B")})), "saved_model.pb", limits).has("tensorflow.unscannable"));
    limits = {};
    limits.steps = 10;
    CHECK(tests::examine(good, "saved_model.pb", limits).has("tensorflow.unscannable"));
}

TEST_CASE("every prefix of a saved model is explained") {
    const std::string model = tf_saved_model(tf_graph({tf_node("Placeholder"), tf_node_with("Case", "b", part(10, part(1, "f")))}, {tf_function("f", "Add")}),
                                             part(6, part(2, "vocabulary.txt")));
    CHECK(judge(model).whole());
    for (std::size_t length = 0; length < model.size(); ++length) {
        const auto outcome = judge(model.substr(0, length));
        CAPTURE(length);
        CHECK(outcome.oracle());
        CHECK_FALSE(outcome.is("savedmodel"));
    }
}
