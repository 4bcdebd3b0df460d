#include "formats/keras_zip.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/hdf5_recipe.hpp"
#include "recipes/zip_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

const std::string kConfig = R"({"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"layers": []}})";
const std::string kMetadata = R"({"keras_version": "3.9.0", "date_saved": "2026-01-01@00:00:00"})";

std::string weights() {
    Hdf5Recipe file;
    const std::uint64_t tensor = file.object({space({1}), float_type(), compact(std::string(4, '\0'))});
    return file.finish(file.object({link("w", tensor)}));
}

struct Parts {
    std::string config = kConfig;
    std::string metadata = kMetadata;
    std::string weights_name = "model.weights.h5";
    std::string weights_content = weights();
    std::vector<std::pair<std::string, std::string>> more = {};
};
Outcome see(const Parts& parts) {
    ZipRecipe zip;
    zip.add("metadata.json", parts.metadata);
    zip.add("config.json", parts.config);
    zip.add(parts.weights_name, parts.weights_content);
    for (const auto& [name, content] : parts.more) zip.add(name, content);
    return examine(zip.build(), "m.keras");
}

}  // namespace

TEST_CASE("a Keras archive is read whole: metadata, configuration, weights, assets") {
    const Outcome outcome = see({.more = {{"assets/lookup/vocabulary.txt", "a\nb\n"}}});
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.is("keras"));
    CHECK(outcome.is("keras-config"));
    CHECK(outcome.is("hdf5"));
    CHECK(outcome.evidence.members.size() == 4);
    REQUIRE(outcome.evidence.tensors.size() == 1);
    CHECK(outcome.evidence.tensors[0].where.member == "model.weights.h5");
    REQUIRE(outcome.evidence.imports.size() == 1);
    CHECK(outcome.evidence.imports[0].where.member == "config.json");
}

TEST_CASE("a Keras archive holds what Keras writes, and nothing else") {
    CHECK(see({.config = R"({"class_name": "Lambda", "config": {}})"}).has("keras.lambda"));
    CHECK(see({.config = "{"}).has("keras.malformed"));
    for (const char* metadata : {"{}", "[]", "", R"({"keras_version": 3})", R"({"keras_version": "3", "x": {}})"}) {
        CHECK(see({.metadata = metadata}).has("keras.metadata"));
    }
    CHECK(see({.metadata = R"({"keras_version": ")" + std::string(70'000, 'x') + "\"}"}).has("keras.metadata"));
    CHECK(see({.weights_content = "not HDF5"}).has("keras.weights"));
    CHECK(see({.weights_name = "model.weights.npz", .weights_content = weights()}).has("keras.weights"));
    CHECK(see({.more = {{"run.txt", "hello"}}}).has("keras.unknown-member"));
    CHECK(see({.weights_name = "config.h5"}).has("keras.unknown-member"));
    const Outcome pickled = see({.more = {{"assets/x.pkl", std::string("\x80\x04") + "cos\nsystem\n."}}});
    CHECK(pickled.is("pickle"));  // which no part of a Keras archive is
    CHECK(pickled.evidence.imports.size() == 2);
}

TEST_CASE("a .keras file is Keras's, whatever is in it") {
    const auto one = [](const std::string& member, const std::string& content, const std::string& name) {
        ZipRecipe zip;
        zip.add(member, content);
        return examine(zip.build(), name);
    };
    const std::string wrapped = R"({"class_name": "TimeDistributed", "config": {"layer": {"class_name": "Lambda", "config": {}}}})";
    CHECK(one("config.json", wrapped, "m.keras").has("keras.lambda"));
    CHECK(one("config.json", wrapped, "M.KERAS").has("keras.lambda"));
    CHECK(one("config.json", wrapped, "m.zip").has("keras.lambda"));
    CHECK(one("config.json", R"({"class_name": "Own", "config": {}})", "m.keras").is("keras-config"));
    CHECK(one("config.json", R"({"class_name": "Own", "config": {}})", "m.zip").is("zip"));
    CHECK(one("x.txt", "hello", "m.keras").has("keras.malformed"));
    CHECK(one("x.txt", "hello", "m.zip").whole());
}
