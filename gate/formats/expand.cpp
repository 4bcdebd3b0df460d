#include "formats/expand.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace headgate::formats {
namespace {

constexpr std::uint64_t kInputWindow = 1U << 20U;
constexpr std::size_t kFirstOutput = 16U << 10U;
constexpr std::uint64_t kDeflateMaximum = 1032;  // output bytes per input byte that deflate can reach at all

/// Room for more output: doubled, never beyond the cap.
void grow(Bytes& out, std::size_t used, std::uint64_t cap) {
    const std::uint64_t doubled = std::max<std::uint64_t>(kFirstOutput, std::uint64_t{used} * 2);
    out.resize(static_cast<std::size_t>(std::min(doubled, cap)));
}

}  // namespace

std::unique_ptr<Decoder> make_decoder(Compression compression) {
    switch (compression) {
        case Compression::deflate:
        case Compression::zlib:
        case Compression::gzip: return make_zlib_decoder(compression);
        case Compression::bzip2: return make_bzip2_decoder();
        case Compression::xz:
        case Compression::lzma: return make_lzma_decoder(compression);
        case Compression::lz4: return make_lz4_decoder();
        case Compression::zstd: return make_zstd_decoder();
    }
    return nullptr;
}

Expanded expand(ByteSource& source, std::uint64_t offset, std::uint64_t length, Compression compression, const Limits& limits,
                Budget& budget, std::uint64_t expected) {
    Expanded result;
    std::unique_ptr<Decoder> decoder = make_decoder(compression);
    if (!decoder) {
        result.why = "the decoder has no memory";
        result.status = Expanded::Status::limit;
        return result;
    }
    const std::uint64_t memory_cap = limits.member_bytes;
    const std::uint64_t cap = expected == 0 ? memory_cap : std::min(memory_cap, expected);
    if (compression == Compression::deflate && length <= std::numeric_limits<std::uint64_t>::max() / kDeflateMaximum && expected != 0) {
        // The declared size is believed only as far as deflate could reach it from the bytes that are there.
        const std::uint64_t reachable = std::max<std::uint64_t>(kFirstOutput, length * kDeflateMaximum);
        const std::uint64_t ratio_cap = std::max(limits.ratio_floor, length * limits.expansion_ratio);
        result.bytes.resize(static_cast<std::size_t>(std::min({cap, reachable, ratio_cap})));
    }
    ExpandingStream stream(source, offset, length, std::move(decoder), limits, budget);
    std::size_t used = 0;
    const auto stop = [&](Expanded::Status status, std::string why) {
        result.status = status;
        result.why = std::move(why);
        result.consumed = stream.consumed();
        result.bytes.resize(used);
        return std::move(result);
    };
    std::uint8_t overflow[1];
    for (;;) {
        if (used == result.bytes.size() && used < cap) grow(result.bytes, used, cap);
        const bool full = used == result.bytes.size();  // at the cap: one byte more shows that the stream goes on
        const ExpandingStream::Piece piece =
            stream.read(full ? std::span<std::uint8_t>(overflow) : std::span(result.bytes).subspan(used));
        if (full && piece.made > 0) {
            return stop(Expanded::Status::limit, expected != 0 && expected <= memory_cap
                                                     ? "it expands to more than the declared size"
                                                     : "it expands to more than one member may");
        }
        used += piece.made;
        switch (piece.state) {
            case ExpandingStream::State::more: break;
            case ExpandingStream::State::ended: return stop(Expanded::Status::ok, "");
            case ExpandingStream::State::broken: return stop(Expanded::Status::broken, stream.why());
            case ExpandingStream::State::limit: return stop(Expanded::Status::limit, stream.why());
            case ExpandingStream::State::unreadable: return stop(Expanded::Status::unreadable, stream.why());
        }
    }
}

ExpandingStream::Piece ExpandingStream::stop(State state, std::size_t made, std::string why) {
    why_ = std::move(why);
    return {state, made};
}

ExpandingStream::Piece ExpandingStream::read(std::span<std::uint8_t> room) {
    if (window_.empty() && fed_ < length_) {
        const std::uint64_t take = std::min(kInputWindow, length_ - fed_);
        const auto next = source_.view(offset_ + fed_, take);
        if (!next) return stop(State::unreadable, 0, "the compressed bytes cannot be read");
        window_ = *next;
        fed_ += take;
    }
    const Decoder::Step step = decoder_->step(window_, room);
    window_ = window_.subspan(step.read);
    made_ += step.made;
    if (step.made > 0 && !budget_.expand(step.made)) {
        return stop(State::limit, step.made, "the file's budget of expanded bytes is used up");
    }
    if (made_ > limits_.ratio_floor && made_ / limits_.expansion_ratio > consumed()) {
        return stop(State::limit, step.made,
                    "it expands more than " + std::to_string(limits_.expansion_ratio) + " times: a decompression bomb");
    }
    switch (step.state) {
        case Decoder::State::ended: return stop(State::ended, step.made, "");
        case Decoder::State::broken: return stop(State::broken, step.made, decoder_->why());
        case Decoder::State::limit: return stop(State::limit, step.made, decoder_->why());
        case Decoder::State::more: break;
    }
    if (step.read == 0 && step.made == 0 && fed_ == length_) {
        return stop(State::broken, 0, "the compressed stream breaks off");
    }
    if (step.read == 0 && step.made == 0 && !window_.empty()) {
        return stop(State::broken, 0, "the compressed stream does not go on");
    }
    return {State::more, step.made};
}

std::uint32_t crc32_of(ByteView bytes, std::uint32_t seed) {
    return static_cast<std::uint32_t>(::crc32_z(seed, bytes.data(), bytes.size()));
}

std::optional<std::uint32_t> crc32_of(ByteSource& source, std::uint64_t offset, std::uint64_t length) {
    std::uint32_t crc = 0;
    for (std::uint64_t done = 0; done < length;) {
        const std::uint64_t take = std::min(kInputWindow, length - done);
        const auto window = source.view(offset + done, take);
        if (!window) return std::nullopt;
        crc = crc32_of(*window, crc);
        done += take;
    }
    return crc;
}

}  // namespace headgate::formats
