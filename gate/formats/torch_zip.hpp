// torch_zip.hpp: PyTorch's zip checkpoints (torch.save since 1.6) and TorchScript archives.
//
// Layout (models.md 2.5): one top folder with data.pkl, version, byteorder, .format_version, .storage_alignment,
// .data/serialization_id and data/<key>; TorchScript has constants.pkl, constants/<key>, code/** and extra/** besides.
// data/<key> is the raw memory of a tensor: never parsed as anything, not even read when it is stored. What makes it
// "read" is that data.pkl refers to it by a persistent id (storage type, key, location, number of elements) and that it is
// large enough for that. A member of another name, or one that nothing refers to and that is a pickle, an archive or code
// by its content, is a finding `torch.*`.
#pragma once

#include <optional>
#include <string>

#include "formats/zip_directory.hpp"

namespace headgate::formats {

/// The top folder, if exactly one holds a data.pkl.
std::optional<std::string> torch_top(const ZipDirectory& directory);

Examined examine_torch(ByteSource& source, const ZipDirectory& directory, const std::string& top, ParseContext& context);

/// Bytes per element of a torch storage type ("FloatStorage"), 0 if unknown.
std::uint32_t torch_element_size(std::string_view storage);

}  // namespace headgate::formats
