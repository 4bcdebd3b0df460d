// show.cpp: a resolved policy as YAML again, every value with the file and line that it comes from.
#include <algorithm>

#include "model/operand.hpp"
#include "policy/show.hpp"
#include "policy/yaml_text.hpp"

namespace headgate::policy {
namespace {

constexpr std::size_t kColumn = 64;      // where the origins begin

std::string patterns(const std::vector<ReferencePattern>& list) {
    std::vector<std::string> texts;
    texts.reserve(list.size());
    for (const ReferencePattern& pattern : list) texts.push_back(pattern.text());
    return listed(texts);
}

// As `equals` reads it again: a number is one, and a text that looks like one is quoted.
std::string scalar(std::string_view operand) {
    const EqualsOperand wanted = read_equals_operand(operand);
    return wanted.number ? std::string(wanted.text) : quoted(wanted.text);
}

std::string spelled(const SettingSpec& spec, const SettingValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        return spec.type == SettingType::duration ? format_duration(*number) : std::to_string(*number);
    }
    if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return listed(*texts);
    if (const auto* severity = std::get_if<Severity>(&value)) return std::string(to_string(*severity));
    if (const auto* signers = std::get_if<SignerSet>(&value)) {
        return "{ at-least: " + std::to_string(signers->at_least) + ", of: " + listed(signers->of) + " }";
    }
    if (const auto* document = std::get_if<SettingDocument>(&value)) return document->json;   // JSON is YAML
    std::string list;
    if (const auto* builders = std::get_if<std::vector<TrustedBuilder>>(&value)) {
        for (const TrustedBuilder& builder : *builders) {
            list += (list.empty() ? "" : ", ") + ("{ id: " + quoted(builder.id) + ", signed-by: " + listed(builder.signed_by) +
                    ", level: " + std::to_string(builder.level) + " }");
        }
        return "[" + list + "]";
    }
    for (const Condition& condition : std::get<std::vector<Condition>>(value)) {
        list += (list.empty() ? "" : ", ") + ("{ at: " + quoted(condition.pointer) +
                (condition.op == Condition::Operator::equals ? ", equals: " + scalar(condition.operand) : ", matches: " + quoted(condition.operand)) + " }");
    }
    return "[" + list + "]";
}

class Printer {
  public:
    Printer(const Policy& policy, std::span<const Checker> checkers) : policy_(policy), checkers_(checkers) {}

    std::string print() {
        line("headgate: 1", origin("headgate"));
        line("policy: " + quoted(policy_.name), origin("policy"));
        if (!policy_.revision.empty()) line("revision: " + quoted(policy_.revision), origin("revision"));
        if (!policy_.owner.empty()) line("owner: " + quoted(policy_.owner), origin("owner"));
        defaults();
        trust();
        blocked();
        tiers();
        names();
        plugins();
        line("rules:");
        for (const Rule& rule : policy_.rules) print_rule(rule);
        exceptions();
        return std::move(out_);
    }

  private:
    void line(const std::string& text, const std::string& from = "") {
        out_ += text;
        if (!from.empty()) out_ += std::string(text.size() < kColumn ? kColumn - text.size() : 1, ' ') + "# " + from;
        out_ += '\n';
    }
    std::string origin(const std::string& path) const {
        const auto found = policy_.origins.find(path);
        return found == policy_.origins.end() ? "default" : found->second;
    }

    void defaults() {
        const auto answer = [](OnTrouble choice) { return choice == OnTrouble::deny ? "deny" : "warn"; };
        line("defaults:");
        line(std::string("  on-error: ") + answer(policy_.defaults.on_error), origin("defaults.on-error"));
        line(std::string("  on-unmatched: ") + answer(policy_.defaults.on_unmatched), origin("defaults.on-unmatched"));
        line(std::string("  on-skipped: ") + answer(policy_.defaults.on_skipped), origin("defaults.on-skipped"));
        line(std::string("  network: ") + (policy_.defaults.network ? "allow" : "deny"), origin("defaults.network"));
        if (policy_.defaults.layers) line("  layers: true", origin("defaults.layers"));
        line(std::string("  sandbox: ") + (policy_.defaults.sandbox == Sandbox::required ? "required" : "best-effort"), origin("defaults.sandbox"));
        if (policy_.defaults.on_unchanged == OnUnchanged::admit) line("  on-unchanged: admit", origin("defaults.on-unchanged"));
        if (const auto& grace = policy_.defaults.grace_admitted) {
            line("  grace:");
            line("    admitted-digest: " + format_duration(*grace), origin("defaults.grace.admitted-digest"));
        }
        const auto& http = policy_.defaults.http_deadline;
        const auto& admission = policy_.defaults.admission_deadline;
        if (!http && !admission) return;
        line("  deadline:");
        if (http) line("    http: " + format_duration(*http), origin("defaults.deadline.http"));
        if (admission) line("    admission: " + format_duration(*admission), origin("defaults.deadline.admission"));
    }

    void trust() {
        if (policy_.keys.empty() && policy_.identities.empty() && policy_.roots.empty()) return;
        line("trust:");
        if (!policy_.keys.empty()) line("  keys:");
        for (const TrustedKey& key : policy_.keys) {
            const std::string at = "trust.keys." + key.name + ".";
            line("    " + key.name + ":", key.line);
            line("      public-key: " + quoted(key.path), origin(at + "public-key"));
            if (!key.key_id.empty()) line("      # key id sha256:" + key.key_id);
            if (key.not_before) line("      not-before: " + quoted(format_instant(*key.not_before)), origin(at + "not-before"));
            if (key.not_after) line("      not-after: " + quoted(format_instant(*key.not_after)), origin(at + "not-after"));
        }
        if (!policy_.roots.empty()) line("  roots:");
        for (const TrustRoot& root : policy_.roots) {
            std::string files;
            for (const TrustRoot::File& file : root.files) {
                const std::string key = !file.store.empty() ? file.store : root.form == TrustRoot::Form::trusted_root ? "trusted-root" : "certificates";
                files += (files.empty() ? "" : ", ") + key + ": " + quoted(file.path);
            }
            if (root.form == TrustRoot::Form::notation) files = "notation: { " + files + " }";
            line("    " + root.name + ": { " + files + " }", root.line);
        }
        if (!policy_.identities.empty()) line("  identities:");
        for (const TrustedIdentity& identity : policy_.identities) print_identity(identity);
    }

    void print_identity(const TrustedIdentity& identity) {
        const std::string at = "trust.identities." + identity.name + ".";
        line("    " + identity.name + ":", identity.line);
        if (identity.match == TrustedIdentity::Match::attributes) {
            line("      x509-subject: " + quoted(identity.subject), origin(at + "x509-subject"));
            return line("      root: " + quoted(identity.root), origin(at + "root"));
        }
        line("      issuer: " + quoted(identity.issuer), origin(at + "issuer"));
        std::string subject = quoted(identity.subject);
        if (identity.match == TrustedIdentity::Match::prefix) subject = "{ prefix: " + subject + " }";
        if (identity.match == TrustedIdentity::Match::regex) subject = "{ regex: " + subject + " }";
        line("      subject: " + subject, origin(at + "subject"));
        if (!identity.claims.empty()) line("      claims:", origin(at + "claims"));
        for (const auto& [name, value] : identity.claims) line("        " + name + ": " + quoted(value));
        line("      root: " + quoted(identity.root), origin(at + "root"));
    }

    void blocked() {
        if (!policy_.blocked.empty()) line("blocked:");
        for (const Blocked& entry : policy_.blocked) {
            std::string what;
            if (!entry.digest.empty()) what = "digest: " + quoted(entry.digest);
            if (entry.reference) what = "reference: " + quoted(entry.reference->text());
            if (!entry.signer.empty()) what = "signer: " + quoted(entry.signer);
            line("  - { " + what + ", why: " + quoted(entry.why) + " }", entry.line);
        }
    }

    void tiers() {
        line("tiers:");
        for (const Tier& tier : policy_.tiers) {
            std::string asked;
            if (!tier.requires_signed_by.empty()) asked = "signed-by: " + listed(tier.requires_signed_by);
            if (tier.requires_origin) asked += (asked.empty() ? "origin: " : ", origin: ") + std::string(to_string(*tier.requires_origin));
            line("  - { tier: " + tier.name + ", match: " + patterns(tier.match) +
                     (asked.empty() ? "" : ", requires: { " + asked + " }") + " }", tier.line);
        }
    }

    void names() {
        if (policy_.internal.empty() && policy_.protected_names.empty()) return;
        line("names:");
        if (!policy_.internal.empty()) line("  internal:");
        for (const InternalNames& names : policy_.internal) {
            line("    " + names.ecosystem + ":", names.line);
            line("      # names: " + listed(names.patterns));
            line("      # from: " + listed(names.sources));
        }
        if (!policy_.protected_names.empty()) line("  protected:");
        for (const ProtectedNames& names : policy_.protected_names) {
            line("    " + names.ecosystem + ": builtin  # and " + std::to_string(names.extra.size()) + " more",
                 origin("names.protected." + names.ecosystem));
        }
    }

    void plugins() {
        if (!policy_.plugins.empty()) line("plugins:");
        for (const PluginSpec& plugin : policy_.plugins) {
            const std::string at = "plugins." + plugin.name + ".";
            line("  " + plugin.name + ":", plugin.line);
            line("    run: " + quoted(plugin.program.path), origin(at + "run"));
            line("    sha256: " + plugin.program.sha256, origin(at + "sha256"));
            line(std::string("    network: ") + (plugin.network ? "true" : "false"), origin(at + "network"));
            line("    timeout: " + format_duration(plugin.timeout), origin(at + "timeout"));
            if (!plugin.pass_env.empty()) line("    pass-env: " + listed(plugin.pass_env), origin(at + "pass-env"));
            if (!plugin.data.empty()) line("    data:", origin(at + "data"));
            for (const PluginSpec::File& file : plugin.data) {
                line("      " + file.name + ": { path: " + quoted(file.path) + ", sha256: " + file.sha256 + " }");
            }
        }
    }

    std::string mode_of(const Rule& rule) const {
        if (rule.mode_by_tier.empty()) return std::string(to_string(rule.mode));
        std::string text;
        for (const auto& [tier, mode] : rule.mode_by_tier) text += (text.empty() ? "" : ", ") + tier + ": " + std::string(to_string(mode));
        return "{ " + text + " }";
    }

    void print_rule(const Rule& rule) {
        const std::string at = "rules." + rule.id + ".";
        const auto value = [&](const std::string& key, const std::string& text) { line("    " + key + ": " + text, origin(at + key)); };
        line("  - id: " + quoted(rule.id), origin(at + "id"));
        std::vector<std::string> kinds;
        kinds.reserve(rule.kinds.size());
        for (const Kind kind : rule.kinds) kinds.emplace_back(to_string(kind));
        value("for", listed(kinds));
        value("check", quoted(rule.check));
        if (!rule.when_tiers.empty() || rule.when_bytes) line("    when:");
        if (!rule.when_tiers.empty()) line("      tiers: " + listed(rule.when_tiers), origin(at + "when.tiers"));
        if (rule.when_bytes) line(std::string("      bytes: ") + (*rule.when_bytes ? "true" : "false"), origin(at + "when.bytes"));
        value("mode", mode_of(rule));
        if (rule.severity) value("severity", std::string(to_string(*rule.severity)));
        if (rule.deny_at) value("deny-at", std::string(to_string(*rule.deny_at)));
        if (rule.effective_on) value("effective-on", quoted(format_instant(*rule.effective_on)));
        if (rule.cap_restricted) value("cap", "restricted");
        if (rule.network) value("network", "allow");
        if (rule.layers) value("layers", "true");
        print_settings(rule);
        if (!rule.controls.empty()) value("controls", listed(rule.controls));
        value("why", quoted(rule.why));
        if (!rule.fix.empty()) value("fix", quoted(rule.fix));
    }

    void print_settings(const Rule& rule) {
        for (const Checker& checker : checkers_) {
            if (checker.id != rule.check || rule.settings.all().empty()) continue;
            line("    with:");
            for (const SettingSpec& spec : checker.settings) {
                const auto found = rule.settings.all().find(spec.key);
                if (found == rule.settings.all().end()) continue;
                const std::string from = origin("rules." + rule.id + ".with." + std::string(spec.key));
                if (spec.type == SettingType::signers && spec.key == "any-of") {
                    const SignerSet& signers = std::get<SignerSet>(found->second);
                    line("      at-least: " + std::to_string(signers.at_least), from);
                    line("      of: " + listed(signers.of), from);
                } else {
                    line("      " + std::string(spec.key) + ": " + spelled(spec, found->second), from);
                }
            }
        }
    }

    void exceptions() {
        if (!policy_.overrides.empty()) line("# overrides of extended policies:");
        for (const Override& entry : policy_.overrides) {
            line("#   " + entry.rule + " " + entry.key + " is " + entry.value_text + " until " + format_instant(entry.expires) + " by " +
                     entry.owner + ": " + entry.reason, entry.line);
        }
        const WaiverLimits& limits = policy_.waiver_limits;
        line("waiver-limits:");
        if (limits.max_age) line("  max-age: " + format_duration(*limits.max_age), origin("waiver-limits.max-age"));
        if (!limits.forbid_rules.empty()) line("  forbid-rules: " + listed(limits.forbid_rules), origin("waiver-limits.forbid-rules"));
        if (!limits.signed_by.empty()) line("  signed-by: " + listed(limits.signed_by), origin("waiver-limits.signed-by"));
        line(std::string("  allow-child-waivers: ") + (limits.allow_child_waivers ? "true" : "false"), origin("waiver-limits.allow-child-waivers"));
        if (!policy_.waivers.empty()) line("waivers:");
        for (const Waiver& waiver : policy_.waivers) print_waiver(waiver);
    }

    void print_waiver(const Waiver& waiver) {
        const std::string text = waiver_yaml(waiver);
        const std::size_t end = text.find('\n');
        line(text.substr(0, end), waiver.line);
        out_ += text.substr(end + 1);
    }

    const Policy& policy_;
    std::span<const Checker> checkers_;
    std::string out_;
};

}  // namespace

std::string resolved_yaml(const Policy& policy, std::span<const Checker> checkers) { return Printer(policy, checkers).print(); }

}  // namespace headgate::policy
