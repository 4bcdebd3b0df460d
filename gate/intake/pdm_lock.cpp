// pdm.lock, lock versions 3 and 4 (pdm's project/lockfile.py).
#include "intake/all.hpp"
#include "intake/toml_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "pdm.lock";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* metadata = table(root, "metadata");
        if (metadata == nullptr) fail("no [metadata]: it is no whole lockfile of pdm", 1);
        files_ = metadata == nullptr ? nullptr : table(*metadata, "files");
        each_table(root, "package", [this](const Tree& one) { package(one); });
        return understood_;
    }

  private:
    void package(const Tree& one) {
        Entry entry{"pypi", text(one, "name")};
        entry.line = one.line;
        entry.version = text(one, "version");
        if (entry.name.empty()) {
            fail("a package without name", one.line);
            return;
        }
        each_table(one, "files", [&](const Tree& file) { archive(file, entry); });
        const std::string key = entry.name + " " + entry.version;  // lock version 3
        if (files_ != nullptr && files_->find(key) != nullptr) {
            each_table(*files_, key, [&](const Tree& file) { archive(file, entry); });
        }
        add_marker(entry.markers, text(one, "marker"));
        each_text(one, "groups", [&](const std::string& group, std::uint32_t) {
            if (group != "default") add_marker(entry.markers, "group " + group);
        });
        if (const std::string git = text(one, "git"); !git.empty()) {
            from_git(entry, git, text(one, "revision"));
        } else if (const std::string url = text(one, "url"); !url.empty()) {
            entry.source = Requirement::Source::url;
            entry.url = without_login(url);
        } else if (const std::string path = text(one, "path"); !path.empty()) {
            entry.source = Requirement::Source::path;
            entry.url = path;
            entry.runs_install_script = true;
        } else if (one.find("hg") != nullptr || one.find("svn") != nullptr || one.find("bzr") != nullptr) {
            fail("a package from a version control system other than git", one.line);
            return;
        } else if (entry.version.empty()) {
            fail("a package without version", one.line);
            return;
        }
        add(std::move(entry));
    }

    const Tree* files_ = nullptr;
};

}  // namespace

bool matches_pdm_lock(std::string_view file_name) { return file_name == "pdm.lock"; }

bool parse_pdm_lock(ByteView bytes, IntakeContext& context) {
    return read_toml<Reader>(bytes, context, kFormat);
}

}  // namespace headgate::intake
