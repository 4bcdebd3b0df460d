// Cargo.toml and .cargo/config.toml (Cargo Book, "Specifying Dependencies", "Overriding Dependencies", "Source Replacement").
#include <map>

#include "base/text.hpp"
#include "codec/toml.hpp"
#include "intake/all.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

/// "=1.2.3" is that version; "1.2.3" is any that is compatible.
std::string exact_version(std::string_view written) {
    const std::string_view version = trim(written);
    if (!version.starts_with('=')) return {};
    const std::string_view rest = trim(version.substr(1));
    return is_exact(rest) && rest.find('.') != rest.rfind('.') ? std::string(rest) : std::string();
}

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read_manifest(const Tree& root) {
        if (root.find("package") == nullptr && root.find("workspace") == nullptr && root.find("project") == nullptr) {
            return fail("neither [package] nor [workspace]", 1);
        }
        tables(root, {});
        if (const Tree* targets = table(root, "target")) {
            for (const Tree::Entry& target : targets->entries) {
                if (const Tree* one = table(*targets, target.key)) tables(*one, target.key);
            }
        }
        if (const Tree* workspace = table(root, "workspace")) dependencies(*workspace, "dependencies", "workspace");
        patches(root);
        return understood_;
    }

    bool read_config(const Tree& root) {
        sources(root);
        registries(root);
        patches(root);
        if (const Tree* include = root.find("include")) fail("`include` brings in settings from other files", include->line);
        if (const Tree* paths = root.find("paths")) redirected("`paths` lets folders take the place of packages", paths->line);
        return understood_;
    }

  private:
    void tables(const Tree& in, const std::string& marker) {
        for (const std::string_view key : {"dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies"}) {
            std::string markers = marker;
            if (!key.starts_with("dependencies")) add_marker(markers, key.starts_with("dev") ? "dev" : "build");
            dependencies(in, key, markers);
        }
    }

    void dependencies(const Tree& in, std::string_view key, const std::string& marker) {
        const Tree* packages = table(in, key);
        if (packages == nullptr) return;
        for (const Tree::Entry& one : packages->entries) {
            Entry entry{"cargo", one.key};
            entry.line = one.line;
            entry.markers = marker;
            if (one.value.is_text()) {
                entry.version = exact_version(one.value.text);
                set_range(entry, one.value.text);
                add(std::move(entry));
            } else if (!one.value.is_table()) {
                fail("dependency '" + one.key.substr(0, 100) + "' is neither text nor table", one.line);
            } else if (!flag(one.value, "workspace")) {  // the workspace's own table has it
                package(one.value, std::move(entry));
            }
        }
    }

    void package(const Tree& one, Entry entry) {
        if (std::string real = text(one, "package"); !real.empty()) {
            entry.written = entry.name;
            entry.name = std::move(real);
        }
        entry.version = exact_version(text(one, "version"));
        set_range(entry, text(one, "version"));
        if (flag(one, "optional")) add_marker(entry.markers, "optional");
        const bool ok = understood_;
        const std::string git = text(one, "git");
        const std::string path = text(one, "path");
        const std::string registry = text(one, "registry");
        const std::string registry_index = text(one, "registry-index");
        if (!git.empty()) {
            std::string revision = text(one, "rev");
            if (revision.empty()) revision = text(one, "tag");
            if (revision.empty()) revision = text(one, "branch");
            from_git(entry, git, revision);
        } else if (!path.empty()) {
            entry.source = Requirement::Source::path;
            entry.url = path;
        } else if (!registry_index.empty()) {
            entry.url = without_login(registry_index);
        } else if (!registry.empty()) {
            entry.url = "registry:" + registry;  // where that is, a configuration says
        } else if (one.find("version") == nullptr) {
            if (ok && understood_) fail("dependency '" + entry.name.substr(0, 100) + "' has neither version nor place", entry.line);
            return;
        }
        add(std::move(entry));
    }

    void redirected(const std::string& what, std::uint32_t line) {
        context_.finding("manifest.redirect", Severity::high, what, context_.at_line(std::max(line, 1U)),
                         "The name in the manifest and the lockfile then stands for other code.", "Depend on the other package by its own name, or remove the redirection.");
    }

    /// [patch.<source>]: other code for a name, wherever in the tree it is asked for. [replace] is its older form.
    void patches(const Tree& root) {
        if (const Tree* patch = table(root, "patch")) {
            for (const Tree::Entry& source : patch->entries) {
                redirected("[patch." + escape_terminal(source.key, 100) + "] lets other code take the place of packages", source.line);
                dependencies(*patch, source.key, "patch");
            }
        }
        const Tree* replace = table(root, "replace");
        if (replace == nullptr) return;
        redirected("[replace] lets other code take the place of packages", replace->line);
        for (const Tree::Entry& one : replace->entries) {
            if (!one.value.is_table()) {
                fail("an item of [replace] that is no table", one.line);
                continue;
            }
            Entry entry{"cargo", one.key.substr(0, one.key.find(':'))};
            entry.line = one.line;
            entry.markers = "replace";
            package(one.value, std::move(entry));
        }
    }

    struct Place {
        std::string url;
        bool local = false;
        std::string replaced_by;
        std::uint32_t line = 0;
    };

    void sources(const Tree& root) {
        const Tree* all = table(root, "source");
        if (all == nullptr) return;
        std::map<std::string, Place> places;
        for (const Tree::Entry& source : all->entries) {
            const Tree* one = table(*all, source.key);
            if (one == nullptr) continue;
            Place place{{}, false, text(*one, "replace-with"), source.line};
            for (const std::string_view key : {"registry", "git"}) {
                const std::string url = text(*one, key);
                if (!url.empty()) place.url = without_login(url.starts_with("sparse+") ? std::string_view(url).substr(7) : std::string_view(url));
            }
            for (const std::string_view key : {"directory", "local-registry"}) {
                const std::string path = text(*one, key);
                if (!path.empty()) place = {path, true, place.replaced_by, source.line};
            }
            places.insert_or_assign(source.key, std::move(place));
        }
        for (const auto& [name, place] : places) {
            if (place.replaced_by.empty()) {
                // crates-io is a name like any other: its place can be set without a replacement.
                const IndexOption::Role role = place.local ? IndexOption::Role::find_links : IndexOption::Role::primary;
                if (name == "crates-io" && !place.url.empty()) index(role, "cargo", place.url, "source " + name, place.line);
                continue;
            }
            const auto other = places.find(place.replaced_by);
            if (other == places.end() || other->second.url.empty()) {
                fail("source '" + name.substr(0, 100) + "' is replaced by one whose place is not said here", place.line);
            } else {
                using Role = IndexOption::Role;
                index(other->second.local ? Role::find_links : Role::primary, "cargo", other->second.url, "replace-with of source " + name, place.line);
            }
        }
    }

    void registries(const Tree& root) {
        const auto one = [this](const Tree& in, const std::string& name, IndexOption::Role role, std::uint32_t line) {
            std::string url = text(in, "index");
            if (url.starts_with("sparse+")) url.erase(0, 7);
            if (!url.empty()) index(role, "cargo", url, name, line);
        };
        if (const Tree* all = table(root, "registries")) {
            for (const Tree::Entry& registry : all->entries) {
                // Only the packages that name it come from there.
                if (const Tree* in = table(*all, registry.key)) one(*in, "registry " + registry.key, IndexOption::Role::scoped, registry.line);
            }
        }
        if (const Tree* registry = table(root, "registry")) one(*registry, "registry", IndexOption::Role::primary, registry->line);
    }
};

}  // namespace

bool matches_cargo_toml(std::string_view file_name) { return file_name == "Cargo.toml"; }
bool matches_cargo_config(std::string_view file_name) { return file_name == "config.toml" || file_name == "config"; }

bool parse_cargo_toml(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_toml(bytes);
    if (!root) return malformed(context, "Cargo.toml", root.error().message);
    context.format("Cargo.toml");
    return Reader(context).read_manifest(*root);
}

bool parse_cargo_config(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_toml(bytes);
    if (!root) return malformed(context, ".cargo/config.toml", root.error().message);
    context.format(".cargo/config.toml");
    return Reader(context).read_config(*root);
}

}  // namespace headgate::intake
