// compressed.hpp: files that are one compressed content: gzip (RFC 1952), zlib (RFC 1950), bzip2, xz, lzma, lz4 and zstd (RFC 8878).
// It is expanded in memory under the caps, then handed to examine(). Several streams in a row are one content where every
// reader takes them so; anything else behind a stream, and frames that readers skip, are findings.
//
// Oracle: a FormatFact when the header could be read; else, and whenever not every byte was understood, a finding.
#pragma once

#include "formats/decoder.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_gzip(ByteSource& source, std::string_view name);
Examined parse_gzip(ByteSource& source, ParseContext& context);

/// Header check bits and a first block that inflates (a text that begins "x^" is no zlib stream).
bool sniff_zlib(ByteSource& source, std::string_view name);
Examined parse_zlib(ByteSource& source, ParseContext& context);

/// bzip2, xz, lz4 and zstd, by their magic numbers, and frames before them that readers skip. lz4 of before 1.4 is recognised, and not read.
bool sniff_compressed(ByteSource& source, std::string_view name);
Examined parse_compressed(ByteSource& source, ParseContext& context);

/// "LZMA alone" has no magic: properties that encoders write, whatever memory they want, and a beginning that decodes.
bool sniff_lzma(ByteSource& source, std::string_view name);
Examined parse_lzma(ByteSource& source, ParseContext& context);

/// The compressed pickles of joblib before 0.10: "ZF", the length as a hexadecimal number of Python, a zlib stream.
bool sniff_joblib_zfile(ByteSource& source, std::string_view name);
Examined parse_joblib_zfile(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
