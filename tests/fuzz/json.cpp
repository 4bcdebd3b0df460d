// Oracle: a document is either a tree within the limits, without duplicate keys, that survives being written and read
// again, or an Error{malformed} that says where; and nlohmann-json takes the same documents and reads the same from them.
#include <set>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "fuzz/oracle.hpp"
#include "recipes/nlohmann_json.hpp"

using namespace headgate;
using codec::Json;

namespace {

std::uint64_t check_value(const Json& value, std::uint32_t depth, std::uint64_t size) {
    ORACLE(value.offset <= size);
    if (!value.items.empty() || !value.members.empty()) ORACLE(depth < codec::JsonLimits{}.depth);
    if (value.is_text()) ORACLE(is_utf8(value.text));
    std::uint64_t count = 1;
    for (const Json& item : value.items) count += check_value(item, depth + 1, size);
    std::set<std::string> keys;
    for (const Json::Member& member : value.members) {
        ORACLE(is_utf8(member.first) && keys.insert(member.first).second);
        count += check_value(member.second, depth + 1, size);
    }
    return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = codec::parse_json({data, size});
    if (size <= 65536) ORACLE(same_as_nlohmann(as_text({data, size})));
    if (!document.ok()) {
        ORACLE(document.error().code == ErrorCode::malformed);
        ORACLE(document.error().message.find(" at byte ") != std::string::npos);
        return 0;
    }
    ORACLE(check_value(*document, 0, size) <= size);
    const std::string compact = codec::write_json(*document);
    for (const std::string& written : {compact, codec::write_json_pretty(*document), codec::write_jcs(*document)}) {
        const auto again = codec::parse_json(as_bytes(written));
        ORACLE(again.ok());
        ORACLE(codec::write_jcs(*again) == codec::write_jcs(*document));
    }
    ORACLE(codec::write_json(*codec::parse_json(as_bytes(compact))) == compact);
    return 0;
}
