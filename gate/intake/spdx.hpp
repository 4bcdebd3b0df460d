// spdx.hpp: an SPDX document, whatever its form and version, and which of its packages are members. Private to intake/spdx*.cpp.
//
// What the document describes is its subject, where that is one package; where it describes several, they are what it lists. A
// package without a purl is where it was downloaded from (sbom.hpp). Files and snippets are parts of packages, and no members.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "codec/tree.hpp"
#include "intake/sbom.hpp"

namespace headgate::intake::spdx {

struct Package {
    sbom::Component component;
    std::string id;
    std::string purpose;                  // as written: "APPLICATION", "operatingSystem"
};

/// "from CONTAINS to". Of SPDX 3, the types are those of SPDX 2 that say the same.
struct Relation {
    std::string from;
    std::string type;
    std::string to;
    std::uint32_t line = 0;
};

struct Document {
    std::string id;                       // of the document itself
    std::vector<Package> packages;
    std::set<std::string> others;         // ids of what is listed and is no package
    std::vector<std::string> described;   // ids
    std::vector<Relation> relations;
    std::uint32_t line = 1;               // where `described` stands
};

/// Records its packages. False if anything was not understood.
bool add(Document document, IntakeContext& context);

/// A purl, as the locator of an external reference spells it: "purl" itself, "npm", "nuget", "maven-central". "" for another type.
std::string purl_of_locator(std::string_view type, std::string_view locator);
/// A download location; "" for NONE and NOASSERTION.
std::string_view place_of(std::string_view written);

/// SPDX 3.0, JSON-LD (spdx3.cpp). False if anything was not understood.
bool read_graph(const codec::Tree& root, IntakeContext& context);
/// True if the context of a JSON-LD document is one of SPDX.
bool has_context(const codec::Tree& root);
/// SPDX 2.2 and 2.3, tag-value (spdx_tag_value.cpp).
bool read_tag_value(std::string_view text, IntakeContext& context);

/// "SPDX-2.2", "SPDX-2.3"
bool is_version(std::string_view written);

}  // namespace headgate::intake::spdx
