// sevenzip_folder.hpp: what a folder of a 7z archive gives out. Chains of one packed stream: one compression (none, LZMA, LZMA2,
// Deflate, BZip2, Zstandard), and up to three filters over it (Delta, branch converters). Methods: Methods.txt of 7-Zip.
#pragma once

#include <memory>
#include <string>

#include "formats/expand.hpp"
#include "formats/sevenzip_streams.hpp"

namespace headgate::formats {

/// How a folder is undone.
struct SevenZipPlan {
    std::string unread;                // what nothing here can undo: "PPMd", "AES-256", ...; "" when all can be
    bool encrypted = false;
    bool sizes_differ = false;         // coders that keep the size of what they get state another one
    std::size_t compression = 0;       // coder at the packed stream
    bool stored = true;                // which packs nothing: its output is its input
    std::vector<Filter> filters;       // in the order in which they are undone

    bool is_slice() const { return stored && filters.empty(); }
};

SevenZipPlan plan_of(const SevenZipFolder& folder);

/// The output of a folder that can be undone, in parts. Memory: the decoder's window, and what the caller keeps.
class SevenZipOutput {
  public:
    enum class State {
        going,
        ended,       // behind the last byte
        broken,      // the packed stream breaks off, is malformed, or does not come to the size that is stated
        limit        // caps, budget, or parameters of a method: `why`
    };

    /// A decoder that cannot be made is state `limit` from the start.
    SevenZipOutput(ByteSource& source, const SevenZipStreams& streams, const SevenZipFolder& folder, const SevenZipPlan& plan,
                   const Limits& limits, Budget& budget);

    /// The next `size` bytes, into `keep` (nullptr: none are kept), and their CRC-32. False when there are fewer: what came is kept.
    bool take(std::uint64_t size, Bytes* keep, std::uint32_t& crc);
    /// True if the packed stream ends here, and with it what is packed.
    bool finish();

    State state() const { return state_; }
    /// One clause, after `broken` and `limit`.
    const std::string& why() const { return why_; }
    /// CRC-32 of all that was taken.
    std::uint32_t crc() const { return crc_; }

  private:
    bool stop(State state, std::string why);
    bool settle(ExpandingStream::State state);

    std::unique_ptr<ExpandingStream> stream_;
    std::uint64_t packed_ = 0;
    std::uint64_t taken_ = 0;
    std::uint32_t crc_ = 0;
    State state_ = State::going;
    std::string why_;
};

}  // namespace headgate::formats
