// load_tests.cpp: the list `tests`: what `headgate policy test` runs.
#include <algorithm>

#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 3> kDecisions = {"allow", "deny", "error"};
constexpr std::array<std::string_view, 3> kLevels = {"names", "restricted", "admit"};
constexpr std::array<std::string_view, 4> kKinds = {"model", "dataset", "package", "container"};
constexpr std::array<std::string_view, 8> kResults = {"pass",  "fail",     "warn",          "waived", "skipped",
                                                      "error", "upcoming", "not-applicable"};

void read_decision(Loading& loading, const Yaml& node, PolicyTest& test) {
    test.expect.decision = read_choice(loading, node, "decision", kDecisions).value_or("");
}
void read_level(Loading& loading, const Yaml& node, PolicyTest& test) {
    test.expect.level = read_choice(loading, node, "level", kLevels).value_or("");
}
void read_tier(Loading& loading, const Yaml& node, PolicyTest& test) {
    test.expect.tier = read_choice(loading, node, "tier", loading.tier_names()).value_or("");
}
void read_results(Loading& loading, const Yaml& node, PolicyTest& test) {
    if (!node.is_mapping() || node.entries.empty()) {
        return loading.mistakes.add(node, "expected rules, each with a result: { model.safe-format: fail }");
    }
    const auto ids = loading.rule_ids();
    for (const Yaml::Entry& entry : node.entries) {
        Yaml key;
        key.line = entry.key_line;
        key.column = entry.key_column;
        if (!known_name(loading, key, "rule", entry.key, ids)) continue;
        test.expect.rules.emplace_back(entry.key, read_choice(loading, entry.value, "result", kResults).value_or(""));
    }
}
void read_finding_ids(Loading& loading, const Yaml& node, PolicyTest& test) {
    test.expect.findings = read_list(loading, node);
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "an empty list asks for nothing; leave it out");
}
std::vector<std::string> read_waiver_ids(Loading& loading, const Yaml& node) {
    const std::vector<std::string_view> ids = each(loading.policy.waivers, &Waiver::id);
    std::vector<std::string> list = read_list(loading, node);
    for (const Yaml* item : items_of(node)) known_name(loading, *item, "waiver", item->text, ids);
    return list;
}
void read_used(Loading& loading, const Yaml& node, PolicyTest& test) { test.expect.used_waivers = read_waiver_ids(loading, node); }
void read_expired(Loading& loading, const Yaml& node, PolicyTest& test) {
    test.expect.expired_waivers = read_waiver_ids(loading, node);
}

constexpr std::array<Field<PolicyTest>, 7> kExpect = {{
    {{"decision", Need::required, Shape::choice, "what the gate says", {}, kDecisions}, read_decision},
    {{"level", Need::optional, Shape::choice, "how much an allow is worth", {}, kLevels}, read_level},
    {{"tier", Need::optional, Shape::name, "the tier that the subject is in"}, read_tier},
    {{"rules", Need::optional, Shape::results, "rules with the result that each must have", {}, kResults}, read_results},
    {{"findings", Need::optional, Shape::list, "ids of findings that must be there"}, read_finding_ids},
    {{"used-waivers", Need::optional, Shape::list, "exactly the waivers that are used"}, read_used},
    {{"expired-waivers", Need::optional, Shape::list, "exactly the waivers that have ended"}, read_expired},
}};

void read_name_of_test(Loading& loading, const Yaml& node, PolicyTest& test) { test.name = read_text(loading, node).value_or(""); }
void read_subject(Loading& loading, const Yaml& node, PolicyTest& test) { test.subject = read_text(loading, node).value_or(""); }
void read_evidence(Loading& loading, const Yaml& node, PolicyTest& test) { test.evidence = read_text(loading, node).value_or(""); }
void read_as(Loading& loading, const Yaml& node, PolicyTest& test) {
    test.as = read_text(loading, node);
    if (!test.as) return;
    const auto reference = parse_reference(*test.as);
    if (!reference.ok()) loading.mistakes.add(node, reference.error().message);
}
void read_kind(Loading& loading, const Yaml& node, PolicyTest& test) {
    if (const auto text = read_choice(loading, node, "kind", kKinds)) test.kind = parse_kind(*text);
}
void read_at(Loading& loading, const Yaml& node, PolicyTest& test) { test.at = read_instant(loading, node); }
void read_expect(Loading& loading, const Yaml& node, PolicyTest& test) {
    if (!read_fields(loading, node, "'expect' of a test", kExpect, test)) return;
    if (!test.expect.level.empty() && !test.expect.decision.empty() && test.expect.decision != "allow") {
        loading.mistakes.add(*node.find("level"), "only an allow has a level, and '" + test.expect.decision + "' is expected");
    }
}

constexpr std::array<Field<PolicyTest>, 7> kTest = {{
    {{"name", Need::required, Shape::text, "what it shows"}, read_name_of_test},
    {{"subject", Need::optional, Shape::text, "file or folder, relative to the policy, or a reference"}, read_subject},
    {{"evidence", Need::optional, Shape::text, "recorded evidence (`headgate facts`), relative to the policy"}, read_evidence},
    {{"as", Need::optional, Shape::text, "asserted name of the subject, as --as"}, read_as},
    {{"kind", Need::optional, Shape::choice, "kind of the subject, as --kind", {}, kKinds}, read_kind},
    {{"at", Need::optional, Shape::instant, "time of the judgement; without it, now"}, read_at},
    {{"expect", Need::required, Shape::section, "what must come out", {}, {}, "expect"}, read_expect},
}};

}  // namespace

void read_tests(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence()) return loading.mistakes.add(node, "expected a list of { name: ..., subject: ..., expect: ... }");
    const Within here(loading, "-");
    for (const Yaml& item : node.items) {
        PolicyTest test;
        test.line = loading.mistakes.line_of(item);
        const std::size_t before = loading.mistakes.size();
        if (!read_fields(loading, item, "a test", kTest, test)) continue;
        if (loading.mistakes.size() == before && test.subject.empty() == test.evidence.empty()) {
            loading.mistakes.add(item, "a test has one of 'subject', 'evidence'");
        }
        if (!test.evidence.empty() && (test.as || test.kind)) {
            loading.mistakes.add(item, "recorded evidence has its name and kind already: leave out 'as' and 'kind'");
        }
        for (const PolicyTest& other : policy.tests) {
            if (!test.name.empty() && other.name == test.name) {
                loading.mistakes.add(item, "test '" + test.name + "' is there already, at " + other.line);
            }
        }
        policy.tests.push_back(std::move(test));
    }
}

std::vector<Section> sections_of_tests() {
    return {section_of("test", "one judgement and what must come out", kTest),
            section_of("expect", "what must come out of a test", kExpect)};
}

}  // namespace headgate::policy
