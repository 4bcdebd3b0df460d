// toml.hpp: strict TOML 1.0 for manifests and lockfiles, with lines. <toml++/toml.h> stays inside toml.cpp.
//
// Refused: duplicate keys, malformed UTF-8, a BOM, control characters, depth, size, or more parts of one dotted key than the limits.
#pragma once

#include "codec/tree.hpp"

namespace headgate::codec {

/// A dotted key opens a table for each of its parts, which the library's own bound of nesting does not count.
inline constexpr std::size_t kTomlKeyParts = 16;

/// Parses one document, a table. The text of a date or time is as RFC 3339 writes it, without a zone where it has none and without
/// fractions of a second. The Error's message begins "LINE:COLUMN: ".
Result<Tree> parse_toml(ByteView bytes, const TreeLimits& limits = {});

}  // namespace headgate::codec
