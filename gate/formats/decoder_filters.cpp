#include <lzma.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "formats/decoder.hpp"

namespace headgate::formats {
namespace {

/// A chain of liblzma's filters with the options that it allocated for them.
class Chain {
  public:
    Chain() { filters_[0].id = LZMA_VLI_UNKNOWN; }
    ~Chain() {
        for (std::size_t i = 0; i < count_; ++i) std::free(filters_[i].options);  // liblzma's default allocator is malloc
    }
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    bool add(lzma_vli id, ByteView properties) {
        if (count_ == LZMA_FILTERS_MAX) return false;
        lzma_filter& filter = filters_[count_];
        filter = {id, nullptr};
        if (lzma_properties_decode(&filter, nullptr, properties.data(), properties.size()) != LZMA_OK) {
            filter = {LZMA_VLI_UNKNOWN, nullptr};
            return false;
        }
        filters_[++count_] = {LZMA_VLI_UNKNOWN, nullptr};
        return true;
    }
    lzma_filter& last() { return filters_[count_ - 1]; }
    const lzma_filter* get() const { return filters_.data(); }

  private:
    std::array<lzma_filter, LZMA_FILTERS_MAX + 1> filters_{};
    std::size_t count_ = 0;
};

lzma_options_lzma& options_of(lzma_filter& filter) { return *static_cast<lzma_options_lzma*>(filter.options); }

/// A raw decoder of a chain; the chain is needed at its start only.
class Raw final : public Decoder {
  public:
    ~Raw() override { lzma_end(&stream_); }

    bool start(const Chain& chain, std::string& why) {
        const std::uint64_t memory = lzma_raw_decoder_memusage(chain.get());
        if (memory == UINT64_MAX) {
            why = "its parameters are none that can be undone here";
            return false;
        }
        if (memory > kDecoderMemory) {
            why = "its dictionary is larger than " + std::to_string(kDecoderMemory >> 20U) + " MiB";
            return false;
        }
        if (lzma_raw_decoder(&stream_, chain.get()) == LZMA_OK) return true;
        why = "its parameters are none that can be undone here";
        return false;
    }

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        stream_.next_in = input.data();
        stream_.avail_in = input.size();
        stream_.next_out = output.data();
        stream_.avail_out = output.size();
        const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
        Step step{State::more, input.size() - stream_.avail_in, output.size() - stream_.avail_out};
        if (code == LZMA_STREAM_END) step.state = State::ended;
        if (code == LZMA_STREAM_END || code == LZMA_OK || code == LZMA_BUF_ERROR) return step;
        step.state = code == LZMA_MEM_ERROR ? State::limit : State::broken;
        why_ = code == LZMA_MEM_ERROR ? "the decoder has no memory" : "the compressed stream is broken";
        return step;
    }

  private:
    lzma_stream stream_ = LZMA_STREAM_INIT;
};

class Copy final : public Decoder {
  public:
    explicit Copy(std::uint64_t size) : left_(size) {}

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        const std::uint64_t count = std::min({std::uint64_t{input.size()}, std::uint64_t{output.size()}, left_});
        std::copy_n(input.begin(), static_cast<std::size_t>(count), output.begin());
        left_ -= count;
        const auto moved = static_cast<std::size_t>(count);
        return {left_ == 0 ? State::ended : State::more, moved, moved};
    }

  private:
    std::uint64_t left_;
};

/// liblzma takes no filter alone: what `inner` gives out is handed to [filters, LZMA2] as the uncompressed chunks of an LZMA2
/// stream (a control byte, the length less one as two bytes, big end first, the bytes; a zero byte ends the stream).
class Filtered final : public Decoder {
  public:
    explicit Filtered(std::unique_ptr<Decoder> inner) : inner_(std::move(inner)) {}

    bool start(std::span<const Filter> filters, std::string& why);

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        Step all{State::more, 0, 0};
        for (;;) {
            const Step undone = undo_.step(ByteView(chunk_).subspan(given_, filled_ - given_), output);
            given_ += undone.read;
            all.made = undone.made;
            all.state = undone.state;
            if (undone.state == State::broken || undone.state == State::limit) why_ = undo_.why();
            if (undone.made > 0 || undone.state != State::more) return all;
            if (given_ < filled_) continue;     // it took some, and keeps them until it has seen more
            const Step next = refill(input.subspan(all.read));
            all.read += next.read;
            all.state = next.state == State::ended ? State::more : next.state;
            if (all.state != State::more || filled_ == given_) return all;
        }
    }

  private:
    static constexpr std::size_t kHead = 3;
    static constexpr std::size_t kChunk = 1U << 16U;

    /// The next chunk, from what `inner_` makes of the input; none when it asks for more.
    Step refill(ByteView input) {
        given_ = filled_ = 0;
        if (ended_) return {State::ended, 0, 0};
        const Step step = inner_->step(input, std::span(chunk_).subspan(kHead, kChunk));
        if (step.state == State::broken || step.state == State::limit) {
            why_ = inner_->why();
            return step;
        }
        if (step.made > 0) {
            chunk_[0] = first_ ? 1 : 2;         // the first one resets the dictionary
            chunk_[1] = static_cast<std::uint8_t>((step.made - 1) >> 8U);
            chunk_[2] = static_cast<std::uint8_t>(step.made - 1);
            filled_ = kHead + step.made;
            first_ = false;
        }
        if (step.state == State::ended) {
            ended_ = true;
            chunk_[filled_++] = 0;
        }
        return step;
    }

    std::unique_ptr<Decoder> inner_;
    Raw undo_;
    std::array<std::uint8_t, kHead + kChunk + 1> chunk_{};
    std::size_t given_ = 0;
    std::size_t filled_ = 0;
    bool first_ = true;
    bool ended_ = false;
};

lzma_vli id_of(Filter::Kind kind) {
    switch (kind) {
        case Filter::Kind::delta: return LZMA_FILTER_DELTA;
        case Filter::Kind::x86: return LZMA_FILTER_X86;
        case Filter::Kind::powerpc: return LZMA_FILTER_POWERPC;
        case Filter::Kind::ia64: return LZMA_FILTER_IA64;
        case Filter::Kind::arm: return LZMA_FILTER_ARM;
        case Filter::Kind::armthumb: return LZMA_FILTER_ARMTHUMB;
        case Filter::Kind::sparc: return LZMA_FILTER_SPARC;
        case Filter::Kind::arm64: return LZMA_FILTER_ARM64;
    }
    return LZMA_VLI_UNKNOWN;
}

bool Filtered::start(std::span<const Filter> filters, std::string& why) {
    Chain chain;
    // A chain is listed as an encoder applies it, so that what is undone first stands last.
    for (std::size_t i = filters.size(); i-- > 0;) {
        if (chain.add(id_of(filters[i].kind), filters[i].properties)) continue;
        why = "a filter has parameters that are none";
        return false;
    }
    const std::uint8_t smallest = 0;            // dictionary of 4 KiB: uncompressed chunks refer to nothing
    return chain.add(LZMA_FILTER_LZMA2, ByteView(&smallest, 1)) && undo_.start(chain, why);
}

}  // namespace

std::unique_ptr<Decoder> make_copy_decoder(std::uint64_t size) { return std::make_unique<Copy>(size); }

std::unique_ptr<Decoder> make_raw_lzma_decoder(RawLzma kind, ByteView properties, std::uint64_t size, std::uint64_t reach, std::string& why) {
    Chain chain;
    if (!chain.add(kind == RawLzma::lzma ? LZMA_FILTER_LZMA1 : LZMA_FILTER_LZMA2, properties)) {
        why = "its parameters are none that can be undone here";
        return nullptr;
    }
    lzma_options_lzma& options = options_of(chain.last());
    // No distance reaches back beyond the first byte: memory is needed for what comes out, not for what is said.
    const std::uint64_t needed = std::max<std::uint64_t>(std::min(size, reach), LZMA_DICT_SIZE_MIN);
    options.dict_size = static_cast<std::uint32_t>(std::min<std::uint64_t>(options.dict_size, needed));
    if (kind == RawLzma::lzma) {
        chain.last().id = LZMA_FILTER_LZMA1EXT;
        options.ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM;
        lzma_set_ext_size(options, size);
    }
    auto decoder = std::make_unique<Raw>();
    if (!decoder->start(chain, why)) return nullptr;
    return decoder;
}

std::unique_ptr<Decoder> make_filter_decoder(std::unique_ptr<Decoder> inner, std::span<const Filter> filters, std::string& why) {
    auto decoder = std::make_unique<Filtered>(std::move(inner));
    if (!decoder->start(filters, why)) return nullptr;
    return decoder;
}

}  // namespace headgate::formats
