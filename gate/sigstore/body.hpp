// body.hpp: is a log entry about *this* signature? A genuine entry of another one proves nothing (CVE-2022-36056, CVE-2026-22703).
// Private to sigstore/.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sigstore/verify.hpp"

namespace headgate::sigstore {

/// A signature that verified, and what an entry about it must say.
struct Signed {
    const Bundle& bundle;
    std::optional<crypto::Certificate> leaf;     // nullopt for a key
    std::optional<crypto::PublicKey> key;        // always set once verified
    Bytes spki;                                  // of the key, DER
    Bytes pae;                                   // of an envelope
    const Artifact* artifact = nullptr;          // of a message signature
    std::optional<crypto::Hash> hash;            // under which the signature verified; nullopt for Ed25519
};

/// Signature, signer and digest in the entry's body are those of `about`: hashedrekord 0.0.1 and 0.0.2, dsse 0.0.1 and 0.0.2, intoto
/// 0.0.1 and 0.0.2. Other kinds and versions, unknown members and whatever differs are an Error with its name. Answers the kind and
/// version that the body itself states, which the entry's kindVersion must not contradict.
Result<KindVersion> check_body(const LogEntry& entry, const Signed& about);

}  // namespace headgate::sigstore
