// Zip archives with all they carry: torch checkpoints, npz, wheels, members in members.
#include "formats/zip.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "input.zip", headgate::formats::sniff_zip, headgate::formats::parse_zip);
    return 0;
}
