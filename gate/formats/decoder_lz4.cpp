#include <lz4frame.h>

#include "formats/decoder.hpp"

namespace headgate::formats {
namespace {

class Lz4 final : public Decoder {
  public:
    Lz4() { ready_ = LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0; }
    ~Lz4() override { LZ4F_freeDecompressionContext(context_); }
    bool ready() const { return ready_; }

    Step step(ByteView input, std::span<std::uint8_t> output) override {
        std::size_t read = input.size();
        std::size_t made = output.size();
        const std::size_t code = LZ4F_decompress(context_, output.data(), &made, input.data(), &read, nullptr);
        if (LZ4F_isError(code) != 0) {
            why_ = std::string("the lz4 frame is broken: ") + LZ4F_getErrorName(code);
            return {State::broken, 0, 0};
        }
        return {code == 0 ? State::ended : State::more, read, made};
    }

  private:
    LZ4F_dctx* context_ = nullptr;
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_lz4_decoder() {
    auto decoder = std::make_unique<Lz4>();
    if (!decoder->ready()) return nullptr;
    return decoder;
}

}  // namespace headgate::formats
