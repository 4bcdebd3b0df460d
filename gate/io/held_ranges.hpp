// held_ranges.hpp: which ranges of a large file somebody was shown, held (here) or told by digest (by a worker), and whether the bytes
// that are hashed afterwards are the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/source.hpp"
#include "crypto/sha256.hpp"

namespace headgate::io {

/// A source that holds what it showed: there is an end to how much.
class HoldingSource : public ByteSource {
  public:
    /// More ranges were asked for than may be held: the file's fault, unlike failure().
    virtual bool exhausted() const = 0;
};

class HeldRanges {
  public:
    /// Bytes held of one large file, at most.
    static constexpr std::uint64_t kMost = 512ULL << 20U;

    /// A range that is held already, as part of another one too.
    std::optional<ByteView> find(std::uint64_t offset, std::uint64_t length) const;
    bool room(std::uint64_t length) const { return length <= kMost - bytes_; }
    ByteView add(std::uint64_t offset, Bytes bytes);
    /// Whether what is held of these bytes of the file is the same.
    bool equal(std::uint64_t offset, ByteView chunk) const;

    const std::multimap<std::uint64_t, Bytes>& all() const { return ranges_; }

  private:
    std::multimap<std::uint64_t, Bytes> ranges_;
    std::uint64_t bytes_ = 0;
};

/// A range that another process says it was shown.
struct SeenRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    crypto::Sha256Digest sha256{};
};

/// How far a file was read from its beginning on, without holding it.
class ReadThrough {
  public:
    std::uint64_t end() const { return end_; }
    void take(ByteView bytes) {
        hash_.update(bytes);
        end_ += bytes.size();
    }
    /// As a range that was seen; none when nothing was read. Ask once.
    std::vector<SeenRange> seen() {
        if (end_ == 0) return {};
        return {SeenRange{0, end_, hash_.finish()}};
    }

  private:
    crypto::Sha256 hash_;
    std::uint64_t end_ = 0;
};

/// Compares ranges with a file that streams by, from the first byte to the last.
class SeenRanges {
  public:
    static constexpr std::size_t kMostRanges = 500'000;
    /// Ranges that begin in one piece of the file and end in another, at one time: each has a digest that is not finished.
    static constexpr std::size_t kMostOpen = 50'000;

    /// False when they cannot be those of a file of this size: beyond its end, empty, too many, or more bytes than may be held.
    /// `read_through`: it may have been read from its beginning on besides, and not held.
    bool set(std::vector<SeenRange> ranges, std::uint64_t size, bool read_through = false);
    /// False when a range is other than it was said to be.
    bool take(std::uint64_t offset, ByteView chunk);

  private:
    struct Open {
        const SeenRange* range = nullptr;
        crypto::Sha256 hash;
    };
    std::vector<SeenRange> ranges_;      // by offset
    std::size_t next_ = 0;               // the first that has not begun
    std::vector<Open> open_;
};

}  // namespace headgate::io
