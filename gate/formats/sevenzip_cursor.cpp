#include "formats/sevenzip_cursor.hpp"

namespace headgate::formats {

std::nullopt_t SevenZipCursor::broken(std::string why) {
    if (why_.empty()) why_ = std::move(why);
    return std::nullopt;
}

std::nullopt_t SevenZipCursor::limit(std::string why) {
    if (why_.empty()) {
        why_ = std::move(why);
        is_limit_ = true;
    }
    return std::nullopt;
}

std::optional<std::uint8_t> SevenZipCursor::byte() { return or_cut_off(reader_.u8()); }

std::optional<ByteView> SevenZipCursor::take(std::uint64_t count) { return or_cut_off(reader_.take(count)); }

std::optional<std::uint64_t> SevenZipCursor::number() {
    if (!budget_.step()) return limit("it has more numbers than the limits allow");
    const auto first = byte();
    if (!first) return std::nullopt;
    const auto extra = static_cast<unsigned>(std::countl_one(*first));
    const auto bytes = take(extra);
    if (!bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < extra; ++i) value |= std::uint64_t{(*bytes)[i]} << (8 * i);
    // Below the zero that ends the leading ones stand the highest bits; with seven or eight ones there are none.
    if (extra < 7) value |= (*first & ((1ULL << (7 - extra)) - 1)) << (8 * extra);
    return value;
}

std::optional<std::size_t> SevenZipCursor::count(const char* of_what) {
    const auto value = number();
    if (!value) return std::nullopt;
    if (*value > limits_.members) return limit("it has more " + std::string(of_what) + " than the limits allow");
    if (*value / 8 > remaining()) return broken("it says more " + std::string(of_what) + " than it has room for");
    return static_cast<std::size_t>(*value);
}

std::optional<std::vector<bool>> SevenZipCursor::bits(std::size_t count) {
    if (!budget_.step(count / 8 + 1)) return limit("it has more items than the limits allow");
    const auto bytes = take((std::uint64_t{count} + 7) / 8);
    if (!bytes) return std::nullopt;
    std::vector<bool> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = ((unsigned{(*bytes)[i / 8]} >> (7 - i % 8)) & 1U) != 0;
    if (count % 8 != 0 && (bytes->back() & ((1U << (8 - count % 8)) - 1)) != 0) return broken("bits that stand for nothing are set");
    return result;
}

std::optional<std::vector<bool>> SevenZipCursor::defined(std::size_t count) {
    const auto all = byte();
    if (!all) return std::nullopt;
    if (*all > 1) return broken("a byte that is 0 or 1 is " + std::to_string(*all));
    if (*all == 0) return bits(count);
    // Whatever is defined takes at least a byte each.
    if (count > remaining()) return broken("it breaks off");
    return std::vector<bool>(count, true);
}

std::optional<SevenZipDigests> SevenZipCursor::digests(std::size_t count) {
    const auto which = defined(count);
    if (!which) return std::nullopt;
    SevenZipDigests result(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (!(*which)[i]) continue;
        result[i] = or_cut_off(reader_.u32le());
        if (!result[i]) return std::nullopt;
    }
    return result;
}

bool SevenZipCursor::is(std::uint8_t id) {
    Reader ahead = reader_;
    if (ahead.u8() != id) return false;
    reader_ = ahead;
    return true;
}

bool SevenZipCursor::expect(std::uint8_t id, const char* what) {
    const auto next = byte();
    if (next == id) return true;
    if (next) broken("property " + std::to_string(*next) + " stands where " + what + " must be");
    return false;
}

}  // namespace headgate::formats
