// sentencepiece.hpp: SentencePiece vocabularies (sentencepiece_model.proto): FormatFact "sentencepiece", inert, if and only if there
// is no `sentencepiece.*` finding. How the trainer and the normalizer were set is passed over: data that nothing runs.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// `.model`, `.spm`, `.vocab.model` by name, whose first field is a piece.
bool sniff_sentencepiece(ByteSource& source, std::string_view name);
Examined parse_sentencepiece(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
