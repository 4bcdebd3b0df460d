// attached.hpp: signatures and attestations attached to an image -> facts, like those of files beside a subject
// (evidence.hpp). Annotations and lists say where to look; what counts is what verified bytes say about this digest.
#pragma once

#include <optional>

#include "attest/cosign.hpp"
#include "attest/evidence.hpp"
#include "attest/notation.hpp"
#include "attest/verdict.hpp"
#include "model/attached.hpp"
#include "sigstore/verify.hpp"

namespace headgate::attest {

/// What a caller may ask beyond Trust.
struct AttachedDemand {
    SimpleSigningDemand simple_signing = {};
    const NotationTrust* notation = nullptr;              // none: Notation signatures count under the roots of `Trust`
    /// What logs and authorities must attest; none: of certificates what each root can attest, of keys nothing. Given, it is asked of
    /// signatures by keys too, under the instances of `Trust`; a Notation signature is in no log, and its caller does not ask it.
    std::optional<sigstore::Thresholds> thresholds = {};
    /// What a verification summary must say to be anybody's statement; none: it is a statement like others.
    const RelyOptions* verdict = nullptr;
};

/// Verifies every document against every key of `trust` valid at `now` and, where it carries a certificate, against the
/// roots, and appends to `out`:
///  - a Signature per simple signing payload (scheme "cosign"), per statement that signs (scheme "sigstore" or "dsse"), per
///    Notation envelope (scheme "notation"; under `notation` its signer is the subject of its certificate), and per document that nobody who is
///    trusted signed or that is about another digest: an index is not its children;
///  - a Statement per statement about exactly this digest that somebody trusted signed. Its predicate type is the
///    statement's, never the annotation's;
///  - `evidence.malformed` per document that does not parse and per problem of `attached`.
/// What is asked of the repository or of annotations, only a simple signing payload answers: any other signature then counts for
/// nothing, and says why. `target.subject.digest.sha256` is the image's digest.
void read_attached(const Attached& attached, const EvidenceTarget& target, const Trust& trust, const AttachedDemand& demand,
                   Instant now, Evidence& out);

}  // namespace headgate::attest
