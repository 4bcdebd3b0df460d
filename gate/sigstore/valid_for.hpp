// valid_for.hpp: when something of a TrustedRoot or SigningConfig is in use: member "validFor", protobuf's TimeRange. Private to sigstore/.
#pragma once

#include "sigstore/fields.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

/// Of the object that has the member. Error{malformed} without a start, and for an end before it.
Result<ValidFor> read_valid_for(const Fields& owner);

}  // namespace headgate::sigstore
