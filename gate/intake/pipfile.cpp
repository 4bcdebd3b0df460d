// Pipfile.lock (JSON) and Pipfile (TOML) of pipenv: the same tables of packages under the same sources.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "codec/toml.hpp"
#include "intake/all.hpp"
#include "intake/requirements.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    /// _meta and a table of packages for each category.
    bool read_lock(const Tree& root) {
        const Tree* meta = table(root, "_meta");
        if (meta == nullptr) return fail("no `_meta`: it is no lockfile of pipenv", 1);
        sources(*meta, "sources");
        for (const Tree::Entry& category : root.entries) {
            if (category.key == "_meta") continue;
            if (const Tree* packages = table(root, category.key)) each_package(*packages, category.key == "default" ? "" : category.key);
        }
        return understood_;
    }

    bool read_manifest(const Tree& root) {
        const Tree* pipenv = table(root, "pipenv");
        if (pipenv != nullptr && flag(*pipenv, "install_search_all_sources")) {
            context_.finding("manifest.index-strategy", Severity::high, "install_search_all_sources: every source is asked for every package",
                             context_.at_line(std::max(pipenv->find("install_search_all_sources")->line, 1U)),
                             "Whoever publishes a higher version of an internal name on any of the indexes is installed.",
                             "Remove the setting: by default what names no index comes from the first source.");
        }
        sources(root, "source");
        for (const Tree::Entry& category : root.entries) {
            const std::string& key = category.key;
            if (key == "source" || key == "requires" || key == "pipenv" || key == "scripts") continue;
            if (const Tree* packages = table(root, key)) each_package(*packages, key == "packages" ? "" : key);
        }
        return understood_;
    }

  private:
    void sources(const Tree& in, std::string_view key) {
        each_table(in, key, [this, key](const Tree& source) {
            const std::string url = text(source, "url");
            if (url.empty()) {
                fail("a source without URL", source.line);
                return;
            }
            if (requirements::has_variable(url)) fail("a source whose URL only the environment knows", source.line);
            // Whatever names no index is asked of the first, and of the others.
            index(sources_.empty() ? IndexOption::Role::primary : IndexOption::Role::extra, "pypi", url, key, source.line);
            const Tree* verify = member(source, "verify_ssl", Tree::Type::boolean);
            if (verify != nullptr && !verify->boolean) index(IndexOption::Role::trusted_host, "pypi", host_of(url), "verify_ssl = false", source.line);
            sources_.insert_or_assign(text(source, "name"), without_login(url));
        });
    }

    void each_package(const Tree& packages, const std::string& category) {
        for (const Tree::Entry& one : packages.entries) {
            Entry entry{"pypi", one.key};
            entry.line = one.line;
            if (!category.empty()) entry.markers = "group " + category;
            if (one.value.is_text()) {
                set_version(entry, one.value.text);
                add(std::move(entry));
            } else if (one.value.is_table()) {
                package(one.value, std::move(entry));
            } else {
                fail("package '" + one.key.substr(0, 100) + "' is neither text nor table", one.line);
            }
        }
    }

    static void set_version(Entry& entry, std::string_view written) {
        std::string_view version = trim(written);
        set_range(entry, version);
        if (!version.starts_with("==")) return;
        version = trim(version.substr(version.starts_with("===") ? 3 : 2));
        if (is_exact(version)) entry.version = version;
    }

    void package(const Tree& one, Entry entry) {
        set_version(entry, text(one, "version"));
        each_text(one, "hashes", [&](const std::string& hash, std::uint32_t) { add_hashes(entry, hash, context_); });
        add_marker(entry.markers, text(one, "markers"));
        for (const std::string_view key : {"sys_platform", "os_name", "platform_machine", "platform_system", "python_version", "python_full_version", "implementation_name", "platform_python_implementation"}) {
            if (const std::string value = text(one, key); !value.empty()) add_marker(entry.markers, std::string(key) + " " + value);
        }
        if (const std::string name = text(one, "index"); !name.empty()) {
            const auto source = sources_.find(name);
            if (source == sources_.end()) {
                fail("package '" + entry.name.substr(0, 100) + "' names an index that is none of the sources", one.line);
                return;
            }
            entry.url = source->second;
        }
        const std::string git = text(one, "git");
        const std::string file = text(one, "file");
        const std::string path = text(one, "path");
        if (!git.empty()) {
            from_git(entry, git, text(one, "ref"));
        } else if (!file.empty() || !path.empty()) {
            const std::string& place = file.empty() ? path : file;
            const bool remote = place.find("://") != std::string::npos;
            entry.source = remote ? Requirement::Source::url : Requirement::Source::path;
            entry.url = without_login(place);
            entry.runs_install_script = !place.ends_with(".whl");
            if (entry.source == Requirement::Source::path && (place == "." || place == "./")) return;  // the project itself
        } else if (one.find("hg") != nullptr || one.find("svn") != nullptr || one.find("bzr") != nullptr) {
            fail("a package from a version control system other than git", one.line);
            return;
        }
        add(std::move(entry));
    }

    std::map<std::string, std::string, std::less<>> sources_;
};

}  // namespace

bool matches_pipfile_lock(std::string_view file_name) { return file_name == "Pipfile.lock"; }
bool matches_pipfile(std::string_view file_name) { return file_name == "Pipfile"; }

bool parse_pipfile_lock(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_json_tree(bytes);
    if (!root) return malformed(context, "Pipfile.lock", root.error().message);
    if (!root->is_table()) return malformed(context, "Pipfile.lock", "the document is no object");
    context.format("Pipfile.lock");
    return Reader(context).read_lock(*root);
}

bool parse_pipfile(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_toml(bytes);
    if (!root) return malformed(context, "Pipfile", root.error().message);
    context.format("Pipfile");
    return Reader(context).read_manifest(*root);
}

}  // namespace headgate::intake
