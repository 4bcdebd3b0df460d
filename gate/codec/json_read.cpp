// json_read.cpp: parse_json: documents as json.hpp has them.
#include "codec/json_builder.hpp"

namespace headgate::codec {
namespace {

struct JsonNodes {
    using Node = Json;
    using Member = Json::Member;

    static std::vector<Json>& items(Json& node) { return node.items; }
    static std::vector<Member>& members(Json& node) { return node.members; }
    static const std::string& key(const Member& member) { return member.first; }
    static Json& value(Member& member) { return member.second; }

    static void add(std::vector<Member>& members, std::string_view name) { members.emplace_back(name, Json{}); }
    static void begin(Json& node, Json::Type type, std::uint64_t offset) {
        node.type = type;
        node.offset = offset;
    }
    static void spell(Json& node, Json::Type, std::string_view text) { node.text = text; }
    static void whole(Json& node, std::int64_t integer) { node.integer = integer; }
    static void boolean(Json& node, bool flag) { node.boolean = flag; }
    static void close(Json&) {}
};

}  // namespace

Result<Json> parse_json(ByteView bytes, const JsonLimits& limits) { return build_from_json<JsonNodes>(bytes, limits); }

Result<Json> parse_json_last_key(ByteView bytes, const JsonLimits& limits, std::vector<std::string>& duplicates) {
    return build_from_json<JsonNodes>(bytes, limits, &duplicates);
}

}  // namespace headgate::codec
