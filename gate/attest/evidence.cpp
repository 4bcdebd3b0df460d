// evidence.cpp: documents found beside a subject -> facts. Each document is read, verified against every trusted key,
// and only then is what it says believed, and only about these bytes.
#include "attest/evidence.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "attest/dsse.hpp"
#include "attest/foreign_signature.hpp"
#include "attest/keyless.hpp"
#include "attest/message_artifact.hpp"
#include "attest/oms.hpp"
#include "attest/provenance_fact.hpp"
#include "attest/statement.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "codec/json.hpp"
#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

// Statements that say no more than "this is ours". Others (tests, scans, verdicts) are evidence for `attestation`: a
// signed FAILED must never count as a signature under what failed.
constexpr std::array<std::string_view, 2> kSigningPredicates = {"https://sigstore.dev/cosign/sign/v1",
                                                                "https://in-toto.io/attestation/release/v0.1"};

// Reads one document and appends what it proves.
class DocumentReader {
  public:
    DocumentReader(const EvidenceTarget& target, const Trust& trust, Instant now, Evidence& out)
        : target_(target), trust_(trust), now_(now), out_(out) {}

    void read(const EvidenceDocument& document, Location where) {
        if (document.line) where.line = document.line;
        const auto read = parse_document(document.bytes);
        if (!read.ok()) return add_malformed(where, read.error().message, out_);
        const auto& [bundle, envelope] = *read;
        // What is beside a subject is the sender's: it must not keep the gate busy.
        const std::size_t signatures = envelope ? envelope->signatures.size() : 1;
        target_.verifications += static_cast<std::uint32_t>(signatures * std::max<std::size_t>(1, trust_.keys.size() + trust_.roots.size()));
        if (target_.verifications > kMostVerifications) {
            return add_malformed(where, "there are more signatures beside it than are verified for one subject", out_);
        }
        Signature signature;
        signature.where = where;
        signature.digest = crypto::sha256_hex(document.bytes);
        signature.scheme = bundle ? "sigstore" : "dsse";
        if (bundle && bundle->has_certificate()) {
            for (Signature& fact : verify_certificate(*bundle, signature)) add(envelope, std::move(fact));
            return;
        }
        if (envelope) {
            verify(*envelope, signature);
        } else {
            verify_message(*bundle, signature);
        }
        add(envelope, std::move(signature));
    }

    /// What a payload says, once it is known who signed it.
    void judge(const Envelope& envelope, Signature signature) { judge_payload(envelope, std::move(signature)); }

  private:
    void add(const std::optional<Envelope>& envelope, Signature signature) {
        if (envelope) return judge_payload(*envelope, std::move(signature));
        // What it is over was compared when it was verified.
        signature.covers_subject = !signature.key_ids.empty();
        out_.signatures.push_back(std::move(signature));
    }

    // Over a message, by its SHA-256 first; by more of the file only where that shows nobody and the certificate's key signs more.
    std::vector<Signature> verify_certificate(const sigstore::Bundle& bundle, const Signature& signature) const {
        const auto& certificates = std::get<std::vector<crypto::Certificate>>(bundle.material);
        auto certified = verify_certified(bundle, trust_.roots, artifact_of(target_), now_);
        const auto key = certificates.front().public_key();
        const bool message = std::holds_alternative<sigstore::MessageSignature>(bundle.content);
        if (message && certified.under.empty() && !trust_.roots.empty() && key.ok() && needs_more_than_sha256(key->type())) {
            const crypto::KeyType type = key->type();
            certified = verify_certified(bundle, trust_.roots, whole_artifact_of(target_, {&type, 1}), now_);
        }
        return name_certified(certified, trust_, signature);
    }

    // The same for keys: a signature by one of those that sign more is seen as such only with the file at hand.
    void verify_message(const sigstore::Bundle& bundle, Signature& signature) const {
        sigstore::Request request;
        request.thresholds = sigstore::Thresholds::for_key();
        request.now = now_;
        std::string refusal;
        const auto try_keys = [&] {
            verify_by_keys(signature, [&](const crypto::PublicKey& key) {
                request.trust.key = sigstore::TrustedKey{key, {}, {}, {}};
                const auto verified = sigstore::verify_bundle(bundle, request);
                if (!verified.ok()) refusal = verified.error().message;
                return verified.ok();
            });
        };
        request.artifact = artifact_of(target_);
        try_keys();
        std::vector<crypto::KeyType> further;
        for (const TrustAnchor& anchor : trust_.keys) {
            if (needs_more_than_sha256(anchor.key.type())) further.push_back(anchor.key.type());
        }
        if (signature.key_ids.empty() && !further.empty()) {
            request.artifact = whole_artifact_of(target_, further);
            try_keys();
        }
        if (!signature.key_ids.empty()) return;
        const bool ed25519 = std::find(further.begin(), further.end(), crypto::KeyType::ed25519) != further.end();
        signature.problem = ed25519 ? too_long_for_ed25519(target_) : "";
        if (target_.begins_as_envelope) signature.problem = refusal;
        if (signature.problem.empty()) signature.problem = "no key of the policy verifies it over these bytes";
    }

    void verify(const Envelope& envelope, Signature& signature) const {
        verify_by_keys(signature, [&](const crypto::PublicKey& key) { return verified_by(envelope, key); });
    }

    template <typename Verifies>
    void verify_by_keys(Signature& signature, const Verifies& verifies) const {
        std::vector<std::string> outside;
        for (const TrustAnchor& anchor : trust_.keys) {
            if (!verifies(anchor.key)) continue;
            if (!anchor.holds_at(now_)) {
                signature.key_problem = outside_validity(anchor.name);
                outside.push_back(to_hex(anchor.key.spki_sha256()));
                continue;
            }
            signature.signers.push_back(anchor.name);
            signature.key_ids.push_back(to_hex(anchor.key.spki_sha256()));
        }
        if (!signature.signers.empty()) signature.key_problem.clear();
        // Behind those of the signers: another policy, or another time, may have a name for them.
        signature.key_ids.insert(signature.key_ids.end(), outside.begin(), outside.end());
    }

    void judge_payload(const Envelope& envelope, Signature signature) {
        if (envelope.payload_type != kInTotoPayload) {
            if (signature.problem.empty()) {
                signature.problem = "its payload is of type " + escape_terminal(envelope.payload_type, 120) + ", not an in-toto statement";
            }
            out_.signatures.push_back(std::move(signature));
            return;
        }
        auto statement = parse_statement(envelope.payload, StatementVersions::also_v0_1);
        if (!statement.ok()) {
            if (signature.problem.empty()) signature.problem = "its statement cannot be read: " + statement.error().message;
            if (statement.error().code != ErrorCode::unsupported && !signature.signers.empty()) {
                add_malformed(signature.where, statement.error().message, out_);
            }
            out_.signatures.push_back(std::move(signature));
            return;
        }
        if (statement->predicate_type == kModelSigningPredicate) return judge_model_signature(envelope, *statement, std::move(signature));
        judge_statement(*statement, std::move(signature));
    }

    void judge_model_signature(const Envelope& envelope, const ParsedStatement& statement, Signature signature) {
        signature.scheme = "oms";
        const auto refuse = [&](std::string problem) {
            if (signature.problem.empty()) signature.problem = std::move(problem);
            out_.signatures.push_back(std::move(signature));
        };
        if (!envelope.bundle) return refuse("a model signature must be a Sigstore bundle");
        const auto manifest = read_oms_manifest(statement);
        if (!manifest.ok() && manifest.error().code == ErrorCode::unsupported) return refuse(manifest.error().message);
        if (!manifest.ok()) return refuse("the signed statement is not valid: " + manifest.error().message);
        if (manifest->follows_links) signature.scheme = kOmsWithLinks;

        const std::vector<const FileRecord*> records = files_under(*manifest);
        std::vector<OmsFile> files;
        files.reserve(records.size());
        for (const FileRecord* record : records) files.push_back({record->path, record->size});
        auto coverage = oms_coverage(*manifest, target_.subject.is_folder, files, [&](std::span<const OmsDemand> demands) {
            return digests_of(*manifest, records, demands, !signature.signers.empty());
        });
        if (!coverage.ok()) return refuse(coverage.error().message);
        signature.covers_subject = coverage->covers;
        signature.unsigned_files = std::move(coverage->unsigned_files);
        if (coverage->covers) {
            out_.signatures.push_back(std::move(signature));
            return;
        }
        if (signature.problem.empty()) signature.problem_path = std::move(coverage->problem_path);
        refuse(std::move(coverage->problem));
    }

    // Evidence is no part of a subject, but a signature may list some of it; a single file's evidence lies beside it.
    std::vector<const FileRecord*> files_under(const OmsManifest& manifest) const {
        std::unordered_set<std::string_view> listed;
        for (const OmsResource& resource : manifest.resources) listed.insert(resource.path);
        std::vector<const FileRecord*> files;
        for (const FileRecord& file : target_.files) {
            if (!file.evidence || (target_.subject.is_folder && listed.contains(file.path))) files.push_back(&file);
        }
        return files;
    }

    // The SHA-256 of a whole file is known; for shards and other hashes the file is read again.
    Result<std::vector<std::vector<std::string>>> digests_of(const OmsManifest& manifest, const std::vector<const FileRecord*>& files,
                                                             std::span<const OmsDemand> demands, bool trusted) const {
        std::vector<std::vector<std::string>> digests(demands.size());
        std::vector<FurtherDigests> further;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < demands.size(); ++i) {
            const FileRecord& file = *files[demands[i].file];
            if (manifest.hash == crypto::FileHash::sha256 && demands[i].ranges == std::vector{ByteRange{0, file.size}}) {
                digests[i] = {file.sha256};
                continue;
            }
            further.push_back({&file, manifest.hash, demands[i].ranges});
            places.push_back(i);
        }
        if (further.empty()) return digests;
        if (!trusted || !target_.hash_further) {
            return Error{ErrorCode::unsupported, "the digests that it lists (" + std::string(crypto::to_string(manifest.hash)) +
                                                     (manifest.shards ? " of shards" : "") + ") were not made"};
        }
        auto made = TRY(target_.hash_further(further));
        for (std::size_t i = 0; i < places.size(); ++i) digests[places[i]] = std::move(made.at(i));
        return digests;
    }

    void judge_statement(const ParsedStatement& parsed, Signature signature) {
        const bool trusted = !signature.signers.empty();
        // What a stranger states is not worth reading the file again.
        const auto further = [&](crypto::Hash hash) { return trusted ? further_digest_of(target_, hash) : std::nullopt; };
        const bool about = is_about(parsed, target_.subject.digest, further);
        const bool signs = std::find(kSigningPredicates.begin(), kSigningPredicates.end(), parsed.predicate_type) !=
                           kSigningPredicates.end();
        if (trusted && about) add_statement(parsed, signature);
        if (signs || !trusted) {
            signature.covers_subject = about && signs;
            if (signature.problem.empty() && !about) signature.problem = "it is about other bytes";
            if (signature.problem.empty() && !signs) {
                signature.problem = "its statement (" + escape_terminal(parsed.predicate_type, 120) + ") is no signature";
            }
            out_.signatures.push_back(std::move(signature));
        } else if (!about) {
            signature.problem = "it is about other bytes";
            out_.signatures.push_back(std::move(signature));
        }
    }

    void add_statement(const ParsedStatement& parsed, const Signature& signature) {
        auto fields = flatten(parsed.predicate);
        if (!fields.ok()) return add_malformed(signature.where, fields.error().message, out_);
        Statement statement;
        statement.where = signature.where;
        statement.predicate_type = parsed.predicate_type;
        statement.signers = signature.signers;
        statement.key_ids = signature.key_ids;
        statement.identity = signature.identity;
        statement.signed_at = signature.signed_at;
        statement.fields = std::move(fields).value();
        statement.issued = stated_time(parsed.predicate);
        if (signature.signed_at) statement.issued = std::min(*signature.signed_at, statement.issued.value_or(*signature.signed_at));
        statement.digest = signature.digest;
        if (is_provenance(parsed.predicate_type)) add_provenance(parsed, statement);
        out_.statements.push_back(std::move(statement));
    }

    void add_provenance(const ParsedStatement& parsed, const Statement& statement) {
        auto fact = provenance_fact(parsed.predicate_type, parsed.predicate, statement);
        if (!fact.ok()) return add_malformed(statement.where, fact.error().message, out_);
        out_.provenances.push_back(std::move(fact).value());
    }

    const EvidenceTarget& target_;
    const Trust& trust_;
    Instant now_;
    Evidence& out_;
};

}  // namespace

void add_malformed(const Location& where, const std::string& what, Evidence& out) {
    out.findings.push_back({"evidence.malformed", Severity::high, "not a signature or attestation that can be read: " + what,
                            where, "Evidence that does not parse proves nothing, and may be meant to confuse a reader.",
                            "Remove the file, or replace it by what its signer issued."});
}

void judge_envelope(const Envelope& envelope, Signature signature, const EvidenceTarget& target, Evidence& out) {
    const Trust nobody;
    DocumentReader(target, nobody, {}, out).judge(envelope, std::move(signature));
}

std::vector<EvidenceDocument> documents_of(ByteView bytes) {
    std::vector<EvidenceDocument> documents;
    const std::vector<std::string_view> lines = split_lines(as_text(bytes));
    std::size_t filled = 0;
    for (const std::string_view line : lines) filled += trim(line).empty() ? 0U : 1U;
    if (filled != 1 && codec::parse_json(bytes, sigstore::document_limits()).ok()) return {{bytes, std::nullopt}};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (trim(lines[i]).empty()) continue;
        documents.push_back({as_bytes(lines[i]), static_cast<std::uint32_t>(i + 1)});
    }
    return documents;
}

bool is_evidence_name(std::string_view name, bool in_folder) {
    if (in_folder) {
        if (name.find('/') != std::string_view::npos) return false;
        return name == "model.sig" || name == "model.sigstore.json" ||
               (name.size() > std::string_view(".intoto.jsonl").size() && name.ends_with(".intoto.jsonl"));
    }
    static constexpr std::array<std::string_view, 5> kSuffixes = {".sigstore.json", ".sigstore", ".sig", ".intoto.jsonl",
                                                                  ".dsse.json"};
    return std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](std::string_view suffix) {
        return name.size() > suffix.size() && name.ends_with(suffix);
    });
}

bool read_foreign(ByteView bytes, const Location& where, Evidence& out) {
    const std::string scheme = foreign_scheme(bytes, where.path);
    if (scheme.empty()) return false;
    Signature signature;
    signature.where = where;
    signature.scheme = scheme;
    signature.problem = "signatures of this scheme are not read";
    out.signatures.push_back(std::move(signature));
    return true;
}

void read_documents(std::span<const EvidenceDocument> documents, const Location& where, const EvidenceTarget& target, const Trust& trust,
                    Instant now, Evidence& out) {
    DocumentReader reader(target, trust, now, out);
    for (const EvidenceDocument& document : documents) reader.read(document, where);
}

void read_evidence(ByteView bytes, const Location& where, const EvidenceTarget& target,
                   const Trust& trust, Instant now, Evidence& out) {
    if (bytes.size() > kMaxEnvelope) return add_malformed(where, "larger than 16 MiB", out);
    if (read_foreign(bytes, where, out)) return;
    const std::vector<EvidenceDocument> documents = documents_of(bytes);
    if (documents.empty()) return add_malformed(where, "the file is empty", out);
    if (documents.size() > kMaxDocuments) {
        return add_malformed(where, "more than " + std::to_string(kMaxDocuments) + " documents", out);
    }
    read_documents(documents, where, target, trust, now, out);
}

}  // namespace headgate::attest
