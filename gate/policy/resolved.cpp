// resolved.cpp: the canonical form of a policy, without origins: what its digest is the SHA-256 of.
#include "codec/json.hpp"
#include "policy/policy.hpp"

namespace headgate::policy {
namespace {

using codec::Json;

Json list(const std::vector<std::string>& texts) {
    Json array = Json::array();
    for (const std::string& text : texts) array.push(Json::of(text));
    return array;
}

Json patterns(const std::vector<ReferencePattern>& list_of) {
    Json array = Json::array();
    for (const ReferencePattern& pattern : list_of) array.push(Json::of(pattern.text()));
    return array;
}

std::string_view spell(OnTrouble choice) { return choice == OnTrouble::deny ? "deny" : "warn"; }

Json spell(const SettingValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return Json::of(*flag);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return Json::of(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return Json::of(*text);
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return list(*texts);
    if (const auto* severity = std::get_if<Severity>(&value)) return Json::of(to_string(*severity));
    if (const auto* signers = std::get_if<SignerSet>(&value)) {
        Json object = Json::object();
        object.add("at-least", Json::of(static_cast<std::int64_t>(signers->at_least)));
        object.add("of", list(signers->of));
        return object;
    }
    Json array = Json::array();
    for (const Condition& condition : std::get<std::vector<Condition>>(value)) {
        Json object = Json::object();
        object.add("at", Json::of(condition.pointer));
        object.add(condition.op == Condition::Operator::equals ? "equals" : "matches", Json::of(condition.operand));
        array.push(std::move(object));
    }
    return array;
}

Json spell(const Rule& rule) {
    Json object = Json::object();
    object.add("id", Json::of(rule.id));
    Json& kinds = object.add("for", Json::array());
    for (const Kind kind : rule.kinds) kinds.push(Json::of(to_string(kind)));
    object.add("check", Json::of(rule.check));
    Json& when = object.add("when", Json::object());
    if (!rule.when_tiers.empty()) when.add("tiers", list(rule.when_tiers));
    if (rule.when_bytes) when.add("bytes", Json::of(*rule.when_bytes));
    object.add("mode", Json::of(to_string(rule.mode)));
    if (!rule.mode_by_tier.empty()) {
        Json& modes = object.add("mode-by-tier", Json::object());
        for (const auto& [tier, mode] : rule.mode_by_tier) modes.add(tier, Json::of(to_string(mode)));
    }
    if (rule.severity) object.add("severity", Json::of(to_string(*rule.severity)));
    if (rule.deny_at) object.add("deny-at", Json::of(to_string(*rule.deny_at)));
    Json& settings = object.add("with", Json::object());
    for (const auto& [key, value] : rule.settings.all()) settings.add(key, spell(value));
    object.add("controls", list(rule.controls));
    object.add("why", Json::of(rule.why));
    object.add("fix", Json::of(rule.fix));
    return object;
}

Json spell(const Blocked& blocked) {
    Json object = Json::object();
    if (!blocked.digest.empty()) object.add("digest", Json::of(blocked.digest));
    if (blocked.reference) object.add("reference", Json::of(blocked.reference->text()));
    if (!blocked.signer.empty()) object.add("signer", Json::of(blocked.signer));
    object.add("why", Json::of(blocked.why));
    return object;
}

// The key itself and not its path: another key under the same name is another policy.
Json spell(const TrustedKey& key) {
    Json object = Json::object();
    object.add("public-key", Json::of(key.pem));
    if (key.not_before) object.add("not-before", Json::of(format_instant(*key.not_before)));
    if (key.not_after) object.add("not-after", Json::of(format_instant(*key.not_after)));
    return object;
}

Json spell(const Tier& tier) {
    Json object = Json::object();
    object.add("tier", Json::of(tier.name));
    object.add("match", patterns(tier.match));
    Json& requires_ = object.add("requires", Json::object());
    if (tier.requires_origin) requires_.add("origin", Json::of(to_string(*tier.requires_origin)));
    if (!tier.requires_signed_by.empty()) requires_.add("signed-by", list(tier.requires_signed_by));
    return object;
}

}  // namespace

std::string resolved_form(const Policy& policy) {
    Json document = Json::object();
    document.add("headgate", Json::of(std::int64_t{1}));
    document.add("policy", Json::of(policy.name));
    document.add("revision", Json::of(policy.revision));
    document.add("owner", Json::of(policy.owner));
    Json& defaults = document.add("defaults", Json::object());
    defaults.add("on-error", Json::of(spell(policy.defaults.on_error)));
    defaults.add("on-unmatched", Json::of(spell(policy.defaults.on_unmatched)));
    defaults.add("on-skipped", Json::of(spell(policy.defaults.on_skipped)));
    Json& blocked = document.add("blocked", Json::array());
    for (const Blocked& entry : policy.blocked) blocked.push(spell(entry));
    Json& keys = document.add("trust", Json::object());
    for (const TrustedKey& key : policy.keys) keys.add(key.name, spell(key));
    Json& tiers = document.add("tiers", Json::array());
    for (const Tier& tier : policy.tiers) tiers.push(spell(tier));
    Json& internal = document.add("internal", Json::object());
    for (const InternalNames& names : policy.internal) {
        Json& entry = internal.add(names.ecosystem, Json::object());
        entry.add("names", list(names.patterns));
        entry.add("sources", list(names.sources));
    }
    Json& guarded = document.add("protected", Json::object());
    for (const ProtectedNames& names : policy.protected_names) {
        Json& entry = guarded.add(names.ecosystem, Json::object());
        entry.add("builtin", Json::of(names.builtin));
        entry.add("extra", list(names.extra));
    }
    Json& registries = document.add("registries", Json::object());
    for (const RegistrySet& set : policy.registries) registries.add(set.ecosystem, list(set.urls));
    Json& rules = document.add("rules", Json::array());
    for (const Rule& rule : policy.rules) rules.push(spell(rule));
    return codec::write_jcs(document);
}

}  // namespace headgate::policy
