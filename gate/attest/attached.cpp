#include "attest/attached.hpp"

#include <algorithm>

#include "attest/keyless.hpp"
#include "attest/notation_certified.hpp"
#include "base/encoding.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using Form = AttachedDocument::Form;

// cosign hashes with SHA-256 whatever the curve; others go by the curve.
bool verified_by(const crypto::PublicKey& key, ByteView message, ByteView signature) {
    return key.verify(message, signature) || key.verify(message, signature, crypto::Hash::sha256);
}

class AttachedReader {
  public:
    AttachedReader(const Attached& attached, const EvidenceTarget& target, const Trust& trust, const AttachedDemand& demand, Instant now,
                   Evidence& out)
        : image_(attached), target_(target), trust_(trust), demand_(demand), now_(now), out_(out),
          digest_("sha256:" + target.subject.digest.sha256) {}

    void read(const AttachedDocument& document) {
        switch (document.form) {
            case Form::cosign_signature: return read_simple_signing(document);
            case Form::cosign_attestation: return read_attestation(document);
            case Form::sigstore_bundle: return read_bundle(document);
            case Form::notation_jws: return read_notation(document, parse_notation_jws(document.content));
            case Form::notation_cose: return read_notation(document, parse_notation_cose(document.content));
        }
    }

  private:
    static Signature fact_of(const AttachedDocument& document, std::string scheme) {
        Signature signature;
        signature.where = document.where;
        signature.scheme = std::move(scheme);
        signature.digest = crypto::sha256_hex(document.content);
        return signature;
    }

    // By keys first: a certificate beside a key's signature changes nothing about it.
    void read_simple_signing(const AttachedDocument& document) {
        const auto bytes = cosign_signature(document);
        if (!bytes.ok()) return add_malformed(document.where, bytes.error().message, out_);
        if (!within_budget(document)) return;
        Signature signature = fact_of(document, "cosign");
        for (const TrustAnchor& anchor : trust_.keys) {
            if (verified_by(anchor.key, document.content, *bytes)) add_signer(anchor, signature);
        }
        order(signature);
        if (!signature.key_ids.empty() || !is_keyless(document)) return judge_simple_signing(document, std::move(signature));
        for (Signature& fact : verify_layer(document, signature)) judge_simple_signing(document, std::move(fact));
    }

    void judge_simple_signing(const AttachedDocument& document, Signature signature) {
        if (signature.key_ids.empty()) return out_.signatures.push_back(std::move(signature));
        const auto payload = parse_simple_signing(document.content);
        if (!payload.ok()) {
            add_malformed(document.where, payload.error().message, out_);
            signature.problem = payload.error().message;
            return out_.signatures.push_back(std::move(signature));
        }
        signature.problem = simple_signing_problem(*payload, digest_, demand_.simple_signing);
        signature.covers_subject = signature.problem.empty();
        out_.signatures.push_back(std::move(signature));
    }

    void read_attestation(const AttachedDocument& document) {
        const auto envelope = parse_envelope(document.content);
        if (!envelope.ok() || envelope->bundle) {
            return add_malformed(document.where, envelope.ok() ? "a bundle in the place of an envelope" : envelope.error().message, out_);
        }
        if (!is_keyless(document) || by_some_key(*envelope)) return read_as_file(document);
        if (!within_budget(document)) return;
        for (Signature& fact : verify_layer(document, fact_of(document, "dsse"))) judge_envelope(*envelope, std::move(fact), target_, out_);
    }

    // One bundle, by a key or a certificate; of those over a message and by keys, what files beside a subject get.
    void read_bundle(const AttachedDocument& document) {
        const auto read = parse_document(document.content);
        if (!read.ok()) return add_malformed(document.where, read.error().message, out_);
        const auto& [bundle, envelope] = *read;
        if (!bundle) return add_malformed(document.where, "an envelope in the place of a bundle", out_);
        if (!bundle->has_certificate() || !demand_.thresholds) return read_as_file(document);
        const auto artifact = sigstore::Artifact::of_digest(crypto::Hash::sha256, *from_hex(target_.subject.digest.sha256));
        for (Signature& fact : verify_certificate(*bundle, artifact, fact_of(document, "sigstore"))) {
            if (envelope) {
                judge_envelope(*envelope, std::move(fact), target_, out_);
            } else {
                add_whole(std::move(fact));
            }
        }
    }

    void read_notation(const AttachedDocument& document, const Result<NotationEnvelope>& envelope) {
        Signature signature = fact_of(document, "notation");
        if (!envelope.ok() && envelope.error().code == ErrorCode::malformed) {
            return add_malformed(document.where, envelope.error().message, out_);
        }
        if (!envelope.ok()) {
            signature.problem = envelope.error().message;
        } else if (demand_.notation == nullptr) {
            if (!within_budget(document)) return;
            const auto certified = verify_notation_certified(*envelope, {image_.media_type, digest_, image_.size}, trust_.roots, now_);
            for (Signature& fact : name_certified(certified, trust_, signature)) add_whole(std::move(fact));
            return;
        } else if (const auto verified = verify_notation(*envelope, {image_.media_type, digest_, image_.size}, *demand_.notation, now_); !verified.ok()) {
            signature.problem = verified.error().message;
        } else {
            signature.signers.push_back(verified->leaf.subject());
            signature.key_ids.push_back(to_hex(verified->leaf.spki_sha256()));
            if (verified->signed_at) signature.signed_at = verified->signed_at->seconds;
            signature.covers_subject = true;
        }
        out_.signatures.push_back(std::move(signature));
    }

    // Of a signature that verified over the image itself.
    void add_whole(Signature signature) {
        signature.covers_subject = !signature.key_ids.empty();
        out_.signatures.push_back(std::move(signature));
    }

    // What is attached is whoever's that could push it: it must not keep the gate busy (evidence.hpp).
    bool within_budget(const AttachedDocument& document) {
        target_.verifications += static_cast<std::uint32_t>(std::max<std::size_t>(1, trust_.keys.size() + trust_.roots.size()));
        if (target_.verifications <= kMostVerifications) return true;
        add_malformed(document.where, "there are more signatures of the image than are verified for one subject", out_);
        return false;
    }

    void read_as_file(const AttachedDocument& document) { read_evidence(document.content, document.where, target_, trust_, now_, out_); }

    bool by_some_key(const Envelope& envelope) const {
        return std::any_of(trust_.keys.begin(), trust_.keys.end(),
                           [&](const TrustAnchor& anchor) { return attest::verified_by(envelope, anchor.key); });
    }

    void add_signer(const TrustAnchor& anchor, Signature& signature) {
        if (anchor.holds_at(now_)) {
            signature.signers.push_back(anchor.name);
            signature.key_ids.push_back(to_hex(anchor.key.spki_sha256()));
        } else {
            signature.key_problem = outside_validity(anchor.name);
            outside_.push_back(to_hex(anchor.key.spki_sha256()));
        }
    }
    // Behind those of the signers: another policy, or another time, may have a name for them.
    void order(Signature& signature) {
        if (!signature.signers.empty()) signature.key_problem.clear();
        signature.key_ids.insert(signature.key_ids.end(), outside_.begin(), outside_.end());
        outside_.clear();
    }

    // A layer of cosign's own manifests with a certificate.
    std::vector<Signature> verify_layer(const AttachedDocument& document, Signature signature) const {
        const auto bundle = cosign_bundle(document);
        if (bundle.ok()) return verify_certificate(*bundle, sigstore::Artifact::of_bytes(document.content), signature);
        signature.problem = bundle.error().message;
        return {std::move(signature)};
    }

    std::vector<Signature> verify_certificate(const sigstore::Bundle& bundle, const sigstore::Artifact& artifact, const Signature& signature) const {
        return name_certified(verify_certified(bundle, trust_.roots, artifact, now_, demand_.thresholds), trust_, signature);
    }

    const Attached& image_;
    const EvidenceTarget& target_;
    const Trust& trust_;
    const AttachedDemand& demand_;
    Instant now_;
    Evidence& out_;
    std::string digest_;
    std::vector<std::string> outside_;
};

}  // namespace

void read_attached(const Attached& attached, const EvidenceTarget& target, const Trust& trust, const AttachedDemand& demand,
                   Instant now, Evidence& out) {
    for (const Attached::Problem& problem : attached.problems) add_malformed(problem.where, problem.what, out);
    AttachedReader reader(attached, target, trust, demand, now, out);
    for (const AttachedDocument& document : attached.documents) reader.read(document);
}

}  // namespace headgate::attest
