#include "formats/tabular_thrift.hpp"

namespace headgate::formats {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::uint64_t kKeyValueMetadata = 5;  // of FileMetaData
constexpr std::uint64_t kKey = 1, kValue = 2;   // of KeyValue
enum Type : std::uint8_t {
    kStop,
    kTrue,
    kFalse,
    kByte,
    kI16,
    kI32,
    kI64,
    kDouble,
    kBinary,
    kList,
    kSet,
    kMap,
    kStruct
};

class Walker {
  public:
    Walker(ByteView bytes, Budget& budget, std::vector<ThriftPair>& pairs)
        : reader_(bytes), budget_(budget), pairs_(pairs) {}

    std::optional<std::size_t> run() {
        if (!structure(0)) return std::nullopt;
        return reader_.offset();
    }

  private:
    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = reader_.u8();
            if (!byte) return std::nullopt;
            value |= std::uint64_t{*byte & 0x7fU} << shift;
            if ((*byte & 0x80U) == 0) return value;
        }
        return std::nullopt;
    }
    bool skip(std::uint64_t count) { return reader_.take(count).has_value(); }

    bool structure(int depth) {
        if (depth > kMaxDepth) return false;
        for (std::uint64_t id = 0;;) {
            const auto type = field(id);
            if (!type) return false;
            if (*type == kStop) return true;
            if (depth == 0 && id == kKeyValueMetadata && *type == kList) {
                if (!pairs()) return false;
            } else if (*type != kTrue && *type != kFalse && !value(*type, depth)) {
                return false;
            }
        }
    }
    /// The type of the next field, kStop behind the last. `id` goes on by a difference, or is given in full (a zigzag varint).
    std::optional<std::uint8_t> field(std::uint64_t& id) {
        const auto header = reader_.u8();
        if (!header || !budget_.step()) return std::nullopt;
        const auto type = static_cast<std::uint8_t>(*header & 15U);
        if (type == kStop) return *header == 0 ? std::optional<std::uint8_t>(type) : std::nullopt;
        if ((*header >> 4U) != 0) {
            id = (id + (*header >> 4U)) & 0xffffU;  // 16 bits, as readers count
            return type;
        }
        const auto full = varint();
        if (!full) return std::nullopt;
        id = ((*full >> 1U) ^ (~(*full & 1U) + 1U)) & 0xffffU;
        return type;
    }
    /// A list of structs, whatever another type of element readers make of it.
    bool pairs() {
        const auto header = reader_.u8();
        if (!header) return false;
        const auto count = (*header >> 4U) == 15 ? varint() : std::optional<std::uint64_t>(*header >> 4U);
        if (!count || *count > reader_.remaining() || (*count != 0 && (*header & 15U) != kStruct)) return false;
        for (std::uint64_t i = 0; i < *count; ++i) {
            ThriftPair pair;
            for (std::uint64_t id = 0;;) {
                const auto type = field(id);
                if (!type) return false;
                if (*type == kStop) break;
                if (*type == kBinary && (id == kKey || id == kValue)) {
                    const auto length = varint();
                    const auto bytes = length ? reader_.take(*length) : std::nullopt;
                    if (!bytes) return false;
                    (id == kKey ? pair.key : pair.value) = as_text(*bytes);
                } else if (*type != kTrue && *type != kFalse && !value(*type, 1)) {
                    return false;
                }
            }
            pairs_.push_back(pair);
        }
        return true;
    }
    bool value(std::uint8_t type, int depth) {
        switch (type) {
            case kTrue:
            case kFalse:
            case kByte:
                return skip(1);
            case kI16:
            case kI32:
            case kI64:
                return varint().has_value();
            case kDouble:
                return skip(8);
            case kBinary: {
                const auto length = varint();
                return length && skip(*length);
            }
            case kList:
            case kSet:
                return list(depth + 1);
            case kMap:
                return map(depth + 1);
            case kStruct:
                return structure(depth + 1);
            default:
                return false;
        }
    }
    // Every element takes a byte at least, so that a count beyond the rest ends the walk.
    bool list(int depth) {
        if (depth > kMaxDepth) return false;
        const auto header = reader_.u8();
        if (!header) return false;
        std::uint64_t count = *header >> 4U;
        if (count == 15) {
            const auto full = varint();
            if (!full) return false;
            count = *full;
        }
        if (count > reader_.remaining()) return false;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (!budget_.step() || !value(static_cast<std::uint8_t>(*header & 15U), depth)) return false;
        }
        return true;
    }
    bool map(int depth) {
        if (depth > kMaxDepth) return false;
        const auto count = varint();
        if (!count || *count > reader_.remaining()) return false;
        if (*count == 0) return true;
        const auto types = reader_.u8();
        if (!types) return false;
        for (std::uint64_t i = 0; i < *count; ++i) {
            if (!budget_.step() || !value(static_cast<std::uint8_t>(*types >> 4U), depth) ||
                !value(static_cast<std::uint8_t>(*types & 15U), depth)) {
                return false;
            }
        }
        return true;
    }

    Reader reader_;
    Budget& budget_;
    std::vector<ThriftPair>& pairs_;
};

}  // namespace

std::optional<std::size_t> walk_parquet_footer(ByteView bytes, Budget& budget, std::vector<ThriftPair>& pairs) {
    return Walker(bytes, budget, pairs).run();
}

}  // namespace headgate::formats
