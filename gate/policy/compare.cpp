// compare.cpp: two policies side by side: what the second asks more, less, or otherwise.
#include <algorithm>

#include "policy/policy.hpp"
#include "policy/show.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

using Direction = Change::Direction;

template <typename Item, typename Key>
const Item* find(const std::vector<Item>& list, const Key& key, const std::string& wanted) {
    for (const Item& item : list) {
        if (key(item) == wanted) return &item;
    }
    return nullptr;
}

std::string what_of(const Blocked& entry) {
    if (!entry.digest.empty()) return entry.digest;
    return entry.reference ? entry.reference->text() : "what " + entry.signer + " signed";
}

std::string tier_text(const Tier& tier) {
    std::string text;
    for (const ReferencePattern& pattern : tier.match) text += (text.empty() ? "" : ", ") + pattern.text();
    if (tier.requires_origin) text += "; origin " + std::string(headgate::to_string(*tier.requires_origin));
    for (const std::string& name : tier.requires_signed_by) text += "; signed by " + name;
    return text;
}

class Comparison {
  public:
    Comparison(const Policy& before, const Policy& after, std::span<const Checker> checkers)
        : before_(before), after_(after), checkers_(checkers) {}

    std::vector<Change> run() {
        defaults();
        trust();
        plugins();
        tiers();
        lists();
        rules();
        exceptions();
        limits();
        extended();
        return std::move(changes_);
    }

  private:
    void add(Direction direction, std::string what, std::string detail, std::string line) {
        changes_.push_back({direction, std::move(what), std::move(detail), std::move(line)});
    }

    void defaults() {
        const auto one = [&](const char* key, OnTrouble a, OnTrouble b) {
            if (a == b) return;
            const auto origin = after_.origins.find("defaults." + std::string(key));
            add(b == OnTrouble::warn ? Direction::loosened : Direction::tightened, "defaults." + std::string(key),
                b == OnTrouble::warn ? "it is warn, and was deny" : "it is deny, and was warn",
                origin == after_.origins.end() ? "" : origin->second);
        };
        one("on-error", before_.defaults.on_error, after_.defaults.on_error);
        one("on-unmatched", before_.defaults.on_unmatched, after_.defaults.on_unmatched);
        one("on-skipped", before_.defaults.on_skipped, after_.defaults.on_skipped);
        if (before_.defaults.sandbox != after_.defaults.sandbox) {
            const bool looser = after_.defaults.sandbox == Sandbox::best_effort;
            add(looser ? Direction::loosened : Direction::tightened, "defaults.sandbox",
                looser ? "it is best-effort, and was required" : "it is required, and was best-effort", "");
        }
        if (before_.defaults.on_unchanged != after_.defaults.on_unchanged) {
            const bool looser = after_.defaults.on_unchanged == OnUnchanged::admit;
            add(looser ? Direction::loosened : Direction::tightened, "defaults.on-unchanged",
                looser ? "it is admit, and was judge" : "it is judge, and was admit", "");
        }
        const std::int64_t grace_before = before_.defaults.grace_admitted.value_or(0);
        const std::int64_t grace_after = after_.defaults.grace_admitted.value_or(0);
        if (grace_before != grace_after) add(grace_after > grace_before ? Direction::loosened : Direction::tightened, "defaults.grace.admitted-digest", "", "");
        if (before_.defaults.admission_deadline != after_.defaults.admission_deadline) add(Direction::changed, "defaults.deadline.admission", "", "");
        if (before_.defaults.http_deadline != after_.defaults.http_deadline) add(Direction::changed, "defaults.deadline.http", "", "");
    }

    template <typename Item, typename Key>
    void named(const std::vector<Item>& a, const std::vector<Item>& b, const Key& key, const std::string& what, Direction gone,
               Direction come) {
        for (const Item& item : a) {
            if (find(b, key, key(item)) == nullptr) add(gone, what + " " + key(item), "removed", item.line);
        }
        for (const Item& item : b) {
            if (find(a, key, key(item)) == nullptr) add(come, what + " " + key(item), "added", item.line);
        }
    }

    void trust() {
        const auto name = [](const auto& item) { return item.name; };
        named(before_.keys, after_.keys, name, "key", Direction::changed, Direction::changed);
        named(before_.identities, after_.identities, name, "identity", Direction::changed, Direction::changed);
        named(before_.roots, after_.roots, name, "root", Direction::changed, Direction::changed);
        for (const TrustedKey& key : after_.keys) {
            const TrustedKey* const old = find(before_.keys, name, key.name);
            if (old == nullptr) continue;
            if (old->pem != key.pem) add(Direction::changed, "key " + key.name, "it is another key", key.line);
            if (old->not_before != key.not_before || old->not_after != key.not_after) {
                add(Direction::changed, "key " + key.name, "it counts at other times", key.line);
            }
        }
        for (const TrustRoot& root : after_.roots) {
            const TrustRoot* const old = find(before_.roots, name, root.name);
            if (old != nullptr && (old->form != root.form || old->digest != root.digest)) {
                add(Direction::changed, "root " + root.name, "it is another root", root.line);
            }
        }
        for (const TrustedIdentity& identity : after_.identities) {
            const TrustedIdentity* const old = find(before_.identities, name, identity.name);
            if (old == nullptr) continue;
            const bool same = old->issuer == identity.issuer && old->match == identity.match && old->subject == identity.subject &&
                              old->claims == identity.claims && old->root == identity.root;
            if (!same) add(Direction::changed, "identity " + identity.name, "it is somebody else", identity.line);
        }
    }

    void plugins() {
        const auto name = [](const PluginSpec& plugin) { return plugin.name; };
        named(before_.plugins, after_.plugins, name, "plugin", Direction::changed, Direction::changed);
        for (const PluginSpec& plugin : after_.plugins) {
            const PluginSpec* const old = find(before_.plugins, name, plugin.name);
            if (old == nullptr) continue;
            const std::string what = "plugin " + plugin.name;
            const auto same = [](const PluginSpec::File& a, const PluginSpec::File& b) { return a.name == b.name && a.sha256 == b.sha256; };
            if (!same(old->program, plugin.program)) add(Direction::changed, what, "it is another program", plugin.line);
            if (!std::equal(old->data.begin(), old->data.end(), plugin.data.begin(), plugin.data.end(), same)) {
                add(Direction::changed, what, "it is given other data", plugin.line);
            }
            if (old->network != plugin.network) {
                add(plugin.network ? Direction::loosened : Direction::tightened, what,
                    plugin.network ? "it may use the network" : "it may not use the network any more", plugin.line);
            }
            if (old->pass_env != plugin.pass_env) add(Direction::changed, what, "it sees other variables", plugin.line);
            if (old->timeout != plugin.timeout) add(Direction::changed, what, "it has another time to answer", plugin.line);
        }
    }

    void tiers() {
        const auto name = [](const Tier& tier) { return tier.name; };
        named(before_.tiers, after_.tiers, name, "tier", Direction::changed, Direction::changed);
        for (const Tier& tier : after_.tiers) {
            const Tier* const old = find(before_.tiers, name, tier.name);
            if (old == nullptr) continue;
            if (tier_text(*old) != tier_text(tier)) add(Direction::changed, "tier " + tier.name, tier_text(tier) + "; was " + tier_text(*old), tier.line);
        }
        // The first match wins.
        const auto shared = [&](const std::vector<Tier>& these, const std::vector<Tier>& those) {
            std::vector<std::string> names;
            for (const Tier& tier : these) {
                if (find(those, name, tier.name) != nullptr) names.push_back(tier.name);
            }
            return names;
        };
        if (shared(before_.tiers, after_.tiers) != shared(after_.tiers, before_.tiers)) {
            add(Direction::changed, "tiers", "they are asked in another order", after_.tiers.front().line);
        }
    }

    void lists() {
        named(before_.blocked, after_.blocked, what_of, "blocked", Direction::loosened, Direction::tightened);
        for (const InternalNames& names : after_.internal) {
            const InternalNames* const old = find(before_.internal, [](const InternalNames& item) { return item.ecosystem; }, names.ecosystem);
            const std::string what = "names.internal." + names.ecosystem;
            if (old == nullptr) {
                add(Direction::tightened, what, "added", names.line);
            } else if (old->patterns != names.patterns || old->sources != names.sources) {
                add(Direction::changed, what, "other names or sources", names.line);
            }
        }
        for (const InternalNames& names : before_.internal) {
            if (find(after_.internal, [](const InternalNames& item) { return item.ecosystem; }, names.ecosystem) == nullptr) {
                add(Direction::loosened, "names.internal." + names.ecosystem, "removed", names.line);
            }
        }
        const auto ecosystem = [](const ProtectedNames& item) { return item.ecosystem; };
        for (const ProtectedNames& names : before_.protected_names) {
            const ProtectedNames* const now = find(after_.protected_names, ecosystem, names.ecosystem);
            const std::string what = "names.protected." + names.ecosystem;
            if (now == nullptr) add(Direction::loosened, what, "removed", "");
            if (now != nullptr && now->extra != names.extra) add(Direction::changed, what, "other names", "");
        }
        for (const ProtectedNames& names : after_.protected_names) {
            if (find(before_.protected_names, ecosystem, names.ecosystem) != nullptr) continue;
            add(Direction::changed, "names.protected." + names.ecosystem, "added: near misses of them are refused, they themselves are none", "");
        }
        for (const RegistrySet& set : after_.registries) {
            const RegistrySet* const old = find(before_.registries, [](const RegistrySet& item) { return item.ecosystem; }, set.ecosystem);
            if (old == nullptr || old->urls == set.urls) continue;
            const auto origin = after_.origins.find("registries." + set.ecosystem + ".mirrors");
            add(Direction::changed, "registries." + set.ecosystem, "other places stand for the public registry",
                origin == after_.origins.end() ? "" : origin->second);
        }
    }

    void rules() {
        const auto id = [](const Rule& rule) { return rule.id; };
        named(before_.rules, after_.rules, id, "rule", Direction::loosened, Direction::tightened);
        for (const Rule& rule : after_.rules) {
            const Rule* const old = find(before_.rules, id, rule.id);
            if (old != nullptr) one_rule(*old, rule);
        }
    }

    void one_rule(const Rule& old, const Rule& rule) {
        const auto what = [&](const std::string& key) { return "rule " + rule.id + ": " + key; };
        if (old.check != rule.check) return add(Direction::changed, what("check"), "it is " + rule.check + ", and was " + old.check, rule.line);
        for (const Checker& checker : checkers_) {
            if (checker.id != rule.check) continue;
            for (const Loosening& loosening : loosenings(old, rule, checker, after_.tiers)) {
                const bool fixed = is_fixed(checker, loosening.key);
                const std::string values = "it is " + loosening.is + ", and was " + loosening.was;
                add(fixed ? Direction::changed : Direction::loosened, what(loosening.key), loosening.is.empty() ? loosening.what : values,
                    rule.line);
            }
            for (const Loosening& reverse : loosenings(rule, old, checker, before_.tiers)) {
                if (is_fixed(checker, reverse.key)) continue;
                const std::string values = "it is " + reverse.was + ", and was " + reverse.is;
                add(Direction::tightened, what(reverse.key), reverse.is.empty() ? "before, " + reverse.what : values, rule.line);
            }
        }
        if (old.cap_restricted != rule.cap_restricted) {
            add(rule.cap_restricted ? Direction::tightened : Direction::loosened, what("cap"), "", rule.line);
        }
        if (old.why != rule.why || old.fix != rule.fix || old.controls != rule.controls) {
            add(Direction::changed, what("why, fix or controls"), "the words only", rule.line);
        }
    }

    static bool is_fixed(const Checker& checker, const std::string& key) {
        return std::any_of(checker.settings.begin(), checker.settings.end(), [&](const SettingSpec& spec) {
            return key == "with." + std::string(spec.key) && spec.stricter == Stricter::fixed;
        });
    }

    void exceptions() {
        named(before_.waivers, after_.waivers, [](const Waiver& waiver) { return waiver.id; }, "waiver", Direction::tightened,
              Direction::loosened);
        for (const Waiver& waiver : after_.waivers) {
            const Waiver* const old = find(before_.waivers, [](const Waiver& item) { return item.id; }, waiver.id);
            if (old == nullptr) continue;
            if (waiver.expires > old->expires) add(Direction::loosened, "waiver " + waiver.id, "it ends later", waiver.line);
            if (waiver.expires < old->expires) add(Direction::tightened, "waiver " + waiver.id, "it ends earlier", waiver.line);
            const bool same = waiver.rule == old->rule && waiver.digest == old->digest && waiver.dir_hash == old->dir_hash &&
                              waiver.reference == old->reference && waiver.source == old->source && waiver.findings == old->findings;
            if (!same) add(Direction::changed, "waiver " + waiver.id, "it covers something else", waiver.line);
        }
        const auto key = [](const Override& entry) { return entry.rule + " " + entry.key + " is " + entry.value_text; };
        named(before_.overrides, after_.overrides, key, "override", Direction::tightened, Direction::loosened);
        for (const Override& entry : after_.overrides) {
            const Override* const old = find(before_.overrides, key, key(entry));
            if (old == nullptr) continue;
            if (entry.expires > old->expires) add(Direction::loosened, "override " + key(entry), "it ends later", entry.line);
            if (entry.expires < old->expires) add(Direction::tightened, "override " + key(entry), "it ends earlier", entry.line);
            if (entry.owner != old->owner) add(Direction::changed, "override " + key(entry), "somebody else answers for it", entry.line);
        }
    }

    void limits() {
        const WaiverLimits& old = before_.waiver_limits;
        const WaiverLimits& now = after_.waiver_limits;
        const auto one = [&](const char* key, bool tighter, bool looser) {
            if (!tighter && !looser) return;
            add(looser ? Direction::loosened : Direction::tightened, "waiver-limits." + std::string(key), "", "");
        };
        one("max-age", now.max_age && (!old.max_age || *now.max_age < *old.max_age), old.max_age && (!now.max_age || *now.max_age > *old.max_age));
        one("forbid-rules", !holds_all(old.forbid_rules, now.forbid_rules), !holds_all(now.forbid_rules, old.forbid_rules));
        const bool nobody_before = old.signed_by.empty();
        const bool nobody_now = now.signed_by.empty();
        one("signed-by", nobody_before != nobody_now ? nobody_before : !holds_all(now.signed_by, old.signed_by),
            nobody_before != nobody_now ? nobody_now : !holds_all(old.signed_by, now.signed_by));
        one("allow-child-waivers", old.allow_child_waivers && !now.allow_child_waivers, !old.allow_child_waivers && now.allow_child_waivers);
    }

    static bool holds_all(const std::vector<std::string>& list, const std::vector<std::string>& wanted) {
        return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); });
    }

    // Each of them judges too.
    void extended() {
        const auto same = [](const Policy& a, const Policy& b) { return a.label == b.label || resolved_form(a) == resolved_form(b); };
        const auto has = [&](const Policy& in, const Policy& wanted) {
            return same(in, wanted) || std::any_of(in.extended.begin(), in.extended.end(), [&](const auto& one) { return same(*one, wanted); });
        };
        for (const auto& one : before_.extended) {
            if (!has(after_, *one)) add(Direction::loosened, "extends " + one->label, "it is extended no more, and judges no more", "");
        }
        for (const auto& one : after_.extended) {
            if (!has(before_, *one)) add(Direction::tightened, "extends " + one->label, "it judges too", "");
        }
    }

    const Policy& before_;
    const Policy& after_;
    std::span<const Checker> checkers_;
    std::vector<Change> changes_;
};

}  // namespace

std::string_view to_string(Change::Direction direction) {
    switch (direction) {
        case Direction::loosened: return "loosened";
        case Direction::tightened: return "tightened";
        case Direction::changed: return "changed";
    }
    return "";
}

std::vector<Change> compare(const Policy& before, const Policy& after, std::span<const Checker> checkers) {
    return Comparison(before, after, checkers).run();
}

}  // namespace headgate::policy
