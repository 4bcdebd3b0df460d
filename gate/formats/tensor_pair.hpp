// tensor_pair.hpp: a tensor beside that of a base model, value by value as both stream by: the same, a cast of it, changed by a
// matrix of low rank (a merged adapter), or changed.
//
// Low rank is told from a sample of the difference: up to kRows rows, spread evenly, of up to kColumns columns. A difference of
// rank r has a sample of rank r at most; one that a training spread over the whole tensor has a sample of full rank.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "formats/tensor_values.hpp"
#include "model/fact.hpp"

namespace headgate::formats {

class PairTally {
  public:
    static constexpr std::size_t kMost = 4096;           // values that one add() takes
    static constexpr std::size_t kRows = 256;
    static constexpr std::size_t kColumns = 512;

    PairTally(ValueType here, ValueType base, const std::vector<std::uint64_t>& shape);
    /// The next `count` values of both.
    void add(const std::uint8_t* here, const std::uint8_t* base, std::size_t count);
    /// Kind, rank, distance, cosine and equal share; name and place are the caller's.
    TensorRelation finish() const;

  private:
    std::uint64_t compare(const std::uint8_t* here, const std::uint8_t* base, std::size_t count);
    void decode(const std::uint8_t* here, const std::uint8_t* base, std::size_t count);
    void sample(const std::uint8_t* here, const std::uint8_t* base, std::size_t count);
    std::uint64_t low_rank() const;

    ValueType here_type_, base_type_;
    std::uint64_t rows_ = 0, columns_ = 0;               // of a matrix; 0 for what is none
    std::uint64_t done_ = 0, equal_ = 0, cast_ = 0;
    bool casts_ = false;                                 // whether a cast to the type here can be made again
    double difference_ = 0, here_squares_ = 0, base_squares_ = 0;
    std::size_t sample_rows_ = 0, sample_columns_ = 0;
    std::vector<float> sample_;                          // of the difference, row by row
    std::array<float, kMost> here_{}, base_{};           // what decode() made of a block
};

/// How many rows span all but `rest` of the squares of a matrix; most + 1 when `most` of them do not. 0 for a matrix of zeros.
std::uint64_t numerical_rank(const std::vector<float>& matrix, std::size_t rows, std::size_t columns, double rest, std::size_t most);

}  // namespace headgate::formats
