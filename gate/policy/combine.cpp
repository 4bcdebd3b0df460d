#include "policy/combine.hpp"

#include <algorithm>

#include "policy/policy.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

std::uint32_t line_number(const std::string& line) {
    return static_cast<std::uint32_t>(std::strtoul(line.substr(line.rfind(':') + 1).c_str(), nullptr, 10));
}

class Combination {
  public:
    Combination(Policy& into, const Extension& extension, std::span<const Checker> checkers, Mistakes& mistakes)
        : into_(into), extension_(extension), checkers_(checkers), mistakes_(mistakes) {}

    void run(Policy& other) {
        exceptions(into_, other);
        exceptions(other, into_);
        defaults(other.defaults);
        trust(other);
        tiers(other);
        rules(other);
        names(other);
        unite(into_.plugins, other.plugins, "plugin");
        waivers(other);
        into_.blocked.insert(into_.blocked.end(), other.blocked.begin(), other.blocked.end());
        for (auto& policy : other.extended) {
            const bool there = std::any_of(into_.extended.begin(), into_.extended.end(), [&](const auto& known) {
                return known->label == policy->label && resolved_form(*known) == resolved_form(*policy);
            });
            if (!there) into_.extended.push_back(std::move(policy));
        }
        for (Override& entry : other.overrides) {
            const bool there = std::any_of(into_.overrides.begin(), into_.overrides.end(),
                                           [&](const Override& known) { return known.line == entry.line; });
            if (!there) into_.overrides.push_back(std::move(entry));
        }
        into_.origins.merge(other.origins);
        into_.signer_places.merge(other.signer_places);
    }

  private:
    void refuse(const std::string& what) {
        mistakes_.add(line_number(extension_.line), 1, "the extended policies cannot be brought together: " + what);
    }

    // An exception that one policy makes to a rule is none to the same rule of the other.
    void exceptions(const Policy& from, const Policy& to) {
        const auto has_rule = [&](const std::string& id) {
            return std::any_of(to.rules.begin(), to.rules.end(), [&](const Rule& rule) { return rule.id == id; });
        };
        for (const Override& entry : from.overrides) {
            if (has_rule(entry.rule)) refuse("the override of '" + entry.rule + "' at " + entry.line + " loosens it for both");
        }
        for (const Waiver& waiver : from.waivers) {
            const bool shared = std::any_of(to.waivers.begin(), to.waivers.end(),
                                            [&](const Waiver& other) { return other.line == waiver.line; });
            if (!shared && has_rule(waiver.rule)) {
                refuse("waiver '" + waiver.id + "' at " + waiver.line + " would also waive the other policy's '" + waiver.rule + "'");
            }
        }
    }

    void defaults(const PolicyDefaults& other) {
        PolicyDefaults& own = into_.defaults;
        own.on_error = std::min(own.on_error, other.on_error);  // the zero value denies
        own.on_unmatched = std::min(own.on_unmatched, other.on_unmatched);
        own.on_skipped = std::min(own.on_skipped, other.on_skipped);
        own.sandbox = std::min(own.sandbox, other.sandbox);
        own.on_unchanged = std::min(own.on_unchanged, other.on_unchanged);
        const auto shorter = [](std::optional<std::int64_t>& value, const std::optional<std::int64_t>& others) {
            if (others && (!value || *others < *value)) value = others;
        };
        shorter(own.http_deadline, other.http_deadline);
        shorter(own.admission_deadline, other.admission_deadline);
        if (!other.grace_admitted) own.grace_admitted.reset();
        else if (own.grace_admitted) own.grace_admitted = std::min(*own.grace_admitted, *other.grace_admitted);
    }

    // One name, one meaning. The same line reached on two ways is the same.
    template <typename Item>
    void unite(std::vector<Item>& own, std::vector<Item>& other, std::string_view what) {
        for (Item& item : other) {
            const auto known = std::find_if(own.begin(), own.end(), [&](const Item& one) { return one.name == item.name; });
            if (known == own.end()) {
                own.push_back(std::move(item));
            } else if (known->line != item.line) {
                refuse(std::string(what) + " '" + item.name + "' means one thing at " + known->line + " and another at " + item.line);
            }
        }
    }

    void trust(Policy& other) {
        unite(into_.keys, other.keys, "trust name");
        unite(into_.identities, other.identities, "trust name");
        unite(into_.roots, other.roots, "root");
    }

    void tiers(Policy& other) {
        if (into_.tiers.empty() || other.tiers.empty()) return;
        if (into_.tiers.back().name != other.tiers.back().name) {
            refuse("the tier that matches everything is '" + into_.tiers.back().name + "' at " + into_.tiers.back().line +
                   " and '" + other.tiers.back().name + "' at " + other.tiers.back().line);
            return;
        }
        const std::vector<Tier> own = into_.tiers;
        // Where both have tiers of their own, a subject would be in one and miss what the other asks of it.
        const Tier* const alone = only_in(own, other.tiers);
        const Tier* const beside = only_in(other.tiers, own);
        if (alone != nullptr && beside != nullptr) {
            refuse("tier '" + alone->name + "' at " + alone->line + " and tier '" + beside->name + "' at " + beside->line +
                   " could both match; let one policy extend the other");
            return;
        }
        for (const Tier& tier : own) {
            if (!has(other.tiers, tier)) insert_tier(other, tier);
        }
        for (const Tier& tier : other.tiers) {
            if (!has(into_.tiers, tier)) insert_tier(into_, tier);
        }
    }

    static const Tier* only_in(const std::vector<Tier>& these, const std::vector<Tier>& those) {
        for (const Tier& tier : these) {
            const bool shared = std::any_of(those.begin(), those.end(), [&](const Tier& other) { return other.name == tier.name; });
            if (!shared) return &tier;
        }
        return nullptr;
    }

    bool has(const std::vector<Tier>& tiers, const Tier& tier) {
        for (const Tier& other : tiers) {
            if (other.name != tier.name) continue;
            if (other.line != tier.line && tier.name != tiers.back().name) {
                refuse("tier '" + tier.name + "' is one thing at " + other.line + " and another at " + tier.line);
            }
            return true;
        }
        return false;
    }

    void rules(Policy& other) {
        for (Rule& rule : other.rules) {
            const auto known = std::find_if(into_.rules.begin(), into_.rules.end(),
                                            [&](const Rule& one) { return one.id == rule.id; });
            if (known == into_.rules.end()) {
                into_.rules.push_back(std::move(rule));
                continue;
            }
            for (const Checker& checker : checkers_) {
                if (checker.id != known->check) continue;
                const std::string problem = tighten(*known, rule, checker, into_.tiers);
                if (!problem.empty()) refuse("rule '" + rule.id + "' at " + known->line + " and " + rule.line + ": " + problem);
            }
        }
    }

    // Where one of two policies says nothing of an ecosystem, what the other says must not loosen it. A pack leaves it open.
    template <typename Item>
    static bool says_of(const std::vector<Item>& list, const std::string& ecosystem) {
        return std::any_of(list.begin(), list.end(), [&](const Item& item) { return item.ecosystem == ecosystem; });
    }

    void names(Policy& other) {
        for (InternalNames& own : into_.internal) own.vouched = own.vouched && (other.pack || says_of(other.internal, own.ecosystem));
        for (InternalNames& names : other.internal) {
            names.vouched = names.vouched && (into_.pack || says_of(into_.internal, names.ecosystem));
            const auto known = std::find_if(into_.internal.begin(), into_.internal.end(), [&](const InternalNames& own) {
                return own.ecosystem == names.ecosystem;
            });
            if (known == into_.internal.end()) {
                into_.internal.push_back(std::move(names));
                continue;
            }
            known->vouched = known->vouched && names.vouched;
            if (known->sources != names.sources) {
                refuse("names.internal." + names.ecosystem + " is served from one place at " + known->line + " and from another at " +
                       names.line);
            }
            for (std::string& pattern : names.patterns) {
                if (std::find(known->patterns.begin(), known->patterns.end(), pattern) == known->patterns.end()) {
                    known->patterns.push_back(std::move(pattern));
                }
            }
        }
        for (ProtectedNames& names : other.protected_names) into_.protected_names.push_back(std::move(names));
        mirrors(other);
    }

    void mirrors(Policy& other) {
        const auto loosens = [&](const RegistrySet& set) {
            refuse("the mirrors of registries." + set.ecosystem + " would count for the rules of the policy that names none, too");
        };
        for (const RegistrySet& own : into_.registries) {
            if (asks_where_from(other) && !says_of(other.registries, own.ecosystem)) loosens(own);
        }
        for (RegistrySet& set : other.registries) {
            const auto known = std::find_if(into_.registries.begin(), into_.registries.end(),
                                            [&](const RegistrySet& own) { return own.ecosystem == set.ecosystem; });
            if (known == into_.registries.end()) {
                if (asks_where_from(into_)) loosens(set);
                into_.registries.push_back(std::move(set));
            } else if (known->urls != set.urls) {
                refuse("registries." + set.ecosystem + " differs");
            }
        }
    }

    void waivers(Policy& other) {
        WaiverLimits& own = into_.waiver_limits;
        const WaiverLimits& limits = other.waiver_limits;
        if (limits.max_age && (!own.max_age || *limits.max_age < *own.max_age)) own.max_age = limits.max_age;
        own.forbid_rules.insert(own.forbid_rules.end(), limits.forbid_rules.begin(), limits.forbid_rules.end());
        sign(own.signed_by, limits.signed_by);
        own.allow_child_waivers = own.allow_child_waivers && limits.allow_child_waivers;
        unite_waivers(other.waivers);
    }

    // Both may ask for signatures: then only whom both trust for it may give them.
    void sign(std::vector<std::string>& own, const std::vector<std::string>& others) {
        if (own.empty() || others.empty()) {
            if (own.empty()) own = others;
            return;
        }
        std::erase_if(own, [&](const std::string& name) { return std::find(others.begin(), others.end(), name) == others.end(); });
        if (own.empty()) refuse("'waiver-limits.signed-by' leaves nobody who may sign waivers for both");
    }

    void unite_waivers(std::vector<Waiver>& other) {
        for (Waiver& waiver : other) {
            const auto known = std::find_if(into_.waivers.begin(), into_.waivers.end(),
                                            [&](const Waiver& own) { return own.id == waiver.id; });
            if (known == into_.waivers.end()) {
                into_.waivers.push_back(std::move(waiver));
            } else if (known->line != waiver.line) {
                refuse("waiver '" + waiver.id + "' is one thing at " + known->line + " and another at " + waiver.line);
            }
        }
    }

    Policy& into_;
    const Extension& extension_;
    std::span<const Checker> checkers_;
    Mistakes& mistakes_;
};

}  // namespace

void combine(Policy& into, Policy other, const Extension& extension, std::span<const Checker> checkers, Mistakes& mistakes) {
    Combination(into, extension, checkers, mistakes).run(other);
    into.pack = into.pack && other.pack;
}

void insert_tier(Policy& policy, Tier tier) {
    const std::string last = policy.tiers.back().name;
    for (Rule& rule : policy.rules) {
        const std::optional<Mode> mode = mode_in(rule, last);
        if (!mode) continue;
        if (!rule.when_tiers.empty()) rule.when_tiers.push_back(tier.name);
        if (!rule.mode_by_tier.empty() && *mode != Mode::enforce) rule.mode_by_tier.emplace_back(tier.name, *mode);
    }
    policy.tiers.insert(policy.tiers.end() - 1, std::move(tier));
}

}  // namespace headgate::policy
