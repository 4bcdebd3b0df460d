// Oracle: a document is either a tree within the limits whose every node has a place, or an Error{malformed} that begins
// with "LINE:COLUMN: ".

#include "codec/yaml.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

namespace {

std::uint64_t check_node(const codec::Yaml& node, std::uint32_t depth) {
    ORACLE(depth <= codec::YamlLimits{}.depth + 1);
    ORACLE(node.type == codec::Yaml::Type::null || (node.line > 0 && node.column > 0));
    std::uint64_t count = 1;
    for (const codec::Yaml& item : node.items) count += check_node(item, depth + 1);
    for (const codec::Yaml::Entry& entry : node.entries) {
        ORACLE(entry.key_line > 0 && node.find(entry.key) == &entry.value);  // no duplicate stands before it
        count += check_node(entry.value, depth + 1);
    }
    return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const auto document = codec::parse_yaml({data, size});
    if (document.ok()) {
        ORACLE(check_node(*document, 0) <= codec::YamlLimits{}.nodes);
    } else {
        ORACLE(document.error().code == ErrorCode::malformed);
        ORACLE(document.error().message.find_first_of("0123456789") == 0);
        ORACLE(document.error().message.find(": ") != std::string::npos);
    }
    return 0;
}
