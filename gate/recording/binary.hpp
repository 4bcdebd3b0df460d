// binary.hpp: evidence as bytes, by the table of fields.hpp: how it crosses from a process that parses to the one that judges.
//
// Every field of the table in its order, without keys. Numbers have eight bytes, lengths and counts four, little endian; a boolean,
// a word of a closed set and "is there" one; a text is its length and its bytes, whatever they are. The form is no document: it
// lives between two processes of one build, and has no version.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/fact.hpp"

namespace headgate::recording {

struct BinaryLimits {
    /// Bytes that the nouns and texts may take once they are read: an item costs its size, however short it is written.
    std::uint64_t memory = 1ULL << 30U;
};

/// Appends.
void write_binary(const Evidence& evidence, std::string& out);

/// Reads what write_binary() wrote, and leaves the reader behind it. The bytes are hostile: a length beyond the end, a boolean that is
/// neither, a word that is none of the set, a reference that is not in its normal form, a digest that is none, a number that is
/// not finite, and whatever invariants.hpp refuses: Error{malformed}. Every proper beginning is one, too. What is read is written
/// as the same bytes again.
Result<Evidence> read_binary(Reader& reader, const BinaryLimits& limits = {});

}  // namespace headgate::recording
