// layered_evidence.hpp: the evidence about one subject as the rules that apply to it may see it, where layers come in: of an image, and of a
// model artifact. Pure.
//
// Layers that nobody read are no fault of a subject about which no rule asks what lies in them: they are bound by digest, and the verdict
// says that they were not checked. Where a rule asks, they are a finding, or an Opaque, which no rule passes over. What was read because one
// rule asks is shown to the rules that do.
#pragma once

#include <optional>
#include <vector>

#include "model/fact.hpp"
#include "model/subject.hpp"
#include "model/verdict.hpp"
#include "policy/policy.hpp"

namespace headgate::pipeline {

class LayeredEvidence {
  public:
    /// All of them must outlive it.
    LayeredEvidence(const Subject& subject, const Evidence& collected, const std::vector<policy::Applicable>& rules);
    LayeredEvidence(const LayeredEvidence&) = delete;
    LayeredEvidence& operator=(const LayeredEvidence&) = delete;

    /// For the judge, and for rules that ask for what lies in layers.
    const Evidence& whole() const { return whole_ ? *whole_ : collected_; }
    const Evidence& of(const Rule& rule) const;
    /// Says of coverage that nobody looked at layers, or takes it back.
    void note_unchecked(Coverage& coverage) const;

  private:
    void of_image(const std::vector<policy::Applicable>& rules);
    void of_artifact(const std::vector<policy::Applicable>& rules);
    bool asks(const Rule& rule) const;

    const Evidence& collected_;
    Kind kind_;
    bool is_image_ = false;
    bool unchecked_ = false;             // there are layers, and nobody looked at them
    std::optional<Evidence> whole_;
    std::optional<Evidence> without_;    // what lies in layers; of an image where only some rules ask for it
};

}  // namespace headgate::pipeline
