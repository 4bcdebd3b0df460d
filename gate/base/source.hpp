// source.hpp: ByteSource, how a parser sees the bytes of a file or member: bounded, random access, private.
//
// The bytes a source hands out never change while the source lives: they are in memory that nobody else can write.
// For a large file only the ranges asked for are held; when the file is hashed afterwards, each held range is compared
// with the hashed bytes (io/file_source.hpp), so that what was judged is what was hashed.
#pragma once

#include <algorithm>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate {

class ByteSource {
  public:
    virtual ~ByteSource() = default;
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    virtual std::uint64_t size() const = 0;

    /// The bytes [offset, offset + length), valid while the source lives. nullopt when the range does not lie inside
    /// the source, or `failure()` tells why it could not be read (then the parser just stops: the caller asks).
    virtual std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) = 0;

    /// Fills `to` with the bytes from `offset` on, for whoever reads from the first byte to the last and holds nothing: a source that has to
    /// say later what it showed keeps a digest of them, and no bytes. False as view() is nullopt.
    virtual bool read_through(std::uint64_t offset, std::span<std::uint8_t> to) {
        const auto bytes = view(offset, to.size());
        if (!bytes) return false;
        std::copy(bytes->begin(), bytes->end(), to.begin());
        return true;
    }

    /// An I/O error, or the memory allowed for held ranges is used up. Set once, never cleared.
    virtual std::optional<Error> failure() const { return std::nullopt; }

    /// Whole content as one view: cheap for memory; for large files this holds everything (and may run out of budget).
    std::optional<ByteView> all() { return view(0, size()); }
};

/// Bytes in memory that outlive the source.
class MemorySource final : public ByteSource {
  public:
    explicit MemorySource(ByteView bytes) : bytes_(bytes) {}
    std::uint64_t size() const override { return bytes_.size(); }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override {
        if (offset > bytes_.size() || length > bytes_.size() - offset) return std::nullopt;
        return bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    }

  private:
    ByteView bytes_;
};

/// A range of another source: a stored zip member, the part of a file behind a header. Clamped to the parent.
class SliceSource final : public ByteSource {
  public:
    SliceSource(ByteSource& parent, std::uint64_t begin, std::uint64_t length)
        : parent_(parent), begin_(std::min(begin, parent.size())), size_(std::min(length, parent.size() - begin_)) {}
    std::uint64_t size() const override { return size_; }
    std::optional<ByteView> view(std::uint64_t offset, std::uint64_t length) override {
        if (offset > size_ || length > size_ - offset) return std::nullopt;
        return parent_.view(begin_ + offset, length);
    }
    std::optional<Error> failure() const override { return parent_.failure(); }

  private:
    ByteSource& parent_;
    std::uint64_t begin_;
    std::uint64_t size_;
};

/// Reads forward through a source of any size in windows. For parsers of long streams (pickle): the fast path is a
/// pointer comparison. A read that does not fit moves nothing and returns nullopt / false.
class Cursor {
  public:
    static constexpr std::uint64_t kWindow = 1U << 20U;

    explicit Cursor(ByteSource& source) : source_(source) {}

    std::uint64_t offset() const { return base_ + at_; }
    std::uint64_t remaining() const { return source_.size() - offset(); }

    /// Next byte, or nullopt at the end.
    std::optional<std::uint8_t> u8() {
        if (!ensure(1)) return std::nullopt;
        return window_[at_++];
    }
    /// The next `count` bytes; the view lives as long as the source.
    std::optional<ByteView> take(std::uint64_t count) {
        if (!ensure(count)) return std::nullopt;
        const ByteView result = window_.subspan(at_, static_cast<std::size_t>(count));
        at_ += static_cast<std::size_t>(count);
        return result;
    }
    /// The rest of the line without its '\n', which is passed too; nullopt (and nothing moves) when no '\n' follows.
    std::optional<ByteView> line() {
        std::uint64_t searched = 0;
        for (;;) {
            const ByteView rest = window_.subspan(at_);
            const void* end = rest.size() > searched
                                  ? std::memchr(rest.data() + searched, '\n', rest.size() - static_cast<std::size_t>(searched))
                                  : nullptr;
            if (end != nullptr) {
                const auto length = static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - rest.data());
                at_ += length + 1;
                return rest.first(length);
            }
            searched = rest.size();
            if (searched == remaining() || !refill(std::min(remaining(), std::max(kWindow, 2 * searched)))) {
                return std::nullopt;
            }
        }
    }
    /// Moves over bytes without holding them.
    bool skip(std::uint64_t count) {
        if (count > remaining()) return false;
        if (count <= window_.size() - at_) {
            at_ += static_cast<std::size_t>(count);
        } else {
            base_ += at_ + count;
            at_ = 0;
            window_ = {};
        }
        return true;
    }
    void seek(std::uint64_t offset) {
        base_ = std::min(offset, source_.size());
        at_ = 0;
        window_ = {};
    }
    template <typename T>
    std::optional<T> little() {
        const auto bytes = take(sizeof(T));
        if (!bytes) return std::nullopt;
        T value;
        std::memcpy(&value, bytes->data(), sizeof(T));
        return value;
    }

  private:
    bool ensure(std::uint64_t count) {
        if (count <= window_.size() - at_) return true;
        return refill(count);
    }
    bool refill(std::uint64_t count) {
        const std::uint64_t here = offset();
        if (count > source_.size() - here) return false;
        const auto next = source_.view(here, std::min(std::max(count, kWindow), source_.size() - here));
        if (!next) return false;
        base_ = here;
        at_ = 0;
        window_ = *next;
        return true;
    }

    ByteSource& source_;
    ByteView window_;
    std::uint64_t base_ = 0;
    std::size_t at_ = 0;
};

}  // namespace headgate
