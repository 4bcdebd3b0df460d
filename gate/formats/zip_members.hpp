// zip_members.hpp: the content of zip entries: stored ones as slices of the file, deflated ones in memory.
#pragma once

#include <functional>

#include "formats/zip_directory.hpp"

namespace headgate::formats {

/// A stored member above this size is handed out without comparing its CRC-32: that would read gigabytes of tensor data
/// that no parser looks at, and a wrong CRC there only makes readers fail.
inline constexpr std::uint64_t kCrcChecked = 64ULL << 20U;

/// Gives the content of `entry` to `use` and returns its answer. Size and CRC-32 are compared first; a mismatch, a broken
/// stream or a limit is a finding `zip.*` (and the answer `partly`); what could be read is given to `use` all the same.
/// An entry that is not readable is not given to `use`: its finding was added when the directory was read.
Examined with_member(ByteSource& source, const ZipEntry& entry, ParseContext& context,
                     const std::function<Examined(ByteSource&)>& use);

/// Adds the Member fact of an entry, bounded by `limits.facts`.
void add_member(ParseContext& context, const std::string& name, std::uint64_t size, std::string sha256 = {});

}  // namespace headgate::formats
