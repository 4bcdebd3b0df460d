// ONNX: every check with a bad case beside the good model it was made from.
#include "formats/onnx.hpp"

#include <catch2/catch.hpp>

#include "recipes/onnx_recipe.hpp"
#include "recipes/zip_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using namespace headgate::recipes;

namespace {

tests::Outcome judge(const std::string& bytes, const std::string& name = "model.onnx") { return tests::examine(bytes, name); }

std::string with_tensor(const std::string& tensor) { return onnx_model(part(1, onnx_node("Identity")) + part(5, tensor)); }
std::string with_external(const std::string& pairs) { return with_tensor(external_tensor("w", pairs)); }
std::string in_place() { return external_pair("location", "weights.bin") + external_pair("offset", "0") + external_pair("length", "16"); }
std::string with_attribute(const std::string& attribute) {
    return onnx_model(part(1, onnx_node("If", "", part(5, part(1, "a") + attribute))));
}
std::string function(std::string_view name, std::string_view calls, std::string_view domain = "lab.example") {
    return part(25, part(1, name) + part(7, onnx_node(calls, "lab.example")) + part(10, domain));
}

std::string operators(const tests::Outcome& outcome) {
    std::string all;
    for (const Operator& used : outcome.evidence.operators) all += (used.runtime == "onnx" ? "" : used.runtime + ":") + used.domain + "." + used.name + " ";
    return all;
}

}  // namespace

TEST_CASE("a model with its weights inside") {
    const auto outcome = judge(with_tensor(float_tensor("w", 4, 16)));
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("onnx"));
    CHECK(outcome.evidence.findings.empty());
    REQUIRE(outcome.evidence.tensors.size() == 1);
    CHECK(outcome.evidence.tensors[0].name == "w");
    CHECK(outcome.evidence.tensors[0].dtype == "FLOAT");
    CHECK(outcome.evidence.tensors[0].shape == std::vector<std::uint64_t>{4});
    CHECK(outcome.evidence.tensors[0].bytes == 16);
    CHECK(operators(outcome) == "ai.onnx.Identity ");
    // Content decides; the name is a promise.
    CHECK(judge(with_tensor(float_tensor("w", 4, 16)), "odd.dat").is("onnx"));
    CHECK(judge("\x80\x04N.", "model.onnx").has("format.extension-mismatch"));
}

TEST_CASE("the number of values is what the shape says") {
    const auto refused = [](const std::string& tensor) { return judge(with_tensor(tensor)).has("onnx.tensor"); };
    CHECK_FALSE(refused(float_tensor("w", 4, 16)));
    CHECK(refused(float_tensor("w", 4, 15)));
    CHECK(refused(float_tensor("w", std::uint64_t{1} << 40U, 4)));
    CHECK(refused(float_tensor("w", UINT64_MAX, 16)));  // -1
    CHECK(refused(number(1, INT64_MAX) + number(1, 4) + number(2, 1) + part(9, "")));
    CHECK_FALSE(refused(number(1, 0) + number(2, 1) + part(9, "")));
    CHECK_FALSE(refused(number(2, 1) + part(9, "abcd")));                                          // a scalar
    CHECK_FALSE(refused(number(1, 3) + number(2, 22) + part(9, "ab")));                            // INT4, two in a byte
    CHECK(refused(number(1, 3) + number(2, 22) + part(9, "a")));
    CHECK_FALSE(refused(part(1, varint(2) + varint(2)) + number(2, 27) + part(9, "abc")));         // FLOAT6, packed dims
    CHECK_FALSE(refused(number(1, 2) + number(2, 1) + part(4, "abcdefgh")));                       // float_data
    CHECK_FALSE(refused(number(1, 2) + number(2, 1) + fixed32(4, 0) + fixed32(4, 0)));
    CHECK(refused(number(1, 2) + number(2, 1) + part(4, "abcd")));
    CHECK_FALSE(refused(number(1, 1) + number(2, 14) + part(4, "abcdefgh")));                      // COMPLEX64
    CHECK_FALSE(refused(number(1, 2) + number(2, 7) + part(7, varint(1) + varint(UINT64_MAX))));   // int64_data
    CHECK(refused(number(1, 2) + number(2, 7) + part(5, varint(1) + varint(2))));                  // in the array of INT32
    CHECK_FALSE(refused(number(1, 1) + number(2, 8) + part(6, "text")));
    CHECK(refused(number(1, 1) + number(2, 8) + part(9, "text")));
    CHECK(refused(number(1, 1) + number(2, 1) + part(4, "abcd") + part(9, "abcd")));               // in two places
    CHECK(refused(number(1, 1) + number(2, 99) + part(9, "abcd")));
    CHECK(refused(number(1, 1) + number(2, 0) + part(9, "abcd")));
    CHECK(refused(number(1, 1) + number(2, 1) + part(3, number(1, 0)) + part(9, "abcd")));         // a segment
    std::string deep = number(2, 1) + part(9, "abcd");
    for (int i = 0; i < 65; ++i) deep += number(1, 1);
    CHECK(refused(deep));
}

TEST_CASE("weights in a file beside the model") {
    const auto outcome = judge(with_external(in_place()));
    INFO(outcome.ids());
    CHECK(outcome.whole());
    REQUIRE(outcome.evidence.index_entries.size() == 1);
    const IndexEntry& entry = outcome.evidence.index_entries[0];
    CHECK(entry.file == "weights.bin");
    CHECK(entry.offset == 0U);
    CHECK(entry.bytes == 16U);
    CHECK(judge(with_external(external_pair("location", "data/w.bin") + external_pair("checksum", "00"))).whole());
}

TEST_CASE("external data say what they must, once") {
    const auto refused = [](const std::string& pairs) { return judge(with_external(pairs)).has("onnx.external-data"); };
    CHECK_FALSE(refused(in_place()));
    CHECK(refused(in_place() + external_pair("mode", "r")));
    CHECK(refused(in_place() + external_pair("offset", "16")));
    const std::string there = external_pair("location", "weights.bin");
    for (const char* value : {"-1", "+1", "", " 1", "1 ", "0x10", "1e3", "99999999999999999999", "a"}) {
        CAPTURE(value);
        CHECK(refused(there + external_pair("offset", value)));
        CHECK(refused(there + external_pair("length", value)));
    }
    CHECK(refused(there + external_pair("length", "17")));
    // Inside and outside at once, or outside without saying so.
    CHECK(judge(with_tensor(external_tensor("w", in_place()) + part(9, std::string(16, '\0')))).has("onnx.external-data"));
    CHECK(judge(with_tensor(number(1, 4) + number(2, 1) + in_place())).has("onnx.external-data"));
}

TEST_CASE("external data stay in the model's folder") {
    for (const char* location : {"", ".", "..", "/etc/passwd", "../weights.bin", "sub/../../x", "sub/..", "sub//x", "..\\..\\secret", "sub\\x",
                                 "C:\\x", "C:x", "file:///etc/passwd", "https://host.example/x", "\\\\host\\share", "x\n", "*/_ORT_MEM_ADDR_/*", "sub/"}) {
        CAPTURE(location);
        CHECK(judge(with_external(external_pair("location", location))).has("onnx.external-location"));
    }
    using namespace std::string_literals;
    CHECK(judge(with_external(external_pair("location", "a\0b"s))).has("onnx.external-location"));
    CHECK(judge(with_external(external_pair("offset", "0"))).has("onnx.external-location"));
    CHECK(judge(with_external(in_place() + external_pair("basepath", "/srv"))).has("onnx.external-location"));
    for (const char* location : {"weights.bin", "model.onnx.data", "sub/weights.bin", "onnx__MatMul_1"}) {
        CAPTURE(location);
        CHECK(judge(with_external(external_pair("location", location))).whole());
    }
}

TEST_CASE("a tensor is looked at wherever it stands") {
    const std::string outside = external_tensor("w", external_pair("location", "/etc/passwd"));
    const auto refused = [](const std::string& bytes) { return judge(bytes).has("onnx.external-location"); };
    CHECK(refused(with_attribute(part(5, outside))));                                     // t
    CHECK(refused(with_attribute(part(10, outside))));                                    // tensors
    CHECK(refused(with_attribute(part(22, part(1, outside)))));                           // sparse_tensor.values
    CHECK(refused(with_attribute(part(23, part(2, outside)))));                           // sparse_tensors.indices
    CHECK(refused(with_attribute(part(6, part(5, outside)))));                            // g.initializer
    CHECK(refused(with_attribute(part(11, part(15, part(1, outside))))));                 // graphs.sparse_initializer
    CHECK(refused(onnx_model("", part(20, part(2, part(5, outside))))));                  // training_info.algorithm
    CHECK(refused(onnx_model("", part(20, part(1, part(5, outside))))));
    CHECK(refused(onnx_model("", part(25, part(1, "f") + part(7, onnx_node("Constant", "", part(5, part(5, outside))))))));
    CHECK(refused(onnx_model("", part(25, part(1, "f") + part(11, part(5, outside))))));  // attribute_proto
    const std::string inside = float_tensor("w", 1, 4);
    const auto outcome = judge(with_attribute(part(5, inside) + part(6, part(5, inside))));
    CHECK(outcome.whole());
    CHECK(outcome.evidence.tensors.size() == 1);  // constants are no weights
}

TEST_CASE("operators are facts, each once, wherever they stand") {
    const auto outcome = judge(onnx_model(part(1, onnx_node("Relu")) + part(1, onnx_node("Relu", "ai.onnx")) +
                                          part(1, onnx_node("If", "", part(5, part(6, part(1, onnx_node("Gelu", "com.microsoft"))))))));
    INFO(outcome.ids());
    CHECK(operators(outcome) == "ai.onnx.Relu com.microsoft.Gelu ai.onnx.If ");
    CHECK(outcome.evidence.operators[1].runtime == "onnx");
}

TEST_CASE("functions of the model are its own") {
    const std::string node = part(1, onnx_node("Outer", "lab.example"));
    const auto good = judge(onnx_model(node, function("Outer", "Inner") + function("Inner", "Custom")));
    INFO(good.ids());
    CHECK(good.whole());
    CHECK(operators(good) == "onnx-function:lab.example.Inner lab.example.Custom onnx-function:lab.example.Outer ");
    // A runtime that has an operator of that name may run its own.
    const auto shadow = judge(onnx_model(part(1, onnx_node("Gelu", "com.microsoft")), function("Gelu", "Custom", "com.microsoft")));
    CHECK(shadow.whole());
    CHECK(operators(shadow) == "lab.example.Custom onnx-function:com.microsoft.Gelu ");
    // Another domain, or another overload, is another function.
    CHECK(operators(judge(onnx_model(node, function("Outer", "Relu", "other.example")))).find("lab.example.Outer") != std::string::npos);
    CHECK(judge(onnx_model(node, function("Outer", "Outer"))).has("onnx.function"));
    CHECK(judge(onnx_model(node, function("Outer", "Inner") + function("Inner", "Outer"))).has("onnx.function"));
    CHECK(judge(onnx_model(node, function("Outer", "Custom") + function("Outer", "Custom"))).has("onnx.function"));
}

TEST_CASE("what is no model") {
    const std::string good = with_tensor(float_tensor("w", 4, 16));
    const auto malformed = [](const std::string& bytes) { return judge(bytes).has("onnx.malformed"); };
    CHECK(judge("").has("format.extension-mismatch"));
    CHECK(malformed(number(1, 8)));
    CHECK(malformed(number(1, 8) + part(7, part(2, "g"))));       // no operator set
    CHECK(judge(number(1, 2) + part(7, part(2, "g"))).whole());   // as before IR version 3
    CHECK(malformed(good + number(30, 1)));                       // a field that is unknown
    CHECK(malformed(good + part(7, part(2, "again"))));           // a second graph, which some readers would merge
    CHECK(malformed(good + number(1, 9)));
    CHECK(malformed(good + std::string(1, '\0')));
    CHECK(malformed(good.substr(0, good.size() - 1)));
    CHECK(malformed(onnx_model(part(1, onnx_node("")))));         // a node of no operator
    CHECK(malformed(onnx_model(part(1, part(1, "x")))));
    CHECK(malformed(onnx_model("", part(25, part(1, "f") + part(7, part(1, "x"))))));
    std::string graph = part(2, "g");
    for (int i = 0; i < 40; ++i) graph = part(1, part(4, "If") + part(5, part(6, graph)));
    CHECK(malformed(onnx_model(graph)));
}

TEST_CASE("limits of a model") {
    Limits limits;
    limits.facts = 1;
    CHECK(tests::examine(with_tensor(float_tensor("w", 4, 16)), "model.onnx", limits).whole());
    const std::string two = onnx_model(part(1, onnx_node("Relu")) + part(1, onnx_node("Tanh")));
    CHECK(tests::examine(two, "model.onnx", limits).has("onnx.unscannable"));
    limits = {};
    limits.steps = 20;
    CHECK(tests::examine(two, "model.onnx", limits).has("onnx.unscannable"));
}

TEST_CASE("a model inside another file keeps nothing beside it") {
    const auto zipped = [](const std::string& model) {
        ZipRecipe zip;
        zip.add("model.onnx", model);
        return judge(zip.build(), "all.zip");
    };
    CHECK(zipped(with_tensor(float_tensor("w", 4, 16))).is("onnx"));
    CHECK(zipped(with_external(in_place())).has("onnx.external-data"));
}

TEST_CASE("every prefix of a model is explained") {
    for (const std::string& model : {with_tensor(float_tensor("w", 4, 16)), with_external(in_place()), with_attribute(part(6, part(2, "g")))}) {
        CHECK(judge(model).whole());
        for (std::size_t length = 0; length < model.size(); ++length) {
            const auto outcome = judge(model.substr(0, length));
            CAPTURE(length);
            CHECK(outcome.oracle());
            CHECK_FALSE(outcome.evidence.findings.empty());
        }
    }
}
