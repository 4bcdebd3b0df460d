// pickle_literals.hpp: the text of str literals, read again from the opcode that holds them, in the form in which Python
// sees it (models.md 2.2, rule 3): UNICODE is raw-unicode-escape, STRING is quoted with escapes, BINSTRING is one byte a
// character, BINUNICODE is UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/source.hpp"

namespace headgate::formats {

/// UTF-8 text of the str literal whose opcode stands at `offset`; nullopt when it is longer than `limit` bytes or does not
/// decode. Text that is not UTF-8 (surrogates) is given as it stands.
std::optional<std::string> literal_text(ByteSource& source, std::uint64_t offset, std::size_t limit = 4096);

/// Little-endian two's complement digits of a LONG1 literal; nullopt for any other opcode.
std::optional<Bytes> literal_long(ByteSource& source, std::uint64_t offset);

/// Python's escapes of a byte string between quotes ('STRING' opcode), as Latin-1 characters.
std::optional<std::string> decode_quoted(std::string_view line);
/// \uXXXX and \UXXXXXXXX; other bytes are Latin-1 characters.
std::optional<std::string> decode_raw_unicode(std::string_view line);
/// Latin-1 bytes as UTF-8.
std::string latin1_to_utf8(std::string_view bytes);

}  // namespace headgate::formats
