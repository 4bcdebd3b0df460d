#include "formats/oci_document.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::formats {
namespace {

constexpr std::string_view kLayerTypes[] = {
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd",
};
constexpr std::string_view kForeignTypes[] = {
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
};

Result<codec::Json> parse(ByteView bytes, const Limits& limits) {
    return codec::parse_json(bytes, {limits.nesting, 16U << 20U, 1'000'000});
}

std::string text_of(const codec::Json& value, std::string_view key) {
    const std::string* text = value.find_text(key);
    return text == nullptr ? std::string{} : *text;
}

std::string platform_of(const codec::Json& value) {
    const codec::Json* platform = value.find("platform");
    if (platform == nullptr || !platform->is_object()) return {};
    std::string name = text_of(*platform, "os") + "/" + text_of(*platform, "architecture");
    const std::string variant = text_of(*platform, "variant");
    return variant.empty() ? name : name + "/" + variant;
}

void read_annotations(const codec::Json& value, OciEntry& entry) {
    const codec::Json* annotations = value.find("annotations");
    if (annotations == nullptr) return;
    if (!annotations->is_object()) {
        entry.problem = "its annotations are no object";
        return;
    }
    entry.descriptor.ref_name = text_of(*annotations, "org.opencontainers.image.ref.name");
    entry.cosign_kind = text_of(*annotations, "kind");
    entry.attestation = text_of(*annotations, "vnd.docker.reference.type") == "attestation-manifest";
    for (const codec::Json::Member& member : annotations->members) {
        if (member.second.is_text()) entry.annotations.emplace_back(member.first, member.second.text);
    }
}

void read_entries(const codec::Json& list, std::vector<OciEntry>& out, std::string& problem) {
    if (!list.is_array()) {
        problem = "a list of descriptors is no array";
        return;
    }
    for (const codec::Json& item : list.items) {
        out.push_back(read_oci_entry(item));
        if (!out.back().problem.empty() && problem.empty()) {
            problem = "descriptor " + std::to_string(out.size()) + ": " + out.back().problem;
        }
    }
}

}  // namespace

bool is_index_type(std::string_view media_type) { return media_type == kOciIndex || media_type == kDockerList; }
bool is_manifest_type(std::string_view media_type) { return media_type == kOciManifest || media_type == kDockerManifest; }
bool is_config_type(std::string_view media_type) { return media_type == kOciConfig || media_type == kDockerConfig; }
bool is_layer_type(std::string_view media_type) {
    return std::find(std::begin(kLayerTypes), std::end(kLayerTypes), media_type) != std::end(kLayerTypes);
}
bool is_foreign_layer_type(std::string_view media_type) {
    return std::find(std::begin(kForeignTypes), std::end(kForeignTypes), media_type) != std::end(kForeignTypes);
}
bool is_called_layer(std::string_view media_type) {
    return media_type.starts_with("application/vnd.oci.image.layer.") || media_type.starts_with("application/vnd.docker.image.rootfs.");
}
std::string_view layer_packing(std::string_view media_type) {
    if (media_type.ends_with("zstd")) return "zstd";
    return media_type.ends_with("gzip") ? "gzip" : "tar";
}

OciEntry read_oci_entry(const codec::Json& value) {
    OciEntry entry;
    if (!value.is_object()) {
        entry.problem = "it is no object";
        return entry;
    }
    OciDescriptor& descriptor = entry.descriptor;
    descriptor.media_type = text_of(value, "mediaType");
    descriptor.digest = text_of(value, "digest");
    descriptor.artifact_type = text_of(value, "artifactType");
    descriptor.platform = platform_of(value);
    const codec::Json* size = value.find("size");
    read_annotations(value, entry);
    entry.embedded = text_of(value, "data");
    const codec::Json* urls = value.find("urls");
    entry.has_urls = urls != nullptr && urls->is_array() && !urls->items.empty();
    if (descriptor.media_type.empty()) {
        entry.problem = "it has no mediaType";
    } else if (!descriptor.digest.starts_with("sha256:") || !is_lower_hex(descriptor.digest.substr(7), 64)) {
        entry.problem = "its digest \"" + descriptor.digest + "\" is no sha256:<64 lower-case hex digits>";
    } else if (size == nullptr || !size->is_integer() || size->integer < 0) {
        entry.problem = "its size is no number";
    } else {
        descriptor.size = static_cast<std::uint64_t>(size->integer);
    }
    return entry;
}

OciDocument read_oci_document(ByteView bytes, const Limits& limits) {
    OciDocument document;
    const auto json = parse(bytes, limits);
    if (!json.ok()) {
        document.problem = json.error().message;
        return document;
    }
    if (!json->is_object()) {
        document.problem = "it is no JSON object";
        return document;
    }
    const codec::Json* version = json->find("schemaVersion");
    if (version == nullptr || !version->is_integer() || version->integer != 2) {
        document.problem = "schemaVersion is not 2";
    }
    document.media_type = text_of(*json, "mediaType");
    document.artifact_type = text_of(*json, "artifactType");
    const codec::Json* manifests = json->find("manifests");
    const codec::Json* config = json->find("config");
    const codec::Json* layers = json->find("layers");
    document.is_index = manifests != nullptr;
    if (manifests != nullptr && (config != nullptr || layers != nullptr)) {
        document.problem = "it is an index and a manifest at once";
    } else if (manifests != nullptr) {
        read_entries(*manifests, document.entries, document.problem);
    } else if (config == nullptr || layers == nullptr) {
        document.problem = "it has neither manifests nor config and layers";
    } else {
        document.config = read_oci_entry(*config);
        if (!document.config->problem.empty()) document.problem = "config: " + document.config->problem;
        read_entries(*layers, document.layers, document.problem);
        if (const codec::Json* annotations = json->find("annotations"); annotations != nullptr) {
            document.base_name = text_of(*annotations, "org.opencontainers.image.base.name");
            document.base_digest = text_of(*annotations, "org.opencontainers.image.base.digest");
        }
    }
    if (const codec::Json* subject = json->find("subject"); subject != nullptr) {
        document.subject = read_oci_entry(*subject);
        if (!document.subject->problem.empty()) document.problem = "subject: " + document.subject->problem;
    }
    return document;
}

std::optional<std::size_t> count_diff_ids(ByteView bytes, const Limits& limits) {
    const auto json = parse(bytes, limits);
    if (!json.ok()) return std::nullopt;
    const codec::Json* root = json->find("rootfs");
    const codec::Json* ids = root == nullptr ? nullptr : root->find("diff_ids");
    if (ids == nullptr || !ids->is_array()) return std::nullopt;
    return ids->items.size();
}

std::string read_layout_version(ByteView bytes, const Limits& limits) {
    const auto json = parse(bytes, limits);
    return json.ok() ? text_of(*json, "imageLayoutVersion") : std::string{};
}

}  // namespace headgate::formats
