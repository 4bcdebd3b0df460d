// flatbuffer.hpp: FlatBuffers read in place and bounded: tables by their vtables, vectors, texts (flatbuffers.dev, "Internals").
// Nothing is trusted: every offset, length and vtable is checked against the source, and every step costs one of the budget.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/limits.hpp"
#include "base/source.hpp"

namespace headgate::formats {

/// After a failure nothing can be read any more: every answer is absent, and problem() says what was wrong first and where.
class FlatReader {
  public:
    struct Table {
        std::uint64_t at = 0;          // 0: absent (no table stands at the root offset's own place)
        std::uint64_t vtable = 0;
        std::uint16_t vtable_bytes = 0;
        std::uint16_t bytes = 0;       // of the table's own fields, its offset to the vtable among them
        explicit operator bool() const { return at != 0; }
    };
    struct Vector {
        std::uint64_t at = 0;          // of the first element; 0: absent
        std::uint32_t count = 0;
        explicit operator bool() const { return at != 0; }
    };

    FlatReader(ByteSource& source, Budget& budget) : source_(source), budget_(budget) {}

    Table root();
    /// The field's own value, `fallback` where it is left out.
    template <typename T>
    T scalar(const Table& table, unsigned field, T fallback) {
        const std::uint64_t at = place(table, field, sizeof(T));
        if (at == 0) return fallback;
        const auto bytes = source_.view(at, sizeof(T));
        if (!bytes) return fail("a field lies outside the file", at), fallback;
        T value;
        std::memcpy(&value, bytes->data(), sizeof(T));
        return value;
    }
    Table table(const Table& parent, unsigned field);
    /// Elements of `width` bytes each, all of which lie inside the source.
    Vector vector(const Table& parent, unsigned field, std::uint64_t width);
    /// Element of a vector of tables.
    Table item(const Vector& vector, std::uint32_t index);
    /// Element of a vector of 32-bit numbers.
    std::int32_t number(const Vector& vector, std::uint32_t index);
    /// At most 64 KiB; valid while the source lives.
    std::string_view text(const Table& parent, unsigned field);
    /// Element of a vector of texts.
    std::string_view text_item(const Vector& vector, std::uint32_t index);
    /// All bytes of a vector whose elements have `width` of them; costs a step for each element. Empty after a failure.
    ByteView bytes(const Vector& vector, std::uint64_t width);
    /// Takes note of a table whose fields nobody here knows: of whatever any of them may lead to.
    void visit_unknown(const Table& table);

    /// Behind the last byte of all that was read so far; and of what unknown fields may lead to besides.
    std::uint64_t reached() const { return reached_; }
    std::uint64_t may_reach() const { return std::max(reached_, may_reach_); }
    void reach(std::uint64_t end) { reached_ = std::max(reached_, end); }

    bool failed() const { return failed_; }
    bool out_of_budget() const { return out_of_budget_; }
    const std::string& problem() const { return problem_; }
    std::uint64_t problem_at() const { return problem_at_; }
    void fail(std::string problem, std::uint64_t at);

  private:
    std::uint64_t place(const Table& table, unsigned field, std::uint64_t width);
    std::uint64_t target(std::uint64_t at);
    Vector vector_at(std::uint64_t there, std::uint64_t width);
    std::string_view text_of(const Vector& letters);
    Table table_at(std::uint64_t at);
    std::optional<std::uint32_t> u32(std::uint64_t at);
    std::optional<std::uint16_t> u16(std::uint64_t at);

    ByteSource& source_;
    Budget& budget_;
    std::uint64_t reached_ = 0;
    std::uint64_t may_reach_ = 0;
    bool failed_ = false;
    bool out_of_budget_ = false;
    std::string problem_;
    std::uint64_t problem_at_ = 0;
};

}  // namespace headgate::formats
