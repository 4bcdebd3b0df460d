#include "formats/tensor_values.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "formats/wide.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kLanes = 256;      // sums side by side: a power of two that divides every block

// An IEEE format by its words: without sign, what is not below `infinity` is no finite number.
template <typename Word, Word kSign, Word kInfinity>
struct Layout {
    using word = Word;
    static constexpr Word infinity = kInfinity;
    static constexpr Word magnitude(Word bits) { return static_cast<Word>(bits & static_cast<Word>(~kSign)); }
};
struct Bf16 : Layout<std::uint16_t, 0x8000, 0x7F80> {
    using sum = float;
    // Squares of what lies between neither overflow nor vanish in a float.
    static constexpr std::uint16_t smallest = 0x2680, largest = 0x5D80;      // 2^-50, 2^60
    [[gnu::always_inline]] static float value(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U); }
};
struct F16 : Layout<std::uint16_t, 0x8000, 0x7C00> {
    using sum = float;
    static constexpr std::uint16_t smallest = 0, largest = 0x7BFF;
    [[gnu::always_inline]] static float value(std::uint16_t bits) {           // subnormals too: the factor moves the exponent
        const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16U;
        const float scaled = std::bit_cast<float>(static_cast<std::uint32_t>(bits & 0x7FFFU) << 13U) * 0x1p112F;
        return std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | sign);
    }
};
struct F32 : Layout<std::uint32_t, 0x80000000U, 0x7F800000U> {
    using sum = double;
    static constexpr std::uint32_t smallest = 0, largest = 0x7F7FFFFFU;
    [[gnu::always_inline]] static float value(std::uint32_t bits) { return std::bit_cast<float>(bits); }
};
struct F64 : Layout<std::uint64_t, 0x8000000000000000U, 0x7FF0000000000000U> {
    using sum = double;
    static constexpr std::uint64_t smallest = 0x2170000000000000U, largest = 0x5DD0000000000000U;  // 2^-488, 2^478
    [[gnu::always_inline]] static double value(std::uint64_t bits) { return std::bit_cast<double>(bits); }
};

// The largest magnitude as bits (for IEEE formats their order is that of the values), and how many are zero.
template <typename Type>
struct Survey {
    using Word = typename Type::word;
    using Signed = std::make_signed_t<Word>;   // magnitudes fit, and every processor compares these
    struct Found { Word largest, zeros; };
    [[gnu::always_inline]] static void run(const Word* words, std::size_t count, Found* found) {
        Signed largest = 0;
        Word zeros = 0;                         // a block has fewer values than the smallest word can count
        for (std::size_t i = 0; i < count; ++i) {
            const auto bits = static_cast<Signed>(Type::magnitude(words[i]));
            largest = std::max(largest, bits);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const Word zero = Type::magnitude(words[i]) == 0 ? Word{1} : Word{0};
            zeros = static_cast<Word>(zeros + zero);
        }
        *found = {static_cast<Word>(largest), zeros};
    }
};

template <typename Type>
struct Squares {
    using Sum = typename Type::sum;
    [[gnu::always_inline]] static void run(const typename Type::word* words, std::size_t count, Sum* lanes) {
        std::size_t at = 0;
        for (; at + kLanes <= count; at += kLanes) {
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                const auto value = static_cast<Sum>(Type::value(words[at + lane]));
                lanes[lane] += value * value;
            }
        }
        for (; at < count; ++at) {
            const auto value = static_cast<Sum>(Type::value(words[at]));
            lanes[at % kLanes] += value * value;
        }
    }
};

// One block: the quick sum where nothing in it is out of the ordinary, else value by value.
template <typename Type>
void tally(const std::uint8_t* bytes, std::size_t count, TensorStatistics& found, double& squares) {
    using Word = typename Type::word;
    const Word* const words = reinterpret_cast<const Word*>(bytes);  // the block is aligned for every word
    typename Survey<Type>::Found surveyed{};
    run_kernel<Survey<Type>>(words, count, &surveyed);
    found.values += count;
    found.zeros += surveyed.zeros;
    if (surveyed.largest == 0) return;
    if (surveyed.largest >= Type::smallest && surveyed.largest <= Type::largest) {
        found.largest = std::max(found.largest, static_cast<double>(Type::value(surveyed.largest)));
        std::array<typename Type::sum, kLanes> lanes{};
        run_kernel<Squares<Type>>(words, count, lanes.data());
        for (const auto lane : lanes) squares += static_cast<double>(lane);
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Word bits = Type::magnitude(words[i]);
        if (bits >= Type::infinity) {
            ++(bits == Type::infinity ? found.infinite : found.nan);
            continue;
        }
        const double value = static_cast<double>(Type::value(bits));
        found.largest = std::max(found.largest, value);
        squares += value * value;
    }
}

// Eight-bit floats (OCP FP8): E4M3 has no infinity and one NaN, E5M2 both.
struct F8 {
    bool e4m3;
    bool is_nan(std::uint8_t bits) const { return (bits & 0x7FU) > 0x7CU && (!e4m3 || (bits & 0x7FU) == 0x7FU); }
    bool is_infinite(std::uint8_t bits) const { return !e4m3 && (bits & 0x7FU) == 0x7CU; }
    float value(std::uint8_t bits) const {
        const unsigned fraction_bits = e4m3 ? 3 : 2;
        const int bias = e4m3 ? 7 : 15;
        const unsigned exponent = (bits & 0x7FU) >> fraction_bits;
        const unsigned fraction = bits & ((1U << fraction_bits) - 1U);
        const unsigned significand = exponent == 0 ? fraction : fraction + (1U << fraction_bits);
        const int scale = std::max(static_cast<int>(exponent), 1) - bias - static_cast<int>(fraction_bits);
        const float magnitude = is_nan(bits)        ? std::numeric_limits<float>::quiet_NaN()
                                : is_infinite(bits) ? std::numeric_limits<float>::infinity()
                                                    : std::ldexp(static_cast<float>(significand), scale);
        return (bits & 0x80U) != 0 ? -magnitude : magnitude;
    }
};

void tally_f8(F8 type, const std::uint8_t* bytes, std::size_t count, TensorStatistics& found, double& squares) {
    std::array<std::uint32_t, 256> times{};
    for (std::size_t i = 0; i < count; ++i) ++times[bytes[i]];
    found.values += count;
    for (std::size_t bits = 0; bits < times.size(); ++bits) {
        if (times[bits] == 0) continue;
        const auto byte = static_cast<std::uint8_t>(bits);
        if (type.is_nan(byte)) {
            found.nan += times[bits];
        } else if (type.is_infinite(byte)) {
            found.infinite += times[bits];
        } else {
            const double value = static_cast<double>(type.value(byte));
            if (value == 0) found.zeros += times[bits];
            found.largest = std::max(found.largest, std::abs(value));
            squares += value * value * times[bits];
        }
    }
}

template <typename Type>
struct Decode {
    [[gnu::always_inline]] static void run(const std::uint8_t* bytes, std::size_t count, float* values) {
        for (std::size_t i = 0; i < count; ++i) {
            typename Type::word bits;
            std::memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
            values[i] = static_cast<float>(Type::value(bits));
        }
    }
};
// An infinity or NaN of F16 has an exponent of its own, which the factor does not make all ones.
struct DecodeF16 {
    [[gnu::always_inline]] static void run(const std::uint8_t* bytes, std::size_t count, float* values) {
        for (std::size_t i = 0; i < count; ++i) {
            std::uint16_t bits;
            std::memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
            const std::uint32_t special = F16::magnitude(bits) >= F16::infinity ? 0x7F800000U : 0U;
            values[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(F16::value(bits)) | special);
        }
    }
};

struct RoundBf16 {
    [[gnu::always_inline]] static void run(float* values, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto bits = std::bit_cast<std::uint32_t>(values[i]);
            const bool nan = (bits & 0x7FFFFFFFU) > 0x7F800000U;
            const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) & 0xFFFF0000U;
            values[i] = std::bit_cast<float>(nan ? (bits | 0x00400000U) & 0xFFFF0000U : rounded);
        }
    }
};

// To a multiple of the last place that F16 has at this magnitude; adding and taking away a power of two rounds to it.
float round_f16(float value) {
    const float magnitude = std::fabs(value);
    if (std::isnan(value)) return value;
    if (magnitude >= 65520.0F) return std::copysign(std::numeric_limits<float>::infinity(), value);
    int exponent = 0;
    std::frexp(magnitude, &exponent);
    const float place = std::ldexp(1.0F, std::max(exponent - 11, -24));
    return std::copysign(std::nearbyint(magnitude / place) * place, value);
}

}  // namespace

std::optional<ValueType> value_type(std::string_view dtype) {
    struct Name {
        std::string_view name;
        ValueType type;
    };
    static constexpr std::array<Name, 15> kNames = {{{"BF16", ValueType::bf16},
                                                     {"F16", ValueType::f16},
                                                     {"F32", ValueType::f32},
                                                     {"F64", ValueType::f64},
                                                     {"F8_E4M3", ValueType::f8_e4m3},
                                                     {"F8_E5M2", ValueType::f8_e5m2},
                                                     {"<f2", ValueType::f16},
                                                     {"<f4", ValueType::f32},
                                                     {"<f8", ValueType::f64},
                                                     {"BFloat16Storage", ValueType::bf16},
                                                     {"HalfStorage", ValueType::f16},
                                                     {"FloatStorage", ValueType::f32},
                                                     {"DoubleStorage", ValueType::f64},
                                                     {"Float8_e4m3fnStorage", ValueType::f8_e4m3},
                                                     {"Float8_e5m2Storage", ValueType::f8_e5m2}}};
    const auto known = std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.name == dtype; });
    return known == kNames.end() ? std::nullopt : std::optional(known->type);
}

std::size_t value_size(ValueType type) {
    switch (type) {
        case ValueType::bf16:
        case ValueType::f16: return 2;
        case ValueType::f32: return 4;
        case ValueType::f64: return 8;
        case ValueType::f8_e4m3:
        case ValueType::f8_e5m2: break;
    }
    return 1;
}

void ValueTally::add(ByteView bytes) {
    while (!bytes.empty()) {
        const std::size_t length = std::min(bytes.size(), kBlockBytes - held_);
        std::memcpy(block_.data() + held_, bytes.data(), length);
        held_ += length;
        bytes = bytes.subspan(length);
        if (held_ == kBlockBytes) take_block();
    }
}

void ValueTally::take_block() {
    const std::size_t count = held_ / value_size(type_);
    held_ = 0;
    switch (type_) {
        case ValueType::bf16: return tally<Bf16>(block_.data(), count, found_, squares_);
        case ValueType::f16: return tally<F16>(block_.data(), count, found_, squares_);
        case ValueType::f32: return tally<F32>(block_.data(), count, found_, squares_);
        case ValueType::f64: return tally<F64>(block_.data(), count, found_, squares_);
        case ValueType::f8_e4m3: return tally_f8({true}, block_.data(), count, found_, squares_);
        case ValueType::f8_e5m2: return tally_f8({false}, block_.data(), count, found_, squares_);
    }
}

TensorStatistics ValueTally::finish() {
    take_block();
    found_.norm = std::min(std::sqrt(squares_), std::numeric_limits<double>::max());
    return found_;
}

void decode_values(ValueType type, const std::uint8_t* bytes, std::size_t count, float* values) {
    switch (type) {
        case ValueType::bf16: return run_kernel<Decode<Bf16>>(bytes, count, values);
        case ValueType::f16: return run_kernel<DecodeF16>(bytes, count, values);
        case ValueType::f32: std::memcpy(values, bytes, count * sizeof(float)); return;
        case ValueType::f64: return run_kernel<Decode<F64>>(bytes, count, values);
        case ValueType::f8_e4m3:
        case ValueType::f8_e5m2: break;
    }
    const F8 eight{type == ValueType::f8_e4m3};
    for (std::size_t i = 0; i < count; ++i) values[i] = eight.value(bytes[i]);
}

bool round_values(ValueType type, float* values, std::size_t count) {
    if (type == ValueType::bf16) run_kernel<RoundBf16>(values, count);
    if (type == ValueType::f16) std::transform(values, values + count, values, round_f16);
    return type == ValueType::bf16 || type == ValueType::f16 || type == ValueType::f32;
}

}  // namespace headgate::formats
