// sevenzip_files.hpp: "Files Info" of 7z: names, kinds and attributes of the entries of an archive.
#pragma once

#include <string>
#include <vector>

#include "formats/sevenzip_cursor.hpp"

namespace headgate::formats {

struct SevenZipEntry {
    std::string name;                    // UTF-8; of what is no UTF-16, with U+FFFD, and `bad_text`
    bool bad_text = false;
    bool stream = true;                  // its content is the next substream; else it has none
    bool folder = false;
    bool anti = false;                   // unpacking it deletes what is there
    std::optional<std::uint32_t> attributes;

    /// File type bits of its Unix mode (S_IFMT), 0 when none is stated.
    std::uint32_t unix_type() const;
};

struct SevenZipFiles {
    std::vector<SevenZipEntry> entries;
    bool nameless = false;               // one entry without a name: what 7-Zip was given through a pipe is called as the archive
    bool hidden_padding = false;         // a "dummy" property that is not zero
    std::vector<std::uint64_t> unknown;  // numbers of properties that are none of those
};

/// Reads the structure behind its kFiles, whole.
std::optional<SevenZipFiles> read_sevenzip_files(SevenZipCursor& header);

}  // namespace headgate::formats
