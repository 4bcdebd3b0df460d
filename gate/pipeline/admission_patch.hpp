// admission_patch.hpp: the JSON Patch (RFC 6902) that pins the tags of an object to the digests that were judged.
//
// "nginx:1.27" becomes "nginx:1.27@sha256:...": the tag stays for people, and runtimes ignore it. Each replacement is behind a test of what
// stood there, so that an object that another webhook has changed meanwhile is refused and not mended.
#pragma once

#include <string>

#include "base/result.hpp"
#include "pipeline/admission.hpp"

namespace headgate::pipeline {

/// The patch as JSON; "" when there is nothing to pin. Only for what is allowed and was judged, for images that a registry resolved, and never
/// for an object that a controller owns: it compares what it made with what it wants, and would make another one for ever.
/// Error{internal}: an image that should be pinned cannot be found again; the review is denied.
Result<std::string> pinning_patch(const AdmissionJudgement& judgement);

}  // namespace headgate::pipeline
