#include "attest/oms_verify.hpp"

#include <set>

#include "attest/dsse.hpp"
#include "attest/oms_v0_2.hpp"
#include "base/text.hpp"
#include "crypto/timestamp.hpp"
#include "sigstore/bundle.hpp"

namespace headgate::attest {
namespace {

Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

Result<OmsManifest> manifest_of(std::string_view payload_type, ByteView payload) {
    if (payload_type != kInTotoPayload) {
        return refused("the payload is of type " + escape_terminal(payload_type, 120) + ", not " + std::string(kInTotoPayload));
    }
    const auto statement = parse_statement(payload);
    if (!statement.ok()) return Error{statement.error().code, "the signed statement is not valid: " + statement.error().message};
    if (statement->predicate_type == kModelDigestsPredicate) {
        return refused("signed by model_signing 0.2, whose format is broken and covers less than it seems: sign it again");
    }
    if (statement->predicate_type != kModelSigningPredicate) {
        return refused("the signed statement (" + escape_terminal(statement->predicate_type, 120) + ") is no model signature");
    }
    auto manifest = read_oms_manifest(*statement);
    if (!manifest.ok() && manifest.error().code != ErrorCode::unsupported) {
        return Error{manifest.error().code, "the signed statement is not valid: " + manifest.error().message};
    }
    return manifest;
}

Result<SignedModel> verify_by_key(ByteView json, const OmsTrust& trust) {
    const crypto::PublicKey& key = *trust.key;
    const Envelope envelope = TRY(parse_envelope(json));
    if (!envelope.bundle) return refused("not a Sigstore bundle: a model signature is one");
    if (envelope.material != Envelope::Material::public_key) {
        return refused("the bundle is made with a certificate, asked for is a signature by key");
    }
    if (!agrees_with(envelope, key)) return refused("the bundle names another key than the one that is asked for");
    SignedModel signed_model;
    signed_model.signer.spki_sha256 = key.spki_sha256();
    if (verified_by(envelope, key)) {
        signed_model.manifest = TRY(manifest_of(envelope.payload_type, envelope.payload));
        return signed_model;
    }
    const bool v0_2 = trust.insecure_v0_2 && key.verify(encoding_v0_2(envelope.payload_type, envelope.payload),
                                                        envelope.signatures.front(), crypto::Hash::sha256);
    if (!v0_2) return refused("the signature does not verify under the key that is asked for (" + std::string(crypto::to_string(key.type())) + ")");
    signed_model.manifest = TRY(read_oms_manifest_v0_2(envelope.payload));
    signed_model.v0_2 = true;
    return signed_model;
}

struct Timestamps {
    std::vector<sigstore::VerifiedTime> times;
    std::set<std::string> authorities;           // that made them, by id
};

// RFC 3161 timestamps over the signature by authorities that the caller trusts; others are noted and count for nothing.
Timestamps verified_times(const sigstore::Bundle& bundle, ByteView signature, const OmsTrust& trust, std::vector<std::string>& notes) {
    Timestamps found;
    for (const Bytes& der : bundle.timestamps) {
        const auto timestamp = crypto::Timestamp::from_response(der);
        std::string problem = timestamp.ok() ? "no trusted root names its authority" : timestamp.error().message;
        bool verified = false;
        for (const sigstore::TrustedRoot& root : trust.roots) {
            for (const sigstore::Authority& authority : root.timestamp_authorities) {
                if (!timestamp.ok() || verified) continue;
                const std::span<const crypto::Certificate> chain = authority.chain;
                const auto holds = timestamp->verify(signature, {chain.front(), chain.subspan(chain.size() > 1 ? 1 : 0), chain.last(1)});
                if (!holds.ok()) {
                    problem = holds.error().message;
                } else if (!authority.valid_for.contains(timestamp->gen_time()) || timestamp->gen_time() > trust.now) {
                    problem = "its time lies outside of what its authority is trusted for";
                } else {
                    found.times.push_back({sigstore::VerifiedTime::Source::timestamp, timestamp->gen_time(), authority.uri});
                    found.authorities.insert(authority.id);
                    verified = true;
                }
            }
        }
        if (!verified) notes.push_back("a timestamp does not count: " + problem);
    }
    return found;
}

Result<SignedModel> verify_by_certificate(ByteView json, const OmsTrust& trust) {
    const sigstore::Bundle bundle = TRY(sigstore::parse_bundle(json));
    const auto* const certificates = std::get_if<std::vector<crypto::Certificate>>(&bundle.material);
    if (certificates == nullptr) return refused("the bundle is made with a key, asked for is a signature by certificate");
    const auto* const envelope = std::get_if<sigstore::Envelope>(&bundle.content);
    if (envelope == nullptr) return refused("the bundle signs a message, a model signature is a DSSE envelope");
    if (trust.anchors->empty()) return refused("no certificates are given that a chain could end in");
    const crypto::Certificate& leaf = certificates->front();

    SignedModel signed_model;
    Timestamps stamped = verified_times(bundle, envelope->signature, trust, signed_model.signer.notes);
    if (stamped.authorities.size() < trust.timestamps) {
        std::string why;
        for (const std::string& note : signed_model.signer.notes) why += "; " + note;
        return refused("timestamp: " + std::to_string(stamped.authorities.size()) + " timestamps of distinct authorities verified, at least " +
                       std::to_string(trust.timestamps) + " needed" + why);
    }
    signed_model.signer.times = std::move(stamped.times);
    std::vector<Instant> instants;
    instants.reserve(signed_model.signer.times.size() + 1);
    for (const sigstore::VerifiedTime& time : signed_model.signer.times) instants.push_back(time.time);
    if (instants.empty()) instants.push_back(trust.now);
    for (const Instant instant : instants) {
        // Certificates in use have CA:TRUE leaves and no key identifiers, so not by the letter of RFC 5280.
        crypto::ChainRequest request{*trust.anchors, std::span(*certificates).subspan(1), instant, crypto::kEkuCodeSigning, false};
        const auto chain = crypto::verify_chain(leaf, request);
        if (!chain.ok()) return refused("the certificate is not trusted: " + chain.error().message);
    }
    const auto usage = leaf.key_usage();
    if (!leaf.has_extended_key_usage(crypto::kEkuCodeSigning)) return refused("the certificate is not for code signing");
    if (usage && !usage->digital_signature) return refused("the certificate's key usage lacks digitalSignature");

    const crypto::PublicKey key = TRY(leaf.public_key());
    signed_model.signer.spki_sha256 = key.spki_sha256();
    signed_model.signer.certificate = leaf;
    if (key.verify(pre_authentication_encoding(envelope->payload_type, envelope->payload), envelope->signature)) {
        signed_model.manifest = TRY(manifest_of(envelope->payload_type, envelope->payload));
        return signed_model;
    }
    const bool v0_2 = trust.insecure_v0_2 && key.verify(encoding_v0_2(envelope->payload_type, envelope->payload),
                                                        envelope->signature, crypto::Hash::sha256);
    if (!v0_2) return refused("the signature does not verify under the key of its certificate");
    signed_model.manifest = TRY(read_oms_manifest_v0_2(envelope->payload));
    signed_model.v0_2 = true;
    return signed_model;
}

Result<SignedModel> verify_keyless(ByteView json, const OmsTrust& trust) {
    const sigstore::Bundle bundle = TRY(sigstore::parse_bundle(json));
    if (!bundle.has_certificate()) return refused("the bundle is made with a key, asked for is a keyless signature");
    sigstore::Request request;
    request.trust.roots = trust.roots;
    request.thresholds = trust.thresholds;
    request.now = trust.now;
    SignedModel signed_model;
    sigstore::VerifiedBundle& signer = signed_model.signer;
    signer = TRY(sigstore::verify_bundle(bundle, request));
    if (!signer.identity) return refused("the certificate names nobody");
    if (!sigstore::matches(*signer.identity, trust.keyless->identity, trust.keyless->issuer)) {
        return refused("signed by " + escape_terminal(signer.identity->san.value, 200) + " (" + escape_terminal(signer.identity->issuer, 200) +
                       "), asked for is " + trust.keyless->identity + " (" + trust.keyless->issuer + ")");
    }
    signed_model.manifest = TRY(manifest_of(signer.payload_type, signer.payload));
    return signed_model;
}

}  // namespace

Result<SignedModel> verify_model_signature(ByteView bundle, const OmsTrust& trust) {
    const int methods = int{trust.key.has_value()} + int{trust.anchors.has_value()} + int{trust.keyless.has_value()};
    if (methods != 1) return Error{ErrorCode::usage, "exactly one of a key, certificates and an identity is needed"};
    if (trust.key) return verify_by_key(bundle, trust);
    return trust.anchors ? verify_by_certificate(bundle, trust) : verify_keyless(bundle, trust);
}

}  // namespace headgate::attest
