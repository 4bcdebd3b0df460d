// oci.hpp: an OCI image layout folder as one subject: its digest is the manifest's (or index's), its files the blobs.
#pragma once

#include <optional>
#include <vector>

#include "formats/oci_layout.hpp"
#include "model/attached.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// Reads oci-layout, index.json, manifest and config of the hashed layout, fills the subject's digest, origin and (unless the caller gave
/// it) kind, the evidence, and what is attached to the image. `contents`: layers of a model artifact, that are still to be read; `layers`: those
/// of an image, that may be. What is wrong with the layout is a finding; the Error is ours. Said to be a model, an image is a model's.
std::optional<Error> read_oci_layout(const SubjectPlan& plan, const Limits& limits, Subject& subject, Evidence& evidence, Attached& attached,
                                     std::vector<formats::OciContent>& contents, std::vector<formats::OciDescriptor>& layers);

/// The layers of an image are bound by digest and said to be unchecked. Anything else in the place of a layer (of an artifact that is
/// not known, of a type that is not) is content that nobody has read: an Opaque.
void leave_unread(const formats::OciImage& image, Evidence& evidence);

/// `stated`, where the caller said what it is, is not what its manifest is: `subject.kind-mismatch`. An image may hold a model: said to be one,
/// it is judged as both.
void check_stated_kind(std::optional<Kind> stated, Kind kind, Evidence& evidence);

/// One image of a layout with what is attached to it, for `verify image`: its layers are not read.
struct AttachedImage {
    std::string problem;        // why there is none: the layout's fault; "" when there is one
    Attached attached;
};

/// `tag`: tag or digest of the image, "" the only one; by digest also a manifest below an index. Error{io, not_found} when
/// the folder cannot be read.
Result<AttachedImage> read_attached_image(const std::string& folder, const std::string& tag, const Limits& limits);

}  // namespace headgate::pipeline
