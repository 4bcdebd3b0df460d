#include "formats/tensor_pair.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "formats/wide.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kLanes = 16;
constexpr double kRest = 0.05;           // of the squares of a difference: what rounding adds to a matrix of low rank
constexpr std::size_t kLeastRows = 16;   // of a sample that can tell anything

// One register of AVX2. Two of them for each sum: all stay in registers, and none waits for the one before it.
constexpr std::size_t kWide = kLanes / 2;
using Floats [[gnu::vector_size(kWide * sizeof(float))]] = float;
using Words [[gnu::vector_size(kWide * sizeof(std::uint32_t))]] = std::uint32_t;
using Halves [[gnu::vector_size(kWide * sizeof(std::uint16_t))]] = std::uint16_t;

struct LoadFloats {
    using Value = float;
    [[gnu::always_inline]] static void run(const float* values, Words* bits) { std::memcpy(bits, values, sizeof *bits); }
};
struct LoadBf16 {
    using Value = std::uint16_t;
    [[gnu::always_inline]] static void run(const std::uint16_t* values, Words* bits) {
        Halves halves;
        std::memcpy(&halves, values, sizeof halves);
        *bits = __builtin_convertvector(halves, Words) << 16U;
    }
};

struct Found {
    std::array<float, kLanes> difference, here, base;    // squares
    std::uint32_t equal;                                 // values with the same bits
};

// Two blocks side by side: one reading of each gives every sum.
template <typename Load>
struct Compare {
    using Value = typename Load::Value;
    struct Sums { Floats difference, here, base; Words equal; };
    [[gnu::always_inline]] static void add(const Value* here, const Value* base, Sums* sums) {
        Words a_bits, b_bits;
        Load::run(here, &a_bits);
        Load::run(base, &b_bits);
        Floats a, b;
        std::memcpy(&a, &a_bits, sizeof a);
        std::memcpy(&b, &b_bits, sizeof b);
        const Floats apart = a - b;
        sums->difference += apart * apart;
        sums->here += a * a;
        sums->base += b * b;
        sums->equal -= a_bits == b_bits;                 // a lane that is true is all ones: minus one
    }
    [[gnu::always_inline]] static void store(const Floats& even, const Floats& odd, float* into) {
        std::memcpy(into, &even, sizeof even);
        std::memcpy(into + kWide, &odd, sizeof odd);
    }
    [[gnu::always_inline]] static void run(const Value* here, const Value* base, std::size_t count, Found* found) {
        Sums even{}, odd{};
        std::size_t at = 0;
        for (; at + kLanes <= count; at += kLanes) {
            add(here + at, base + at, &even);
            add(here + at + kWide, base + at + kWide, &odd);
        }
        std::uint32_t behind = 0;
        if (at < count) {                                // zeros behind the end change no sum; they are equal
            std::array<Value, kLanes> a{}, b{};
            std::copy_n(here + at, count - at, a.begin());
            std::copy_n(base + at, count - at, b.begin());
            add(a.data(), b.data(), &even);
            add(&a[kWide], &b[kWide], &odd);
            behind = static_cast<std::uint32_t>(kLanes - (count - at));
        }
        store(even.difference, odd.difference, found->difference.data());
        store(even.here, odd.here, found->here.data());
        store(even.base, odd.base, found->base.data());
        found->equal = 0;
        for (std::size_t i = 0; i < kWide; ++i) found->equal += even.equal[i] + odd.equal[i];
        found->equal -= behind;
    }
};

struct EqualBits {
    [[gnu::always_inline]] static void run(const float* a, const float* b, std::size_t count, std::uint32_t* equal) {
        std::uint32_t same = 0;
        for (std::size_t i = 0; i < count; ++i) same += std::bit_cast<std::uint32_t>(a[i]) == std::bit_cast<std::uint32_t>(b[i]) ? 1U : 0U;
        *equal = same;
    }
};

double total(const std::array<float, kLanes>& lanes) {
    double sum = 0;
    for (const float lane : lanes) sum += static_cast<double>(lane);
    return sum;
}

bool aligned(const std::uint8_t* bytes) { return reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::uint16_t) == 0; }

double dot(const float* a, const float* b, std::size_t count) {
    std::array<double, 8> lanes{};
    for (std::size_t i = 0; i < count; ++i) lanes[i % lanes.size()] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    double sum = 0;
    for (const double lane : lanes) sum += lane;
    return sum;
}

}  // namespace

// Cholesky with pivots on the products of the rows: what is left on the diagonal are the squares that the rows chosen so far do
// not span.
std::uint64_t numerical_rank(const std::vector<float>& matrix, std::size_t rows, std::size_t columns, double rest, std::size_t most) {
    std::vector<double> left(rows);
    double all = 0;
    for (std::size_t i = 0; i < rows; ++i) all += left[i] = dot(&matrix[i * columns], &matrix[i * columns], columns);
    if (!(all > 0) || !std::isfinite(all)) return 0;
    std::vector<std::vector<double>> factors;
    for (std::size_t step = 0; step <= most && step < rows; ++step) {
        double remaining = 0;
        for (const double one : left) remaining += one;
        if (remaining <= rest * all) return step;
        const auto pivot = static_cast<std::size_t>(std::max_element(left.begin(), left.end()) - left.begin());
        const double root = std::sqrt(left[pivot]);
        std::vector<double> factor(rows);
        for (std::size_t i = 0; i < rows; ++i) {
            double value = dot(&matrix[i * columns], &matrix[pivot * columns], columns);
            for (const auto& before : factors) value -= before[i] * before[pivot];
            factor[i] = value / root;
            left[i] = std::max(0.0, left[i] - factor[i] * factor[i]);
        }
        left[pivot] = 0;
        factors.push_back(std::move(factor));
    }
    return most + 1;
}

PairTally::PairTally(ValueType here, ValueType base, const std::vector<std::uint64_t>& shape) : here_type_(here), base_type_(base) {
    casts_ = here != base && round_values(here, nullptr, 0);
    if (shape.size() != 2) return;
    rows_ = shape[0];
    columns_ = shape[1];
    sample_rows_ = static_cast<std::size_t>(std::min<std::uint64_t>(rows_, kRows));
    sample_columns_ = static_cast<std::size_t>(std::min<std::uint64_t>(columns_, kColumns));
    if (std::min(sample_rows_, sample_columns_) < kLeastRows) {
        sample_rows_ = 0;
        return;
    }
    sample_.resize(sample_rows_ * sample_columns_);
}

void PairTally::add(const std::uint8_t* here, const std::uint8_t* base, std::size_t count) {
    const bool one_type = here_type_ == base_type_;
    const bool same = one_type && std::memcmp(here, base, count * value_size(here_type_)) == 0;
    const std::uint64_t equal = compare(here, base, count);
    // Bytes that differ are never all equal, whatever a float holds of them.
    equal_ += same ? count : one_type ? std::min<std::uint64_t>(equal, count - 1) : equal;
    if (!same) sample(here, base, count);
    if (casts_) {                                        // the types differ: compare() has decoded both
        round_values(here_type_, base_.data(), count);
        std::uint32_t cast = 0;
        run_kernel<EqualBits>(static_cast<const float*>(here_.data()), static_cast<const float*>(base_.data()), count, &cast);
        cast_ += cast;
    }
    done_ += count;
}

// How many values are equal as floats; their squares are added up.
std::uint64_t PairTally::compare(const std::uint8_t* here, const std::uint8_t* base, std::size_t count) {
    Found found;
    if (here_type_ == ValueType::bf16 && base_type_ == ValueType::bf16 && aligned(here) && aligned(base)) {
        run_kernel<Compare<LoadBf16>>(reinterpret_cast<const std::uint16_t*>(here), reinterpret_cast<const std::uint16_t*>(base), count, &found);
    } else {
        decode(here, base, count);
        run_kernel<Compare<LoadFloats>>(static_cast<const float*>(here_.data()), static_cast<const float*>(base_.data()), count, &found);
    }
    const double difference = total(found.difference), here_squares = total(found.here), base_squares = total(found.base);
    if (std::isfinite(difference) && std::isfinite(here_squares) && std::isfinite(base_squares)) {
        difference_ += difference;
        here_squares_ += here_squares;
        base_squares_ += base_squares;
        return found.equal;
    }
    decode(here, base, count);
    for (std::size_t i = 0; i < count; ++i) {
        const double a = static_cast<double>(here_[i]), b = static_cast<double>(base_[i]);
        if (!std::isfinite(a) || !std::isfinite(b)) continue;
        difference_ += (a - b) * (a - b);
        here_squares_ += a * a;
        base_squares_ += b * b;
    }
    return found.equal;
}

void PairTally::decode(const std::uint8_t* here, const std::uint8_t* base, std::size_t count) {
    decode_values(here_type_, here, count, here_.data());
    decode_values(base_type_, base, count, base_.data());
}

// The values done_ .. done_ + count of a matrix, row by row: those that are in the sample.
void PairTally::sample(const std::uint8_t* here, const std::uint8_t* base, std::size_t count) {
    if (sample_.empty()) return;
    const std::uint64_t end = done_ + count;
    for (std::uint64_t row = done_ / columns_; row * columns_ < end; ++row) {
        const std::uint64_t chosen = (row * sample_rows_ + rows_ - 1) / rows_;       // the first sampled row at or behind this one
        if (chosen >= sample_rows_ || chosen * rows_ / sample_rows_ != row) continue;
        const std::uint64_t from = std::max(done_, row * columns_);
        const std::uint64_t to = std::min(end, row * columns_ + sample_columns_);
        if (from >= to) continue;
        const auto first = static_cast<std::size_t>(from - done_), length = static_cast<std::size_t>(to - from);
        std::array<float, kColumns> of_here{}, of_base{};
        decode_values(here_type_, here + first * value_size(here_type_), length, of_here.data());
        decode_values(base_type_, base + first * value_size(base_type_), length, of_base.data());
        float* const into = &sample_[static_cast<std::size_t>(chosen * sample_columns_ + (from - row * columns_))];
        for (std::size_t i = 0; i < length; ++i) {
            const float difference = of_here[i] - of_base[i];
            into[i] = std::isfinite(difference) ? difference : 0.0F;
        }
    }
}

std::uint64_t PairTally::low_rank() const {
    if (sample_.empty()) return 0;
    const std::size_t most = std::min(sample_rows_, sample_columns_) / 4;
    const std::uint64_t rank = numerical_rank(sample_, sample_rows_, sample_columns_, kRest, most);
    return rank <= most ? rank : 0;
}

TensorRelation PairTally::finish() const {
    TensorRelation relation;
    if (equal_ == done_ && here_type_ == base_type_) {
        relation.kind = TensorRelation::Kind::identical;
        relation.cosine = relation.equal = 1;
        return relation;
    }
    relation.equal = static_cast<double>(equal_) / static_cast<double>(done_);
    relation.distance = base_squares_ > 0 ? std::sqrt(difference_ / base_squares_) : 0;
    const double norms = std::sqrt(here_squares_) * std::sqrt(base_squares_);
    // 2ab = a^2 + b^2 - (a-b)^2
    relation.cosine = norms > 0 ? std::clamp((here_squares_ + base_squares_ - difference_) / 2 / norms, -1.0, 1.0) : 0;
    const bool widened = here_type_ != base_type_ && equal_ == done_;
    if (widened || (casts_ && cast_ == done_)) {
        relation.kind = TensorRelation::Kind::cast;
        return relation;
    }
    relation.rank = low_rank();
    relation.kind = relation.rank > 0 ? TensorRelation::Kind::low_rank : TensorRelation::Kind::changed;
    return relation;
}

}  // namespace headgate::formats
