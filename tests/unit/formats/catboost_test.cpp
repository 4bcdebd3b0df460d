#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/catboost_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

template <typename Change>
Outcome changed(Change change) {
    CatboostRecipe recipe;
    change(recipe);
    Outcome outcome = examine(recipe.build(), "model.cbm");
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    CHECK(outcome.is("catboost") == outcome.evidence.findings.empty());
    return outcome;
}

/// A model with a feature that counts, and the table that it asks.
CatboostRecipe counting() {
    CatboostRecipe recipe;
    recipe.parts = {"static_provider_v1"};
    recipe.class_index = 0;
    return recipe;
}

template <typename Change>
Outcome counted(Change change) {
    CatboostRecipe recipe = counting();
    change(recipe);
    if (recipe.tail.empty()) recipe.tail = recipe.tables();
    Outcome outcome = examine(recipe.build(), "model.cbm");
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    return outcome;
}

void every_beginning_and_byte(const std::string& bytes) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const Outcome outcome = examine(bytes.substr(0, length), "model.cbm");
        CHECK(outcome.oracle());
        CHECK_FALSE(outcome.is("catboost"));
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            std::string wrong = bytes;
            wrong[at] = static_cast<char>(wrong[at] ^ flip);
            CHECK(examine(wrong, "model.cbm").oracle());
        }
    }
}

}  // namespace

TEST_CASE("a CatBoost model of trees alone is read whole and inert") {
    const Outcome outcome = changed([](CatboostRecipe&) {});
    CHECK(outcome.whole());
    REQUIRE(outcome.evidence.formats.size() == 1);
    CHECK(outcome.evidence.formats[0].inert);
    REQUIRE(outcome.evidence.tensors.size() == 1);
    CHECK(outcome.evidence.tensors[0].shape == std::vector<std::uint64_t>{2, 1});
    CHECK(outcome.evidence.tensors[0].bytes == 16);
}

TEST_CASE("CatBoost trees that are no mirror image lead to leaves that are there") {
    const auto walk = [](CatboostRecipe& r) {   // a node, its two leaves
        r.splits = {0, 0, 0};
        r.sizes = {3};
        r.bins = {0x01000000, 0x01000000, 0x01000000};
        r.steps = {0x00020001, 0, 0};
        r.leaf_of = {0xffffffff, 0, 1};
    };
    CHECK(changed(walk).whole());
    CHECK(changed([&](CatboostRecipe& r) { walk(r); r.steps[0] = 0x00030001; }).has("catboost.malformed"));
    CHECK(changed([&](CatboostRecipe& r) { walk(r); r.leaf_of[2] = 2; }).has("catboost.malformed"));
    CHECK(changed([&](CatboostRecipe& r) { walk(r); r.steps[0] = 0x00000001; }).has("catboost.malformed"));
    CHECK(changed([&](CatboostRecipe& r) { walk(r); r.leaf_of.pop_back(); }).has("catboost.malformed"));
}

TEST_CASE("a CatBoost model that leads its reader astray") {
    CHECK(changed([](CatboostRecipe& r) { r.version = "FlatbuffersModel_v2"; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.dimension = 0; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.splits = {1}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.splits = {-1}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.sizes = {2}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.sizes = {-1}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.sizes = {}; r.starts = {}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.starts = {1}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.leaves = 1; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.leaves = 3; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.bins = {0x01000001}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.bins = {0x01000000, 0x01000000}; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.feature = -1; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.estimated = true; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.class_index = 0; }).has("catboost.malformed"));      // no table
    CHECK(changed([](CatboostRecipe& r) { r.core_bytes = 100'000; }).has("catboost.malformed"));
    CHECK(changed([](CatboostRecipe& r) { r.tail = "cposix\nsystem\n"; }).has("catboost.trailing-data"));
}

TEST_CASE("tables of counters of a CatBoost model are read, other parts are not") {
    CHECK(counted([](CatboostRecipe&) {}).whole());
    CHECK(counted([](CatboostRecipe& r) { r.class_index = 2; }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.class_index = -1; }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.classes = 0; }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.type = 6; }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.buckets[2] = 1; }).has("catboost.malformed"));       // a counter that is not there
    CHECK(counted([](CatboostRecipe& r) { r.buckets[3] = 1; }).has("catboost.malformed"));       // none is free
    CHECK(counted([](CatboostRecipe& r) { r.buckets.resize(5); }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.buckets.clear(); }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.tail = r.tables(2); }).has("catboost.malformed"));   // the same twice
    CHECK(counted([](CatboostRecipe& r) { r.tail = little(std::uint32_t{1}); }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.tail = r.tables() + "x"; }).has("catboost.trailing-data"));
    CHECK(counted([](CatboostRecipe& r) { r.parts.emplace_back("static_provider_v1"); }).has("catboost.malformed"));
    CHECK(counted([](CatboostRecipe& r) { r.parts.emplace_back("text_process_v2"); }).has("catboost.model-part"));
    CHECK(counted([](CatboostRecipe& r) { r.parts = std::vector<std::string>(17, "static_provider_v1"); }).has("catboost.malformed"));
}

TEST_CASE("every beginning and every changed byte of a CatBoost model is explained") {
    every_beginning_and_byte(CatboostRecipe{}.build());
    CatboostRecipe recipe = counting();
    recipe.tail = recipe.tables();
    every_beginning_and_byte(recipe.build());
}
