// write_bundle.hpp: a Bundle as JSON: Sigstore bundle v0.3, as parse_bundle() and every other client reads it.
#pragma once

#include <string>

#include "sigstore/bundle.hpp"

namespace headgate::sigstore {

/// One certificate or a key's hint, as v0.3 has it; a `chain_form` bundle as x509CertificateChain (OpenSSF Model Signing).
std::string write_bundle(const Bundle& bundle);

/// {"payload","payloadType","signatures"}.
codec::Json envelope_json(const Envelope& envelope);

}  // namespace headgate::sigstore
