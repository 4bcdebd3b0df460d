// text.hpp: text that may be hostile: UTF-8 checks, escaping for a terminal, ASCII folding, splitting, near misses.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate {

/// Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

/// Length in bytes of the well-formed UTF-8 sequence at the front (1..4), 0 if there is none.
std::size_t utf8_sequence(std::string_view text);

/// True if the text holds a C0 or C1 control character or DEL, U+2028/9, a bidi control or zero-width character.
bool has_control_characters(std::string_view text);

/// For terminals and log lines: control characters, bidi and zero-width characters, and bytes that are not UTF-8, as
/// \n, \t, \xNN or \u{NNNN}. Backslash itself is kept (paths stay readable). Never more than `limit` bytes.
std::string escape_terminal(std::string_view text, std::size_t limit = 4096);

/// Valid UTF-8 with every malformed byte replaced by U+FFFD: for media (JSON) that escape by themselves.
std::string to_valid_utf8(std::string_view text);

std::string ascii_lower(std::string_view text);
std::string_view trim(std::string_view text);  // ASCII white space
std::vector<std::string_view> split(std::string_view text, char separator);

/// Lines without their end ("\n" or "\r\n"); a last line without end counts, an empty rest does not.
std::vector<std::string_view> split_lines(std::string_view text);

/// "did you mean": the nearest by slips of the hand (1 in a short word, a third of a long one), whatever the case, else one
/// that begins with the word or the reverse. Words of one or two letters, or over 64, have no near miss.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace headgate
