#include "checkers/advisory_match.hpp"

#include <algorithm>

#include "versions/order.hpp"
#include "versions/range.hpp"

namespace headgate::checkers {
namespace {

using versions::Bound;
using versions::Interval;
using versions::Overlap;
using Kind = AdvisoryEvent::Kind;

bool is_commit(std::string_view version) {
    return version.size() >= 40 && version.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool comes_before(std::string_view ecosystem, const AdvisoryEvent& a, const AdvisoryEvent& b) {
    if (a.version == b.version || b.version == "0") return false;
    if (a.version == "0") return true;
    const auto order = versions::compare(ecosystem, a.version, b.version);
    return order && *order < 0;
}

// OSV schema, "Evaluation": from each introduced up to the next fixed or last_affected; a limit ends what nothing else ends.
void add_intervals(std::string_view ecosystem, std::vector<AdvisoryEvent> events, std::vector<Interval>& intervals) {
    std::stable_sort(events.begin(), events.end(), [&](const AdvisoryEvent& a, const AdvisoryEvent& b) { return comes_before(ecosystem, a, b); });
    std::optional<Bound> limit;
    for (const AdvisoryEvent& event : events) {
        if (event.kind == Kind::limit && event.version != "*") limit = Bound{event.version, false};   // the last is the highest
    }
    std::optional<Interval> open;
    for (const AdvisoryEvent& event : events) {
        if (event.kind == Kind::introduced && !open) {
            open = Interval{};
            if (event.version != "0") open->low = Bound{event.version, true};
        } else if ((event.kind == Kind::fixed || event.kind == Kind::last_affected) && open) {
            open->high = Bound{event.version, event.kind == Kind::last_affected};
            intervals.push_back(std::move(*open));
            open.reset();
        }
    }
    if (!open) return;
    open->high = limit;
    intervals.push_back(std::move(*open));
}

// What a requirement may resolve to. One version, where one is pinned; without anything said, every version.
std::vector<Interval> wanted_by(const Requirement& requirement, std::string_view ecosystem) {
    const std::string& version = requirement.reference.version;
    const std::string_view text = version.empty() ? std::string_view(requirement.range) : std::string_view(version);
    const bool moving = version.empty() || ecosystem == "github";   // a tag "v4" moves
    if (moving && !text.empty()) {
        if (auto intervals = versions::parse_range(ecosystem, text)) return std::move(*intervals);
    }
    if (version.empty()) return {Interval{}};
    return {Interval{Bound{version, true}, Bound{version, true}}};
}

Match answer(const Requirement& requirement, Overlap overlap) {
    const std::string& version = requirement.reference.version;
    switch (overlap) {
        case Overlap::none: return {};
        case Overlap::whole: return {Affected::yes, {}, false};
        case Overlap::some: return {Affected::may_be, {}, false};
        case Overlap::unknown: break;
    }
    if (version.empty()) return {Affected::may_be, {}, false};
    return {Affected::undecided, "nothing here can compare '" + version + "' with the versions of the record", false};
}

// "" for what a registry serves under its name. The registry of actions is GitHub: there the repository is the package.
std::string other_source(const Requirement& requirement, std::string_view ecosystem) {
    const bool is_registry = ecosystem == "github" && requirement.reference.type == "github";
    if (requirement.source != Requirement::Source::git || is_registry) return {};
    return "it comes from a repository, and the record is about the package of that name in a registry";
}

bool is_everything(const Interval& interval) { return !interval.low && !interval.high; }

}  // namespace

Match match(const Requirement& requirement, const AffectedPackage& package) {
    if (std::string why = other_source(requirement, package.ecosystem); !why.empty()) return {Affected::undecided, std::move(why), true};
    const std::string& version = requirement.reference.version;
    const std::string_view ecosystem = package.ecosystem;
    const auto listed = [&](const std::string& one) { return versions::is_same(ecosystem, one, version); };
    if (!version.empty() && std::any_of(package.versions.begin(), package.versions.end(), listed)) return {Affected::yes, {}, false};
    if (package.versions.empty() && package.ranges.empty()) {
        if (!package.commits) return {Affected::yes, {}, false};
        return {Affected::undecided, "the record states commits of a repository and no versions", true};
    }
    // Letter by letter, a version that is not listed is another one; a commit may be any of them.
    const bool ordered = versions::has_order(ecosystem);
    if (!version.empty() && !ordered && package.ranges.empty()) return {};
    std::vector<Interval> intervals;
    for (const auto& events : package.ranges) add_intervals(ecosystem, events, intervals);
    // Every version there is: a commit and a branch are among them.
    if (std::any_of(intervals.begin(), intervals.end(), is_everything)) return {Affected::yes, {}, false};
    if (ordered && is_commit(version)) return {Affected::undecided, "a commit is in no order with versions", true};
    const std::vector<Interval> wanted = wanted_by(requirement, ecosystem);
    const bool one_version = wanted.size() == 1 && wanted.front().low && wanted.front().low == wanted.front().high;
    if (one_version && package.ranges.empty()) return {};
    for (const std::string& one : package.versions) {
        if (!one_version) intervals.push_back({Bound{one, true}, Bound{one, true}});
    }
    return answer(requirement, versions::overlap(ecosystem, wanted, intervals));
}

Match match_range(const Requirement& requirement, std::string_view ecosystem, std::string_view range) {
    if (std::string why = other_source(requirement, ecosystem); !why.empty()) return {Affected::undecided, std::move(why), true};
    const auto intervals = versions::parse_range(ecosystem, range);
    if (!intervals) return {Affected::undecided, "the range " + std::string(range) + " is not understood", false};
    return answer(requirement, versions::overlap(ecosystem, wanted_by(requirement, ecosystem), *intervals));
}

}  // namespace headgate::checkers
