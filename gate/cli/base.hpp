// base.hpp: `check --base REV`: deny only what is new since a revision, report all.
#pragma once

#include <string>

#include "base/result.hpp"
#include "pipeline/decide.hpp"

namespace headgate::cli {

/// Judges the revision's files for the same arguments, and notes in the report which denials were there already: the same bytes
/// under the same name, or, of a manifest, the same members for the same findings. An undecided subject is never known.
Result<void> note_known_denials(const std::string& revision, const pipeline::LoadedPolicy& policy, const pipeline::Request& request,
                                Report& report);

/// The exit code over what is not known.
int exit_code_of_new(const Report& report);

}  // namespace headgate::cli
