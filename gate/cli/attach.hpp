// attach.hpp: `headgate check --attach`: the verdict about each image of a layout, put into that layout.
#pragma once

#include "attest/verdict.hpp"
#include "pipeline/decide.hpp"

namespace headgate::cli {

/// Attaches to every `oci-layout:` argument the verdict about its image, as a Sigstore bundle (which `sign` makes), and says on stderr
/// what was attached and which subjects were not. Error{usage} when nothing was there to attach to; Error{malformed, io, ...} when a
/// layout does not take its verdict, after the others have got theirs.
Result<void> attach_verdicts(const Report& report, const pipeline::Request& request, const attest::StatementSigner& sign, attest::EmitOptions options);

}  // namespace headgate::cli
