// load_rules.cpp: the section `rules`. What can never run, never match or never decide is refused; a rule that an extended
// policy has already is read on top of it, and may only become stricter.
#include <algorithm>
#include <unordered_map>

#include "base/text.hpp"
#include "policy/fields.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

constexpr std::array<std::string_view, 3> kModes = {"enforce", "warn", "monitor"};
constexpr std::array<std::string_view, 5> kSeverities = {"critical", "high", "medium", "low", "info"};
constexpr std::array<std::string_view, 4> kDenyAt = {"critical", "high", "medium", "low"};
constexpr std::array<std::string_view, 1> kCaps = {"restricted"};
constexpr std::array<std::string_view, 2> kNetwork = {"deny", "allow"};
constexpr std::array<std::string_view, 4> kKinds = {"model", "dataset", "package", "container"};

// A rule while it is read: what only the whole can settle is kept as nodes.
struct Draft {
    Rule rule;
    const Yaml* with = nullptr;
    const Yaml* kinds = nullptr;
    const Yaml* when_bytes = nullptr;
    const Yaml* mode = nullptr;
    const Yaml* network = nullptr;
    const Yaml* layers = nullptr;
};

void read_id(Loading& loading, const Yaml& node, Draft& draft) {
    const auto text = read_name(loading, node);
    if (!text) return;
    const bool lower = std::none_of(text->begin(), text->end(),
                                    [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    if (!lower) return loading.mistakes.add(node, "expected an id like 'model.safe-format': lower case, '.' and '-'");
    draft.rule.id = *text;
}

void read_for(Loading& loading, const Yaml& node, Draft& draft) {
    draft.kinds = &node;
    draft.rule.kinds.clear();
    for (const std::string& text : read_names_of(loading, node, "kind", kKinds, "a rule for no kind can never match")) {
        if (const auto kind = parse_kind(text)) draft.rule.kinds.push_back(*kind);
    }
}

void read_check(Loading& loading, const Yaml& node, Draft& draft) {
    const auto text = read_text(loading, node);
    if (!text) return;
    const std::vector<std::string_view> names = each(loading.checkers, &Checker::id);
    if (!known_name(loading, node, "checker", *text, names)) return;
    draft.rule.check = *text;
}

void read_when_tiers(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.when_tiers =
        read_names_of(loading, node, "tier", loading.tier_names(), "a rule for no tier can never match");
}

void read_when_bytes(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.when_bytes = node.boolean();
    draft.when_bytes = &node;
    if (!node.boolean()) loading.mistakes.add(node, "expected true or false");
}

constexpr std::array<Field<Draft>, 2> kWhen = {{
    {{"tiers", Need::optional, Shape::list, "only for subjects in these tiers"}, read_when_tiers},
    {{"bytes", Need::optional, Shape::flag, "true: needs bytes, and is skipped on a bare name; false: only for bare names"}, read_when_bytes},
}};

void read_when(Loading& loading, const Yaml& node, Draft& draft) {
    const Within here(loading, loading.at + "when.");
    read_fields(loading, node, "'when' of a rule", kWhen, draft);
    if (node.is_mapping() && node.entries.empty()) loading.mistakes.add(node, "'when' asks for nothing");
}

void read_rule_mode(Loading& loading, const Yaml& node, Draft& draft) {
    draft.mode = &node;
    draft.rule.mode_by_tier.clear();
    if (!node.is_mapping()) {
        draft.rule.mode = read_mode(loading, node).value_or(Mode::enforce);
        return;
    }
    draft.rule.mode = Mode::enforce;  // of a tier that the map does not name
    if (node.entries.empty()) loading.mistakes.add(node, "expected a mode for each tier: { TIER: warn }");
    for (const Yaml::Entry& entry : node.entries) {
        Yaml key;
        key.line = entry.key_line;
        key.column = entry.key_column;
        if (!known_name(loading, key, "tier", entry.key, loading.tier_names())) continue;
        if (const auto mode = read_mode(loading, entry.value)) draft.rule.mode_by_tier.emplace_back(entry.key, *mode);
    }
}

void keep_with(Loading&, const Yaml& node, Draft& draft) { draft.with = &node; }
// Where an extended policy (or an override's rule) has a `deny-at`, it has nothing to tell apart any more: all deny.
void read_rule_severity(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.severity = read_severity(loading, node);
    draft.rule.deny_at.reset();
}
void read_deny_at(Loading& loading, const Yaml& node, Draft& draft) {
    const auto text = read_choice(loading, node, "severity to deny at", kDenyAt);
    draft.rule.deny_at = text ? parse_severity(*text) : std::nullopt;
    if (draft.rule.severity) {
        loading.mistakes.add(node, "'severity' makes all findings equal, so 'deny-at' could not tell them apart; "
                                   "leave out one of them");
    }
}
void read_controls(Loading& loading, const Yaml& node, Draft& draft) {
    for (std::string& control : read_list(loading, node)) {
        auto& controls = draft.rule.controls;
        if (std::find(controls.begin(), controls.end(), control) == controls.end()) controls.push_back(std::move(control));
    }
}
void read_effective_on(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.effective_on = read_instant(loading, node);
}
void read_cap(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.cap_restricted = read_choice(loading, node, "level to cap at", kCaps).has_value();
}
void read_network(Loading& loading, const Yaml& node, Draft& draft) {
    draft.network = &node;
    draft.rule.network = read_choice(loading, node, "answer", kNetwork) == "allow";
}
void read_layers(Loading& loading, const Yaml& node, Draft& draft) {
    draft.layers = &node;
    if (!node.boolean()) return loading.mistakes.add(node, "expected true or false");
    draft.rule.layers = *node.boolean();
}
void read_why(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.why = read_text(loading, node).value_or("");
}
void read_fix(Loading& loading, const Yaml& node, Draft& draft) {
    draft.rule.fix = read_text(loading, node).value_or("");
}

constexpr std::array<Field<Draft>, 15> kRule = {{
    {{"id", Need::required, Shape::name, "its name in reports, waivers and overrides: model.safe-format"}, read_id},
    {{"for", Need::required, Shape::choices, "kinds of subjects that it is for", {}, kKinds}, read_for},
    {{"check", Need::required, Shape::name, "which checker it asks: `headgate checkers` lists them"}, read_check},
    {{"when", Need::optional, Shape::section, "where it applies", {}, {}, "when"}, read_when},
    {{"mode", Need::optional, Shape::mode, "enforce decides, warn reports, monitor records; per tier as a map, and a tier that it leaves out enforces", {}, kModes}, read_rule_mode},
    {{"with", Need::optional, Shape::settings, "settings of the checker"}, keep_with},
    {{"severity", Need::optional, Shape::choice, "replaces the severity of what the checker finds", {}, kSeverities}, read_rule_severity},
    {{"deny-at", Need::optional, Shape::choice, "findings below it only warn", {}, kDenyAt}, read_deny_at},
    {{"effective-on", Need::optional, Shape::instant, "until then a failure is reported as upcoming, and decides nothing"}, read_effective_on},
    {{"cap", Need::optional, Shape::choice, "restricted: what this rule applies to is allowed as restricted at most", {}, kCaps}, read_cap},
    {{"network", Need::optional, Shape::choice, "allow: images are looked up at their registry, and what is there is judged; by default what 'defaults' says", {}, kNetwork}, read_network},
    {{"layers", Need::optional, Shape::flag, "true: models, pickles and packages that lie in the layers of an image are judged too; by default what 'defaults' says"}, read_layers},
    {{"controls", Need::optional, Shape::list, "ids of the frameworks that ask for it: OWASP-LLM03, ATLAS-AML.T0010"}, read_controls},
    {{"why", Need::required, Shape::text, "why it matters, one sentence"}, read_why},
    {{"fix", Need::optional, Shape::text, "what to do about a failure"}, read_fix},
}};

void settle_checker(Loading& loading, const Yaml& node, const Checker& checker, Draft& draft) {
    for (const Kind kind : draft.rule.kinds) {
        if (std::find(checker.kinds.begin(), checker.kinds.end(), kind) != checker.kinds.end()) continue;
        loading.mistakes.add(*draft.kinds, "checker '" + std::string(checker.id) + "' does not look at a " +
                                               std::string(to_string(kind)) + ": the rule can never match it");
    }
    if (checker.needs_bytes) {
        if (draft.rule.when_bytes == false) {
            loading.mistakes.add(*draft.when_bytes,
                                 "checker '" + std::string(checker.id) + "' needs bytes: the rule can never run");
        }
        draft.rule.when_bytes = true;
    }
    read_settings(loading, draft.with, node, checker, draft.rule.settings);
}

void settle_modes(Loading& loading, const Yaml& item, const Draft& draft) {
    const std::vector<std::string>& tiers = draft.rule.when_tiers;
    for (const auto& [tier, mode] : draft.rule.mode_by_tier) {
        if (!tiers.empty() && std::find(tiers.begin(), tiers.end(), tier) == tiers.end()) {
            loading.mistakes.add(draft.mode == nullptr ? item : *draft.mode, "a mode for tier '" + tier +
                                                  "', where the rule can never match: 'when' names other tiers");
        }
    }
}

const Checker* checker_of(const Loading& loading, std::string_view id) {
    for (const Checker& checker : loading.checkers) {
        if (checker.id == id) return &checker;
    }
    return nullptr;
}

// Only images have layers, and only some checkers look at what files hold.
void settle_layers(Loading& loading, Rule& rule, const Yaml* said) {
    if (!rule.layers) return;
    const Checker* const checker = checker_of(loading, rule.check);
    const bool images = std::find(rule.kinds.begin(), rule.kinds.end(), Kind::container) != rule.kinds.end();
    const bool reads = checker != nullptr && checker->reads_layers;
    if (images && reads && rule.when_bytes != false) return;
    rule.layers = false;
    if (said == nullptr || checker == nullptr) return;
    loading.mistakes.add(*said, !images ? "only images have layers, and the rule is for no container"
                                : !reads ? "checker '" + rule.check + "' does not look at what files hold: it has nothing to read in layers"
                                         : std::string("'when' asks for bare names, which have no layers"));
}

// Only what an image's name may lead to is looked up: a container, or a model or dataset that is packed like one. What a default allows
// holds for containers (`by_default`); a rule that says it itself means it.
void settle_network(Loading& loading, Rule& rule, const Yaml* said, bool by_default = false) {
    if (!rule.network) return;
    const auto is_for = [&](Kind kind) { return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end(); };
    const bool held = is_for(Kind::container) || (!by_default && (is_for(Kind::model) || is_for(Kind::dataset)));
    const bool only_names = rule.when_bytes == false;
    if (held && !only_names) return;
    rule.network = false;
    if (said == nullptr) return;
    loading.mistakes.add(*said, held ? "'when' asks for bare names, and what was looked up is none: the rule could never run"
                                     : "only images are looked up, and the rule is for no container, model or dataset");
}

const Yaml& value_or(const Yaml& item, std::string_view key) {
    const Yaml* value = item.find(key);
    return value == nullptr ? item : *value;
}

// What a child says about a key holds; an override that an extended policy makes of it does not come back later.
void drop_overrides(const Yaml& item, const std::string& id, Policy& policy) {
    std::erase_if(policy.overrides, [&](const Override& entry) {
        if (entry.rule != id) return false;
        const Yaml* const with = item.find("with");
        if (entry.key.starts_with("with.")) return with != nullptr && with->find(entry.key.substr(5)) != nullptr;
        // Which findings deny is said by either of the two.
        const bool weighs = entry.key == "deny-at" || entry.key == "severity";
        return weighs ? item.find("deny-at") != nullptr || item.find("severity") != nullptr : item.find(entry.key) != nullptr;
    });
}

// A pass of this rule can let a subject in: of this kind, in this tier, with or without bytes.
bool lets_in(const Rule& rule, Kind kind, std::string_view tier, bool bytes) {
    return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end() && rule.when_bytes != !bytes &&
           mode_in(rule, tier) == Mode::enforce;
}

// Whether the extended policies let in anything of this kind here. A tier of the child is carved out of their last one.
bool is_let_in(const Policy& base, Kind kind, std::string_view tier, bool bytes) {
    const bool known = std::any_of(base.tiers.begin(), base.tiers.end(), [&](const Tier& one) { return one.name == tier; });
    const std::string_view there = known ? tier : std::string_view(base.tiers.back().name);
    const bool judged = std::any_of(base.rules.begin(), base.rules.end(), [&](const Rule& rule) {
        return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end() && mode_in(rule, there).has_value();
    });
    if (!judged) return base.defaults.on_unmatched == OnTrouble::warn;
    return std::any_of(base.rules.begin(), base.rules.end(), [&](const Rule& rule) {
        return lets_in(rule, kind, there, bytes);
    });
}

// Something enters only when an enforcing rule passes. Where the extended policies have none, a rule of the child would be
// the one that lets in what they refuse.
void check_what_comes_in(Loading& loading, const Yaml& item, const Rule& rule) {
    if (loading.base == nullptr) return;
    for (const Kind kind : rule.kinds) {
        for (const Tier& tier : loading.policy.tiers) {
            for (const bool bytes : {true, false}) {
                if (!lets_in(rule, kind, tier.name, bytes) || is_let_in(*loading.base, kind, tier.name, bytes)) continue;
                loading.mistakes.add(value_or(item, "for"), "the extended policies refuse every " + std::string(to_string(kind)) +
                                                                (bytes ? "" : " that is only a name") + " in tier '" + tier.name +
                                                                "', because no rule of theirs that enforces is for it, and this rule "
                                                                "would let it in; " +
                                                                (bytes ? "extend a policy that judges it, or extend none"
                                                                       : "add 'when: { bytes: true }', or extend a policy that judges names"));
                return;
            }
        }
    }
}

// What `item` says about the rule `known` of an extended policy, whose every change must tighten it.
void read_redefinition(Loading& loading, const Yaml& item, Rule& known) {
    const Within here(loading, "rules." + known.id + ".");
    Draft draft;
    draft.rule = known;
    if (!read_fields(loading, item, "a rule", kRule, draft, Whole::partial)) return;
    if (item.entries.size() == 1) loading.mistakes.add(item, "rule '" + known.id + "' changes nothing of " + known.line);
    if (draft.rule.check != known.check) {
        return loading.mistakes.add(value_or(item, "check"), "rule '" + known.id + "' asks the checker '" + known.check +
                                                                 "' at " + known.line + "; a child cannot change that");
    }
    const Checker* const checker = checker_of(loading, known.check);
    if (checker == nullptr) return;
    if (draft.kinds == nullptr) draft.kinds = &item;
    settle_checker(loading, item, *checker, draft);
    settle_modes(loading, item, draft);
    settle_network(loading, draft.rule, draft.network);
    settle_layers(loading, draft.rule, draft.layers);
    for (const Loosening& loosening : loosenings(known, draft.rule, *checker, loading.policy.tiers)) {
        const std::size_t dot = loosening.key.find('.');
        const Yaml& outer = value_or(item, loosening.key.substr(0, dot));
        const Yaml& at = dot == std::string::npos ? outer : value_or(outer, loosening.key.substr(dot + 1));
        loading.mistakes.add(at, "loosens '" + loosening.key + "' of rule '" + known.id + "' at " + known.line + ": " +
                                     loosening.what + "; a child only tightens: write it under 'overrides', with a reason and an end");
    }
    check_what_comes_in(loading, item, draft.rule);
    drop_overrides(item, known.id, loading.policy);
    draft.rule.line = known.line + ", " + loading.mistakes.line_of(item);
    known = std::move(draft.rule);
}

void read_new_rule(Loading& loading, const Yaml& item, Policy& policy) {
    const Yaml* const id = item.find("id");
    const Within here(loading, id == nullptr || !id->is_scalar() ? "-" : "rules." + id->text + ".");
    Draft draft;
    draft.rule.line = loading.mistakes.line_of(item);
    draft.rule.mode = policy.defaults.mode;
    draft.rule.network = policy.defaults.network;
    draft.rule.layers = policy.defaults.layers;
    if (!read_fields(loading, item, "a rule", kRule, draft)) return;
    if (const Checker* checker = checker_of(loading, draft.rule.check)) settle_checker(loading, item, *checker, draft);
    settle_modes(loading, item, draft);
    settle_network(loading, draft.rule, draft.network, draft.network == nullptr);
    settle_layers(loading, draft.rule, draft.layers);
    check_what_comes_in(loading, item, draft.rule);
    policy.rules.push_back(std::move(draft.rule));
}

}  // namespace

void read_rules(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence() || node.items.empty()) {
        return loading.mistakes.add(node, "expected a list of rules; without one nothing is admitted");
    }
    const std::size_t inherited = policy.rules.size();
    std::unordered_map<std::string, const Yaml*> seen;
    for (const Yaml& item : node.items) {
        const Yaml* const id = item.find("id");
        const std::string name = id == nullptr ? "" : std::string(trim(id->text));
        if (!name.empty() && !seen.emplace(name, &item).second) {
            loading.mistakes.add(item, "rule '" + name + "' is there already, at " + loading.mistakes.line_of(*seen[name]));
            continue;
        }
        const auto end = policy.rules.begin() + static_cast<std::ptrdiff_t>(inherited);
        const auto known = std::find_if(policy.rules.begin(), end, [&](const Rule& rule) { return rule.id == name; });
        if (known != end) {
            read_redefinition(loading, item, *known);
        } else {
            read_new_rule(loading, item, policy);
        }
    }
}

void read_rule_key(Loading& loading, std::string_view key, const Yaml& key_node, const Yaml& value, Rule& values) {
    constexpr std::array<std::string_view, 8> kKeys = {"mode", "for", "when", "severity", "deny-at", "effective-on", "network", "layers"};
    const Checker* const checker = checker_of(loading, values.check);
    if (checker == nullptr) return;
    Draft draft;
    draft.rule = values;
    const Within here(loading, "-");
    if (key.starts_with("with.")) {
        Yaml with;
        with.type = Yaml::Type::mapping;
        with.line = value.line;
        with.column = value.column;
        with.entries.push_back({std::string(key.substr(5)), key_node.line, key_node.column, value});
        read_settings(loading, &with, value, *checker, draft.rule.settings);
    } else if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) {
        for (const Field<Draft>& field : kRule) {
            if (field.key == key) field.read(loading, value, draft);
        }
        settle_modes(loading, value, draft);
        settle_network(loading, draft.rule, draft.network);
        settle_layers(loading, draft.rule, draft.layers);
    } else {
        std::vector<std::string> settings;
        for (const SettingSpec& spec : checker->settings) settings.push_back("with." + std::string(spec.key));
        std::vector<std::string_view> valid(kKeys.begin(), kKeys.end());
        valid.insert(valid.end(), settings.begin(), settings.end());
        const auto meant = std::find(settings.begin(), settings.end(), "with." + std::string(key));
        loading.mistakes.add(key_node, "'" + std::string(key) + "' cannot be overridden" +
                                           (meant == settings.end() ? hint(key, valid) : "; did you mean '" + *meant + "'?"));
    }
    values = std::move(draft.rule);
}

std::vector<Section> sections_of_rules() {
    return {section_of("rule", "one question about what enters, and what its answer does", kRule),
            section_of("when", "where a rule applies", kWhen)};
}

}  // namespace headgate::policy
