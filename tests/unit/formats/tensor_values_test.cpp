#include "formats/tensor_values.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace headgate;
using formats::ValueTally;
using formats::ValueType;

namespace {

template <typename Word>
Bytes bytes_of(const std::vector<Word>& words) {
    Bytes bytes(words.size() * sizeof(Word));
    std::memcpy(bytes.data(), words.data(), bytes.size());
    return bytes;
}
Bytes floats(const std::vector<float>& values) {
    std::vector<std::uint32_t> words;
    for (const float value : values) words.push_back(std::bit_cast<std::uint32_t>(value));
    return bytes_of(words);
}

TensorStatistics statistics(ValueType type, const Bytes& bytes, std::size_t piece = 1U << 20U) {
    ValueTally tally(type);
    for (std::size_t at = 0; at < bytes.size(); at += piece) tally.add(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    return tally.finish();
}

}  // namespace

TEST_CASE("values of every type are counted, and summed up without those that are not finite") {
    const auto bf16 = statistics(ValueType::bf16, bytes_of<std::uint16_t>({0x4040, 0xC080, 0x0000, 0x8000, 0x7FC0, 0xFF80, 0x7F80}));
    CHECK(bf16 == TensorStatistics{7, 1, 2, 2, 5, 4});                          // 3, -4, 0, -0, NaN, -inf, inf
    const auto f16 = statistics(ValueType::f16, bytes_of<std::uint16_t>({0x4200, 0xC400, 0x0000, 0x7E00, 0x7C00}));
    CHECK(f16 == TensorStatistics{5, 1, 1, 1, 5, 4});
    const float inf = std::numeric_limits<float>::infinity();
    CHECK(statistics(ValueType::f32, floats({3, -4, 0, std::nanf(""), -inf})) == TensorStatistics{5, 1, 1, 1, 5, 4});
    const auto f64 = statistics(ValueType::f64, bytes_of<std::uint64_t>({std::bit_cast<std::uint64_t>(3.0), std::bit_cast<std::uint64_t>(-4.0), 0}));
    CHECK(f64 == TensorStatistics{3, 0, 0, 1, 5, 4});
    CHECK(statistics(ValueType::f8_e4m3, {0x44, 0xC8, 0x00, 0x7F, 0xFF}) == TensorStatistics{5, 2, 0, 1, 5, 4});
    CHECK(statistics(ValueType::f8_e5m2, {0x42, 0xC4, 0x80, 0x7C, 0x7D}) == TensorStatistics{5, 1, 1, 1, 5, 4});
}

TEST_CASE("the figures do not depend on where the pieces are cut") {
    std::vector<std::uint16_t> words;
    std::uint32_t state = 7;
    for (std::size_t i = 0; i < 9001; ++i) {
        state = state * 1664525U + 1013904223U;
        words.push_back(static_cast<std::uint16_t>(0x3C00U | (state >> 21U)));
    }
    words[4000] = 0x7FC0;
    const Bytes bytes = bytes_of(words);
    for (const ValueType type : {ValueType::bf16, ValueType::f16, ValueType::f32, ValueType::f64, ValueType::f8_e4m3, ValueType::f8_e5m2}) {
        const auto whole = statistics(type, bytes);
        CHECK(whole.values == bytes.size() / formats::value_size(type));
        CHECK(whole.norm > 0);
        for (const std::size_t piece : {1U, 3U, 4096U, 8191U, 8192U, 8193U}) CHECK(statistics(type, bytes, piece) == whole);
    }
}

TEST_CASE("norms are right where squares of single precision overflow or vanish") {
    const std::vector<std::uint16_t> huge(5000, 0x7F00), tiny(5000, 0x0080);    // 2^127, 2^-126
    CHECK(statistics(ValueType::bf16, bytes_of(huge)).norm == Approx(std::sqrt(5000.0) * 0x1p127));
    CHECK(statistics(ValueType::bf16, bytes_of(tiny)).norm == Approx(std::sqrt(5000.0) * 0x1p-126));
    const std::vector<std::uint64_t> largest(8, std::bit_cast<std::uint64_t>(1e300));
    CHECK(std::isfinite(statistics(ValueType::f64, bytes_of(largest)).norm));
    CHECK(statistics(ValueType::bf16, {}) == TensorStatistics{});
    CHECK(statistics(ValueType::f32, Bytes(7, 1)).values == 1);
}

TEST_CASE("decoding and rounding are those of the formats") {
    const Bytes halves = bytes_of<std::uint16_t>({0x3C00, 0x0001, 0x83FF, 0x7BFF, 0x7C00, 0xFC00});
    std::vector<float> values(6);
    formats::decode_values(ValueType::f16, halves.data(), values.size(), values.data());
    CHECK(values == std::vector<float>{1.0F, 0x1p-24F, -0x1.FF8p-15F, 65504.0F, std::numeric_limits<float>::infinity(),
                                       -std::numeric_limits<float>::infinity()});
    // Ties go to the even neighbour: 1 + 2^-8 lies between 1 and 1 + 2^-7, 1 + 3 * 2^-8 between that and 1 + 2^-6.
    std::vector<float> ties = {1.0F + 0x1p-8F, 1.0F + 3 * 0x1p-8F, -1.0F - 0x1p-8F - 0x1p-20F};
    CHECK(formats::round_values(ValueType::bf16, ties.data(), ties.size()));
    CHECK(ties == std::vector<float>{1.0F, 1.0F + 0x1p-6F, -1.0F - 0x1p-7F});
    std::vector<float> f16 = {1.0F + 0x1p-11F, 1.0F + 3 * 0x1p-11F, 0x1p-25F, 3 * 0x1p-26F, 65519.0F, 65520.0F, -0.0F};
    CHECK(formats::round_values(ValueType::f16, f16.data(), f16.size()));
    CHECK(f16 == std::vector<float>{1.0F, 1.0F + 0x1p-9F, 0.0F, 0x1p-24F, 65504.0F, std::numeric_limits<float>::infinity(), -0.0F});
    CHECK_FALSE(formats::round_values(ValueType::f8_e4m3, f16.data(), f16.size()));
}

TEST_CASE("types are known by the names of their formats") {
    CHECK(formats::value_type("BF16") == ValueType::bf16);
    CHECK(formats::value_type("<f4") == ValueType::f32);
    CHECK(formats::value_type("HalfStorage") == ValueType::f16);
    for (const char* other : {"I64", "Q4_K", ">f4", "F8_E4M3FNUZ", ""}) CHECK_FALSE(formats::value_type(other).has_value());
}
