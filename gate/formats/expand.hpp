// expand.hpp: one compressed stream into memory, behind a bounded window, with caps on output, on the ratio output : input, and
// on the file's budget. Nothing is allocated by a declared size alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/limits.hpp"
#include "base/source.hpp"
#include "formats/decoder.hpp"

namespace headgate::formats {

struct Expanded {
    enum class Status {
        ok,         // the stream ended; `consumed` says where
        broken,     // no such stream, or it breaks off
        limit,      // output cap, ratio, memory or budget: `why`
        unreadable  // the source could not be read (source.failure())
    };
    Status status = Status::broken;
    Bytes bytes;                 // what came out, also of a broken stream
    std::uint64_t consumed = 0;  // compressed bytes read
    std::string why;             // one clause, "" when ok
};

/// Expands one stream that begins at `offset` and ends at the latest after `length` bytes. `expected` (0: unknown) is
/// the size somebody declared: one byte more is an Expanded::limit with the reason, so that a stream cannot run on
/// behind it. Checks that the stream carries (zlib Adler-32, gzip CRC-32 and size, those of xz, lz4 and zstd) are compared.
Expanded expand(ByteSource& source, std::uint64_t offset, std::uint64_t length, Compression compression, const Limits& limits,
                Budget& budget, std::uint64_t expected = 0);

/// One compressed stream read forward, piece by piece, within the caps on ratio and budget: for contents that are given out in
/// parts. What a piece may be is the caller's to bound.
class ExpandingStream {
  public:
    enum class State { more, ended, broken, limit, unreadable };

    /// The stream begins at `offset` of the source and ends at the latest after `length` bytes.
    ExpandingStream(ByteSource& source, std::uint64_t offset, std::uint64_t length, std::unique_ptr<Decoder> decoder,
                    const Limits& limits, Budget& budget)
        : source_(source), offset_(offset), length_(length), decoder_(std::move(decoder)), limits_(limits), budget_(budget) {}

    struct Piece {
        State state = State::broken;
        std::size_t made = 0;   // bytes of the room that were filled
    };
    /// Fills `room` (never empty) as far as one step of the decoder reaches. `more` without a byte made: ask again.
    Piece read(std::span<std::uint8_t> room);
    /// Compressed bytes that the decoder took.
    std::uint64_t consumed() const { return fed_ - window_.size(); }
    /// One clause, after any state but `more` and `ended`.
    const std::string& why() const { return why_; }

  private:
    Piece stop(State state, std::size_t made, std::string why);

    ByteSource& source_;
    std::uint64_t offset_;
    std::uint64_t length_;
    std::unique_ptr<Decoder> decoder_;
    const Limits& limits_;
    Budget& budget_;
    ByteView window_;            // compressed bytes, not yet decoded
    std::uint64_t fed_ = 0;
    std::uint64_t made_ = 0;
    std::string why_;
};

/// CRC-32 (IEEE) of bytes, continued from `seed`.
std::uint32_t crc32_of(ByteView bytes, std::uint32_t seed = 0);

/// CRC-32 of a range, read in windows; nullopt when the source cannot be read.
std::optional<std::uint32_t> crc32_of(ByteSource& source, std::uint64_t offset, std::uint64_t length);

}  // namespace headgate::formats
