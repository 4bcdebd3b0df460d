// tabular.hpp: columns of data: Apache Parquet (parquet-format README), and Arrow IPC files and streams (Arrow columnar
// format, "Serialization and IPC").
//
// Frames are checked, values are not: head and tail magic, lengths in range, the Thrift footer and the flatbuffer
// messages walked with bounds, and the types that schemas of Arrow name, also within Parquet (arrow_schema.hpp). FormatFact
// "parquet" or "arrow", inert, if and only if there is no finding.
// Encrypted Parquet ("PARE") is an Opaque.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_parquet(ByteSource& source, std::string_view name);
Examined parse_parquet(ByteSource& source, ParseContext& context);

/// "ARROW1", or a stream's first message with a continuation marker.
bool sniff_arrow(ByteSource& source, std::string_view name);
Examined parse_arrow(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
