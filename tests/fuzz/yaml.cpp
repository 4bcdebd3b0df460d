// Oracle: a document is either a tree within the limits whose every node has a place, or an Error{malformed} that begins
// with "LINE:COLUMN: ".

#include "codec/yaml.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

namespace {

std::uint64_t check_node(const codec::Yaml& node, std::uint32_t depth, std::uint32_t deepest) {
    ORACLE(depth <= deepest);
    ORACLE(node.type == codec::Yaml::Type::null || (node.line > 0 && node.column > 0));
    std::uint64_t count = 1;
    for (const codec::Yaml& item : node.items) count += check_node(item, depth + 1, deepest);
    for (const codec::Yaml::Entry& entry : node.entries) {
        ORACLE(entry.key_line > 0 && node.find(entry.key) == &entry.value);  // no duplicate stands before it
        count += check_node(entry.value, depth + 1, deepest);
    }
    return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const auto document = codec::parse_yaml({data, size});
    codec::YamlLimits taken;
    taken.aliases = true;
    taken.nodes = 20'000;
    const auto with_aliases = codec::parse_yaml({data, size}, taken);
    // A tag of its own adds a level to what it stands at.
    if (with_aliases.ok()) ORACLE(check_node(*with_aliases, 0, 2 * taken.depth + 2) <= taken.nodes);
    if (document.ok()) {
        ORACLE(check_node(*document, 0, codec::YamlLimits{}.depth + 1) <= codec::YamlLimits{}.nodes);
        ORACLE(with_aliases.ok());
    } else {
        ORACLE(document.error().code == ErrorCode::malformed);
        ORACLE(document.error().message.find_first_of("0123456789") == 0);
        ORACLE(document.error().message.find(": ") != std::string::npos);
    }
    return 0;
}
