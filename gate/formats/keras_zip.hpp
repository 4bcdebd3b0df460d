// keras_zip.hpp: the .keras archives of Keras 3 (keras/src/saving/saving_lib.py): a zip of metadata.json, config.json,
// model.weights.h5 or .npz, and assets/**.
//
// config.json is walked (keras_config.hpp), the weights are examined as what their name says, assets as what they are.
// FormatFact "keras". Findings: keras.unknown-member, keras.metadata, keras.weights (the weights are of another format).
#pragma once

#include "formats/zip_directory.hpp"

namespace headgate::formats {

bool is_keras(const ZipDirectory& directory);
Examined examine_keras(ByteSource& source, const ZipDirectory& directory, ParseContext& context);

}  // namespace headgate::formats
