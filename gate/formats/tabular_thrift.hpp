// tabular_thrift.hpp: walks the footer of a Parquet file, a struct in Thrift's compact protocol
// (thrift-compact-protocol.md), and keeps its key-value metadata alone.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace headgate::formats {

struct ThriftPair {
    std::string_view key;
    std::string_view value;
};

/// The bytes that the FileMetaData of Parquet (parquet.thrift) at the front takes; nullopt when it does not end, nests too deeply or
/// spends the budget. Its key-value metadata (field 5) are kept in `pairs`, as far as it could be read.
std::optional<std::size_t> walk_parquet_footer(ByteView bytes, Budget& budget, std::vector<ThriftPair>& pairs);

}  // namespace headgate::formats
