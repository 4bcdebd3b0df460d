// sealed_copy.hpp: a copy of bytes for another process: a file in memory whose seals keep everybody from writing to it, now and
// later.
#pragma once

#include "base/bytes.hpp"
#include "io/directory.hpp"

namespace headgate::io {

/// A descriptor of the copy, to map or pread. Error{io} when the kernel has no room, or no seals.
Result<Descriptor> sealed_copy(ByteView bytes);

}  // namespace headgate::io
