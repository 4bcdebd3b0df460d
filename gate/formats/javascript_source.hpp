// javascript_source.hpp: what JavaScript source does, as traits. Two kinds of files are looked at:
//
//   run by a hook     what a package runs while it is installed: network-at-install, process-at-install, decoded-code-at-install,
//                     downloaded-code-at-install, environment-sent-at-install, fetches-and-runs-at-install, decoded-command-at-install,
//                     meant as in python_source.hpp. All of the file counts, whichever function it stands in
//   any other         decoded-code (what is run stands in the call itself)
//   both              obfuscated-source (names as obfuscators make them), far-right, oversized-source, those of source_text.hpp
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/package_traits.hpp"
#include "formats/package_words.hpp"

namespace headgate::formats {

/// One file, or the text of `node -e`. Of one that a hook runs: the files of the package that it loads, as written ("./lib/a").
std::vector<std::string> examine_javascript(ByteView source, bool run_by_hook, const PackageWords& words, ParseContext& context);

}  // namespace headgate::formats
