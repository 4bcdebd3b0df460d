// fields.hpp: reading members of Sigstore's JSON documents (protobuf's JSON mapping), strictly. Private to sigstore/.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"

namespace headgate::sigstore {

Error malformed(std::string what);       // Error{malformed}
Error refused(std::string what);         // Error{key}

/// One JSON object of a document. `what` names it in messages: "the bundle", "a log entry". Members that are null are absent.
class Fields {
  public:
    /// Error{malformed} if `json` is no object or has a member that is not in `known`.
    static Result<Fields> of(const codec::Json& json, std::string_view what, std::initializer_list<std::string_view> known);

    /// nullptr when absent.
    const codec::Json* find(std::string_view name) const;
    Result<const codec::Json*> required(std::string_view name) const;
    /// An array; absent is nullptr, over `most` items an error.
    Result<const std::vector<codec::Json>*> list(std::string_view name, std::size_t most) const;

    Result<std::string> text(std::string_view name, std::size_t most) const;           // required; UTF-8, not empty
    Result<std::string> optional_text(std::string_view name, std::size_t most) const;  // "" when absent
    /// Canonical base64 (standard alphabet), 1 to `most` bytes.
    Result<Bytes> bytes(std::string_view name, std::size_t most) const;
    Result<Bytes> optional_bytes(std::string_view name, std::size_t most) const;       // empty when absent
    /// The same in either alphabet, never mixed: what protobuf's JSON and DSSE let a writer choose.
    Result<Bytes> bytes_of_either_alphabet(std::string_view name, std::size_t most) const;
    /// Exactly 32 bytes.
    Result<Bytes> hash(std::string_view name) const;
    /// A 64-bit integer as protobuf writes it: decimal text, or a number; not negative.
    Result<std::uint64_t> number(std::string_view name) const;

    std::string_view what() const { return what_; }
    Error error(std::string_view name, std::string_view problem) const;

  private:
    Result<Bytes> decoded(std::string_view name, std::size_t most, bool either_alphabet) const;

    Fields(const codec::Json& json, std::string_view what) : json_(&json), what_(what) {}
    const codec::Json* json_;
    std::string what_;
};

/// Decimal digits without sign, space and leading zeros, within int64.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace headgate::sigstore
