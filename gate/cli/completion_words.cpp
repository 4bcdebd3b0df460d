// completion_words.cpp: what the value of an option can be, by the name that its help gives it.
#include <array>

#include "base/text.hpp"
#include "checkers/all.hpp"
#include "cli/completion.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/finding_catalogue.hpp"
#include "pipeline/rule_files.hpp"
#include "report/report.hpp"

namespace headgate::cli {
namespace {

using Words = std::vector<std::string>;

Words pack_words() {
    Words words;
    for (const std::string& pack : pipeline::packs()) words.push_back("builtin:" + pack);
    return words;
}

Words format_words() {
    Words words;
    for (const report::OutputFormat& format : report::formats()) words.emplace_back(format.name);
    return words;
}

Words kind_words() {
    Words words;
    for (const Kind kind : {Kind::model, Kind::dataset, Kind::package, Kind::container}) words.emplace_back(to_string(kind));
    return words;
}

Words checker_words() {
    Words words;
    for (const Checker& checker : checkers::all()) words.emplace_back(checker.id);
    return words;
}

// Of the built-in baseline: completion cannot know which policy will be named.
Words rule_words() {
    Words words;
    const auto loaded = pipeline::load_policy("builtin:baseline");
    if (!loaded.ok()) return words;
    for (const Rule& rule : loaded->policy.rules) words.push_back(rule.id);
    return words;
}

Words area_words() {
    Words words;
    const auto areas = pipeline::finding_catalogue();
    if (!areas.ok()) return words;
    for (const pipeline::FindingArea& area : *areas) words.push_back(area.name);
    return words;
}

Words finding_words() {
    Words words;
    const auto areas = pipeline::finding_catalogue();
    if (!areas.ok()) return words;
    for (const pipeline::FindingArea& area : *areas) {
        for (const pipeline::FindingEntry& entry : area.entries) words.push_back(entry.id);
    }
    return words;
}

Words setting_words() {
    Words words;
    for (const Checker& checker : checkers::all()) {
        for (const SettingSpec& setting : checker.settings) words.push_back(std::string(checker.id) + "." + std::string(setting.key));
    }
    return words;
}

Words reference_words() { return {"hf:", "hf-dataset:", "oci:", "pkg:"}; }
Words subject_words() { return {"hf:", "hf-dataset:", "oci:", "oci-layout:", "pkg:"}; }

struct ValueName {
    std::string_view name;
    Words (*words)() = nullptr;
    bool files = false;
    bool folders = false;
};

constexpr std::array kValueNames = {
    ValueName{"FILE", nullptr, true},
    ValueName{"DIR", nullptr, false, true},
    ValueName{"SUBJECT", subject_words, true},
    ValueName{"REFERENCE", reference_words},
    ValueName{"builtin:NAME", pack_words},
    ValueName{"FORMAT", format_words},
    ValueName{"KIND", kind_words},
    ValueName{"PROFILE", pipeline::profiles},
    ValueName{"CHECKER", checker_words},
    ValueName{"RULE", rule_words},
    ValueName{"FINDING", finding_words},
    ValueName{"AREA", area_words},
    ValueName{"SETTING", setting_words},
    // Free text: nobody can know it beforehand.
    ValueName{"ADDRESS:PORT"},
    ValueName{"DIGEST"},
    ValueName{"DURATION"},
    ValueName{"HEX"},
    ValueName{"ID"},
    ValueName{"JSON"},
    ValueName{"LEVEL"},
    ValueName{"N"},
    ValueName{"NAME"},
    ValueName{"NAME=FILE", nullptr, true},
    ValueName{"NUMBER"},
    ValueName{"PERSON"},
    ValueName{"REF"},
    ValueName{"REVISION"},
    ValueName{"TIER"},
    ValueName{"TIME"},
    ValueName{"TYPE"},
    ValueName{"URI"},
    ValueName{"URL"},
    ValueName{"VERSION"},
    ValueName{"WORDS"},
};

bool is_literal(std::string_view word) { return !word.empty() && word == ascii_lower(word); }

void add_alternative(std::string_view alternative, CompletionValue& value) {
    constexpr std::string_view kEqualsFile = "[=FILE]";
    if (alternative.ends_with(kEqualsFile)) {
        alternative.remove_suffix(kEqualsFile.size());
        value.file_after_equals = true;
    }
    if (is_literal(alternative)) {
        value.words.emplace_back(alternative);
        return;
    }
    for (const ValueName& known : kValueNames) {
        if (known.name != alternative) continue;
        value.files = value.files || known.files;
        value.folders = value.folders || known.folders;
        if (known.words != nullptr) {
            for (std::string& word : known.words()) value.words.push_back(std::move(word));
        }
    }
}

}  // namespace

CompletionValue completion_value(std::string_view type_name) {
    // A validator's description follows the name: "N:INT in [1 - 256]"; a name's own colon ("builtin:NAME") has no space.
    const std::size_t described = type_name.find(":INT in ");
    CompletionValue value;
    for (const std::string_view alternative : split(type_name.substr(0, described), '|')) {
        add_alternative(alternative, value);
    }
    return value;
}

}  // namespace headgate::cli
