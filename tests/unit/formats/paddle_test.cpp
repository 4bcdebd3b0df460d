#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/flat_recipe.hpp"
#include "recipes/protobuf_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

/// A program of one block with these operators.
std::string program(const std::vector<std::string>& operators, const std::string& more = "") {
    std::string block = number(1, 0) + number(2, UINT64_MAX);
    block += part(3, part(1, "x") + part(2, number(1, 7) + part(3, part(1, number(1, 5) + number(2, 4)))));
    for (const std::string& one : operators) block += part(4, part(1, part(1, "X") + part(2, "x")) + part(3, one) + more);
    return part(1, block) + part(4, number(1, 0));
}

Outcome judged(const std::string& bytes, const std::string& name) {
    Outcome outcome = examine(bytes, name);
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    return outcome;
}

std::vector<std::string> operators_of(const Outcome& outcome) {
    std::vector<std::string> names;
    for (const Operator& one : outcome.evidence.operators) names.push_back(one.runtime + ":" + one.domain + "." + one.name);
    return names;
}

struct Tensor32 {
    std::uint32_t version = 0, inner = 0;
    std::uint64_t levels = 0;
    std::string offsets;
    std::string description = number(1, 5) + number(2, 2);
    std::string values = "abcdefgh";
    std::string build() const {
        return little(version) + little(levels) + offsets + little(inner) + little(static_cast<std::uint32_t>(description.size())) + description + values;
    }
};

template <typename Change>
Outcome tensor(Change change) {
    Tensor32 recipe;
    change(recipe);
    return judged(recipe.build(), "model.pdiparams");
}

void every_beginning_and_byte(const std::string& bytes, const std::string& name) {
    for (std::size_t length = 0; length < bytes.size(); ++length) CHECK(examine(bytes.substr(0, length), name).oracle());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            std::string wrong = bytes;
            wrong[at] = static_cast<char>(wrong[at] ^ flip);
            CHECK(examine(wrong, name).oracle());
        }
    }
}

}  // namespace

TEST_CASE("the operators of a Paddle program are facts") {
    const Outcome outcome = judged(program({"feed", "matmul_v2", "feed", "py_func"}), "model.pdmodel");
    CHECK(outcome.whole());
    CHECK(outcome.is("paddle"));
    CHECK(operators_of(outcome) == std::vector<std::string>{"paddle:.feed", "paddle:.matmul_v2", "paddle:.py_func"});
    CHECK(judged(program({"relu"}), "__model__").is("paddle"));
    CHECK(judged(program({"relu"}), "anything").is("paddle"));
}

TEST_CASE("a Paddle program with what nobody knows is none") {
    CHECK(judged(program({"relu"}, part(77, "x")), "model.pdmodel").has("paddle.malformed"));
    CHECK(judged(program({"relu"}, part(3, "py_func")), "model.pdmodel").has("paddle.malformed"));      // a name twice
    CHECK(judged(program({"relu"}) + part(9, "x"), "model.pdmodel").has("paddle.malformed"));
    CHECK(judged("no program", "model.pdmodel").has("format.extension-mismatch"));
    CHECK(judged(part(4, number(1, 0)), "model.pdmodel").has("paddle.malformed"));
}

TEST_CASE("Paddle's JSON programs name their operators by dialect") {
    const std::string text =
        R"({"base_code": {"magic": "pir", "trainable": true, "version": 4}, "program": {"regions": [{"#": "region_0", "blocks": [{"#": "block_0",
        "args": [], "ops": [{"#": "p", "A": [0]}, {"#": "1.matmul", "I": []}, {"#": "3.own", "regions": [{"blocks": [{"ops": [{"#": "1.if"}]}]}]},
        {"#": "9.x"}, {"#": "pd_op.relu"}]}]}]}})";
    const Outcome outcome = judged(text, "model.json");
    CHECK(outcome.whole());
    CHECK(operators_of(outcome) == std::vector<std::string>{"paddle:builtin.parameter", "paddle:pd_op.matmul", "paddle:custom_op.own",
                                                            "paddle:9.x", "paddle:pd_op.relu", "paddle:pd_op.if"});
    CHECK(judged(R"({"base_code": {"magic": "pir"}, "program": {"ops": [{"I": []}]}})", "model.json").has("paddle.malformed"));
    CHECK(judged(R"({"base_code": {"magic": "pir"}})", "model.json").has("paddle.malformed"));
    CHECK(judged(R"({"base_code": {"magic": "other"}})", "model.json").is("json"));
}

TEST_CASE("Paddle's parameters are read tensor by tensor") {
    const Outcome outcome = judged(Tensor32{}.build() + Tensor32{}.build(), "model.pdiparams");
    CHECK(outcome.whole());
    CHECK(outcome.is("paddle-params"));
    REQUIRE(outcome.evidence.tensors.size() == 2);
    CHECK(outcome.evidence.tensors[1].dtype == "F32");
    CHECK(outcome.evidence.tensors[1].shape == std::vector<std::uint64_t>{2});
    CHECK(tensor([](Tensor32& t) { t.levels = 1; t.offsets = little(std::uint64_t{16}) + std::string(16, '\0'); }).whole());
    CHECK(tensor([](Tensor32& t) { t.description = number(1, 5) + part(2, varint(2)); }).whole());      // packed
    CHECK(tensor([](Tensor32& t) { t.description = number(1, 5) + number(2, 3); }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.description = number(1, 5) + number(2, 1); }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.description = number(1, 99) + number(2, 2); }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.description = number(1, 5) + number(2, UINT64_MAX); }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.description = number(1, 5) + number(2, 1ULL << 62U) + number(2, 8); }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.description = ""; }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.version = 1; }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.inner = 1; }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.levels = 65; }).has("paddle.malformed"));
    CHECK(tensor([](Tensor32& t) { t.levels = 1; t.offsets = little(std::uint64_t{8000}); }).has("paddle.malformed"));
    CHECK(judged(Tensor32{}.build() + "cposix\n", "model.pdiparams").has("paddle.malformed"));
}

TEST_CASE("every beginning and every changed byte of Paddle's files is explained") {
    every_beginning_and_byte(program({"relu", "py_func"}), "model.pdmodel");
    every_beginning_and_byte(Tensor32{}.build() + Tensor32{}.build(), "model.pdiparams");
}
