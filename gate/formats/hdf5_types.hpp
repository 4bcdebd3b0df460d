// hdf5_types.hpp: dataspaces and datatypes of HDF5 (format specification, IV.A.2.b and IV.A.2.d).
#pragma once

#include <string>
#include <vector>

#include "formats/hdf5_file.hpp"

namespace headgate::formats {

struct Hdf5Space {
    std::vector<std::uint64_t> shape;   // empty: a scalar
    bool null = false;                  // no elements at all
    std::uint64_t elements = 0;
};

struct Hdf5Type {
    enum class Class : std::uint8_t { integer, real, time, text, bits, opaque, compound, reference, enumeration, variable, array };
    Class kind = Class::integer;
    std::uint32_t size = 0;             // bytes of an element
    std::string name;                   // "F32", "I64", "S12", "text", "struct", ...
    bool variable_text = false;         // a string in the global heap
    std::uint32_t each = 0;             // of variable length: bytes of one of its elements
    std::string unsupported;            // what in it this parser does not read; "" for none
};

/// nullopt: not as the format has it, or the number of elements overflows.
std::optional<Hdf5Space> read_space(Hdf5Fields& fields);
std::optional<Hdf5Type> read_type(Hdf5Fields& fields);

}  // namespace headgate::formats
