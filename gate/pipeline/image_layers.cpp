#include "pipeline/image_layers.hpp"

#include <algorithm>

#include "formats/oci_document.hpp"
#include "model/layers.hpp"
#include "pipeline/registry_layers.hpp"

namespace headgate::pipeline {
namespace {

bool is_for(const Rule& rule, Kind kind) { return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end(); }

bool any_rule(const Policy& policy, bool (*asks)(const Rule&)) {
    return std::any_of(policy.rules.begin(), policy.rules.end(), asks) ||
           std::any_of(policy.extended.begin(), policy.extended.end(), [&](const auto& one) { return std::any_of(one->rules.begin(), one->rules.end(), asks); });
}

bool wants_model(const Rule& rule) { return is_for(rule, Kind::model) && looks_at_content(rule.check); }

}  // namespace

ParseOrder::Task task_for(LayersWanted wanted) { return wanted == LayersWanted::model ? ParseOrder::Task::model_layer : ParseOrder::Task::layer; }

bool wants_image_layers(const Rule& rule) { return rule.layers && is_for(rule, Kind::container); }

LayersWanted layers_wanted(const Policy& policy, bool as_model) {
    if (as_model && any_rule(policy, wants_model)) return LayersWanted::model;
    return any_rule(policy, wants_image_layers) ? LayersWanted::artifacts : LayersWanted::none;
}

std::vector<formats::OciDescriptor> layers_to_read(const formats::OciImage& image, const Evidence& evidence) {
    std::vector<formats::OciDescriptor> layers;
    if (image.kind != Kind::container) return layers;
    for (const formats::OciDescriptor& layer : image.layers) {
        const bool there = std::any_of(evidence.files.begin(), evidence.files.end(), [&](const FileRecord& file) { return file.path == layer.path(); });
        // Another type is left unread (leave_unread()); one digest under two of the same packing is read once, and of two packings a finding.
        const bool taken = std::any_of(layers.begin(), layers.end(), [&](const formats::OciDescriptor& one) { return one.digest == layer.digest; });
        if (formats::is_layer_type(layer.media_type) && there && !taken) layers.push_back(layer);
    }
    return layers;
}

void take_layer(const formats::OciDescriptor& layer, Parsed parsed, Evidence& evidence) {
    const std::string path = layer.path();
    const std::string_view said = formats::layer_packing(layer.media_type);
    const auto is_said = [&](const FormatFact& fact) { return fact.where.member.empty() && fact.format == said; };
    const bool told = std::any_of(parsed.facts.formats.begin(), parsed.facts.formats.end(), [](const FormatFact& fact) { return fact.where.member.empty(); });
    if (told && std::none_of(parsed.facts.formats.begin(), parsed.facts.formats.end(), is_said)) {
        Finding& finding = parsed.facts.findings.emplace_back();
        finding.id = "oci.layer-packing";
        finding.message = "layer " + layer.digest + " is no " + layer.media_type + " by its content";
        finding.where.path = path;
        finding.why = "Whoever goes by the media type unpacks something else than was judged, or nothing.";
        finding.fix = "Push the image again with a tool that describes its layers as they are.";
    }
    for (FileRecord& file : evidence.files) {
        if (file.path == path) file.examined = parsed.yes;
    }
    evidence.merge(std::move(parsed.facts));
}

void all_layers_taken(LayersWanted wanted, const std::string& root, Evidence& evidence) {
    FormatFact& read = evidence.formats.emplace_back();
    read.where.path = root;
    read.format = wanted == LayersWanted::model ? kModelLayersRead : kLayersRead;
}

SubjectPlan layer_files(const SubjectPlan& layout, std::span<const formats::OciDescriptor> layers, LayersWanted wanted) {
    SubjectPlan plan;
    plan.shape = SubjectPlan::Shape::folder;
    plan.subject = layout.subject;
    plan.display = layout.display;
    for (const formats::OciDescriptor& layer : layers) {
        const std::string path = layer.path();
        const auto file = std::find_if(layout.files.begin(), layout.files.end(), [&](const FilePlan& one) { return one.path == path; });
        if (file == layout.files.end()) continue;
        FilePlan& added = plan.files.emplace_back(*file);
        added.task = task_for(wanted);
        added.evidence = false;
        added.stated_sha256.clear();     // said of the blob already
    }
    return plan;
}

}  // namespace headgate::pipeline
