// npz.hpp: numpy's archive of arrays: a zip whose members are all `*.npy`, each of which must be an npy file.
#pragma once

#include "formats/zip_directory.hpp"

namespace headgate::formats {

/// Every member ends in .npy, or the file itself is called .npz.
bool is_npz(const ZipDirectory& directory, std::string_view name);

/// Hands each member to examine(); one that is no npy by content is a finding `npz.not-npy` (numpy then tries to unpickle
/// or gives out raw bytes).
Examined examine_npz(ByteSource& source, const ZipDirectory& directory, ParseContext& context);

}  // namespace headgate::formats
