// tabular_thrift.hpp: walks a Thrift compact protocol struct (thrift-compact-protocol.md) without keeping anything.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace headgate::formats {

/// The bytes that one struct at the front takes; nullopt when it does not end, nests too deeply or spends the budget.
std::optional<std::size_t> walk_thrift_struct(ByteView bytes, Budget& budget);

}  // namespace headgate::formats
