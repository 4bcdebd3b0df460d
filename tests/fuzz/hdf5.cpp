// HDF5 files, whole: superblocks, headers, groups, heaps, chunks, attributes with configurations.
//
// The checksums of the later versions would keep the fuzzer out of what is behind them; the seeds of the first version have none.
#include "formats/hdf5.hpp"

#include "fuzz/container_oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    headgate::fuzz::run({data, size}, "m.h5", headgate::formats::sniff_hdf5, headgate::formats::parse_hdf5);
    return 0;
}
