// bytes.hpp: views of private byte buffers, and Reader, a cursor that cannot be half-read.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headgate {

using ByteView = std::span<const std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline bool starts_with(ByteView bytes, std::string_view magic) { return as_text(bytes).starts_with(magic); }

/// Reads forward through a view. Every read either takes all it asked for or returns nullopt and moves nothing.
class Reader {
  public:
    explicit Reader(ByteView bytes) : bytes_(bytes) {}

    std::size_t offset() const { return offset_; }
    std::size_t remaining() const { return bytes_.size() - offset_; }
    bool at_end() const { return remaining() == 0; }

    std::optional<ByteView> take(std::uint64_t count) {
        if (count > remaining()) return std::nullopt;
        const ByteView result = bytes_.subspan(offset_, static_cast<std::size_t>(count));
        offset_ += static_cast<std::size_t>(count);
        return result;
    }
    std::optional<std::uint8_t> u8() { return little<std::uint8_t>(); }
    std::optional<std::uint16_t> u16le() { return little<std::uint16_t>(); }
    std::optional<std::uint32_t> u32le() { return little<std::uint32_t>(); }
    std::optional<std::uint64_t> u64le() { return little<std::uint64_t>(); }

  private:
    template <typename T>
    std::optional<T> little() {
        if (sizeof(T) > remaining()) return std::nullopt;
        T value;
        std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
        static_assert(std::endian::native == std::endian::little, "port me: byte order");
        offset_ += sizeof(T);
        return value;
    }

    ByteView bytes_;
    std::size_t offset_ = 0;
};

}  // namespace headgate
