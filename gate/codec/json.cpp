#include "codec/json.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/json_text.hpp"

namespace headgate::codec {
namespace {

// What stands between quotes: runs of characters that stand for themselves, and what must be escaped.
void append_escaped(std::string_view text, std::string& out) {
    static constexpr char kHex[] = "0123456789abcdef";
    const std::size_t plain = plain_ascii(text);
    out += text.substr(0, plain);
    if (plain == text.size()) return;
    text.remove_prefix(plain);
    std::string mended;
    if (!is_utf8(text)) text = mended = to_valid_utf8(text);
    while (!text.empty()) {
        std::size_t run = 0;
        while (run < text.size() && is_plain(text[run])) ++run;
        out += text.substr(0, run);
        text.remove_prefix(run);
        if (text.empty()) return;
        switch (const char c = text.front()) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                out += "\\u00";
                out += kHex[static_cast<std::uint8_t>(c) >> 4U];
                out += kHex[static_cast<std::uint8_t>(c) & 15U];
        }
        text.remove_prefix(1);
    }
}

void write(const Json& value, int indent, std::string& out);

void line(int indent, std::string& out) {
    if (indent < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent) * 2, ' ');
}

void write_container(const Json& value, int indent, std::string& out) {
    const bool object = value.is_object();
    const std::size_t count = object ? value.members.size() : value.items.size();
    const int inner = indent < 0 ? -1 : indent + 1;
    out += object ? '{' : '[';
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        line(inner, out);
        if (object) {
            append_json(value.members[i].first, out);
            out += ':';
            if (indent >= 0) out += ' ';
            write(value.members[i].second, inner, out);
        } else {
            write(value.items[i], inner, out);
        }
    }
    if (count > 0) line(indent, out);
    out += object ? '}' : ']';
}

// Depth is bounded: parsed documents by their limits, made ones by who makes them.
void write(const Json& value, int indent, std::string& out) {
    switch (value.type) {
        case Json::Type::null: out += "null"; break;
        case Json::Type::boolean: out += value.boolean ? "true" : "false"; break;
        case Json::Type::integer:
        case Json::Type::real: out += value.text; break;
        case Json::Type::text: append_json(value.text, out); break;
        case Json::Type::array:
        case Json::Type::object: write_container(value, indent, out); break;
    }
}

// How long it becomes without escapes, or a little more.
std::size_t compact_size(const Json& value) {
    std::size_t size = value.text.size() + sizeof "false";
    for (const Json& item : value.items) size += compact_size(item);
    for (const Json::Member& member : value.members) size += member.first.size() + sizeof "\"\":" + compact_size(member.second);
    return size;
}

// UTF-16 code unit order of two UTF-8 strings: characters above U+FFFF sort as surrogates, below U+E000..U+FFFF.
bool utf16_less(const std::string& a, const std::string& b) {
    const auto rank = [](char c) {
        const auto byte = static_cast<std::uint8_t>(c);
        // Lead bytes F0..F4 (surrogate pairs, D800..DFFF) come before EE and EF (U+E000..U+FFFF).
        if (byte >= 0xf0) return 0xee + (byte - 0xf0);
        if (byte >= 0xee) return 0xf8 + (byte - 0xee);
        return static_cast<int>(byte);
    };
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [&](char x, char y) { return rank(x) < rank(y); });
}

Json sorted(const Json& value) {
    Json copy = value;
    for (Json& item : copy.items) item = sorted(item);
    for (Json::Member& member : copy.members) member.second = sorted(member.second);
    std::sort(copy.members.begin(), copy.members.end(),
              [](const Json::Member& a, const Json::Member& b) { return utf16_less(a.first, b.first); });
    return copy;
}

}  // namespace

Json::Json() = default;
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

const Json* Json::find(std::string_view key) const {
    for (const Member& member : members) {
        if (member.first == key) return &member.second;
    }
    return nullptr;
}

const std::string* Json::find_text(std::string_view key) const {
    const Json* value = find(key);
    return value != nullptr && value->is_text() ? &value->text : nullptr;
}

Json Json::of(std::string_view value) {
    Json json;
    json.type = Type::text;
    json.text = value;
    return json;
}

Json Json::of(std::int64_t value) {
    Json json;
    json.type = Type::integer;
    json.integer = value;
    json.text = std::to_string(value);
    return json;
}

Json Json::of(bool value) {
    Json json;
    json.type = Type::boolean;
    json.boolean = value;
    return json;
}

Json Json::array() {
    Json json;
    json.type = Type::array;
    return json;
}

Json Json::object() {
    Json json;
    json.type = Type::object;
    return json;
}

Json& Json::add(std::string key, Json value) {
    members.emplace_back(std::move(key), std::move(value));
    return members.back().second;
}

Json& Json::push(Json value) {
    items.push_back(std::move(value));
    return items.back();
}

std::string escape_json(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    append_escaped(text, out);
    return out;
}

std::string write_json(const Json& value) {
    std::string out;
    out.reserve(compact_size(value));
    append_json(value, out);
    return out;
}

void append_json(const Json& value, std::string& out) { write(value, -1, out); }

void append_json(std::string_view text, std::string& out) {
    out += '"';
    append_escaped(text, out);
    out += '"';
}

std::string write_json_pretty(const Json& value) {
    std::string out;
    write(value, 0, out);
    return out;
}

std::string write_jcs(const Json& value) { return write_json(sorted(value)); }

}  // namespace headgate::codec
