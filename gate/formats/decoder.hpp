// decoder.hpp: the stream decoders of the compression libraries behind one interface. A library's own types stay in the file
// that wraps it: decoder_zlib.cpp, decoder_bzip2.cpp, decoder_lzma.cpp, decoder_filters.cpp, decoder_lz4.cpp, decoder_zstd.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.hpp"

namespace headgate::formats {

enum class Compression {
    deflate,  // RFC 1951, bare: members of zip files
    zlib,     // RFC 1950
    gzip,     // RFC 1952
    bzip2,
    xz,
    lzma,     // the "LZMA alone" file format: 13 bytes of header
    lz4,      // frame format; a skippable frame decodes to nothing
    zstd      // RFC 8878; a skippable frame decodes to nothing
};

/// Memory that one decoder may take for its window; a stream that wants more is at its limit. (xz -9 takes 65 MiB, zstd --long
/// 128 MiB.)
inline constexpr std::uint64_t kDecoderMemory = 192ULL << 20U;

class Decoder {
  public:
    enum class State { more, ended, broken, limit };
    struct Step {
        State state = State::broken;
        std::size_t read = 0;   // of the input
        std::size_t made = 0;   // of the output
    };

    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;

    /// Decodes on, as far as input and output (which is never empty) reach. `more` without progress asks for input.
    virtual Step step(ByteView input, std::span<std::uint8_t> output) = 0;
    /// What was wrong, after `broken` or `limit`.
    const std::string& why() const { return why_; }

  protected:
    std::string why_;
};

/// nullptr when the library has no memory.
std::unique_ptr<Decoder> make_decoder(Compression compression);

std::unique_ptr<Decoder> make_zlib_decoder(Compression compression);
std::unique_ptr<Decoder> make_bzip2_decoder();
std::unique_ptr<Decoder> make_lzma_decoder(Compression compression);
std::unique_ptr<Decoder> make_lz4_decoder();
std::unique_ptr<Decoder> make_zstd_decoder();

// What archives name apart from each other: a compression without a header of its own, and filters over what comes out of it.

/// Gives out the bytes that it gets; ends behind `size` of them.
std::unique_ptr<Decoder> make_copy_decoder(std::uint64_t size);

enum class RawLzma { lzma, lzma2 };
/// A bare stream of LZMA (5 bytes of properties) or LZMA2 (1 byte) that expands to `size` bytes, which LZMA does not say itself: it may
/// end there with or without an end marker. No more than `reach` bytes of it will be asked for: no larger window is held. nullptr when the
/// properties are none, or want more than kDecoderMemory: `why`.
std::unique_ptr<Decoder> make_raw_lzma_decoder(RawLzma kind, ByteView properties, std::uint64_t size, std::uint64_t reach, std::string& why);

struct Filter {
    enum class Kind { delta, x86, powerpc, ia64, arm, armthumb, sparc, arm64 };
    Kind kind = Kind::delta;
    Bytes properties;            // delta: 1 byte, the distance less one; the others: none, or 4 bytes, where the code begins
};
inline constexpr std::size_t kMostFilters = 3;

/// Undoes `filters` (at most kMostFilters, the one that is undone first in front) over the output of `inner`. nullptr when their
/// properties are none: `why`.
std::unique_ptr<Decoder> make_filter_decoder(std::unique_ptr<Decoder> inner, std::span<const Filter> filters, std::string& why);

}  // namespace headgate::formats
