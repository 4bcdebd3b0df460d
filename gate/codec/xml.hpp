// xml.hpp: XML 1.0 read forward, one tag at a time, without a tree and without anything that lets a document reach beyond itself:
// a document type (and with it every entity but the five that are built in) and inclusions are refused, never resolved.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::codec {

struct XmlLimits {
    std::uint32_t depth = 100;            // nested elements
    std::uint64_t tags = 5'000'000;
};

struct XmlTag {
    std::string_view name;                // UTF-8, with its prefix, as written
    std::vector<std::pair<std::string_view, std::string_view>> attributes;  // in document order; a name twice is no XML
    std::uint64_t offset = 0;             // of its first byte
    std::uint32_t depth = 0;              // 0: the root
    std::uint32_t line = 0;               // 1-based

    /// "" when there is no such attribute.
    std::string_view attribute(std::string_view wanted) const;
};

struct XmlProblem {
    enum class Kind {
        none,
        malformed,    // not well-formed
        document_type,
        instruction,  // a processing instruction, which some reader may follow (xml-stylesheet)
        limit
    };
    Kind kind = Kind::none;
    std::string what;                     // one clause
    std::uint64_t offset = 0;
};

/// An element with all that is in it. Character data between its children is joined.
struct XmlElement {
    std::string name;                     // without its prefix
    std::string text;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<XmlElement> children;
    std::uint32_t line = 0;

    const XmlElement* child(std::string_view wanted) const;
    /// Text of a child without the blanks around it; "" when there is none.
    std::string_view child_text(std::string_view wanted) const;
    /// "" when there is none.
    std::string_view attribute(std::string_view wanted) const;
};

/// The root, or an Error whose message says what and in which line. For documents that are read into memory anyway.
Result<XmlElement> parse_xml_tree(ByteView bytes, const XmlLimits& limits = {});

/// Reads the whole document and hands every opening tag to `use`, whose views are valid during the call. What was handed out before
/// a problem stays said.
XmlProblem read_xml(ByteView bytes, const std::function<void(const XmlTag&)>& use, const XmlLimits& limits = {});

}  // namespace headgate::codec
