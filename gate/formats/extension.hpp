// extension.hpp: what a file is called against what it is. Content decides how a file is read; a name that promises
// something else is a finding, because loaders and scanners choose by name (CVE-2025-10155, CVE-2025-1889).
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// Adds `format.extension-mismatch` when the innermost name promises another format than `format` (a name in all.cpp).
void check_extension(std::string_view format, ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
