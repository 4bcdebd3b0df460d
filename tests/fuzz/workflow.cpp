// Workflows and composite actions: any bytes, as each of them.
#include "fuzz/intake_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run_manifest({data, size}, ".github/workflows/a.yml");
    headgate::fuzz::run_manifest({data, size}, "action.yml");
    return 0;
}
