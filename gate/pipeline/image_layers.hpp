// image_layers.hpp: the layers of an image, which a rule may ask for (`layers: true`), and those of an image that is a model's: who asks, and
// what the evidence about the image becomes. In a layout they are read like files (decide.cpp), in a registry by registry_layers.hpp; by the
// parser of formats/tar_layer.hpp in either place.
#pragma once

#include <string>
#include <vector>

#include "formats/oci_layout.hpp"
#include "model/policy.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// Ordered: what was read as a model's is enough for whoever wants artifacts alone.
enum class LayersWanted : std::uint8_t { none, artifacts, model };
ParseOrder::Task task_for(LayersWanted wanted);

/// Whether a rule of the policy, or of one that it extends, is asked about layers; `as_model`: the image is a model's, and rules for models that
/// look at content are asked too.
LayersWanted layers_wanted(const Policy& policy, bool as_model);
bool wants_image_layers(const Rule& rule);

/// Layers of the types that are known, each digest once, each of which has a file among those of the evidence. Those of others are left unread.
std::vector<formats::OciDescriptor> layers_to_read(const formats::OciImage& image, const Evidence& evidence);

/// Adds what was found in one layer: its file is examined as far as it was understood. A blob that is packed in another way than its
/// media type says is a finding.
void take_layer(const formats::OciDescriptor& layer, Parsed parsed, Evidence& evidence);
/// Afterwards, with all of them taken. `root`: path of the image's manifest or index.
void all_layers_taken(LayersWanted wanted, const std::string& root, Evidence& evidence);

/// The same layers as files to examine, each opened where its blob lies in `layout`. A blob that is not there has none; the layout's reader
/// has said so.
SubjectPlan layer_files(const SubjectPlan& layout, std::span<const formats::OciDescriptor> layers, LayersWanted wanted);

}  // namespace headgate::pipeline
