// hdf5_dataset.hpp: a dataset of HDF5: what it is (Tensor fact), where its bytes are, and what reading them would do.
//
// Allowed filters: deflate, shuffle, fletcher32, scaleoffset, lzf. Layouts: compact, contiguous, and chunked by every index
// that there is (hdf5_chunks.hpp). The values themselves are not read (they are numbers), those of variable length are
// followed into their heaps. Findings:
//
//   hdf5.external-storage, hdf5.virtual   the values come from other files of the loader's machine
//   hdf5.filter                           a filter that needs a plugin, which reading the data loads
//   hdf5.expansion                        more than 4 GiB, and a thousand times what is stored
//   hdf5.short-data                       less is stored than the shape says
#pragma once

#include "formats/hdf5_heap.hpp"
#include "formats/hdf5_object.hpp"
#include "formats/hdf5_types.hpp"

namespace headgate::formats {

bool is_dataset(const std::vector<Hdf5Message>& messages);
void read_dataset(Hdf5File& file, Hdf5GlobalHeap& heap, const std::vector<Hdf5Message>& messages, std::uint64_t address, const std::string& path);

/// Follows the elements of a variable-length type; gives each value to `use`. False after a finding.
bool read_variable(Hdf5File& file, Hdf5GlobalHeap& heap, const Hdf5Type& type, std::uint64_t elements, ByteView data, std::uint64_t at,
                   const std::function<void(ByteView)>& use);

}  // namespace headgate::formats
