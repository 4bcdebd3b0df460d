#include "intake/package_lock_entry.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/npm_entry.hpp"

namespace headgate::intake::package_lock {
namespace {

bool is_version(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        const bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '+';
        if (!ok) return false;
    }
    return true;
}

/// Subresource integrity: "sha512-<base64>" words; options behind '?' are ignored as npm ignores them.
std::vector<std::string> read_integrity(std::string_view text, const Location& where, IntakeContext& context) {
    std::vector<std::string> hashes;
    for (std::string_view word : split(text, ' ')) {
        word = trim(word);
        if (word.empty()) continue;
        auto hash = word.find(':') == std::string_view::npos ? hash_of(word) : std::nullopt;
        if (!hash) {
            context.finding("package-lock.bad-integrity", Severity::high,
                            "integrity '" + std::string(word.substr(0, 100)) + "' is no hash", where,
                            "npm skips what it cannot read: the package is then installed unchecked.",
                            "Restore the integrity value from the registry.");
            continue;
        }
        hashes.push_back(std::move(*hash));
    }
    return hashes;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) { return text.starts_with(prefix); });
}

void compare_resolved(const Entry& entry, const Location& where, IntakeContext& context) {
    switch (npm::compare_archive(entry.name, entry.version, entry.resolved)) {
        case npm::Archive::fits: return;
        case npm::Archive::other_name:
            return context.finding("package-lock.resolved-name", Severity::high,
                                   entry.name + " is fetched from " + entry.resolved + ", which is another package", where,
                                   "What is installed is what the URL holds, whatever name the lockfile shows.",
                                   "Delete the entry and let npm resolve it again.");
        case npm::Archive::other_version:
            return context.finding("package-lock.resolved-version", Severity::high,
                                   entry.name + "@" + entry.version + " is fetched from " + entry.resolved, where,
                                   "What is installed is what the URL holds, whatever version the lockfile shows.",
                                   "Delete the entry and let npm resolve it again.");
    }
}

}  // namespace

LineTable::LineTable(ByteView bytes) {
    const std::string_view text = as_text(bytes);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) ends_.push_back(at);
}

std::uint32_t LineTable::line_of(std::uint64_t offset) const {
    const std::uint64_t before = offset == 0 ? 0 : offset - 1;  // Json::offset is just behind the first token
    return static_cast<std::uint32_t>(std::lower_bound(ends_.begin(), ends_.end(), before) - ends_.begin()) + 1;
}

Entry read_entry(std::string place, std::string folder_name, const codec::Json& value, bool in_packages,
                 std::uint32_t line, IntakeContext& context) {
    Entry entry;
    entry.place = std::move(place);
    entry.folder_name = std::move(folder_name);
    entry.name = entry.folder_name;
    entry.line = line;
    // npm takes lists and numbers for their text; `false` and null it wrote itself, for "nothing".
    for (const std::string_view key : {"version", "resolved", "integrity", "name"}) {
        const codec::Json* member = value.find(key);
        const bool nothing = member == nullptr || member->type == codec::Json::Type::null || (member->type == codec::Json::Type::boolean && !member->boolean);
        if (!nothing && !member->is_text()) entry.odd = key;
    }
    if (const std::string* text = value.find_text("version")) entry.version = *text;
    if (const std::string* text = value.find_text("resolved")) entry.resolved = *text;
    if (const std::string* text = value.find_text("integrity")) {
        entry.integrity = read_integrity(*text, context.at_line(line), context);
    }
    const auto flag = [&](std::string_view key) {
        const codec::Json* member = value.find(key);
        return member != nullptr && member->type == codec::Json::Type::boolean && member->boolean;
    };
    entry.install_script = flag("hasInstallScript");
    entry.link = flag("link");
    entry.bundled = flag(in_packages ? "inBundle" : "bundled");
    if (in_packages) {
        if (const std::string* text = value.find_text("name")) entry.name = *text;
        return entry;
    }
    if (entry.version.starts_with("npm:")) {  // alias: npm:real@1.0.0
        const std::string real = entry.version.substr(4);
        const std::size_t at = real.rfind('@');
        if (at != std::string::npos && at > 0) {
            entry.name = real.substr(0, at);
            entry.version = real.substr(at + 1);
        }
    } else if (!is_version(entry.version) && entry.resolved.empty()) {
        entry.resolved = entry.version;  // git, tarball or path in place of a version
        entry.version.clear();
    }
    return entry;
}

bool add_entry(Entry entry, IntakeContext& context) {
    const Location where = context.at_line(entry.line);
    const auto fail = [&](const std::string& why) {
        context.opaque(entry.place + ": " + why, where);
        return false;
    };
    if (!entry.odd.empty()) return fail("`" + std::string(entry.odd) + "` is no text");
    if (!entry.version.empty() && !is_version(entry.version)) return fail("a version that is none");
    std::string spelling = "pkg:npm/" + entry.name;
    if (!entry.version.empty()) {
        spelling += "@";
        for (const char c : entry.version) spelling += c == '+' ? std::string("%2B") : std::string(1, c);
    }
    auto reference = parse_reference(spelling);
    if (!reference) {
        context.finding("package-lock.invalid-name", Severity::high, reference.error().message, where,
                        "No registry serves a package of this name.", "Delete the entry and let npm resolve it again.");
        return fail("a name that cannot be normalised");
    }
    Requirement requirement;
    requirement.where = where;
    requirement.reference = std::move(*reference);
    requirement.written = std::move(entry.folder_name);
    requirement.integrity = std::move(entry.integrity);
    requirement.runs_install_script = entry.install_script;
    requirement.pinned = !entry.version.empty();
    if (entry.resolved.empty()) {
        requirement.source = entry.bundled ? Requirement::Source::workspace : Requirement::Source::registry;
    } else if (npm::is_shorthand(entry.resolved) || starts_with_any(entry.resolved, {"git+", "git:", "ssh:", "git@", "github:", "gitlab:", "bitbucket:"})) {
        requirement.source = Requirement::Source::git;
        const std::size_t hash = entry.resolved.find('#');
        requirement.pinned = hash != std::string::npos && is_lower_hex(std::string_view(entry.resolved).substr(hash + 1), 40);
    } else if (starts_with_any(entry.resolved, {"https:", "http:"})) {
        const bool archive = entry.resolved.find("/-/") != std::string::npos;
        requirement.source = archive ? Requirement::Source::registry : Requirement::Source::url;
        compare_resolved(entry, where, context);
    } else if (starts_with_any(entry.resolved, {"file:", ".", "/", "~"})) {
        requirement.source = Requirement::Source::path;
    } else {
        return fail("a source that is not understood: " + entry.resolved.substr(0, 100));
    }
    if (npm::is_shorthand(entry.resolved)) entry.resolved.insert(0, "github:");
    requirement.url = std::move(entry.resolved);
    context.evidence.requirements.push_back(std::move(requirement));
    return true;
}

}  // namespace headgate::intake::package_lock
