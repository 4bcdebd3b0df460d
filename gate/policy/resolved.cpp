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
    if (const auto* document = std::get_if<SettingDocument>(&value)) {
        auto parsed = codec::parse_json(as_bytes(document->json));
        return parsed.ok() ? std::move(parsed).value() : Json::of(document->json);
    }
    Json array = Json::array();
    if (const auto* builders = std::get_if<std::vector<TrustedBuilder>>(&value)) {
        for (const TrustedBuilder& builder : *builders) {
            Json& object = array.push(Json::object());
            object.add("id", Json::of(builder.id));
            object.add("signed-by", list(builder.signed_by));
            object.add("level", Json::of(builder.level));
        }
        return array;
    }
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
    if (rule.effective_on) object.add("effective-on", Json::of(format_instant(*rule.effective_on)));
    if (rule.cap_restricted) object.add("cap", Json::of("restricted"));
    if (rule.network) object.add("network", Json::of("allow"));
    if (rule.layers) object.add("layers", Json::of(true));
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

Json spell(const TrustRoot& root) {
    Json object = Json::object();
    if (root.form == TrustRoot::Form::notation) {
        Json& stores = object.add("notation", Json::object());
        for (const TrustRoot::File& file : root.files) stores.add(file.store, Json::of(file.content));
        return object;
    }
    for (const TrustRoot::File& file : root.files) {
        object.add(root.form == TrustRoot::Form::trusted_root ? "trusted-root" : "certificates", Json::of(file.content));
    }
    return object;
}

Json spell(const TrustedIdentity& identity) {
    Json object = Json::object();
    const auto match = identity.match;
    if (match == TrustedIdentity::Match::attributes) {
        object.add("x509-subject", Json::of(identity.subject));
        object.add("root", Json::of(identity.root));
        return object;
    }
    object.add("issuer", Json::of(identity.issuer));
    object.add(match == TrustedIdentity::Match::exact ? "subject" : match == TrustedIdentity::Match::prefix ? "subject-prefix" : "subject-regex",
               Json::of(identity.subject));
    Json& claims = object.add("claims", Json::object());
    for (const auto& [name, value] : identity.claims) claims.add(name, Json::of(value));
    object.add("root", Json::of(identity.root));
    return object;
}

Json spell(const Waiver& waiver) {
    Json object = Json::object();
    object.add("id", Json::of(waiver.id));
    object.add("rule", Json::of(waiver.rule));
    Json& subject = object.add("subject", Json::object());
    if (!waiver.digest.empty()) subject.add("digest", Json::of(waiver.digest));
    if (!waiver.dir_hash.empty()) subject.add("dir-hash", Json::of(waiver.dir_hash));
    if (waiver.reference) subject.add("reference", Json::of(waiver.reference->canonical));
    if (!waiver.source.empty()) subject.add("source", Json::of(waiver.source));
    object.add("findings", list(waiver.findings));
    object.add("reason", Json::of(waiver.reason));
    object.add("owner", Json::of(waiver.owner));
    object.add("approved-by", Json::of(waiver.approved_by));
    object.add("created", Json::of(format_instant(waiver.created)));
    object.add("expires", Json::of(format_instant(waiver.expires)));
    if (!waiver.ticket.empty()) object.add("ticket", Json::of(waiver.ticket));
    return object;
}

Json spell(const WaiverLimits& limits) {
    Json object = Json::object();
    if (limits.max_age) object.add("max-age-seconds", Json::of(*limits.max_age));
    if (!limits.forbid_rules.empty()) object.add("forbid-rules", list(limits.forbid_rules));
    if (!limits.signed_by.empty()) object.add("signed-by", list(limits.signed_by));
    object.add("allow-child-waivers", Json::of(limits.allow_child_waivers));
    return object;
}

Json spell(const Override& entry) {
    Json object = Json::object();
    object.add("rule", Json::of(entry.rule));
    object.add("key", Json::of(entry.key));
    object.add("value", Json::of(entry.value_text));
    object.add("reason", Json::of(entry.reason));
    object.add("owner", Json::of(entry.owner));
    object.add("expires", Json::of(format_instant(entry.expires)));
    return object;
}

// What runs and what it is given, and not where they lie.
Json spell(const PluginSpec& plugin) {
    Json object = Json::object();
    object.add("sha256", Json::of(plugin.program.sha256));
    object.add("network", Json::of(plugin.network));
    object.add("timeout-seconds", Json::of(plugin.timeout));
    if (!plugin.pass_env.empty()) object.add("pass-env", list(plugin.pass_env));
    Json& data = object.add("data", Json::object());
    for (const PluginSpec::File& file : plugin.data) data.add(file.name, Json::of(file.sha256));
    return object;
}

// Everything about whom the policy trusts, by name.
Json spell_trust(const Policy& policy) {
    Json trust = Json::object();
    Json& keys = trust.add("keys", Json::object());
    for (const TrustedKey& key : policy.keys) keys.add(key.name, spell(key));
    Json& identities = trust.add("identities", Json::object());
    for (const TrustedIdentity& identity : policy.identities) identities.add(identity.name, spell(identity));
    Json& roots = trust.add("roots", Json::object());
    for (const TrustRoot& root : policy.roots) roots.add(root.name, spell(root));
    return trust;
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

Json waivers_form(std::span<const Waiver> waivers) {
    Json array = Json::array();
    for (const Waiver& waiver : waivers) array.push(spell(waiver));
    return array;
}

Json form_of(const Policy& policy) {
    Json document = Json::object();
    document.add("headgate", Json::of(std::int64_t{1}));
    document.add("policy", Json::of(policy.name));
    document.add("revision", Json::of(policy.revision));
    document.add("owner", Json::of(policy.owner));
    Json& defaults = document.add("defaults", Json::object());
    defaults.add("on-error", Json::of(spell(policy.defaults.on_error)));
    defaults.add("on-unmatched", Json::of(spell(policy.defaults.on_unmatched)));
    defaults.add("on-skipped", Json::of(spell(policy.defaults.on_skipped)));
    if (policy.defaults.sandbox == Sandbox::best_effort) defaults.add("sandbox", Json::of("best-effort"));
    if (policy.defaults.on_unchanged == OnUnchanged::admit) defaults.add("on-unchanged", Json::of("admit"));
    if (policy.defaults.admission_deadline) defaults.add("deadline-admission-seconds", Json::of(*policy.defaults.admission_deadline));
    if (policy.defaults.grace_admitted) defaults.add("grace-admitted-digest-seconds", Json::of(*policy.defaults.grace_admitted));
    if (policy.defaults.http_deadline) defaults.add("deadline-http-seconds", Json::of(*policy.defaults.http_deadline));
    Json& blocked = document.add("blocked", Json::array());
    for (const Blocked& entry : policy.blocked) blocked.push(spell(entry));
    document.add("trust", spell_trust(policy));
    Json& tiers = document.add("tiers", Json::array());
    for (const Tier& tier : policy.tiers) tiers.push(spell(tier));
    Json& internal = document.add("internal", Json::object());
    for (const InternalNames& names : policy.internal) {
        Json& entry = internal.add(names.ecosystem, Json::object());
        entry.add("names", list(names.patterns));
        entry.add("sources", list(names.sources));
        if (!names.vouched) entry.add("vouched", Json::of(false));
    }
    Json& guarded = document.add("protected", Json::array());
    for (const ProtectedNames& names : policy.protected_names) {
        Json& entry = guarded.push(Json::object());
        entry.add("ecosystem", Json::of(names.ecosystem));
        entry.add("builtin", Json::of(names.builtin));
        entry.add("extra", list(names.extra));
    }
    Json& registries = document.add("registries", Json::object());
    for (const RegistrySet& set : policy.registries) registries.add(set.ecosystem, list(set.urls));
    if (!policy.plugins.empty()) {
        Json& plugins = document.add("plugins", Json::object());
        for (const PluginSpec& plugin : policy.plugins) plugins.add(plugin.name, spell(plugin));
    }
    Json& rules = document.add("rules", Json::array());
    for (const Rule& rule : policy.rules) rules.push(spell(rule));
    Json& overrides = document.add("overrides", Json::array());
    for (const Override& entry : policy.overrides) overrides.push(spell(entry));
    document.add("waiver-limits", spell(policy.waiver_limits));
    document.add("waivers", waivers_form(policy.waivers));
    return document;
}

}  // namespace

std::string waivers_to_sign(std::string_view policy_name, std::span<const Waiver> waivers) {
    Json document = Json::object();
    document.add("policy", Json::of(policy_name));
    document.add("waivers", waivers_form(waivers));
    return codec::write_jcs(document);
}

std::string resolved_form(const Policy& policy) {
    Json document = form_of(policy);
    if (!policy.extended.empty()) {
        Json& extended = document.add("extended", Json::array());
        for (const auto& one : policy.extended) extended.push(form_of(*one));
    }
    return codec::write_jcs(document);
}

}  // namespace headgate::policy
