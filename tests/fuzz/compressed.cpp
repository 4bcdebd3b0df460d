// Compressed streams of every kind and their content.
#include "formats/compressed.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace headgate::formats;
    headgate::fuzz::run({data, size}, "input.gz", sniff_gzip, parse_gzip);
    headgate::fuzz::run({data, size}, "input.z", sniff_zlib, parse_zlib);
    headgate::fuzz::run({data, size}, "input.xz", sniff_compressed, parse_compressed);
    headgate::fuzz::run({data, size}, "input.lzma", sniff_lzma, parse_lzma);
    headgate::fuzz::run({data, size}, "input.pkl", sniff_joblib_zfile, parse_joblib_zfile);
    return 0;
}
