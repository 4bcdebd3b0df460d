// coreml.hpp: CoreML models (.mlmodel, and the specification inside a .mlpackage; coremltools, mlmodel/format/*.proto).
//
// Layers and model types that the format defines compute. What it does not define is an Operator of the runtime "coreml":
//   custom.NAME   a class of whoever loads the model: a custom model, a custom layer, a custom_layer of an ML Program
//   mil.NAME      an operation of an ML Program (Model Intermediate Language), which rules/operators/coreml.txt lists
// A linked model names a file to load instead: a finding. So is a model inside a model in a form of its own; what Apple's language
// models keep their parameters in is an Opaque. Values in the package's weight file are IndexEntry facts.
//
// Oracle: FormatFact "coreml" if and only if there is no `coreml.*` finding.
#pragma once

#include "codec/json.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

/// By content: a Model to the end, its version first, of a known type.
bool sniff_coreml(ByteSource& source, std::string_view name);
/// By name only, for a late row: something called .mlmodel that no other format claims is a broken one.
bool sniff_named_coreml(ByteSource& source, std::string_view name);
Examined parse_coreml(ByteSource& source, ParseContext& context);

/// The weight file of an ML Program ("MIL blob storage", version 2): numbers alone, each with a head that says what they are.
///   head = u32 blobs, u32 version, zeros to 64    blob = 64 bytes: u32 0xDEADBEEF, u32 type, u64 bytes, u64 offset, ...; values
bool sniff_coreml_weights(ByteSource& source, std::string_view name);
Examined parse_coreml_weights(ByteSource& source, ParseContext& context);

/// Manifest.json of a .mlpackage: which file of its folder Data is the model.
bool is_coreml_manifest(const codec::Json& document);
/// False, with a finding `coreml.manifest`, when it does not name a model inside the package.
bool check_coreml_manifest(const codec::Json& document, ParseContext& context);

}  // namespace headgate::formats
