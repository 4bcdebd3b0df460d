// hdf5_group.hpp: the links of a group of HDF5: by symbol table (B-tree of version 1, local heap, symbol nodes), by link
// messages, or in dense storage (fractal heap, B-tree of version 2).
//
// Hard links are given out. A soft or an external link is a finding `hdf5.soft-link` or `hdf5.external-link`: it names another
// place, in this file or in one that only the loader's machine has.
#pragma once

#include <string>
#include <vector>

#include "formats/hdf5_object.hpp"

namespace headgate::formats {

struct Hdf5Link {
    std::string name;
    std::uint64_t address = 0;
};

/// True when the messages are those of a group.
bool is_group(const std::vector<Hdf5Message>& messages);

/// What could be read; the rest is a finding.
std::vector<Hdf5Link> read_links(Hdf5File& file, const std::vector<Hdf5Message>& messages);

}  // namespace headgate::formats
