#include "cli/bare_envelope.hpp"

#include <algorithm>

#include "sigstore/pae.hpp"

namespace headgate::cli {

bool signed_by(const attest::Envelope& envelope, const crypto::PublicKey& key, bool p1363) {
    const Bytes message = sigstore::pre_authentication_encoding(envelope.payload_type, envelope.payload);
    return std::any_of(envelope.signatures.begin(), envelope.signatures.end(), [&](const Bytes& signature) {
        if (key.verify(message, signature)) return true;
        const auto der = p1363 ? crypto::ecdsa_from_p1363(signature, key.type()) : std::nullopt;
        return der && key.verify(message, *der);
    });
}

}  // namespace headgate::cli
