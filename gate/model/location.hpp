// location.hpp: where in an artifact something is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace headgate {

struct Location {
    std::string path;                      // relative to the subject; "" is the subject itself
    std::string member;                    // chain inside containers: "model.ckpt!archive/data.pkl"; "" outside one
    std::optional<std::uint64_t> offset;   // bytes, within the innermost member or file
    std::optional<std::uint32_t> line;     // 1-based
    friend bool operator==(const Location&, const Location&) = default;
};

}  // namespace headgate
