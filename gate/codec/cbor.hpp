// cbor.hpp: strict CBOR (RFC 8949) in. The customs house for binary envelopes.
//
// Taken: definite lengths, every head in its shortest form (section 4.2.1), integers of 64 bits, byte strings, UTF-8 text,
// arrays, maps whose keys are integers or text and differ, tags, true, false, null. Everything else (indefinite lengths,
// floats, undefined, other simple values, trailing bytes) is refused with its offset, so that no two readers can see two
// things. Order of map keys is free, as COSE leaves it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace headgate::codec {

struct CborLimits {
    std::uint32_t depth = 16;             // nested arrays, maps and tags
    std::uint64_t bytes = 16ULL << 20U;   // of the document
    std::uint64_t values = 10'000;        // items of any kind, map keys among them
    std::uint64_t members = 64;           // of one map: each key is compared with each
};

/// One item. `bytes` is a view of the input, which must outlive it.
class Cbor {
  public:
    enum class Type : std::uint8_t { null, boolean, integer, big_integer, bytes, text, array, map, tag };
    using Member = std::pair<Cbor, Cbor>;

    Type type = Type::null;
    bool boolean = false;
    std::int64_t integer = 0;             // of integer; of tag: its number
    ByteView bytes;                       // of bytes and text
    std::vector<Cbor> items;              // of array; of tag: the one item that is tagged
    std::vector<Member> members;          // of map, in document order
    std::uint64_t offset = 0;             // of the first byte of its head

    // Defined where Cbor is complete: clang looks into Member's vector as soon as one of these is inline.
    Cbor();
    Cbor(const Cbor& other);
    Cbor(Cbor&& other) noexcept;
    Cbor& operator=(const Cbor& other);
    Cbor& operator=(Cbor&& other) noexcept;
    ~Cbor();

    bool is_bytes() const { return type == Type::bytes; }
    bool is_text() const { return type == Type::text; }
    bool is_integer() const { return type == Type::integer; }
    bool is_array() const { return type == Type::array; }
    bool is_map() const { return type == Type::map; }
    std::string_view text() const { return as_text(bytes); }

    /// Value of a map's key, nullptr when absent or when this is no map.
    const Cbor* find(std::int64_t key) const;
    const Cbor* find(std::string_view key) const;
    /// The tagged item, nullptr when this is no tag of that number.
    const Cbor* tagged(std::int64_t number) const;
    /// A map's key, as messages name it: 33 or "name".
    std::string label() const;
};

/// Parses one item that is the whole document. Error{malformed} says what and at which byte offset.
Result<Cbor> parse_cbor(ByteView bytes, const CborLimits& limits = {});

/// Head of a byte string, text or array (major types 2, 3, 4) in shortest form, for what is signed over CBOR.
void append_cbor_head(Bytes& out, std::uint8_t major, std::uint64_t length);

}  // namespace headgate::codec
