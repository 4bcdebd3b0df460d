// .condarc: any bytes.
#include "fuzz/intake_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run_manifest({data, size}, ".condarc");
    return 0;
}
