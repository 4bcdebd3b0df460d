#include "formats/oci_artifact.hpp"

#include <algorithm>
#include <array>

namespace headgate::formats {
namespace {

constexpr std::string_view kModelPackManifest = "application/vnd.cncf.model.manifest.v1+json";
constexpr std::string_view kModelPackConfig = "application/vnd.cncf.model.config.v1+json";
constexpr std::string_view kKitOpsManifest = "application/vnd.kitops.modelkit.manifest.v1+json";
constexpr std::string_view kKitOpsConfig = "application/vnd.kitops.modelkit.config.v1+json";

using enum OciForm;
using Packing = OciPacking;

// specs-go/v1/mediatype.go of modelpack/model-spec; pkg/lib/kitops' media types; server/images.go of ollama.
constexpr auto kLayerTypes = std::to_array<OciLayerType>({
    {"application/vnd.cncf.model.weight.v1.raw", modelpack, false, Packing::raw},
    {"application/vnd.cncf.model.weight.v1.tar", modelpack, false, Packing::tar},
    {"application/vnd.cncf.model.weight.v1.tar+gzip", modelpack, false, Packing::tar_gzip},
    {"application/vnd.cncf.model.weight.v1.tar+zstd", modelpack, false, Packing::tar_zstd},
    {"application/vnd.cncf.model.weight.config.v1.raw", modelpack, false, Packing::raw},
    {"application/vnd.cncf.model.weight.config.v1.tar", modelpack, false, Packing::tar},
    {"application/vnd.cncf.model.weight.config.v1.tar+gzip", modelpack, false, Packing::tar_gzip},
    {"application/vnd.cncf.model.weight.config.v1.tar+zstd", modelpack, false, Packing::tar_zstd},
    {"application/vnd.cncf.model.doc.v1.raw", modelpack, false, Packing::raw},
    {"application/vnd.cncf.model.doc.v1.tar", modelpack, false, Packing::tar},
    {"application/vnd.cncf.model.doc.v1.tar+gzip", modelpack, false, Packing::tar_gzip},
    {"application/vnd.cncf.model.doc.v1.tar+zstd", modelpack, false, Packing::tar_zstd},
    {"application/vnd.cncf.model.code.v1.raw", modelpack, false, Packing::raw},
    {"application/vnd.cncf.model.code.v1.tar", modelpack, false, Packing::tar},
    {"application/vnd.cncf.model.code.v1.tar+gzip", modelpack, false, Packing::tar_gzip},
    {"application/vnd.cncf.model.code.v1.tar+zstd", modelpack, false, Packing::tar_zstd},
    {"application/vnd.cncf.model.dataset.v1.raw", modelpack, true, Packing::raw},
    {"application/vnd.cncf.model.dataset.v1.tar", modelpack, true, Packing::tar},
    {"application/vnd.cncf.model.dataset.v1.tar+gzip", modelpack, true, Packing::tar_gzip},
    {"application/vnd.cncf.model.dataset.v1.tar+zstd", modelpack, true, Packing::tar_zstd},

    {"application/vnd.kitops.modelkit.model.v1.tar", kitops, false, Packing::tar},
    {"application/vnd.kitops.modelkit.model.v1.tar+gzip", kitops, false, Packing::tar_gzip},
    {"application/vnd.kitops.modelkit.modelpart.v1.tar", kitops, false, Packing::tar},
    {"application/vnd.kitops.modelkit.modelpart.v1.tar+gzip", kitops, false, Packing::tar_gzip},
    {"application/vnd.kitops.modelkit.dataset.v1.tar", kitops, true, Packing::tar},
    {"application/vnd.kitops.modelkit.dataset.v1.tar+gzip", kitops, true, Packing::tar_gzip},
    {"application/vnd.kitops.modelkit.code.v1.tar", kitops, false, Packing::tar},
    {"application/vnd.kitops.modelkit.code.v1.tar+gzip", kitops, false, Packing::tar_gzip},
    {"application/vnd.kitops.modelkit.docs.v1.tar", kitops, false, Packing::tar},
    {"application/vnd.kitops.modelkit.docs.v1.tar+gzip", kitops, false, Packing::tar_gzip},

    {"application/vnd.ollama.image.model", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.adapter", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.projector", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.template", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.prompt", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.system", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.params", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.messages", ollama, false, Packing::raw},
    {"application/vnd.ollama.image.license", ollama, false, Packing::raw},
});

bool all_layers_are(const OciDocument& manifest, OciForm form) {
    return !manifest.layers.empty() && std::all_of(manifest.layers.begin(), manifest.layers.end(), [&](const OciEntry& layer) {
        return find_layer_type(form, layer.descriptor.media_type) != nullptr;
    });
}

std::string_view annotation(const OciEntry& entry, std::string_view key) {
    for (const auto& [name, value] : entry.annotations) {
        if (name == key) return value;
    }
    return {};
}

}  // namespace

std::string_view to_string(OciForm form) {
    switch (form) {
        case image: return "image";
        case modelpack: return "modelpack";
        case kitops: return "kitops";
        case ollama: return "ollama";
        case other: break;
    }
    return "artifact";
}

OciForm form_of(const OciDocument& manifest) {
    if (!manifest.config) return other;
    const std::string& config = manifest.config->descriptor.media_type;
    const std::string& type = manifest.artifact_type;
    // Ollama's config has the type of an image's. One layer that a runtime would unpack, and it is an image.
    if (is_config_type(config)) return all_layers_are(manifest, ollama) ? ollama : image;
    if (config == kModelPackConfig && type == kModelPackManifest) return modelpack;
    if (config == kKitOpsConfig && (type.empty() || type == kKitOpsManifest)) return kitops;
    return other;
}

const OciLayerType* find_layer_type(OciForm form, std::string_view media_type) {
    const auto row = std::find_if(kLayerTypes.begin(), kLayerTypes.end(), [&](const OciLayerType& type) {
        return type.form == form && type.media_type == media_type;
    });
    return row == kLayerTypes.end() ? nullptr : &*row;
}

Kind kind_of(OciForm form, const OciDocument& manifest) {
    if (!holds_model(form)) return Kind::container;
    const bool data = !manifest.layers.empty() && std::all_of(manifest.layers.begin(), manifest.layers.end(), [&](const OciEntry& layer) {
        const OciLayerType* const type = find_layer_type(form, layer.descriptor.media_type);
        return type != nullptr && type->dataset;
    });
    return data ? Kind::dataset : Kind::model;
}

std::string_view layer_file_name(const OciEntry& layer) {
    const std::string_view path = annotation(layer, "org.cncf.model.filepath");
    return path.empty() ? annotation(layer, "org.opencontainers.image.title") : path;
}

}  // namespace headgate::formats
