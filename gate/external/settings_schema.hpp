// settings_schema.hpp: the subset of JSON Schema (draft 2020-12) in which a plugin says what settings it takes.
//
// Of a value: `type` (object, array, string, integer, boolean; required unless there is an `enum`) and `enum` (texts, whole
// numbers, booleans). Of an object: `properties`, `required`, and `additionalProperties`, which must be there and false: a
// setting that nobody reads is a mistake. Of an array: `items` (required), `minItems`, `maxItems`, `uniqueItems`. Of a string:
// `minLength`, `maxLength` (in bytes). Of an integer: `minimum`, `maximum`. For people: `title`, `description`, `default`,
// `examples`, `$schema`, `$id`. Any other key is an error of the plugin: what it asks for would not be enforced.
#pragma once

#include "base/result.hpp"
#include "codec/json.hpp"

namespace headgate::external {

/// Error{malformed} names the place in the schema, "/properties/deny": the schema is not of the subset.
Result<void> check_schema(const codec::Json& schema);

/// Whether `settings` are as the schema says, which check_schema() has passed. Error{policy} names the place in the settings. A null
/// schema takes no settings at all.
Result<void> check_settings(const codec::Json& settings, const codec::Json& schema);

}  // namespace headgate::external
