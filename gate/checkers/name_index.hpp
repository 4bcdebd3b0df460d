// name_index.hpp: popular names as a read-only index, searched where it lies (embedded in the binary): nothing is built
// at start. SymSpell's idea: two names within one edit share a string with at most one byte left out. Names are compared without
// their separators, so that a slip beside a separator is one, too.
//
// File, little endian, all offsets from the start:
//   0   "HGNAMES3"
//   8   u32 names, u32 entries, u32 bucket_bits, u32 size of the text, u32 day when the list was taken (from 1970-01-01)
//   28  u32 text offset of each name, and one behind the last
//   ... u32 first entry of each of the 2^bucket_bits buckets, and one behind the last
//   ... u32 entry: bits 16-31 are the hash's low 16 bits, bits 0-15 the name's number (its rank, from 0)
//   ... text of all names
// An entry lies in the bucket of its hash's top bits. A hit is only a candidate: the caller compares the names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace headgate::checkers {

class NameIndex {
  public:
    /// nullopt if the bytes are no index of this version. `bytes` must outlive the index.
    static std::optional<NameIndex> open(ByteView bytes);

    std::size_t size() const { return names_; }
    /// When the list of names was taken.
    Instant as_of() const { return {std::int64_t{word(24)} * 86'400}; }
    std::string_view name(std::uint32_t number) const;

    /// Calls `visit(number)` for each candidate of the hash.
    template <typename Visit>
    void candidates(std::uint64_t hash, Visit visit) const {
        const std::size_t bucket = static_cast<std::size_t>(hash >> (64U - bucket_bits_));
        const std::uint32_t end = std::min(word(buckets_at_ + 4 * (bucket + 1)), entries_);
        for (std::uint32_t i = word(buckets_at_ + 4 * bucket); i < end; ++i) {
            const std::uint32_t entry = word(entries_at_ + 4 * std::size_t{i});
            if (entry >> 16U == (hash & 0xFFFFU)) visit(entry & 0xFFFFU);
        }
    }

    /// Number of exactly this (folded) name.
    std::optional<std::uint32_t> find(std::string_view wanted) const;

  private:
    std::uint32_t word(std::size_t at) const {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes_.data() + at, sizeof(value));
        return value;
    }

    ByteView bytes_;
    std::uint32_t names_ = 0;
    std::uint32_t entries_ = 0;
    std::uint32_t bucket_bits_ = 1;
    std::size_t names_at_ = 0;
    std::size_t buckets_at_ = 0;
    std::size_t entries_at_ = 0;
    std::size_t text_at_ = 0;
};

/// Makes the file from folded names, most popular first, without duplicates; at most 65,535. `repositories`: of names that are
/// looked up only as a whole and by what stands behind their last slash (models of a hub).
enum class Lookups { near, repositories };
Bytes build_name_index(std::string_view ecosystem, const std::vector<std::string>& names, Instant as_of, Lookups lookups = Lookups::near);

}  // namespace headgate::checkers
