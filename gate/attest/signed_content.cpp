#include "attest/signed_content.hpp"

#include "attest/dsse.hpp"
#include "attest/evidence.hpp"
#include "attest/keyless.hpp"
#include "attest/statement.hpp"
#include "base/encoding.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

using codec::Json;

// Whose signatures on the envelope hold: of keys all in one, of certificates one for each root.
std::vector<Signature> signatures_on(const SignedDocument& document, Signature found, const Trust& trust, Instant now) {
    if (document.bundle && document.bundle->has_certificate()) {
        return name_certified(verify_certified(*document.bundle, trust.roots, std::nullopt, now), trust, found);
    }
    for (const TrustAnchor& anchor : trust.keys) {
        if (!verified_by(*document.envelope, anchor.key)) continue;
        if (!anchor.holds_at(now)) {
            found.key_problem = outside_validity(anchor.name);
            continue;
        }
        found.signers.push_back(anchor.name);
        found.key_ids.push_back(to_hex(anchor.key.spki_sha256()));
    }
    if (!found.signers.empty()) found.key_problem.clear();
    return {std::move(found)};
}

// A bundle over the file as a message: the file is the subject of it.
std::vector<Signature> signatures_beside(const std::string& name, ByteView bytes, ByteView bundle, const std::string& bundle_name, const Trust& trust,
                                         Instant now) {
    Subject subject;
    subject.digest.sha256 = crypto::sha256_hex(bytes);
    subject.has_bytes = true;
    const std::vector<FileRecord> files = {{name, bytes.size(), subject.digest.sha256, true, false}};
    EvidenceTarget target{subject, files};
    target.read_whole = [&](const FileRecord&) -> Result<Bytes> { return Bytes(bytes.begin(), bytes.end()); };
    Evidence evidence;
    read_evidence(bundle, {bundle_name, {}, {}, {}}, target, trust, now, evidence);
    std::vector<Signature> signatures;
    for (Signature& signature : evidence.signatures) {
        if (!signature.covers_subject) signature.signers.clear();
        signatures.push_back(std::move(signature));
    }
    for (const Finding& finding : evidence.findings) {
        Signature broken;
        broken.where = finding.where;
        broken.problem = finding.message;
        signatures.push_back(std::move(broken));
    }
    return signatures;
}

bool is_envelope(const Json& json) { return json.find("payloadType") != nullptr || json.find("dsseEnvelope") != nullptr || json.find("messageSignature") != nullptr; }

Result<SignedContent> of_envelope(const Json& json, ByteView bytes, const Location& where, const Trust& trust, Instant now) {
    const SignedDocument document = TRY(parse_document(json));
    if (!document.envelope) return Error{ErrorCode::malformed, "a signature over another file: name that file, beside which it lies"};
    SignedContent signed_content;
    signed_content.digest = crypto::sha256_hex(bytes);
    Signature found;
    found.where = where;
    found.scheme = document.bundle ? "sigstore" : "dsse";
    found.digest = signed_content.digest;
    signed_content.signatures = signatures_on(document, std::move(found), trust, now);
    if (document.envelope->payload_type != kInTotoPayload) {
        signed_content.content = TRY(codec::parse_json(document.envelope->payload));
        return signed_content;
    }
    ParsedStatement statement = TRY(parse_statement(document.envelope->payload, StatementVersions::also_v0_1));
    signed_content.subjects.emplace();
    for (const StatementSubject& subject : statement.subjects) signed_content.subjects->push_back({subject.name, subject.digest.sha256});
    signed_content.content = std::move(statement.predicate);
    return signed_content;
}

}  // namespace

Result<std::vector<SignedContent>> read_signed_content(const std::string& name, ByteView bytes, const std::optional<Bytes>& beside,
                                                       const std::string& beside_name, const Trust& trust, Instant now) {
    if (bytes.size() > kMaxEnvelope) return Error{ErrorCode::malformed, name + ": larger than 16 MiB"};
    std::vector<SignedContent> all;
    for (const EvidenceDocument& document : documents_of(bytes)) {
        const std::string place = name + (document.line ? ":" + std::to_string(*document.line) : "");
        const auto broken = [&](const Error& error) { return Error{ErrorCode::malformed, place + ": " + error.message}; };
        auto json = codec::parse_json(document.bytes);
        if (!json.ok()) return broken(json.error());
        if (is_envelope(*json)) {
            auto read = of_envelope(*json, document.bytes, {name, {}, {}, document.line}, trust, now);
            if (!read.ok()) return broken(read.error());
            all.push_back(std::move(read).value());
            continue;
        }
        SignedContent plain;
        plain.content = std::move(json).value();
        plain.digest = crypto::sha256_hex(document.bytes);
        if (beside) plain.signatures = signatures_beside(name, bytes, *beside, beside_name, trust, now);
        all.push_back(std::move(plain));
    }
    if (all.empty()) return Error{ErrorCode::malformed, name + ": the file is empty"};
    return all;
}

}  // namespace headgate::attest
