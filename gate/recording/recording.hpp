// recording.hpp: recordings as JSON, written and read back by one table (fields.hpp). Schema headgate.dev/facts/v1:
// rules/schema/facts-v1.schema.json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/recording.hpp"

namespace headgate::recording {

struct ReadLimits {
    std::uint64_t bytes = 256ULL << 20U;    // of all documents together
    std::uint64_t values = 32'000'000;      // scalars and containers
};

/// One document on one line, with a final newline. Every field is there under its own name, empty lists too; what the model
/// calls absent (no digest, no line, no time) has no key. Text that is not UTF-8 is {"base64": "..."}.
std::string write(const Recording& recording);

/// Reads what write() wrote: one document, or several, each on a line of its own. read(write(x)) is x again.
///
/// Strict: an unknown, missing or repeated key, a value of another type, a word that is none of the closed set, a reference
/// that is not in its canonical spelling, a digest of the wrong length, bytes behind the end: Error{malformed}, which names
/// the recording by its number, the field as a JSON Pointer, and what was expected. No document at all is an error, too.
/// What is read is the operator's word: nothing in it is verified (its `origin`, digests and signers least of all).
Result<std::vector<Recording>> read(ByteView bytes, const ReadLimits& limits = {});

}  // namespace headgate::recording
