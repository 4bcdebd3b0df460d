#include "formats/protobuf.hpp"

#include <bitset>
#include <vector>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kSmallWindow = 4U << 10U;
constexpr std::uint64_t kLargeWindow = 1U << 20U;
constexpr std::uint32_t kMostFieldNumber = (1U << 29U) - 1;

bool is_number(ProtoType type) {
    return type == ProtoType::integer || type == ProtoType::fixed32 || type == ProtoType::fixed64;
}

ProtoWire wire_of(ProtoType type) {
    switch (type) {
        case ProtoType::integer: return ProtoWire::varint;
        case ProtoType::fixed32: return ProtoWire::fixed32;
        case ProtoType::fixed64: return ProtoWire::fixed64;
        case ProtoType::text:
        case ProtoType::bytes:
        case ProtoType::message: break;
    }
    return ProtoWire::bytes;
}

bool wire_fits(const ProtoRow& row, ProtoWire wire) {
    return wire == wire_of(row.type) || (row.many && is_number(row.type) && wire == ProtoWire::bytes);
}

std::string field_of(const ProtoSchema& schema, const ProtoField& field) {
    const ProtoRow* const row = schema.find(field.number);
    return "field " + std::to_string(field.number) + (row == nullptr ? "" : " (" + std::string(row->name) + ")") + " of " +
           std::string(schema.name);
}

}  // namespace

const ProtoRow* ProtoSchema::find(std::uint32_t number) const {
    for (const ProtoRow& row : rows) {
        if (row.number == number) return &row;
    }
    return nullptr;
}

ProtoInput::ProtoInput(ByteSource& source, Budget& budget) : source_(source), budget_(budget) {
    if (source.size() > kMostBytes) fail(0, "it is larger than 2 GiB, which no protobuf is");
}

void ProtoInput::fail(std::uint64_t at, std::string problem) {
    if (!problem_.empty()) return;
    problem_ = std::move(problem);
    problem_at_ = at;
}

void ProtoInput::give_up(std::uint64_t at, std::string problem) {
    if (problem_.empty()) gave_up_ = true;
    fail(at, std::move(problem));
}

bool ProtoInput::step() {
    if (!ok()) return false;
    if (!budget_.step()) give_up(window_at_, "it has more fields than the limit allows");
    return ok();
}

// Small windows behind a jump (tensors are passed over), growing ones where reading goes on.
std::optional<ByteView> ProtoInput::window(std::uint64_t at, std::uint64_t count) {
    const std::uint64_t window_end = window_at_ + window_.size();
    if (at < window_at_ || at > window_end || count > window_end - at) {
        if (at > source_.size() || count > source_.size() - at) return std::nullopt;
        const bool goes_on = at >= window_at_ && at <= window_end;
        next_window_ = goes_on ? std::min(std::max(2 * next_window_, kSmallWindow), kLargeWindow) : kSmallWindow;
        const auto bytes = source_.view(at, std::min(std::max(count, next_window_), source_.size() - at));
        if (!bytes) {
            give_up(at, "more of it must be held in memory than the limit allows");
            return std::nullopt;
        }
        window_ = *bytes;
        window_at_ = at;
    }
    return window_.subspan(static_cast<std::size_t>(at - window_at_), static_cast<std::size_t>(count));
}

std::optional<std::uint64_t> ProtoInput::varint(std::uint64_t& at, std::uint64_t end) {
    if (!ok()) return std::nullopt;
    const auto bytes = window(at, std::min<std::uint64_t>(end - at, 10));
    if (!bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes->size(); ++i) {
        const std::uint8_t byte = (*bytes)[i];
        if (i == 9 && byte > 1) break;  // beyond 64 bits
        value |= std::uint64_t{byte & 0x7fU} << (7 * i);
        if ((byte & 0x80U) != 0) continue;
        if (byte == 0 && i > 0) {
            fail(at, "a number is written longer than it must be");
            return std::nullopt;
        }
        at += i + 1;
        return value;
    }
    fail(at, bytes->size() < 10 ? "a number is cut off" : "a number is longer than ten bytes");
    return std::nullopt;
}

std::optional<std::uint64_t> ProtoInput::fixed(std::uint64_t& at, std::uint64_t end, std::uint64_t width) {
    if (!ok()) return std::nullopt;
    if (width > end - at) {
        fail(at, "a number is cut off");
        return std::nullopt;
    }
    const auto bytes = window(at, width);
    if (!bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes->size(); ++i) value |= std::uint64_t{(*bytes)[i]} << (8 * i);
    at += width;
    return value;
}

std::optional<ByteView> ProtoInput::view(ByteRange range) {
    if (!ok()) return std::nullopt;
    if (range.size() > kMostText) {
        give_up(range.begin, "a text is longer than " + std::to_string(kMostText) + " bytes");
        return std::nullopt;
    }
    if (range.size() == 0) return ByteView{};
    return window(range.begin, range.size());
}

std::string ProtoInput::text(const ProtoField& field) {
    const auto bytes = view(field.bytes);
    return bytes ? to_valid_utf8(as_text(*bytes)) : std::string();
}

std::optional<ProtoField> ProtoMessage::next() {
    if (at_ >= end_ || !input_.step()) return std::nullopt;
    ProtoField field;
    field.at = at_;
    const auto tag = input_.varint(at_, end_);
    if (!tag) return std::nullopt;
    if (*tag >> 3U == 0 || *tag >> 3U > kMostFieldNumber) {
        input_.fail(field.at, "a field has the number " + std::to_string(*tag >> 3U));
        return std::nullopt;
    }
    field.number = static_cast<std::uint32_t>(*tag >> 3U);
    field.wire = static_cast<ProtoWire>(*tag & 7U);
    std::optional<std::uint64_t> value;
    switch (field.wire) {
        case ProtoWire::varint:
        case ProtoWire::bytes: value = input_.varint(at_, end_); break;
        case ProtoWire::fixed64: value = input_.fixed(at_, end_, 8); break;
        case ProtoWire::fixed32: value = input_.fixed(at_, end_, 4); break;
        default: input_.fail(field.at, "a field has the wire type " + std::to_string(*tag & 7U)); break;
    }
    if (!value) return std::nullopt;
    field.value = *value;
    if (field.wire == ProtoWire::bytes) {
        if (*value > end_ - at_) {
            input_.fail(field.at, "field " + std::to_string(field.number) + " claims " + std::to_string(*value) + " bytes, of which " +
                                      std::to_string(end_ - at_) + " are there");
            return std::nullopt;
        }
        field.bytes = {at_, at_ + *value};
        at_ += *value;
    }
    return field;
}

std::uint64_t count_numbers(ProtoInput& input, const ProtoField& field, ProtoType type) {
    if (field.wire != ProtoWire::bytes) return 1;
    if (type != ProtoType::integer) {
        const std::uint64_t width = type == ProtoType::fixed32 ? 4 : 8;
        if (field.bytes.size() % width != 0) input.fail(field.at, "packed numbers are cut off");
        return field.bytes.size() / width;
    }
    std::uint64_t count = 0;
    for_each_integer(input, field, [&](std::uint64_t) { ++count; });
    return count;
}

bool check_message(ProtoInput& input, ByteRange range, const ProtoSchema& schema, const ProtoVisit& visit) {
    struct Frame {
        const ProtoSchema* schema;
        ProtoMessage message;
        std::bitset<kProtoRows> seen;
    };
    if (visit) visit(schema, range);
    std::vector<Frame> open = {{&schema, {input, range}, {}}};
    while (!open.empty() && input.ok()) {
        Frame& frame = open.back();
        const auto field = frame.message.next();
        if (!field) {
            open.pop_back();
            continue;
        }
        const ProtoRow* const row = frame.schema->find(field->number);
        if (row == nullptr && field->number >= frame.schema->extensions_from) continue;
        if (row == nullptr) {
            input.fail(field->at, field_of(*frame.schema, *field) + " is none that is known");
            continue;
        }
        if (!wire_fits(*row, field->wire)) {
            input.fail(field->at, field_of(*frame.schema, *field) + " has the wire type of something else");
            continue;
        }
        const auto place = static_cast<std::size_t>(row - frame.schema->rows.data());
        if (!row->many && frame.seen[place]) {
            input.fail(field->at, field_of(*frame.schema, *field) + " stands there twice");
            continue;
        }
        frame.seen[place] = true;
        if (is_number(row->type) && field->wire == ProtoWire::bytes) count_numbers(input, *field, row->type);
        if (row->type != ProtoType::message) continue;
        if (open.size() >= kProtoDepth) {
            input.fail(field->at, "messages are nested deeper than " + std::to_string(kProtoDepth));
            continue;
        }
        if (visit) visit(*row->message, field->bytes);
        open.push_back({row->message, {input, field->bytes}, {}});
    }
    return input.ok();
}

std::optional<std::uint64_t> fits_outline(ByteSource& source, const ProtoSchema& schema) {
    constexpr std::uint64_t kFields = 100'000;  // of the top level; a reader that is sure of itself needs no more
    Limits limits;
    limits.steps = kFields;
    Budget budget(limits);
    ProtoInput input(source, budget);
    ProtoMessage message(input, input.whole());
    std::uint64_t seen = 0;
    while (const auto field = message.next()) {
        const ProtoRow* const row = schema.find(field->number);
        if (row == nullptr || !wire_fits(*row, field->wire)) return std::nullopt;
        seen |= std::uint64_t{1} << static_cast<unsigned>(row - schema.rows.data());
    }
    if (!input.ok() && !budget.exhausted()) return std::nullopt;
    return seen;
}

bool has_row(const ProtoSchema& schema, std::uint64_t seen, std::uint32_t number) {
    const ProtoRow* const row = schema.find(number);
    return row != nullptr && (seen >> static_cast<unsigned>(row - schema.rows.data()) & 1U) != 0;
}

Examined refuse_protobuf(const ProtoInput& input, std::string_view area, ParseContext& context) {
    if (input.gave_up()) {
        context.unscannable(area, input.problem(), context.at(input.problem_at()));
        return Examined::partly;
    }
    context.finding(std::string(area) + ".malformed", Severity::high, input.problem(), context.at(input.problem_at()),
                    "Readers differ on what such bytes mean, so that one loads what another has not seen.",
                    "Export the model anew with a current version of its tool.");
    return Examined::partly;
}

}  // namespace headgate::formats
