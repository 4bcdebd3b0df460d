// same_file.hpp: do two paths lead to one file? By what the system knows it by, not by how the path is spelt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headgate::io {

struct FileId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::string name;                    // of a file that is not there yet: in the folder that the numbers are of; "" of what is there
    friend bool operator==(const FileId&, const FileId&) = default;
};

/// Of what the path leads to, links followed. Where nothing is there, of the place: its folder, and its name in it. nullopt: not even the folder
/// is there, or it is a device or pipe, which is written to and never replaced.
std::optional<FileId> file_id(const std::string& path);

}  // namespace headgate::io
