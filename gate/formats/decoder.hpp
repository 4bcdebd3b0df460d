// decoder.hpp: the stream decoders of the compression libraries behind one interface. A library's own types stay in the file
// that wraps it: decoder_zlib.cpp, decoder_bzip2.cpp, decoder_lzma.cpp, decoder_lz4.cpp, decoder_zstd.cpp.
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

}  // namespace headgate::formats
