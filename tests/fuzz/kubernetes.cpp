// Objects of Kubernetes, YAML and JSON: any bytes.
#include "fuzz/intake_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run_manifest_as({data, size}, "Kubernetes", "pod.yaml");
    return 0;
}
