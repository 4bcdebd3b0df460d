#include "formats/package_crate.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "codec/toml.hpp"
#include "formats/code_kind.hpp"
#include "formats/package_names.hpp"
#include "formats/package_traits.hpp"
#include "formats/rust_source.hpp"

namespace headgate::formats {
namespace {

using codec::Tree;

const Tree* table(const Tree* in, std::string_view key) {
    const Tree* const found = in == nullptr ? nullptr : in->find(key);
    return found != nullptr && found->is_table() ? found : nullptr;
}

std::string text(const Tree* in, std::string_view key) {
    const Tree* const found = in == nullptr ? nullptr : in->find(key);
    return found != nullptr && found->is_text() ? found->text : std::string();
}

bool flag(const Tree* in, std::string_view key) {
    const Tree* const found = in == nullptr ? nullptr : in->find(key);
    return found != nullptr && found->type == Tree::Type::boolean && found->boolean;
}

/// Cargo takes both: [package] and the older [project].
const Tree* package_of(const Tree& document) {
    const Tree* const package = table(&document, "package");
    return package != nullptr ? package : table(&document, "project");
}

class CrateReader {
  public:
    CrateReader(const PackageMembers& package, const PackageWords& words) : package_(package), words_(words), manifest_(package.inside("Cargo.toml")) {}

    Examined run() {
        const auto bytes = package_.content("Cargo.toml");
        auto document = codec::parse_toml(bytes ? *bytes : ByteView());
        const Tree* const cargo = document.ok() ? package_of(*document) : nullptr;
        if (cargo == nullptr) {
            manifest_.finding("crate.manifest", Severity::high, "its Cargo.toml " + (document.ok() ? std::string("names no package") : "cannot be read: " + document.error().message),
                              manifest_.whole(), "What such a crate runs when it is built, nobody can tell.", "Have the crate published again.");
            return Examined::partly;
        }
        names(*cargo);
        build_script(*cargo);
        macros(*document);
        PackageTraits traits(package_.context());
        package_.each([&](std::string_view path, ByteView content, ParseContext&) {
            const std::string_view kind = code_kind(content.first(std::min<std::size_t>(content.size(), 4096)), path.substr(path.rfind('/') + 1));
            if (kind == "elf" || kind == "pe" || kind == "mach-o") traits.add("native-binary", path);
        });
        return Examined::whole;
    }

  private:
    void names(const Tree& cargo) {
        const NameAndVersion said{text(&cargo, "name"), text(&cargo, "version")};
        compare(said, of_folder(package_.top()), "the folder");
        std::string_view file = package_.file_name();
        if (file.ends_with(".crate")) compare(said, of_folder(file.substr(0, file.size() - 6)), "the file name");
        const auto original = package_.content("Cargo.toml.orig");
        const auto written = original ? codec::parse_toml(*original) : Result<Tree>(Tree());
        if (!original) return;
        ParseContext inner = package_.inside("Cargo.toml.orig");
        if (!written.ok()) return PackageTraits(inner).add("unreadable-source", written.error().message);
        const Tree* const before = package_of(*written);
        if (before == nullptr) return;
        // What a workspace says in its place is not at hand.
        const std::string name = text(before, "name");
        const std::string version = text(before, "version");
        if ((!name.empty() && name != said.name) || (!version.empty() && version != said.version)) {
            PackageTraits(inner).add("name-mismatch", "Cargo.toml.orig says " + name + " " + version + ", Cargo.toml " + said.name + " " + said.version);
        }
    }
    void compare(const NameAndVersion& said, const std::optional<NameAndVersion>& other, std::string_view what) {
        const auto build = [](const std::string& version) { return version.substr(0, version.find('+')); };
        if (!other || (other->name == said.name && build(other->version) == build(said.version))) return;
        PackageTraits(manifest_).add("name-mismatch", std::string(what) + " says " + other->name + " " + other->version + ", Cargo.toml " + said.name + " " + said.version);
    }

    void build_script(const Tree& cargo) {
        const Tree* const build = cargo.find("build");
        if (build != nullptr && build->type == Tree::Type::boolean && !build->boolean) return;
        std::string file = build != nullptr && build->is_text() ? build->text : "build.rs";
        if (file.starts_with("./")) file.erase(0, 2);
        const auto content = package_.content(file);
        if (!content) return;
        ParseContext inner = package_.inside(file);
        PackageTraits(inner).add("runs-at-install", "build script " + file);
        examine_rust(*content, words_, inner);
    }

    void macros(const Tree& document) {
        const Tree* const library = table(&document, "lib");
        if (!flag(library, "proc-macro") && !flag(library, "proc_macro")) return;
        PackageTraits(manifest_).add("runs-at-install", "procedural macro");
        package_.each([&](std::string_view path, ByteView content, ParseContext& inner) {
            if (path.starts_with("src/") && path.ends_with(".rs")) examine_rust(content, words_, inner);
        });
    }

    const PackageMembers& package_;
    const PackageWords& words_;
    ParseContext manifest_;
};

}  // namespace

Examined examine_crate(const PackageMembers& package, const PackageWords& words) { return CrateReader(package, words).run(); }

}  // namespace headgate::formats
