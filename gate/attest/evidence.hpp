// evidence.hpp: signatures and statements found beside a subject -> facts. What the policy requires decides which count:
// evidence by strangers is recorded without a signer, evidence that is malformed is a finding.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "crypto/keys.hpp"
#include "model/fact.hpp"
#include "model/policy.hpp"
#include "model/subject.hpp"

namespace headgate::attest {

struct TrustAnchor {
    std::string name;            // in the policy's trust section
    crypto::PublicKey key;
    std::optional<Instant> not_before;
    std::optional<Instant> not_after;
};

/// What the evidence must be about.
struct EvidenceTarget {
    const Subject& subject;
    std::span<const FileRecord> files;   // of the subject, evidence files marked
};

/// True for names that are evidence by convention: "X.sigstore.json", "X.sigstore", "X.sig", "X.intoto.jsonl",
/// "X.dsse.json" beside X, and "model.sig", "model.sigstore.json", "*.intoto.jsonl" at the top of a folder. `in_folder`:
/// the name is relative to the top of a folder subject.
bool is_evidence_name(std::string_view name, bool in_folder);

/// Reads one evidence file (OMS or Sigstore bundle with a key signature, DSSE envelope, JSON lines of either), verifies
/// every signature against every anchor valid at `now`, and appends Signature, Statement facts and findings to `out`.
void read_evidence(ByteView bytes, const Location& where, const EvidenceTarget& target,
                   std::span<const TrustAnchor> anchors, Instant now, Evidence& out);

}  // namespace headgate::attest
