// requirements.hpp: the layers of pip's requirements format (pip documentation, "Requirements File Format").
// Private to intake/requirements*.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "intake/entry.hpp"

namespace headgate::intake::requirements {

/// A logical line: continuations joined, comment cut, trimmed, never empty.
struct Line {
    std::string text;
    std::uint32_t number = 0;  // of its first physical line
};

/// Bytes -> logical lines, as pip does it. nullopt, with a finding and an Opaque, when the encoding is not UTF-8.
std::optional<std::vector<Line>> read_lines(ByteView bytes, IntakeContext& context);

/// POSIX shell words as Python's shlex splits them; nullopt for an unfinished quote or escape.
std::optional<std::vector<std::string>> shell_words(std::string_view text);

/// True if pip would replace a `${NAME}` in it.
bool has_variable(std::string_view text);

/// A whole file, without a FormatFact. False if a line was not understood.
bool read_all(ByteView bytes, IntakeContext& context);

/// One requirement (PEP 508, URL or path) with the hashes of its options. False, with an Opaque, if not understood.
bool add_requirement(std::string_view text, std::vector<std::string> hashes, bool editable, std::uint32_t line,
                     IntakeContext& context);

}  // namespace headgate::intake::requirements
