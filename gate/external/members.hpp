// members.hpp: members of a JSON object that a plugin wrote, each asked for by its type and its length. Private to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json.hpp"
#include "base/result.hpp"

namespace headgate::external {

Error malformed(std::string message);

/// A text of 1 to `most` bytes. Error{malformed} names it: "'version' of the plugin".
Result<std::string> text_of(const codec::Json& object, std::string_view key, std::size_t most, std::string_view where);
/// The same, "" where it is absent.
Result<std::string> text_or_none(const codec::Json& object, std::string_view key, std::size_t most, std::string_view where);
/// A text that is shown as a name: no control and no invisible characters.
Result<std::string> name_of(const codec::Json& object, std::string_view key, std::size_t most, std::string_view where);
/// A whole number that is not negative; `fallback` where it is absent.
Result<std::int64_t> count_of(const codec::Json& object, std::string_view key, std::int64_t fallback, std::string_view where);
/// A list, or nullptr where it is absent. At most `most` items.
Result<const codec::Json*> list_of(const codec::Json& object, std::string_view key, std::size_t most, std::string_view where);
/// A list of texts; empty where it is absent.
Result<std::vector<std::string>> texts_of(const codec::Json& object, std::string_view key, std::size_t most, std::string_view where);

}  // namespace headgate::external
