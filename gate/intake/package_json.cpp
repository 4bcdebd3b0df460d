// package.json: what a project asks for, and what it puts in the place of what others ask for (npm, yarn and pnpm documentation).
#include <iterator>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/package_rules.hpp"
#include "intake/shell_installs.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "package.json";
// Those that npm, yarn and pnpm run in a project when it is installed.
constexpr std::string_view kHooks[] = {"preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "prepublish", "dependencies", "pnpm:devPreinstall"};

constexpr std::string_view kEndsOfWord = " \t\"';&|()";
constexpr std::size_t kMostLooked = 1U << 26U;   // bytes of commands in which names of several words are looked for, in all

class Reader : public npm::Rules {
  public:
    using Rules::Rules;

    bool read(const Tree& root) {
        dependencies(root, "dependencies", {});
        dependencies(root, "devDependencies", "dev");
        dependencies(root, "optionalDependencies", "optional");
        dependencies(root, "peerDependencies", "peer");
        overrides(root, "overrides");
        resolutions(root, "resolutions");
        if (const Tree* pnpm = table(root, "pnpm")) {
            resolutions(*pnpm, "overrides");
            extensions(*pnpm, "packageExtensions");
            config_dependencies(*pnpm, "configDependencies");
        }
        hooks(root);
        package_manager(root);
        workspaces(root);
        return understood_;
    }

  private:
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

    /// Scripts that run when somebody installs what the project asks for, and those that they call: what they fetch and run. What they
    /// install from a registry is left to who reads the command.
    void hooks(const Tree& root) {
        const Tree* scripts = root.find("scripts");
        if (scripts == nullptr || !scripts->is_table()) return;      // npm passes over what is no table
        std::vector<std::string_view> parted;    // names that are more than one word: they are looked for in each command
        for (const Tree::Entry& one : scripts->entries) {
            if (one.key.find_first_of(kEndsOfWord) != std::string::npos) parted.push_back(one.key);
        }
        std::vector<std::string_view> open(std::begin(kHooks), std::end(kHooks));
        std::set<std::string_view> seen;
        std::size_t looked = 0;
        while (!open.empty()) {
            const std::string_view name = open.back();
            open.pop_back();
            const Tree* command = scripts->find(name);
            if (command == nullptr || !command->is_text() || !seen.insert(name).second) continue;
            const std::uint32_t line = std::max(command->line, 1U);
            fetched(command->text, line);
            const bool calls = command->text.find("npm") != std::string::npos || command->text.find("yarn") != std::string::npos || command->text.find("run-") != std::string::npos || command->text.find("bun") != std::string::npos;
            if (!calls) continue;
            each_word(command->text, [&](std::string_view word) { open.push_back(word); });
            looked += parted.size() * command->text.size();
            if (looked > kMostLooked) {
                understood_ = not_understood(context_, "more scripts that may call each other than anybody writes", line);
                return;
            }
            for (const std::string_view one : parted) {
                if (has_word(command->text, one)) open.push_back(one);
            }
        }
    }

    template <typename Use>
    static void each_word(std::string_view command, const Use& use) {
        for (std::size_t at = 0; at < command.size();) {
            const std::size_t end = std::min(command.find_first_of(kEndsOfWord, at), command.size());
            if (end > at) use(command.substr(at, end - at));
            at = end + 1;
        }
    }
    static bool has_word(std::string_view command, std::string_view word) {
        const auto ends = [](char c) { return kEndsOfWord.find(c) != std::string_view::npos; };
        if (word.empty()) return false;
        for (std::size_t at = command.find(word); at != std::string_view::npos; at = command.find(word, at + 1)) {
            const std::size_t end = at + word.size();
            if ((at == 0 || ends(command[at - 1])) && (end == command.size() || ends(command[end]))) return true;
        }
        return false;
    }

    void fetched(std::string_view command, std::uint32_t line) {
        Evidence found;
        IntakeContext inner{context_.limits, found, context_.path, context_.member, context_.lines_before};
        shell::read_installs(command, line, [](std::string_view) { return std::optional<std::string>(); }, inner);
        for (Requirement& one : found.requirements) {
            const bool place = one.source == Requirement::Source::url || one.source == Requirement::Source::git || (one.dynamic && one.source == Requirement::Source::unknown);
            if (!place) continue;
            if (!context_.room()) {
                understood_ = false;
                return;
            }
            add_marker(one.markers, "script");
            context_.evidence.requirements.push_back(std::move(one));
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
