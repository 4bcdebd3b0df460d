// oci_layout.hpp: an OCI image layout folder (OCI image-spec 1.1, image-layout.md) as one subject. Pure: the caller lists
// the folder's files as they were hashed and hands out the bytes of small ones.
//
// Checked: oci-layout and index.json are there and of the known version; every blob file has the digest that its name
// says (DigestClaim); the image that is asked for is the only one of that name; every descriptor on the way (index,
// manifest, config, layers) has a known media type, a sha256 digest, a blob, and that blob's size; a document's own
// mediaType agrees with its descriptor and it is not manifest and index at once (CVE-2021-41190); config and layers agree
// in number; no file that nothing refers to. Each violation is a finding `oci.*`.
// A manifest may be a model or dataset instead of an image: then its layers are contents to be read (oci_artifact.hpp).
// Attachments (cosign tags and annotations, referrers by `subject`) are found and named; they are not verified here.
//
// Oracle: no OciImage without a finding.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/parser.hpp"
#include "model/kinds.hpp"

namespace headgate::formats {

struct OciDescriptor {
    std::string media_type;
    std::string digest;          // "sha256:<hex>"
    std::uint64_t size = 0;
    std::string artifact_type;   // "" without
    std::string ref_name;        // org.opencontainers.image.ref.name, "" without
    std::string platform;        // "os/architecture[/variant]", "" without
    std::string path() const;    // "blobs/sha256/<hex>"
};

/// Something that is about an image: signature, attestation, SBOM, referrer.
struct OciAttachment {
    enum class Kind { signature, attestation, sbom, referrer } kind = Kind::referrer;
    OciDescriptor manifest;
    std::string subject;         // digest of the image it is about; "" where only a tag or annotation says so
};

/// A layer of a model artifact (oci_artifact.hpp): content for the parsers.
struct OciContent {
    enum class Packing { raw, tar, tar_gzip, tar_zstd };
    OciDescriptor layer;
    Packing packing = Packing::raw;
    std::string name;            // path of its file where the artifact is unpacked; "" of an archive, and of a file without one
};

struct OciImage {
    OciDescriptor root;                       // what the tag names; its digest is the subject's
    bool is_index = false;
    Kind kind = Kind::container;              // what its manifests are
    std::vector<OciDescriptor> manifests;     // image manifests below an index, or the root itself
    std::vector<OciDescriptor> configs;
    std::vector<OciDescriptor> layers;        // each digest once under each of its media types; of images, and of artifacts that are not known
    std::vector<OciContent> contents;         // of model artifacts, each layer under each of its names
    std::vector<OciDescriptor> unread;        // what nobody reads in such an artifact
    std::vector<std::string> covered;         // paths of the image's own files, oci-layout and index.json
    std::vector<std::string> others;          // paths of attachments' and other images' files
    std::vector<OciAttachment> attachments;
};

/// The bytes of a file of the layout by path, nullopt when it is not there or was not kept (too large for a document).
using OciRead = std::function<std::optional<ByteView>(const std::string& path)>;

/// `files`: every file of the folder with size and sha256. `tag`: the image's org.opencontainers.image.ref.name or its
/// digest ("sha256:<hex>"), "" for the only one. Findings, facts and DigestClaims go to `context.evidence`, with locations
/// relative to the folder. nullopt: the image cannot be told; a finding says why.
std::optional<OciImage> read_oci_layout(std::span<const FileRecord> files, const OciRead& read, const std::string& tag,
                                        ParseContext& context);

}  // namespace headgate::formats
