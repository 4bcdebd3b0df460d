#include "external/members.hpp"

#include "base/text.hpp"

namespace headgate::external {
namespace {

using codec::Json;

std::string named(std::string_view key, std::string_view where) { return "'" + std::string(key) + "' of " + std::string(where); }

}  // namespace

Error malformed(std::string message) { return {ErrorCode::malformed, std::move(message)}; }

Result<std::string> text_or_none(const Json& object, std::string_view key, std::size_t most, std::string_view where) {
    const Json* const value = object.find(key);
    if (value == nullptr) return std::string();
    if (!value->is_text()) return malformed(named(key, where) + " is no text");
    if (value->text.size() > most) return malformed(named(key, where) + " is longer than " + std::to_string(most) + " bytes");
    return value->text;
}

Result<std::string> text_of(const Json& object, std::string_view key, std::size_t most, std::string_view where) {
    std::string text = TRY(text_or_none(object, key, most, where));
    if (text.empty()) return malformed(named(key, where) + " is missing or empty");
    return text;
}

Result<std::string> name_of(const Json& object, std::string_view key, std::size_t most, std::string_view where) {
    std::string text = TRY(text_of(object, key, most, where));
    if (has_control_characters(text)) return malformed(named(key, where) + " holds control or invisible characters");
    return text;
}

Result<std::int64_t> count_of(const Json& object, std::string_view key, std::int64_t fallback, std::string_view where) {
    const Json* const value = object.find(key);
    if (value == nullptr) return fallback;
    if (!value->is_integer() || value->integer < 0) return malformed(named(key, where) + " is no whole number from 0 on");
    return value->integer;
}

Result<const Json*> list_of(const Json& object, std::string_view key, std::size_t most, std::string_view where) {
    const Json* const value = object.find(key);
    if (value == nullptr) return static_cast<const Json*>(nullptr);
    if (!value->is_array()) return malformed(named(key, where) + " is no list");
    if (value->items.size() > most) return malformed(named(key, where) + " has more than " + std::to_string(most) + " items");
    return value;
}

Result<std::vector<std::string>> texts_of(const Json& object, std::string_view key, std::size_t most, std::string_view where) {
    std::vector<std::string> texts;
    const Json* const list = TRY(list_of(object, key, most, where));
    if (list == nullptr) return texts;
    for (const Json& item : list->items) {
        if (!item.is_text() || item.text.empty() || item.text.size() > 256) {
            return malformed(named(key, where) + " holds something else than a text of 1 to 256 bytes");
        }
        texts.push_back(item.text);
    }
    return texts;
}

}  // namespace headgate::external
