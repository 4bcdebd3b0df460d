// evidence.hpp: signatures and statements found beside a subject -> facts. What the policy requires decides which count:
// evidence by strangers is recorded without a signer, evidence that is malformed is a finding.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attest/dsse.hpp"
#include "attest/oms.hpp"
#include "attest/trust.hpp"
#include "base/bytes.hpp"
#include "model/fact.hpp"
#include "model/subject.hpp"

namespace headgate::attest {

inline constexpr std::size_t kMaxDocuments = 256;  // JSON lines of one evidence file beside a subject

/// A file of the subject of which a model signature lists other digests than its SHA-256.
struct FurtherDigests {
    const FileRecord* file = nullptr;
    crypto::FileHash hash = crypto::FileHash::sha256;
    std::vector<ByteRange> ranges;       // in order, without gap
};
/// Reads the files again: digests in lower-case hex, item by item, of bytes whose SHA-256 is the record's. On an Error the
/// signature covers nothing; whoever gave the function knows of it.
using HashFurther = std::function<Result<std::vector<std::vector<std::string>>>(std::span<const FurtherDigests>)>;

/// Reads a file of the subject whole: the bytes whose SHA-256 is the record's. Of at most kMaxMessage bytes. On an Error as above.
using ReadWhole = std::function<Result<Bytes>(const FileRecord&)>;
inline constexpr std::uint64_t kMaxMessage = 256ULL << 20U;

/// What signatures over the subject's file as a message needed beyond its SHA-256, made once (message_artifact.hpp).
struct MessageParts {
    std::array<std::optional<Bytes>, 3> digests;   // by crypto::Hash
    std::optional<Result<Bytes>> bytes;
};

/// What the evidence must be about.
inline constexpr std::uint32_t kMostVerifications = 8192;  // of one signature by one key or root, for one subject

struct EvidenceTarget {
    const Subject& subject;
    std::span<const FileRecord> files;   // of the subject, evidence files marked
    HashFurther hash_further = {};       // asked only where a trusted key needs it; none: such a signature covers nothing
    ReadWhole read_whole = {};           // the same
    bool begins_as_envelope = false;     // the subject's one file (sigstore/pae.hpp)
    mutable MessageParts message = {};
    /// Signatures that were verified for it so far, by whoever reads evidence about it; over kMostVerifications the next are refused.
    mutable std::uint32_t verifications = 0;
};

/// Signature::scheme of a model signature whose manifest lets links stand for what they lead to ("allow_symlinks").
inline constexpr std::string_view kOmsWithLinks = "oms-symlinks";

/// True for names that are evidence by convention: "X.sigstore.json", "X.sigstore", "X.sig", "X.intoto.jsonl",
/// "X.dsse.json" beside X, and "model.sig", "model.sigstore.json", "*.intoto.jsonl" at the top of a folder. `in_folder`:
/// the name is relative to the top of a folder subject.
bool is_evidence_name(std::string_view name, bool in_folder);

/// A JSON document of an evidence file: the whole of it, or one of its lines.
struct EvidenceDocument {
    ByteView bytes;
    std::optional<std::uint32_t> line;
};
std::vector<EvidenceDocument> documents_of(ByteView bytes);

/// Reads one evidence file (OMS or Sigstore bundle, DSSE envelope, JSON lines of either), verifies every signature against
/// every key of `trust` valid at `now`, or every root, and appends to `out`:
///  - a Signature per model signature, per bundle over the subject's bytes, per signing statement (cosign sign/v1, in-toto
///    release), and per document that nobody trusted signed or that is about other bytes;
///  - a Statement per statement about the subject that somebody trusted signed, whatever it says;
///  - `evidence.malformed` per document that does not parse, or file over a limit (16 MiB, 256 documents).
/// Detached signatures of other schemes (PGP, minisign, cosign's old .sig) are Signatures without signers.
void read_evidence(ByteView bytes, const Location& where, const EvidenceTarget& target,
                   const Trust& trust, Instant now, Evidence& out);

/// The same for some documents of a file, of which there may be any number.
void read_documents(std::span<const EvidenceDocument> documents, const Location& where, const EvidenceTarget& target, const Trust& trust,
                    Instant now, Evidence& out);

/// A detached signature of another scheme (foreign_signature.hpp): recorded without a signer. False: it is none.
bool read_foreign(ByteView bytes, const Location& where, Evidence& out);

/// What an envelope says that somebody else has verified: `signature` says where it lies and whom it is by (nobody: it is
/// recorded as a stranger's). Appends a Signature, a Statement, or both, as read_evidence() does.
void judge_envelope(const Envelope& envelope, Signature signature, const EvidenceTarget& target, Evidence& out);

/// Adds `evidence.malformed`.
void add_malformed(const Location& where, const std::string& what, Evidence& out);

}  // namespace headgate::attest
