// pae.hpp: what a DSSE signature is over.
#pragma once

#include <string_view>

#include "base/bytes.hpp"

namespace headgate::sigstore {

/// DSSE v1 pre-authentication encoding: "DSSEv1" SP len(type) SP type SP len(body) SP body, lengths in decimal bytes.
Bytes pre_authentication_encoding(std::string_view type, ByteView payload);

/// How every such encoding begins. A file of these bytes would be "signed" by whoever signed the envelope, as a message: the key said
/// something about a statement and nothing about a file. So no signature over a message that begins like this is taken.
inline constexpr std::string_view kPaePrefix = "DSSEv1 ";
bool begins_as_envelope(ByteView message);

}  // namespace headgate::sigstore
