// reference_parts.hpp: what the parsers of the single schemes share. Private to model/reference*.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/reference.hpp"
#include "model/store_scheme.hpp"

namespace headgate::reference_detail {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_alnum(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }
inline bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

inline Error malformed(std::string message) { return {ErrorCode::malformed, std::move(message)}; }

/// "sha256:" and 64 hex digits, answered in lower case.
std::optional<std::string> sha256_digest(std::string_view text);

/// RFC 3986: every '%' must be followed by two hex digits; the result must be UTF-8 without control characters.
std::optional<std::string> percent_decode(std::string_view text);
/// Encodes only what would change the meaning of a canonical spelling: % ? # @ & = and space; '/' too where asked.
std::string encode_marks(std::string_view text, bool slash = false);

/// Host of a registry or URL, with optional port: lower case, ":443" removed, Docker Hub's aliases as docker.io.
Result<std::string> normalise_host(std::string_view written);
/// Where a URL of this scheme leads to first: a host with optional port; a bucket, a claim or an organisation for schemes that name
/// those (store_scheme.hpp), whose names are in no network's hands.
Result<std::string> normalise_authority(std::string_view scheme, std::string_view written);
/// The aliases under which Docker Hub answers.
std::string_view docker_hub_name(std::string_view lower_host);

/// `text` is what follows "oci:".
Result<Reference> parse_oci(std::string_view text);
/// `text` is what follows "pkg:".
Result<Reference> parse_purl(std::string_view text);
/// `scheme` is hf or hf-dataset; the last '@' of `text` begins the revision.
Result<Reference> parse_hub(std::string_view scheme, std::string_view text);
/// Whole URL, `scheme` its scheme in lower case.
Result<Reference> parse_url(std::string_view scheme, std::string_view text);

/// True for schemes that name a place on the network: https, http, git, ssh, git+https, and those of stores.
bool is_url_scheme(std::string_view scheme);

}  // namespace headgate::reference_detail
