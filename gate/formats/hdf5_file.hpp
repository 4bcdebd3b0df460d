// hdf5_file.hpp: the bytes of an HDF5 file as its format specification (version 3) addresses them, and what has been
// accounted for.
//
// Addresses are relative to the superblock; the width of addresses and lengths is a property of the file. Every block of
// metadata is entered once (a second time is a loop, or two readings of the same bytes), and every stretch that is read or
// pointed at is claimed, so that overlaps and what nothing points at can be told afterwards.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/container_report.hpp"

namespace headgate::formats {

/// "Undefined address": all bits set, whatever the width.
inline constexpr std::uint64_t kNowhere = UINT64_MAX;

/// Reads fields forward. A field that does not fit makes `ok()` false for good and reads as 0: ask once, at the end.
class Hdf5Fields {
  public:
    Hdf5Fields(ByteView bytes, unsigned address_size, unsigned length_size)
        : reader_(bytes), address_size_(address_size), length_size_(length_size) {}

    bool ok() const { return ok_; }
    std::uint64_t number(std::uint64_t bytes);
    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t address() { return fixed(address_size_); }
    std::uint64_t length() { return fixed(length_size_); }
    ByteView take(std::uint64_t count);
    void skip(std::uint64_t count) { take(count); }
    /// Text up to its NUL, and on to the next multiple of `padding` from the text's beginning (0: just behind the NUL).
    std::string_view text(std::uint64_t padding);
    std::size_t offset() const { return reader_.offset(); }
    std::size_t remaining() const { return reader_.remaining(); }
    Hdf5Fields within(ByteView bytes) const { return {bytes, address_size_, length_size_}; }

  private:
    std::uint64_t fixed(unsigned bytes);

    Reader reader_;
    unsigned address_size_;
    unsigned length_size_;
    bool ok_ = true;
};

class Hdf5File {
  public:
    Hdf5File(ByteSource& source, std::uint64_t base, ParseContext& context);

    ParseContext& context() { return context_; }
    std::uint64_t base() const { return base_; }
    std::uint64_t size() const { return source_.size(); }
    bool clean() const { return report_.clean(); }

    // Of the superblock.
    unsigned address_size = 8;
    unsigned length_size = 8;
    std::uint32_t leaf_k = 4;
    std::uint32_t internal_k = 16;
    std::uint32_t chunk_k = 32;

    Hdf5Fields fields(ByteView bytes) const { return {bytes, address_size, length_size}; }

    /// A finding `hdf5.<thing>` at an address.
    void broken(std::string_view thing, std::string message, std::uint64_t address, std::string why);
    /// What this parser does not read, by its name.
    void unsupported(const std::string& what, std::uint64_t address);
    void malformed(const std::string& what, std::uint64_t address);

    /// The bytes at an address, or a finding. Does not claim them.
    std::optional<ByteView> peek(std::uint64_t address, std::uint64_t length, const std::string& what);
    /// A block of metadata, claimed; nullopt (and a finding) when it does not lie in the file or was entered before.
    std::optional<ByteView> enter(std::uint64_t address, std::uint64_t length, const std::string& what);
    /// Accounts for a stretch; false and a finding when it does not lie in the file.
    bool claim(std::uint64_t address, std::uint64_t length, const std::string& what);
    /// As `enter` for a block that begins with `signature` and ends with the checksum of what is before it.
    std::optional<ByteView> enter_checked(std::uint64_t address, std::uint64_t length, std::string_view signature,
                                          const std::string& what);
    /// False, and one finding, when the steps are used up.
    bool step(std::uint64_t count = 1);

    /// Reports overlaps, and what nothing points at where it is more than alignment and free space explain.
    void account();

  private:
    struct Region {
        std::uint64_t begin;
        std::uint64_t end;
    };
    bool inside(std::uint64_t address, std::uint64_t length) const;
    void judge_gap(std::uint64_t begin, std::uint64_t end, std::uint64_t& unexplained);

    ByteSource& source_;
    ParseContext& context_;
    ContainerReport report_;
    std::uint64_t base_;
    std::vector<Region> regions_;
    std::set<std::uint64_t> entered_;
    bool out_of_steps_ = false;
};

/// The checksum of metadata blocks: Bob Jenkins' lookup3 (hashlittle) from 0.
std::uint32_t hdf5_checksum(ByteView bytes);

}  // namespace headgate::formats
