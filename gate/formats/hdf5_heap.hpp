// hdf5_heap.hpp: where HDF5 keeps what does not fit in place: global heaps (variable-length values) and dense storage (links
// and attributes of large objects: a fractal heap, indexed by B-trees of version 2).
#pragma once

#include <functional>
#include <map>

#include "formats/hdf5_file.hpp"

namespace headgate::formats {

/// Global heap collections, each read once.
class Hdf5GlobalHeap {
  public:
    explicit Hdf5GlobalHeap(Hdf5File& file) : file_(file) {}
    /// The value that a variable-length element (length, address, index) stands for; nullopt and a finding when it is not
    /// there. An element without a value (address 0) is empty.
    std::optional<ByteView> value(Hdf5Fields& element, std::uint64_t bytes_each, std::uint64_t at);

  private:
    using Objects = std::map<std::uint32_t, ByteView>;
    const Objects* collection(std::uint64_t address);

    Hdf5File& file_;
    std::map<std::uint64_t, std::optional<Objects>> collections_;
};

/// Dense storage of one object.
struct Hdf5Dense {
    std::uint64_t heap;
    std::uint64_t by_name;       // B-tree
    std::uint64_t by_order;      // B-tree of the same records; kNowhere for none
    unsigned record_type;        // of by_name: 5 links, 8 attributes
    std::uint64_t id_at;         // where in a record the heap id stands
};

/// Gives every message in it to `use`, by the index of names.
void read_dense(Hdf5File& file, const Hdf5Dense& dense, const std::function<void(ByteView, std::uint64_t)>& use);

/// Records of a B-tree of version 2, in order; what could be read. `type` as the format numbers them.
std::vector<ByteView> read_tree2(Hdf5File& file, std::uint64_t address, unsigned type);

}  // namespace headgate::formats
