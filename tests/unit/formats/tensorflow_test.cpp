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
    CHECK(operators(library) == "Add tensorflow-function:inner ");
    CHECK(judge(graph, "odd.dat").is("tensorflow-graph"));
    CHECK(judge(graph, "notes.txt").has("format.extension-mismatch"));
}

TEST_CASE("operators hide in functions, and names of functions are told apart") {
    const std::string call = tf_node_with("StatefulPartitionedCall", "f", part(10, part(1, "inner")));
    CHECK(operators(judge(tf_saved_model(tf_graph({call}, {tf_function("inner", "ReadFile")})))) == "ReadFile StatefulPartitionedCall tensorflow-function:inner ");
    CHECK(operators(judge(tf_saved_model(tf_graph({tf_node("inner")}, {tf_function("inner", "Identity")})))) == "Identity tensorflow-function:inner ");
    // A function that is not in the library, also in a list and in an attribute of an attribute.
    CHECK(operators(judge(tf_saved_model(tf_graph({call})))) == "StatefulPartitionedCall inner ");
    const std::string deep = part(10, part(1, "inner") + part(2, part(1, "g") + part(2, part(1, part(9, part(1, "deepest"))))));
    CHECK(operators(judge(tf_saved_model(tf_graph({tf_node_with("Case", "b", deep)}, {tf_function("inner", "Add")})))) == "Add Case deepest tensorflow-function:inner ");
}

TEST_CASE("a function stands for a name in its own graph alone") {
    const std::string writes = tf_graph({tf_node("WriteFile")});
    const std::string defines = tf_graph({tf_node("NoOp")}, {tf_function("WriteFile", "NoOp")});
    CHECK(operators(judge(tf_saved_model(writes) + part(2, tf_meta_graph(defines)))) == "NoOp WriteFile ");
    CHECK(operators(judge(tf_saved_model(defines) + part(2, tf_meta_graph(writes)))) == "NoOp WriteFile ");
    // In one graph both stand there: which of them runs is the runtime's choice.
    CHECK(operators(judge(tf_saved_model(tf_graph({tf_node("WriteFile")}, {tf_function("WriteFile", "NoOp")})))) == "NoOp tensorflow-function:WriteFile ");
    // Two graphs with the same library, as SavedModels for training and for serving have it.
    const std::string honest = tf_graph({tf_node("inner")}, {tf_function("inner", "Add")});
    CHECK(operators(judge(tf_saved_model(honest) + part(2, tf_meta_graph(honest)))) == "Add tensorflow-function:inner ");
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
    for (const char* stream : {"stderr", "stdout", "log(info)", "log(warning)", "log(error)"}) CHECK(printing(stream).whole());
    for (const char* stream : {"file:///srv/www/index.html", "FILE:///x", " file:///x", "x", ""}) CHECK(printing(stream).has("tensorflow.print"));
    CHECK(judge(tf_saved_model(tf_graph({tf_node("PrintV2")}))).whole());  // to stderr
    const std::string caller_says = part(9, "stream");
    const std::string function = part(1, part(1, "f")) + part(3, tf_node_with("PrintV2", "output_stream", caller_says));
    CHECK(judge(tf_saved_model(tf_graph({tf_node("f")}, {function}))).has("tensorflow.print"));
    // The operator called as if it were a function, with its attribute beside the name.
    const auto called = [](const std::string& stream) {
        const std::string attribute = part(2, part(1, "output_stream") + part(2, part(2, stream)));
        return judge(tf_saved_model(tf_graph({tf_node_with("PartitionedCall", "f", part(10, part(1, "PrintV2") + attribute))})));
    };
    CHECK(called("stdout").whole());
    CHECK(called("file:///x").has("tensorflow.print"));
}

namespace {

std::string named(std::string_view name, std::string_view op, const std::vector<std::string>& inputs, std::string_view more = "") {
    std::string node = part(1, name) + part(2, op);
    for (const std::string& input : inputs) node += part(3, input);
    return node + std::string(more);
}
std::string attribute(std::string_view key, std::string_view value) { return part(5, part(1, key) + part(2, value)); }
std::string text(std::string_view name, std::string_view value) {
    return named(name, "Const", {}, attribute("value", part(8, number(1, 7) + part(8, value))));
}
std::string axis(std::string_view name) { return named(name, "Const", {}, attribute("value", part(8, number(1, 3) + number(7, 0)))); }
std::string function(std::string_view name, const std::vector<std::string>& arguments, const std::vector<std::string>& nodes) {
    std::string signature = part(1, name);
    for (const std::string& argument : arguments) signature += part(2, part(1, argument));
    std::string all = part(1, signature);
    for (const std::string& node : nodes) all += part(3, node);
    return all;
}
std::string call(std::string_view name, const std::vector<std::string>& inputs) {
    return named("call", "StatefulPartitionedCall", inputs, attribute("f", part(10, part(1, name))));
}
tests::Outcome graph_of(const std::vector<std::string>& nodes, const std::vector<std::string>& functions = {}, std::string_view more = "") {
    auto outcome = judge(tf_saved_model(tf_graph(nodes, functions), more));
    CHECK(outcome.oracle());
    return outcome;
}
bool fixed_path(const tests::Outcome& outcome) { return outcome.has("tensorflow.path"); }

}  // namespace

TEST_CASE("the savers of an export have their path from whoever saves") {
    // As TensorFlow 2 writes them: the prefix is the function's argument, with constants behind it.
    const std::string save = function("save", {"prefix", "tensors"},
                                      {text("Const", "_temp/part"), text("Const_1", ".part"), named("s3", "StaticRegexFullMatch", {"prefix"}),
                                       named("Select", "Select", {"s3:output:0", "Const_1:output:0", "Const:output:0"}),
                                       named("Join", "StringJoin", {"prefix", "Select:output:0"}), axis("shards"), axis("shard"),
                                       named("Sharded", "ShardedFilename", {"Join:output:0", "shard:output:0", "shards:output:0"}),
                                       named("SaveV2", "SaveV2", {"Sharded:filename:0", "names", "slices", "tensors"}),
                                       named("prefixes", "Pack", {"Sharded:filename:0", "^SaveV2"}),
                                       named("Merge", "MergeV2Checkpoints", {"prefixes:output:0", "prefix"})});
    const std::string restore = function("restore", {"prefix"}, {named("RestoreV2", "RestoreV2", {"prefix", "names", "slices"})});
    CHECK(graph_of({named("where", "Placeholder", {}), call("save", {"where:0"})}, {save, restore}).whole());
    // As TensorFlow 1 does: fed, and a relative name if nobody does.
    CHECK(graph_of({text("in", "model"), named("file", "PlaceholderWithDefault", {"in"}), text("part", "_temp_1f/part"),
                    named("join", "StringJoin", {"file", "part"}), axis("n"), named("sharded", "ShardedFilename", {"join", "n", "n"}),
                    named("save", "SaveV2", {"sharded"}), named("restore", "RestoreV2", {"file"}), named("old", "RestoreSlice", {"file"})})
              .whole());
    CHECK(graph_of({named("x", "Placeholder", {}), text("behind", "/ckpt"), named("j", "StringJoin", {"x", "behind"}), named("s", "SaveV2", {"j"})}).whole());
}

TEST_CASE("a path that the graph brings is refused") {
    for (const char* path : {"/etc/cron.d/x", "../x", "a/../../x", "~/x", "C:\\x", "\\\\host\\x", "gs://bucket/x", "file:x", " /x"}) {
        CAPTURE(path);
        for (const char* op : {"SaveV2", "SaveSlices", "MergeV2Checkpoints", "RestoreV2", "Restore", "RestoreSlice"}) {
            CAPTURE(op);
            CHECK(fixed_path(graph_of({text("p", path), named("s", op, {"p:0"})})));
        }
        CHECK(fixed_path(graph_of({text("p", path), named("s", "InitializeTableFromTextFileV2", {"table", "p:0"})})));
        CHECK(graph_of({text("p", path), named("s", "SaveV2", {"x", "p:0"})}).whole());  // the names of tensors
    }
    for (const char* path : {"model", "a/b", "a..b", "..."}) CHECK(graph_of({text("p", path), named("s", "SaveV2", {"p"})}).whole());
    const std::string open = named("x", "Placeholder", {});
    const auto joined = [&](const std::vector<std::string>& inputs) {
        return fixed_path(graph_of({open, text("a", "/"), text("b", "etc"), text("dot", "."), text("up", "./x"), text("none", ""), text("abs", "/etc"),
                                    named("sub", "Substr", {"x", "n", "n"}), named("j", "StringJoin", inputs), named("s", "SaveV2", {"j"})}));
    };
    CHECK(joined({"a", "b"}));
    CHECK(joined({"none", "abs"}));
    CHECK(joined({"dot", "up"}));
    CHECK(joined({"sub", "abs"}));
    CHECK_FALSE(joined({"x", "b"}));
    CHECK(fixed_path(graph_of({open, text("abs", "/x"), text("rel", "x"), named("s", "Select", {"x", "rel", "abs"}), named("w", "SaveV2", {"s"})})));
    CHECK(fixed_path(graph_of({text("abs", "/x"), text("sep", "b"), named("j", "StringJoin", {"sep", "sep"}, attribute("separator", part(2, "/../"))), named("w", "SaveV2", {"j"})})));
    // Made by something else: from nothing but constants, or where it writes.
    CHECK(fixed_path(graph_of({axis("codes"), named("u", "UnicodeEncode", {"codes"}), named("r", "RestoreV2", {"u"})})));
    CHECK(fixed_path(graph_of({open, named("u", "StringStrip", {"x"}), named("w", "SaveV2", {"u"})})));
    CHECK(graph_of({open, named("u", "StringStrip", {"x"}), named("r", "RestoreV2", {"u"})}).whole());
    CHECK(fixed_path(graph_of({named("p", "Const", {}, attribute("value", part(8, number(1, 7) + part(4, "\x02/x")))), named("w", "SaveV2", {"p"})})));
    // A circle, and a longer way than anybody's.
    CHECK(fixed_path(graph_of({named("a", "Identity", {"b"}), named("b", "Identity", {"a"}), named("w", "SaveV2", {"a"})})));
}

TEST_CASE("a path is handed to functions that touch files") {
    const std::string save = function("save", {"p"}, {named("w", "SaveV2", {"p"})});
    const std::string through = function("through", {"p"}, {call("save", {"p"})});
    CHECK(fixed_path(graph_of({text("abs", "/etc/x"), call("save", {"abs"})}, {save})));
    CHECK(fixed_path(graph_of({text("abs", "/etc/x"), call("through", {"abs"})}, {save, through})));
    CHECK(fixed_path(graph_of({text("abs", "/etc/x"), named("c", "save", {"abs"})}, {save})));
    CHECK(fixed_path(graph_of({text("abs", "/etc/x"), call("SaveV2", {"abs"})})));
    CHECK(fixed_path(graph_of({named("n", "NoOp", {}), call("inside", {})}, {function("inside", {}, {text("abs", "/x"), named("w", "SaveV2", {"abs:output:0"})})})));
    CHECK(graph_of({named("x", "Placeholder", {}), text("abs", "/etc/x"), call("through", {"x"}), named("other", "Identity", {"abs"})}, {save, through}).whole());
    CHECK(graph_of({text("abs", "/etc/x"), call("calm", {"abs"})}, {function("calm", {"p"}, {named("i", "Identity", {"p"})}), save}).whole());
}

TEST_CASE("the asset that a table is filled from is fed") {
    const std::string asset = part(6, part(1, part(1, "path:0")) + part(2, "words.txt"));
    const std::vector<std::string> nodes = {text("path", "/srv/data/words.txt"), named("t", "InitializeTableFromTextFileV2", {"table", "path"})};
    CHECK(graph_of(nodes, {}, asset).whole());
    CHECK(fixed_path(graph_of(nodes)));
    CHECK(fixed_path(graph_of({text("path", "/srv/data/words.txt"), named("t", "SaveV2", {"path"})}, {}, asset)));
    // As TensorFlow 1 keeps it.
    const auto collected = [](std::string_view key, std::string_view file) {
        const std::string any = part(1, "type.googleapis.com/tensorflow.AssetFileDef") + part(2, part(1, part(1, "path:0")) + part(2, file));
        return part(4, part(1, key) + part(2, part(5, part(1, any))));
    };
    CHECK(graph_of(nodes, {}, collected("saved_model_assets", "words.txt")).whole());
    CHECK(graph_of(nodes, {}, collected("saved_model_assets", "../words.txt")).has("tensorflow.asset"));
    CHECK(fixed_path(graph_of(nodes, {}, collected("other", "words.txt"))));
    const std::string broken = part(4, part(1, "saved_model_assets") + part(2, part(5, part(1, part(2, "x")))));
    CHECK(graph_of(nodes, {}, broken).has("tensorflow.malformed"));
    // Of another meta graph.
    const std::string first = tf_saved_model(tf_graph(nodes));
    CHECK(fixed_path(judge(first + part(2, tf_meta_graph(tf_graph({tf_node("NoOp")}), asset)))));
}

TEST_CASE("configurations of Keras are judged where they stand") {
    const std::string lambda = R"({"class_name": "Lambda", "config": {"name": "l", "function": ["4wEAAAA=", null, null], "function_type": "lambda"}})";
    const std::string dense = R"({"class_name": "Dense", "config": {"name": "d", "units": 2}})";
    const auto user_object = [](const std::string& metadata, const std::string& identifier = "_tf_keras_layer") {
        return judge(tf_saved_model(tf_graph({tf_node("Const")}), part(7, part(1, part(4, part(1, identifier) + part(3, metadata))))));
    };
    CHECK(user_object(" \n" + lambda).has("keras.lambda"));
    CHECK(user_object("[" + lambda + "]").has("keras.lambda"));
    CHECK(user_object("[" + lambda + "]", "_tf_keras_metric").has("keras.lambda"));
    CHECK(user_object(" " + lambda, "other").has("keras.lambda"));
    CHECK(user_object("some words", "other").whole());
    CHECK(user_object("some words").has("keras.malformed"));
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
    const std::string model = tf_saved_model(tf_graph({tf_node("Placeholder"), tf_node_with("Case", "b", part(10, part(1, "f"))), text("p", "model"), named("s", "SaveV2", {"p"})}, {tf_function("f", "Add")}),
                                             part(6, part(2, "vocabulary.txt")));
    CHECK(judge(model).whole());
    for (std::size_t length = 0; length < model.size(); ++length) {
        const auto outcome = judge(model.substr(0, length));
        CAPTURE(length);
        CHECK(outcome.oracle());
        CHECK_FALSE(outcome.is("savedmodel"));
    }
}
