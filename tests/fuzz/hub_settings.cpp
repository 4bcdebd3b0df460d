// Settings that name models: any bytes, as YAML and as JSON.
#include "fuzz/intake_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run_manifest_as({data, size}, "hub settings", "a.yaml");
    headgate::fuzz::run_manifest_as({data, size}, "hub settings", "a.json");
    return 0;
}
