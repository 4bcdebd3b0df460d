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
    const std::unique_ptr<Decoder> decoder = make_decoder(compression);
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
    ByteView window;             // of the compressed bytes, not yet decoded
    std::uint64_t fed = 0;
    std::size_t used = 0;
    const auto stop = [&](Expanded::Status status, std::string why) {
        result.status = status;
        result.why = std::move(why);
        result.consumed = fed - window.size();
        result.bytes.resize(used);
        return std::move(result);
    };
    std::uint8_t overflow[1];
    for (;;) {
        if (window.empty() && fed < length) {
            const std::uint64_t take = std::min(kInputWindow, length - fed);
            const auto next = source.view(offset + fed, take);
            if (!next) return stop(Expanded::Status::unreadable, "the compressed bytes cannot be read");
            window = *next;
            fed += take;
        }
        if (used == result.bytes.size() && used < cap) grow(result.bytes, used, cap);
        const bool full = used == result.bytes.size();  // at the cap: one byte more shows that the stream goes on
        const std::span<std::uint8_t> room = full ? std::span<std::uint8_t>(overflow) : std::span(result.bytes).subspan(used);
        const Decoder::Step step = decoder->step(window, room);
        window = window.subspan(step.read);
        if (full && step.made > 0) {
            return stop(Expanded::Status::limit, expected != 0 && expected <= memory_cap
                                                     ? "it expands to more than the declared size"
                                                     : "it expands to more than one member may");
        }
        used += step.made;
        if (step.made > 0 && !budget.expand(step.made)) {
            return stop(Expanded::Status::limit, "the file's budget of expanded bytes is used up");
        }
        if (used > limits.ratio_floor && used / limits.expansion_ratio > fed - window.size()) {
            return stop(Expanded::Status::limit, "it expands more than " + std::to_string(limits.expansion_ratio) +
                                                     " times: a decompression bomb");
        }
        switch (step.state) {
            case Decoder::State::ended: return stop(Expanded::Status::ok, "");
            case Decoder::State::broken: return stop(Expanded::Status::broken, decoder->why());
            case Decoder::State::limit: return stop(Expanded::Status::limit, decoder->why());
            case Decoder::State::more: break;
        }
        if (step.read == 0 && step.made == 0 && fed == length) {
            return stop(Expanded::Status::broken, "the compressed stream breaks off");
        }
        if (step.read == 0 && step.made == 0 && !window.empty()) {
            return stop(Expanded::Status::broken, "the compressed stream does not go on");
        }
    }
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
