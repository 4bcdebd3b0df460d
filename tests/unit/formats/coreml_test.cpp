#include <catch2/catch.hpp>

#include "examined.hpp"
#include "formats/coreml_schema.hpp"
#include "recipes/flat_recipe.hpp"
#include "recipes/protobuf_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

constexpr std::uint32_t kNetwork = 500, kProgram = 502, kCustom = 555, kLinked = 556, kPipeline = 202;

std::string model_of(std::uint32_t type, const std::string& content, std::uint64_t version = 7) {
    return number(1, version) + part(2, part(1, part(1, "x"))) + part(type, content);
}

/// An attribute that is a text.
std::string text_attribute(const std::string& key, const std::string& text) {
    return part(5, part(1, key) + part(2, part(3, part(1, part(4, part(1, text))))));
}
std::string blob(const std::string& file, std::uint64_t offset) {
    return part(5, part(1, "val") + part(2, part(5, part(1, file) + number(2, offset))));
}

/// An ML Program of these operations.
std::string program(const std::vector<std::string>& operations) {
    std::string block;
    for (const std::string& one : operations) block += part(3, one);
    return number(1, 1) + part(2, part(1, "main") + part(2, part(2, "CoreML6") + part(3, part(1, "CoreML6") + part(2, block))));
}

Outcome judged(const std::string& bytes, const std::string& name = "model.mlmodel") {
    Outcome outcome = examine(bytes, name);
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    CHECK(outcome.is("coreml") == outcome.evidence.findings.empty());
    return outcome;
}

std::vector<std::string> operators_of(const Outcome& outcome) {
    std::vector<std::string> names;
    for (const Operator& one : outcome.evidence.operators) names.push_back(one.runtime + ":" + one.domain + "." + one.name);
    return names;
}

/// The weight file of an ML Program: one value of four bytes, or what is changed of it.
struct Weights {
    std::uint32_t count = 1, version = 2, sentinel = 0xDEADBEEF, type = 2;
    std::uint64_t bytes = 4, offset = 128;
    std::string tail;
    std::string build() const {
        return little(count) + little(version) + std::string(56, '\0') + little(sentinel) + little(type) + little(bytes) + little(offset) +
               std::string(40, '\0') + "abcd" + tail;
    }
};

template <typename Change>
Outcome weights(Change change) {
    Weights recipe;
    change(recipe);
    Outcome outcome = examine(recipe.build(), "weight.bin");
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    return outcome;
}

}  // namespace

TEST_CASE("the tables of CoreML hold every message that another one names") {
    CHECK(formats::coreml_tables().size() == 354);
    CHECK(formats::coreml_tables().message("NeuralNetworkLayer").rows.size() == 164);
}

TEST_CASE("CoreML models of what the format defines are read whole") {
    const Outcome network = judged(model_of(kNetwork, part(1, part(1, "c") + part(2, "x") + part(3, "y") + part(230, ""))));
    CHECK(network.whole());
    CHECK(network.evidence.operators.empty());
    const Outcome graph = judged(model_of(kProgram, program({part(1, "relu"), part(1, "add"), part(1, "relu")})));
    CHECK(graph.whole());
    CHECK(operators_of(graph) == std::vector<std::string>{"coreml:mil.relu", "coreml:mil.add"});
}

TEST_CASE("what a CoreML model asks of its application is a fact") {
    const Outcome layer = judged(model_of(kNetwork, part(1, part(1, "c") + part(500, part(10, "MyLayer")))));
    CHECK(operators_of(layer) == std::vector<std::string>{"coreml:custom.MyLayer"});
    const Outcome custom = judged(model_of(kCustom, part(10, "MyModel")));
    CHECK(operators_of(custom) == std::vector<std::string>{"coreml:custom.MyModel"});
    const Outcome inside = judged(model_of(kPipeline, part(1, model_of(kCustom, part(10, "Inner"), 0))));
    CHECK(operators_of(inside) == std::vector<std::string>{"coreml:custom.Inner"});
    const Outcome operation = judged(model_of(kProgram, program({part(1, "custom_layer") + text_attribute("class_name", "MyOp")})));
    CHECK(operators_of(operation) == std::vector<std::string>{"coreml:custom.MyOp"});
    const Outcome twice = judged(model_of(
        kProgram, program({part(1, "custom_layer") + text_attribute("class_name", "Good") + text_attribute("class_name", "Evil")})));
    CHECK(operators_of(twice) == std::vector<std::string>{"coreml:custom.Good", "coreml:custom.Evil"});
    const Outcome nameless = judged(model_of(kProgram, program({part(1, "custom_layer")})));
    CHECK(operators_of(nameless) == std::vector<std::string>{"coreml:mil.custom_layer"});
}

TEST_CASE("a CoreML model that leads its reader elsewhere") {
    CHECK(judged(model_of(kLinked, part(1, part(1, part(1, "other.mlmodelc")) + part(2, part(1, "/tmp"))))).has("coreml.linked-model"));
    CHECK(judged(model_of(3000, part(1, "own") + part(2, "x"))).has("coreml.serialized-model"));
    CHECK(judged(model_of(kCustom, part(10, "M"), 11)).has("coreml.version"));
    CHECK(judged(model_of(kCustom, part(10, "M"), 0)).has("coreml.version"));
    CHECK(judged(model_of(kCustom, part(10, "M")) + part(900, "")).has("coreml.type"));
    CHECK(examine(number(1, 7) + part(2, ""), "model.mlmodel").has("format.extension-mismatch"));      // a SavedModel, by its outline
    CHECK(judged(number(1, 7) + part(2, part(1, part(1, "x"))) + number(10, 1)).has("coreml.type"));
    CHECK(judged(model_of(kNetwork, part(1, part(1, "c")))).has("coreml.type"));
    CHECK(judged(model_of(kNetwork, part(1, part(230, "") + part(231, "")))).has("coreml.type"));
    CHECK(judged(model_of(777, "")).has("coreml.malformed"));
    CHECK(judged(model_of(kNetwork, part(1, part(1999, "")))).has("coreml.malformed"));
    for (const std::string file : {"@model_path/../weights/weight.bin", "/etc/passwd", "weights/weight.bin", "@model_path/", ""}) {
        CHECK(judged(model_of(kProgram, program({part(1, "const") + blob(file, 64)}))).has("coreml.weights-path"));
    }
}

TEST_CASE("what an ML Program keeps beside it is in an index") {
    const Outcome outcome = judged(model_of(kProgram, program({part(1, "const") + blob("@model_path/weights/weight.bin", 64)})));
    CHECK(outcome.whole());
    REQUIRE(outcome.evidence.index_entries.size() == 1);
    CHECK(outcome.evidence.index_entries[0].file == "weights/weight.bin");
    CHECK(outcome.evidence.index_entries[0].offset == 64U);
}

TEST_CASE("the parameters of Apple's language models are not vouched for") {
    const Outcome outcome = judged(model_of(2000, number(1, 1) + part(100, "bytes")));
    CHECK_FALSE(outcome.whole());
    REQUIRE(outcome.evidence.opaques.size() == 1);
    CHECK(outcome.evidence.opaques[0].bytes == 5);
}

TEST_CASE("every beginning and every changed byte of a CoreML model is explained") {
    const std::string bytes = model_of(kProgram, program({part(1, "custom_layer") + text_attribute("class_name", "MyOp"),
                                                          part(1, "const") + blob("@model_path/weights/weight.bin", 64)}));
    for (std::size_t length = 0; length < bytes.size(); ++length) CHECK(examine(bytes.substr(0, length), "model.mlmodel").oracle());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            std::string wrong = bytes;
            wrong[at] = static_cast<char>(wrong[at] ^ flip);
            CHECK(examine(wrong, "model.mlmodel").oracle());
        }
    }
}

TEST_CASE("the weight file of an ML Program is read whole") {
    const Outcome outcome = weights([](Weights&) {});
    CHECK(outcome.whole());
    CHECK(outcome.is("coreml-weights"));
    REQUIRE(outcome.evidence.tensors.size() == 1);
    CHECK(outcome.evidence.tensors[0].dtype == "F32");
    CHECK(weights([](Weights& w) { w.tail = std::string(60, '\0'); }).whole());      // up to the next line
    CHECK(weights([](Weights& w) { w.tail = "cposix\n"; }).has("coreml.weights"));
    CHECK(weights([](Weights& w) { w.tail = std::string(64, '\0'); }).has("coreml.weights"));
    CHECK(weights([](Weights& w) { w.count = 2; }).has("coreml.weights"));
    CHECK(weights([](Weights& w) { w.type = 99; }).has("coreml.weights"));
    CHECK(weights([](Weights& w) { w.bytes = 5; }).has("coreml.weights"));
    CHECK(weights([](Weights& w) { w.bytes = UINT64_MAX; }).has("coreml.weights"));
    CHECK(weights([](Weights& w) { w.offset = 64; }).has("coreml.weights"));
    const std::string bytes = Weights{}.build();
    for (std::size_t length = 0; length < bytes.size(); ++length) CHECK(examine(bytes.substr(0, length), "weight.bin").oracle());
}

TEST_CASE("the manifest of a CoreML package names a model inside it") {
    const auto manifest = [](const std::string& root, const std::string& path, const std::string& more = "") {
        return R"({"fileFormatVersion": "1.0.0", "itemInfoEntries": {"A": {"author": "com.apple.CoreML", "path": ")" + path +
               R"("}}, "rootModelIdentifier": ")" + root + "\"" + more + "}";
    };
    const auto judge = [](const std::string& text) { return examine(text, "Manifest.json"); };
    CHECK(judge(manifest("A", "com.apple.CoreML/model.mlmodel")).whole());
    CHECK(judge(manifest("B", "com.apple.CoreML/model.mlmodel")).has("coreml.manifest"));
    CHECK(judge(manifest("A", "../model.mlmodel")).has("coreml.manifest"));
    CHECK(judge(manifest("A", "/model.mlmodel")).has("coreml.manifest"));
    CHECK(judge(manifest("A", "a", R"(, "other": 1)")).has("coreml.manifest"));
}
