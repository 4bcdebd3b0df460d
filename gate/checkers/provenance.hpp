// provenance.hpp: does authenticated SLSA provenance, whose builder is bound to its signer, name an allowed builder, source and ref for
// exactly this digest? Is an artifact of a hub pinned to a commit?
#pragma once

#include "model/checker.hpp"

namespace headgate::checkers {

/// Monotonic: one provenance that satisfies everything suffices, and no other takes that away.
///
/// With `builders`: a provenance counts if a signer that its builder's entry names signed it, and for a certificate of a CI run if that
/// bears out what is said. An id without "@ref" is that of every release tag (vX.Y.Z), never of a branch. A workflow that signed for
/// another one (a delegator) must be named. Then source, ref, build type and level are asked.
///
/// The level of the run is that of the entry under which the best provenance counts.
///
/// Findings: provenance.missing, provenance.not-bound, provenance.builder, provenance.source, provenance.ref, provenance.build-type,
/// provenance.level, provenance.not-pinned.
const Checker& provenance_checker();

}  // namespace headgate::checkers
