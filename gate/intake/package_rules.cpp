#include "intake/package_rules.hpp"

#include "base/text.hpp"

namespace headgate::intake::npm {

void Rules::dependencies(const Tree& in, std::string_view key, std::string_view marker) {
    const Tree* packages = table(in, key);
    if (packages == nullptr) return;
    for (const Tree::Entry& one : packages->entries) specifier(one.key, one.value, marker, one.line);
}

void Rules::specifier(std::string_view name, const Tree& value, std::string_view marker, std::uint32_t line) {
    if (!value.is_text()) {
        fail("the specifier of '" + escape_terminal(name, 100) + "' is no text", line);
        return;
    }
    if (!context_.room() || !add_specifier(name, value.text, marker, line, context_)) understood_ = false;
}

void Rules::resolutions(const Tree& in, std::string_view key) {
    const Tree* rules = table(in, key);
    if (rules == nullptr) return;
    for (const Tree::Entry& one : rules->entries) {
        if (one.value.is_text() && (one.value.text.starts_with('$') || one.value.text == "-")) continue;
        specifier(overridden_name(one.key), one.value, "override", one.line);
    }
}

void Rules::extensions(const Tree& in, std::string_view key) {
    const Tree* rules = table(in, key);
    if (rules == nullptr) return;
    for (const Tree::Entry& one : rules->entries) {
        const Tree* more = table(*rules, one.key);
        if (more == nullptr) continue;
        dependencies(*more, "dependencies", "extension");
        dependencies(*more, "optionalDependencies", "extension");
        dependencies(*more, "peerDependencies", "peer");
    }
}

void Rules::config_dependencies(const Tree& in, std::string_view key) {
    const Tree* packages = table(in, key);
    if (packages == nullptr) return;
    for (const Tree::Entry& one : packages->entries) {
        const bool nested = one.value.is_table();
        const std::string written = nested ? text(one.value, "integrity") : one.value.is_text() ? one.value.text : std::string();
        if (written.empty()) {
            fail("the specifier of '" + escape_terminal(one.key, 100) + "' is no text", one.line);
            continue;
        }
        const std::size_t plus = written.find("+sha");
        const std::string_view version = std::string_view(written).substr(0, plus);
        if (!is_version(version)) {          // an alias, a range, a place
            if (!context_.room() || !add_specifier(one.key, version, "config dependency", one.line, context_)) understood_ = false;
            continue;
        }
        Entry entry{"npm", one.key};
        entry.line = one.line;
        entry.version = version;
        entry.markers = "config dependency";
        if (plus != std::string::npos) add_hashes(entry, std::string_view(written).substr(plus + 1), context_);
        const std::string tarball = nested ? text(one.value, "tarball") : std::string();
        if (!tarball.empty() && !set_resolved(entry, tarball)) {
            fail("an archive whose place is not understood: " + escape_terminal(without_login(tarball), 100), one.line);
            continue;
        }
        add(std::move(entry));
    }
}

/// A range alone is left out: it holds for a name that some manifest asks for, and is judged there.
void Rules::catalog(const Tree& in, std::string_view key) {
    const Tree* packages = table(in, key);
    if (packages == nullptr) return;
    for (const Tree::Entry& one : packages->entries) {
        const bool range = one.value.is_text() && one.value.text.find_first_of(":/") == std::string::npos && !is_version(one.value.text);
        if (!range) specifier(one.key, one.value, "catalog", one.line);
    }
}

void Rules::catalogs(const Tree& in) {
    catalog(in, "catalog");
    const Tree* named = table(in, "catalogs");
    if (named == nullptr) return;
    for (const Tree::Entry& one : named->entries) catalog(*named, one.key);
}

}  // namespace headgate::intake::npm
