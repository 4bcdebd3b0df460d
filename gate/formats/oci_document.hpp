// oci_document.hpp: the JSON documents of an OCI image layout: descriptors, indexes, manifests (image-spec 1.1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/json.hpp"
#include "formats/oci_layout.hpp"

namespace headgate::formats {

inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";

bool is_index_type(std::string_view media_type);
bool is_manifest_type(std::string_view media_type);
bool is_config_type(std::string_view media_type);   // of an image (artifacts have others)
bool is_layer_type(std::string_view media_type);
bool is_foreign_layer_type(std::string_view media_type);
/// Whether a runtime may unpack it as a layer for the beginning of its name (containerd does), known or not.
bool is_called_layer(std::string_view media_type);
/// What unpackers take it for by its media type: "gzip", "zstd" or "tar".
std::string_view layer_packing(std::string_view media_type);

/// A descriptor with its annotations, or in `problem` why it is none.
struct OciEntry {
    OciDescriptor descriptor;
    std::string cosign_kind;      // annotation `kind` of cosign's layouts
    bool attestation = false;     // BuildKit's attestation manifest beside the platforms
    std::string embedded;         // `data`, base64; "" without
    bool has_urls = false;
    std::vector<std::pair<std::string, std::string>> annotations;  // those that are text
    std::string problem;
};
OciEntry read_oci_entry(const codec::Json& value);

/// An index or a manifest.
struct OciDocument {
    bool is_index = false;
    std::string media_type;       // its own statement, "" without
    std::vector<OciEntry> entries;  // of an index
    std::optional<OciEntry> config;
    std::vector<OciEntry> layers;
    std::optional<OciEntry> subject;
    std::string artifact_type;
    std::string base_name;        // of an image: what it was built on, as its annotations say; "" without
    std::string base_digest;
    std::string problem;          // why it is neither, "" when it is fine
};
OciDocument read_oci_document(ByteView bytes, const Limits& limits);

/// Number of rootfs.diff_ids of an image config, nullopt when it is none.
std::optional<std::size_t> count_diff_ids(ByteView bytes, const Limits& limits);

/// imageLayoutVersion of an oci-layout file, "" when it has none.
std::string read_layout_version(ByteView bytes, const Limits& limits);

}  // namespace headgate::formats
