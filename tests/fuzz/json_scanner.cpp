// Oracle: the scanner and parse_json take the same documents and read the same from them, but for null, numbers that are not
// whole and not negative, and duplicate keys, which are the caller's to see.
#include "codec/json_scanner.hpp"
#include "fuzz/oracle.hpp"
#include "recipes/scanned_json.hpp"

using namespace headgate;
using codec::Json;
using codec::JsonScanner;

namespace {

// Whether there is something in it that the scanner leaves to parse_json.
bool beyond_scanner(const Json& json) {
    if (json.type == Json::Type::null || json.text.starts_with('-')) return !json.is_text();
    if (json.type == Json::Type::real) {
        static const std::string kLargest = std::to_string(UINT64_MAX);
        const bool larger = json.text.size() > kLargest.size() || (json.text.size() == kLargest.size() && json.text > kLargest);
        if (larger || json.text.find_first_not_of("0123456789") != std::string::npos) return true;
    }
    for (const Json& item : json.items) {
        if (beyond_scanner(item)) return true;
    }
    for (const Json::Member& member : json.members) {
        if (beyond_scanner(member.second)) return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 65536) return 0;
    const auto parsed = codec::parse_json({data, size});
    JsonScanner scanner({data, size});
    Json scanned;
    bool duplicate = false;
    const bool taken = scan_tree(scanner, scanned, duplicate) && scanner.peek() == JsonScanner::Kind::end;
    ORACLE(scanner.failed() == !scanner.problem().empty());
    ORACLE(scanner.offset() <= size);
    // What it passes over is JSON, but for duplicate keys, numbers out of reach, and what only it takes.
    JsonScanner passing({data, size});
    const bool passed = passing.skip() && passing.peek() == JsonScanner::Kind::end;
    if (parsed.ok()) ORACLE(passed);
    if (taken) ORACLE(passed);
    if (taken) {
        ORACLE(parsed.ok() == !duplicate);
        if (parsed.ok()) ORACLE(codec::write_json(scanned) == codec::write_json(*parsed));
    } else if (parsed.ok()) {
        const bool minus_zero = as_text({data, size}).find("-0") != std::string_view::npos;  // which parse_json reads as 0
        ORACLE(minus_zero || beyond_scanner(*parsed));
    }
    return 0;
}
