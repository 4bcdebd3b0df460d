#include <lzma.h>

#include "formats/decoder.hpp"

namespace headgate::formats {
namespace {

class Lzma final : public Decoder {
  public:
    explicit Lzma(Compression compression) {
        // One stream at a time: whoever calls decides whether another may follow. A check that the library does not know
        // would go uncompared, so it is told.
        const lzma_ret code = compression == Compression::xz
                                  ? lzma_stream_decoder(&stream_, kDecoderMemory, LZMA_TELL_UNSUPPORTED_CHECK)
                                  : lzma_alone_decoder(&stream_, kDecoderMemory);
        ready_ = code == LZMA_OK;
    }
    ~Lzma() override { lzma_end(&stream_); }
    bool ready() const { return ready_; }

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        stream_.next_in = input.data();
        stream_.avail_in = input.size();
        stream_.next_out = output.data();
        stream_.avail_out = output.size();
        const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
        Step step{State::more, input.size() - stream_.avail_in, output.size() - stream_.avail_out};
        switch (code) {
            case LZMA_OK:
            case LZMA_BUF_ERROR: return step;
            case LZMA_STREAM_END: step.state = State::ended; return step;
            case LZMA_MEM_ERROR:
            case LZMA_MEMLIMIT_ERROR:
                step.state = State::limit;
                why_ = "its dictionary is larger than " + std::to_string(kDecoderMemory >> 20U) + " MiB";
                return step;
            case LZMA_UNSUPPORTED_CHECK:                 // others read on without it
                step.state = State::limit;
                why_ = "it is protected by a check that nothing here can compute";
                return step;
            case LZMA_OPTIONS_ERROR: why_ = "it uses filters that nothing here can undo"; break;
            case LZMA_FORMAT_ERROR: why_ = "this is no such stream"; break;
            default: why_ = "the compressed stream is broken"; break;
        }
        step.state = State::broken;
        return step;
    }

  private:
    lzma_stream stream_ = LZMA_STREAM_INIT;
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_lzma_decoder(Compression compression) {
    auto decoder = std::make_unique<Lzma>(compression);
    if (!decoder->ready()) return nullptr;
    return decoder;
}

}  // namespace headgate::formats
