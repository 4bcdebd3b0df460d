// kustomization.yaml: any bytes.
#include "fuzz/intake_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run_manifest_as({data, size}, "Kubernetes", "kustomization.yaml");
    return 0;
}
