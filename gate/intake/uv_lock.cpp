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
        if (version == nullptr) return fail("no version of the lockfile", 1);
        for (const std::string_view key : {"package", "distribution"}) {   // the latter: of before uv 0.4
            each_table(root, key, [this](const Tree& one) { package(one); });
        }
        if (const Tree* manifest = table(root, "manifest")) workspace(*manifest);
        return understood_;
    }

  private:
    /// What the members of the workspace, and no package of it, ask for.
    void workspace(const Tree& manifest) {
        each_text(manifest, "members", [this](const std::string& name, std::uint32_t line) { declare_local("pypi", name, line, context_); });
        each_table(manifest, "overrides", [this](const Tree& one) { declare_override("pypi", text(one, "name"), one.line, context_); });
        each_table(manifest, "requirements", [this](const Tree& one) { asked(one, {}); });
        groups(manifest, "dependency-groups");
    }

    void groups(const Tree& in, std::string_view key) {
        const Tree* all = table(in, key);
        if (all == nullptr) return;
        for (const Tree::Entry& group : all->entries) {
            each_table(*all, group.key, [&](const Tree& one) { asked(one, "group " + group.key); });
        }
    }

    /// What the project asked for when the lockfile was made.
    void project(const Tree& one) {
        declare_local("pypi", text(one, "name"), one.line, context_);
        const Tree* metadata = table(one, "metadata");
        if (metadata == nullptr) return;
        each_table(*metadata, "requires-dist", [this](const Tree& requirement) { asked(requirement, {}); });
        groups(*metadata, "requires-dev");
    }

    void asked(const Tree& one, std::string_view group) {
        const std::string name = text(one, "name");
        if (name.empty()) return;
        Entry entry{"pypi", name};
        entry.line = one.line;
        entry.markers = text(one, "marker");
        add_marker(entry.markers, group);
        entry.range = text(one, "specifier");
        if (std::string_view exact = entry.range; exact.starts_with("==") && is_exact(exact.substr(exact.starts_with("===") ? 3 : 2))) {
            entry.version = exact.substr(exact.starts_with("===") ? 3 : 2);
        }
        if (const std::string git = text(one, "git"); !git.empty()) {
            from_git(entry, std::string_view(git).substr(0, git.find_first_of("?#")), {});
        } else if (const std::string url = text(one, "url"); !url.empty()) {
            entry.source = Requirement::Source::url;
            entry.url = without_login(url);
        } else if (one.find("path") != nullptr || one.find("directory") != nullptr || one.find("editable") != nullptr || one.find("virtual") != nullptr) {
            entry.source = Requirement::Source::path;
        }
        declare(std::move(entry), context_);
    }

    void package(const Tree& one) {
        Entry entry{"pypi", text(one, "name")};
        entry.line = one.line;
        entry.version = text(one, "version");
        const Tree* source = table(one, "source");
        if (entry.name.empty() || source == nullptr || source->entries.empty()) {
            fail("a package without name or source", one.line);
            return;
        }
        const std::string& kind = source->entries.front().key;
        if (kind == "virtual" || kind == "editable") {
            if (text(*source, kind) == ".") {
                project(one);
            } else {
                declare_local("pypi", entry.name, one.line, context_);
            }
        }
        if (!from(*source, entry)) return;
        if (const Tree* sdist = table(one, "sdist")) file(*sdist, entry);
        each_table(one, "wheels", [&](const Tree& wheel) { file(wheel, entry); });
        if (entry.source == Requirement::Source::registry && one.find("wheels") == nullptr) entry.runs_install_script = true;
        each_text(one, "resolution-markers", [&](const std::string& marker, std::uint32_t) { add_marker(entry.markers, marker); });
        add(std::move(entry));
    }

    /// The youngest archive counts: an old version may be given a new one.
    void file(const Tree& one, Entry& entry) {
        archive(one, entry);
        set_released(entry, time(one, "upload-time"));
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
