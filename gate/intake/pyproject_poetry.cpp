// [tool.poetry] of pyproject.toml (poetry documentation, "Dependency specification" and "Repositories").
#include "base/text.hpp"
#include "intake/pyproject.hpp"
#include "intake/requirements.hpp"

namespace headgate::intake::pyproject {
namespace {

/// "1.2.3" alone is that version; "==1.2.3" too. Everything else is a range.
std::string exact_version(std::string_view written) {
    std::string_view version = trim(written);
    if (version.starts_with("===")) version = version.substr(3);
    if (version.starts_with("==")) version = version.substr(2);
    version = trim(version);
    return is_exact(version) ? std::string(version) : std::string();
}

}  // namespace

void Reader::poetry(const Tree& poetry) {
    poetry_sources(poetry);
    declare_local("pypi", text(poetry, "name"), poetry.line, context_);
    poetry_table(poetry, "dependencies", {});
    poetry_table(poetry, "dev-dependencies", "group dev");
    poetry_table(poetry, "requires-plugins", "plugin");          // poetry installs them for itself
    const Tree* groups = table(poetry, "group");
    if (groups == nullptr) return;
    for (const Tree::Entry& group : groups->entries) {
        if (const Tree* one = table(*groups, group.key)) poetry_table(*one, "dependencies", "group " + group.key);
    }
}

void Reader::poetry_sources(const Tree& poetry) {
    using Role = IndexOption::Role;
    each_table(poetry, "source", [this](const Tree& source) {
        std::string url = text(source, "url");
        const std::string name = text(source, "name");
        const std::string priority = text(source, "priority");
        if (url.empty() && ascii_lower(name) == "pypi") return;  // the default, by its name
        if (url.empty()) {
            fail("a source without URL", source.line);
            return;
        }
        indexes_.insert_or_assign(name, without_login(url));
        Role role = Role::primary;
        if (priority == "supplemental" || priority == "secondary" || flag(source, "secondary")) role = Role::extra;
        if (priority == "explicit") role = Role::scoped;
        index(role, "pypi", url, "tool.poetry.source", source.line);
    });
}

void Reader::poetry_table(const Tree& in, std::string_view key, const std::string& marker) {
    const Tree* packages = table(in, key);
    if (packages == nullptr) return;
    for (const Tree::Entry& one : packages->entries) {
        if (ascii_lower(one.key) == "python") continue;
        if (!one.value.is_array()) {
            poetry_package(one.key, one.value, one.line, marker);
            continue;
        }
        for (const Tree& item : one.value.items) poetry_package(one.key, item, std::max(item.line, one.line), marker);
    }
}

void Reader::poetry_package(const std::string& name, const Tree& one, std::uint32_t line, const std::string& marker) {
    Entry entry{"pypi", name};
    entry.line = line;
    entry.markers = marker;
    if (one.is_text()) {
        entry.version = exact_version(one.text);
        set_range(entry, one.text);
        add(std::move(entry));
        return;
    }
    if (!one.is_table()) {
        fail("dependency '" + name.substr(0, 100) + "' is neither text nor table", line);
        return;
    }
    entry.version = exact_version(text(one, "version"));
    set_range(entry, text(one, "version"));
    add_marker(entry.markers, text(one, "markers"));
    if (flag(one, "optional")) add_marker(entry.markers, "optional");
    if (poetry_place(one, entry)) add(std::move(entry));
}

bool Reader::poetry_place(const Tree& one, Entry& entry) {
    if (const std::string git = text(one, "git"); !git.empty()) {
        std::string revision = text(one, "rev");
        if (revision.empty()) revision = text(one, "tag");
        if (revision.empty()) revision = text(one, "branch");
        from_git(entry, git, revision);
    } else if (const std::string url = text(one, "url"); !url.empty()) {
        entry.source = Requirement::Source::url;
        entry.url = without_login(url);
    } else if (std::string path = text(one, "path") + text(one, "file"); !path.empty()) {
        entry.source = Requirement::Source::path;
        entry.url = std::move(path);
        entry.runs_install_script = true;
    } else if (const std::string source = text(one, "source"); !source.empty()) {
        const auto known = indexes_.find(source);
        if (known != indexes_.end()) {
            entry.url = known->second;
        } else if (ascii_lower(source) != "pypi") {
            return fail("dependency '" + entry.name.substr(0, 100) + "' names a source that is not there", entry.line);
        }
    } else if (one.find("version") == nullptr && one.find("markers") == nullptr && one.find("extras") == nullptr && one.find("optional") == nullptr) {
        return fail("dependency '" + entry.name.substr(0, 100) + "' has neither version nor place", entry.line);
    }
    return true;
}

}  // namespace headgate::intake::pyproject
