// bare_envelope.hpp: DSSE envelopes that stand alone, under a key that the caller named.
#pragma once

#include "attest/dsse.hpp"
#include "crypto/keys.hpp"

namespace headgate::cli {

/// True if a signature of the envelope verifies under the key. `p1363`: ECDSA signatures may also be r || s.
bool signed_by(const attest::Envelope& envelope, const crypto::PublicKey& key, bool p1363);

}  // namespace headgate::cli
