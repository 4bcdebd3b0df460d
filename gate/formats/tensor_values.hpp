// tensor_values.hpp: the values of a tensor, as they stream by: how many are NaN, infinite or zero, their norm, the largest.
//
// Sums run in a fixed order over lanes that are as many on every machine, and no fused multiplication rounds differently: the
// same bytes give the same figures everywhere, to the last bit.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "model/fact.hpp"

namespace headgate::formats {

enum class ValueType { bf16, f16, f32, f64, f8_e4m3, f8_e5m2 };

/// Of a dtype as safetensors, GGUF, NumPy or torch's storages name it; nullopt for integers, quantised blocks and big endian.
std::optional<ValueType> value_type(std::string_view dtype);
std::size_t value_size(ValueType type);

/// Values as they come, in memory of its own that holds one block, wherever the pieces are cut.
class ValueTally {
  public:
    static constexpr std::size_t kBlockBytes = 8192;

    explicit ValueTally(ValueType type) : type_(type) {}
    void add(ByteView bytes);
    /// What was found; bytes behind the last whole value do not count.
    TensorStatistics finish();

  private:
    void take_block();

    ValueType type_;
    std::size_t held_ = 0;
    double squares_ = 0;
    TensorStatistics found_;
    alignas(64) std::array<std::uint8_t, kBlockBytes> block_{};
};

/// Decodes `count` values that lie in `bytes`. What a float cannot hold (of f64) is rounded to it.
void decode_values(ValueType type, const std::uint8_t* bytes, std::size_t count, float* values);

/// Rounds values to the nearest that `type` has, ties to even: what a cast to it makes of them. Of bf16, f16 and f32; else false.
bool round_values(ValueType type, float* values, std::size_t count);

}  // namespace headgate::formats
