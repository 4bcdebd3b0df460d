// Oracle: a document is either a tree within the limits whose every value has a line, or an Error{malformed} that begins with
// "LINE:COLUMN: ".
#include "codec/toml.hpp"
#include "fuzz/oracle.hpp"

using namespace headgate;

namespace {

std::uint64_t check(const codec::Tree& tree, std::uint32_t depth) {
    ORACLE(depth <= codec::TreeLimits{}.depth);
    ORACLE(tree.line > 0);
    std::uint64_t count = 1;
    for (const codec::Tree& item : tree.items) count += check(item, depth + 1);
    for (const codec::Tree::Entry& entry : tree.entries) {
        ORACLE(entry.line > 0 && tree.find(entry.key) == &entry.value);  // no duplicate stands before it
        count += check(entry.value, depth + 1);
    }
    return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const auto document = codec::parse_toml({data, size});
    if (document.ok()) {
        ORACLE(check(*document, 0) <= codec::TreeLimits{}.values);
    } else {
        ORACLE(document.error().code == ErrorCode::malformed);
        ORACLE(document.error().message.find_first_of("0123456789") == 0);
    }
    return 0;
}
