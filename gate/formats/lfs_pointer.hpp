// lfs_pointer.hpp: Git LFS pointers (git-lfs docs/spec.md): a few lines of text in place of the file. A checkout
// without `git lfs pull` is full of them, and a pointer is not the model.
#pragma once

#include "formats/parser.hpp"

namespace headgate::formats {

bool sniff_lfs_pointer(ByteSource& source, std::string_view name);
/// FormatFact "lfs-pointer" and a finding `lfs.pointer`.
Examined parse_lfs_pointer(ByteSource& source, ParseContext& context);

}  // namespace headgate::formats
