#include "attest/attached.hpp"

#include <algorithm>

#include "attest/keyless.hpp"
#include "attest/notation_certified.hpp"
#include "attest/statement.hpp"
#include "base/encoding.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using Form = AttachedDocument::Form;

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
        name_keys([&](const TrustAnchor& anchor) { return anchor.key.verify_as_made(document.content, *bytes); }, signature);
        if (signature.key_ids.empty() && is_keyless(document)) {
            for (Signature& fact : verify_layer(document, signature)) judge_simple_signing(document, std::move(fact));
            return;
        }
        if (!signature.key_ids.empty() && asks_for_more()) {
            signature = fact_of(document, "cosign");
            verify_by_keys(cosign_key_bundle(document), sigstore::Artifact::of_bytes(document.content), signature);
        }
        judge_simple_signing(document, std::move(signature));
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
        const bool by_certificate = is_keyless(document) && !by_some_key(*envelope);
        if (!by_certificate && !demand_.thresholds) return read_as_file(document);
        if (!within_budget(document)) return;
        Signature signature = fact_of(document, "dsse");
        if (by_certificate) {
            for (Signature& fact : verify_layer(document, signature)) judge(*envelope, std::move(fact));
            return;
        }
        if (asks_for_more()) {
            verify_by_keys(cosign_key_bundle(document), std::nullopt, signature);
        } else {
            name_keys([&](const TrustAnchor& anchor) { return attest::verified_by(*envelope, anchor.key); }, signature);
        }
        judge(*envelope, std::move(signature));
    }

    // One bundle, by a key or a certificate; where nobody says what is asked of it, what files beside a subject get.
    void read_bundle(const AttachedDocument& document) {
        const auto read = parse_document(document.content);
        if (!read.ok()) return add_malformed(document.where, read.error().message, out_);
        const auto& [bundle, envelope] = *read;
        if (!bundle) return add_malformed(document.where, "an envelope in the place of a bundle", out_);
        if (!demand_.thresholds) return read_as_file(document);
        if (!within_budget(document)) return;
        std::vector<Signature> facts = {fact_of(document, "sigstore")};
        const auto artifact = sigstore::Artifact::of_digest(crypto::Hash::sha256, *from_hex(target_.subject.digest.sha256));
        if (bundle->has_certificate()) {
            facts = verify_certificate(*bundle, artifact, facts.front());
        } else {
            verify_by_keys(*bundle, artifact, facts.front());
        }
        for (Signature& fact : facts) {
            if (envelope) {
                judge(*envelope, std::move(fact));
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
        refuse_unanswered(signature);
        out_.signatures.push_back(std::move(signature));
    }

    // Of a signature that verified over the image itself.
    void add_whole(Signature signature) {
        signature.covers_subject = !signature.key_ids.empty();
        refuse_unanswered(signature);
        out_.signatures.push_back(std::move(signature));
    }

    // It is nobody's that counts, and `why` is what there is to say of it.
    static void refuse(Signature& signature, std::string why) {
        signature.signers.clear();
        signature.identity.reset();
        signature.covers_subject = false;
        signature.problem = std::move(why);
    }

    // Only a simple signing payload says for which repository it was made, and has annotations that are signed.
    void refuse_unanswered(Signature& signature) const {
        if (signature.signers.empty()) return;
        if (demand_.simple_signing.reference) {
            refuse(signature, "it does not say for which repository it was made, and that is asked for");
        } else if (!demand_.simple_signing.annotations.empty()) {
            refuse(signature, "it has no signed annotations, and they are asked for");
        }
    }

    void judge(const Envelope& envelope, Signature signature) {
        refuse_unanswered(signature);
        if (demand_.verdict != nullptr && !signature.signers.empty() && envelope.payload_type == kInTotoPayload) {
            const auto statement = parse_statement(envelope.payload, StatementVersions::also_v0_1);
            std::vector<std::string> levels;
            if (statement.ok() && statement->predicate_type == kVsaPredicate) {
                const std::string problem = verdict_problem(statement->predicate, *demand_.verdict, levels);
                if (!problem.empty()) refuse(signature, "its verdict does not count: " + problem);
            }
        }
        judge_envelope(envelope, std::move(signature), target_, out_);
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

    bool asks_for_more() const { return demand_.thresholds && demand_.thresholds->ask_for_more_than_a_signature(); }

    template <typename Verifies>
    void name_keys(const Verifies& verifies, Signature& signature) {
        for (const TrustAnchor& anchor : trust_.keys) {
            if (verifies(anchor)) add_signer(anchor, signature);
        }
        order(signature);
    }

    // With everything beside the signature, under the instances that are trusted.
    void verify_by_keys(const Result<sigstore::Bundle>& bundle, const std::optional<sigstore::Artifact>& artifact, Signature& signature) {
        if (!bundle.ok()) {
            signature.problem = bundle.error().message;
            return;
        }
        std::vector<sigstore::TrustedRoot> roots;
        for (const RootAnchor& root : trust_.roots) {
            if (root.instance) roots.push_back(*root.instance);
        }
        sigstore::Request request;
        request.thresholds = *demand_.thresholds;
        request.artifact = artifact;
        request.now = now_;
        std::string problem;
        name_keys([&](const TrustAnchor& anchor) {
            request.trust.key = sigstore::TrustedKey{anchor.key, {}, {}, {}};
            auto verified = sigstore::verify_bundle(*bundle, request, roots);
            if (!verified.ok()) {
                problem = verified.error().message;
                return false;
            }
            if (!signature.signed_at && !verified->times.empty()) signature.signed_at = verified->times.front().time.seconds;
            return true;
        }, signature);
        if (signature.key_ids.empty()) signature.problem = std::move(problem);
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
