// write_bundle.hpp: a Bundle as JSON: Sigstore bundle v0.3, as parse_bundle() and every other client reads it.
#pragma once

#include <string>

#include "sigstore/bundle.hpp"

namespace headgate::sigstore {

/// Whether the signature of an envelope has its "keyid", which may be empty.
enum class KeyId { written, left_out };

/// One certificate or a key's hint, as v0.3 has it; a `chain_form` bundle as x509CertificateChain (OpenSSF Model Signing).
std::string write_bundle(const Bundle& bundle, KeyId key_id = KeyId::written);

/// {"payload","payloadType","signatures"}.
codec::Json envelope_json(const Envelope& envelope, KeyId key_id = KeyId::written);

}  // namespace headgate::sigstore
