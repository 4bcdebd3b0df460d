#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/zip_recipe.hpp"

using namespace headgate;
using recipes::ZipRecipe;
using tests::examine;
using tests::Outcome;

namespace {

struct Recipe {
    std::string model = R"("modelName": "m", "serializedFile": "weights.json", "handler": "base_handler", "modelVersion": "1.0")";
    std::string top;
    std::vector<std::pair<std::string, std::string>> members = {{"weights.json", "{}"}};

    std::string build() const {
        ZipRecipe zip;
        for (const auto& [name, content] : members) zip.add(name, content);
        zip.add("MAR-INF/MANIFEST.json", R"({"createdOn": "01/01/2026", "runtime": "python", "model": {)" + model + R"(}, "archiverVersion": "0.12.0")" + top + "}");
        return zip.build();
    }
};

template <typename Change>
Outcome changed(Change change) {
    Recipe recipe;
    change(recipe);
    Outcome outcome = examine(recipe.build(), "model.mar");
    INFO(outcome.ids());
    CHECK(outcome.oracle());
    CHECK(outcome.is("mar"));
    return outcome;
}

bool is_code(const Outcome& outcome) {
    return std::any_of(outcome.evidence.formats.begin(), outcome.evidence.formats.end(),
                       [](const FormatFact& fact) { return fact.format == "mar" && fact.code; });
}

}  // namespace

TEST_CASE("a model archive with a handler of TorchServe's own is what its members are") {
    const Outcome outcome = changed([](Recipe&) {});
    CHECK(outcome.whole());
    CHECK_FALSE(is_code(outcome));
    CHECK(outcome.evidence.members.size() == 2);
}

TEST_CASE("what a model archive brings to be run is code") {
    const auto handler = [](Recipe& r) {
        r.model = R"("modelName": "m", "handler": "own.py:handle")";
        r.members = {{"own.py", "def handle(data, context): return data\n"}};
    };
    const Outcome outcome = changed(handler);
    CHECK(outcome.whole());
    CHECK(is_code(outcome));
    CHECK(is_code(changed([&](Recipe& r) { handler(r); r.model = R"("modelName": "m", "handler": "own:handle")"; })));
    CHECK(is_code(changed([](Recipe& r) { r.members.emplace_back("image_classifier.py", "print(1)\n"); })));
    CHECK(is_code(changed([](Recipe& r) { r.model += R"(, "requirementsFile": "r.txt")"; r.members.emplace_back("r.txt", "evil\n"); })));
    CHECK(is_code(changed([](Recipe& r) { r.model = R"("modelName": "m", "handler": "vllm_handler")"; })));
}

TEST_CASE("a manifest that says what nothing accounts for") {
    CHECK(changed([](Recipe& r) { r.model = R"("modelName": "m", "handler": "os:system")"; }).has("mar.missing-member"));
    CHECK(changed([](Recipe& r) { r.members.clear(); }).has("mar.missing-member"));
    CHECK(changed([](Recipe& r) { r.model += R"(, "envelope": "json")"; }).has("mar.manifest"));
    CHECK(changed([](Recipe& r) { r.model = R"("modelName": "m")"; }).has("mar.manifest"));
    CHECK(changed([](Recipe& r) { r.model = R"("modelName": "m", "handler": ["base_handler"])"; }).has("mar.manifest"));
    CHECK(changed([](Recipe& r) { r.model += R"(, "handler": "other")"; }).has("mar.manifest"));       // a key twice
    CHECK(changed([](Recipe& r) { r.top = R"(, "workflow": {})"; }).has("mar.manifest"));
    CHECK(changed([](Recipe& r) { r.top = R"(, "description": 1)"; }).has("mar.manifest"));
}

TEST_CASE("the members of a model archive are judged by what they are") {
    const Outcome outcome = changed([](Recipe& r) {
        r.model = R"("modelName": "m", "handler": "base_handler", "serializedFile": "weights.pt")";
        r.members = {{"weights.pt", "cposix\nsystem\n(S'true'\ntR."}};
    });
    REQUIRE(outcome.evidence.imports.size() == 1);
    CHECK(outcome.evidence.imports[0].where.member == "weights.pt");
}

TEST_CASE("every beginning of a model archive is explained") {
    const std::string bytes = Recipe{}.build();
    for (std::size_t length = 0; length < bytes.size(); ++length) CHECK(examine(bytes.substr(0, length), "model.mar").oracle());
}
