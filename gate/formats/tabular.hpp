// tabular.hpp: columns of data: Apache Parquet (parquet-format README), Arrow IPC files and streams (Arrow columnar
// format, "Serialization and IPC"), and SentencePiece vocabularies (sentencepiece_model.proto).
//
// Frames are checked, values are not: head and tail magic, lengths in range, the Thrift footer, the flatbuffer messages
// and the protobuf fields walked with bounds. FormatFact "parquet", "arrow" or "sentencepiece", inert, if and only if
// there is no finding of that area. Encrypted Parquet ("PARE") is an Opaque.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_parquet(ByteSource& source, std::string_view name);
Examined parse_parquet(ByteSource& source, ParseContext& context);

/// "ARROW1", or a stream's first message with a continuation marker.
bool sniff_arrow(ByteSource& source, std::string_view name);
Examined parse_arrow(ByteSource& source, ParseContext& context);

/// `.model`, `.spm`, `.vocab.model` by name, whose first field is a piece.
bool sniff_sentencepiece(ByteSource& source, std::string_view name);
Examined parse_sentencepiece(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
