#include "pipeline/layered_evidence.hpp"

#include <algorithm>
#include <set>

#include "formats/layer_content.hpp"
#include "model/layers.hpp"
#include "pipeline/registry_layers.hpp"

namespace headgate::pipeline {
namespace {

// What is said of a layer's blob and not of what lies in it: by the walk over manifests.
bool is_of_blob(const Finding& finding) { return finding.id.starts_with("oci.") && finding.id != "oci.layer-packing"; }
bool is_of_blob(const DigestClaim& claim) { return claim.where.member.empty(); }
template <typename Fact>
bool is_of_blob(const Fact&) { return false; }

bool holds_model_files(const Evidence& evidence) {
    return std::any_of(evidence.members.begin(), evidence.members.end(), [](const Member& member) { return formats::is_model_place(member.where.member); });
}

/// The evidence as if its layers had not been read.
Evidence without_layers(const Evidence& evidence) {
    Evidence left = evidence;
    std::set<std::string> layers;
    for (const FormatFact& fact : evidence.formats) {
        if (fact.where.member.empty() && fact.format == kLayer) layers.insert(fact.where.path);
    }
    // A layer that was not read for a limit, or whose parser did not answer, is nothing but an Opaque.
    for (const FileRecord& file : evidence.files) {
        const auto is_about = [&](const auto& fact) { return fact.where.path == file.path; };
        const bool unread = !file.examined && std::any_of(evidence.opaques.begin(), evidence.opaques.end(), is_about);
        if (unread && layers_are_read(evidence, false) && std::none_of(evidence.formats.begin(), evidence.formats.end(), is_about)) layers.insert(file.path);
    }
    const auto drop = [&](auto& facts) {
        std::erase_if(facts, [&](const auto& fact) { return layers.contains(fact.where.path) && !is_of_blob(fact); });
    };
    drop(left.formats), drop(left.imports), drop(left.calls), drop(left.members), drop(left.tensors), drop(left.operators), drop(left.traits);
    drop(left.digest_claims), drop(left.cards), drop(left.index_entries), drop(left.configurations), drop(left.vocabularies), drop(left.opaques), drop(left.findings);
    std::erase_if(left.formats, [](const FormatFact& fact) { return fact.where.member.empty() && (fact.format == kLayersRead || fact.format == kModelLayersRead); });
    for (FileRecord& file : left.files) {
        if (layers.contains(file.path)) file.examined = true;
    }
    return left;
}

}  // namespace

LayeredEvidence::LayeredEvidence(const Subject& subject, const Evidence& collected, const std::vector<policy::Applicable>& rules)
    : collected_(collected), kind_(subject.kind) {
    is_image_ = subject.has_bytes && !subject.is_manifest && is_of_image(collected);
    if (is_image_) {
        of_image(rules);
    } else if (subject.kind == Kind::model || subject.kind == Kind::dataset) {
        of_artifact(rules);
    }
}

bool LayeredEvidence::asks(const Rule& rule) const { return kind_ == Kind::container ? rule.layers : looks_at_content(rule.check); }

void LayeredEvidence::of_image(const std::vector<policy::Applicable>& rules) {
    const bool asked = std::any_of(rules.begin(), rules.end(), [&](const policy::Applicable& one) { return one.applies && asks(*one.rule); });
    const bool read = layers_are_read(collected_, kind_ != Kind::container);
    const bool any = layers_are_read(collected_, false);
    unchecked_ = !asked || !read;
    if (asked && read) {
        const bool all = std::all_of(rules.begin(), rules.end(), [&](const policy::Applicable& one) { return !one.applies || asks(*one.rule); });
        if (!all) without_ = without_layers(collected_);
        if (kind_ == Kind::container || holds_model_files(collected_)) return;
        whole_ = collected_;
        Finding& finding = whole_->findings.emplace_back();
        finding.id = "oci.no-model";
        finding.severity = Severity::high;
        finding.message = "it is an image in the place of a model, and no file lies in it outside of the folders of an operating system";
        finding.why = "What would be loaded from it, nobody can tell.";
        finding.fix = "Put the model into a folder of its own, as /models.";
        return;
    }
    if (any) without_ = without_layers(collected_);
    if (!asked) {
        if (any) whole_ = std::move(without_), without_.reset();
        return;
    }
    whole_ = any ? *without_ : collected_;
    if (!any) without_ = collected_;
    Finding& finding = whole_->findings.emplace_back();
    finding.id = "oci.layers-not-read";
    finding.severity = Severity::high;
    finding.message = kind_ == Kind::container ? "a rule asks for what lies in the layers of the image (layers: true), and they were not read"
                                              : "it is an image in the place of a model, and its layers were not read";
    finding.why = "What nobody has read, nobody can vouch for.";
    finding.fix = "Say `network: allow` of the rule that asks, or give the gate the image as a layout.";
}

// Layers that nobody fetched, where no rule that applies looks at content.
void LayeredEvidence::of_artifact(const std::vector<policy::Applicable>& rules) {
    const auto not_fetched = [](const Opaque& opaque) { return opaque.why == kNotFetched; };
    if (std::none_of(collected_.opaques.begin(), collected_.opaques.end(), not_fetched)) return;
    const bool asked = std::any_of(rules.begin(), rules.end(), [&](const policy::Applicable& one) { return one.applies && asks(*one.rule); });
    if (asked) return;
    unchecked_ = true;
    whole_ = collected_;
    for (FileRecord& file : whole_->files) {
        const auto left = [&](const Opaque& one) { return not_fetched(one) && one.where.path == file.path; };
        if (std::any_of(collected_.opaques.begin(), collected_.opaques.end(), left)) file.examined = true;
    }
    std::erase_if(whole_->opaques, not_fetched);
}

const Evidence& LayeredEvidence::of(const Rule& rule) const { return without_ && !asks(rule) ? *without_ : whole(); }

void LayeredEvidence::note_unchecked(Coverage& coverage) const {
    const auto said = std::find(coverage.unchecked.begin(), coverage.unchecked.end(), "layer-contents");
    if (unchecked_ && said == coverage.unchecked.end()) coverage.unchecked.emplace_back("layer-contents");
    if (is_image_ && !unchecked_ && said != coverage.unchecked.end()) coverage.unchecked.erase(said);
}

}  // namespace headgate::pipeline
