#include "checkers/card.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "checkers/sources.hpp"
#include "model/layers.hpp"

namespace headgate::checkers {
namespace {

constexpr std::array<Kind, 2> kKinds = {Kind::model, Kind::dataset};
constexpr std::array<SettingSpec, 2> kSettings = {{
    {"require", SettingType::text_list, Stricter::more, false, "license",
     "fields of the front matter that must be there and not empty: license, base_model, datasets, language, ...", {}},
    {"severity", SettingType::severity, Stricter::larger, false, "medium", "of what is found", {}},
}};

constexpr std::string_view kWhy = "What nobody has documented, nobody can answer for: origin, licence, training data.";
constexpr std::string_view kFix =
    "Add a README.md that begins with YAML front matter between two lines '---' and names the fields there.";
constexpr std::string_view kName = "readme.md";
constexpr std::string_view kNameInImage = "models/readme.md";

/// The card of the subject itself: README.md at its top, never one inside an archive or a folder below. Of an image that is a model's: at the
/// top of /models, which is what KServe hands on.
const Card* own_card(const Evidence& evidence) {
    const bool in_layers = layers_are_read(evidence, true);
    for (const Card& card : evidence.cards) {
        if (card.where.member.empty() && ascii_lower(card.where.path) == kName) return &card;
        if (in_layers && ascii_lower(card.where.member) == kNameInImage) return &card;
    }
    return nullptr;
}

bool has_field(const Card& card, std::string_view name) {
    return std::any_of(card.fields.begin(), card.fields.end(),
                       [&](const auto& field) { return field.first == name && !trim(field.second).empty(); });
}

CheckRun run(const CheckInput& input) {
    if (!input.subject.has_bytes) return CheckRun::skipped("needs the files: a card lies beside them");
    if (is_manifest(input.evidence)) return CheckRun::complete();   // it names models, and is none
    if (!input.subject.is_folder) return CheckRun::skipped("a single file has no place for a card");
    const Severity severity = input.settings.get<Severity>("severity");
    std::vector<Finding> findings;
    const auto add = [&](std::string id, std::string message, Location where) {
        findings.push_back(
            {std::move(id), severity, std::move(message), std::move(where), std::string(kWhy), std::string(kFix)});
    };
    const Card* card = own_card(input.evidence);
    if (card == nullptr) {
        add("card.missing", "there is no card: no README.md with front matter", {});
    } else if (!card->problem.empty()) {
        add("card.malformed", "the card cannot be read: " + card->problem, card->where);
    } else {
        for (const std::string& field : input.settings.get<std::vector<std::string>>("require")) {
            if (!has_field(*card, field)) add("card.field-missing", "the card does not say '" + field + "'", card->where);
        }
    }
    return CheckRun::complete(std::move(findings));
}

}  // namespace

Checker card_checker() {
    Checker checker;
    checker.id = "card";
    checker.question = "Is origin, licence, base model, training data documented as required?";
    checker.why = kWhy;
    checker.fix = kFix;
    checker.kinds = kKinds;
    checker.needs_bytes = true;
    checker.settings = kSettings;
    checker.run = run;
    return checker;
}

}  // namespace headgate::checkers
