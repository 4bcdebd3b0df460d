// safetensors_header.hpp: the JSON header of a safetensors file -> entries, by a tokenizer of its own: the grammar is
// tiny (depth 3, strings and non-negative integers only), and a header of 100 MB must not become a tree of values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace headgate::formats {

struct SafetensorsEntry {
    std::string name;        // unescaped
    std::string_view dtype;  // as the enum spells it
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0;  // of the data region
    std::uint64_t end = 0;
    std::uint64_t bytes = 0;  // what dtype and shape ask for
    std::size_t offset = 0;   // of the name, within the header
};

struct SafetensorsProblem {
    std::string id;  // "safetensors.duplicate-key", ...
    std::string message;
    std::size_t offset = 0;  // within the header
};

struct SafetensorsHeader {
    std::vector<SafetensorsEntry> entries;      // header order
    std::optional<SafetensorsProblem> problem;  // the first one; then `entries` are not to be used
};

/// Parses the header. What it does not check: the layout of the data region.
SafetensorsHeader parse_safetensors_header(ByteView header, const Limits& limits, Budget& budget);

/// Sorts by offset and checks that the entries fill [0, data_size) without hole or overlap.
std::optional<SafetensorsProblem> check_safetensors_layout(std::vector<SafetensorsEntry>& entries,
                                                           std::uint64_t data_size);

}  // namespace headgate::formats
