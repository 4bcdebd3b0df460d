// oci_artifact.hpp: what a manifest is: an image that runs, or a model or dataset packed as an artifact, and what its layers hold. Pure.
//
// Known: ModelPack (CNCF model-spec: artifactType application/vnd.cncf.model.manifest.v1+json), KitOps (ModelKits, before they became
// ModelPacks), Ollama (an image manifest whose layers all are Ollama's). Which it is, manifest and config must say alike. A media type of
// a layer counts only if it stands in the table under the form of its manifest; any other is content that nobody reads.
#pragma once

#include <string>
#include <string_view>

#include "formats/oci_document.hpp"
#include "model/kinds.hpp"

namespace headgate::formats {

inline constexpr std::string_view kInTotoLayer = "application/vnd.in-toto+json";

enum class OciForm {
    image,                       // with the config of an image: a runtime unpacks its layers
    modelpack,
    kitops,
    ollama,
    other,                       // an artifact of some other kind
};
std::string_view to_string(OciForm form);

/// What `manifest` is. One that says two things (a ModelPack's artifactType over the config of an image) is what its config says.
OciForm form_of(const OciDocument& manifest);
/// Whether a model or dataset is what it holds.
constexpr bool holds_model(OciForm form) { return form == OciForm::modelpack || form == OciForm::kitops || form == OciForm::ollama; }

/// How the content lies in the blob of a layer.
using OciPacking = OciContent::Packing;

struct OciLayerType {
    std::string_view media_type;
    OciForm form = OciForm::other;
    bool dataset = false;        // it holds data, not what a model is made of
    OciPacking packing = OciPacking::raw;
};
/// The row of a layer's type among those of this form, nullptr when it has none.
const OciLayerType* find_layer_type(OciForm form, std::string_view media_type);

/// What a manifest of this form is judged as: a model; a dataset where all that it holds is data; an image, and whatever is not known, a
/// container.
Kind kind_of(OciForm form, const OciDocument& manifest);

/// The path that a layer's file has where the artifact is unpacked: org.cncf.model.filepath, else org.opencontainers.image.title; ""
/// when neither is there.
std::string_view layer_file_name(const OciEntry& layer);

}  // namespace headgate::formats
