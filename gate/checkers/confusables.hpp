// confusables.hpp: what a name with letters of other scripts reads like to a person: the skeleton of UTS #39 (for full-width
// letters, the compatibility form), of which only what is ASCII counts (protected names are), without the accents.
//
// The table is made while building by gate/tools/confusables.cpp from ICU's data, so that the program itself never loads ICU, and
// is looked into only for names that are not ASCII. File, little endian:
//   0   "HGCONF01"
//   8   u32 rows
//   12  12 bytes a row, in order of the code point: u32 code point (from U+0080), up to 8 ASCII characters that it reads like, the
//       rest 0; none: it cannot be seen, or is an accent of what stands before it
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace headgate::checkers {

class Confusables {
  public:
    /// nullopt if the bytes are no table of this version. `bytes` must outlive it.
    static std::optional<Confusables> open(ByteView bytes);

    std::size_t size() const { return rows_; }
    /// What the code point reads like; nullopt if like nothing in ASCII.
    std::optional<std::string_view> reading(char32_t wanted) const;
    /// What the text (UTF-8) reads like; nullopt if one of its characters is like nothing in ASCII.
    std::optional<std::string> reading(std::string_view text) const;

  private:
    std::uint32_t code_point(std::uint32_t row) const;

    ByteView bytes_;
    std::uint32_t rows_ = 0;
};

/// No byte of it is beyond ASCII.
bool is_ascii(std::string_view text);

}  // namespace headgate::checkers
