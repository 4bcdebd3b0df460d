#include "formats/tensor_pair.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace headgate;
using formats::PairTally;
using formats::ValueType;
using Is = TensorRelation::Kind;

namespace {

using Values = std::vector<float>;

Values noise(std::size_t count, float size, unsigned seed) {
    std::mt19937 random(seed);
    Values values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(size * (static_cast<float>(random() % 2001) / 1000.0F - 1.0F));
    return values;
}

Bytes stored(ValueType type, Values values) {
    formats::round_values(type, values.data(), values.size());
    Bytes bytes(values.size() * formats::value_size(type));
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, &values[i], sizeof bits);
        if (type == ValueType::bf16) bits >>= 16U;
        std::memcpy(&bytes[i * formats::value_size(type)], &bits, formats::value_size(type));
    }
    return bytes;
}

TensorRelation relation(ValueType here_type, const Bytes& here, ValueType base_type, const Bytes& base, const std::vector<std::uint64_t>& shape,
                        std::size_t piece = PairTally::kMost) {
    PairTally tally(here_type, base_type, shape);
    const std::size_t count = here.size() / formats::value_size(here_type);
    for (std::size_t at = 0; at < count; at += piece) {
        tally.add(&here[at * formats::value_size(here_type)], &base[at * formats::value_size(base_type)], std::min(piece, count - at));
    }
    return tally.finish();
}

}  // namespace

TEST_CASE("the same bytes are the same tensor, and one that was rounded is a cast") {
    const Values values = noise(5000, 1, 1);
    const Bytes f32 = stored(ValueType::f32, values), bf16 = stored(ValueType::bf16, values);
    const auto same = relation(ValueType::f32, f32, ValueType::f32, f32, {50, 100});
    CHECK(same.kind == Is::identical);
    CHECK(same.equal == 1);
    CHECK(relation(ValueType::bf16, bf16, ValueType::f32, f32, {50, 100}).kind == Is::cast);
    Values widened = values;
    formats::round_values(ValueType::bf16, widened.data(), widened.size());
    CHECK(relation(ValueType::f32, stored(ValueType::f32, widened), ValueType::bf16, bf16, {50, 100}).kind == Is::cast);
    Values other = values;
    other[4999] = -other[4999];
    const auto one = relation(ValueType::bf16, stored(ValueType::bf16, other), ValueType::f32, f32, {5000});
    CHECK(one.kind == Is::changed);
    const auto changed = relation(ValueType::f32, stored(ValueType::f32, other), ValueType::f32, f32, {5000});
    CHECK(changed.kind == Is::changed);
    CHECK(changed.equal == Approx(4999.0 / 5000));
    CHECK(changed.cosine > 0.99);
}

TEST_CASE("distance and cosine are those of the two as vectors") {
    const Bytes base = stored(ValueType::f32, {3, 0, 0, 4}), here = stored(ValueType::f32, {0, 3, 0, 4});
    const auto found = relation(ValueType::f32, here, ValueType::f32, base, {4});
    CHECK(found.distance == Approx(std::sqrt(18.0) / 5));
    CHECK(found.cosine == Approx(16.0 / 25));
    CHECK(found.equal == 0.5);
    const Bytes broken = stored(ValueType::f32, {0, std::nanf(""), 0, 4});
    CHECK(relation(ValueType::f32, broken, ValueType::f32, base, {4}).cosine == Approx(16.0 / std::sqrt(16.0) / 5));
}

TEST_CASE("every count of values, at even and odd addresses, is compared as one by one") {
    const ValueType type = GENERATE(ValueType::bf16, ValueType::f32);
    for (std::size_t count = 1; count <= 70; ++count) {
        Values here = noise(count, 1, 2), base = noise(count, 1, 3);
        formats::round_values(type, here.data(), count);
        formats::round_values(type, base.data(), count);
        for (std::size_t i = 0; i < count; i += 3) here[i] = base[i];
        here[count - 1] = base[count - 1] + 1;
        formats::round_values(type, here.data(), count);
        double apart = 0, of_here = 0, of_base = 0, product = 0, equal = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const double a = static_cast<double>(here[i]), b = static_cast<double>(base[i]);
            apart += (a - b) * (a - b);
            of_here += a * a;
            of_base += b * b;
            product += a * b;
            equal += here[i] == base[i] ? 1 : 0;
        }
        for (const std::size_t shift : {0U, 1U}) {
            Bytes one = stored(type, here), other = stored(type, base);
            one.insert(one.begin(), shift, std::uint8_t{0});
            other.insert(other.begin(), shift, std::uint8_t{0});
            PairTally tally(type, type, {count});
            tally.add(&one[shift], &other[shift], count);
            const auto found = tally.finish();
            CAPTURE(count, shift);
            CHECK(found.equal == equal / static_cast<double>(count));
            CHECK(found.distance == Approx(std::sqrt(apart / of_base)).epsilon(1e-5));
            CHECK(found.cosine == Approx(product / std::sqrt(of_here * of_base)).margin(1e-5));
        }
    }
}

TEST_CASE("a merged adapter is told from a training of the whole") {
    constexpr std::size_t kRows = 300, kColumns = 400, kRank = 4;
    const Values base = noise(kRows * kColumns, 1, 2), left = noise(kRows * kRank, 0.1F, 3), right = noise(kRank * kColumns, 0.5F, 4);
    Values merged = base, trained = base;
    for (std::size_t row = 0; row < kRows; ++row) {
        for (std::size_t column = 0; column < kColumns; ++column) {
            for (std::size_t k = 0; k < kRank; ++k) merged[row * kColumns + column] += left[row * kRank + k] * right[k * kColumns + column];
        }
    }
    const Values step = noise(kRows * kColumns, 0.02F, 5);
    for (std::size_t i = 0; i < step.size(); ++i) trained[i] += step[i];
    const std::vector<std::uint64_t> shape = {kRows, kColumns};
    for (const std::size_t piece : {std::size_t{4096}, std::size_t{777}}) {
        const auto low = relation(ValueType::f32, stored(ValueType::f32, merged), ValueType::f32, stored(ValueType::f32, base), shape, piece);
        CHECK(low.kind == Is::low_rank);
        CHECK(low.rank <= kRank);
        CHECK(low.rank >= 1);
        const auto full = relation(ValueType::f32, stored(ValueType::f32, trained), ValueType::f32, stored(ValueType::f32, base), shape, piece);
        CHECK(full.kind == Is::changed);
        CHECK(full.rank == 0);
    }
    // Rounding adds noise of full rank, which is small beside a real change.
    CHECK(relation(ValueType::bf16, stored(ValueType::bf16, merged), ValueType::bf16, stored(ValueType::bf16, base), shape).kind == Is::low_rank);
}

TEST_CASE("the rank of a matrix is that of the rows that span it") {
    CHECK(formats::numerical_rank({0, 0, 0, 0}, 2, 2, 0.01, 2) == 0);
    CHECK(formats::numerical_rank({1, 2, 2, 4}, 2, 2, 0.01, 2) == 1);
    CHECK(formats::numerical_rank({1, 0, 0, 1}, 2, 2, 0.01, 1) == 2);
}
