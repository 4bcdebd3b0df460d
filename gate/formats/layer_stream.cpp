#include "formats/layer_stream.hpp"

#include <algorithm>

namespace headgate::formats {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kWindow = 256U << 10U;
constexpr std::string_view kGzip = "\x1F\x8B\x08"sv;
constexpr std::string_view kZstd = "\x28\xB5\x2F\xFD"sv;
constexpr const char* kWhyBehind = "Bytes that no stream covers are content that nothing examines, and that some readers go by.";

}  // namespace

LayerStream::LayerStream(ByteSource& source, ParseContext& context) : source_(source), context_(context) {
    if (!refill(kZstd.size())) return;
    if (starts_with(window_, kGzip)) compression_ = Compression::gzip, packing_ = "gzip";
    if (starts_with(window_, kZstd)) compression_ = Compression::zstd, packing_ = "zstd";
}

std::size_t LayerStream::read(std::span<std::uint8_t> room) {
    std::size_t made = 0;
    while (made < room.size() && !ended_ && !failed_) made += step(room.subspan(made));
    return made;
}

bool LayerStream::skip(std::uint64_t count) {
    std::uint8_t dropped[16U << 10U];
    while (count > 0) {
        const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(count, sizeof dropped));
        const std::size_t made = read(std::span(dropped).first(piece));
        if (made < piece) return false;
        count -= made;
    }
    return true;
}

// At least `wanted` bytes of the blob in the window, as far as there are so many.
bool LayerStream::refill(std::size_t wanted) {
    if (window_.size() >= wanted || fed_ == source_.size()) return true;
    const std::size_t held = window_.size();
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, source_.size() - fed_));
    Bytes next(held + take);
    std::copy(window_.begin(), window_.end(), next.begin());
    if (!source_.read_through(fed_, std::span(next).subspan(held))) {
        context_.opaque("the layer cannot be read to its end", source_.size() - fed_);
        failed_ = true;
        return false;
    }
    fed_ += take;
    buffer_ = std::move(next);
    window_ = buffer_;
    return true;
}

std::size_t LayerStream::fail(std::string_view id, std::string message, const char* why) {
    failed_ = true;
    context_.finding(std::string(id), Severity::high, std::string(packing_) + ": " + std::move(message), context_.at(fed_ - window_.size()), why,
                     "Build and push the image again; if it is honest, its tool writes this layer as others do.");
    return 0;
}

std::size_t LayerStream::limit(std::string message) {
    failed_ = true;
    context_.unscannable("compressed", std::string(packing_) + ": " + std::move(message), context_.at(fed_ - window_.size()));
    return 0;
}

// Between two streams: another one begins, or the blob ends.
bool LayerStream::begin_stream() {
    if (!refill(kZstd.size())) return false;
    if (window_.empty()) {
        ended_ = true;
        return false;
    }
    const bool first = at_ == 0 && fed_ == window_.size();
    if (!first && !starts_with(window_, *compression_ == Compression::gzip ? kGzip : kZstd)) {
        const bool skipped = window_.size() >= 4 && window_[0] >= 0x50 && window_[0] <= 0x5F && starts_with(window_.subspan(1), "\x2A\x4D\x18");
        if (skipped) {
            fail("compressed.skipped-frame", "a frame that readers skip stands behind the content",
                 "What stands in it, some clients go by (zstd:chunked), and nothing examines.");
        } else {
            fail("compressed.trailing-bytes", "something that is no stream stands behind the content", kWhyBehind);
        }
        return false;
    }
    if (!context_.budget.step(16)) return limit("more streams than the limits allow"), false;
    decoder_ = make_decoder(*compression_);
    if (!decoder_) return limit("the decoder has no memory"), false;
    return true;
}

std::size_t LayerStream::plain(std::span<std::uint8_t> room) {
    if (!refill(1)) return 0;
    if (window_.empty()) {
        ended_ = true;
        return 0;
    }
    const std::size_t made = std::min(room.size(), window_.size());
    std::copy_n(window_.begin(), made, room.begin());
    window_ = window_.subspan(made);
    at_ += made;
    return made;
}

std::size_t LayerStream::step(std::span<std::uint8_t> room) {
    if (!compression_) return plain(room);
    if (!decoder_ && !begin_stream()) return 0;
    if (!refill(1)) return 0;
    const Decoder::Step done = decoder_->step(window_, room);
    window_ = window_.subspan(done.read);
    at_ += done.made;
    if (done.made > 0 && !context_.budget.expand(done.made)) return limit("the layer expands to more than " + std::to_string(context_.limits.expanded_bytes) + " bytes");
    const std::uint64_t taken = fed_ - window_.size();
    if (at_ > context_.limits.ratio_floor && at_ / context_.limits.expansion_ratio > taken) {
        return limit("it expands more than " + std::to_string(context_.limits.expansion_ratio) + " times: a decompression bomb");
    }
    switch (done.state) {
        case Decoder::State::ended: decoder_.reset(); break;
        case Decoder::State::broken: fail("compressed.broken", decoder_->why(), "A stream that breaks off hides how its reader goes on."); break;
        case Decoder::State::limit: limit(decoder_->why()); break;
        case Decoder::State::more:
            if (done.read == 0 && done.made == 0 && fed_ == source_.size()) {
                fail("compressed.broken", window_.empty() ? "the compressed stream breaks off" : "the compressed stream does not go on",
                     "A stream that breaks off hides how its reader goes on.");
            }
            break;
    }
    return done.made;
}

}  // namespace headgate::formats
