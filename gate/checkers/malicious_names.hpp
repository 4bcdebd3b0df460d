// malicious_names.hpp: names of packages that are known to be malicious, as a read-only list that is searched where it lies (embedded in
// the binary): nothing is read at start, and a name costs a binary search.
//
// File, little endian:
//   0   "HGKNOWN1"
//   8   u32 names, u32 blocks, u32 size of the text, u32 day when the list was taken (from 1970-01-01)
//   24  u32 offset of each block in the text
//   ... text: names in byte-wise order, kPerBlock to a block. Each: u8 bytes shared with the one before (0 for the first of a
//       block), u8 further bytes, these bytes, u32 number of its record: bit 31 "some versions only", bits 24-30 year from 2000,
//       bits 0-23 the number within it; 0 for none
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace headgate::checkers {

struct MaliciousName {
    std::string name;                    // as advisory_key() has it, without its type
    std::string id;                      // "MAL-2024-7117"; "" when no record has a number
    bool some_versions = false;          // the record names versions, and the list does not have them
    friend bool operator==(const MaliciousName&, const MaliciousName&) = default;
};

class MaliciousNames {
  public:
    static constexpr std::size_t kPerBlock = 16;

    /// nullopt if the bytes are no list of this version. `bytes` must outlive it.
    static std::optional<MaliciousNames> open(ByteView bytes);

    std::size_t size() const { return names_; }
    /// When the list was taken.
    Instant as_of() const { return as_of_; }
    std::optional<MaliciousName> find(std::string_view name) const;

  private:
    std::optional<MaliciousName> find_in(Reader reader, std::string_view name) const;
    std::optional<Reader> block(std::size_t number) const;
    std::string_view first_of(std::size_t number) const;

    ByteView bytes_;
    ByteView text_;
    std::size_t names_ = 0;
    std::size_t blocks_ = 0;
    Instant as_of_;
};

/// Makes the file from names in byte-wise order, each once. nullopt for a name of more than 255 bytes or an id that is no MAL- number.
std::optional<Bytes> build_malicious_names(const std::vector<MaliciousName>& names, Instant as_of);

}  // namespace headgate::checkers
