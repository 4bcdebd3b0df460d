// package.json: what a project asks for, and what it puts in the place of what others ask for (npm, yarn and pnpm documentation).
#include <array>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/npm_entry.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "package.json";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        dependencies(root, "dependencies", {});
        dependencies(root, "devDependencies", "dev");
        dependencies(root, "optionalDependencies", "optional");
        dependencies(root, "peerDependencies", "peer");
        overrides(root, "overrides");
        resolutions(root, "resolutions");
        if (const Tree* pnpm = table(root, "pnpm")) resolutions(*pnpm, "overrides");
        package_manager(root);
        workspaces(root);
        return understood_;
    }

  private:
    void dependencies(const Tree& root, std::string_view key, std::string_view marker) {
        const Tree* packages = table(root, key);
        if (packages == nullptr) return;
        for (const Tree::Entry& one : packages->entries) specifier(one.key, one.value, marker, one.line);
    }

    void specifier(std::string_view name, const Tree& value, std::string_view marker, std::uint32_t line) {
        if (!value.is_text()) {
            fail("the specifier of '" + escape_terminal(name, 100) + "' is no text", line);
            return;
        }
        if (!context_.room() || !npm::add_specifier(name, value.text, marker, line, context_)) understood_ = false;
    }

    /// npm: {"foo@^1": "2.0.0", "bar": {".": "1", "baz": "npm:other@1"}}. A "$name" repeats what the project itself asks for.
    void overrides(const Tree& in, std::string_view key) {
        const Tree* rules = table(in, key);
        if (rules == nullptr) return;
        std::vector<std::pair<std::string_view, const Tree*>> open = {{std::string_view{}, rules}};
        while (!open.empty()) {
            const auto [parent, here] = open.back();
            open.pop_back();
            for (const Tree::Entry& one : here->entries) {
                const std::string_view name = one.key == "." ? parent : npm::split_name(one.key).name;
                if (one.value.is_table()) {
                    open.emplace_back(name, &one.value);
                } else if (!one.value.is_text() || !one.value.text.starts_with('$')) {
                    specifier(name, one.value, "override", one.line);
                }
            }
        }
    }

    /// yarn and pnpm: "parent/name", "parent@1>name", "**/name". "-" takes a package away.
    void resolutions(const Tree& in, std::string_view key) {
        const Tree* rules = table(in, key);
        if (rules == nullptr) return;
        for (const Tree::Entry& one : rules->entries) {
            if (one.value.is_text() && (one.value.text.starts_with('$') || one.value.text == "-")) continue;
            specifier(npm::overridden_name(one.key), one.value, "override", one.line);
        }
    }

    /// Folders of the project that are packages themselves: what it asks of them no lockfile need have.
    void workspaces(const Tree& root) {
        const Tree* found = root.find("workspaces");
        if (found == nullptr) return;
        const bool nested = found->is_table() && found->find("packages") != nullptr;
        npm::declare_workspaces(nested ? *found->find("packages") : *found, context_);
    }

    /// "pnpm@8.6.0+sha512.<hex>": corepack fetches it and runs it.
    void package_manager(const Tree& root) {
        const std::string written = text(root, "packageManager");
        if (written.empty()) return;
        const std::uint32_t line = root.find("packageManager")->line;
        const auto [name, rest] = npm::split_name(written);
        const std::size_t plus = rest.find("+sha");
        Entry entry{"npm", std::string(name)};
        entry.line = line;
        entry.markers = "package manager";
        const std::string_view version = rest.substr(0, plus);
        if (npm::is_version(version)) entry.version = version;
        if (!rest.starts_with("http")) set_range(entry, version);
        if (plus != std::string_view::npos) {
            const std::string_view hash = rest.substr(plus + 1);
            const std::size_t dot = hash.find('.');
            const std::string_view algorithm = hash.substr(0, dot);
            // Corepack's default is SHA-224, which no record here has a place for: it counts as none.
            if (dot != std::string_view::npos && algorithm != "sha224") add_hashes(entry, std::string(algorithm) + ":" + std::string(hash.substr(dot + 1)), context_);
        }
        if (rest.starts_with("http")) {
            entry.source = Requirement::Source::url;
            entry.url = without_login(rest);
        }
        add(std::move(entry));
    }
};

}  // namespace

bool matches_package_json(std::string_view file_name) { return file_name == "package.json"; }

bool parse_package_json(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_json_tree(bytes);
    if (!root) return malformed(context, kFormat, root.error().message);
    if (!root->is_table()) return malformed(context, kFormat, "the document is no object");
    context.format(kFormat);
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
