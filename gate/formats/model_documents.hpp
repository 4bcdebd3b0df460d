// model_documents.hpp: what a JSON document beside the tensors says of a model, as neutral facts.
//
// By its name a document is the configuration of a model (config.json), of its tokenizer, its generation, an adapter or a
// quantisation: a Configuration, with its scalars by JSON Pointer, bounded. tokenizer.json and vocab.json give a Vocabulary.
// A document of another name, or whose vocabulary has another shape, gives nothing: these are facts, and nothing is judged.
#pragma once

#include "codec/json.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

/// Role of a Configuration by the name of its file; "" for other documents.
std::string_view configuration_role(std::string_view name);

void record_model_document(const codec::Json& document, ParseContext& context);

}  // namespace headgate::formats
