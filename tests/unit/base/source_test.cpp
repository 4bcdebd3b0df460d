#include "base/source.hpp"

#include <catch2/catch.hpp>

using namespace headgate;

TEST_CASE("a reader takes all it asked for or nothing") {
    const Bytes bytes = {1, 2, 3, 4, 5};
    Reader reader(bytes);
    CHECK(reader.u32le() == 0x04030201U);
    CHECK_FALSE(reader.u16le().has_value());
    CHECK(reader.offset() == 4);
    CHECK(reader.u8() == 5);
    CHECK(reader.at_end());
    CHECK_FALSE(reader.take(~0ULL).has_value());
}

TEST_CASE("a slice never reaches outside its parent") {
    const Bytes bytes(100, 7);
    MemorySource whole(bytes);
    SliceSource beyond(whole, 90, 50);
    CHECK(beyond.size() == 10);
    CHECK(beyond.view(0, 10).has_value());
    CHECK_FALSE(beyond.view(1, 10).has_value());
    CHECK_FALSE(beyond.view(~0ULL, 2).has_value());
    SliceSource outside(whole, 1000, 1);
    CHECK(outside.size() == 0);
    CHECK_FALSE(whole.view(1, ~0ULL).has_value());
}

TEST_CASE("a cursor reads across windows exactly as over one buffer") {
    Bytes bytes(3 * Cursor::kWindow + 17);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251);
    MemorySource source(bytes);
    Cursor cursor(source);
    std::size_t at = 0;
    for (std::size_t step = 1; at < bytes.size(); step = step * 7 % 65521 + 1) {
        const std::size_t count = std::min(step, bytes.size() - at);
        if (step % 3 == 0) {
            REQUIRE(cursor.skip(count));
        } else {
            const auto taken = cursor.take(count);
            REQUIRE(taken.has_value());
            REQUIRE(std::equal(taken->begin(), taken->end(), bytes.begin() + static_cast<std::ptrdiff_t>(at)));
        }
        at += count;
        REQUIRE(cursor.offset() == at);
    }
    CHECK(cursor.remaining() == 0);
    CHECK_FALSE(cursor.u8().has_value());
    CHECK_FALSE(cursor.skip(1));
    cursor.seek(5);
    CHECK(cursor.u8() == bytes[5]);
}
