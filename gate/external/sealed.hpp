// sealed.hpp: bytes in memory that nobody can change any more, as a file.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "io/directory.hpp"

namespace headgate::external {

/// A file in memory, sealed, at its beginning. Error{io}.
Result<io::Descriptor> sealed(ByteView bytes);

/// The same file, opened once more for reading: at its beginning, with a position of its own. Error{io}.
Result<io::Descriptor> opened_again(int descriptor);

}  // namespace headgate::external
