// package-lock.json and npm-shrinkwrap.json, lockfile versions 1 to 3. npm 7 and later reads `packages` and ignores
// `dependencies` when both are there; older npm, scanners and reviewers read the other half: both must say the same.
#include <array>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"
#include "intake/npm_entry.hpp"
#include "intake/package_lock_entry.hpp"

namespace headgate::intake {
namespace {

using codec::Json;
using package_lock::Entry;
using package_lock::LineTable;

constexpr std::string_view kModules = "node_modules/";
// What a project asks for, and when that is installed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kDeclared = {
    {{"dependencies", ""}, {"devDependencies", "dev"}, {"optionalDependencies", "optional"}, {"peerDependencies", "peer"}}};

class Reader {
  public:
    Reader(ByteView bytes, IntakeContext& context) : lines_(bytes), context_(context) {}

    bool read(const Json& root) {
        const Json* version = root.find("lockfileVersion");
        if (version != nullptr && (!version->is_integer() || version->integer < 1 || version->integer > 3)) {
            return fail("lockfileVersion is not 1, 2 or 3", 1);
        }
        const Json* packages = root.find("packages");
        const Json* dependencies = root.find("dependencies");
        if (packages != nullptr && !packages->is_object()) return fail("`packages` is no object", line(*packages));
        if (dependencies != nullptr && !dependencies->is_object()) return fail("`dependencies` is no object", line(*dependencies));
        if (version == nullptr && packages == nullptr && dependencies == nullptr) return fail("no lockfile: it has neither lockfileVersion nor packages", 1);
        if (dependencies != nullptr) read_tree(*dependencies, {});
        if (packages == nullptr) {
            for (const auto& [place, entry] : tree_) add(entry);
            return understood_;
        }
        read_packages(*packages);
        if (const Json* project = packages->find("")) declare_project(*project);
        if (dependencies != nullptr) compare_halves();
        return understood_;
    }

  private:
    std::uint32_t line(const Json& value) const { return lines_.line_of(value.offset); }

    bool fail(std::string why, std::uint32_t at) {
        context_.opaque(std::move(why), context_.at_line(at));
        understood_ = false;
        return false;
    }

    void add(Entry entry) {
        if (!context_.room() || !package_lock::add_entry(std::move(entry), context_)) understood_ = false;
    }

    /// `dependencies`, nested. The depth is bounded by the JSON reader's.
    void read_tree(const Json& dependencies, const std::string& parent) {
        for (const auto& [name, value] : dependencies.members) {
            if (!value.is_object()) {
                fail("dependency '" + name.substr(0, 100) + "' is no object", line(value));
                continue;
            }
            const std::string place = parent + std::string(kModules) + name;
            Entry entry = package_lock::read_entry(place, name, value, false, line(value), context_);
            if (const Json* inner = value.find("dependencies"); inner != nullptr) {
                if (inner->is_object()) {
                    read_tree(*inner, place + "/");
                } else {
                    fail("`dependencies` of '" + name.substr(0, 100) + "' is no object", line(*inner));
                }
            }
            tree_.insert_or_assign(place, std::move(entry));
        }
    }

    void read_packages(const Json& packages) {
        by_place_.reserve(packages.members.size());
        for (const auto& [place, value] : packages.members) by_place_.emplace(place, &value);
        context_.evidence.requirements.reserve(packages.members.size());
        if (const Json* const project = at_place("")) {
            for (const auto& [key, marker] : kDeclared) {
                const Json* const list = project->find(key);
                if (list == nullptr) continue;
                for (const auto& [name, value] : list->members) declared_.insert(name);
            }
        }
        for (const auto& [place, value] : packages.members) {
            if (place.empty()) continue;  // the project itself
            const std::uint32_t at = line(value);
            if (!value.is_object()) {
                fail("package '" + place.substr(0, 100) + "' is no object", at);
                continue;
            }
            if (!stays_inside(place)) {
                context_.finding("package-lock.path-escape", Severity::high,
                                 "package at '" + place.substr(0, 200) + "', outside the project", context_.at_line(at),
                                 "npm writes the package to this path.", "Delete the entry.");
            }
            const std::size_t modules = place.rfind(kModules);
            if (modules == std::string::npos) continue;  // a workspace: a folder of the project
            Entry entry = package_lock::read_entry(place, place.substr(modules + kModules.size()), value, true, at, context_);
            if (entry.link) {
                linked_.insert_or_assign(place, true);
                if (by_place_.contains(entry.resolved)) continue;
                entry.link = false;  // a link to a folder that the lockfile does not know: judged as a path
                if (entry.resolved.find(':') == std::string::npos) entry.resolved = "file:" + entry.resolved;
            }
            if (entry.bundled && !comes_bundled(place)) entry.bundled = false;   // npm fetches it, whatever its flag says
            if (!tree_.empty() || declared_.contains(entry.folder_name)) places_.insert_or_assign(place, entry);
            add(std::move(entry));
        }
    }

    const Json* at_place(std::string_view place) const {
        const auto known = by_place_.find(place);
        return known == by_place_.end() ? nullptr : known->second;
    }

    /// Whether the archive of a package above brings it along: its `bundleDependencies` lead there.
    bool comes_bundled(const std::string& place) {
        std::string owner = parent_of(place);
        while (!owner.empty() && is_flagged(owner)) owner = parent_of(owner);
        if (owner.empty()) return false;  // what the project itself bundles is fetched first
        const auto [known, added] = bundles_.try_emplace(owner);
        if (added) known->second = reach_bundled(owner);
        return known->second.contains(place);
    }

    bool is_flagged(const std::string& place) const {
        const Json* package = at_place(place);
        const Json* flag = package == nullptr || !package->is_object() ? nullptr : package->find("inBundle");
        return flag != nullptr && flag->type == Json::Type::boolean && flag->boolean;
    }

    /// "a/node_modules/b" -> "a"; "" for the project.
    static std::string parent_of(std::string_view place) {
        const std::size_t modules = place.rfind(std::string("/") + std::string(kModules));
        return modules == std::string_view::npos ? std::string() : std::string(place.substr(0, modules));
    }

    std::set<std::string, std::less<>> reach_bundled(const std::string& owner) const {
        std::set<std::string, std::less<>> reached;
        std::vector<std::string> open;
        // As `require` finds it: below the place, or below one that is nearer to the owner.
        const auto find = [&](std::string from, std::string_view name) {
            for (;; from = parent_of(from)) {
                std::string place = from + "/" + std::string(kModules) + std::string(name);
                if (at_place(place) != nullptr && reached.insert(place).second) open.push_back(place);
                if (reached.contains(place) || from.size() <= owner.size()) return;
            }
        };
        const auto each_name = [&](const Json& package, std::string_view key, const std::string& from) {
            const Json* names = package.find(key);
            if (names == nullptr) return;
            for (const auto& [name, range] : names->members) find(from, name);
            for (const Json& name : names->items) {
                if (name.is_text()) find(from, name.text);
            }
        };
        const Json* const bringer = at_place(owner);
        if (bringer == nullptr) return reached;
        for (const std::string_view key : {"bundleDependencies", "bundledDependencies"}) {
            const Json* list = bringer->find(key);
            if (list != nullptr && list->type == Json::Type::boolean && list->boolean) each_name(*bringer, "dependencies", owner);
            each_name(*bringer, key, owner);
        }
        while (!open.empty()) {
            const std::string place = std::move(open.back());
            open.pop_back();
            const Json& package = *at_place(place);
            for (const std::string_view key : {"dependencies", "optionalDependencies", "peerDependencies"}) each_name(package, key, place);
        }
        return reached;
    }

    /// What the project asked for when the lockfile was made.
    void declare_project(const Json& project) {
        for (const auto& [key, marker] : kDeclared) {
            const Json* list = project.find(key);
            if (list == nullptr) continue;
            for (const auto& [name, value] : list->members) {
                if (!value.is_text()) continue;
                npm::declare(name, value.text, marker, line(value), context_);
                const auto installed = places_.find(std::string(kModules) + name);
                if (installed != places_.end()) npm::declare_resolved(installed->second.name, value.text, installed->second.version, line(value), context_);
            }
        }
        for (const auto& [place, unused] : linked_) {
            if (place.starts_with(kModules)) declare_local("npm", std::string_view(place).substr(kModules.size()), 1, context_);
        }
    }

    static bool stays_inside(std::string_view place) {
        if (place.find('\\') != std::string_view::npos || place.find(':') != std::string_view::npos) return false;
        for (std::size_t begin = 0; begin <= place.size();) {
            const std::size_t end = std::min(place.find('/', begin), place.size());
            const std::string_view part = place.substr(begin, end - begin);
            if (part == ".." || part == "." || part.empty()) return false;
            begin = end + 1;
        }
        return true;
    }

    /// Two spellings of one git source: "github:a/b#<commit>" and "git+ssh://git@.../a/b.git#<commit>".
    static bool same_commit(const Entry& tree, const Entry& package) {
        const std::size_t hash = tree.resolved.rfind('#');
        if (hash == std::string::npos || !is_lower_hex(std::string_view(tree.resolved).substr(hash + 1), 40)) return false;
        return package.resolved.ends_with(tree.resolved.substr(hash));
    }

    static bool same(const Entry& tree, const Entry& package) {
        if (tree.name != package.name) return false;
        if (tree.version.empty() && same_commit(tree, package)) return true;
        if (!tree.version.empty() && tree.version != package.version) return false;
        if (!tree.resolved.empty() && !package.resolved.empty() && tree.resolved != package.resolved) return false;
        if (!tree.integrity.empty() && !package.integrity.empty() && tree.integrity != package.integrity) return false;
        return true;
    }

    void differ(const std::string& place, std::uint32_t at, const std::string& how) {
        context_.finding("package-lock.halves-differ", Severity::high, place + ": " + how, context_.at_line(at),
                         "npm 7 and later installs what `packages` says; older npm and reviewers read `dependencies`.",
                         "Delete the lockfile's entry and let npm write both halves again.");
    }

    void compare_halves() {
        for (const auto& [place, entry] : tree_) {
            if (linked_.contains(place)) continue;
            const auto other = places_.find(place);
            if (other == places_.end()) {
                if (below_link(place) || entry.resolved.starts_with("file:")) continue;
                differ(place, entry.line, "only `dependencies` has it");
                add(entry);
            } else if (!same(entry, other->second)) {
                differ(place, entry.line, "`dependencies` says " + shown(entry) + ", `packages` says " + shown(other->second));
                add(entry);
            }
        }
        for (const auto& [place, entry] : places_) {
            if (place.starts_with(kModules) && !tree_.contains(place)) differ(place, entry.line, "only `packages` has it");
        }
    }

    /// Packages below a workspace stand in `packages` under the workspace's folder, in `dependencies` under its link.
    bool below_link(const std::string& place) const {
        for (const auto& [link, unused] : linked_) {
            if (place.starts_with(link + "/")) return true;
        }
        return false;
    }

    static std::string shown(const Entry& entry) {
        std::string text = entry.name;
        if (!entry.version.empty()) text += "@" + entry.version;
        if (!entry.resolved.empty()) text += " from " + entry.resolved.substr(0, 200);
        return text;
    }

    LineTable lines_;
    IntakeContext& context_;
    std::map<std::string, Entry, std::less<>> tree_;    // the `dependencies` half, by place
    std::unordered_set<std::string_view> declared_;      // names that the project asks for
    std::map<std::string, Entry, std::less<>> places_;  // the `packages` half: all of it beside a tree_, else those with such names
    std::map<std::string, bool, std::less<>> linked_;
    std::unordered_map<std::string_view, const Json*> by_place_;
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> bundles_;   // by the place of what brings them
    bool understood_ = true;
};

}  // namespace

bool matches_package_lock(std::string_view file_name) {
    return file_name == "package-lock.json" || file_name == "npm-shrinkwrap.json";
}

bool parse_package_lock(ByteView bytes, IntakeContext& context) {
    const auto document = codec::parse_json(bytes, {.depth = context.limits.nesting, .bytes = 128ULL << 20U, .values = 20'000'000});
    if (!document || !document->is_object()) {
        const std::string why = document ? "the document is no object" : document.error().message;
        const Location where = {context.path, {}, std::nullopt, std::nullopt};
        context.finding("package-lock.malformed", Severity::high, why, where,
                        "Readers of broken JSON disagree about what it says.", "Let npm write the lockfile again.");
        context.opaque("not readable as strict JSON: " + why, where);
        return false;
    }
    context.format("package-lock.json");
    return Reader(bytes, context).read(*document);
}

}  // namespace headgate::intake
