// gzip.hpp: gzip files (RFC 1952) and zlib streams (RFC 1950) as wrappers of one member: expanded in memory under the
// caps, then handed to examine(). Several gzip members in a row are one content, as every reader takes them; anything
// else behind the stream is a finding.
//
// Oracle: a FormatFact when the header could be read; else, and whenever not every byte was understood, a finding.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_gzip(ByteSource& source, std::string_view name);
Examined parse_gzip(ByteSource& source, ParseContext& context);

/// Header check bits and a first block that inflates (a text that begins "x^" is no zlib stream).
bool sniff_zlib(ByteSource& source, std::string_view name);
Examined parse_zlib(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
