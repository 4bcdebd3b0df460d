#include "formats/arrow_schema.hpp"

#include <vector>

#include "base/encoding.hpp"

namespace headgate::formats {
namespace {

using Table = FlatReader::Table;
using Vector = FlatReader::Vector;

// Fields by number.
constexpr unsigned kMessageKind = 1, kMessageHeader = 2;
constexpr unsigned kFooterSchema = 1;
constexpr unsigned kSchemaFields = 1;
constexpr unsigned kFieldName = 0, kFieldChildren = 5, kFieldMetadata = 6;
constexpr unsigned kPairKey = 0, kPairValue = 1;
constexpr std::uint8_t kSchemaKind = 1;

constexpr std::string_view kTypeKey = "ARROW:extension:name";
constexpr std::string_view kUnpickling[] = {"arrow.py_extension_type", "ray.data.arrow_pickled_object"};

bool unpickles(std::string_view type) { return std::find(std::begin(kUnpickling), std::end(kUnpickling), type) != std::end(kUnpickling); }

void look_at_field(FlatReader& reader, const Table& field, ArrowTypes& types) {
    const Vector pairs = reader.vector(field, kFieldMetadata, 4);
    for (std::uint32_t i = 0; i < pairs.count && !reader.failed(); ++i) {
        const Table pair = reader.item(pairs, i);
        if (reader.text(pair, kPairKey) != kTypeKey) continue;
        const std::string_view type = reader.text(pair, kPairValue);
        if (!types.unpickles.empty() || !unpickles(type)) continue;
        types.unpickles = std::string(type);
        types.field = std::string(reader.text(field, kFieldName));
    }
}

/// Fields hold fields; what waits is kept here and not on the call stack. Every one costs a step.
void look_at_schema(FlatReader& reader, const Table& schema, ArrowTypes& types) {
    std::vector<Vector> waiting = {reader.vector(schema, kSchemaFields, 4)};
    while (!waiting.empty() && !reader.failed()) {
        const Vector fields = waiting.back();
        waiting.pop_back();
        for (std::uint32_t i = 0; i < fields.count && !reader.failed(); ++i) {
            const Table field = reader.item(fields, i);
            look_at_field(reader, field, types);
            const Vector children = reader.vector(field, kFieldChildren, 4);
            if (children.count != 0) waiting.push_back(children);
        }
    }
}

ArrowTypes finish(const FlatReader& reader, ArrowTypes types) {
    if (reader.failed()) types.problem = "the schema is no flatbuffer: " + reader.problem();
    return types;
}

}  // namespace

ArrowTypes read_arrow_message(ByteSource& message, Budget& budget) {
    FlatReader reader(message, budget);
    ArrowTypes types;
    const Table root = reader.root();
    if (reader.scalar<std::uint8_t>(root, kMessageKind, 0) == kSchemaKind) {
        const Table schema = reader.table(root, kMessageHeader);
        look_at_schema(reader, schema, types);
    }
    return finish(reader, std::move(types));
}

ArrowTypes read_arrow_footer(ByteSource& footer, Budget& budget) {
    FlatReader reader(footer, budget);
    ArrowTypes types;
    const Table root = reader.root();
    const Table schema = reader.table(root, kFooterSchema);
    look_at_schema(reader, schema, types);
    return finish(reader, std::move(types));
}

ArrowTypes read_arrow_base64(std::string_view text, Budget& budget) {
    ArrowTypes types;
    const auto bytes = budget.step(text.size() / 16 + 1) ? from_base64(text) : std::nullopt;
    if (!bytes) {
        types.problem = "it is no base64";
        return types;
    }
    // FFFFFFFF and the length of the flatbuffer, or, as writers before Arrow 0.15 have it, the length alone.
    Reader reader(*bytes);
    auto length = reader.u32le();
    if (length == 0xffffffffU) length = reader.u32le();
    const auto flat = length ? reader.take(*length) : std::nullopt;
    if (!flat) {
        types.problem = "the message is cut";
        return types;
    }
    MemorySource message(*flat);
    return read_arrow_message(message, budget);
}

}  // namespace headgate::formats
