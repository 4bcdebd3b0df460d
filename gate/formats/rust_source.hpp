// rust_source.hpp: what a build script or procedural macro of a crate reaches for, as traits: network-at-install, process-at-install,
// environment-at-install (every variable at once), identity-at-install; and those of source_text.hpp.
//
// Paths are followed through `use`; what is only mentioned counts as used. Comments and literals are passed over.
#pragma once

#include "formats/package_traits.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

void examine_rust(ByteView source, const PackageWords& words, ParseContext& context);

}  // namespace headgate::formats
