#include <zstd.h>
#include <zstd_errors.h>

#include <string>

#include "formats/decoder.hpp"

namespace headgate::formats {
namespace {

constexpr int kWindowLog = 27;  // 128 MiB: what `zstd -d` takes without being asked for more

class Zstd final : public Decoder {
  public:
    Zstd() : context_(ZSTD_createDCtx()) {
        ready_ = context_ != nullptr && ZSTD_isError(ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kWindowLog)) == 0;
    }
    ~Zstd() override { ZSTD_freeDCtx(context_); }
    bool ready() const { return ready_; }

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        ZSTD_outBuffer out{output.data(), output.size(), 0};
        const std::size_t code = ZSTD_decompressStream(context_, &out, &in);
        if (ZSTD_isError(code) != 0) {
            const ZSTD_ErrorCode error = ZSTD_getErrorCode(code);
            if (error == ZSTD_error_frameParameter_windowTooLarge || error == ZSTD_error_memory_allocation) {
                why_ = "its window is larger than " + std::to_string((1ULL << kWindowLog) >> 20U) + " MiB";
                return {State::limit, in.pos, out.pos};
            }
            why_ = std::string("the zstd frame is broken: ") + ZSTD_getErrorName(code);
            return {State::broken, in.pos, out.pos};
        }
        return {code == 0 ? State::ended : State::more, in.pos, out.pos};
    }

  private:
    ZSTD_DCtx* context_;
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() {
    auto decoder = std::make_unique<Zstd>();
    if (!decoder->ready()) return nullptr;
    return decoder;
}

}  // namespace headgate::formats
