#include "sigstore/fields.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::sigstore {

using codec::Json;

namespace {

std::optional<Bytes> from_either_base64(std::string_view text) {
    if (text.find_first_of("-_") == std::string_view::npos) return from_base64(text);
    if (text.find_first_of("+/") != std::string_view::npos) return std::nullopt;
    std::string standard(text);
    std::replace(standard.begin(), standard.end(), '-', '+');
    std::replace(standard.begin(), standard.end(), '_', '/');
    return from_base64(standard);
}

}  // namespace

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }
Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || (text.size() > 1 && text.front() == '0') ||
        value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return std::nullopt;
    }
    return value;
}

Error Fields::error(std::string_view name, std::string_view problem) const {
    return malformed("\"" + std::string(name) + "\" of " + what_ + " " + std::string(problem));
}

Result<Fields> Fields::of(const Json& json, std::string_view what, std::initializer_list<std::string_view> known) {
    if (!json.is_object()) return malformed(std::string(what) + " is no JSON object");
    for (const Json::Member& member : json.members) {
        if (std::find(known.begin(), known.end(), member.first) == known.end()) {
            return malformed("unknown member \"" + escape_terminal(member.first, 80) + "\" in " + std::string(what));
        }
    }
    return Fields(json, what);
}

const Json* Fields::find(std::string_view name) const {
    const Json* const value = json_->find(name);
    return value == nullptr || value->type == Json::Type::null ? nullptr : value;
}

Result<const Json*> Fields::required(std::string_view name) const {
    const Json* const value = find(name);
    if (value == nullptr) return error(name, "is missing");
    return value;
}

Result<const std::vector<Json>*> Fields::list(std::string_view name, std::size_t most) const {
    const Json* const value = find(name);
    if (value == nullptr) return static_cast<const std::vector<Json>*>(nullptr);
    if (!value->is_array()) return error(name, "is no array");
    if (value->items.size() > most) {
        return error(name, "has " + std::to_string(value->items.size()) + " items, at most " + std::to_string(most) + " are taken");
    }
    return &value->items;
}

Result<std::string> Fields::optional_text(std::string_view name, std::size_t most) const {
    const Json* const value = find(name);
    if (value == nullptr) return std::string();
    if (!value->is_text()) return error(name, "is no string");
    if (value->text.size() > most) return error(name, "is longer than " + std::to_string(most) + " bytes");
    return value->text;
}

Result<std::string> Fields::text(std::string_view name, std::size_t most) const {
    std::string value = TRY(optional_text(name, most));
    if (value.empty()) return error(name, "is missing or empty");
    return value;
}

// Empty when absent.
Result<Bytes> Fields::decoded(std::string_view name, std::size_t most, bool either_alphabet) const {
    const Json* const value = find(name);
    if (value == nullptr) return Bytes();
    if (!value->is_text()) return error(name, "is no string");
    if (value->text.size() / 4 * 3 > most + 3) return error(name, "is longer than " + std::to_string(most) + " bytes");
    auto bytes = either_alphabet ? from_either_base64(value->text) : from_base64(value->text);
    if (!bytes) return error(name, either_alphabet ? "is not base64 (one alphabet, with padding)" : "is not base64 (standard alphabet, with padding)");
    if (bytes->size() > most) return error(name, "is longer than " + std::to_string(most) + " bytes");
    return std::move(*bytes);
}

Result<Bytes> Fields::optional_bytes(std::string_view name, std::size_t most) const { return decoded(name, most, false); }

Result<Bytes> Fields::bytes(std::string_view name, std::size_t most) const {
    Bytes value = TRY(optional_bytes(name, most));
    if (value.empty()) return error(name, "is missing or empty");
    return value;
}

Result<Bytes> Fields::bytes_of_either_alphabet(std::string_view name, std::size_t most) const {
    Bytes value = TRY(decoded(name, most, true));
    if (value.empty()) return error(name, "is missing or empty");
    return value;
}

Result<Bytes> Fields::hash(std::string_view name) const {
    constexpr std::size_t kSize = 32;
    Bytes value = TRY(bytes(name, kSize));
    if (value.size() != kSize) return error(name, "is no SHA-256: it has " + std::to_string(value.size()) + " bytes");
    return value;
}

Result<std::uint64_t> Fields::number(std::string_view name) const {
    const Json* const value = TRY(required(name));
    if (value->is_integer() && value->integer >= 0) return static_cast<std::uint64_t>(value->integer);
    const auto parsed = value->is_text() ? parse_number(value->text) : std::nullopt;
    if (!parsed) return error(name, "is no number of 0 to 2^63-1");
    return *parsed;
}

}  // namespace headgate::sigstore
