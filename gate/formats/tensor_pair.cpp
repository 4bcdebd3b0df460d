#include "formats/tensor_pair.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "formats/wide.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kLanes = 128;
constexpr double kRest = 0.05;           // of the squares of a difference: what rounding adds to a matrix of low rank
constexpr std::size_t kLeastRows = 16;   // of a sample that can tell anything

struct Lanes {
    std::array<float, kLanes> difference{}, here{}, base{}, product{};
};

struct Sums {
    [[gnu::always_inline]] static void run(const float* here, const float* base, std::size_t count, Lanes* lanes) {
        std::size_t at = 0;
        for (; at + kLanes <= count; at += kLanes) {
            for (std::size_t i = 0; i < kLanes; ++i) {
                const float a = here[at + i], b = base[at + i], d = a - b;
                lanes->difference[i] += d * d;
                lanes->here[i] += a * a;
                lanes->base[i] += b * b;
                lanes->product[i] += a * b;
            }
        }
        for (; at < count; ++at) {
            const float a = here[at], b = base[at], d = a - b;
            lanes->difference[at % kLanes] += d * d;
            lanes->here[at % kLanes] += a * a;
            lanes->base[at % kLanes] += b * b;
            lanes->product[at % kLanes] += a * b;
        }
    }
};

struct EqualBits {
    [[gnu::always_inline]] static void run(const float* a, const float* b, std::size_t count, std::uint32_t* equal) {
        std::uint32_t same = 0;
        for (std::size_t i = 0; i < count; ++i) same += std::bit_cast<std::uint32_t>(a[i]) == std::bit_cast<std::uint32_t>(b[i]) ? 1U : 0U;
        *equal = same;
    }
};

std::uint32_t equal_values(const std::array<float, PairTally::kMost>& a, const std::array<float, PairTally::kMost>& b, std::size_t count) {
    std::uint32_t equal = 0;
    run_kernel<EqualBits>(a.data(), b.data(), count, &equal);
    return equal;
}

double total(const std::array<float, kLanes>& lanes) {
    double sum = 0;
    for (const float lane : lanes) sum += static_cast<double>(lane);
    return sum;
}

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
    decode_values(here_type_, here, count, here_.data());
    const bool same = here_type_ == base_type_ && std::memcmp(here, base, count * value_size(here_type_)) == 0;
    if (same) {
        std::copy_n(here_.begin(), count, base_.begin());
        equal_ += count;
        sum(count);
    } else {
        decode_values(base_type_, base, count, base_.data());
        // Bytes that differ are never all equal, whatever a float holds of them.
        equal_ += here_type_ == base_type_ ? std::min<std::uint64_t>(equal_values(here_, base_, count), count - 1) : equal_values(here_, base_, count);
        sum(count);
        sample(count);
        if (casts_) {
            round_values(here_type_, base_.data(), count);
            cast_ += equal_values(here_, base_, count);
        }
    }
    done_ += count;
}

void PairTally::sum(std::size_t count) {
    Lanes lanes;
    run_kernel<Sums>(static_cast<const float*>(here_.data()), static_cast<const float*>(base_.data()), count, &lanes);
    const double difference = total(lanes.difference), here = total(lanes.here), base = total(lanes.base), product = total(lanes.product);
    if (std::isfinite(difference) && std::isfinite(here) && std::isfinite(base)) {
        difference_ += difference;
        here_squares_ += here;
        base_squares_ += base;
        products_ += product;
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const double a = static_cast<double>(here_[i]), b = static_cast<double>(base_[i]);
        if (!std::isfinite(a) || !std::isfinite(b)) continue;
        difference_ += (a - b) * (a - b);
        here_squares_ += a * a;
        base_squares_ += b * b;
        products_ += a * b;
    }
}

// The values done_ .. done_ + count of a matrix, row by row: those that are in the sample.
void PairTally::sample(std::size_t count) {
    if (sample_.empty()) return;
    const std::uint64_t end = done_ + count;
    for (std::uint64_t row = done_ / columns_; row * columns_ < end; ++row) {
        const std::uint64_t chosen = (row * sample_rows_ + rows_ - 1) / rows_;       // the first sampled row at or behind this one
        if (chosen >= sample_rows_ || chosen * rows_ / sample_rows_ != row) continue;
        const std::uint64_t from = std::max(done_, row * columns_);
        const std::uint64_t to = std::min(end, row * columns_ + sample_columns_);
        for (std::uint64_t at = from; at < to; ++at) {
            const float difference = here_[static_cast<std::size_t>(at - done_)] - base_[static_cast<std::size_t>(at - done_)];
            sample_[static_cast<std::size_t>(chosen * sample_columns_ + (at - row * columns_))] = std::isfinite(difference) ? difference : 0.0F;
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
    relation.cosine = norms > 0 ? products_ / norms : 0;
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
