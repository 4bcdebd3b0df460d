// tensorflow.hpp: TensorFlow's graphs: SavedModel (saved_model.pb), MetaGraphDef (*.meta), a frozen GraphDef (*.pb), and what lies
// beside them: keras_metadata.pb and fingerprint.pb. (Checkpoints: tensorflow_checkpoint.hpp.)
//
// Contract: FormatFact "savedmodel", "tensorflow-graph" (the other two), "keras-metadata" or "tensorflow-fingerprint" (both inert),
// and an Operator for each operation of the graphs and of the functions of their libraries, if and only if there is no
// `tensorflow.*` finding. Its runtime is "tensorflow", or "tensorflow-function" where the library of the same graph has a function
// of that name, which a runtime takes or not. Which operators may be used is the serialization checker's question. The
// configurations of Keras in there are judged as documents of their own (keras_config.hpp).
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

/// By content; the two files beside a SavedModel by their names.
bool sniff_tensorflow(ByteSource& source, std::string_view name);
/// By name only, for a late row: saved_model.pb and its companions, when no other format claims the content, are broken ones.
bool sniff_named_tensorflow(ByteSource& source, std::string_view name);
Examined parse_tensorflow(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
