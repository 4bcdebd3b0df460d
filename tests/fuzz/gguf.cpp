// GGUF: tensors and a format fact if and only if there is no `gguf.*` finding; templates add findings of their own.
#include "formats/gguf.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate;
    static const Limits kLimits = fuzz::small_limits();
    Budget budget(kLimits);
    Evidence evidence;
    MemorySource source({data, size});
    formats::ParseContext context{kLimits, budget, evidence, "model.gguf", {}, 0};
    const auto examined = formats::parse_gguf(source, context);
    bool refused = false;
    for (const Finding& finding : evidence.findings) refused = refused || finding.id.starts_with("gguf.");
    ORACLE((examined == formats::Examined::whole) != refused);
    ORACLE(evidence.formats.empty() == refused);
    std::uint64_t bytes = 0;
    for (const Tensor& tensor : evidence.tensors) bytes += tensor.bytes;
    ORACLE(bytes <= size);
    return 0;
}
