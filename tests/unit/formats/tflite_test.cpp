#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/flat_recipe.hpp"
#include "recipes/zip_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

/// A model of one operator over two tensors, the second of which is a constant of four numbers.
struct Recipe {
    std::uint32_t version = 3;
    std::int8_t builtin = 0;                 // ADD
    std::string custom;
    std::uint32_t opcode_index = 0;
    std::vector<std::int32_t> inputs = {0, 1};
    std::uint32_t buffer = 1;
    std::int8_t type = 0;                    // FLOAT32
    std::vector<std::int32_t> shape = {4};
    std::string weights = std::string(16, '\1');
    std::uint64_t offset = 0;
    std::int32_t code = 0;                   // the field that came later

    std::string build() const {
        std::map<unsigned, FlatValue> codes = {{0, flat_number(builtin)}, {3, flat_number(code)}};
        if (!custom.empty()) codes[1] = flat_bytes(custom);
        const FlatValue tensor = flat_table({{0, flat_numbers({4})}, {1, flat_number(std::int8_t{0})}, {2, flat_number(std::uint32_t{0})}, {3, flat_bytes("x")}});
        const FlatValue constant = flat_table({{0, flat_numbers(shape)}, {1, flat_number(type)}, {2, flat_number(buffer)}, {3, flat_bytes("w")}});
        const FlatValue op = flat_table({{0, flat_number(opcode_index)}, {1, flat_numbers(inputs)}, {2, flat_numbers({0})}});
        const FlatValue graph = flat_table({{0, flat_list({tensor, constant})}, {1, flat_numbers({0})}, {2, flat_numbers({0})}, {3, flat_list({op})}});
        std::map<unsigned, FlatValue> stored = {{0, flat_bytes(weights)}};
        if (offset != 0) stored = {{1, flat_number(offset)}, {2, flat_number(std::uint64_t{16})}};
        const FlatValue buffers = flat_list({flat_table({}), flat_table(stored)});
        return flat_file(flat_table({{0, flat_number(version)}, {1, flat_list({flat_table(codes)})}, {2, flat_list({graph})}, {4, buffers}}), "TFL3");
    }
};

template <typename Change>
Outcome changed(Change change) {
    Recipe recipe;
    change(recipe);
    Outcome outcome = examine(recipe.build(), "model.tflite");
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    return outcome;
}

}  // namespace

TEST_CASE("a TensorFlow Lite model of built-in operators is read whole") {
    const Outcome outcome = examine(Recipe{}.build(), "model.tflite");
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("tflite"));
    REQUIRE(outcome.evidence.tensors.size() == 1);
    CHECK(outcome.evidence.tensors[0].name == "w");
    CHECK(outcome.evidence.tensors[0].dtype == "F32");
    CHECK(outcome.evidence.tensors[0].bytes == 16);
    CHECK(outcome.evidence.operators.empty());
}

TEST_CASE("operators that are not built in are facts") {
    const Outcome custom = changed([](Recipe& r) { r.builtin = 32; r.custom = "MyOp"; });
    REQUIRE(custom.evidence.operators.size() == 1);
    CHECK(custom.evidence.operators[0].runtime == "tflite");
    CHECK(custom.evidence.operators[0].name == "MyOp");
    const Outcome flex = changed([](Recipe& r) { r.builtin = 32; r.custom = "FlexWriteFile"; });
    REQUIRE(flex.evidence.operators.size() == 1);
    CHECK(flex.evidence.operators[0].runtime == "tensorflow");
    CHECK(flex.evidence.operators[0].name == "WriteFile");
}

TEST_CASE("a TensorFlow Lite model that leads its reader astray") {
    CHECK(changed([](Recipe& r) { r.version = 4; }).has("tflite.version"));
    CHECK(changed([](Recipe& r) { r.builtin = 51; }).has("tflite.delegate"));
    CHECK(changed([](Recipe& r) { r.opcode_index = 1; }).has("tflite.index"));
    CHECK(changed([](Recipe& r) { r.inputs = {0, 2}; }).has("tflite.index"));
    CHECK(changed([](Recipe& r) { r.inputs = {0, -2}; }).has("tflite.index"));
    CHECK(changed([](Recipe& r) { r.inputs = {0, -1}; }).whole());      // left out
    CHECK(changed([](Recipe& r) { r.buffer = 2; }).has("tflite.index"));
    CHECK(changed([](Recipe& r) { r.shape = {5}; }).has("tflite.tensor-size"));
    CHECK(changed([](Recipe& r) { r.shape = {0x7fffffff, 0x7fffffff, 0x7fffffff}; }).has("tflite.tensor-size"));
    CHECK(changed([](Recipe& r) { r.type = 99; }).has("tflite.element-type"));
    CHECK(changed([](Recipe& r) { r.offset = 1'000'000; }).has("tflite.buffer-range"));
    CHECK(changed([](Recipe& r) { r.offset = 16; }).whole());
}

TEST_CASE("an operator of a number that nobody knows") {
    CHECK(changed([](Recipe& r) { r.builtin = -1; }).whole());       // the other field says 0, and readers take the greater
    CHECK(changed([](Recipe& r) { r.code = 209; }).whole());
    CHECK(changed([](Recipe& r) { r.code = 9999; }).has("tflite.operator"));
}

TEST_CASE("what stands behind a TensorFlow Lite model") {
    const std::string model = Recipe{}.build();
    const auto behind = [&](const std::string& tail, const char* name = "model.tflite") {
        Outcome outcome = examine(model + tail, name);
        INFO(outcome.ids());
        CHECK(outcome.oracle());
        return outcome;
    };
    for (const std::string& tail : {std::string("\x80\x04N."), "\x7f" "ELF" + std::string(3000, '\0'), std::string(1, '\1'), std::string(100'000, '\0')}) {
        const Outcome outcome = behind(tail);
        CHECK(outcome.has("tflite.trailing-bytes"));
        CHECK_FALSE(outcome.whole());
    }
    CHECK(behind(std::string(15, '\0')).whole());        // alignment

    ZipRecipe labels;
    labels.add("labels.txt", "cat\ndog\n");
    CHECK(behind(labels.build()).whole());               // offsets of the archive's own
    ZipRecipe placed;                                    // and of the whole file, as Python's zipfile appends
    placed.add(ZipMember{.name = "labels.txt", .content = "cat\ndog\n", .header_offset = static_cast<std::uint32_t>(model.size())});
    const std::size_t directory = 30 + std::string("labels.txt").size() + 8;
    placed.directory_offset = static_cast<std::uint32_t>(model.size() + directory);
    const Outcome whole = behind(placed.build());
    CHECK(whole.whole());
    CHECK(whole.is("tflite"));
    REQUIRE(whole.evidence.members.size() == 1);
    CHECK(whole.evidence.members[0].path == "labels.txt");

    ZipRecipe code;
    code.add("run.pkl", "cos\ngetcwd\n)R.");
    CHECK(behind(code.build()).evidence.imports.size() == 1);
    CHECK(behind("x" + labels.build()).has("tflite.trailing-bytes"));
    CHECK(behind(labels.build() + "x").has("tflite.trailing-bytes"));
    // An archive that begins inside the model.
    bool found = false;
    for (std::size_t end = 1; end <= 4; ++end) {          // the zeros behind the weights are its comment
        ZipRecipe hidden = labels;
        hidden.comment = std::string(end, '\0');
        Recipe inside;
        inside.weights = hidden.build();
        inside.weights.resize(inside.weights.size() - end);
        if (!inside.build().ends_with(hidden.build())) continue;
        found = true;
        const Outcome outcome = examine(inside.build(), "model.tflite");
        CHECK(outcome.has("zip.polyglot"));
        CHECK_FALSE(outcome.whole());
    }
    CHECK(found);
}

TEST_CASE("every beginning and every changed byte of a TensorFlow Lite model is explained") {
    const std::string bytes = Recipe{}.build();
    for (std::size_t length = 0; length < bytes.size(); ++length) CHECK(examine(bytes.substr(0, length), "model.tflite").oracle());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            std::string wrong = bytes;
            wrong[at] = static_cast<char>(wrong[at] ^ flip);
            CHECK(examine(wrong, "model.tflite").oracle());
        }
    }
}
