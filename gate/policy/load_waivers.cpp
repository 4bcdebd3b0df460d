// load_waivers.cpp: the sections `waivers` and `waiver-limits`: exceptions that name their subject, findings, owner and end.
#include <algorithm>
#include <unordered_map>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "policy/fields.hpp"

namespace headgate::policy {
namespace {

using codec::Yaml;

struct Draft {
    Waiver waiver;
    const Yaml* subject = nullptr;
};

void read_id(Loading& loading, const Yaml& node, Draft& draft) { draft.waiver.id = read_name(loading, node).value_or(""); }
void read_rule(Loading& loading, const Yaml& node, Draft& draft) {
    draft.waiver.rule = read_choice(loading, node, "rule", loading.rule_ids()).value_or("");
}

void read_subject_digest(Loading& loading, const Yaml& node, Draft& draft) {
    draft.waiver.digest = read_digest(loading, node).value_or("");
}
void read_dir_hash(Loading& loading, const Yaml& node, Draft& draft) {
    const auto text = read_text(loading, node);
    if (text && !is_lower_hex(*text, 64)) return loading.mistakes.add(node, "expected 64 lower-case hex digits: `dirHash` of the verdict");
    draft.waiver.dir_hash = text.value_or("");
}
void read_reference(Loading& loading, const Yaml& node, Draft& draft) {
    const auto text = read_text(loading, node);
    if (!text) return;
    if (text->find('*') != std::string::npos) return loading.mistakes.add(node, "a waiver is for one package and version, not for a pattern");
    auto reference = parse_reference(*text);
    if (!reference.ok()) return loading.mistakes.add(node, reference.error().message);
    if (reference->scheme != "pkg") {
        return loading.mistakes.add(node, "only a package is waived by reference; models, datasets and containers by digest");
    }
    if (reference->version.empty()) return loading.mistakes.add(node, "expected the version too: pkg:pypi/name@1.2.3");
    draft.waiver.reference = std::move(reference).value();
}
void read_source(Loading& loading, const Yaml& node, Draft& draft) {
    draft.waiver.source = read_text(loading, node).value_or("");
    if (!draft.waiver.source.empty() && draft.waiver.source.find("://") == std::string::npos) loading.mistakes.add(node, "expected the URL of the index or registry");
}

constexpr std::array<Field<Draft>, 4> kSubject = {{
    {{"digest", Need::optional, Shape::digest, "SHA-256 of the subject, as the verdict shows it"}, read_subject_digest},
    {{"dir-hash", Need::optional, Shape::text, "of a folder, beside its digest: `dirHash` of the verdict"}, read_dir_hash},
    {{"reference", Need::optional, Shape::text, "a package and version: pkg:pypi/name@1.2.3; needs `source`"}, read_reference},
    {{"source", Need::optional, Shape::text, "where the package comes from: URL of its index or registry"}, read_source},
}};

void read_subject(Loading& loading, const Yaml& node, Draft& draft) {
    draft.subject = &node;
    const std::size_t before = loading.mistakes.size();
    if (!read_fields(loading, node, "'subject' of a waiver", kSubject, draft) || loading.mistakes.size() != before) return;
    const bool by_digest = node.find("digest") != nullptr;
    const bool by_reference = node.find("reference") != nullptr;
    if (by_digest == by_reference) {
        loading.mistakes.add(node, "expected { digest: ... }, or for a package { reference: ..., source: ... }");
    } else if (by_reference != (node.find("source") != nullptr)) {
        loading.mistakes.add(node, by_reference ? "a package is waived with the source that it comes from: add 'source'"
                                                : "'source' goes with 'reference'");
    } else if (node.find("dir-hash") != nullptr && !by_digest) {
        loading.mistakes.add(node, "'dir-hash' goes with 'digest'");
    }
}
void read_findings(Loading& loading, const Yaml& node, Draft& draft) {
    draft.waiver.findings = read_list(loading, node);
    if (node.is_sequence() && node.items.empty()) loading.mistakes.add(node, "an empty list: the waiver covers nothing");
    for (const Yaml* item : items_of(node)) {
        if (item->text.find('*') != std::string::npos) loading.mistakes.add(*item, "a waiver names findings, no patterns of them");
    }
}
void read_reason(Loading& loading, const Yaml& node, Draft& draft) { draft.waiver.reason = read_text(loading, node).value_or(""); }
void read_owner(Loading& loading, const Yaml& node, Draft& draft) { draft.waiver.owner = read_text(loading, node).value_or(""); }
void read_approved_by(Loading& loading, const Yaml& node, Draft& draft) {
    draft.waiver.approved_by = read_text(loading, node).value_or("");
}
void read_created(Loading& loading, const Yaml& node, Draft& draft) {
    if (const auto instant = read_instant(loading, node)) draft.waiver.created = *instant;
}
void read_expires(Loading& loading, const Yaml& node, Draft& draft) {
    if (const auto instant = read_instant(loading, node)) draft.waiver.expires = *instant;
}
void read_ticket(Loading& loading, const Yaml& node, Draft& draft) { draft.waiver.ticket = read_text(loading, node).value_or(""); }

constexpr std::array<Field<Draft>, 10> kWaiver = {{
    {{"id", Need::required, Shape::name, "its name in reports and attestations"}, read_id},
    {{"rule", Need::required, Shape::name, "the one rule that it is an exception to"}, read_rule},
    {{"subject", Need::required, Shape::section, "the one subject that it is for", {}, {}, "waiver-subject"}, read_subject},
    {{"findings", Need::required, Shape::list, "ids of findings or advisories; every failing one must be named"}, read_findings},
    {{"reason", Need::required, Shape::text, "why the risk is taken"}, read_reason},
    {{"owner", Need::required, Shape::text, "who answers for it"}, read_owner},
    {{"approved-by", Need::required, Shape::text, "who agreed; never the owner"}, read_approved_by},
    {{"created", Need::required, Shape::instant, "when it was agreed"}, read_created},
    {{"expires", Need::required, Shape::instant, "from then on it is ignored, and reported"}, read_expires},
    {{"ticket", Need::optional, Shape::text, "where it is discussed"}, read_ticket},
}};

// Addresses differ in case, spaces, a name around them or a scheme only: the same person.
std::string person(std::string_view text) {
    const std::size_t open = text.find('<');
    const std::size_t close = text.find('>', open == std::string_view::npos ? text.size() : open);
    if (close != std::string_view::npos) text = text.substr(open + 1, close - open - 1);
    text = trim(text);
    if (ascii_lower(text.substr(0, 7)) == "mailto:") text.remove_prefix(7);
    std::string folded;
    for (const char c : text) {
        if (c != ' ') folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return folded;
}

bool is_for_packages(const Policy& policy, std::string_view id) {
    return std::any_of(policy.rules.begin(), policy.rules.end(), [&](const Rule& rule) {
        return rule.id == id && std::find(rule.kinds.begin(), rule.kinds.end(), Kind::package) != rule.kinds.end();
    });
}

void settle(Loading& loading, const Yaml& item, const Waiver& waiver, const Policy& policy) {
    const WaiverLimits& limits = policy.waiver_limits;
    const auto at = [&](std::string_view key) -> const Yaml& {
        const Yaml* value = item.find(key);
        return value == nullptr ? item : *value;
    };
    if (!waiver.owner.empty() && person(waiver.owner) == person(waiver.approved_by)) {
        loading.mistakes.add(at("approved-by"), "approved by its owner '" + waiver.owner + "'; somebody else must agree");
    }
    if (waiver.expires <= waiver.created) {
        loading.mistakes.add(at("expires"), "'expires' is not later than 'created': the waiver never holds");
    } else if (limits.max_age && waiver.expires.seconds - waiver.created.seconds > *limits.max_age) {
        loading.mistakes.add(at("expires"), "longer than 'waiver-limits.max-age' allows (" + format_duration(*limits.max_age) +
                                                " from 'created': until " +
                                                format_instant({waiver.created.seconds + *limits.max_age}) + ")");
    }
    if (waiver.reference && !is_for_packages(policy, waiver.rule)) {
        loading.mistakes.add(at("rule"), "rule '" + waiver.rule + "' is not for packages, so the waiver of one covers nothing");
    }
    if (std::find(limits.forbid_rules.begin(), limits.forbid_rules.end(), waiver.rule) != limits.forbid_rules.end()) {
        loading.mistakes.add(at("rule"), "rule '" + waiver.rule + "' cannot be waived: 'waiver-limits.forbid-rules' names it");
    }
}

// --- limits --------------------------------------------------------------------------------------------------------

void read_max_age(Loading& loading, const Yaml& node, WaiverLimits& limits) {
    const auto seconds = read_duration(loading, node);
    if (seconds && limits.max_age && *seconds > *limits.max_age) {
        return loading.mistakes.add(node, "longer than the extended policy allows (" + format_duration(*limits.max_age) +
                                              "); a child only tightens");
    }
    if (seconds) limits.max_age = seconds;
}
void read_forbid_rules(Loading& loading, const Yaml& node, WaiverLimits& limits) {
    for (std::string& rule : read_names_of(loading, node, "rule", loading.rule_ids(), "it forbids nothing")) {
        auto& rules = limits.forbid_rules;
        if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(std::move(rule));
    }
}
void read_signed_by(Loading& loading, const Yaml& node, WaiverLimits& limits) {
    auto names = read_names_of(loading, node, "trusted key", loading.key_names(),
                               "nobody could sign the waivers, so none would ever hold", "trust.keys defines none");
    for (const std::string& name : names) {
        const bool held = limits.signed_by.empty() ||
                          std::find(limits.signed_by.begin(), limits.signed_by.end(), name) != limits.signed_by.end();
        if (!held) loading.mistakes.add(node, "the extended policy does not let '" + name + "' sign waivers; a child only tightens");
    }
    limits.signed_by = std::move(names);
}
void read_allow_child(Loading& loading, const Yaml& node, WaiverLimits& limits) {
    const auto flag = node.boolean();
    if (!flag) return loading.mistakes.add(node, "expected true or false");
    if (*flag && loading.base != nullptr && !loading.base->waiver_limits.allow_child_waivers) {
        return loading.mistakes.add(node, "the extended policy allows none; a child only tightens");
    }
    limits.allow_child_waivers = *flag;
}

constexpr std::array<Field<WaiverLimits>, 4> kLimits = {{
    {{"max-age", Need::optional, Shape::duration, "longest time from `created` to `expires`"}, read_max_age},
    {{"forbid-rules", Need::optional, Shape::list, "rules that cannot be waived"}, read_forbid_rules},
    {{"signed-by", Need::optional, Shape::list, "keys of trust.keys, one of which must have signed the waivers: POLICY.waivers.dsse.json"}, read_signed_by},
    {{"allow-child-waivers", Need::optional, Shape::flag, "whether a policy that extends this one may have waivers", "false"}, read_allow_child},
}};

}  // namespace

void read_waiver_limits(Loading& loading, const Yaml& node, Policy& policy) {
    const Within here(loading, "waiver-limits.");
    read_fields(loading, node, "'waiver-limits'", kLimits, policy.waiver_limits);
    for (Waiver& waiver : policy.waivers) {  // of extended policies
        waiver.needs_signature = waiver.needs_signature || !policy.waiver_limits.signed_by.empty();
        const auto& longest = policy.waiver_limits.max_age;
        if (longest && waiver.expires.seconds - waiver.created.seconds > *longest) {
            loading.mistakes.add(node, "waiver '" + waiver.id + "' at " + waiver.line + " of an extended policy is longer than 'max-age' allows (" +
                                           format_duration(*longest) + ")");
        }
        const auto& rules = policy.waiver_limits.forbid_rules;
        if (std::find(rules.begin(), rules.end(), waiver.rule) == rules.end()) continue;
        loading.mistakes.add(node, "waiver '" + waiver.id + "' at " + waiver.line + " of an extended policy waives '" + waiver.rule +
                                       "', which 'forbid-rules' names");
    }
}

void read_waivers(Loading& loading, const Yaml& node, Policy& policy) {
    if (!node.is_sequence()) return loading.mistakes.add(node, "expected a list of { id: ..., rule: ..., subject: ..., ... }");
    if (loading.base != nullptr && !loading.base->waiver_limits.allow_child_waivers && !node.items.empty()) {
        return loading.mistakes.add(node, "the extended policy does not allow waivers in a child ('waiver-limits.allow-child-waivers')");
    }
    const Within here(loading, "-");
    std::unordered_map<std::string, std::string> ids;  // and the line of each
    for (const Waiver& waiver : policy.waivers) ids.emplace(waiver.id, waiver.line);
    policy.waivers.reserve(policy.waivers.size() + node.items.size());
    for (const Yaml& item : node.items) {
        Draft draft;
        draft.waiver.line = loading.mistakes.line_of(item);
        draft.waiver.place = loading.mistakes.place_of(item);
        const std::size_t before = loading.mistakes.size();
        if (!read_fields(loading, item, "a waiver", kWaiver, draft)) continue;
        const auto [known, added] = ids.emplace(draft.waiver.id, draft.waiver.line);
        if (!draft.waiver.id.empty() && !added) {
            loading.mistakes.add(item, "waiver '" + draft.waiver.id + "' is there already, at " + known->second);
        }
        if (loading.mistakes.size() == before) settle(loading, item, draft.waiver, policy);
        draft.waiver.needs_signature = !policy.waiver_limits.signed_by.empty();
        policy.waivers.push_back(std::move(draft.waiver));
    }
}

std::vector<Section> sections_of_waivers() {
    return {section_of("waiver", "an exception: one rule, one subject, named findings", kWaiver),
            section_of("waiver-subject", "the one subject of a waiver", kSubject),
            section_of("waiver-limits", "what waivers may not do", kLimits)};
}

}  // namespace headgate::policy
