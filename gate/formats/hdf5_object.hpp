// hdf5_object.hpp: object headers of HDF5 (format specification, IV.A): a list of messages in one or more blocks.
#pragma once

#include <vector>

#include "formats/hdf5_file.hpp"

namespace headgate::formats {

struct Hdf5Message {
    enum Type : std::uint16_t {
        nil = 0x00, space = 0x01, link_info = 0x02, type = 0x03, old_fill = 0x04, fill = 0x05, link = 0x06, external_files = 0x07,
        layout = 0x08, group_info = 0x0A, filters = 0x0B, attribute = 0x0C, comment = 0x0D, old_time = 0x0E, shared_table = 0x0F,
        continuation = 0x10, symbol_table = 0x11, time = 0x12, tree_k = 0x13, driver = 0x14, attribute_info = 0x15,
        reference_count = 0x16, file_space = 0x17
    };
    std::uint16_t kind = nil;
    ByteView bytes;
    std::uint64_t address = 0;
};

/// The messages of the header at `address`, without NIL and continuations. nullopt, and a finding, when it cannot be read
/// whole. Shared messages are not supported.
std::optional<std::vector<Hdf5Message>> read_object(Hdf5File& file, std::uint64_t address);

/// The first message of a kind, nullptr if there is none.
const Hdf5Message* find_message(const std::vector<Hdf5Message>& messages, std::uint16_t kind);

}  // namespace headgate::formats
