// zip_directory.hpp: the directory of a zip file, read so that no two readers can differ on it (models.md 2.5).
//
// Checked: exactly one end record, at the end of the file minus its comment; zip64 records present exactly where they
// belong and equal to what they repeat; the directory directly before its end record; the declared count; nothing before
// the first entry, no gap and no overlap between entries, with exact data descriptors; local equal to central header
// (name, flags, method, CRC, sizes); flags, methods, extra fields, names, duplicates, links. Each violation is a finding
// `zip.*` with entry and offset; entries are still listed as far as they can be, so that their content is examined too.
// O(n log n) in the number of entries.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/container_report.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

struct ZipEntry {
    std::string name;                 // as the central directory writes it
    std::uint16_t flags = 0;
    std::uint16_t method = 0;         // 0 stored, 8 deflate
    std::uint32_t crc = 0;
    std::uint64_t compressed = 0;
    std::uint64_t size = 0;
    std::uint64_t header_offset = 0;
    std::uint64_t data_offset = 0;    // 0: the local header cannot be read
    bool folder = false;
    bool readable = false;            // data lies in the file, is not encrypted, method is 0 or 8
};

struct ZipDirectory {
    std::vector<ZipEntry> entries;    // in directory order
};

/// nullopt: no directory could be read; a finding in `report` says why. The first entry begins at `begin`: what stands before it is
/// the caller's.
std::optional<ZipDirectory> read_zip_directory(ByteSource& source, const Limits& limits, Budget& budget,
                                               ContainerReport& report, std::uint64_t begin = 0);

/// For files of any other beginning (polyglots): whether an end record stands in the last 64 KiB whose central directory is really
/// there, and whether it fits the end of the source exactly. Python's zipfile and others do not ask what follows the record.
enum class ZipAtEnd { none, exactly, with_more_behind };
ZipAtEnd zip_at_end(ByteSource& source);

}  // namespace headgate::formats
