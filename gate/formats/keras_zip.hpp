// keras_zip.hpp: the .keras archives of Keras 3 (keras/src/saving/saving_lib.py): a zip of metadata.json, config.json,
// model.weights.h5 or .npz, and assets/**.
//
// config.json is walked (keras_config.hpp), the weights are examined as what their name says, assets as what they are.
// FormatFact "keras". Findings: keras.unknown-member, keras.metadata, keras.weights (the weights are of another format),
// keras.malformed (no config.json).
#pragma once

#include "formats/zip_directory.hpp"

namespace headgate::formats {

/// By its members, or by a name that ends in ".keras": Keras asks for nothing else, and reads config.json alone if it is alone.
bool is_keras(const ZipDirectory& directory, std::string_view name);
Examined examine_keras(ByteSource& source, const ZipDirectory& directory, ParseContext& context);

}  // namespace headgate::formats
