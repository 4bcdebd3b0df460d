#include <bzlib.h>

#include <algorithm>

#include "formats/decoder.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostAtOnce = 1U << 30U;  // bzlib counts in unsigned int

class Bzip2 final : public Decoder {
  public:
    Bzip2() { ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK; }
    ~Bzip2() override {
        if (ready_) BZ2_bzDecompressEnd(&stream_);
    }
    bool ready() const { return ready_; }

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        const std::size_t in = std::min(input.size(), kMostAtOnce);
        const std::size_t out = std::min(output.size(), kMostAtOnce);
        stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(input.data()));  // bzlib only reads it
        stream_.avail_in = static_cast<unsigned>(in);
        stream_.next_out = reinterpret_cast<char*>(output.data());
        stream_.avail_out = static_cast<unsigned>(out);
        const int code = BZ2_bzDecompress(&stream_);
        Step step{State::more, in - stream_.avail_in, out - stream_.avail_out};
        if (code == BZ_STREAM_END) step.state = State::ended;
        if (code == BZ_STREAM_END || code == BZ_OK) return step;
        step.state = code == BZ_MEM_ERROR ? State::limit : State::broken;
        why_ = code == BZ_MEM_ERROR ? "bzip2 has no memory" : "the bzip2 stream is broken";
        return step;
    }

  private:
    bz_stream stream_{};
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder() {
    auto decoder = std::make_unique<Bzip2>();
    if (!decoder->ready()) return nullptr;
    return decoder;
}

}  // namespace headgate::formats
