// ways_in.cpp: for each kind and tier, the least that must come out for a subject to be let in.
//
// An allow needs every applicable enforced rule to pass, and one at least (policy.md, "Results"): so the rules that enforce
// in a tier are the one minimal set there. What of it rests on somebody's word is said beside it.
#include <algorithm>
#include <array>

#include "policy/standing.hpp"
#include "policy/policy.hpp"
#include "policy/show.hpp"
#include "policy/tighten.hpp"

namespace headgate::policy {
namespace {

constexpr std::array kKinds = {Kind::model, Kind::dataset, Kind::package, Kind::container};

bool is_for(const Rule& rule, Kind kind) { return std::find(rule.kinds.begin(), rule.kinds.end(), kind) != rule.kinds.end(); }

// Where a pass is what somebody wrote, and not what bytes or signatures show.
std::string rests(const Rule& rule, bool bytes) {
    const auto* const bare = rule.settings.find<std::string>("bare-names");
    if (!bytes && bare != nullptr && *bare == "judge") return rule.id + ": the name as somebody gave it";
    if (rule.check == "typosquat") return rule.id + ": the name as somebody gave it";
    if (rule.check == "card") return rule.id + ": what the card declares";
    if (rule.check == "plugin") return rule.id + ": what a program says that is not the gate's own";
    return "";
}

class Ways {
  public:
    Ways(const Policy& policy, Instant now) : policy_(policy), now_(now) {}

    std::vector<WayIn> run() {
        for (const Kind kind : kKinds) {
            for (const Tier& tier : policy_.tiers) {
                for (const bool bytes : {true, false}) {
                    if (add(kind, tier, bytes, false)) continue;
                    // Who only says that it is of this tier is asked the rules of the last one too, and may pass those.
                    if (&tier != &policy_.tiers.back() && !tier.requires_origin) add(kind, tier, bytes, true);
                }
            }
        }
        for (const Waiver& waiver : policy_.waivers) {
            if (now_ < waiver.expires) add_waiver(waiver);
        }
        return std::move(ways_);
    }

  private:
    // Whether there is one.
    bool add(Kind kind, const Tier& tier, bool bytes, bool asserted) {
        WayIn way;
        way.kind = kind;
        way.tier = tier.name;
        way.bytes = bytes;
        way.level = bytes ? "admit" : "names";
        bool applies = false;
        bool founding = false;
        for (const Rule& rule : policy_.rules) {
            auto mode = mode_in(rule, tier.name);
            const auto there = asserted ? mode_in(rule, policy_.tiers.back().name) : std::nullopt;
            if (there) mode = mode ? std::min(*mode, *there) : *there;  // the zero value is the strictest
            const bool here = is_for(rule, kind) && mode && !(rule.when_bytes == false && bytes);
            if (!here) continue;
            applies = true;
            if (rule.cap_restricted && bytes) way.level = "restricted";
            const bool early = rule.effective_on && now_ < *rule.effective_on;
            const bool skipped = rule.when_bytes == true && !bytes;
            if (*mode != Mode::enforce || early || skipped) continue;
            way.passes.push_back(rule.id);
            if (rule.check != "plugin") founding = true;        // a plugin only adds findings: it lets nothing in
            const std::string why = rests(rule, bytes);
            if (!why.empty()) way.rests_on.push_back(why);
        }
        if (!applies && policy_.defaults.on_unmatched == OnTrouble::warn) {
            way.rests_on.emplace_back("nothing: defaults.on-unmatched is warn");
            ways_.push_back(std::move(way));
            return true;
        }
        if (!founding || !founded(way)) return false;      // nothing enforces here, so nothing passes: no way in
        tell_of_tier(tier, way);
        if (policy_.defaults.on_skipped == OnTrouble::warn && bytes) way.rests_on.emplace_back("unread bytes: defaults.on-skipped is warn");
        if (policy_.defaults.on_error == OnTrouble::warn) way.rests_on.emplace_back("checkers that failed: defaults.on-error is warn");
        ways_.push_back(std::move(way));
        return true;
    }

    // With all of them passed, does every policy that this one extends let it in?
    bool founded(const WayIn& way) const {
        Subject subject;
        subject.kind = way.kind;
        subject.has_bytes = way.bytes;
        subject.origin = Origin::verified;
        const auto asks_plugin = [&](std::string_view id) {
            return std::any_of(policy_.rules.begin(), policy_.rules.end(), [&](const Rule& rule) { return rule.id == id && rule.check == "plugin"; });
        };
        const auto passed = [&](std::string_view rule) {
            return std::find(way.passes.begin(), way.passes.end(), rule) != way.passes.end() && !asks_plugin(rule);
        };
        return std::all_of(policy_.extended.begin(), policy_.extended.end(), [&](const auto& extended) {
            return standing(*extended, subject, way.tier, now_, passed) == Standing::holds;
        });
    }

    void tell_of_tier(const Tier& tier, WayIn& way) const {
        const bool last = &tier == &policy_.tiers.back();
        if (!last && tier.requires_signed_by.empty() && !tier.requires_origin) {
            way.rests_on.push_back("tier " + tier.name + ": the name as somebody asserted it (the rules of '" +
                                   policy_.tiers.back().name + "' apply too)");
        }
    }

    void add_waiver(const Waiver& waiver) {
        for (const Rule& rule : policy_.rules) {
            if (rule.id != waiver.rule) continue;
            WayIn way;
            way.kind = waiver.reference ? Kind::package : rule.kinds.front();
            way.tier = policy_.tiers.back().name;
            way.level = "admit";
            way.exception = waiver.id;
            way.rests_on.push_back(waiver.rule + ": waived for " + (waiver.reference ? waiver.reference->canonical : waiver.digest) +
                                   " until " + format_instant(waiver.expires) + " by " + waiver.owner);
            ways_.push_back(std::move(way));
        }
    }

    const Policy& policy_;
    Instant now_;
    std::vector<WayIn> ways_;
};

bool same_door(const WayIn& a, const WayIn& b) { return a.kind == b.kind && a.bytes == b.bytes; }

// What `old` asks for, `way` asks for too: whoever comes in by `way` came in before.
bool asks_as_much(const WayIn& old, const WayIn& way) {
    if (!old.exception.empty() || !way.exception.empty()) return old.exception == way.exception;
    return (old.level == way.level || old.level == "admit") &&
           std::all_of(old.passes.begin(), old.passes.end(), [&](const std::string& rule) {
               return std::find(way.passes.begin(), way.passes.end(), rule) != way.passes.end();
           });
}

}  // namespace

std::vector<WayIn> ways_in(const Policy& policy, Instant now) { return Ways(policy, now).run(); }

std::vector<WayIn> added(const std::vector<WayIn>& before, const std::vector<WayIn>& after) {
    std::vector<WayIn> fresh;
    for (const WayIn& way : after) {
        const bool same_tier = std::any_of(before.begin(), before.end(), [&](const WayIn& old) { return old.tier == way.tier; });
        bool known = false;
        bool less = false;               // than some way of before, in whose tier the subject may have been
        for (const WayIn& old : before) {
            if (old.exception != way.exception || !same_door(old, way) || (same_tier && old.tier != way.tier)) continue;
            (asks_as_much(old, way) ? known : less) = true;
        }
        if (!known || less) fresh.push_back(way);
    }
    return fresh;
}

}  // namespace headgate::policy
