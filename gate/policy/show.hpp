// show.hpp: a policy as people read it, and what is wrong with it beyond mistakes: the tools of a policy author.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/checker.hpp"
#include "model/policy.hpp"

namespace headgate::policy {

/// The resolved policy as YAML, each value with "# FILE:LINE" or "# default".
std::string resolved_yaml(const Policy& policy, std::span<const Checker> checkers);

/// Something that is no mistake and still deserves a thought.
struct Remark {
    std::string line;        // "org.yaml:12"
    std::string message;     // what, why, and what to do
};

/// What the language allows and an author should not: rules that earlier tiers leave nothing to, identities as wide as an
/// organisation, waivers that cover nothing any more, tiers that rest on assertions, rules that can never deny.
std::vector<Remark> lint(const Policy& policy, Instant now);

/// One difference between two policies.
struct Change {
    enum class Direction { loosened, tightened, changed };
    Direction direction = Direction::changed;
    std::string what;        // "rule model.signed: mode", ...
    std::string detail;      // "in tier 'vetted' it is warn, and was enforce"
    std::string line;        // where the new policy says so; of the old one for what is gone
};
std::string_view to_string(Change::Direction direction);

/// Every difference from `before` to `after`, whatever is judged.
std::vector<Change> compare(const Policy& before, const Policy& after, std::span<const Checker> checkers);

/// A way to be let in: the least that must come out for a subject of this kind in this tier.
struct WayIn {
    Kind kind = Kind::model;
    std::string tier;
    bool bytes = true;                       // false: a bare name
    std::string level;                       // what it is allowed as at most
    std::vector<std::string> passes;         // rules that must pass; empty: nothing is asked
    std::vector<std::string> rests_on;       // what of it somebody only asserted or declared
    std::string exception;                   // a waiver that takes a rule's place: its id; "" otherwise
};

/// All of them, by kind and tier in the policy's order.
std::vector<WayIn> ways_in(const Policy& policy, Instant now);

/// Those of `after` that ask for less than, or other than, every way of `before` with the same kind, bytes and tier.
std::vector<WayIn> added(const std::vector<WayIn>& before, const std::vector<WayIn>& after);

}  // namespace headgate::policy
