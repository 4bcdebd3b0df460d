#include <zlib.h>

#include <algorithm>

#include "formats/decoder.hpp"

namespace headgate::formats {
namespace {

constexpr std::size_t kMostAtOnce = 1U << 30U;  // zlib counts in unsigned int

class Zlib final : public Decoder {
  public:
    explicit Zlib(Compression compression) {
        const int bits = compression == Compression::deflate ? -MAX_WBITS : compression == Compression::gzip ? MAX_WBITS + 16 : MAX_WBITS;
        ready_ = inflateInit2(&stream_, bits) == Z_OK;
    }
    ~Zlib() override {
        if (ready_) inflateEnd(&stream_);
    }
    bool ready() const { return ready_; }

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        const std::size_t in = std::min(input.size(), kMostAtOnce);
        const std::size_t out = std::min(output.size(), kMostAtOnce);
        stream_.next_in = const_cast<Bytef*>(input.data());  // not const in zlib's interface; inflate() does not write to it
        stream_.avail_in = static_cast<uInt>(in);
        stream_.next_out = output.data();
        stream_.avail_out = static_cast<uInt>(out);
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        Step step{State::more, in - stream_.avail_in, out - stream_.avail_out};
        if (code == Z_STREAM_END) step.state = State::ended;
        if (code == Z_STREAM_END || code == Z_OK || code == Z_BUF_ERROR) return step;
        step.state = State::broken;
        why_ = std::string("the compressed stream is broken: ") + (stream_.msg != nullptr ? stream_.msg : "data error");
        return step;
    }

  private:
    z_stream stream_{};
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zlib_decoder(Compression compression) {
    auto decoder = std::make_unique<Zlib>(compression);
    if (!decoder->ready()) return nullptr;
    return decoder;
}

}  // namespace headgate::formats
