#include "formats/package_npm.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "codec/json.hpp"
#include "formats/code_kind.hpp"
#include "formats/package_commands.hpp"
#include "formats/package_names.hpp"
#include "formats/package_plain.hpp"
#include "formats/package_scripts.hpp"
#include "formats/package_traits.hpp"

namespace headgate::formats {
namespace {

using codec::Json;

constexpr std::uint64_t kMostManifest = 16ULL << 20U;
constexpr std::size_t kMostCommands = 1000;      // of all hooks, those of the scripts that they run among them
constexpr std::size_t kMostFiles = 100;          // that hooks run
constexpr std::size_t kMostNested = 100;         // scripts that call each other
constexpr std::size_t kLongestPath = 4096;       // no system opens a longer one
constexpr std::size_t kMostBundled = 1000;       // packages within
constexpr std::size_t kMostScript = 64U << 10U;  // bytes of a script whose commands are followed
constexpr PythonRole kPythonHook{"install", true, false};

constexpr std::string_view kInstallHooks[] = {"preinstall", "install", "postinstall"};
constexpr std::string_view kPrepareHooks[] = {"preprepare", "prepare", "postprepare", "prepublish", "prepublishOnly", "prepack", "postpack"};

bool ends_in_source(std::string_view path) { return path.ends_with(".js") || path.ends_with(".cjs") || path.ends_with(".mjs"); }

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

    static std::string script(const Json& manifest, std::string_view name) {
        const Json* const scripts = manifest.find("scripts");
        const std::string* const command = scripts == nullptr || !scripts->is_object() ? nullptr : scripts->find_text(name);
        return command == nullptr ? std::string() : *command;
    }
    std::string script(std::string_view name) const { return script(*scripts_of_, name); }

    /// The hooks of one package.json, that of the package or of one that is bundled with it, and the commands they run.
    void install_hooks(const Json& manifest, const std::string& folder, ParseContext& context) {
        scripts_of_ = &manifest;
        folder_ = folder;
        context_ = &context;
        scripts_.clear();
        for (const std::string_view name : kInstallHooks) {
            const std::string command = script(name);
            if (command.empty()) continue;
            PackageTraits(context).add("runs-at-install", std::string(name) + ": " + command);
            run_command(command);
        }
        scripts_of_ = &json_;
        folder_.clear();
        context_ = &manifest_;
    }

    void hooks() {
        install_hooks(json_, "", manifest_);
        bundled_hooks();
        PackageTraits traits(manifest_);
        for (const std::string_view name : kPrepareHooks) {
            if (const std::string command = script(name); !command.empty()) traits.add("runs-at-prepare", std::string(name) + ": " + command);
        }
        const Json* const gyp = json_.find("gypfile");
        const bool declined = gyp != nullptr && gyp->type == Json::Type::boolean && !gyp->boolean;
        if (package_.has("binding.gyp") && !declined && script("install").empty() && script("preinstall").empty()) {
            ParseContext inner = package_.inside("binding.gyp");
            PackageTraits(inner).add("runs-at-install", "binding.gyp: node-gyp rebuild");
        }
        if (package_.has("binding.gyp")) gyp_files();
        while (!files_.empty()) {
            if (run_.size() >= kMostFiles) {
                beyond("unknown-install-command", "more than " + std::to_string(kMostFiles) + " files that its hooks run");
                break;
            }
            const auto [file, runner] = *files_.begin();
            files_.erase(files_.begin());
            if (!ran_.insert({file, runner}).second) continue;
            run_.insert(file);
            run_file(file, runner);
        }
    }

    /// binding.gyp, and what it may include or build with it.
    void gyp_files() {
        std::vector<std::string> files;
        package_.each([&](std::string_view path, ByteView, ParseContext&) {
            const bool gyp = (path.ends_with(".gyp") || path.ends_with(".gypi")) && !path.starts_with("node_modules/");
            if (gyp && files.size() < kMostFiles) files.emplace_back(path);
        });
        for (const std::string& path : files) {
            const auto content = package_.content(path);
            if (!content) continue;
            ParseContext inner = package_.inside(path);
            shell_text(*content, false, inner);
            if (content->size() > kMostManifest || !inner.budget.step(content->size() / 8 + 1)) continue;
            context_ = &inner;
            for (const std::string& command : gyp_commands(as_text(*content))) {
                folder_ = path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
                if (words_.fetches_and_runs(command)) PackageTraits(inner).add("fetches-and-runs-at-install", command);
                run_command(command, false);     // most only ask where something lies
            }
            folder_.clear();
            context_ = &manifest_;
        }
    }

    /// npm runs the hooks of what lies below node_modules too. A package.json of them that cannot be read is none to npm either.
    void bundled_hooks() {
        std::vector<std::string> manifests;
        package_.each([&](std::string_view path, ByteView, ParseContext&) {
            const bool bundled = path.starts_with("node_modules/") && path.ends_with("/package.json");
            if (bundled && manifests.size() < kMostBundled && is_package_folder(path.substr(0, path.rfind('/')))) manifests.emplace_back(path);
        });
        for (const std::string& path : manifests) {
            const auto content = package_.content(path);
            if (!content || content->size() > kMostManifest) continue;
            std::vector<std::string> duplicates;
            const auto document = codec::parse_json_last_key(*content, {manifest_.limits.nesting, kMostManifest, 1'000'000}, duplicates);
            if (!document.ok() || !document->is_object()) continue;
            ParseContext inner = package_.inside(path);
            install_hooks(*document, path.substr(0, path.rfind('/')), inner);
        }
    }

    /// "node_modules/name", "node_modules/@scope/name", also further down.
    static bool is_package_folder(std::string_view folder) {
        const auto parts = split(folder, '/');
        const std::size_t count = parts.size();
        if (count >= 2 && parts[count - 2] == "node_modules") return true;
        return count >= 3 && parts[count - 3] == "node_modules" && parts[count - 2].starts_with('@');
    }

    /// A bound was hit: what is behind it is not looked at. Once for each.
    void beyond(std::string_view trait, const std::string& what) {
        if (beyond_.insert(what).second) PackageTraits(*context_).add(std::string(trait), what);
    }

    /// One line of a shell. `told`: what cannot be followed is a trait.
    void run_command(const std::string& line, bool told = true) {
        const std::string joined = without_continuations(line);
        if (told && words_.fetches_and_runs(joined)) PackageTraits(*context_).add("fetches-and-runs-at-install", line);
        const std::string outer = folder_;
        std::vector<std::string> before;         // the words of the command in front, whose output a pipe may hand on
        for (const std::string& command : commands_of(joined)) {
            if (++(told ? commands_ : lines_) > kMostCommands) {
                beyond(told ? "oversized-source" : "unknown-install-command", "more than " + std::to_string(kMostCommands) + (told ? " commands of its hooks" : " commands of scripts that they run"));
                break;
            }
            if (words_.is_plain_step(command)) continue;
            const auto words = words_of(command);
            const bool followed = !words.empty() && step(words, before);
            if (told && !followed) PackageTraits(*context_).add("unknown-install-command", command);
            before = words;
        }
        folder_ = outer;
    }

    /// True where what it runs lies in the package, and is looked at itself.
    bool step(const std::vector<std::string>& words, const std::vector<std::string>& before) {
        const std::size_t at = first_of_command(words);
        const std::string_view program = at < words.size() ? std::string_view(words[at]) : std::string_view();
        const bool manager = program == "npm" || program == "yarn" || program == "pnpm";
        if (const std::string_view remote = fetched_by(words, at); !remote.empty()) PackageTraits(*context_).add("fetches-and-runs-at-install", remote);
        if (at == words.size()) return true;
        if (program == "cd" || program == "pushd") return change_folder(at + 1 < words.size() ? words[at + 1] : "");
        if (manager) return run_script(words, at + 1);
        if (program == "run-s" || program == "run-p" || program == "npm-run-all") return run_script(words, at + 1);
        const bool reads = std::find(words.begin(), words.end(), "<") != words.end();
        switch (runner_of(program)) {
            case Runner::node: return node(words, at + 1) || input(words, before, Runner::node);
            case Runner::shell: return shell(words, at + 1) || input(words, before, Runner::shell);
            case Runner::python: return python(words, at + 1) || input(words, before, Runner::python);
            case Runner::other: {
                for (std::size_t next = at + 1; next < words.size(); ++next) add_file(words[next], folder_, Runner::other);
                return false;
            }
            case Runner::none: break;
        }
        // It hands on a file, and what reads that comes behind the pipe.
        if (program == "cat" && !reads && at + 1 < words.size()) return std::any_of(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end(), [&](const std::string& one) { return !found(one, folder_).empty(); });
        return program.find('/') != std::string_view::npos && add_file(program, folder_, Runner::none);
    }

    bool change_folder(const std::string& written) {
        const auto path = joined_path(written, folder_);
        if (!path || path->size() > kLongestPath) return false;
        folder_ = *path;
        return true;
    }

    /// npm -s run x, yarn x, run-s x y. Each script once.
    bool run_script(const std::vector<std::string>& words, std::size_t at) {
        bool known = false;
        for (; at < words.size(); ++at) {
            const std::string& word = words[at];
            if (word == "--prefix" || word == "--cwd" || word == "-C") {
                ++at;
                continue;
            }
            if (++called_ > kMostCommands) {     // each is looked up
                beyond("oversized-source", "more than " + std::to_string(kMostCommands) + " scripts that its hooks name");
                return true;
            }
            const std::string inner = script(word);
            if (word.starts_with('-') || inner.empty()) continue;
            known = true;
            if (!scripts_.insert(word).second) continue;
            if (nested_ >= kMostNested) {
                beyond("oversized-source", "more than " + std::to_string(kMostNested) + " scripts that call each other");
                return true;
            }
            ++nested_;
            for (const std::string& one : {script("pre" + word), inner, script("post" + word)}) {
                if (!one.empty()) run_command(one);
            }
            --nested_;
        }
        return known;
    }

    /// cat FILE | sh, sh < FILE
    bool input(const std::vector<std::string>& words, const std::vector<std::string>& before, Runner runner) {
        bool any = false;
        for (std::size_t at = 0; at < words.size(); ++at) {
            if (words[at] == "<" && at + 1 < words.size()) any = add_file(words[at + 1], folder_, runner) || any;
            if (words[at].size() > 1 && words[at].starts_with('<')) any = add_file(std::string_view(words[at]).substr(1), folder_, runner) || any;
        }
        for (const std::string& word : before) any = add_file(word, folder_, runner) || any;
        return any;
    }

    bool node(const std::vector<std::string>& words, std::size_t at) {
        while (at < words.size() && (words[at] == "run" || words[at] == "x")) ++at;      // bun, deno
        for (; at < words.size() && words[at].starts_with('-'); ++at) {
            const std::string& option = words[at];
            if (option == "-e" || option == "--eval" || option == "-p" || option == "--print" || option == "-pe") {
                if (at + 1 >= words.size()) return false;
                for (const std::string& file : examine_javascript_plainly(as_bytes(words[at + 1]), true, words_, *context_)) add_file(file, folder_, Runner::node);
                return true;
            }
            if (option == "-r" || option == "--require" || option == "--import" || option == "--loader" || option == "--experimental-loader") {
                if (at + 1 < words.size()) add_file(words[++at], folder_, Runner::node);
            } else if (option == "-C" || option == "--conditions") {
                ++at;
            } else if (const std::size_t equals = option.find('='); equals != std::string::npos) {
                add_file(std::string_view(option).substr(equals + 1), folder_, Runner::node);        // --require=./x
            }
        }
        return at < words.size() && add_file(words[at], folder_, Runner::node);
    }

    bool shell(const std::vector<std::string>& words, std::size_t at) {
        for (; at < words.size() && (words[at].starts_with('-') || words[at] == "sh"); ++at) {
            const std::string& option = words[at];
            if (option == "-o" || option == "-O" || option == "--rcfile" || option == "--init-file") {
                ++at;
            } else if (!option.starts_with("--") && option.ends_with('c') && at + 1 < words.size()) {
                run_command(words[at + 1]);
                return true;
            }
        }
        return at < words.size() && add_file(words[at], folder_, Runner::shell);
    }

    bool python(const std::vector<std::string>& words, std::size_t at) {
        for (; at < words.size() && words[at].starts_with('-'); ++at) {
            if ((words[at] == "-W" || words[at] == "-X") && at + 1 < words.size()) {
                ++at;
            } else if (words[at].ends_with('c') && at + 1 < words.size()) {
                examine_python_plainly(as_bytes(words[at + 1]), kPythonHook, words_, *context_);
                return true;
            } else if (words[at].ends_with('m') && at + 1 < words.size()) {
                std::string module = words[at + 1];
                std::replace(module.begin(), module.end(), '.', '/');
                return add_file(module + "/__main__.py", folder_, Runner::python) || add_file(module.append(".py"), folder_, Runner::python);
            }
        }
        if (at >= words.size()) return false;
        return add_file(words[at], folder_, Runner::python) || add_file(words[at] + "/__main__.py", folder_, Runner::python);
    }

    /// The member that node finds under what is written in `folder`: the file, with an ending, or what stands for a folder; "" for none.
    std::string found(std::string_view written, std::string_view folder) const {
        const auto path = joined_path(written, folder);
        if (!path) return {};
        if (std::string file = with_ending(*path); !file.empty()) return file;
        const std::string below = path->empty() ? std::string() : *path + "/";
        if (const std::string& main = main_of(*path); !main.empty()) {
            const auto inner = joined_path(main, *path);
            if (!inner) return {};
            if (std::string file = with_ending(*inner); !file.empty()) return file;
            if (std::string file = with_ending(*inner + "/index"); !file.empty()) return file;
        }
        return with_ending(below + "index");
    }
    /// What stands for a folder, as its package.json says; that is read once, however often the folder is named.
    const std::string& main_of(const std::string& folder) const {
        const auto [known, fresh] = mains_.try_emplace(folder);
        if (!fresh) return known->second;
        const std::string* named = nullptr;
        if (folder.empty()) {
            named = json_.find_text("main");
            if (named != nullptr && named->size() <= kLongestPath) known->second = *named;
        } else if (const auto manifest = package_.content(folder + "/package.json"); manifest && manifest->size() <= kMostManifest) {
            std::vector<std::string> duplicates;
            const auto document = codec::parse_json_last_key(*manifest, {manifest_.limits.nesting, kMostManifest, 1'000'000}, duplicates);
            named = document.ok() && document->is_object() ? document->find_text("main") : nullptr;
            if (named != nullptr && named->size() <= kLongestPath) known->second = *named;
        }
        return known->second;
    }
    std::string with_ending(const std::string& path) const {
        for (const std::string_view ending : {"", ".js", ".cjs", ".mjs", ".ts"}) {
            const std::string file = path + std::string(ending);
            if (package_.has(file) && package_.content(file)) return file;
        }
        return {};
    }

    bool add_file(std::string_view written, std::string_view folder, Runner runner) {
        const std::string file = found(written, folder);
        if (!file.empty()) files_.insert({file, runner});
        return !file.empty();
    }

    void run_file(const std::string& file, Runner runner) {
        const auto content = package_.content(file);
        if (!content) return;
        ParseContext inner = package_.inside(file);
        const std::string_view kind = code_kind(content->first(std::min<std::size_t>(content->size(), 4096)), file);
        if (kind == "elf" || kind == "pe" || kind == "mach-o" || file.ends_with(".node")) return;
        if (runner == Runner::none) runner = own_runner(file, as_text(*content));
        if (runner == Runner::python) return examine_python_plainly(*content, kPythonHook, words_, inner);
        if (runner == Runner::shell || runner == Runner::other) {
            shell_text(*content, runner == Runner::shell, inner);
            return runner == Runner::shell ? shell_lines(*content, inner) : void();
        }
        if (file.ends_with(".json")) return;
        const std::string folder = file.substr(0, file.rfind('/') == std::string::npos ? 0 : file.rfind('/'));
        for (const std::string& loaded : examine_javascript_plainly(*content, true, words_, inner)) add_file(loaded, folder, Runner::node);
    }

    /// What runs a file that is called by its path: what its first line says, or its ending.
    static Runner own_runner(std::string_view file, std::string_view text) {
        if (text.starts_with("#!")) {
            const auto words = words_of(text.substr(2, std::min<std::size_t>(text.find('\n'), 200) - 2));
            const std::size_t at = first_of_command(words);
            if (at < words.size() && runner_of(words[at]) != Runner::none) return runner_of(words[at]);
        }
        if (file.ends_with(".py")) return Runner::python;
        for (const std::string_view ending : {".js", ".cjs", ".mjs", ".ts"}) {
            if (file.ends_with(ending)) return Runner::node;
        }
        return Runner::shell;
    }

    void shell_text(ByteView content, bool shell, ParseContext& inner) {
        if (content.size() > kMostManifest || !inner.budget.step(content.size() / 8 + 1)) return;
        note_fetching_lines(as_text(content), shell, words_, inner);
    }

    /// The files that a script of a shell runs itself.
    void shell_lines(ByteView content, ParseContext& inner) {
        ParseContext* const outer = context_;
        context_ = &inner;
        if (content.size() > kMostScript) beyond("unknown-install-command", "more than " + std::to_string(kMostScript) + " bytes of a script that its hooks run");
        for (const ScriptLine& line : script_lines(as_text(content).substr(0, kMostScript))) run_command(line.text, false);
        context_ = outer;
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
                examine_javascript_plainly(content, false, words_, inner);
            }
        });
    }

    const PackageMembers& package_;
    const PackageWords& words_;
    ParseContext manifest_;
    Json json_;
    const Json* scripts_of_ = &json_;        // the package.json whose hooks run: its scripts, ...
    std::string folder_;                     // ... the folder in which they do, ...
    ParseContext* context_ = &manifest_;     // ... and where what they do is told
    std::set<std::pair<std::string, Runner>> files_;     // that are still to be looked at
    std::set<std::pair<std::string, Runner>> ran_;
    std::set<std::string> run_;              // that hooks run, and were
    std::set<std::string> scripts_;
    std::size_t commands_ = 0, lines_ = 0, nested_ = 0;   // of hooks, of shell scripts that they run; scripts around the one at hand
    std::size_t called_ = 0;                 // scripts that were asked for
    std::set<std::string> beyond_;           // bounds that were hit
    mutable std::map<std::string, std::string> mains_;   // of folders
};

}  // namespace

Examined examine_npm(const PackageMembers& package, const PackageWords& words) { return NpmReader(package, words).run(); }

}  // namespace headgate::formats
