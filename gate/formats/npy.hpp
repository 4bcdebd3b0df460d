// npy.hpp: numpy's single-array files, versions 1.0 to 3.0 (numpy/lib/format.py): magic, version, header length, header
// (npy_header.hpp), raw data. An array of objects is a pickle behind the header, which the pickle machine reads.
//
// Oracle: a FormatFact always; `partly` only together with a finding or a source that failed.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_npy(ByteSource& source, std::string_view name);
Examined parse_npy(ByteSource& source, ParseContext& context);

/// Bytes that a file takes which begins so, by its header; nullopt where that does not tell (objects, or no whole header).
std::optional<std::uint64_t> npy_file_size(ByteView front);

/// More than any header that numpy reads takes.
inline constexpr std::size_t kMostNpyHeader = 12 + 10'000;

}  // namespace headgate::formats
