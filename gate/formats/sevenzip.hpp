// sevenzip.hpp: 7z archives (7zFormat.txt of the LZMA SDK): members in solid folders of any of the usual methods, expanded one after the
// other and handed to examine().
//
// As strict as zip: the headers account for every byte of the file, every CRC that is stated is compared (that of a stored member up
// to the size that zip compares), names are plain and unique, and links and devices are none of what a model is made of. Headers and
// members that are encrypted, or packed with what nothing here can undo (PPMd, BCJ2, ...), are findings with the method's name.
//
// Oracle: a FormatFact always; `partly` only together with a finding or an Opaque.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_sevenzip(ByteSource& source, std::string_view name);
Examined parse_sevenzip(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
