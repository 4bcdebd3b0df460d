#include "formats/flatbuffer.hpp"

namespace headgate::formats {
namespace {

constexpr std::uint64_t kMostText = 64U << 10U;
constexpr std::uint16_t kVtableHeader = 4;  // its own size, the size of the table

}  // namespace

void FlatReader::fail(std::string problem, std::uint64_t at) {
    if (failed_) return;
    failed_ = true;
    problem_ = std::move(problem);
    problem_at_ = at;
}

std::optional<std::uint32_t> FlatReader::u32(std::uint64_t at) {
    const auto bytes = source_.view(at, 4);
    if (!bytes) return std::nullopt;
    std::uint32_t value = 0;
    std::memcpy(&value, bytes->data(), 4);
    return value;
}

std::optional<std::uint16_t> FlatReader::u16(std::uint64_t at) {
    const auto bytes = source_.view(at, 2);
    if (!bytes) return std::nullopt;
    std::uint16_t value = 0;
    std::memcpy(&value, bytes->data(), 2);
    return value;
}

FlatReader::Table FlatReader::root() {
    const auto offset = u32(0);
    if (!offset || *offset == 0) return fail("it has no root table", 0), Table{};
    return table_at(*offset);
}

FlatReader::Table FlatReader::table_at(std::uint64_t at) {
    if (failed_) return {};
    if (!budget_.step()) {
        out_of_budget_ = true;
        return fail("it has more tables than the limits allow", at), Table{};
    }
    const auto back = u32(at);
    if (!back) return fail("a table lies outside the file", at), Table{};
    const std::int64_t vtable = static_cast<std::int64_t>(at) - static_cast<std::int32_t>(*back);
    if (vtable < 0) return fail("a vtable lies outside the file", at), Table{};
    Table table{at, static_cast<std::uint64_t>(vtable), 0, 0};
    const auto vtable_bytes = u16(table.vtable);
    const auto bytes = vtable_bytes ? u16(table.vtable + 2) : std::nullopt;
    if (!bytes || !source_.view(table.vtable, *vtable_bytes)) return fail("a vtable lies outside the file", at), Table{};
    if (*vtable_bytes < kVtableHeader || *vtable_bytes % 2 != 0) return fail("a vtable has an impossible size", table.vtable), Table{};
    if (*bytes < 4 || !source_.view(at, *bytes)) return fail("a table lies outside the file", at), Table{};
    reach(table.vtable + *vtable_bytes);
    reach(at + *bytes);
    table.vtable_bytes = *vtable_bytes;
    table.bytes = *bytes;
    return table;
}

// Absolute offset of a field, 0 when it is left out.
std::uint64_t FlatReader::place(const Table& table, unsigned field, std::uint64_t width) {
    if (failed_ || !table) return 0;
    const std::uint64_t entry = kVtableHeader + 2ULL * field;
    if (entry + 2 > table.vtable_bytes) return 0;
    const auto offset = u16(table.vtable + entry);
    if (!offset || *offset == 0) return 0;
    if (*offset < 4 || *offset + width > table.bytes) return fail("a field lies outside its table", table.at), 0;
    return table.at + *offset;
}

// Where a forward offset leads.
std::uint64_t FlatReader::target(std::uint64_t at) {
    const auto offset = u32(at);
    if (!offset || *offset == 0 || at + *offset >= source_.size()) return fail("an offset leads outside the file", at), 0;
    return at + *offset;
}

FlatReader::Table FlatReader::table(const Table& parent, unsigned field) {
    const std::uint64_t at = place(parent, field, 4);
    const std::uint64_t there = at == 0 ? 0 : target(at);
    return there == 0 ? Table{} : table_at(there);
}

FlatReader::Vector FlatReader::vector(const Table& parent, unsigned field, std::uint64_t width) {
    const std::uint64_t at = place(parent, field, 4);
    const std::uint64_t there = at == 0 ? 0 : target(at);
    return there == 0 ? Vector{} : vector_at(there, width);
}

FlatReader::Vector FlatReader::vector_at(std::uint64_t there, std::uint64_t width) {
    const auto count = u32(there);
    const std::uint64_t begin = there + 4;
    if (!count || begin > source_.size() || *count > (source_.size() - begin) / width) {
        return fail("a vector is longer than the file", there), Vector{};
    }
    reach(begin + *count * width);
    return {begin, *count};
}

FlatReader::Table FlatReader::item(const Vector& vector, std::uint32_t index) {
    if (failed_ || index >= vector.count) return {};
    const std::uint64_t there = target(vector.at + 4ULL * index);
    return there == 0 ? Table{} : table_at(there);
}

std::int32_t FlatReader::number(const Vector& vector, std::uint32_t index) {
    if (failed_ || index >= vector.count) return 0;
    if (!budget_.step()) {
        out_of_budget_ = true;
        return fail("it has more numbers than the limits allow", vector.at), 0;
    }
    const auto value = u32(vector.at + 4ULL * index);
    if (!value) return fail("a vector is longer than the file", vector.at), 0;
    return static_cast<std::int32_t>(*value);
}

std::string_view FlatReader::text(const Table& parent, unsigned field) { return text_of(vector(parent, field, 1)); }

std::string_view FlatReader::text_item(const Vector& vector, std::uint32_t index) {
    if (failed_ || index >= vector.count) return {};
    if (!budget_.step()) {
        out_of_budget_ = true;
        return fail("it has more texts than the limits allow", vector.at), std::string_view{};
    }
    const std::uint64_t there = target(vector.at + 4ULL * index);
    return there == 0 ? std::string_view{} : text_of(vector_at(there, 1));
}

ByteView FlatReader::bytes(const Vector& vector, std::uint64_t width) {
    if (failed_ || !vector || vector.count == 0) return {};
    const auto all = budget_.step(vector.count) ? source_.view(vector.at, vector.count * width) : std::nullopt;
    if (all) return *all;
    out_of_budget_ = true;
    return fail("it has more elements than the limits allow", vector.at), ByteView{};
}

std::string_view FlatReader::text_of(const Vector& letters) {
    if (!letters) return {};
    if (letters.count > kMostText) return fail("a name is longer than 64 KiB", letters.at), std::string_view{};
    const auto bytes = source_.view(letters.at, letters.count);
    return bytes ? as_text(*bytes) : std::string_view{};
}

void FlatReader::visit_unknown(const Table& table) {
    if (failed_ || !table) return;
    for (unsigned field = 0; kVtableHeader + 2ULL * field + 2 <= table.vtable_bytes; ++field) {
        if (!budget_.step()) {
            out_of_budget_ = true;
            return fail("it has more fields than the limits allow", table.at);
        }
        const auto place = u16(table.vtable + kVtableHeader + 2ULL * field);
        if (!place || *place < 4 || *place % 4 != 0 || *place + 4U > table.bytes) continue;
        const std::uint64_t at = table.at + *place;
        const auto offset = u32(at);
        if (!offset || *offset < 4 || at + *offset + 4 > source_.size()) continue;
        const std::uint64_t there = at + *offset;
        const auto count = u32(there);                        // of a vector, if it is one
        if (!count) continue;
        for (const std::uint64_t width : {std::uint64_t{8}, std::uint64_t{4}, std::uint64_t{1}}) {
            if (*count > (source_.size() - there - 4) / width) continue;
            may_reach_ = std::max(may_reach_, there + 4 + *count * width);
            break;
        }
    }
}

}  // namespace headgate::formats
