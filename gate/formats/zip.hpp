// zip.hpp: zip archives, and what they carry: torch checkpoints (torch_zip.hpp), npz (npz.hpp), wheels
// (package_archive.hpp), or plain members, each handed to examine().
//
// Oracle: a FormatFact always, unless no directory could be read (then a finding `zip.*`); `partly` only together with a
// finding or an Opaque.
#pragma once

#include "formats/parser.hpp"
#include "formats/zip_directory.hpp"

namespace headgate::formats {

/// A local header or an empty archive's end record at the start.
bool sniff_zip(ByteSource& source, std::string_view name);
Examined parse_zip(ByteSource& source, ParseContext& context);
/// An archive behind something else, which the caller has read: it begins at `begin` and ends with the source. Its offsets may count
/// from either (Python's zipfile appends with offsets of the file).
Examined parse_zip_behind(ByteSource& source, std::uint64_t begin, ParseContext& context);

/// Members of no known layout, each handed to examine(); returns `whole` if all were understood.
Examined examine_members(ByteSource& source, const ZipDirectory& directory, ParseContext& context);

}  // namespace headgate::formats
