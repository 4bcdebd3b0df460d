// pae.hpp: what a DSSE signature is over.
#pragma once

#include <string_view>

#include "base/bytes.hpp"

namespace headgate::sigstore {

/// DSSE v1 pre-authentication encoding: "DSSEv1" SP len(type) SP type SP len(body) SP body, lengths in decimal bytes.
Bytes pre_authentication_encoding(std::string_view type, ByteView payload);

}  // namespace headgate::sigstore
