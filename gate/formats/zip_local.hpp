// zip_local.hpp: local headers and the layout of a zip file, compared with the central directory.
#pragma once

#include <vector>

#include "formats/zip_directory.hpp"

namespace headgate::formats {

/// Reads the local header of every entry, sets `data_offset`, clears `readable` where the data does not lie in the file,
/// and checks names, fields, data descriptors, gaps and overlaps. `central_offsets` is where each entry's central header
/// stands (for findings).
void check_local_headers(ByteSource& source, std::uint64_t begin, std::uint64_t directory_begin, std::vector<ZipEntry>& entries,
                         const std::vector<std::uint64_t>& central_offsets, ContainerReport& report);

}  // namespace headgate::formats
