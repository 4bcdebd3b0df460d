// pickle_value.hpp: values of the symbolic pickle machine in 8 bytes each: a kind and a payload. A literal is the offset
// of its opcode (the text is read again when somebody asks); a tuple is a place in a bounded ring of recent items. So
// memory follows the depth of the stack and the memo, never the size of the data.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace headgate::formats {

class Value {
  public:
    enum class Kind : std::uint8_t {
        unknown,      // nothing can be said: an extension, an out-of-band buffer
        none,
        boolean,
        integer,      // payload: 55 bits, signed
        big_integer,  // payload: offset of the opcode
        real,
        text,         // str literal; payload: offset of the opcode
        bytes,        // bytes or bytearray literal; payload: offset of the opcode
        tuple,        // payload: place in TupleRing
        list,         // payload: serial number
        dict,
        set,
        frozen_set,
        global,       // payload: number of the import
        object,       // result of a call; payload: number of the class or callable << 32 | serial number
        persistent,   // what persistent_load returns
    };
    static constexpr std::uint64_t kPayload = (1ULL << 55U) - 1;
    static constexpr std::uint64_t kShared = 1ULL << 55U;      // fetched from the memo: a second path to a container
    static constexpr std::uint64_t kDunder = 1ULL << 54U;      // of text: begins "__"
    static constexpr std::uint64_t kFilled = 1ULL << 53U;      // of a dict on the stack: an opcode has filled it already
    static constexpr std::uint64_t kOffset = (1ULL << 48U) - 1;
    static constexpr std::uint32_t kNoGlobal = (1U << 22U) - 1;

    constexpr Value() = default;
    constexpr Value(Kind kind, std::uint64_t payload)
        : bits_((static_cast<std::uint64_t>(kind) << 56U) | (payload & kPayload)) {}
    static constexpr Value of_integer(std::int64_t value) { return {Kind::integer, static_cast<std::uint64_t>(value)}; }
    static constexpr Value of_object(std::uint32_t callee, std::uint32_t serial) {
        return {Kind::object, (static_cast<std::uint64_t>(callee) << 32U) | serial};
    }

    Kind kind() const { return static_cast<Kind>(bits_ >> 56U); }
    bool is(Kind kind) const { return this->kind() == kind; }
    std::uint64_t payload() const { return bits_ & kPayload; }
    std::uint64_t offset() const { return bits_ & kOffset; }
    std::int64_t integer() const { return static_cast<std::int64_t>(bits_ << 9U) >> 9; }
    static bool fits(std::int64_t value) { return value >= -(1LL << 54U) && value < (1LL << 54U); }
    /// Number of the callee of an object or of the global itself, kNoGlobal when it was not a plain import.
    std::uint32_t callee() const {
        if (is(Kind::global)) return static_cast<std::uint32_t>(payload());
        if (is(Kind::object)) return static_cast<std::uint32_t>(payload() >> 32U);
        return kNoGlobal;
    }
    bool is_container() const { return kind() >= Kind::tuple && kind() <= Kind::frozen_set; }
    bool dunder() const { return is(Kind::text) && (bits_ & kDunder) != 0; }
    bool shared() const { return (bits_ & kShared) != 0; }
    Value as_shared() const {
        Value copy = *this;
        copy.bits_ |= kShared;
        return copy;
    }
    bool filled() const { return is(Kind::dict) && (bits_ & kFilled) != 0; }
    Value as_filled() const {
        Value copy = *this;
        if (is(Kind::dict)) copy.bits_ |= kFilled;
        return copy;
    }
    /// Identity: equal for the same object, however it was fetched.
    std::uint64_t identity() const { return bits_ & ~(is(Kind::dict) ? kShared | kFilled : kShared); }

  private:
    std::uint64_t bits_ = 0;
};
static_assert(sizeof(Value) == 8);

/// The items of recent tuples, at most kItems of each. Arguments are built right before they are used, so older tuples
/// may be forgotten; whoever asks for a forgotten one gets nothing and has to assume the worst.
class TupleRing {
  public:
    static constexpr std::uint64_t kSlots = 1ULL << 20U;
    static constexpr std::uint32_t kItems = 32;
    static constexpr std::uint64_t kEmpty = Value::kOffset;

    /// Adds a tuple of the values [first, first + count).
    Value add(const Value* first, std::size_t count) {
        if (count == 0) return {Value::Kind::tuple, kEmpty};
        std::uint32_t depth = 0;
        const std::uint64_t place = head_;
        push(Value());
        for (std::size_t i = 0; i < count; ++i) {
            if (first[i].is(Value::Kind::tuple)) depth = std::max(depth, depth_of(first[i]));
            if (i < kItems) push(first[i]);
        }
        const auto stored = static_cast<std::uint64_t>(std::min<std::size_t>(count, 0xffffffffU));
        slots_[place % kSlots] = Value(Value::Kind::integer, (static_cast<std::uint64_t>(depth + 1) << 32U) | stored);
        return {Value::Kind::tuple, place};
    }
    /// The items; false if the tuple is forgotten or has more than kItems.
    bool items(Value tuple, std::vector<Value>& out) const {
        out.clear();
        if (!tuple.is(Value::Kind::tuple)) return false;
        if (tuple.offset() == kEmpty) return true;
        if (!known(tuple)) return false;
        const std::uint64_t count = slots_[tuple.offset() % kSlots].payload() & 0xffffffffU;
        if (count > kItems) return false;
        for (std::uint64_t i = 1; i <= count; ++i) out.push_back(slots_[(tuple.offset() + i) % kSlots]);
        return true;
    }
    /// Tuples in tuples, 1 for a flat one.
    std::uint32_t depth_of(Value tuple) const {
        if (tuple.offset() == kEmpty || !known(tuple)) return 0;
        return static_cast<std::uint32_t>((slots_[tuple.offset() % kSlots].payload() >> 32U) & 0x3fffffU);
    }

  private:
    bool known(Value tuple) const { return head_ - tuple.offset() <= kSlots; }
    void push(Value value) {
        if (slots_.size() < kSlots) {
            slots_.push_back(value);
        } else {
            slots_[head_ % kSlots] = value;
        }
        ++head_;
    }
    std::vector<Value> slots_;
    std::uint64_t head_ = 0;
};

}  // namespace headgate::formats
