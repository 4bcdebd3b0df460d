#include "formats/sstable.hpp"

#include <array>

namespace headgate::formats {
namespace {

constexpr std::size_t kFooter = 48;
constexpr std::size_t kTrailer = 5;      // compression, checksum
constexpr std::size_t kMostKey = 1U << 20U;

constexpr std::array<std::uint32_t, 256> crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? 0x82f63b78U : 0U);
        table[i] = value;
    }
    return table;
}

// CRC-32C, rotated and shifted by a constant, since it is stored beside what it is of.
std::uint32_t masked_crc(ByteView bytes) {
    static constexpr auto kTable = crc_table();
    std::uint32_t crc = UINT32_MAX;
    for (const std::uint8_t byte : bytes) crc = (crc >> 8U) ^ kTable[(crc ^ byte) & 0xffU];
    crc = ~crc;
    return ((crc >> 15U) | (crc << 17U)) + 0xa282ead8U;
}

std::optional<std::uint64_t> varint(Reader& reader) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = reader.u8();
        if (!byte || (shift == 63 && *byte > 1)) return std::nullopt;
        value |= std::uint64_t{*byte & 0x7fU} << shift;
        if ((*byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
}

struct Handle {
    std::uint64_t offset = 0, size = 0;
};
std::optional<Handle> handle(Reader& reader) {
    const auto offset = varint(reader);
    const auto size = offset ? varint(reader) : std::nullopt;
    if (!size) return std::nullopt;
    return Handle{*offset, *size};
}

class Table {
  public:
    Table(ByteView table, Budget& budget) : table_(table), budget_(budget) {}

    SstableProblem run(const std::function<bool(std::string_view, ByteView)>& take) {
        if (table_.size() < kFooter || as_text(table_.last(8)) != kSstableMagic) return broken("it does not end like a table", 0);
        const std::size_t footer_at = table_.size() - kFooter;
        Reader footer(table_.subspan(footer_at, kFooter - 8));
        const auto metaindex = handle(footer);
        const auto index = metaindex ? handle(footer) : std::nullopt;
        if (!index) return broken("its footer is cut off", footer_at);
        while (const auto byte = footer.u8()) {
            if (*byte != 0) return broken("its footer is padded with something", footer_at);
        }
        std::vector<Handle> blocks;
        const auto index_entries = block(*index);
        if (!index_entries || !entries(*index_entries, index->offset, [&](std::string_view, ByteView value) {
                Reader reader(value);
                const auto found = handle(reader);
                if (found && reader.at_end()) blocks.push_back(*found);
                return found && reader.at_end();
            })) {
            return problem_.message.empty() ? broken("its index names no block", index->offset) : problem_;
        }
        std::uint64_t next = 0;
        for (const Handle& one : blocks) {
            const auto content = follows(one, next) ? block(one) : std::nullopt;
            if (!content || !entries(*content, one.offset, take)) return problem_;
            next = one.offset + one.size + kTrailer;
        }
        if (!follows(*metaindex, next)) return problem_;
        const auto meta = block(*metaindex);
        if (!meta || !entries(*meta, metaindex->offset, [](std::string_view, ByteView) { return false; })) {
            return problem_.message.empty() ? broken("it has a meta index with something in it", metaindex->offset) : problem_;
        }
        next = metaindex->offset + metaindex->size + kTrailer;
        if (!follows(*index, next)) return problem_;
        if (index->offset + index->size + kTrailer != footer_at) return broken("bytes stand between its index and its footer", index->offset);
        return problem_;
    }

  private:
    SstableProblem broken(std::string message, std::uint64_t at, bool unscannable = false) {
        if (problem_.message.empty()) problem_ = {std::move(message), unscannable, at};
        return problem_;
    }

    bool follows(const Handle& one, std::uint64_t next) {
        if (one.offset != next) broken("its blocks do not follow each other", next);
        return one.offset == next;
    }

    // The content of a block whose checksum holds.
    std::optional<ByteView> block(const Handle& one) {
        if (one.offset > table_.size() || one.size > table_.size() - one.offset || kTrailer > table_.size() - one.offset - one.size) {
            broken("a block lies beyond its end", one.offset);
            return std::nullopt;
        }
        const auto with_type = table_.subspan(static_cast<std::size_t>(one.offset), static_cast<std::size_t>(one.size + 1));
        Reader trailer(table_.subspan(static_cast<std::size_t>(one.offset + one.size), kTrailer));
        const auto compression = trailer.u8();
        const auto checksum = trailer.u32le();
        if (!budget_.step(one.size)) {
            broken("it needs more steps than the limit allows", one.offset, true);
        } else if (checksum != masked_crc(with_type)) {
            broken("a block is not what its checksum says", one.offset);
        } else if (compression == 1U) {
            broken("a block is compressed with Snappy, which this build does not read", one.offset, true);
        } else if (compression != 0U) {
            broken("a block is compressed in an unknown way", one.offset);
        }
        if (!problem_.message.empty()) return std::nullopt;
        return with_type.first(static_cast<std::size_t>(one.size));
    }

    bool entries(ByteView block, std::uint64_t at, const std::function<bool(std::string_view, ByteView)>& take) {
        const auto malformed = [&] {
            broken("the entries of a block are cut off, or its keys do not ascend", at);
            return false;
        };
        if (block.size() < 4) return malformed();
        const std::uint64_t restarts = *Reader(block.last(4)).u32le();
        if (restarts > (block.size() - 4) / 4) return malformed();
        Reader reader(block.first(block.size() - 4 - static_cast<std::size_t>(4 * restarts)));
        std::string key;
        for (bool first = true; !reader.at_end(); first = false) {
            const auto shared = varint(reader);
            const auto rest = shared ? varint(reader) : std::nullopt;
            const auto length = rest ? varint(reader) : std::nullopt;
            const auto suffix = length ? reader.take(*rest) : std::nullopt;
            const auto value = suffix ? reader.take(*length) : std::nullopt;
            if (!value || *shared > key.size() || *shared + suffix->size() > kMostKey) return malformed();
            std::string next = key.substr(0, static_cast<std::size_t>(*shared)) + std::string(as_text(*suffix));
            if (!first && next <= key) return malformed();
            key = std::move(next);
            if (!budget_.step()) {
                broken("it needs more steps than the limit allows", at, true);
                return false;
            }
            if (!take(key, *value)) return false;
        }
        return true;
    }

    ByteView table_;
    Budget& budget_;
    SstableProblem problem_;
};

}  // namespace

SstableProblem read_sstable(ByteView table, Budget& budget, const std::function<bool(std::string_view, ByteView)>& take) {
    return Table(table, budget).run(take);
}

}  // namespace headgate::formats
