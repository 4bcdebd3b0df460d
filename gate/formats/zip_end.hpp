// zip_end.hpp: finds where the directory of a zip file is: end record, zip64 records, comment (models.md 2.5, "exactly
// one EOCD, at EOF minus comment").
#pragma once

#include <optional>

#include "formats/container_report.hpp"

namespace headgate::formats {

struct ZipExtent {
    std::uint64_t directory_begin = 0;  // in the file
    std::uint64_t directory_size = 0;
    std::uint64_t entries = 0;          // declared
    std::uint64_t shift = 0;            // bytes in front that the stored offsets do not count (a finding was added)
};

/// nullopt: there is no end record or it points nowhere; the report says so.
std::optional<ZipExtent> find_zip_extent(ByteSource& source, ContainerReport& report);

}  // namespace headgate::formats
