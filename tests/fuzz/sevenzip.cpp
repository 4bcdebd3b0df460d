// 7z archives. A wrong CRC is a finding and reading goes on, so that what is changed reaches the decoders.
#include "formats/sevenzip.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "input.7z", headgate::formats::sniff_sevenzip, headgate::formats::parse_sevenzip);
    return 0;
}
