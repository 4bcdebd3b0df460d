// tar.hpp: tar archives (ustar, pax, GNU), uncompressed; compressed.hpp hands the content of a .tar.gz here.
//
// models.md 2.5, "same for tar": no links, no devices, no traversal, unique names (bytes, case, form), headers that say a
// thing once (pax path or GNU long name, not both), two zero blocks at the end and nothing but zeros behind them.
// Members are slices of the file, each handed to examine(); those of a package of source code are listed and looked at as in package_tar.hpp.
//
// Oracle: a FormatFact always; `partly` only together with a finding or an Opaque.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// A header block with a good checksum at the start (ustar or GNU magic; v7 archives only when called .tar), or an empty
/// archive called .tar.
bool sniff_tar(ByteSource& source, std::string_view name);
Examined parse_tar(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
