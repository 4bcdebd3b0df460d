// package_crate.hpp: what in a crate runs while it, or what depends on it, is built, as traits (rust_source.hpp for those of source):
//
//   runs-at-install      its build script; a procedural macro, which runs inside the compiler
//   native-binary        machine code
//   name-mismatch        folder, file name, Cargo.toml and Cargo.toml.orig do not name one crate and version
//
// A Cargo.toml that cargo could not read either is a finding `crate.manifest`.
#pragma once

#include "formats/package_tar.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

Examined examine_crate(const PackageMembers& package, const PackageWords& words);

}  // namespace headgate::formats
