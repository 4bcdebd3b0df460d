// sbom.hpp: one component of a bill of materials -> a Requirement. What CycloneDX and SPDX share. Private to intake/cyclonedx*.cpp
// and intake/spdx*.cpp.
//
// A bill of materials is judged like a lockfile: what it lists is what a product is made of. Its subject, the product itself, is no
// member. A component is what its purl says. Without one, a model or dataset is what a hub calls by its name, if a page about it
// stands there; everything is where it was fetched from; and what is not even that is not understood, unless it is no package at
// all (below).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/entry.hpp"

namespace headgate::intake::sbom {

struct Component {
    std::string group;
    std::string name;
    std::string version;
    std::string range = {};                // of versions, where any of them will do
    std::vector<std::string> purls = {};
    std::vector<std::pair<std::string, std::string>> hashes = {};  // algorithm as written, hex
    std::vector<std::string> places = {};  // URLs that it was, or is to be, fetched from
    std::string markers = {};
    std::optional<std::int64_t> released = {};
    std::vector<std::string> pages = {};   // URLs of pages about it
    enum class Kind { software, model, dataset } kind = Kind::software;  // what a hub's name is one of
    bool named_by_purl = true;             // group and name are those of the purl: CycloneDX; a name in SPDX is free
    std::uint32_t line = 0;
};

/// What a component is that no purl names.
enum class Role {
    package,     // something that is fetched by name: not understood
    part,        // a file, hardware, a cryptographic algorithm: nobody fetches it by a name
    system,      // the distribution that packages are of, which are listed themselves
    collection   // a place in the product, which is said to hold others and has no version, hash or place of its own
};

/// Adds it. False, with an Opaque, if not understood; a finding where it says a thing twice and differently.
bool add(const Component& component, Role role, IntakeContext& context);

/// True where nothing but a name is known of it.
bool is_bare(const Component& component);

}  // namespace headgate::intake::sbom
