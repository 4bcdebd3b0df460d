// poetry.lock, lock versions 1 and 2 (poetry's packages/locker.py).
#include "intake/all.hpp"
#include "intake/toml_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "poetry.lock";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* metadata = table(root, "metadata");
        if (metadata == nullptr) fail("no [metadata]: it is no whole lockfile of poetry", 1);
        files_ = metadata == nullptr ? nullptr : table(*metadata, "files");
        each_table(root, "package", [this](const Tree& one) { package(one); });
        return understood_;
    }

  private:
    void package(const Tree& one) {
        Entry entry{"pypi", text(one, "name")};
        entry.line = one.line;
        entry.version = text(one, "version");
        if (entry.name.empty() || entry.version.empty()) {
            fail("a package without name or version", one.line);
            return;
        }
        hashes(one, entry);
        if (const Tree* in_metadata = files_ == nullptr ? nullptr : files_->find(entry.name)) {
            if (in_metadata->is_array()) {
                each_table(*files_, entry.name, [&](const Tree& file) { add_hashes(entry, text(file, "hash"), context_); });
            } else {
                fail("the files of a package are no list", in_metadata->line);
            }
        }
        markers(one, entry);
        if (const Tree* source = table(one, "source"); source != nullptr && !from(*source, entry)) return;
        add(std::move(entry));
    }

    void hashes(const Tree& one, Entry& entry) {
        each_table(one, "files", [&](const Tree& file) { add_hashes(entry, text(file, "hash"), context_); });
    }

    void markers(const Tree& one, Entry& entry) {
        const Tree* written = one.find("markers");
        if (written != nullptr && written->is_table()) {  // one for each group
            for (const Tree::Entry& group : written->entries) add_marker(entry.markers, group.key + ": " + text(*written, group.key));
        } else {
            add_marker(entry.markers, text(one, "markers"));
        }
        if (flag(one, "optional")) add_marker(entry.markers, "optional");
        each_text(one, "groups", [&](const std::string& group, std::uint32_t) {
            if (group != "main") add_marker(entry.markers, "group " + group);
        });
    }

    bool from(const Tree& source, Entry& entry) {
        const std::string type = text(source, "type");
        const std::string url = text(source, "url");
        if (url.empty()) return fail("a source without URL", source.line);
        if (type == "git") {
            from_git(entry, url, text(source, "resolved_reference"));
        } else if (type == "legacy") {
            entry.url = without_login(url);
        } else if (type == "url") {
            entry.source = Requirement::Source::url;
            entry.url = without_login(url);
        } else if (type == "directory" || type == "file") {
            entry.source = Requirement::Source::path;
            entry.url = url;
            entry.runs_install_script = type == "directory";
        } else {
            return fail("a source of the unknown type '" + type.substr(0, 100) + "'", source.line);
        }
        return true;
    }

    const Tree* files_ = nullptr;  // of lock version 1
};

}  // namespace

bool matches_poetry_lock(std::string_view file_name) { return file_name == "poetry.lock"; }

bool parse_poetry_lock(ByteView bytes, IntakeContext& context) {
    return read_toml<Reader>(bytes, context, kFormat);
}

}  // namespace headgate::intake
