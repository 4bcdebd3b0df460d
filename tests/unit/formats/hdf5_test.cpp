#include "formats/hdf5.hpp"

#include <catch2/catch.hpp>

#include "examined.hpp"
#include "recipes/hdf5_recipe.hpp"

using namespace headgate;
using namespace headgate::recipes;
using tests::examine;
using tests::Outcome;

namespace {

const std::string kFour(16, '\x01');  // four floats

/// The weights "w" and what else the root holds.
std::string file_of(const Hdf5Messages& weights, const Hdf5Messages& more = {}) {
    Hdf5Recipe file;
    Hdf5Messages root{link("w", file.object(weights))};
    root.insert(root.end(), more.begin(), more.end());
    return file.finish(file.object(root));
}
/// Four floats, contiguous.
std::string honest(const Hdf5Messages& more = {}) {
    Hdf5Recipe file;
    const std::uint64_t data = file.put(kFour);
    Hdf5Messages root{link("w", file.object({space({2, 2}), float_type(), contiguous(data, 16)}))};
    root.insert(root.end(), more.begin(), more.end());
    return file.finish(file.object(root));
}
std::string honest1() {
    Hdf5Recipe file(96);
    const std::uint64_t data = file.put(kFour);
    const std::uint64_t weights = file.object1({space({4}), float_type(), contiguous(data, 16)});
    return file.finish1(file.group1({{"inner", file.group1({{"w", weights}})}}));
}
Outcome see(const std::string& bytes) { return examine(bytes, "m.h5"); }

}  // namespace

TEST_CASE("HDF5 of both generations is read whole, with its tensors") {
    const Outcome latest = see(honest());
    INFO(latest.ids());
    CHECK(latest.whole());
    CHECK(latest.is("hdf5"));
    REQUIRE(latest.evidence.tensors.size() == 1);
    CHECK(latest.evidence.tensors[0].name == "w");
    CHECK(latest.evidence.tensors[0].dtype == "F32");
    CHECK(latest.evidence.tensors[0].shape == std::vector<std::uint64_t>{2, 2});
    CHECK(latest.evidence.tensors[0].bytes == 16);
    const Outcome first = see(honest1());
    INFO(first.ids());
    CHECK(first.whole());
    REQUIRE(first.evidence.tensors.size() == 1);
    CHECK(first.evidence.tensors[0].name == "inner/w");
    CHECK(see(file_of({space({4}), float_type(), compact(kFour)})).whole());
    CHECK(see(file_of({space({0, 7}), float_type(), contiguous(kNoAddress, 0)})).whole());
}

TEST_CASE("configurations in attributes are walked") {
    const std::string good = R"({"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {}}]}})";
    const std::string bad = R"({"class_name": "Lambda", "config": {}})";
    const Outcome honest_model = see(honest({text_attribute("model_config", good), text_attribute("other", bad)}));
    INFO(honest_model.ids());
    CHECK(honest_model.whole());
    CHECK(honest_model.is("keras-config"));
    CHECK(honest_model.evidence.imports.size() == 2);
    CHECK(honest_model.evidence.imports[0].where.member == "model_config");
    CHECK(see(honest({text_attribute("model_config", bad)})).has("keras.lambda"));
    CHECK(see(honest({text_attribute("training_config", bad)})).has("keras.lambda"));
    CHECK(see(honest({text_attribute("model_config", good + std::string(3, '\0'))})).whole());
    CHECK(see(honest({text_attribute("model_config", good + std::string(1, '\0') + bad)})).has("hdf5.malformed"));
}

TEST_CASE("what leads out of the file is refused") {
    CHECK(see(honest({external_link("x", "/etc/passwd")})).has("hdf5.external-link"));
    CHECK(see(honest({soft_link("x", "/w")})).has("hdf5.soft-link"));
    const std::string virtual_layout = little(4, 1) + little(3, 1) + u64(kNoAddress) + u32(0);
    CHECK(see(file_of({space({4}), float_type(), {8, virtual_layout}})).has("hdf5.virtual"));
    CHECK(see(file_of({space({4}), float_type(), {7, std::string(24, '\0')}, contiguous(kNoAddress, 0)})).has("hdf5.external-storage"));
}

TEST_CASE("filters must be of those that need no plugin") {
    for (const std::uint16_t id : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3}, std::uint16_t{6}, std::uint16_t{32000}}) {
        CHECK(see(file_of({space({4}), float_type(), filter(id), chunked(kNoAddress, {2, 4})})).whole());
    }
    for (const std::uint16_t id : {std::uint16_t{4}, std::uint16_t{5}, std::uint16_t{32001}, std::uint16_t{65535}}) {
        CHECK(see(file_of({space({4}), float_type(), filter(id), chunked(kNoAddress, {2, 4})})).has("hdf5.filter"));
    }
}

TEST_CASE("shapes and what is stored are compared") {
    Hdf5Recipe file;
    const std::uint64_t data = file.put(kFour);
    CHECK(see(file.finish(file.object({link("w", file.object({space({5}), float_type(), contiguous(data, 16)}))}))).has("hdf5.short-data"));
    CHECK(see(file_of({space({1U << 20U, 1U << 20U}), float_type(), chunked(kNoAddress, {1024, 1024, 4})})).has("hdf5.expansion"));
    CHECK(see(file_of({space({UINT64_MAX / 2, 4}), float_type(), contiguous(kNoAddress, 0)})).has("hdf5.malformed"));
    CHECK(see(file_of({space({4}), float_type(), contiguous(1U << 20U, 16)})).has("hdf5.bad-address"));
    CHECK(see(file_of({space({4}), float_type(), contiguous(UINT64_MAX - 8, 16)})).has("hdf5.bad-address"));
    CHECK(see(file_of({space({4}), float_type(), contiguous(0, 16)})).has("hdf5.overlap"));
    CHECK(see(file_of({space({4}), float_type(), chunked(kNoAddress, {2, 8})})).has("hdf5.malformed"));
    CHECK(see(file_of({space({4}), float_type(), chunked(kNoAddress, {0, 4})})).has("hdf5.malformed"));
}

TEST_CASE("chunks by a B-tree are found and accounted for") {
    const auto tree_of = [](Hdf5Recipe& file, std::uint32_t stored) {
        const std::uint64_t one = file.put(std::string(8, '\2'));
        const std::uint64_t two = file.put(std::string(8, '\3'));
        std::string tree = "TREE" + little(1, 1) + little(0, 1) + little(2, 2) + u64(kNoAddress) + u64(kNoAddress);
        tree += u32(stored) + u32(0) + u64(0) + u64(0) + u64(one) + u32(stored) + u32(0) + u64(2) + u64(0) + u64(two);
        tree.resize(24 + 65 * 24 + 64 * 8, '\0');
        const std::uint64_t index = file.put(tree);
        return file.finish(file.object({link("w", file.object({space({4}), float_type(), chunked(index, {2, 4})}))}));
    };
    Hdf5Recipe good;
    const Outcome outcome = see(tree_of(good, 8));
    INFO(outcome.ids());
    CHECK(outcome.whole());
    CHECK(outcome.evidence.tensors.size() == 1);
    Hdf5Recipe bad;
    CHECK(see(tree_of(bad, 12)).has("hdf5.malformed"));
}

TEST_CASE("groups within themselves and blocks read twice are loops; a second name is none") {
    Hdf5Recipe cycle;  // the only object, named by itself: its address is known before it is written
    const std::uint64_t root = 48;
    CHECK(see(cycle.finish(cycle.object({link("self", root)}))).has("hdf5.loop"));
    Hdf5Recipe alias;
    const std::uint64_t weights = alias.object({space({4}), float_type(), compact(kFour)});
    const Outcome twice = see(alias.finish(alias.object({link("a", weights), link("b", weights)})));
    CHECK(twice.whole());
    CHECK(twice.evidence.tensors.size() == 1);
    Hdf5Recipe heap(96);
    const std::uint64_t group = heap.group1({{"w", heap.object1({space({4}), float_type(), compact(kFour)})}});
    CHECK(see(heap.finish1(group)).whole());
}

TEST_CASE("what is not read is said by its name") {
    CHECK(see(file_of({space({1}), {3, little(0x17, 1) + little(0, 3) + u32(8)}, compact(std::string(8, '\0'))})).has("hdf5.unscannable"));
    CHECK(see(honest({{0x30, "?"}})).has("hdf5.unscannable"));
    CHECK(see(honest({text_attribute("PYTABLES_FORMAT_VERSION", "2.1")})).has("hdf5.unscannable"));
    Limits few;
    few.steps = 20;
    CHECK(examine(honest1(), "m.h5", few).has("hdf5.unscannable"));
}

TEST_CASE("the superblock says where the file ends and that it was closed") {
    CHECK(see(honest() + "more").has("hdf5.superblock"));
    CHECK(see(honest().substr(0, honest().size() - 1)).has("hdf5.superblock"));
    std::string open = honest();
    open[11] = 1;
    const std::string head = with_checksum(open.substr(0, 44));
    CHECK(see(head + open.substr(48)).has("hdf5.superblock"));
    std::string changed = honest();
    changed[40] = static_cast<char>(changed[40] ^ 1);
    CHECK(see(changed).has("hdf5.checksum"));
    std::string unknown = honest();
    unknown[8] = 9;
    CHECK(see(unknown).has("hdf5.superblock"));
    // Behind a user block that holds something else, it is two files in one.
    CHECK_FALSE(see("#!/bin/sh\n" + std::string(502, '\0') + honest()).whole());
}

TEST_CASE("what nothing points at must be no more than free space") {
    const auto with_gap = [](const std::string& gap) {
        Hdf5Recipe file;
        file.put(gap);
        return file.finish(file.object({link("w", file.object({space({4}), float_type(), compact(kFour)}))}));
    };
    CHECK(see(with_gap(std::string(1000, 'x'))).whole());
    CHECK(see(with_gap(std::string(200'000, '\0'))).whole());
    CHECK(see(with_gap(std::string(200'000, 'x'))).has("hdf5.unreferenced"));
}

TEST_CASE("every prefix and every changed byte of HDF5 is explained") {
    for (const std::string& whole : {honest({text_attribute("model_config", R"({"class_name": "Dense", "config": {}})")}), honest1()}) {
        REQUIRE(see(whole).whole());
        for (std::size_t length = 8; length < whole.size(); ++length) {
            const Outcome outcome = see(whole.substr(0, length));
            INFO(length << " " << outcome.ids());
            REQUIRE(outcome.oracle());
            REQUIRE_FALSE(outcome.whole());
        }
        for (std::size_t at = 8; at < whole.size(); ++at) {
            for (const int change : {1, 0x80, 0xFF}) {
                std::string changed = whole;
                changed[at] = static_cast<char>(changed[at] ^ change);
                const Outcome outcome = see(changed);
                INFO(at << " " << outcome.ids());
                REQUIRE(outcome.oracle());
            }
        }
    }
}
