// oci.hpp: an OCI image layout folder as one subject: its digest is the manifest's (or index's), its files the blobs.
#pragma once

#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// Reads oci-layout, index.json, manifest and config of the hashed layout, fills the subject's digest and origin and the
/// evidence. What is wrong with the layout is a finding; the Error is ours.
std::optional<Error> read_oci_layout(const SubjectPlan& plan, const Limits& limits, Subject& subject,
                                     Evidence& evidence);

}  // namespace headgate::pipeline
