// pnpm-lock.yaml, lockfile versions 5, 6 and 9 (pnpm's @pnpm/lockfile.types and @pnpm/dependency-path).
//
// Keys of `packages`: 5 "/name/1.0.0_peers", 6 "/name@1.0.0(peers)", 9 "name@1.0.0"; what is from no registry has a place in its key,
// and its name and version in fields.
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/package_rules.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "pnpm-lock.yaml";
constexpr std::size_t kDocuments = 4;   // one for the package manager itself may stand before the project's

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const std::vector<Tree>& documents) {
        if (documents.empty()) return fail("no lockfileVersion", 1);
        for (const Tree& root : documents) {
            if (!root.is_table()) return fail("a document that is no mapping", root.line);
            const std::string version = text(root, "lockfileVersion");
            old_keys_ = version.starts_with("5.");
            if (!old_keys_ && !version.starts_with("6.") && !version.starts_with("9.")) return fail("lockfileVersion is not 5, 6 or 9", root.line);
            times_ = table(root, "time");
            if (const Tree* packages = table(root, "packages")) {
                for (const Tree::Entry& one : packages->entries) package(*packages, one);
            }
            if (const Tree* snapshots = table(root, "snapshots")) {
                for (const Tree::Entry& one : snapshots->entries) snapshot(root.find("packages"), one);
            }
            project(root);
        }
        return understood_;
    }

  private:
    /// What the project asked for when the lockfile was made: "." among the importers, or the document itself.
    void project(const Tree& root) {
        const Tree* importers = table(root, "importers");
        const Tree* own = importers == nullptr ? &root : table(*importers, ".");
        if (const Tree* overrides = table(root, "overrides")) {
            for (const Tree::Entry& one : overrides->entries) {
                declare_override("npm", npm::overridden_name(one.key), one.line, context_);
            }
        }
        // A program of the project may change what any package asks for, the project's own too.
        if (const Tree* program = root.find("pnpmfileChecksum")) declare_computed("npm", "pnpmfile", program->line, context_);
        if (own == nullptr) return;
        const Tree* specifiers = table(*own, "specifiers");   // 5: beside the versions
        for (const std::string_view list : {"dependencies", "devDependencies", "optionalDependencies"}) {
            const Tree* packages = table(*own, list);
            if (packages == nullptr) continue;
            for (const Tree::Entry& one : packages->entries) {
                const std::string asked = one.value.is_table() ? text(one.value, "specifier") : specifiers == nullptr ? std::string() : text(*specifiers, one.key);
                std::string version = one.value.is_table() ? text(one.value, "version") : one.value.text;
                if (version.starts_with("link:")) declare_local("npm", one.key, one.line, context_);
                version = version.substr(0, version.find_first_of("(_"));
                npm::declare(one.key, asked, list == "optionalDependencies" ? "optional" : list == "devDependencies" ? "dev" : "", one.line, context_);
                npm::declare_resolved(one.key, asked, version, one.line, context_);
            }
        }
    }

    void package(const Tree& packages, const Tree::Entry& one) {
        if (!one.value.is_table()) {
            if (table(packages, one.key) == nullptr) fail("package '" + escape_terminal(one.key, 100) + "' is no mapping", one.line);
            return;
        }
        Entry entry{"npm", text(one.value, "name")};
        entry.line = one.line;
        entry.version = text(one.value, "version");
        const bool registry_key = name_by_key(one.key, entry);
        entry.runs_install_script = flag(one.value, "requiresBuild");
        if (times_ != nullptr) set_released(entry, time(*times_, one.key));
        if (flag(one.value, "dev")) entry.markers = "dev";
        if (flag(one.value, "optional")) add_marker(entry.markers, "optional");
        if (entry.name.empty()) {
            fail("package '" + escape_terminal(one.key, 100) + "' has no name that can be told", one.line);
            return;
        }
        const Tree* resolution = table(one.value, "resolution");
        if (resolution == nullptr) {
            fail("package '" + escape_terminal(one.key, 100) + "' has no resolution", one.line);
            return;
        }
        if (resolve(*resolution, registry_key, entry)) add(std::move(entry));
    }

    /// 9: what a package depends on, once for each set of peers. pnpm lays it over the package: it must say nothing of where that is.
    void snapshot(const Tree* packages, const Tree::Entry& one) {
        const std::string_view key = one.key;
        const bool known = packages != nullptr && (packages->find(key) != nullptr || packages->find(key.substr(0, key.find('('))) != nullptr);
        if (!known) fail("snapshot '" + escape_terminal(key, 100) + "' of a package that is not listed", one.line);
        for (const std::string_view own : {"resolution", "name", "version"}) {
            if (one.value.find(own) != nullptr) fail("snapshot '" + escape_terminal(key, 100) + "' with a `" + std::string(own) + "` of its own", one.line);
        }
    }

    /// True for the key of a package from a registry, which names it.
    bool name_by_key(std::string_view key, Entry& entry) {
        std::string_view path = key.substr(0, key.find('('));
        if (old_keys_) {
            std::size_t last = path.rfind('/');
            if (last == std::string_view::npos) return false;
            std::string_view version = path.substr(last + 1);
            version = version.substr(0, version.find('_'));
            std::string_view name = path.substr(0, last);
            if (!npm::is_version(version)) return false;
            // A host in front stands for a registry other than the default.
            const std::size_t first = name.find('/');
            if (first == std::string_view::npos) return false;
            if (first > 0) entry.url = "https://" + std::string(name.substr(0, first)) + "/";
            name.remove_prefix(first + 1);
            return named(name, version, entry);
        }
        if (path.starts_with('/')) path.remove_prefix(1);
        const auto [name, rest] = npm::split_name(path);
        if (!npm::is_version(rest)) {
            // 9: "name@https://...", "name@file:..."; 6: "@host/path", "file:..."
            const bool place = rest.find(':') != std::string_view::npos && name.find(':') == std::string_view::npos;
            if (entry.name.empty() && place) entry.name = name;
            return false;
        }
        return named(name, rest, entry);
    }

    bool named(std::string_view name, std::string_view version, Entry& entry) {
        const std::size_t slash = name.find('/');
        const bool scoped = name.starts_with('@');
        if (name.empty() || (slash != std::string_view::npos) != scoped) return false;
        const bool other = (!entry.name.empty() && entry.name != name) || (!entry.version.empty() && entry.version != version);
        if (other) npm::name_differs(std::string(name) + "@" + std::string(version), entry, context_);
        if (entry.name.empty()) entry.name = name;
        if (entry.version.empty()) entry.version = version;
        return true;
    }

    bool resolve(const Tree& resolution, bool registry_key, Entry& entry) {
        add_hashes(entry, text(resolution, "integrity"), context_);
        const std::string type = text(resolution, "type");
        const std::string tarball = text(resolution, "tarball");
        const std::string repository = text(resolution, "repo");
        const std::string directory = text(resolution, "directory");
        if (const std::string registry = text(resolution, "registry"); !registry.empty()) entry.url = without_login(registry);
        if (int{!repository.empty()} + int{!directory.empty()} + int{!tarball.empty()} > 1) {
            return fail("a resolution that names several places", resolution.line);
        }
        if (!repository.empty()) {
            from_git(entry, repository, text(resolution, "commit"));
        } else if (!directory.empty() || type == "directory") {
            entry.source = Requirement::Source::path;
            entry.url = directory;
            entry.runs_install_script = true;
        } else if (!tarball.empty()) {
            if (!npm::set_resolved(entry, tarball)) return fail("an archive whose place is not understood: " + escape_terminal(without_login(tarball), 100), resolution.line);
            if (tarball.starts_with("http")) npm::check_archive(entry, tarball, context_);
        } else if (!type.empty()) {
            return fail("a resolution of the unknown type '" + escape_terminal(type, 60) + "'", resolution.line);
        } else if (!registry_key) {
            return fail("a package that nothing says where to take from", entry.line);
        }
        // The key says "this version, from the registry"; the resolution must not say otherwise without a hash that binds it.
        const bool elsewhere = entry.source != Requirement::Source::registry;
        if (registry_key && elsewhere && (entry.integrity.empty() || entry.source != Requirement::Source::url)) {
            context_.finding("manifest.resolution-shape", Severity::high, escape_terminal(entry.name + "@" + entry.version, 200) + " is a package of a registry by its key, and comes from " + escape_terminal(entry.url, 200),
                             context_.at_line(entry.line), "A reviewer reads the key; what is installed is what the resolution says.", "Delete the entry and let pnpm resolve it again.");
        }
        return true;
    }

    const Tree* times_ = nullptr;        // when each was published, by the keys of `packages`
    bool old_keys_ = false;
};

class Workspace : public npm::Rules {
  public:
    using Rules::Rules;

    bool read(const Tree& root) {
        const Tree* packages = array(root, "packages");
        if (packages != nullptr) npm::declare_workspaces(*packages, context_);
        catalogs(root);
        resolutions(root, "overrides");
        extensions(root, "packageExtensions");
        config_dependencies(root, "configDependencies");
        registries(root);
        return understood_;
    }

  private:
    /// `registry`, and `registries` by scope ("default" is that of all others).
    void registries(const Tree& root) {
        using Role = IndexOption::Role;
        const std::string registry = text(root, "registry");
        if (!registry.empty()) index(Role::primary, "npm", registry, "registry", root.find("registry")->line);
        const Tree* scopes = table(root, "registries");
        if (scopes == nullptr) return;
        for (const Tree::Entry& one : scopes->entries) {
            const std::string url = text(*scopes, one.key);
            if (!url.empty()) index(one.key == "default" ? Role::primary : Role::scoped, "npm", url, "registries", one.line, one.key == "default" ? std::string() : one.key + "/*");
        }
    }
};

}  // namespace

bool matches_pnpm_lock(std::string_view file_name) { return file_name == "pnpm-lock.yaml"; }
bool matches_pnpm_workspace(std::string_view file_name) { return file_name == "pnpm-workspace.yaml"; }

/// Which folders are packages; what a version is called in them (a catalog), what takes the place of others, what pnpm fetches first, and where
/// from.
bool parse_pnpm_workspace(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_yaml_tree(bytes);
    if (!root) return malformed(context, "pnpm-workspace.yaml", root.error().message);
    if (!root->is_table()) return malformed(context, "pnpm-workspace.yaml", "the document is no mapping");
    context.format("pnpm-workspace.yaml");
    return Workspace(context).read(*root);
}

bool parse_pnpm_lock(ByteView bytes, IntakeContext& context) {
    const auto documents = codec::parse_yaml_trees(bytes, kDocuments);
    if (!documents) return malformed(context, kFormat, documents.error().message);
    context.format(kFormat);
    return Reader(context).read(*documents);
}

}  // namespace headgate::intake
