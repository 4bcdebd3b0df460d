// layer_stream.hpp: the content of an image's layer, plain, gzip or zstd by its first bytes, read forward: no more of it is in memory than
// whoever reads it holds. Several gzip members or zstd frames in a row are one content, as unpackers take them (lazily pulled images have
// one for each file); anything else behind them is a finding. Caps: those of `context.limits` and its budget.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "formats/decoder.hpp"
#include "formats/parser.hpp"

namespace headgate::formats {

class LayerStream {
  public:
    /// Both must outlive it. Findings (`compressed.*`) are located at the layer itself.
    LayerStream(ByteSource& source, ParseContext& context);

    /// "gzip", "zstd" or "tar".
    std::string_view packing() const { return packing_; }
    /// Fills the room as far as the content reaches: fewer bytes only at its end, or where failed() says that it breaks off.
    std::size_t read(std::span<std::uint8_t> room);
    /// False when it ends before.
    bool skip(std::uint64_t count);
    /// Bytes of the content so far.
    std::uint64_t at() const { return at_; }
    /// A finding or an Opaque says why.
    bool failed() const { return failed_; }

  private:
    std::size_t step(std::span<std::uint8_t> room);
    std::size_t plain(std::span<std::uint8_t> room);
    bool begin_stream();
    bool refill(std::size_t wanted);
    std::size_t fail(std::string_view id, std::string message, const char* why);
    std::size_t limit(std::string message);

    ByteSource& source_;
    ParseContext& context_;
    std::string_view packing_ = "tar";
    std::optional<Compression> compression_;
    std::unique_ptr<Decoder> decoder_;
    Bytes buffer_;               // of the blob's bytes
    ByteView window_;            // those of them that are not decoded yet
    std::uint64_t fed_ = 0;      // bytes of the blob that were read
    std::uint64_t at_ = 0;
    bool ended_ = false;
    bool failed_ = false;
};

}  // namespace headgate::formats
