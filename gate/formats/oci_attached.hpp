// oci_attached.hpp: the signatures and attestations about one image, brought together from the manifests that hold them:
// cosign's `.sig` and `.att` manifests, Sigstore bundles and Notation envelopes as referrers. Pure, over a function that
// answers blobs by digest: a layout's today, a registry's client tomorrow.
//
// Checked here: a referrer names this image as its `subject`, digest and size; what a list says of it (artifactType) is what
// it says itself; each signed document has a known media type. Nothing here is believed: annotations stay annotations, and
// whoever verifies asks the signed bytes.
#pragma once

#include <functional>
#include <span>

#include "base/result.hpp"
#include "formats/oci_index.hpp"
#include "model/attached.hpp"

namespace headgate::formats {

struct AttachedLimits {
    std::size_t manifests = 1000;                 // attachments of one image that are opened
    std::size_t documents = 1000;                 // signed documents of one image
    std::uint64_t manifest_bytes = 4ULL << 20U;
    std::uint64_t document_bytes = 16ULL << 20U;  // of each
    std::uint64_t bytes = 64ULL << 20U;           // of all documents together
};

/// Why `size` bytes of that SHA-256 (hex) are not the blob of the descriptor; nullopt when they are.
std::optional<Error> blob_problem(const OciDescriptor& what, std::uint64_t size, std::string_view sha256);

/// The bytes of a blob, whose size and SHA-256 are those of the descriptor: ask blob_problem(). The Error says why there are none.
using OciBlobs = std::function<Result<Bytes>(const OciDescriptor& what, std::uint64_t max_bytes)>;

/// Whether manifests of that artifactType (or, before image-spec 1.1, of that config) hold signatures or attestations.
bool holds_signed_documents(std::string_view artifact_type);
/// Whether a layer of that media type is a signed document.
bool is_signed_document(std::string_view media_type);

/// Over a limit there are no documents at all, and a problem that says so: a part of them would be a choice by whoever
/// put them there.
Attached collect_attached(std::span<const OciAttachment> attachments, const OciDescriptor& image, const OciBlobs& blobs,
                          const Limits& limits, const AttachedLimits& attached_limits = {});

}  // namespace headgate::formats
