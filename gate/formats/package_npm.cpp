#include "formats/package_npm.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "formats/code_kind.hpp"
#include "formats/javascript_source.hpp"
#include "formats/package_names.hpp"
#include "formats/package_traits.hpp"

namespace headgate::formats {
namespace {

using codec::Json;

constexpr std::uint64_t kMostManifest = 16ULL << 20U;
constexpr std::size_t kMostCommands = 100;       // of all hooks, those of the scripts that they run among them
constexpr std::size_t kMostFiles = 100;          // that hooks run

constexpr std::string_view kInstallHooks[] = {"preinstall", "install", "postinstall"};
constexpr std::string_view kPrepareHooks[] = {"preprepare", "prepare", "postprepare", "prepublish", "prepublishOnly", "prepack", "postpack"};

bool ends_in_source(std::string_view path) { return path.ends_with(".js") || path.ends_with(".cjs") || path.ends_with(".mjs"); }

/// The commands of a line of a shell: what stands between &&, ||, ;, |, & and brackets. Quotes hold together.
std::vector<std::string> commands_of(std::string_view line) {
    std::vector<std::string> commands(1);
    char quote = '\0';
    for (const char c : line) {
        const bool redirection = c == '&' && commands.back().ends_with('>');      // 2>&1
        if (quote == '\0' && !redirection && (c == '&' || c == '|' || c == ';' || c == '\n' || c == '(' || c == ')')) {
            if (!trim(commands.back()).empty()) commands.emplace_back();
            continue;
        }
        if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        }
        commands.back() += c;
    }
    for (std::string& one : commands) one = std::string(trim(one));
    std::erase_if(commands, [](const std::string& one) { return one.empty(); });
    return commands;
}

/// Words as a shell takes them apart; quotes are taken off.
std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> words;
    char quote = '\0';
    bool open = false;
    for (std::size_t at = 0; at < command.size(); ++at) {
        const char c = command[at];
        if (quote == '\0' && (c == ' ' || c == '\t')) {
            open = false;
            continue;
        }
        if (!open) words.emplace_back();
        open = true;
        if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = '\0';
        } else if (c == '\\' && at + 1 < command.size() && quote != '\'' && (command[at + 1] == '"' || command[at + 1] == '\'' || command[at + 1] == '\\')) {
            words.back() += command[++at];
        } else {
            words.back() += c;
        }
    }
    return words;
}

class NpmReader {
  public:
    NpmReader(const PackageMembers& package, const PackageWords& words) : package_(package), words_(words), manifest_(package.inside("package.json")) {}

    Examined run() {
        const auto bytes = package_.content("package.json");
        const bool read = bytes && manifest(*bytes);
        if (read) {
            hooks();
            programs();
            dependencies();
            file_name();
        }
        sources();
        return read ? Examined::whole : Examined::partly;
    }

  private:
    bool refuse(const std::string& what) {
        manifest_.finding("npm-package.manifest", Severity::high, "its package.json " + what, manifest_.whole(),
                          "What such a package runs when it is installed, nobody can tell.", "Have the package published again.");
        return false;
    }

    bool manifest(ByteView bytes) {
        if (bytes.size() > kMostManifest) return refuse("is longer than " + std::to_string(kMostManifest) + " bytes");
        if (starts_with(bytes, "\xEF\xBB\xBF")) bytes = bytes.subspan(3);        // npm passes over it
        std::vector<std::string> duplicates;
        auto document = codec::parse_json_last_key(bytes, {manifest_.limits.nesting, kMostManifest, 1'000'000}, duplicates);
        if (!document.ok()) return refuse("cannot be read: " + document.error().message);
        if (!document->is_object()) return refuse("is no object");
        json_ = std::move(document).value();
        PackageTraits traits(manifest_);
        for (const std::string& key : duplicates) traits.add("duplicate-key", key);
        return true;
    }

    std::string script(std::string_view name) const {
        const Json* const scripts = json_.find("scripts");
        const std::string* const command = scripts == nullptr || !scripts->is_object() ? nullptr : scripts->find_text(name);
        return command == nullptr ? std::string() : *command;
    }

    void hooks() {
        PackageTraits traits(manifest_);
        for (const std::string_view name : kInstallHooks) {
            const std::string command = script(name);
            if (command.empty()) continue;
            traits.add("runs-at-install", std::string(name) + ": " + command);
            run_command(command);
        }
        for (const std::string_view name : kPrepareHooks) {
            if (const std::string command = script(name); !command.empty()) traits.add("runs-at-prepare", std::string(name) + ": " + command);
        }
        const Json* const gyp = json_.find("gypfile");
        const bool declined = gyp != nullptr && gyp->type == Json::Type::boolean && !gyp->boolean;
        if (package_.has("binding.gyp") && !declined && script("install").empty() && script("preinstall").empty()) {
            ParseContext inner = package_.inside("binding.gyp");
            PackageTraits(inner).add("runs-at-install", "binding.gyp: node-gyp rebuild");
        }
        if (const auto gyp_file = package_.content("binding.gyp")) {
            ParseContext inner = package_.inside("binding.gyp");
            shell_text(*gyp_file, inner);
        }
        while (!files_.empty() && run_.size() < kMostFiles) {
            const std::string file = *files_.begin();
            files_.erase(files_.begin());
            if (run_.insert(file).second) run_file(file);
        }
    }

    void run_command(const std::string& line) {
        if (words_.fetches_and_runs(line)) PackageTraits(manifest_).add("fetches-and-runs-at-install", line);
        for (const std::string& command : commands_of(line)) {
            if (++commands_ > kMostCommands) return;
            if (words_.is_plain_step(command)) continue;
            const auto words = words_of(command);
            if (words.empty() || !step(words)) PackageTraits(manifest_).add("unknown-install-command", command);
        }
    }

    /// True where what it runs lies in the package, and is looked at itself.
    bool step(const std::vector<std::string>& words) {
        std::size_t at = 0;
        // NAME=value before the command, cross-env, npx
        while (at < words.size() && (words[at].find('=') != std::string::npos || words[at] == "cross-env" || words[at] == "npx")) ++at;
        if (at == words.size()) return true;
        const std::string& program = words[at];
        if ((program == "npm" || program == "yarn" || program == "pnpm") && at + 1 < words.size()) {
            const std::size_t named = words[at + 1] == "run" || words[at + 1] == "run-script" ? at + 2 : at + 1;
            const std::string inner = named < words.size() ? script(words[named]) : std::string();
            if (inner.empty()) return false;
            if (scripts_.insert(words[named]).second) run_command(inner);    // each once
            return true;
        }
        if (program == "node" || program == "node.exe" || program == "nodejs" || program == "bun" || program == "tsx" || program == "ts-node") return node(words, at + 1);
        if (program == "sh" || program == "bash" || program == "." || program == "source") return at + 1 < words.size() && add_file(words[at + 1]);
        return program.find('/') != std::string::npos && add_file(program);
    }

    bool node(const std::vector<std::string>& words, std::size_t at) {
        for (; at < words.size() && words[at].starts_with('-'); ++at) {
            const std::string& option = words[at];
            if (option == "-e" || option == "--eval" || option == "-p" || option == "--print" || option == "-pe") {
                if (at + 1 >= words.size()) return false;
                for (const std::string& file : examine_javascript(as_bytes(words[at + 1]), true, words_, manifest_)) add_file(file);
                return true;
            }
            if (option == "-r" || option == "--require" || option == "--import") {
                if (at + 1 < words.size()) add_file(words[++at]);
            }
        }
        return at < words.size() && add_file(words[at]);
    }

    /// A file as node finds it, relative to `folder`.
    bool add_file(std::string_view written, std::string_view folder = {}) {
        std::vector<std::string_view> parts;
        for (const std::string_view from : {folder, written}) {
            for (const std::string_view part : split(from, '/')) {
                if (part == "..") {
                    if (parts.empty()) return false;
                    parts.pop_back();
                } else if (!part.empty() && part != ".") {
                    parts.push_back(part);
                }
            }
        }
        std::string path;
        for (const std::string_view part : parts) path += (path.empty() ? "" : "/") + std::string(part);
        for (const std::string_view ending : {"", ".js", ".cjs", ".mjs", "/index.js"}) {
            const std::string file = path + std::string(ending);
            if (!package_.has(file)) continue;
            files_.insert(file);
            return true;
        }
        return false;
    }

    void run_file(const std::string& file) {
        const auto content = package_.content(file);
        if (!content) return;
        ParseContext inner = package_.inside(file);
        const std::string_view kind = code_kind(content->first(std::min<std::size_t>(content->size(), 4096)), file);
        if (file.ends_with(".sh") || file.ends_with(".cmd") || file.ends_with(".bat") || file.ends_with(".ps1")) return shell_text(*content, inner);
        if (kind == "elf" || kind == "pe" || kind == "mach-o" || file.ends_with(".json") || file.ends_with(".node")) return;
        const std::string folder = file.substr(0, file.rfind('/') == std::string::npos ? 0 : file.rfind('/'));
        for (const std::string& loaded : examine_javascript(*content, true, words_, inner)) add_file(loaded, folder);
    }

    void shell_text(ByteView content, ParseContext& inner) {
        if (content.size() > kMostManifest || !inner.budget.step(content.size() / 8 + 1)) return;
        PackageTraits traits(inner);
        std::uint32_t number = 0;
        for (const std::string_view line : split_lines(as_text(content))) {
            ++number;
            if (line.size() <= 4096 && !trim(line).starts_with('#') && words_.fetches_and_runs(line)) traits.add("fetches-and-runs-at-install", line, number);
        }
    }

    void programs() {
        PackageTraits traits(manifest_);
        const Json* const bin = json_.find("bin");
        const std::string* const name = json_.find_text("name");
        if (bin == nullptr) return;
        if (bin->is_text() && name != nullptr) {
            const std::string program = name->substr(name->rfind('/') + 1);
            if (words_.is_program(program)) traits.add("shadows-command", program);
        }
        for (const Json::Member& member : bin->members) {
            if (words_.is_program(member.first)) traits.add("shadows-command", member.first);
        }
    }

    void dependencies() {
        PackageTraits traits(manifest_);
        for (const std::string_view key : {"dependencies", "optionalDependencies"}) {
            const Json* const all = json_.find(key);
            if (all == nullptr) continue;
            for (const Json::Member& one : all->members) {
                if (!one.second.is_text()) continue;
                const std::string& where = one.second.text;
                const bool url = where.find("://") != std::string::npos || where.starts_with("git+") || where.starts_with("github:") || where.starts_with("gitlab:") ||
                                 where.starts_with("bitbucket:") || where.starts_with("gist:") || where.starts_with("file:");
                if (url) traits.add("direct-url-dependency", one.first + ": " + where);
            }
        }
    }

    void file_name() {
        const auto file = of_npm(package_.file_name());
        const std::string* const name = json_.find_text("name");
        const std::string* const version = json_.find_text("version");
        if (!file || name == nullptr || version == nullptr) return;
        // "@scope/name" is scope-name where npm packs it, and name where a registry keeps it.
        std::string packed = *name;
        if (packed.starts_with('@')) packed.erase(0, 1);
        std::replace(packed.begin(), packed.end(), '/', '-');
        const std::string base = name->substr(name->rfind('/') + 1);
        std::string plain = *version;
        if (plain.starts_with('v') || plain.starts_with('=')) plain.erase(0, 1);
        const auto build = [](const std::string& text) { return text.substr(0, text.find('+')); };
        if ((file->name == packed || file->name == base) && build(file->version) == build(plain)) return;
        PackageTraits(package_.context()).add("name-mismatch", "the file name says " + file->name + " " + file->version + ", package.json " + *name + " " + *version);
    }

    void sources() {
        PackageTraits traits(package_.context());
        package_.each([&](std::string_view path, ByteView content, ParseContext& inner) {
            if (path.starts_with("node_modules/")) traits.add("bundled-dependencies", path);
            const std::string_view kind = code_kind(content.first(std::min<std::size_t>(content.size(), 4096)), path.substr(path.rfind('/') + 1));
            if (kind == "elf" || kind == "pe" || kind == "mach-o") {
                traits.add("native-binary", path);
            } else if (ends_in_source(path) && !run_.contains(std::string(path))) {
                examine_javascript(content, false, words_, inner);
            }
        });
    }

    const PackageMembers& package_;
    const PackageWords& words_;
    ParseContext manifest_;
    Json json_;
    std::set<std::string> files_;            // that are still to be looked at
    std::set<std::string> run_;              // that hooks run, and were
    std::set<std::string> scripts_;
    std::size_t commands_ = 0;
};

}  // namespace

Examined examine_npm(const PackageMembers& package, const PackageWords& words) { return NpmReader(package, words).run(); }

}  // namespace headgate::formats
