// Tar archives and source distributions.
#include "formats/tar.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "input.tar", headgate::formats::sniff_tar, headgate::formats::parse_tar);
    return 0;
}
