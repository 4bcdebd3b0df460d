// protobuf.hpp: the protobuf wire format (protobuf.dev, "Encoding"), read with bounds and against a table of what a message
// may hold.
//
//   message = (tag value)*      tag = varint(number << 3 | wire)
//   wire 0 varint, 1 eight bytes, 2 varint length and bytes (text, bytes, message, packed numbers), 5 four bytes
//
// Refused: groups (wire 3 and 4, out of use since 2008), a varint over ten bytes or longer than it must be, field number 0, a
// length beyond its parent, messages deeper than `kProtoDepth`, anything over 2 GiB (no writer makes it: lengths are int32).
//
// Nothing is copied: a value of wire 2 is a range of the source, and only what is asked for with `view` or `text` is held.
// The first problem stays with the ProtoInput, and from then on every read answers nullopt: loops end by themselves, and one
// look at `ok()` behind them suffices.
//
// A parser first calls `check_message`: unknown fields, wrong wire types, and singular fields that stand twice (of which some
// readers take the first, some the last, some a mixture) are problems. After it, ProtoMessage walks what is known to fit, no
// deeper than kProtoDepth, so that functions that follow the messages may call themselves.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "formats/parser.hpp"

namespace headgate::formats {

inline constexpr std::uint32_t kProtoDepth = 100;  // as the reference implementation's readers have it

inline constexpr std::size_t kProtoRows = 192;

/// A part of the source.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t size() const { return end - begin; }
};

enum class ProtoWire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// What a table says of a field: `integer` is a varint of any kind, enums and bools too.
enum class ProtoType : std::uint8_t { integer, fixed32, fixed64, text, bytes, message };

struct ProtoSchema;
struct ProtoRow {
    std::uint32_t number = 0;
    std::string_view name;
    ProtoType type = ProtoType::integer;
    bool many = false;                         // repeated; numbers may then be packed
    const ProtoSchema* message = nullptr;      // of ProtoType::message
};
struct ProtoSchema {
    std::string_view name;
    std::span<const ProtoRow> rows;            // at most kProtoRows; 64 in one that fits_outline() is asked about
    std::uint32_t extensions_from = UINT32_MAX;  // fields from this number on are let be: extensions, whatever they are
    const ProtoRow* find(std::uint32_t number) const;
};

/// A field as it stands there.
struct ProtoField {
    std::uint32_t number = 0;
    ProtoWire wire = ProtoWire::varint;
    std::uint64_t value = 0;                   // of a varint or fixed one
    ByteRange bytes;                           // of ProtoWire::bytes: the content
    std::uint64_t at = 0;                      // offset of the tag
};

class ProtoInput {
  public:
    static constexpr std::uint64_t kMostBytes = (std::uint64_t{1} << 31U) - 1;
    static constexpr std::uint64_t kMostText = 16U << 20U;

    ProtoInput(ByteSource& source, Budget& budget);

    ByteRange whole() const { return {0, source_.size()}; }
    bool ok() const { return problem_.empty(); }
    const std::string& problem() const { return problem_; }
    std::uint64_t problem_at() const { return problem_at_; }
    /// The budget ran out or the source could not be read: nothing is known to be wrong with the bytes.
    bool gave_up() const { return gave_up_; }
    ByteSource& source() { return source_; }

    /// Records a problem unless there is one already.
    void fail(std::uint64_t at, std::string problem);
    bool step();

    std::optional<std::uint64_t> varint(std::uint64_t& at, std::uint64_t end);
    /// `width` bytes, little-endian.
    std::optional<std::uint64_t> fixed(std::uint64_t& at, std::uint64_t end, std::uint64_t width);
    /// A range of at most kMostText bytes.
    std::optional<ByteView> view(ByteRange range);
    /// The same as text, made valid UTF-8; "" after a problem.
    std::string text(const ProtoField& field);

  private:
    std::optional<ByteView> window(std::uint64_t at, std::uint64_t count);
    void give_up(std::uint64_t at, std::string problem);

    ByteSource& source_;
    Budget& budget_;
    ByteView window_;
    std::uint64_t window_at_ = 0;
    std::uint64_t next_window_ = 0;
    std::string problem_;
    std::uint64_t problem_at_ = 0;
    bool gave_up_ = false;
};

/// Reads the fields of one message, forward.
class ProtoMessage {
  public:
    ProtoMessage(ProtoInput& input, ByteRange range) : input_(input), at_(range.begin), end_(range.end) {}
    /// nullopt at the end, and after any problem.
    std::optional<ProtoField> next();

  private:
    ProtoInput& input_;
    std::uint64_t at_;
    std::uint64_t end_;
};

/// Told of each message of a tree before what is in it is checked: reading it may fail, which ends the check too.
using ProtoVisit = std::function<void(const ProtoSchema& schema, ByteRange message)>;

/// The whole tree below a message against its tables, the message itself first. False after a problem.
bool check_message(ProtoInput& input, ByteRange range, const ProtoSchema& schema, const ProtoVisit& visit = {});

/// The fields of the top level alone: known numbers with the right wire types, to the end. For sniffing; messages within are
/// not looked into. nullopt when they do not fit, else a bit for each row that is there, in the order of the table.
std::optional<std::uint64_t> fits_outline(ByteSource& source, const ProtoSchema& schema);

/// Whether the row of field `number` is among those that fits_outline() saw.
bool has_row(const ProtoSchema& schema, std::uint64_t seen, std::uint32_t number);

/// How many numbers a repeated numeric field brings: one, or those that are packed in it.
std::uint64_t count_numbers(ProtoInput& input, const ProtoField& field, ProtoType type);

/// Calls `take(number)` for each varint of a repeated field, packed or not.
template <typename Take>
void for_each_integer(ProtoInput& input, const ProtoField& field, Take take) {
    if (field.wire == ProtoWire::varint) return take(field.value);
    for (std::uint64_t at = field.bytes.begin; at < field.bytes.end;) {
        const auto value = input.varint(at, field.bytes.end);
        if (!value || !input.step()) return;
        take(*value);
    }
}

/// Says why the input was not read to its end: `<area>.malformed`, or `<area>.unscannable` when it gave up.
Examined refuse_protobuf(const ProtoInput& input, std::string_view area, ParseContext& context);

}  // namespace headgate::formats
