// Cargo.lock, versions 1 to 4 (cargo's core/resolver/encode.rs).
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/toml_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "Cargo.lock";
// How lockfiles write the default registry, wherever its index is fetched from.
constexpr std::string_view kDefaultIndex = "registry+https://github.com/rust-lang/crates.io-index";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* version = root.find("version");
        if (version != nullptr && (version->type != Tree::Type::integer || version->integer < 1 || version->integer > 4)) {
            return fail("a version of the lockfile other than 1 to 4", version->line);
        }
        if (version == nullptr && root.find("package") == nullptr && root.find("root") == nullptr) fail("neither version nor packages: it is no lockfile of Cargo", 1);
        metadata_ = table(root, "metadata");
        each_table(root, "package", [this](const Tree& one) { package(one); });
        if (const Tree* one = table(root, "root")) package(*one);
        return understood_;
    }

  private:
    void package(const Tree& one) {
        Entry entry{"cargo", text(one, "name")};
        entry.line = one.line;
        entry.version = text(one, "version");
        entry.written = entry.name;
        const std::string source = text(one, "source");
        if (entry.name.empty() || entry.version.empty()) {
            fail("a package without name or version", one.line);
            return;
        }
        std::string checksum = text(one, "checksum");
        if (checksum.empty() && metadata_ != nullptr) {  // version 1
            checksum = text(*metadata_, "checksum " + entry.name + " " + entry.version + " (" + source + ")");
            if (checksum == "<none>") checksum.clear();
        }
        if (!checksum.empty()) add_hashes(entry, "sha256:" + checksum, context_);
        if (from(source, entry)) add(std::move(entry));
    }

    bool from(std::string_view source, Entry& entry) {
        if (source.empty()) {  // a member of the workspace, or a path
            entry.source = Requirement::Source::workspace;
        } else if (source == kDefaultIndex) {
            entry.url.clear();
        } else if (source.starts_with("registry+") || source.starts_with("sparse+")) {
            entry.url = without_login(source.substr(source.find('+') + 1));
        } else if (source.starts_with("git+")) {
            const std::size_t hash = source.find('#');
            from_git(entry, source.substr(0, source.find_first_of("?#")), hash == std::string_view::npos ? std::string_view{} : source.substr(hash + 1));
        } else {
            return fail("a source of an unknown kind: " + escape_terminal(source, 100), entry.line);
        }
        return true;
    }

    const Tree* metadata_ = nullptr;
};

}  // namespace

bool matches_cargo_lock(std::string_view file_name) { return file_name == "Cargo.lock"; }

bool parse_cargo_lock(ByteView bytes, IntakeContext& context) {
    return read_toml<Reader>(bytes, context, kFormat);
}

}  // namespace headgate::intake
