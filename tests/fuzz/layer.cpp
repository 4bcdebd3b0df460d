// Layers of images, as what runs and as a model's, whole and through a source that is read forward alone.
#include "formats/tar_layer.hpp"

#include "fuzz/container_oracle.hpp"

namespace {

// As a file is that nobody holds: from the first byte on, without a gap.
class Forward final : public headgate::ByteSource {
  public:
    explicit Forward(headgate::ByteView bytes) : bytes_(bytes) {}
    std::uint64_t size() const override { return bytes_.size(); }
    std::optional<headgate::ByteView> view(std::uint64_t, std::uint64_t) override { return std::nullopt; }
    bool read_through(std::uint64_t offset, std::span<std::uint8_t> to) override {
        ORACLE(offset == at_ && to.size() <= bytes_.size() - at_);
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), to.size(), to.begin());
        at_ += to.size();
        return true;
    }

  private:
    headgate::ByteView bytes_;
    std::size_t at_ = 0;
};

headgate::Evidence read(headgate::ByteSource& source, headgate::formats::LayerUse use) {
    using namespace headgate;
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    formats::ParseContext context{kLimits, budget, evidence, "layer", {}, 0, crypto::sha256_hex};
    const formats::Examined examined = formats::parse_layer(source, use, context);
    const bool explained = !evidence.findings.empty() || !evidence.opaques.empty();
    ORACLE(examined == formats::Examined::whole || explained);
    ORACLE(!evidence.formats.empty());
    return evidence;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const auto use : {headgate::formats::LayerUse::runs, headgate::formats::LayerUse::model}) {
        headgate::MemorySource whole({data, size});
        Forward forward({data, size});
        ORACLE(read(whole, use) == read(forward, use));
    }
    return 0;
}
