// lint.cpp: what an author should think about again. Mistakes are the loader's; this is about sense.
#include <algorithm>

#include "base/text.hpp"
#include "policy/policy.hpp"
#include "policy/regex.hpp"
#include "policy/show.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

// "https://github.com/acme/" is an organisation, "https://github.com/acme/ml/.github/workflows/" a repository.
bool as_wide_as_an_organisation(std::string_view prefix) {
    const std::size_t scheme = prefix.find("://");
    if (scheme == std::string_view::npos) return true;
    std::size_t parts = 0;
    for (const std::string_view part : split(prefix.substr(scheme + 3), '/')) parts += part.empty() ? 0U : 1U;
    return parts < 3 || !prefix.ends_with('/');
}

// The first that the expression takes; "" for none.
std::string_view stranger_taken(const std::string& regex) {
    const auto all = strangers();
    const auto taken = std::find_if(all.begin(), all.end(), [&](std::string_view stranger) { return regex_takes(regex, stranger); });
    return taken == all.end() ? std::string_view() : *taken;
}

// What any field may hold.
bool takes_any_value(const std::string& regex) {
    return regex_takes(regex, "7") && regex_takes(regex, "FAILED") && regex_takes(regex, strangers().front());
}

class Linter {
  public:
    Linter(const Policy& policy, Instant now) : policy_(policy), now_(now) {}

    std::vector<Remark> run() {
        tiers();
        rules();
        identities();
        keys();
        plugins();
        waivers();
        overrides();
        return std::move(remarks_);
    }

  private:
    void remark(const std::string& line, std::string message) { remarks_.push_back({line, std::move(message)}); }

    void tiers() {
        for (std::size_t i = 0; i + 1 < policy_.tiers.size(); ++i) {
            const Tier& tier = policy_.tiers[i];
            if (!tier.requires_origin && tier.requires_signed_by.empty() && asks_less_than_last(tier)) {
                remark(tier.line, "tier '" + tier.name + "' rests on names alone: whoever says --as gets into it, and is asked "
                                  "what '" + policy_.tiers.back().name + "' is asked all the same; add 'requires: { signed-by: [...] }' "
                                  "or 'requires: { origin: recorded }'");
            }
            shadowed(i);
        }
    }

    // A tier that only adds to what the last one asks may rest on names: to claim it gains nothing.
    bool asks_less_than_last(const Tier& tier) const {
        return std::any_of(policy_.rules.begin(), policy_.rules.end(), [&](const Rule& rule) {
            const std::optional<Mode> last = mode_in(rule, policy_.tiers.back().name);
            const std::optional<Mode> here = mode_in(rule, tier.name);
            return last && (!here || *here > *last);  // the zero value is the strictest
        });
    }

    // All patterns of the tier are matched by an earlier tier that asks for no more.
    void shadowed(std::size_t at) {
        const Tier& tier = policy_.tiers[at];
        for (std::size_t i = 0; i < at; ++i) {
            const Tier& earlier = policy_.tiers[i];
            if (earlier.requires_origin || !earlier.requires_signed_by.empty()) continue;
            const bool all = std::all_of(tier.match.begin(), tier.match.end(), [&](const ReferencePattern& pattern) {
                return std::any_of(earlier.match.begin(), earlier.match.end(), [&](const ReferencePattern& other) {
                    return covers(other.text(), pattern.text());
                });
            });
            if (!all) continue;
            remark(tier.line, "tier '" + tier.name + "' is never reached: '" + earlier.name + "' at " + earlier.line +
                              " takes everything that it matches; put it first");
            for (const Rule& rule : policy_.rules) {
                if (rule.when_tiers.size() == 1 && rule.when_tiers.front() == tier.name) {
                    remark(rule.line, "rule '" + rule.id + "' is only for tier '" + tier.name + "', which is never reached");
                }
            }
        }
    }

    void rules() {
        for (const Rule& rule : policy_.rules) {
            const bool decides = std::any_of(policy_.tiers.begin(), policy_.tiers.end(), [&](const Tier& tier) {
                return mode_in(rule, tier.name) == Mode::enforce;
            });
            if (!decides && rule.check != "card" && rule.fix.empty()) {
                remark(rule.line, "rule '" + rule.id + "' warns and has no 'fix': say what its reader should do");
            }
            if (rule.controls.empty()) remark(rule.line, "rule '" + rule.id + "' names no 'controls': nobody can say which demand it meets");
            conditions(rule);
            if (rule.effective_on && now_ >= *rule.effective_on) {
                remark(rule.line, "rule '" + rule.id + "' is in effect: 'effective-on' can go");
            }
        }
        for (const Kind kind : {Kind::model, Kind::dataset, Kind::package, Kind::container}) undecided_kind(kind);
    }

    // A condition that any value meets only asks that the field is there.
    void conditions(const Rule& rule) {
        for (const auto& [key, value] : rule.settings.all()) {
            const auto* const list = std::get_if<std::vector<Condition>>(&value);
            if (list == nullptr) continue;
            for (const Condition& condition : *list) {
                if (condition.op != Condition::Operator::matches || !takes_any_value(condition.operand)) continue;
                remark(rule.line, "rule '" + rule.id + "': '" + condition.operand + "' at " + condition.pointer + " takes any value; write out which ones count");
            }
        }
    }

    void undecided_kind(Kind kind) {
        const bool any = std::any_of(policy_.rules.begin(), policy_.rules.end(), [&](const Rule& rule) {
            return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end();
        });
        if (!any) return;
        for (const Tier& tier : policy_.tiers) {
            const bool enforced = std::any_of(policy_.rules.begin(), policy_.rules.end(), [&](const Rule& rule) {
                return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end() &&
                       mode_in(rule, tier.name) == Mode::enforce && rule.check != "plugin";
            });
            if (!enforced) {
                remark(tier.line, "no rule enforces for a " + std::string(headgate::to_string(kind)) + " in tier '" + tier.name +
                                  "': nothing can be let in there (a plugin only adds findings)");
            }
        }
    }

    void identities() {
        for (const TrustedIdentity& identity : policy_.identities) {
            if (identity.match == TrustedIdentity::Match::exact || identity.match == TrustedIdentity::Match::attributes) continue;
            const bool prefix = identity.match == TrustedIdentity::Match::prefix;
            if (prefix && as_wide_as_an_organisation(identity.subject)) {
                remark(identity.line, "identity '" + identity.name + "' takes whatever begins with '" + identity.subject +
                                      "': every repository of the organisation, and every organisation whose name begins so; name the "
                                      "repository and workflow, with a '/' at the end");
            }
            if (const std::string_view stranger = prefix ? "" : stranger_taken(identity.subject); !stranger.empty()) {
                remark(identity.line, "identity '" + identity.name + "' takes strangers too, such as '" + std::string(stranger) +
                                      "': write out whose repository, project or domain it is for");
            } else if (!prefix && identity.subject.find(".*") != std::string::npos && identity.claims.empty()) {
                remark(identity.line, "identity '" + identity.name + "' is a regular expression with '.*' and no 'claims'; pin "
                                      "'source-repository' in 'claims'");
            }
            const bool branch = identity.subject.find("@refs/") != std::string::npos;
            if (prefix && !branch && identity.subject.find("/workflows/") != std::string::npos) {
                remark(identity.line, "identity '" + identity.name + "' takes every branch and tag; name the ref, or pin 'source-ref'");
            }
        }
    }

    void keys() {
        for (const TrustedKey& key : policy_.keys) {
            if (key.not_after && now_ > *key.not_after) {
                remark(key.line, "key '" + key.name + "' counted until " + format_instant(*key.not_after) + " and no more; remove it");
            }
            if (!used(key.name)) remark(key.line, "key '" + key.name + "' is asked for nowhere");
        }
        for (const TrustedIdentity& identity : policy_.identities) {
            if (!used(identity.name)) remark(identity.line, "identity '" + identity.name + "' is asked for nowhere");
        }
        for (std::size_t i = 0; i < policy_.keys.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (policy_.keys[i].key_id.empty() || policy_.keys[i].key_id != policy_.keys[j].key_id) continue;
                remark(policy_.keys[i].line, "key '" + policy_.keys[i].name + "' is the same key as '" + policy_.keys[j].name +
                                             "'; together they count once");
            }
        }
    }

    bool used(const std::string& name) const {
        const auto has = [&](const std::vector<std::string>& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
        for (const Tier& tier : policy_.tiers) {
            if (has(tier.requires_signed_by)) return true;
        }
        for (const Blocked& blocked : policy_.blocked) {
            if (blocked.signer == name) return true;
        }
        for (const Rule& rule : policy_.rules) {
            for (const auto& [key, value] : rule.settings.all()) {
                const auto* signers = std::get_if<SignerSet>(&value);
                if (signers != nullptr && has(signers->of)) return true;
            }
        }
        return has(policy_.waiver_limits.signed_by);
    }

    void plugins() {
        if (policy_.defaults.sandbox == Sandbox::best_effort && !policy_.plugins.empty()) {
            const auto origin = policy_.origins.find("defaults.sandbox");
            remark(origin == policy_.origins.end() ? policy_.plugins.front().line : origin->second,
                   "'sandbox: best-effort' runs plugins uncontained where the kernel has no Landlock or seccomp; leave it out where it has");
        }
        for (const PluginSpec& plugin : policy_.plugins) {
            const bool asked = std::any_of(policy_.rules.begin(), policy_.rules.end(), [&](const Rule& rule) {
                const auto* const name = rule.check == "plugin" ? rule.settings.find<std::string>("plugin") : nullptr;
                return name != nullptr && *name == plugin.name;
            });
            if (!asked) remark(plugin.line, "plugin '" + plugin.name + "' is asked by no rule");
            if (plugin.network && !plugin.pass_env.empty()) {
                remark(plugin.line, "plugin '" + plugin.name + "' may use the network and sees variables of the host: it could send them anywhere");
            }
        }
    }

    void waivers() {
        for (const Waiver& waiver : policy_.waivers) {
            if (now_ >= waiver.expires) {
                remark(waiver.line, "waiver '" + waiver.id + "' ended on " + format_instant(waiver.expires) + ": remove it");
                continue;
            }
            const auto rule = std::find_if(policy_.rules.begin(), policy_.rules.end(), [&](const Rule& one) { return one.id == waiver.rule; });
            if (rule == policy_.rules.end()) continue;
            const bool decides = std::any_of(policy_.tiers.begin(), policy_.tiers.end(), [&](const Tier& tier) {
                return mode_in(*rule, tier.name) == Mode::enforce;
            });
            if (!decides) remark(waiver.line, "waiver '" + waiver.id + "' covers nothing: rule '" + rule->id + "' denies nowhere");
            if (waiver.reference && std::find(rule->kinds.begin(), rule->kinds.end(), Kind::package) == rule->kinds.end()) {
                remark(waiver.line, "waiver '" + waiver.id + "' covers nothing: rule '" + rule->id + "' is not for packages");
            }
            if (!waiver.digest.empty() && blocked(waiver.digest)) {
                remark(waiver.line, "waiver '" + waiver.id + "' covers nothing: its subject is blocked");
            }
            if (waiver.created > now_) remark(waiver.line, "waiver '" + waiver.id + "' is created in the future");
        }
    }

    bool blocked(const std::string& digest) const {
        return std::any_of(policy_.blocked.begin(), policy_.blocked.end(), [&](const Blocked& entry) { return entry.digest == digest; });
    }

    void overrides() {
        for (const Override& entry : policy_.overrides) {
            if (now_ < entry.expires) continue;
            remark(entry.line, "the override of '" + entry.key + "' of rule '" + entry.rule + "' ended on " +
                               format_instant(entry.expires) + ": remove it");
        }
    }

    const Policy& policy_;
    Instant now_;
    std::vector<Remark> remarks_;
};

}  // namespace

std::vector<Remark> lint(const Policy& policy, Instant now) {
    return Linter(policy, now).run();
}

}  // namespace headgate::policy
