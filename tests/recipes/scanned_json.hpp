// scanned_json.hpp: a tree from a JsonScanner, to compare with parse_json's.
#pragma once

#include <set>
#include <string>

#include "codec/json_scanner.hpp"

namespace headgate {

/// False when the scanner refuses. `duplicate` is set where a key is there twice: the scanner leaves that to its caller.
inline bool scan_tree(codec::JsonScanner& scanner, codec::Json& out, bool& duplicate) {
    using Kind = codec::JsonScanner::Kind;
    std::string_view text;
    std::uint64_t whole = 0;
    bool flag = false;
    switch (scanner.peek()) {
        case Kind::object: {
            out = codec::Json::object();
            std::set<std::string> keys;
            if (!scanner.begin_object()) return false;
            while (scanner.next_member(text)) {
                if (!keys.insert(std::string(text)).second) duplicate = true;
                if (!scan_tree(scanner, out.add(std::string(text), {}), duplicate)) return false;
            }
            return !scanner.failed();
        }
        case Kind::array:
            out = codec::Json::array();
            if (!scanner.begin_array()) return false;
            while (scanner.next_item()) {
                if (!scan_tree(scanner, out.push({}), duplicate)) return false;
            }
            return !scanner.failed();
        case Kind::text:
            if (!scanner.text(text)) return false;
            out = codec::Json::of(text);
            return true;
        case Kind::boolean:
            if (!scanner.boolean(flag)) return false;
            out = codec::Json::of(flag);
            return true;
        default:
            if (!scanner.whole(whole)) return false;
            out.type = codec::Json::Type::integer;
            out.text = std::to_string(whole);
            return true;
    }
}

}  // namespace headgate
