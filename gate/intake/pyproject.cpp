// pyproject.toml: what the standards say (PEP 518, 621, 735), and in which order the tables of tools are read.
#include "intake/pyproject.hpp"

#include "base/text.hpp"
#include "codec/toml.hpp"
#include "intake/all.hpp"
#include "intake/requirements.hpp"

namespace headgate::intake {
namespace pyproject {

bool Reader::read(const Tree& root) {
    const Tree* tool = table(root, "tool");
    // Where packages come from is read before the packages.
    if (tool != nullptr) {
        if (const Tree* found = table(*tool, "uv")) uv(*found);
        if (const Tree* found = table(*tool, "pdm")) pdm(*found);
        if (const Tree* found = table(*tool, "poetry")) poetry(*found);
        if (const Tree* found = table(*tool, "hatch")) hatch(*found);
    }
    project(root);
    dependency_groups(root);
    if (const Tree* build = table(root, "build-system")) list(*build, "requires", "build");
    if (const Tree* found = table(root, "project")) setuptools(*found, tool);
    return understood_;
}

bool Reader::read_script(const Tree& root) {
    const Tree* tool = table(root, "tool");
    if (const Tree* found = tool == nullptr ? nullptr : table(*tool, "uv")) uv(*found);
    list(root, "dependencies", {});
    return understood_;
}

void Reader::project(const Tree& root) {
    const Tree* project = table(root, "project");
    if (project == nullptr) return;
    declare_local("pypi", text(*project, "name"), project->line, context_);   // its extras may ask for each other
    list(*project, "dependencies", {});
    const Tree* extras = table(*project, "optional-dependencies");
    if (extras == nullptr) return;
    for (const Tree::Entry& extra : extras->entries) list(*extras, extra.key, "extra " + extra.key);
}

void Reader::dependency_groups(const Tree& root) {
    const Tree* groups = table(root, "dependency-groups");
    if (groups == nullptr) return;
    for (const Tree::Entry& group : groups->entries) {
        const Tree* items = array(*groups, group.key);
        if (items == nullptr) continue;
        for (const Tree& item : items->items) {
            if (item.is_text()) {
                requirement(item.text, item.line, "group " + group.key);
            } else if (!item.is_table() || item.entries.size() != 1 || text(item, "include-group").empty() ||
                       groups->find(text(item, "include-group")) == nullptr) {
                fail("an item of a dependency group that is neither a requirement nor a group that is there", item.line);
            }
        }
    }
}

void Reader::list(const Tree& in, std::string_view key, const std::string& marker) {
    if (const Tree* items = in.find(key); items != nullptr && !items->is_array()) {
        fail("`" + std::string(key) + "` is no list of requirements", items->line);
        return;
    }
    each_text(in, key, [&](const std::string& text, std::uint32_t line) { requirement(text, line, marker); });
}

void Reader::requirement(const std::string& text, std::uint32_t line, const std::string& marker) {
    if (!context_.room()) {
        understood_ = false;
        return;
    }
    auto& all = context_.evidence.requirements;
    const std::size_t before = all.size();
    if (!requirements::add_requirement(trim(text), {}, false, std::max(line, 1U), context_)) understood_ = false;
    if (all.size() == before) return;
    Requirement& added = all.back();
    add_marker(added.markers, marker);
    const auto found = redirects_.find(normalise_pypi(added.reference.name));
    if (found == redirects_.end() || added.dynamic || added.source != Requirement::Source::registry) return;
    // One for each marker under which a table sends it elsewhere.
    const Requirement written = added;
    all.pop_back();
    for (const Redirect& redirect : found->second) {
        Requirement one = written;
        one.source = redirect.workspace ? Requirement::Source::workspace : redirect.entry.source;
        one.url = redirect.entry.url;
        one.pinned = one.source == Requirement::Source::registry ? written.pinned : redirect.entry.pinned;
        if (one.pinned) one.range.clear();
        one.runs_install_script = redirect.entry.runs_install_script;
        add_marker(one.markers, redirect.entry.markers);
        all.push_back(std::move(one));
    }
}

/// What is "dynamic" comes from the build backend; setuptools can say from which files.
void Reader::setuptools(const Tree& project, const Tree* tool) {
    const Tree* setuptools = tool == nullptr ? nullptr : table(*tool, "setuptools");
    const Tree* dynamic = setuptools == nullptr ? nullptr : table(*setuptools, "dynamic");
    each_text(project, "dynamic", [&](const std::string& field, std::uint32_t line) {
        if (field != "dependencies" && field != "optional-dependencies") return;
        const Tree* from = dynamic == nullptr ? nullptr : table(*dynamic, field);
        std::vector<const Tree*> tables;
        if (from != nullptr && field == "dependencies") tables.push_back(from);
        if (from != nullptr && field == "optional-dependencies") {
            for (const Tree::Entry& extra : from->entries) {
                if (const Tree* one = table(*from, extra.key)) tables.push_back(one);
            }
        }
        bool named = false;
        for (const Tree* one : tables) {
            each_text(*one, "file", [&](const std::string& path, std::uint32_t at) {
                context_.evidence.includes.push_back({context_.at_line(std::max(at, 1U)), path, false});
                named = true;
            });
        }
        if (!named) record_computed("pypi", "project.dynamic: " + field, line, context_);
    });
}

void Reader::pdm(const Tree& pdm) {
    using Role = IndexOption::Role;
    each_table(pdm, "source", [this](const Tree& source) {
        const std::string url = text(source, "url");
        if (url.empty()) {
            fail("a source without URL", source.line);
            return;
        }
        const bool links = text(source, "type") == "find_links";
        // The source called "pypi" takes the place of the default.
        const Role role = links ? Role::find_links : text(source, "name") == "pypi" ? Role::primary : Role::extra;
        bool scoped = false;
        each_text(source, "include_packages", [&](const std::string& names, std::uint32_t) {
            index(Role::scoped, "pypi", url, "tool.pdm.source", source.line, names == "*" ? "" : normalise_pypi(names));
            scoped = true;
        });
        if (!scoped || role != Role::extra) index(role, "pypi", url, "tool.pdm.source", source.line);
        const Tree* verify = member(source, "verify_ssl", Tree::Type::boolean);
        if (verify != nullptr && !verify->boolean) index(Role::trusted_host, "pypi", host_of(url), "verify_ssl = false", source.line);
    });
    if (const Tree* groups = table(pdm, "dev-dependencies")) {
        for (const Tree::Entry& group : groups->entries) list(*groups, group.key, "group " + group.key);
    }
    list(pdm, "plugins", "plugin");
    const Tree* resolution = table(pdm, "resolution");
    const Tree* overrides = resolution == nullptr ? nullptr : table(*resolution, "overrides");
    if (overrides == nullptr) return;
    for (const Tree::Entry& one : overrides->entries) {
        const std::string written = text(*overrides, one.key);
        const bool operators = !written.empty() && std::string_view("<>=!~").find(written[0]) != std::string_view::npos;
        const bool place = written.find("://") != std::string::npos;
        requirement(one.key + (place ? " @ " : operators ? "" : "==") + written, one.line, "override");
    }
}

/// [tool.hatch.build] and [tool.hatch.build.targets.NAME]: hooks run in the build, and ask for packages of their own.
void Reader::hatch_build(const Tree& build, const std::string& marker) {
    list(build, "dependencies", marker);
    const Tree* hooks = table(build, "hooks");
    if (hooks == nullptr) return;
    for (const Tree::Entry& one : hooks->entries) {
        if (const Tree* hook = table(*hooks, one.key)) list(*hook, "dependencies", marker + " hook " + one.key);
    }
}

void Reader::hatch(const Tree& hatch) {
    if (const Tree* env = table(hatch, "env")) list(*env, "requires", "environment plugin");
    if (const Tree* build = table(hatch, "build")) {
        hatch_build(*build, "build");
        if (const Tree* targets = table(*build, "targets")) {
            for (const Tree::Entry& one : targets->entries) {
                if (const Tree* target = table(*targets, one.key)) hatch_build(*target, "build " + one.key);
            }
        }
    }
    const Tree* environments = table(hatch, "envs");
    if (environments == nullptr) return;
    for (const Tree::Entry& one : environments->entries) {
        const Tree* environment = table(*environments, one.key);
        if (environment == nullptr) continue;
        for (const std::string_view key : {"dependencies", "extra-dependencies"}) list(*environment, key, "environment " + one.key);
    }
}

}  // namespace pyproject

bool matches_pyproject(std::string_view file_name) { return file_name == "pyproject.toml"; }

bool parse_pyproject(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_toml(bytes);
    if (!root) return malformed(context, "pyproject.toml", root.error().message);
    context.format("pyproject.toml");
    return pyproject::Reader(context).read(*root);
}

}  // namespace headgate::intake
