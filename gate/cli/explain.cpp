// explain.cpp: `headgate explain WORD`: a rule of the policy, a finding, a checker or one of its settings, in words.
#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "checkers/all.hpp"
#include "cli/describe.hpp"
#include "cli/parse.hpp"
#include "pipeline/decide.hpp"
#include "pipeline/finding_catalogue.hpp"

namespace headgate::cli {
namespace {

struct Library {
    pipeline::LoadedPolicy loaded;
    std::vector<pipeline::FindingArea> areas;
};

// Rules of the policy that run this checker: "model.safe-format (baseline.yaml:12)".
std::string rules_with(const Policy& policy, std::string_view check) {
    std::string text;
    for (const Rule& rule : policy.rules) {
        if (rule.check == check) text += (text.empty() ? "" : ", ") + rule.id + " (" + rule.line + ")";
    }
    return text.empty() ? "no rule of " + policy.label : text;
}

std::string found_by(const pipeline::FindingArea& area, const Policy& policy) {
    if (area.by == "gate") return "the gate itself, whatever the rules are";
    // What a parser found and no rule takes up is not lost: it denies (policy/judge.cpp).
    const bool own = area.name == area.by;
    return (own ? "checker " : "a parser; taken up by checker ") + area.by + ": " + rules_with(policy, area.by) +
           (own ? "" : "; where none of them applies, it denies by itself");
}

std::string waiver_words(const pipeline::FindingArea& area, const Policy& policy) {
    if (area.by == "gate") return "no: no rule reports it, and a waiver is for one rule";
    std::string text = "only by a waiver of the rule that reports it (headgate waiver add --help): for one subject, until a day, "
                       "naming exactly this id";
    std::string forbidden;
    for (const std::string& rule : policy.waiver_limits.forbid_rules) forbidden += (forbidden.empty() ? "" : ", ") + rule;
    if (!forbidden.empty()) text += "; never for " + forbidden + " (waiver-limits)";
    return text;
}

std::string explain_finding(const pipeline::FindingArea& area, const pipeline::FindingEntry& entry, const Policy& policy) {
    std::string text = "finding " + entry.id + "  (" + area.about + ")\n\n";
    text += labelled("What", entry.what) + labelled("Why", entry.why) + labelled("Fix", entry.fix);
    text += labelled("By", found_by(area, policy));
    return text + labelled("Waiver", waiver_words(area, policy));
}

std::string explain_area(const pipeline::FindingArea& area) {
    std::string text = "Findings about " + area.about + ":\n";
    for (const pipeline::FindingEntry& entry : area.entries) text += "  " + entry.id + "\n      " + entry.what + "\n";
    return text;
}

std::string explain_checker(const Checker& checker, const Library& library) {
    std::string text = "checker " + describe(checker) + "\n" + labelled("Rules", rules_with(library.loaded.policy, checker.id));
    std::string own;
    std::string areas;
    for (const pipeline::FindingArea& area : library.areas) {
        if (area.name == checker.id) {
            own = "\n" + explain_area(area);
        } else if (area.by == checker.id) {
            areas += " " + area.name;
        }
    }
    if (!areas.empty()) own += "\nIt also takes up what parsers find (headgate explain AREA):\n " + areas + "\n";
    return text + own;
}

// "serialization.allow" -> the row, and what the policy's rules set.
std::string explain_setting(const Checker& checker, const SettingSpec& setting, const Policy& policy) {
    std::string text = "setting of checker " + std::string(checker.id) + "\n\n" + describe(setting) + "\n";
    for (const Rule& rule : policy.rules) {
        if (rule.check != checker.id) continue;
        const auto value = rule.settings.all().find(setting.key);
        text += labelled(rule.id, (value == rule.settings.all().end() ? "(none)" : describe(value->second)) + "  (" + rule.line + ")");
    }
    return text;
}

std::vector<std::string> explanations(const std::string& word, const Library& library) {
    const Policy& policy = library.loaded.policy;
    std::vector<std::string> texts;
    for (const Rule& rule : policy.rules) {
        if (rule.id == word) texts.push_back(describe(rule, policy));
    }
    for (const Checker& checker : checkers::all()) {
        const std::string id(checker.id);
        if (id == word) texts.push_back(explain_checker(checker, library));
        for (const SettingSpec& setting : checker.settings) {
            if (id + "." + std::string(setting.key) == word) texts.push_back(explain_setting(checker, setting, policy));
        }
    }
    for (const pipeline::FindingArea& area : library.areas) {
        if (area.name == word && checkers::find(word) == nullptr) texts.push_back(explain_area(area));
        for (const pipeline::FindingEntry& entry : area.entries) {
            if (entry.id == word) texts.push_back(explain_finding(area, entry, policy));
        }
    }
    return texts;
}

std::vector<std::string> all_words(const Library& library) {
    std::vector<std::string> words;
    words.reserve(library.loaded.policy.rules.size());
    for (const Rule& rule : library.loaded.policy.rules) words.push_back(rule.id);
    for (const Checker& checker : checkers::all()) {
        words.emplace_back(checker.id);
        for (const SettingSpec& setting : checker.settings) words.push_back(std::string(checker.id) + "." + std::string(setting.key));
    }
    for (const pipeline::FindingArea& area : library.areas) {
        words.push_back(area.name);
        for (const pipeline::FindingEntry& entry : area.entries) words.push_back(entry.id);
    }
    return words;
}

Error unknown(const std::string& word, const Library& library) {
    const std::vector<std::string> words = all_words(library);
    const std::vector<std::string_view> views(words.begin(), words.end());
    const auto near = nearest(word, views);
    return {ErrorCode::usage, "\"" + word + "\" is no rule of " + library.loaded.policy.label + ", no finding, checker or setting" +
                                  (near ? "; did you mean \"" + std::string(*near) + "\"?"
                                        : "; `headgate checkers` lists the checkers, --policy names another policy")};
}

Result<int> explain(const std::string& word, const std::string& policy) {
    const Library library{TRY(pipeline::load_policy(policy)), TRY(pipeline::finding_catalogue())};
    std::string whole;
    for (const std::string& text : explanations(word, library)) whole += (whole.empty() ? "" : "\n") + text;
    if (whole.empty()) return unknown(word, library);
    std::fwrite(whole.data(), 1, whole.size(), stdout);
    return kAllow;
}

}  // namespace

int run_explain(const Arguments& arguments) {
    CLI::App app("Explain a rule, a finding, a checker or a setting: what it is, why it matters, what to do.", "headgate explain");
    app.footer(
        "Examples:\n"
        "  headgate explain model.safe-format --policy policy.yaml   # a rule: what it checks, where, how strictly\n"
        "  headgate explain serialization.executes-code              # a finding, as a report names it in brackets\n"
        "  headgate explain serialization                            # a checker with its settings\n"
        "  headgate explain serialization.profiles                   # one setting, and what the policy's rules make of it\n"
        "  headgate explain zip                                      # every finding about zip archives");
    std::string word;
    std::string policy = "builtin:baseline";
    app.add_option("WORD", word, "what to explain")->type_name("RULE|FINDING|CHECKER|SETTING|AREA")->required();
    app.add_option("--policy", policy, "policy whose rules are meant")->type_name("FILE|builtin:NAME")->capture_default_str();
    if (const auto code = parse_arguments(app, arguments)) return *code;
    auto code = explain(word, policy);
    return code.ok() ? *code : fail(code.error());
}

}  // namespace headgate::cli
