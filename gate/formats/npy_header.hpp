// npy_header.hpp: the header of an npy file, a Python dictionary literal, read by a parser of exactly that language: one
// dict with the keys descr, fortran_order and shape, strings, numbers, tuples and lists. Nothing is evaluated.
// numpy/lib/format.py, "Format Version 1.0" to "3.0".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::formats {

struct NpyHeader {
    std::string descr;                 // as written
    bool object = false;               // objects at any depth: the data is a pickle
    std::uint64_t item_size = 0;       // bytes
    bool fortran_order = false;
    std::vector<std::uint64_t> shape;
};

/// The header, or in `problem` one clause that says what is wrong with it.
std::optional<NpyHeader> read_npy_header(std::string_view text, std::string& problem);

}  // namespace headgate::formats
