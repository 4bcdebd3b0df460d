// pylock.toml (PEP 751), lock version 1.
#include <array>

#include "intake/all.hpp"
#include "intake/toml_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "pylock.toml";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const std::string version = text(root, "lock-version");
        // "a tool MUST error on an unknown major version"
        if (version != "1" && !version.starts_with("1.")) {
            return fail(version.empty() ? "no lock-version" : "lock-version is not 1", root.find("lock-version") == nullptr ? 1 : root.find("lock-version")->line);
        }
        each_table(root, "packages", [this](const Tree& one) { package(one); });
        return understood_;
    }

  private:
    void package(const Tree& one) {
        Entry entry{"pypi", text(one, "name")};
        entry.line = one.line;
        entry.version = text(one, "version");
        entry.markers = text(one, "marker");
        if (entry.name.empty()) {
            fail("a package without name", one.line);
            return;
        }
        const Tree* vcs = table(one, "vcs");
        const Tree* directory = table(one, "directory");
        const Tree* archive = table(one, "archive");
        const bool files = one.find("sdist") != nullptr || one.find("wheels") != nullptr;
        const int ways = (vcs != nullptr ? 1 : 0) + (directory != nullptr ? 1 : 0) + (archive != nullptr ? 1 : 0) + (files ? 1 : 0);
        if (ways > 1) {
            fail("a package with several sources, of which one alone may stand", one.line);
            return;
        }
        if (ways == 0) {
            entry.source = Requirement::Source::unknown;
            fail("a package that nothing says where to take from", one.line);
        }
        if (vcs != nullptr && !from_vcs(*vcs, entry)) return;
        if (directory != nullptr && !from_directory(*directory, entry)) return;
        if (archive != nullptr) from_archive(*archive, entry);
        if (files) from_index(one, entry);
        add(std::move(entry));
    }

    bool from_vcs(const Tree& vcs, Entry& entry) {
        if (text(vcs, "type") != "git") return fail("a version control system other than git", vcs.line);
        const std::string url = text(vcs, "url");
        const std::string path = text(vcs, "path");
        from_git(entry, url.empty() ? path : url, text(vcs, "commit-id"));
        return url.empty() && path.empty() ? fail("a repository without URL or path", vcs.line) : true;
    }

    /// False for the project itself.
    bool from_directory(const Tree& directory, Entry& entry) {
        const std::string path = text(directory, "path");
        if (path.empty()) return fail("a directory without path", directory.line);
        if (path == "." || path == "./") return false;
        entry.source = Requirement::Source::path;
        entry.url = path;
        entry.runs_install_script = true;
        return true;
    }

    void from_archive(const Tree& archive, Entry& entry) {
        const std::string url = text(archive, "url");
        entry.source = url.empty() ? Requirement::Source::path : Requirement::Source::url;
        entry.url = url.empty() ? text(archive, "path") : without_login(url);
        hashes(archive, entry);
        set_released(entry, time(archive, "upload-time"));
        if (entry.url.empty()) fail("an archive without URL or path", archive.line);
    }

    void from_index(const Tree& one, Entry& entry) {
        entry.url = without_login(text(one, "index"));
        if (const Tree* sdist = table(one, "sdist")) file(*sdist, entry);
        each_table(one, "wheels", [&](const Tree& wheel) { file(wheel, entry); });
        entry.runs_install_script = one.find("wheels") == nullptr;
    }

    void file(const Tree& one, Entry& entry) {
        set_released(entry, time(one, "upload-time"));
        hashes(one, entry);
        const std::string url = text(one, "url");
        if (entry.url.empty() && !url.empty()) {  // without an index, what is said about the first archive is said about the package
            entry.url = without_login(url);
        } else {
            add_file(entry, url);
        }
        if (url.empty() && text(one, "path").empty() && text(one, "name").empty()) fail("a file without URL, path or name", one.line);
    }

    /// "hashes: required", each of an algorithm that is named.
    void hashes(const Tree& file, Entry& entry) {
        const Tree* found = table(file, "hashes");
        if (found == nullptr) return;
        for (const Tree::Entry& hash : found->entries) add_hashes(entry, hash.key + ":" + text(*found, hash.key), context_);
    }
};

}  // namespace

/// pylock.toml, or pylock.<id>.toml with an id without dots.
bool matches_pylock(std::string_view file_name) {
    if (file_name == "pylock.toml") return true;
    if (!file_name.starts_with("pylock.") || !file_name.ends_with(".toml") || file_name.size() <= 12) return false;
    return file_name.substr(7, file_name.size() - 12).find('.') == std::string_view::npos;
}

bool parse_pylock(ByteView bytes, IntakeContext& context) {
    return read_toml<Reader>(bytes, context, kFormat);
}

}  // namespace headgate::intake
