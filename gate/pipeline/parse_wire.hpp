// parse_wire.hpp: orders and answers as bytes, between the host and a worker. What a worker answers is hostile: it may have been taken
// over by what it was given.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "io/worker_source.hpp"
#include "pipeline/parsing.hpp"

namespace headgate::pipeline {

struct WireOrder {
    ParseOrder what;
    std::uint64_t size = 0;              // of the input
    io::WorkerSource::Kind kind = io::WorkerSource::Kind::sealed;
};

/// Never "".
std::string write_order(const WireOrder& order);
/// In the worker, of what the host wrote. Error{malformed}: they are not of one build.
Result<WireOrder> read_order(ByteView bytes);

struct WireAnswer {
    bool readable = false;               // false: the worker says that it could not read its input; then there is nothing else
    Parsed parsed;
    std::vector<io::SeenRange> seen;     // of a file that was read in ranges
};

std::string write_answer(const WireAnswer& answer);

/// Strict: every byte is taken and none left over; facts are about the file that was ordered, and of the kinds that its task makes:
/// no records of files, no signatures and statements, no values of tensors (those are the host's own); whoever says that every byte
/// was understood says what it was, and whoever does not says why. At most a million facts. Error{malformed}.
Result<WireAnswer> read_answer(ByteView bytes, const ParseOrder& order);

}  // namespace headgate::pipeline
