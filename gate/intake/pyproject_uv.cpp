// [tool.uv] of pyproject.toml, and uv.toml, which holds the same keys at its top (uv documentation, "Settings").
#include "base/text.hpp"
#include "codec/toml.hpp"
#include "intake/all.hpp"
#include "intake/pyproject.hpp"

namespace headgate::intake {
namespace pyproject {

using Role = IndexOption::Role;

void Reader::uv(const Tree& uv) {
    uv_options(uv, "tool.uv.");
    if (const Tree* pip = table(uv, "pip")) uv_options(*pip, "tool.uv.pip.");
    uv_sources(uv);
    list(uv, "dev-dependencies", "group dev");
    list(uv, "constraint-dependencies", "constraint");
    list(uv, "override-dependencies", "override");
    list(uv, "build-constraint-dependencies", "build constraint");
    uv_build_dependencies(uv);
    // Where interpreters come from, or the list that says so.
    for (const std::string_view key : {"python-install-mirror", "pypy-install-mirror", "python-downloads-json-url"}) {
        each_text(uv, key, [&](const std::string& url, std::uint32_t line) { index(Role::find_links, "pypi", url, "tool.uv." + std::string(key), line); });
    }
}

/// What is installed to build a package besides what it asks for: {package = ["requirement", {requirement = "...", match-runtime = true}]}.
void Reader::uv_build_dependencies(const Tree& uv) {
    const Tree* packages = table(uv, "extra-build-dependencies");
    if (packages == nullptr) return;
    for (const Tree::Entry& one : packages->entries) {
        const Tree* items = array(*packages, one.key);
        if (items == nullptr) continue;
        for (const Tree& item : items->items) {
            const std::string written = item.is_text() ? item.text : item.is_table() ? text(item, "requirement") : std::string();
            if (written.empty()) {
                fail("an item of `extra-build-dependencies` that is no requirement", std::max(item.line, one.line));
            } else {
                requirement(written, std::max(item.line, one.line), "build of " + one.key);
            }
        }
    }
}

void Reader::uv_options(const Tree& in, const std::string& prefix) {
    uv_indexes(in);
    const auto option = [&](std::string_view key, Role role) {
        each_text(in, key, [&](const std::string& url, std::uint32_t line) { index(role, "pypi", url, prefix + std::string(key), line); });
    };
    option("index-url", Role::primary);
    option("extra-index-url", Role::extra);
    option("find-links", Role::find_links);
    option("allow-insecure-host", Role::trusted_host);
    option("trusted-host", Role::trusted_host);
    if (flag(in, "no-index")) index(Role::no_index, "pypi", {}, prefix + "no-index", in.find("no-index")->line);
    const std::string strategy = text(in, "index-strategy");
    if (strategy.empty() || strategy == "first-index") return;
    context_.finding("manifest.index-strategy", Severity::high, prefix + "index-strategy is " + escape_terminal(strategy, 60) + ": every index is asked for every package",
                     context_.at_line(std::max(in.find("index-strategy")->line, 1U)),
                     "Whoever publishes a higher version of an internal name on any of the indexes is installed.",
                     "Remove the setting: by default the first index that has the name is the only one.");
}

void Reader::uv_indexes(const Tree& in) {
    each_table(in, "index", [this](const Tree& one) {
        const std::string url = text(one, "url");
        if (url.empty()) {
            fail("an index without URL", one.line);
            return;
        }
        indexes_.insert_or_assign(text(one, "name"), without_login(url));
        const bool flat = text(one, "format") == "flat";
        // What is explicit serves only the packages that name it, and they carry its URL themselves.
        const Role role = flag(one, "explicit") ? Role::scoped : flat ? Role::find_links : flag(one, "default") ? Role::primary : Role::extra;
        index(role, "pypi", url, "tool.uv.index", one.line);
        uv_fall_through(one, url, flag(one, "explicit"));
    });
}

/// Indexes that let another answer for them: uv goes on to the next where it is told to, and a GitLab that is not given a password sends
/// whoever asks for what it lacks to the public index.
void Reader::uv_fall_through(const Tree& one, const std::string& url, bool is_explicit) {
    const Tree* ignored = array(one, "ignore-error-codes");
    const bool goes_on = ignored != nullptr && !ignored->items.empty() && !is_explicit;
    const bool forwards = url.find("/api/v4/") != std::string::npos && url.find("/packages/pypi") != std::string::npos && text(one, "authenticate") != "always";
    if (!goes_on && !forwards) return;
    context_.finding("manifest.index-falls-through", Severity::medium,
                     escape_terminal(without_login(url), 200) + (goes_on ? ": where it answers with an error, the next index is asked" : ": without a password it sends whoever asks to the public index"),
                     context_.at_line(std::max(one.line, 1U)), "A name that is meant to come from this index is then taken from another.",
                     goes_on ? "Remove `ignore-error-codes`, or make the index `explicit`." : "Set `authenticate = \"always\"` for the index.");
}

void Reader::uv_sources(const Tree& uv) {
    const Tree* sources = table(uv, "sources");
    if (sources == nullptr) return;
    for (const Tree::Entry& one : sources->entries) {
        std::vector<Redirect>& redirects = redirects_[normalise_pypi(one.key)];
        if (one.value.is_table()) {
            uv_source(one.value, redirects);
        } else {
            each_table(*sources, one.key, [&](const Tree& item) { uv_source(item, redirects); });
        }
    }
}

void Reader::uv_source(const Tree& one, std::vector<Redirect>& redirects) {
    Redirect redirect;
    Entry& entry = redirect.entry;
    entry.line = one.line;
    entry.markers = text(one, "marker");
    if (const std::string group = text(one, "group"); !group.empty()) add_marker(entry.markers, "group " + group);
    if (const std::string extra = text(one, "extra"); !extra.empty()) add_marker(entry.markers, "extra " + extra);
    if (const std::string name = text(one, "index"); !name.empty()) {
        const auto known = indexes_.find(name);
        if (known == indexes_.end()) {
            fail("a source names the index '" + name.substr(0, 100) + "', which is not there", one.line);
            return;
        }
        entry.url = known->second;
    } else if (const std::string git = text(one, "git"); !git.empty()) {
        std::string revision = text(one, "rev");
        if (revision.empty()) revision = text(one, "tag");
        if (revision.empty()) revision = text(one, "branch");
        from_git(entry, git, revision);
    } else if (const std::string url = text(one, "url"); !url.empty()) {
        entry.source = Requirement::Source::url;
        entry.url = without_login(url);
    } else if (const std::string path = text(one, "path"); !path.empty()) {
        entry.source = Requirement::Source::path;
        entry.url = path;
        entry.runs_install_script = true;
    } else if (flag(one, "workspace")) {
        redirect.workspace = true;
    } else {
        fail("a source that is not understood", one.line);
        return;
    }
    redirects.push_back(std::move(redirect));
}

}  // namespace pyproject

bool matches_uv_toml(std::string_view file_name) { return file_name == "uv.toml"; }

bool parse_uv_toml(ByteView bytes, IntakeContext& context) {
    auto root = codec::parse_toml(bytes);
    if (!root) return malformed(context, "uv.toml", root.error().message);
    context.format("uv.toml");
    codec::Tree wrapped;
    wrapped.type = codec::Tree::Type::table;
    wrapped.line = 1;
    codec::Tree tool = wrapped;
    tool.entries.push_back({"uv", 1, std::move(*root)});
    wrapped.entries.push_back({"tool", 1, std::move(tool)});
    return pyproject::Reader(context).read(wrapped);
}

}  // namespace headgate::intake
