// gzip and zlib streams and their content.
#include "formats/gzip.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "input.gz", headgate::formats::sniff_gzip, headgate::formats::parse_gzip);
    headgate::fuzz::run({data, size}, "input.z", headgate::formats::sniff_zlib, headgate::formats::parse_zlib);
    return 0;
}
