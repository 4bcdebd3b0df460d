#include "codec/cbor.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace headgate::codec {
namespace {

// Major types, RFC 8949 section 3.1.
enum Major : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

struct Head {
    std::uint8_t major = 0;
    std::uint64_t value = 0;
};

class CborParser {
  public:
    CborParser(ByteView bytes, const CborLimits& limits) : reader_(bytes), limits_(limits) {}

    Result<Cbor> document() {
        Cbor item = TRY(read(0));
        if (!reader_.at_end()) return wrong("bytes follow the item");
        return item;
    }

  private:
    Error wrong(const std::string& what) const {
        return {ErrorCode::malformed, "CBOR at byte " + std::to_string(reader_.offset()) + ": " + what};
    }

    Result<Head> head() {
        const auto first = reader_.u8();
        if (!first) return wrong("it ends within an item");
        Head head{static_cast<std::uint8_t>(*first >> 5U), static_cast<std::uint64_t>(*first & 31U)};
        if (head.value < 24) return head;
        if (head.value == 31) return wrong("an indefinite length");
        if (head.value > 27) return wrong("a reserved head");
        if (head.major == kSimple) return wrong("a float or a simple value other than true, false and null");
        const std::size_t width = std::size_t{1} << (head.value - 24);
        const auto argument = reader_.take(width);
        if (!argument) return wrong("it ends within a head");
        head.value = 0;
        for (const std::uint8_t byte : *argument) head.value = (head.value << 8U) | byte;
        const std::uint64_t smallest = width == 1 ? 24 : std::uint64_t{1} << (8 * width / 2);
        if (head.value < smallest) return wrong("a head that is longer than it needs to be");
        return head;
    }

    // Depth is bounded by the limits.
    Result<Cbor> read(std::uint32_t depth) {
        if (depth > limits_.depth) return wrong("nested deeper than " + std::to_string(limits_.depth));
        if (++values_ > limits_.values) return wrong("more than " + std::to_string(limits_.values) + " items");
        Cbor item;
        item.offset = reader_.offset();
        const Head start = TRY(head());
        switch (start.major) {
            case kUnsigned:
            case kNegative: read_integer(start, item); break;
            case kBytes:
            case kText: TRY_VOID(read_string(start, item)); break;
            case kArray: TRY_VOID(read_array(start.value, depth, item)); break;
            case kMap: TRY_VOID(read_map(start.value, depth, item)); break;
            case kTag: TRY_VOID(read_tag(start.value, depth, item)); break;
            default:
                if (start.value < 20 || start.value > 22) return wrong("a simple value other than true, false and null");
                item.type = start.value == 22 ? Cbor::Type::null : Cbor::Type::boolean;
                item.boolean = start.value == 21;
        }
        return item;
    }

    static void read_integer(const Head& start, Cbor& item) {
        const bool fits = start.value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        item.type = fits ? Cbor::Type::integer : Cbor::Type::big_integer;
        if (!fits) return;
        const auto value = static_cast<std::int64_t>(start.value);
        item.integer = start.major == kUnsigned ? value : -1 - value;
    }

    Result<void> read_string(const Head& start, Cbor& item) {
        const auto bytes = reader_.take(start.value);
        if (!bytes) return wrong("a string of " + std::to_string(start.value) + " bytes, which are not there");
        item.type = start.major == kBytes ? Cbor::Type::bytes : Cbor::Type::text;
        item.bytes = *bytes;
        if (item.is_text() && !is_utf8(item.text())) return wrong("text that is not UTF-8");
        return {};
    }

    // A declared count is never reserved: every item takes at least a byte that must be there.
    Result<void> read_array(std::uint64_t count, std::uint32_t depth, Cbor& item) {
        item.type = Cbor::Type::array;
        for (std::uint64_t i = 0; i < count; ++i) item.items.push_back(TRY(read(depth + 1)));
        return {};
    }

    Result<void> read_map(std::uint64_t count, std::uint32_t depth, Cbor& item) {
        item.type = Cbor::Type::map;
        if (count > limits_.members) return wrong("a map of more than " + std::to_string(limits_.members) + " members");
        for (std::uint64_t i = 0; i < count; ++i) {
            Cbor key = TRY(read(depth + 1));
            if (!key.is_integer() && !key.is_text()) return wrong("a map key that is neither integer nor text");
            if (is_known(item, key)) return wrong("the key " + key.label() + " twice");
            Cbor value = TRY(read(depth + 1));
            item.members.emplace_back(std::move(key), std::move(value));
        }
        return {};
    }

    Result<void> read_tag(std::uint64_t number, std::uint32_t depth, Cbor& item) {
        if (number > std::numeric_limits<std::uint32_t>::max()) return wrong("an unknown tag");
        item.type = Cbor::Type::tag;
        item.integer = static_cast<std::int64_t>(number);
        item.items.push_back(TRY(read(depth + 1)));
        return {};
    }

    static bool is_known(const Cbor& map, const Cbor& key) {
        return std::any_of(map.members.begin(), map.members.end(), [&](const Cbor::Member& member) { return same_key(member.first, key); });
    }

    static bool same_key(const Cbor& left, const Cbor& right) {
        return left.type == right.type && (left.is_text() ? left.text() == right.text() : left.integer == right.integer);
    }

    Reader reader_;
    const CborLimits& limits_;
    std::uint64_t values_ = 0;
};

}  // namespace

Cbor::Cbor() = default;
Cbor::Cbor(const Cbor& other) = default;
Cbor::Cbor(Cbor&& other) noexcept = default;
Cbor& Cbor::operator=(const Cbor& other) = default;
Cbor& Cbor::operator=(Cbor&& other) noexcept = default;
Cbor::~Cbor() = default;

const Cbor* Cbor::find(std::int64_t key) const {
    for (const Member& member : members) {
        if (member.first.is_integer() && member.first.integer == key) return &member.second;
    }
    return nullptr;
}

const Cbor* Cbor::find(std::string_view key) const {
    for (const Member& member : members) {
        if (member.first.is_text() && member.first.text() == key) return &member.second;
    }
    return nullptr;
}

const Cbor* Cbor::tagged(std::int64_t number) const {
    return type == Type::tag && integer == number && !items.empty() ? &items.front() : nullptr;
}

std::string Cbor::label() const {
    if (is_integer()) return std::to_string(integer);
    return is_text() ? "\"" + escape_terminal(text(), 80) + "\"" : "?";
}

Result<Cbor> parse_cbor(ByteView bytes, const CborLimits& limits) {
    if (bytes.size() > limits.bytes) {
        return Error{ErrorCode::malformed, "CBOR of " + std::to_string(bytes.size()) + " bytes, at most " +
                                               std::to_string(limits.bytes) + " are read"};
    }
    return CborParser(bytes, limits).document();
}

void append_cbor_head(Bytes& out, std::uint8_t major, std::uint64_t length) {
    const auto top = static_cast<std::uint8_t>(major << 5U);
    if (length < 24) {
        out.push_back(static_cast<std::uint8_t>(top | length));
        return;
    }
    std::uint8_t code = 24;
    std::size_t width = 1;
    while (width < 8 && (length >> (8 * width)) != 0) {
        width *= 2;
        ++code;
    }
    out.push_back(static_cast<std::uint8_t>(top | code));
    for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
}

}  // namespace headgate::codec
