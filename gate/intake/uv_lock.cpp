// uv.lock, version 1 (uv documentation, "Locking"; crates/uv-resolver/src/lock).
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/toml_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "uv.lock";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* version = root.find("version");
        if (version != nullptr && (version->type != Tree::Type::integer || version->integer != 1)) return fail("a version of the lockfile other than 1", version->line);
        if (version == nullptr && !root.entries.empty()) return fail("no version of the lockfile", 1);
        for (const std::string_view key : {"package", "distribution"}) {   // the latter: of before uv 0.4
            each_table(root, key, [this](const Tree& one) { package(one); });
        }
        return understood_;
    }

  private:
    void package(const Tree& one) {
        Entry entry{"pypi", text(one, "name")};
        entry.line = one.line;
        entry.version = text(one, "version");
        const Tree* source = table(one, "source");
        if (entry.name.empty() || source == nullptr || source->entries.empty()) {
            fail("a package without name or source", one.line);
            return;
        }
        if (!from(*source, entry)) return;
        if (const Tree* sdist = table(one, "sdist")) archive(*sdist, entry);
        each_table(one, "wheels", [&](const Tree& wheel) { archive(wheel, entry); });
        if (entry.source == Requirement::Source::registry && one.find("wheels") == nullptr) entry.runs_install_script = true;
        each_text(one, "resolution-markers", [&](const std::string& marker, std::uint32_t) { add_marker(entry.markers, marker); });
        add(std::move(entry));
    }

    /// False for what is not installed from elsewhere (the project itself), and for what is not understood.
    bool from(const Tree& source, Entry& entry) {
        // Which of several kinds uv would take is a matter of the order of its own code.
        const Tree::Entry* found = nullptr;
        for (const Tree::Entry& one : source.entries) {
            if (one.key == "subdirectory") continue;
            if (found != nullptr) return fail("a source of two kinds, '" + escape_terminal(found->key, 60) + "' and '" + escape_terminal(one.key, 60) + "'", source.line);
            found = &one;
        }
        if (found == nullptr) return fail("a source without a kind", source.line);
        const std::string& kind = found->key;
        const std::string place = text(source, kind);
        if (place.empty()) return fail("a source without a place", source.line);
        if (kind == "virtual") return false;
        if (kind == "registry") {
            entry.url = without_login(place);
        } else if (kind == "git") {
            const std::size_t hash = place.find('#');
            from_git(entry, std::string_view(place).substr(0, place.find_first_of("?#")), hash == std::string::npos ? std::string_view{} : std::string_view(place).substr(hash + 1));
        } else if (kind == "url") {
            entry.source = Requirement::Source::url;
            entry.url = without_login(place);
        } else if (kind == "path" || kind == "directory" || kind == "editable") {
            if (kind == "editable" && place == ".") return false;
            entry.source = Requirement::Source::path;
            entry.url = place;
            entry.runs_install_script = kind != "path";
        } else {
            return fail("a source of the unknown kind '" + kind.substr(0, 100) + "'", source.line);
        }
        return true;
    }
};

}  // namespace

bool matches_uv_lock(std::string_view file_name) { return file_name == "uv.lock"; }

bool parse_uv_lock(ByteView bytes, IntakeContext& context) {
    return read_toml<Reader>(bytes, context, kFormat);
}

}  // namespace headgate::intake
