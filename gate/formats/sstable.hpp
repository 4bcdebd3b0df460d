// sstable.hpp: sorted tables of keys and values as LevelDB and TensorFlow write them (leveldb doc/table_format.md).
//
//   block*  metaindex block  index block  footer of 48 bytes: two handles, padding, magic db4775248b80fb57
//   block = entries, restart points, then 1 byte of compression and the masked CRC-32C of both
//   entry = varint shared, varint non-shared, varint length, rest of the key, value
//
// Stricter than the reference: every checksum is compared, blocks follow each other without a gap from the first byte to the
// footer, keys ascend. Snappy is not read.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace headgate::formats {

inline constexpr std::string_view kSstableMagic{"\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8};

struct SstableProblem {
    std::string message;                 // "" when the table was read to its end
    bool unscannable = false;            // compressed, or the budget ran out: nothing is known to be wrong
    std::uint64_t at = 0;
};

/// Calls `take` for each entry of the table, in order, until it answers false.
SstableProblem read_sstable(ByteView table, Budget& budget, const std::function<bool(std::string_view key, ByteView value)>& take);

}  // namespace headgate::formats
