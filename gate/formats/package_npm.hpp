// package_npm.hpp: what in a package of npm runs without being called by name, as traits (javascript_source.hpp for those of source):
//
//   runs-at-install          scripts preinstall, install, postinstall; binding.gyp, for which npm runs node-gyp
//   runs-at-prepare          scripts that run only where the package is built or taken from git (prepare, prepublish, ...)
//   fetches-and-runs-at-install   a command of them that fetches something and runs it
//   unknown-install-command  a command of them that is none of the steps that everybody knows
//   shadows-command          `bin` installs a program under the name of one of the system's
//   duplicate-key            package.json says something twice; npm takes the last
//   bundled-dependencies     other packages lie within, which no lockfile lists
//   native-binary            machine code
//   direct-url-dependency    it asks for a package at a URL
//   name-mismatch            the file name is that of another package or version
//
// Hooks of what is bundled below node_modules count as its own: npm runs them. The file that a hook runs is looked at, whatever runs it (node, a
// shell, Python; by a pipe, in another folder, through another script), as far as the command line shows (package_commands.hpp).
// A package.json that npm could not read either is a finding `npm-package.manifest`.
#pragma once

#include "formats/package_tar.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

Examined examine_npm(const PackageMembers& package, const PackageWords& words);

}  // namespace headgate::formats
