#include "formats/tabular.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/arrow_schema.hpp"
#include "formats/tabular_thrift.hpp"

namespace headgate::formats {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kMaxFooter = 256ULL << 20U;
constexpr std::string_view kContinuation = "\xff\xff\xff\xff"sv;

bool begins(ByteSource& source, std::string_view magic) {
    const auto bytes = source.view(0, magic.size());
    return bytes && as_text(*bytes) == magic;
}

Examined refuse(ByteSource& source, ParseContext& context, std::string_view area, std::string message,
                std::uint64_t offset) {
    if (source.failure()) return Examined::partly;
    if (context.budget.exhausted()) {
        context.unscannable(area, "the metadata needs more steps than the limit allows", context.at(offset));
        return Examined::partly;
    }
    context.finding(std::string(area) + ".malformed", Severity::high, std::move(message), context.at(offset),
                    "Readers disagree on a broken frame, and another file can hide in it.",
                    "Write the file again with a current library.");
    return Examined::partly;
}

constexpr std::string_view kSchemaKey = "ARROW:schema";

/// True if the schema could be read and makes no reader unpickle anything; else a finding says why.
bool harmless(const ArrowTypes& types, ByteSource& source, ParseContext& context, std::string_view area, std::uint64_t offset) {
    if (!types.unpickles.empty()) {
        context.finding("arrow.pickled-type", Severity::critical,
                        "field \"" + types.field + "\" has the type " + types.unpickles + ", which readers make by unpickling",
                        context.at(offset),
                        "Reading the table runs what the pickle in its schema or values says (CVE-2023-47248), in pyarrow before 14.0.1 "
                        "and in whatever registers the type.",
                        "Write the table again with plain types; do not open this one.");
        return false;
    }
    if (types.problem.empty()) return true;
    refuse(source, context, area, types.problem, offset);
    return false;
}

std::uint32_t u32le(ByteView bytes) {
    return *Reader(bytes).u32le();
}

// One flatbuffer Message: the value of `bodyLength` (field 3, int64), 0 when absent; nullopt when out of bounds.
std::optional<std::uint64_t> body_length(ByteView message) {
    const auto read = [&](std::uint64_t at, std::size_t size) -> std::optional<std::uint64_t> {
        if (at > message.size() || size > message.size() - at) return std::nullopt;
        std::uint64_t value = 0;
        std::memcpy(&value, message.data() + at, size);
        return value;
    };
    const auto table = read(0, 4);
    const auto back = table ? read(*table, 4) : std::nullopt;
    if (!back) return std::nullopt;
    const std::int64_t vtable =
        static_cast<std::int64_t>(*table) - static_cast<std::int32_t>(static_cast<std::uint32_t>(*back));
    if (vtable < 0) return std::nullopt;
    const auto at = static_cast<std::uint64_t>(vtable);
    const auto size = read(at, 2);
    if (!size || *size < 4) return std::nullopt;
    if (*size < 12) return 0;
    const auto field = read(at + 10, 2);
    if (!field) return std::nullopt;
    if (*field == 0) return 0;
    const auto length = read(*table + *field, 8);
    if (!length || *length > 0x7fff'ffff'ffff'ffffULL) return std::nullopt;
    return length;
}

// Encapsulated messages from `begin` to `end`: FFFFFFFF, u32 metadata length, flatbuffer, body. The length includes
// padding to 8; a length of 0 ends the stream. `stop` gets the place behind the end, `types` what the first schema says that is no
// plain one.
std::optional<std::string> walk_messages(ByteSource& source, std::uint64_t begin, std::uint64_t end, Budget& budget,
                                         std::uint64_t& stop, ArrowTypes& types) {
    std::uint64_t at = begin;
    while (at < end) {
        stop = at;
        const auto head = end - at < 8 ? std::nullopt : source.view(at, 8);
        if (!head || !budget.step()) return "a message header is cut";
        if (as_text(head->first(4)) != kContinuation) return "a message does not begin with its marker";
        const std::uint64_t metadata = u32le(head->subspan(4));
        at += 8;
        if (metadata == 0) {
            stop = at;
            return std::nullopt;
        }
        if (metadata > end - at || metadata > kMaxFooter) return "a message goes past the end";
        const auto message = source.view(at, metadata);
        const auto body = message ? body_length(*message) : std::nullopt;
        if (!body) return "a message is no flatbuffer";
        if (types.unpickles.empty() && types.problem.empty()) {
            SliceSource flat(source, at, metadata);
            types = read_arrow_message(flat, budget);
        }
        at += metadata;
        const std::uint64_t padding = *body % 8 == 0 ? 0 : 8 - *body % 8;
        if (*body > end - at) return "a message body goes past the end";
        at += std::min(*body + padding, end - at);
    }
    stop = at;
    return std::nullopt;
}

Examined parse_arrow_stream(ByteSource& source, ParseContext& context) {
    std::uint64_t stop = 0;
    ArrowTypes types;
    const auto problem = walk_messages(source, 0, source.size(), context.budget, stop, types);
    const bool plain = harmless(types, source, context, "arrow", 0);
    if (problem) return refuse(source, context, "arrow", *problem, stop);
    if (stop != source.size()) {
        return refuse(source, context, "arrow",
                      std::to_string(source.size() - stop) + " bytes stand behind the end of the stream", stop);
    }
    if (!plain) return Examined::partly;
    context.format("arrow", true);
    return Examined::whole;
}

/// Every "ARROW:schema" of the footer: readers take the first or the last.
bool plain_schemas(const std::vector<ThriftPair>& pairs, ByteSource& source, ParseContext& context, std::uint64_t offset) {
    bool plain = true;
    for (const ThriftPair& pair : pairs) {
        if (pair.key != kSchemaKey) continue;
        ArrowTypes types = read_arrow_base64(pair.value, context.budget);
        if (!types.problem.empty()) types.problem = "\"ARROW:schema\": " + types.problem;
        plain = harmless(types, source, context, "parquet", offset) && plain;
    }
    return plain;
}

}  // namespace

bool sniff_parquet(ByteSource& source, std::string_view) {
    return begins(source, "PAR1") || begins(source, "PARE");
}

Examined parse_parquet(ByteSource& source, ParseContext& context) {
    if (begins(source, "PARE")) {
        context.format("parquet");
        context.opaque("an encrypted Parquet file", source.size());
        return Examined::partly;
    }
    const auto tail = source.size() >= 12 ? source.view(source.size() - 8, 8) : std::nullopt;
    if (!tail || as_text(tail->subspan(4)) != "PAR1")
        return refuse(source, context, "parquet", "the file does not end with \"PAR1\"", source.size());
    const std::uint64_t length = u32le(*tail);
    if (length == 0 || length > source.size() - 12) {
        return refuse(source, context, "parquet",
                      "the footer claims " + std::to_string(length) + " bytes, more than there are", source.size() - 8);
    }
    const std::uint64_t at = source.size() - 8 - length;
    const auto footer = length <= kMaxFooter ? source.view(at, length) : std::nullopt;
    if (!footer) {
        if (!source.failure())
            context.unscannable("parquet", "the footer is larger than the limit allows", context.at(at));
        return Examined::partly;
    }
    std::vector<ThriftPair> pairs;
    const auto used = walk_parquet_footer(*footer, context.budget, pairs);
    const bool plain = plain_schemas(pairs, source, context, at);
    if (!used || *used != footer->size())
        return refuse(source, context, "parquet", "the footer is not one Thrift struct", at);
    if (!plain) return Examined::partly;
    context.format("parquet", true);
    return Examined::whole;
}

bool sniff_arrow(ByteSource& source, std::string_view) {
    if (begins(source, "ARROW1"sv)) return true;
    const auto head = source.view(0, 8);
    if (!head || as_text(head->first(4)) != kContinuation) return false;
    const std::uint64_t metadata = u32le(head->subspan(4));
    if (metadata == 0 || metadata % 8 != 0 || metadata > std::min(source.size() - 8, kMaxFooter)) return false;
    const auto message = source.view(8, metadata);
    return message && body_length(*message).has_value();
}

Examined parse_arrow(ByteSource& source, ParseContext& context) {
    if (!begins(source, "ARROW1"sv)) return parse_arrow_stream(source, context);
    const auto head = source.view(0, 8);
    const auto tail = source.size() >= 8 + 4 + 6 ? source.view(source.size() - 10, 10) : std::nullopt;
    if (!head || as_text(*head) != "ARROW1\0\0"sv || !tail || as_text(tail->subspan(4)) != "ARROW1") {
        return refuse(source, context, "arrow", "the file does not begin and end with \"ARROW1\"", 0);
    }
    const std::uint64_t length = u32le(*tail);
    if (length == 0 || length > source.size() - 18) {
        return refuse(source, context, "arrow",
                      "the footer claims " + std::to_string(length) + " bytes, more than there are",
                      source.size() - 10);
    }
    const std::uint64_t footer = source.size() - 10 - length;
    std::uint64_t stop = 0;
    ArrowTypes types;
    const auto problem = walk_messages(source, 8, footer, context.budget, stop, types);
    if (types.unpickles.empty() && types.problem.empty()) {
        SliceSource flat(source, footer, length);
        types = read_arrow_footer(flat, context.budget);
    }
    const bool plain = harmless(types, source, context, "arrow", footer);
    if (problem) return refuse(source, context, "arrow", *problem, stop);
    if (stop != footer) {
        return refuse(source, context, "arrow",
                      std::to_string(footer - stop) + " bytes between the last message and the footer", stop);
    }
    if (!plain) return Examined::partly;
    context.format("arrow", true);
    return Examined::whole;
}

}  // namespace headgate::formats
