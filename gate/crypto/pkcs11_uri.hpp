// pkcs11_uri.hpp: URIs that name a key on a token (RFC 7512), read strictly: an attribute that is not understood would make
// the name mean more keys than was said, so it is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace headgate::crypto {

inline constexpr std::string_view kPkcs11Scheme = "pkcs11:";

struct Pkcs11Uri {
    // Path: each narrows the choice; `object` or `id` is there.
    std::optional<std::string> token;         // label of the token
    std::optional<std::string> serial;
    std::optional<std::string> manufacturer;
    std::optional<std::string> model;
    std::optional<std::string> object;        // label of the key
    std::optional<std::string> id;            // CKA_ID, raw bytes
    // Query: how to get there.
    std::optional<std::string> pin_value;
    std::optional<std::string> pin_source;    // path, or file: URI
    std::string module_path;                  // "" for what the machine is configured for
};

/// True for a text with the scheme, in letters of either case (RFC 3986, section 3.1): it names no file.
bool is_pkcs11_uri(std::string_view text);

/// Error{key} says what is wrong with it, and never repeats a value of the query.
Result<Pkcs11Uri> parse_pkcs11_uri(std::string_view uri);

/// The URI without what stands behind "?": fit to be printed.
std::string_view without_pin(std::string_view uri);

/// The path of a private key on a token, for the engine: everything that is not unreserved is percent-encoded.
std::string write_pkcs11_path(const Pkcs11Uri& uri);

}  // namespace headgate::crypto
