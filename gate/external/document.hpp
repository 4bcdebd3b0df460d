// document.hpp: what every answer of a plugin is before anything in it is looked at. Private to this room.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"

namespace headgate::external {

/// One JSON document, nothing behind it but white space; strict, bounded in size, depth and values. Error{malformed}.
Result<codec::Json> read_document(ByteView bytes);

/// An object of this protocol that answers the request `id`. Error{malformed}.
Result<void> check_head(const codec::Json& document, std::string_view id);

}  // namespace headgate::external
