// Indexes of TensorFlow's checkpoints: the table, and what it says of the shards.
#include "formats/tensorflow_checkpoint.hpp"

#include <catch2/catch.hpp>

#include "recipes/tensorflow_recipe.hpp"
#include "unit/formats/examined.hpp"

using namespace headgate;
using namespace headgate::recipes;

namespace {

tests::Outcome judge(const SortedTable& table) { return tests::examine(table.build(), "variables/variables.index"); }

tests::Outcome with_entry(const std::string& entry) {
    SortedTable table = tf_checkpoint();
    table.entries.back().second = entry;
    return judge(table);
}

}  // namespace

TEST_CASE("an index names the bytes of its shards") {
    for (const bool each : {false, true}) {
        SortedTable table = tf_checkpoint();
        table.a_block_each = each;
        const auto outcome = judge(table);
        INFO(outcome.ids());
        CHECK(outcome.whole());
        CHECK(outcome.is("tensorflow-checkpoint"));
        REQUIRE(outcome.evidence.index_entries.size() == 2);
        const IndexEntry& entry = outcome.evidence.index_entries[1];
        CHECK(entry.tensor == "layer/kernel");
        CHECK(entry.file == "variables.data-00000-of-00001");
        CHECK(entry.offset == 8U);
        CHECK(entry.bytes == 16U);
        REQUIRE(outcome.evidence.tensors.size() == 2);
        CHECK(outcome.evidence.tensors[1].dtype == "FLOAT");
        CHECK(outcome.evidence.tensors[1].shape == std::vector<std::uint64_t>{4});
    }
}

TEST_CASE("what an entry says fits together") {
    const auto refused = [](const std::string& entry) { return with_entry(entry).has("tensorflow.checkpoint"); };
    CHECK_FALSE(refused(tf_tensor_entry(4, 8, 16)));
    CHECK(refused(tf_tensor_entry(4, 8, 15)));
    CHECK(refused(tf_tensor_entry(std::uint64_t{1} << 62U, 8, 0)));   // wraps round
    CHECK(refused(tf_tensor_entry(UINT64_MAX, 8, 16)));               // -1
    CHECK(refused(tf_tensor_entry(4, UINT64_MAX, 16)));
    CHECK(refused(tf_tensor_entry(4, 8, 16, 1)));                     // shard 1 of 1
    CHECK(refused(tf_tensor_entry(4, 8, 16) + number(9, 1)));
    CHECK(refused(tf_tensor_entry(4, 8, 16) + number(1, 1)));
    CHECK(refused("\x08"));
    CHECK_FALSE(refused(number(1, 7) + part(2, "") + number(5, 99)));  // text is of any size
    CHECK_FALSE(refused(number(1, 1) + part(2, part(2, number(1, 4))) + part(7, "")));  // in slices
}

TEST_CASE("the header comes first, once, and of this byte order") {
    SortedTable table = tf_checkpoint();
    table.entries[0].second = number(1, 2);
    CHECK(judge(table).evidence.index_entries[0].file == "variables.data-00000-of-00002");
    table.entries[0].second = number(1, 1) + number(2, 1);
    CHECK(judge(table).has("tensorflow.checkpoint"));
    table.entries[0].second = "";
    CHECK(judge(table).has("tensorflow.checkpoint"));
    table.entries.erase(table.entries.begin());
    CHECK(judge(table).has("tensorflow.checkpoint"));
    table.entries.clear();
    CHECK(judge(table).has("tensorflow.checkpoint"));
}

TEST_CASE("the table holds together") {
    SortedTable table = tf_checkpoint();
    table.wrong_checksum = true;
    CHECK(judge(table).has("tensorflow.checkpoint"));
    table = tf_checkpoint();
    table.gap = "hidden";
    CHECK(judge(table).has("tensorflow.checkpoint"));
    table = tf_checkpoint();
    table.compression = 1;
    CHECK(judge(table).has("tensorflow.unscannable"));
    table.compression = 9;
    CHECK(judge(table).has("tensorflow.checkpoint"));
    table = tf_checkpoint();
    std::swap(table.entries[1], table.entries[2]);
    CHECK(judge(table).has("tensorflow.checkpoint"));
    table.entries[1] = table.entries[2];
    CHECK(judge(table).has("tensorflow.checkpoint"));
    CHECK(tests::examine("x" + tf_checkpoint().build(), "a.index").has("tensorflow.checkpoint"));
    Limits limits;
    limits.steps = 20;
    CHECK(tests::examine(tf_checkpoint().build(), "a.index", limits).has("tensorflow.unscannable"));
    limits = {};
    limits.facts = 1;
    CHECK(tests::examine(tf_checkpoint().build(), "a.index", limits).has("tensorflow.unscannable"));
}

TEST_CASE("every prefix and every tail of a checkpoint index is explained") {
    const std::string bytes = tf_checkpoint().build();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CAPTURE(length);
        const auto prefix = tests::examine(bytes.substr(0, length), "a.index");
        CHECK(prefix.oracle());
        CHECK_FALSE(prefix.is("tensorflow-checkpoint"));
        const auto tail = tests::examine(bytes.substr(bytes.size() - length), "a.index");
        CHECK(tail.oracle());
        CHECK_FALSE(tail.is("tensorflow-checkpoint"));
    }
}
