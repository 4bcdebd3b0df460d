// CoreML models, by content and by name, and the weight files beside them: whole if and only if nothing is found.
#include "formats/coreml.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate::formats;
    headgate::fuzz::run({data, size}, "model", sniff_coreml, parse_coreml);
    headgate::fuzz::run({data, size}, "model.mlmodel", sniff_named_coreml, parse_coreml);
    headgate::fuzz::run({data, size}, "weight.bin", sniff_coreml_weights, parse_coreml_weights);
    return 0;
}
