// sevenzip_cursor.hpp: the numbers, bits and digests that a 7z header is written in (7zFormat.txt of the LZMA SDK, "Notes about
// Notation and encoding"), read forward through a view that cannot be half-read. The first thing that is wrong is remembered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits.hpp"

namespace headgate::formats {

using SevenZipDigests = std::vector<std::optional<std::uint32_t>>;   // CRC-32 of each item, where one is stated

class SevenZipCursor {
  public:
    SevenZipCursor(ByteView bytes, const Limits& limits, Budget& budget) : reader_(bytes), limits_(limits), budget_(budget) {}

    std::size_t remaining() const { return reader_.remaining(); }
    bool at_end() const { return reader_.at_end(); }
    const Limits& limits() const { return limits_; }
    Budget& budget() { return budget_; }

    /// nullopt, as that of everything below, behind broken("the header breaks off") and the like.
    std::optional<std::uint8_t> byte();
    std::optional<ByteView> take(std::uint64_t count);
    /// One to nine bytes: the leading ones of the first say how many follow it.
    std::optional<std::uint64_t> number();
    /// A number of things of which each takes at least one bit of the header, and no more than `limits.members` may be.
    std::optional<std::size_t> count(const char* of_what);
    /// `count` bits, highest first; those that fill the last byte are zero.
    std::optional<std::vector<bool>> bits(std::size_t count);
    /// A byte that says "all", or else the bits that say for which of `count` items something follows.
    std::optional<std::vector<bool>> defined(std::size_t count);
    std::optional<SevenZipDigests> digests(std::size_t count);
    /// Takes the next byte if it is `id`.
    bool is(std::uint8_t id);
    /// A byte that must be `id`.
    bool expect(std::uint8_t id, const char* what);

    std::nullopt_t broken(std::string why);
    /// What may be honest and is more, or other, than can be read here.
    std::nullopt_t limit(std::string why);

    /// One clause; "" as long as nothing was wrong.
    const std::string& why() const { return why_; }
    bool is_limit() const { return is_limit_; }

  private:
    template <typename T>
    std::optional<T> or_cut_off(std::optional<T> value) {
        if (!value) broken("it breaks off");
        return value;
    }

    Reader reader_;
    const Limits& limits_;
    Budget& budget_;
    std::string why_;
    bool is_limit_ = false;
};

}  // namespace headgate::formats
