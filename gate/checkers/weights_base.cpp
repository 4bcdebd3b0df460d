// The subject beside the base model that the operator named: does what the card claims hold, and what else is not the base's?
#include <algorithm>

#include "base/text.hpp"
#include "checkers/weights.hpp"

namespace headgate::checkers {
namespace {

using Relation = TensorRelation::Kind;

constexpr std::string_view kWhy = "Whoever trusts a model for the base that it names trusts a claim that anybody can write.";
constexpr double kRelated = 0.5;         // cosine: of models that were trained apart it is near zero, of tuned ones near one

constexpr std::string_view kRelations[] = {"finetune", "quantized", "adapter", "merge"};  // that a card may claim

/// What the card claims, in lower case; "" when it claims nothing.
std::string claimed_relation(const Evidence& evidence) {
    for (const Card& card : evidence.cards) {
        if (!card.where.member.empty() || ascii_lower(card.where.path) != "readme.md") continue;
        for (const auto& [key, value] : card.fields) {
            if (key == "base_model_relation") return ascii_lower(trim(value));
        }
    }
    return {};
}

struct Summary {
    std::size_t identical = 0, recoded = 0, low_rank = 0, changed = 0, reshaped = 0, absent = 0, added = 0;
    double cosines = 0;
    std::string first_changed, first_reshaped;

    explicit Summary(const std::vector<TensorRelation>& tensors) {
        for (const TensorRelation& one : tensors) {
            switch (one.kind) {
                case Relation::identical: ++identical; break;
                case Relation::cast:
                case Relation::quantized: ++recoded; break;
                case Relation::low_rank: ++low_rank; break;
                case Relation::changed: ++changed; break;
                case Relation::reshaped: ++reshaped; break;
                case Relation::absent: ++absent; break;
                case Relation::added: ++added; break;
            }
            const bool differs = one.kind == Relation::low_rank || one.kind == Relation::changed;
            if (differs) cosines += one.cosine;
            if (differs && first_changed.empty()) first_changed = one.name;
            if (one.kind == Relation::reshaped && first_reshaped.empty()) first_reshaped = one.name;
        }
    }
    std::size_t differing() const { return low_rank + changed; }
    std::size_t shared() const { return identical + recoded + differing(); }
    bool related() const { return shared() > 0 && (differing() == 0 || identical + recoded > 0 || cosines / static_cast<double>(differing()) >= kRelated); }
    std::string text() const {
        const auto part = [](std::size_t count, std::string_view word) { return count == 0 ? "" : ", " + std::to_string(count) + " " + std::string(word); };
        const std::string all = part(identical, "identical") + part(recoded, "cast or quantised") + part(low_rank, "changed by a matrix of low rank") +
                                part(changed, "changed") + part(reshaped, "of another shape") + part(absent, "absent") + part(added, "new");
        return all.empty() ? "no tensor to compare" : all.substr(2);
    }
};

// Why the claim does not hold; "" when it may.
std::string contradiction(std::string_view claim, const Summary& found) {
    if (claim == "quantized" && found.differing() + found.reshaped > 0) {
        return counted_tensors(found.differing() > 0 ? found.first_changed : found.first_reshaped, found.differing() + found.reshaped) +
               " cannot come of quantising or casting";
    }
    if (claim == "adapter" && found.differing() + found.reshaped > 0) {
        return counted_tensors(found.differing() > 0 ? found.first_changed : found.first_reshaped, found.differing() + found.reshaped) +
               " of the base itself changed, which an adapter leaves as they are";
    }
    if (claim == "adapter" && found.added == 0) return "nothing was added to the base";
    if ((claim == "finetune" || claim == "merge") && !found.related()) return "its tensors have nothing in common with those of the base";
    if (claim == "finetune" && found.differing() + found.recoded + found.added + found.reshaped == 0) return "no tensor differs from the base";
    return {};
}

}  // namespace

void judge_bases(const CheckInput& input, std::vector<Finding>& findings) {
    const auto* const allowed = input.settings.find<std::vector<std::string>>("allow-differences");
    std::string claim = claimed_relation(input.evidence);
    const bool known = claim.empty() || std::find(std::begin(kRelations), std::end(kRelations), claim) != std::end(kRelations);
    if (!known && !input.evidence.comparisons.empty()) {
        findings.push_back({"weights.base-claim", Severity::high,
                            "the card says '" + claim + "' of its base, which is no relation that can be compared (finetune, quantized, adapter, merge)", {},
                            std::string(kWhy), "Correct base_model_relation in the card."});
    }
    if (!known) claim.clear();
    for (const BaseComparison& comparison : input.evidence.comparisons) {
        const Summary found(comparison.tensors);
        const std::string broken = contradiction(claim, found);
        if (!broken.empty()) {
            findings.push_back({"weights.base-claim", Severity::high,
                                "the card says '" + claim + "' of " + comparison.base + ", but " + broken + " (" + found.text() + ")", {}, std::string(kWhy),
                                "Correct base_model_relation in the card, or compare with the base that it was really made from."});
        } else if (claim.empty() && !found.related() && found.absent + found.shared() + found.reshaped > 0) {
            findings.push_back({"weights.unrelated-base", Severity::high,
                                "it has nothing in common with " + comparison.base + " (" + found.text() + ")", {}, std::string(kWhy),
                                "Compare with the base that it was really made from."});
        }
        for (const BaseDifference& difference : comparison.differences) {
            if (allowed != nullptr && std::find(allowed->begin(), allowed->end(), difference.aspect) != allowed->end()) continue;
            const bool is_template = difference.aspect == "chat-template";
            findings.push_back({"weights.base-difference", is_template ? Severity::high : Severity::medium,
                                "the " + difference.aspect + " is not that of " + comparison.base + ", at " + difference.about + ": " +
                                    (difference.here.empty() ? "nothing" : "'" + difference.here + "'") + " for " +
                                    (difference.base.empty() ? "nothing" : "'" + difference.base + "'"),
                                difference.where,
                                "A template, token or default that was changed steers every conversation, with weights that are the base's to the last bit.",
                                "Review the change; when it is meant, name its document under `allow-differences` of the rule."});
        }
    }
}

}  // namespace headgate::checkers
