#include "sigstore/signature.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "crypto/sha256.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/key_details.hpp"
#include "sigstore/pae.hpp"

namespace headgate::sigstore {
namespace {

std::string without_padding(std::string text) {
    while (text.ends_with('=')) text.pop_back();
    return text;
}

// The conventions in use: cosign and sigstore-go, hex of the SPKI's hash, model_signing (hex of the PEM's hash), npm.
bool hint_names(const std::string& hint, const TrustedKey& trusted) {
    if (std::find(trusted.names.begin(), trusted.names.end(), hint) != trusted.names.end()) return true;
    const Bytes spki = trusted.key.spki_sha256();
    return hint == to_base64(spki) || hint == to_hex(spki) || hint == crypto::sha256_hex(as_bytes(trusted.key.pem())) ||
           without_padding(hint) == "SHA256:" + without_padding(to_base64(spki));
}

// A hint that is a hash of a key is one of another key when it is not this one's. Others are names that somebody gave.
bool is_hash(const std::string& hint) {
    const auto bytes = from_base64(hint);
    return is_lower_hex(hint, 64) || (bytes && bytes->size() == 32);
}

Result<void> check_hint(const Bundle& bundle, const TrustedKey& trusted) {
    const auto& material = std::get<KeyHint>(bundle.material);
    const auto* const envelope = std::get_if<Envelope>(&bundle.content);
    std::vector<std::string> hints = {material.hint};
    if (envelope != nullptr) hints.push_back(envelope->keyid);
    for (const std::string& hint : hints) {
        if (hint.empty() || hint_names(hint, trusted)) continue;
        if (is_hash(hint) || !trusted.names.empty()) {
            return refused("signature: the bundle names another key (\"" + escape_terminal(hint, 120) + "\") than the one that is trusted");
        }
    }
    if (material.raw.empty()) return {};
    const auto raw = crypto::PublicKey::from_pem(as_text(material.raw));
    if (!raw.ok() || raw->spki() != trusted.key.spki()) return refused("signature: the bundle holds another key than the one that is trusted");
    return {};
}

// The hashes that a signature of this key may be over, the usual one first. Sigstore's older clients sign with SHA-256 whatever the curve.
std::vector<crypto::Hash> hashes_for(crypto::KeyType type) {
    const auto natural = crypto::natural_hash(type);
    if (!natural) return {};
    if (*natural == crypto::Hash::sha256) return {crypto::Hash::sha256};
    return {*natural, crypto::Hash::sha256};
}

Result<void> check_message_digest(const MessageSignature& message, const Artifact& artifact) {
    if (!message.digest) return {};
    const auto hash = hash_named(message.digest->algorithm);
    if (!hash) {
        return malformed("signature: \"messageDigest\" is by \"" + escape_terminal(message.digest->algorithm, 40) +
                         "\"; SHA2_256, SHA2_384 and SHA2_512 are read");
    }
    if (message.digest->digest.size() != crypto::digest_size(*hash)) return malformed("signature: \"messageDigest\" has another length than its algorithm");
    const auto digest = artifact.digest(*hash);
    if (!digest) return refused("signature: the bundle names the artifact by " + std::string(crypto::to_string(*hash)) + ", which needs its bytes");
    if (*digest != message.digest->digest) return refused("signature: the bundle is about other bytes: its digest is not the artifact's");
    return {};
}

Result<void> verify_message(Signed& about, const std::optional<Artifact>& artifact) {
    const auto& message = std::get<MessageSignature>(about.bundle.content);
    if (!artifact) return refused("signature: the bundle signs an artifact, and none was given");
    about.artifact = &*artifact;
    if (artifact->begins_as_envelope || (artifact->bytes && begins_as_envelope(*artifact->bytes))) {
        return refused("signature: the artifact begins with \"DSSEv1 \", as what an envelope's signature is over: somebody may have signed a statement, "
                       "and no file; wrap the file (an archive), or sign a statement about it");
    }
    TRY_VOID(check_message_digest(message, *about.artifact));
    if (about.key->type() == crypto::KeyType::ed25519) {
        if (!about.artifact->bytes) return refused("signature: Ed25519 signs the artifact's bytes; its digest is not enough");
        if (about.key->verify(*about.artifact->bytes, message.signature)) return {};
        return refused("signature: it does not verify over the artifact");
    }
    bool tried = false;
    for (const crypto::Hash hash : hashes_for(about.key->type())) {
        const auto digest = about.artifact->digest(hash);
        if (!digest) continue;
        tried = true;
        if (!about.key->verify_digest(*digest, message.signature, hash)) continue;
        about.hash = hash;
        return {};
    }
    return refused(tried ? "signature: it does not verify over the artifact" : "signature: it is over a digest that was not given; give the artifact's bytes");
}

Result<void> verify_envelope(Signed& about) {
    const auto& envelope = std::get<Envelope>(about.bundle.content);
    about.pae = pre_authentication_encoding(envelope.payload_type, envelope.payload);
    if (about.key->type() == crypto::KeyType::ed25519 && about.key->verify(about.pae, envelope.signature)) return {};
    for (const crypto::Hash hash : hashes_for(about.key->type())) {
        if (!about.key->verify(about.pae, envelope.signature, hash)) continue;
        about.hash = hash;
        return {};
    }
    return refused("signature: it does not verify over the envelope");
}

Result<void> check_entries(const Bundle& bundle) {
    if (bundle.entries.size() > kMaxEntries) return malformed("more than 32 log entries");
    std::set<std::pair<Bytes, std::uint64_t>> seen;
    for (const LogEntry& entry : bundle.entries) {
        if (entry.body.empty() || entry.body.size() > kMaxBody) return malformed("log entry: no body, or one that is too long");
        if (entry.proof && entry.proof->hashes.size() > kMaxProofHashes) return malformed("log entry: more than 64 hashes in its proof");
        if (!seen.emplace(entry.log_id, entry.log_index).second) return refused("log entry: the same entry is there twice");
    }
    if (bundle.timestamps.size() > kMaxTimestamps) return malformed("more than 32 timestamps");
    for (std::size_t i = 0; i < bundle.timestamps.size(); ++i) {
        if (std::find(bundle.timestamps.begin(), bundle.timestamps.begin() + static_cast<std::ptrdiff_t>(i), bundle.timestamps[i]) !=
            bundle.timestamps.begin() + static_cast<std::ptrdiff_t>(i)) {
            return refused("timestamp: the same timestamp is there twice");
        }
    }
    return {};
}

}  // namespace

Artifact Artifact::of_bytes(ByteView bytes) {
    Artifact artifact;
    artifact.bytes = bytes;
    return artifact;
}

Artifact Artifact::of_digest(crypto::Hash hash, Bytes digest) {
    Artifact artifact;
    artifact.digests.at(static_cast<std::size_t>(hash)) = std::move(digest);
    return artifact;
}

std::optional<Bytes> Artifact::digest(crypto::Hash hash) const {
    const auto& given = digests.at(static_cast<std::size_t>(hash));
    if (given) return given->size() == crypto::digest_size(hash) ? given : std::nullopt;
    return bytes ? std::optional(crypto::digest(hash, *bytes)) : std::nullopt;
}

Result<void> check_format(const Bundle& bundle) {
    if (const auto* const certificates = std::get_if<std::vector<crypto::Certificate>>(&bundle.material)) {
        if (certificates->empty()) return malformed("certificate: the bundle has none");
        if (certificates->size() > kMaxBundleCertificates) return malformed("certificate: the bundle has more than 16");
        if (bundle.version == BundleVersion::v0_3 && (bundle.chain_form || certificates->size() != 1)) {
            return malformed("certificate: a bundle of version 0.3 holds one \"certificate\", not \"x509CertificateChain\"");
        }
        // What stands behind the leaf is not used; but what calls itself a chain is one.
        for (std::size_t i = 0; i + 1 < certificates->size(); ++i) {
            if ((*certificates)[i].issuer() != (*certificates)[i + 1].subject() || (*certificates)[i].self_issued()) {
                return malformed("certificate: \"x509CertificateChain\" is no chain: its certificate " + std::to_string(i + 2) +
                                 " is not the issuer of the one before");
            }
        }
    }
    const auto* const envelope = std::get_if<Envelope>(&bundle.content);
    const Bytes& signature = envelope != nullptr ? envelope->signature : std::get<MessageSignature>(bundle.content).signature;
    if (signature.empty() || signature.size() > kMaxSignature) return malformed("signature: it is empty or longer than any");
    if (envelope != nullptr && (envelope->payload_type.empty() || envelope->payload_type.size() > kMaxPayloadType)) {
        return malformed("signature: the payload type is empty or too long");
    }
    if (envelope != nullptr && envelope->payload.size() > kMaxPayload) return malformed("signature: the payload is longer than 16 MiB");
    return check_entries(bundle);
}

Result<Signed> verify_signature(const Bundle& bundle, const Request& request) {
    Signed about{bundle, std::nullopt, std::nullopt, {}, {}, nullptr, std::nullopt};
    if (request.trust.key) {
        if (bundle.has_certificate()) return refused("signature: the bundle is made with a certificate, and a key is trusted");
        TRY_VOID(check_hint(bundle, *request.trust.key));
        about.key = request.trust.key->key;
    } else {
        if (!bundle.has_certificate()) return refused("signature: the bundle is made with a key, and none is trusted here");
        about.leaf = std::get<std::vector<crypto::Certificate>>(bundle.material).front();
        auto key = about.leaf->public_key();
        if (!key.ok()) return refused("certificate: " + key.error().message);
        about.key = std::move(*key);
    }
    about.spki = about.leaf ? about.leaf->spki() : about.key->spki();
    if (std::holds_alternative<Envelope>(bundle.content)) {
        TRY_VOID(verify_envelope(about));
    } else {
        TRY_VOID(verify_message(about, request.artifact));
    }
    return about;
}

Result<void> verify_content(const Bundle& bundle, const crypto::PublicKey& key, const std::optional<Artifact>& artifact) {
    Signed about{bundle, std::nullopt, key, {}, {}, nullptr, std::nullopt};
    return std::holds_alternative<Envelope>(bundle.content) ? verify_envelope(about) : verify_message(about, artifact);
}

}  // namespace headgate::sigstore
