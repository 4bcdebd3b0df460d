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
    ORACLE((examined == formats::Examined::whole) == evidence.findings.empty());
    ORACLE(evidence.formats.empty() != evidence.findings.empty());
    std::uint64_t bytes = 0;
    for (const Tensor& tensor : evidence.tensors) bytes += tensor.bytes;
    ORACLE(bytes <= size);
    return 0;
}
