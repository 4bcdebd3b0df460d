// safetensors: tensors and a format fact if and only if there is no finding of the parser's own.
#include "formats/safetensors.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    MemorySource source({data, size});
    formats::ParseContext context{kLimits, budget, evidence, "model.safetensors", {}, 0};
    const auto examined = formats::parse_safetensors(source, context);
    fuzz::require((examined == formats::Examined::whole) == evidence.findings.empty(),
                  "whole if and only if nothing was found");
    fuzz::require(evidence.formats.empty() != evidence.findings.empty(), "facts if and only if nothing was found");
    std::uint64_t bytes = 0;
    for (const Tensor& tensor : evidence.tensors) bytes += tensor.bytes;
    fuzz::require(bytes <= size, "more bytes in tensors than in the file");
    return 0;
}
