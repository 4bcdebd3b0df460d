#include "intake/npm_entry.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::intake::npm {
namespace {

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool is_git(std::string_view text) {
    if (starts_with_any(text, {"git+", "git:", "ssh:", "git@", "github:", "gitlab:", "bitbucket:", "gist:"})) return true;
    const std::string_view place = text.substr(0, text.find('#'));
    return text.starts_with("http") && place.ends_with(".git");
}

}  // namespace

bool is_shorthand(std::string_view text) {
    const std::string_view place = text.substr(0, text.find('#'));
    const std::size_t slash = place.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash != place.rfind('/') || slash + 1 == place.size() || place.starts_with('@')) return false;
    return !place.starts_with('.') && !place.starts_with('~') && place.find_first_of(" :\\<>=^|*") == std::string_view::npos;
}

namespace {

void set_git(Entry& entry, std::string_view text) {
    const std::string full = is_shorthand(text) ? "github:" + std::string(text) : std::string(text);
    text = full;
    const std::size_t hash = text.find('#');
    std::string_view revision = hash == std::string_view::npos ? std::string_view{} : text.substr(hash + 1);
    if (revision.starts_with("commit=")) revision.remove_prefix(7);
    from_git(entry, text.substr(0, hash), revision.substr(0, revision.find('&')));
}

std::string decoded(std::string_view text) {
    std::string path(text.substr(0, std::min(text.find('?'), text.find('#'))));
    for (std::size_t at = path.find('%'); at != std::string::npos; at = path.find('%', at + 1)) {
        if (path.size() - at < 3) break;
        if (const auto byte = from_hex(std::string_view(path).substr(at + 1, 2))) path.replace(at, 3, 1, static_cast<char>((*byte)[0]));
    }
    return path;
}

}  // namespace

NameAndRest split_name(std::string_view text) {
    const std::size_t at = text.find('@', 1);
    if (text.empty() || at == std::string_view::npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + 1)};
}

bool is_version(std::string_view text) {
    std::size_t at = 0;
    for (int part = 0; part < 3; ++part) {
        if (part > 0) {
            if (at >= text.size() || text[at] != '.') return false;
            ++at;
        }
        const std::size_t begin = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        if (at == begin) return false;
    }
    if (at == text.size()) return true;
    if (text[at] != '-' && text[at] != '+') return false;
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '+';
    });
}

bool add_specifier(std::string_view name, std::string_view specifier, std::string_view marker, std::uint32_t line, IntakeContext& context) {
    Entry entry{"npm", std::string(name)};
    entry.line = line;
    entry.markers = marker;
    std::string_view text = trim(specifier);
    if (text.find("${") != std::string_view::npos) return record_computed("npm", std::string(name) + "@" + std::string(text), line, context);
    if (text.starts_with("patch:")) {  // of berry: a package with a patch of the project
        add_marker(entry.markers, "patched");
        text = {};
    }
    if (text.starts_with("npm:")) {
        const auto [real, rest] = split_name(text.substr(4));
        if (is_version(real) || real.find_first_of("^~<>=* ") != std::string_view::npos || real.empty()) {
            text = text.substr(4);  // berry: the protocol alone
        } else {
            entry.written = entry.name;
            entry.name = real;
            text = rest;
        }
    }
    const std::string_view asked = text;
    if (starts_with_any(text, {"workspace:"})) {
        entry.source = Requirement::Source::workspace;
    } else if (starts_with_any(text, {"catalog:"})) {
        add_marker(entry.markers, text);  // the version stands in the workspace's catalog
    } else if (starts_with_any(text, {"file:", "link:", "portal:", "exec:", "./", "../", "/", "~/"})) {
        entry.source = Requirement::Source::path;
        entry.url = text.substr(text.find(':') == std::string_view::npos ? 0 : text.find(':') + 1);
        entry.runs_install_script = true;
    } else if (is_git(text) || is_shorthand(text)) {
        set_git(entry, text);
    } else if (starts_with_any(text, {"https:", "http:"})) {
        entry.source = Requirement::Source::url;
        entry.url = without_login(text);
    } else if (text.find(':') != std::string_view::npos) {
        return not_understood(context, "'" + escape_terminal(name, 100) + "' has a specifier that is not understood: " + escape_terminal(without_login(text), 100), line);
    } else {
        if (text.starts_with('=') || text.starts_with('v')) text.remove_prefix(1);
        if (is_version(trim(text))) entry.version = trim(text);
        set_range(entry, asked);
    }
    return record(std::move(entry), context);
}

void declare(std::string_view name, std::string_view specifier, std::string_view marker, std::uint32_t line, IntakeContext& context) {
    if (!context.has_room()) return;
    const std::size_t opaques = context.evidence.opaques.size();
    const std::size_t findings = context.evidence.findings.size();
    bool understood = false;
    {
        const Declaring declaring(context);
        understood = add_specifier(name, specifier, marker, line, context);
    }
    if (understood) return;
    // The manifest itself is where that is refused.
    context.evidence.opaques.resize(opaques);
    context.evidence.findings.resize(findings);
    declare_computed("npm", name, line, context);
}

void declare_resolved(std::string_view name, std::string_view asked, std::string_view version, std::uint32_t line, IntakeContext& context) {
    asked = trim(asked);
    if (asked.starts_with('=') || asked.starts_with('v')) asked.remove_prefix(1);
    if (!is_version(asked) || !is_version(version) || asked == version) return;
    Entry entry{"npm", std::string(name)};
    entry.line = line;
    entry.version = version;
    entry.markers = "resolved";
    intake::declare(std::move(entry), context);
}

void declare_workspaces(const codec::Tree& patterns, IntakeContext& context) {
    for (const codec::Tree& pattern : patterns.items) {
        if (!pattern.is_text() || !context.has_room()) continue;
        Requirement folders;
        folders.where = context.at_line(std::max(pattern.line, 1U));
        folders.written = pattern.text;
        folders.source = Requirement::Source::workspace;
        folders.reference = computed("file", "", "file:?");
        context.evidence.declared.push_back(std::move(folders));
    }
}

std::string_view overridden_name(std::string_view rule) {
    std::string_view name = rule;
    if (const std::size_t child = name.rfind('>'); child != std::string_view::npos && child > 0 && name[child - 1] != ' ') name.remove_prefix(child + 1);
    const std::size_t slash = name.rfind('/');
    if (slash != std::string_view::npos) {
        const std::size_t before = slash == 0 ? std::string_view::npos : name.rfind('/', slash - 1);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        name = name[begin] == '@' ? name.substr(begin) : name.substr(slash + 1);
    }
    return split_name(trim(name)).name;
}

bool set_resolved(Entry& entry, std::string_view resolved) {
    if (resolved.empty()) return true;
    if (is_git(resolved) || is_shorthand(resolved)) {
        set_git(entry, resolved);
    } else if (starts_with_any(resolved, {"https:", "http:"})) {
        const std::string_view place = resolved.substr(0, resolved.find('#'));
        entry.source = place.find("/-/") != std::string_view::npos ? Requirement::Source::registry : Requirement::Source::url;
        entry.url = without_login(place);
    } else if (starts_with_any(resolved, {"file:", ".", "/", "~"})) {
        entry.source = Requirement::Source::path;
        entry.url = resolved.substr(0, resolved.find('#'));
    } else {
        return false;
    }
    return true;
}

Archive compare_archive(std::string_view name, std::string_view version, std::string_view url) {
    const std::string path = decoded(url);
    const std::size_t mark = path.rfind("/-/");
    if (mark == std::string::npos) return Archive::fits;
    const std::string_view above = std::string_view(path).substr(0, mark);
    if (!above.ends_with(name) || !above.substr(0, above.size() - name.size()).ends_with('/')) return Archive::other_name;
    std::string archive(name.substr(name.rfind('/') + 1));
    archive.append("-").append(version).append(".tgz");
    return version.empty() || std::string_view(path).substr(path.rfind('/') + 1) == archive ? Archive::fits : Archive::other_version;
}

void check_archive(const Entry& entry, std::string_view url, IntakeContext& context) {
    const Location where = context.at_line(std::max(entry.line, 1U));
    const std::string shown = escape_terminal(without_login(url), 300);
    switch (compare_archive(entry.name, entry.version, url)) {
        case Archive::fits: return;
        case Archive::other_name:
            return context.finding("manifest.resolved-name", Severity::high, escape_terminal(entry.name, 200) + " is fetched from " + shown + ", which is another package", where,
                                   "What is installed is what the URL holds, whatever name the lockfile shows.", "Delete the entry and let the package manager resolve it again.");
        case Archive::other_version:
            return context.finding("manifest.resolved-version", Severity::high, escape_terminal(entry.name + "@" + entry.version, 200) + " is fetched from " + shown, where,
                                   "What is installed is what the URL holds, whatever version the lockfile shows.", "Delete the entry and let the package manager resolve it again.");
    }
}

void name_differs(std::string_view asked, const Entry& entry, IntakeContext& context) {
    context.finding("manifest.resolved-name", Severity::high, "'" + escape_terminal(asked, 200) + "' is asked for, and " + escape_terminal(entry.name, 200) + " is installed",
                    context.at_line(std::max(entry.line, 1U)), "What is installed is what the lockfile's machinery reads, whatever a reviewer sees.",
                    "Delete the entry and let the package manager resolve it again.");
}

}  // namespace headgate::intake::npm
