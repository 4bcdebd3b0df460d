// hub_json.hpp: JSON and JSON Lines, and what model hubs put into them.
//
// A document is parsed strictly (codec/json.hpp). FormatFact "json" or "jsonl", inert; "notebook", code, for Jupyter
// notebooks; "safetensors-index" (safetensors_index.hpp). Findings:
//
//   json.malformed      named .json and is none: duplicate keys, too deep, trailing bytes, ... No fact is recorded
//   then. json.non-finite     NaN or Infinity (Python writes them), otherwise well-formed: low hub.remote-code
//   auto_map, custom_pipelines, trust_remote_code: true, a custom pipeline class, a parent library
//                       outside the known ones: loading runs code from the repository
//   template.*          chat templates (chat_template.hpp): under `chat_template` anywhere (text, list of { name,
//   template },
//                       object of texts); other keys that mention a template are judged where they parse as one
//
// Configurations and vocabularies of models are facts besides (model_documents.hpp).
//
// Content that begins like JSON but is not named so and does not parse is text, and the text row's.
#pragma once

#include "codec/json.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_json(ByteSource& source, std::string_view name);
Examined parse_hub_json(ByteSource& source, ParseContext& context);

/// What a JSON file is to whoever looks for models: "keras-config" (an architecture), "text-model" (ONNX as JSON),
/// "paddle" (a program), else "json".
std::string_view json_kind(ByteSource& source);

/// Judges one document that is already parsed: templates and remote code.
void judge_hub_document(const codec::Json& document, ParseContext& context);

}  // namespace headgate::formats
