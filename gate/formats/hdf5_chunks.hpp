// hdf5_chunks.hpp: the chunks of a dataset: where they are and how much they store (format specification, III.A.1, VII).
#pragma once

#include <vector>

#include "formats/hdf5_file.hpp"

namespace headgate::formats {

struct Hdf5Chunking {
    std::uint64_t index = kNowhere;          // address of the index, or of the only chunk
    std::vector<std::uint64_t> extent;       // of a chunk, in elements
    std::uint64_t bytes = 0;                 // of a chunk without filters
    std::uint64_t count = 0;                 // chunks that the shape takes
    bool filtered = false;
    unsigned kind = 0;                       // 0: B-tree of version 1; else as layout version 4 numbers them
    std::uint64_t single_bytes = 0;          // kind 1 with filters
    unsigned page_bits = 0;                  // kind 3
};

/// Claims every chunk; bytes stored, nullopt after a finding.
std::optional<std::uint64_t> read_chunks(Hdf5File& file, const Hdf5Chunking& chunking);

}  // namespace headgate::formats
