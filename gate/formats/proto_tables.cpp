#include "formats/proto_tables.hpp"

#include <cassert>
#include <charconv>

#include "base/text.hpp"

namespace headgate::formats {
namespace {

struct Message {
    std::string_view name;
    std::vector<std::string_view> lines;   // of fields
};

std::vector<Message> messages_of(std::string_view text) {
    std::vector<Message> messages;
    for (const std::string_view line : split_lines(text)) {
        if (trim(line).empty()) continue;
        if (line.front() == ' ') {
            assert(!messages.empty());
            messages.back().lines.push_back(line);
            continue;
        }
        const std::size_t colon = line.find(':');
        assert(colon != std::string_view::npos);
        messages.push_back({line.substr(0, colon), {line.substr(colon + 1)}});
    }
    return messages;
}

std::optional<ProtoType> scalar_of(std::string_view type) {
    if (type.size() != 1) return std::nullopt;
    switch (type.front()) {
        case 'i': return ProtoType::integer;
        case 'f': return ProtoType::fixed32;
        case 'd': return ProtoType::fixed64;
        case 't': return ProtoType::text;
        case 'b': return ProtoType::bytes;
        default: return std::nullopt;
    }
}

ProtoRow row_of(std::string_view field, const std::map<std::string_view, ProtoSchema>& schemas) {
    const std::size_t first = field.find(' ');
    const std::size_t second = field.find(' ', first + 1);
    assert(first != std::string_view::npos && second != std::string_view::npos);
    ProtoRow row;
    std::from_chars(field.data(), field.data() + first, row.number);
    assert(row.number != 0);
    row.name = field.substr(first + 1, second - first - 1);
    std::string_view type = field.substr(second + 1);
    row.many = type.ends_with('*');
    if (row.many) type.remove_suffix(1);
    const auto scalar = scalar_of(type);
    row.type = scalar.value_or(ProtoType::message);
    if (scalar) return row;
    const auto message = schemas.find(type);
    assert(message != schemas.end());
    row.message = &message->second;
    return row;
}

}  // namespace

ProtoTables::ProtoTables(std::string_view text) {
    const std::vector<Message> messages = messages_of(text);
    for (const Message& message : messages) schemas_[message.name].name = message.name;
    for (const Message& message : messages) {
        std::vector<ProtoRow>& rows = rows_.emplace_back();
        for (const std::string_view line : message.lines) {
            for (const std::string_view field : split(line, ',')) {
                if (!trim(field).empty()) rows.push_back(row_of(trim(field), schemas_));
            }
        }
        assert(rows.size() <= kProtoRows);
        schemas_[message.name].rows = rows;
    }
}

const ProtoSchema& ProtoTables::message(std::string_view name) const {
    const auto found = schemas_.find(name);
    assert(found != schemas_.end());
    return found->second;
}

}  // namespace headgate::formats
