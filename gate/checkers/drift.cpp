#include "checkers/drift.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "checkers/asked.hpp"
#include "checkers/sources.hpp"

namespace headgate::checkers {
namespace {

constexpr std::string_view kWhy = "What is installed is then not what the project asks for, or not what was reviewed with it.";
constexpr std::string_view kFix = "Let the package manager write the lockfile anew, and review what changes in it.";

/// How much a lockfile of a format can be held to.
struct LockRules {
    std::string_view format;
    bool whole = false;          // it lists all that the project asked for
    bool presence = true;        // every package that is asked for has an entry
    bool versions = true;        // an exact version of the manifest is that of the entry
};
constexpr std::array<LockRules, 9> kLocks = {{
    {"manifest:package-lock.json", true},
    {"manifest:pnpm-lock.yaml", true},
    {"manifest:bun.lock", true},
    {"manifest:yarn.lock", true},
    {"manifest:yarn.lock 2", true},
    {"manifest:uv.lock", true},
    {"manifest:Gemfile.lock", true, false},              // gems of other platforms have none
    {"manifest:packages.lock.json", false, true, false}, // "1.2.3" of a project is 1.2.3 or later
    {"manifest:go.sum", false},
}};

/// Markers of what a manifest names, and a lockfile need not have as it is named.
constexpr std::array<std::string_view, 13> kNotLocked = {"peer", "override", "managed", "package manager", "sdk", "tool", "download", "patch",
                                                         "replace", "constraint", "build constraint", "workspace", "selector"};

class Comparison {
  public:
    Comparison(const Evidence& evidence, std::vector<Finding>& findings) : findings_(findings) {
        const FormatFact& format = evidence.formats.front();
        lock_path_ = format.where.path;
        rules_.format = format.format;
        for (const LockRules& known : kLocks) {
            if (known.format == format.format) rules_ = known;
        }
        for (const Requirement& one : evidence.requirements) locked_[name_of(one)].push_back(&one);
        for (const Requirement& one : evidence.declared) sort_in(one);
    }

    void run() {
        if (computed_ || asked_.empty()) return;
        for (const auto& [name, all] : asked_) {
            if (is_set_apart(name)) continue;
            for (const Requirement* one : all) requirement(name, *one);
        }
        if (rules_.whole && !partial_) undeclared();
    }

  private:
    using Named = std::map<std::string, std::vector<const Requirement*>, std::less<>>;

    void sort_in(const Requirement& one) {
        const bool of_lock = one.where.path == lock_path_;
        if (one.dynamic) {
            (of_lock ? computed_ : partial_) = true;
        } else if (one.source == Requirement::Source::workspace && one.reference.scheme == "file") {
            workspaces_ = true;
        } else if (has_marker(one, "override") || has_marker(one, "patch") || has_marker(one, "replace")) {
            overridden_.insert(name_of(one));
        } else if (of_lock && one.source == Requirement::Source::workspace) {
            local_.insert(name_of(one));
        } else if (of_lock && has_marker(one, "resolved")) {
            resolved_[name_of(one)].push_back(&one);
        } else if (of_lock && has_marker(one, "go.mod")) {
            locked_[name_of(one)].push_back(&one);
        } else if (of_lock) {
            any_descriptor_ = any_descriptor_ || has_marker(one, "descriptor");
            roots_[name_of(one)].push_back(&one);
        } else if (one.source == Requirement::Source::workspace && one.range.empty() && one.markers.empty()) {
            local_.insert(name_of(one));
            known_.insert(name_of(one));
        } else {
            known_.insert(name_of(one));
            asked_[name_of(one)].push_back(&one);
        }
    }

    bool is_set_apart(const std::string& name) const { return overridden_.contains(name) || local_.contains(name); }

    void add(std::string id, const Requirement& where, std::string message) {
        findings_.push_back({std::move(id), Severity::high, std::move(message), where.where, std::string(kWhy), std::string(kFix)});
    }

    void requirement(const std::string& name, const Requirement& one) {
        using From = Requirement::Source;
        if (one.source == From::workspace || one.source == From::path || one.source == From::unknown) return;
        if (std::any_of(kNotLocked.begin(), kNotLocked.end(), [&](std::string_view marker) { return has_marker(one, marker); })) return;
        const bool builds = has_marker(one, "build") && ecosystem_of(one.reference) == "pypi";
        if (builds || is_of_hatch(one)) return;
        if (!roots_.empty() && differs_from_root(name, one)) return;
        const auto entries = locked_.find(name);
        if (entries == locked_.end()) {
            if (rules_.presence && !may_be_absent(name, one)) {
                add("integrity.drift-missing", one, one.reference.base + " is asked for in " + one.where.path + ", and " + lock_path_ + " has no entry of it");
            }
            return;
        }
        if (rules_.versions && !one.reference.version.empty() && one.source == From::registry) version(name, one, entries->second);
        place(one, entries->second);
    }

    /// Not in every platform's lockfile, not in one that leaves workspaces out, or in none.
    bool may_be_absent(const std::string& name, const Requirement& one) const {
        if (has_condition(one) || one.reference.name.starts_with("__")) return true;   // conda's virtual packages
        const auto optional = [](const Requirement* other) { return has_marker(*other, "optional"); };
        const auto all = asked_.find(name);
        const bool npm = ecosystem_of(one.reference) == "npm";
        if (npm && std::any_of(all->second.begin(), all->second.end(), optional)) return true;
        const bool other_group = rules_.format == "manifest:pdm.lock" && !one.markers.empty();   // which groups it has, its metadata says
        return other_group || (workspaces_ && rules_.format == "manifest:yarn.lock");
    }

    /// What the lockfile was made from says otherwise.
    bool differs_from_root(const std::string& name, const Requirement& one) {
        const auto root = roots_.find(name);
        if (root == roots_.end()) {
            if (any_descriptor_ || !rules_.whole || may_be_absent(name, one)) return false;
            add("integrity.drift-missing", one, one.reference.base + " is asked for in " + one.where.path + ", and " + lock_path_ + " was made without it");
            return true;
        }
        const auto same = [&](const Requirement* other) { return asks_the_same(one, *other); };
        if (std::any_of(root->second.begin(), root->second.end(), same)) return false;
        add("integrity.drift-declared", one, one.where.path + " asks for " + shown(one) + ", and " + lock_path_ + " was made for " + shown(*root->second.front()));
        return true;
    }

    void version(const std::string& name, const Requirement& one, const std::vector<const Requirement*>& entries) {
        const std::string_view ecosystem = ecosystem_of(one.reference);
        const auto is_it = [&](const Requirement* entry) {
            return entry->source != Requirement::Source::registry || same_version(ecosystem, one.reference.version, entry->reference.version);
        };
        const Requirement* other = entries.front();
        bool holds = std::any_of(entries.begin(), entries.end(), is_it) || has_condition(one);
        if (const auto resolved = resolved_.find(name); holds && resolved != resolved_.end()) {
            other = resolved->second.front();
            holds = same_version(ecosystem, one.reference.version, other->reference.version);
        }
        if (holds) return;
        add("integrity.drift-version", one, one.where.path + " asks for " + one.reference.canonical + ", and " + lock_path_ + " has " + other->reference.canonical);
    }

    /// From a repository or a URL, and from that one.
    void place(const Requirement& one, const std::vector<const Requirement*>& entries) {
        using From = Requirement::Source;
        const auto from_elsewhere = [](const Requirement* entry) { return entry->source == From::git; };
        if (one.source == From::registry) {
            if (!std::all_of(entries.begin(), entries.end(), from_elsewhere)) return;
            return add("integrity.drift-source", one, one.where.path + " asks a registry for " + one.reference.base + ", and " + lock_path_ + " takes it from " + entries.front()->url);
        }
        const auto fits = [&](const Requirement* entry) {
            if (entry->source == From::workspace || entry->source == From::path) return true;
            return entry->source == From::registry ? one.source == From::url && entry->url == one.url : is_at(entry->url, one.url);
        };
        if (std::any_of(entries.begin(), entries.end(), fits)) return;
        const std::string from = entries.front()->url.empty() ? "a registry" : entries.front()->url;
        add("integrity.drift-source", one, one.where.path + " asks for " + one.reference.base + " from " + one.url + ", and " + lock_path_ + " takes it from " + from);
    }

    /// The lockfile was made for a project that asked for more.
    void undeclared() {
        for (const auto& [name, all] : roots_) {
            if (known_.contains(name) || is_set_apart(name)) continue;
            const auto superset = [](const Requirement* one) { return has_marker(*one, "descriptor") || has_marker(*one, "peer"); };
            if (std::all_of(all.begin(), all.end(), superset)) continue;
            add("integrity.drift-undeclared", *all.front(), lock_path_ + " was made for a project that asks for " + all.front()->reference.base + ", which the one beside it does not");
        }
    }

    std::vector<Finding>& findings_;
    std::string lock_path_;
    LockRules rules_;
    Named locked_;                       // entries of the lockfile
    Named roots_;                        // what it says that the project asked for
    Named resolved_;                     // where that is one version, and another is installed
    Named asked_;                        // what the manifest asks for
    std::set<std::string, std::less<>> known_;       // every name in the manifest
    std::set<std::string, std::less<>> local_;       // packages of the project itself
    std::set<std::string, std::less<>> overridden_;  // something else decides which version it is
    bool computed_ = false;              // of the lockfile: it may say anything
    bool partial_ = false;               // of the manifest: it may ask for more
    bool workspaces_ = false;
    bool any_descriptor_ = false;
};

}  // namespace

void check_drift(const Evidence& evidence, std::vector<Finding>& findings) {
    if (evidence.declared.empty() || evidence.formats.empty()) return;
    const std::string& own = evidence.formats.front().where.path;
    const bool beside = std::any_of(evidence.declared.begin(), evidence.declared.end(), [&](const Requirement& one) { return one.where.path != own; });
    if (beside) Comparison(evidence, findings).run();
}

}  // namespace headgate::checkers
