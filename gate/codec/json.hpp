// json.hpp: strict JSON (RFC 8259) in, deterministic JSON out. The customs house for every JSON document, hostile or not.
//
// Refused: duplicate keys, malformed UTF-8, lone surrogates, NaN, numbers beyond a double, comments, trailing bytes other than
// white space, a BOM, depth or size beyond the limits. Tokens are json_scanner.hpp's; tests/fuzz/json.cpp holds both to what
// nlohmann-json takes.
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

struct JsonLimits {
    std::uint32_t depth = 100;            // nested arrays and objects
    std::uint64_t bytes = 128ULL << 20U;  // of the document
    std::uint64_t values = 20'000'000;    // scalars and containers
};

/// One value. Numbers keep their spelling in `text`; `integer` is set when it is written without fraction or exponent
/// and fits.
class Json {
  public:
    enum class Type : std::uint8_t { null, boolean, integer, real, text, array, object };
    using Member = std::pair<std::string, Json>;

    Type type = Type::null;
    bool boolean = false;
    std::int64_t integer = 0;
    std::string text;                     // of text; spelling of integer and real
    std::vector<Json> items;              // of array
    std::vector<Member> members;          // of object, in document order
    std::uint64_t offset = 0;             // byte offset just behind the value's first token

    // Defined where Json is complete: clang looks into Member's vector as soon as one of these is inline.
    Json();
    Json(const Json& other);
    Json(Json&& other) noexcept;
    Json& operator=(const Json& other);
    Json& operator=(Json&& other) noexcept;
    ~Json();

    bool is_object() const { return type == Type::object; }
    bool is_array() const { return type == Type::array; }
    bool is_text() const { return type == Type::text; }
    bool is_integer() const { return type == Type::integer; }

    /// Member of an object, nullptr when absent or when this is no object.
    const Json* find(std::string_view key) const;
    /// Text of a member, nullptr when absent or no text.
    const std::string* find_text(std::string_view key) const;

    static Json of(std::string_view value);
    static Json of(const char* value) { return of(std::string_view(value)); }
    static Json of(const std::string& value) { return of(std::string_view(value)); }
    static Json of(std::int64_t value);
    static Json of(bool value);
    static Json array();
    static Json object();
    /// Adds a member (object) and returns it. The key must not be there yet.
    Json& add(std::string key, Json value);
    /// Adds an item (array).
    Json& push(Json value);
};

/// Parses one document. The Error says what and at which byte offset.
Result<Json> parse_json(ByteView bytes, const JsonLimits& limits = {});

/// The same for documents whose readers take the last of duplicate keys (package.json): the value of the last, in the place of the
/// first. What was there twice is added to `duplicates` ("scripts.install"), at most a hundred.
Result<Json> parse_json_last_key(ByteView bytes, const JsonLimits& limits, std::vector<std::string>& duplicates);

/// Compact, members in the order they have; strings that are not UTF-8 get U+FFFD.
std::string write_json(const Json& value);
/// The same, behind what `out` holds.
void append_json(const Json& value, std::string& out);
/// A text with its quotes.
void append_json(std::string_view text, std::string& out);
/// Two-space indentation.
std::string write_json_pretty(const Json& value);
/// RFC 8785 (JCS) for documents without reals: members sorted by UTF-16 code units.
std::string write_jcs(const Json& value);

/// The bytes between quotes, escaped: control characters, quote, backslash.
std::string escape_json(std::string_view text);

}  // namespace headgate::codec
