// bun.lock (bun documentation, "Lockfile"; src/install/lockfile/bun.lock.zig): JSON with comments and trailing commas.
// Each package is a list whose first item says what it is: "name@1.0.0", "name@github:user/repo#commit", "name@workspace:path", ...
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/npm_entry.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "bun.lock";

std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
    }
    return std::min(at + 1, text.size());
}

/// Comments and commas before a closing bracket become spaces, so that offsets stay.
std::string as_json(std::string_view text) {
    std::string json(text);
    std::size_t comma = std::string::npos;   // the last, while only white space and comments follow it
    for (std::size_t at = 0; at < json.size();) {
        const char c = json[at];
        if (c == '"') {
            at = end_of_string(json, at);
            comma = std::string::npos;
            continue;
        }
        if (c == '/' && at + 1 < json.size() && (json[at + 1] == '/' || json[at + 1] == '*')) {
            const bool block = json[at + 1] == '*';
            const std::size_t found = block ? json.find("*/", at + 2) : json.find('\n', at);
            if (block && found == std::string::npos) return json;  // not closed: the reader of JSON says so
            const std::size_t end = found == std::string::npos ? json.size() : found + (block ? 2 : 0);
            for (; at < end; ++at) {
                if (json[at] != '\n') json[at] = ' ';
            }
            continue;
        }
        if ((c == ']' || c == '}') && comma != std::string::npos) json[comma] = ' ';
        if (c == ',') {
            comma = at;
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            comma = std::string::npos;
        }
        ++at;
    }
    return json;
}

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* version = root.find("lockfileVersion");
        if (version == nullptr || version->type != Tree::Type::integer || version->integer < 0 || version->integer > 2) {
            return fail("lockfileVersion is not 0, 1 or 2", version == nullptr ? 1 : version->line);
        }
        workspaces_ = table(root, "workspaces");
        each_text(root, "trustedDependencies", [this](const std::string& name, std::uint32_t) { trusted_.push_back(name); });
        std::sort(trusted_.begin(), trusted_.end());
        project(root);
        const Tree* packages = table(root, "packages");
        if (packages == nullptr) return understood_;
        for (const Tree::Entry& one : packages->entries) {
            if (one.value.is_array() && !one.value.items.empty() && one.value.items[0].is_text()) {
                package(one.key, one.value);
            } else {
                fail("package '" + escape_terminal(one.key, 100) + "' is no list that begins with what it is", one.line);
            }
        }
        return understood_;
    }

  private:
    /// What the project asked for when the lockfile was made.
    void project(const Tree& root) {
        if (const Tree* overrides = table(root, "overrides")) {
            for (const Tree::Entry& one : overrides->entries) {
                declare_override("npm", npm::overridden_name(one.key), one.line, context_);
            }
        }
        const Tree* own = workspaces_ == nullptr ? nullptr : table(*workspaces_, "");
        if (own == nullptr) return;
        constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kLists = {
            {{"dependencies", ""}, {"devDependencies", "dev"}, {"optionalDependencies", "optional"}, {"peerDependencies", "peer"}}};
        for (const auto& [key, marker] : kLists) {
            const Tree* packages = table(*own, key);
            if (packages == nullptr) continue;
            for (const Tree::Entry& one : packages->entries) {
                if (one.value.is_text()) npm::declare(one.key, one.value.text, marker, one.line, context_);
            }
        }
    }

    void package(const std::string& key, const Tree& tuple) {
        const auto [name, place] = npm::split_name(tuple.items[0].text);
        Entry entry{"npm", std::string(name)};
        entry.line = tuple.line;
        entry.written = asked_name(key);
        entry.runs_install_script = std::binary_search(trusted_.begin(), trusted_.end(), entry.name);
        if (name.empty() || place.empty()) {
            fail("a package without name or version", tuple.line);
            return;
        }
        if (npm::is_version(place)) {
            if (!from_registry(tuple, place, entry)) return;
        } else if (place.starts_with("workspace:")) {
            entry.source = Requirement::Source::workspace;
            const Tree* workspace = workspaces_ == nullptr ? nullptr : workspaces_->find(place.substr(10));
            if (workspace != nullptr && workspace->is_table()) entry.version = text(*workspace, "version");
        } else if (place.starts_with("link:") || place.starts_with("root:")) {
            entry.source = place.starts_with("root:") ? Requirement::Source::workspace : Requirement::Source::path;
            entry.url = place.substr(5);
        } else if (!npm::set_resolved(entry, place)) {
            fail("a package whose place is not understood: " + escape_terminal(without_login(place), 100), tuple.line);
            return;
        } else {
            // [what, info, hash]: archives have a hash where bun knows one.
            if (tuple.items.size() > 2 && tuple.items.back().is_text() && hash_of(tuple.items.back().text)) add_hashes(entry, tuple.items.back().text, context_);
        }
        add(std::move(entry));
    }

    /// [what, registry, info, integrity]: "" is the configured registry.
    bool from_registry(const Tree& tuple, std::string_view version, Entry& entry) {
        entry.version = version;
        if (tuple.items.size() != 4 || !tuple.items[1].is_text() || !tuple.items[3].is_text()) return fail("a package of a registry that is no list of four", tuple.line);
        const std::string& registry = tuple.items[1].text;
        entry.url = without_login(registry);
        if (registry.ends_with(".tgz") || registry.find("/-/") != std::string::npos) npm::check_archive(entry, registry, context_);
        add_hashes(entry, tuple.items[3].text, context_);
        return true;
    }

    /// "a/@s/b" is what a finds when it asks for @s/b.
    static std::string asked_name(std::string_view key) {
        const std::size_t slash = key.rfind('/');
        if (slash == std::string_view::npos || slash == 0) return std::string(key);
        const std::size_t before = key.rfind('/', slash - 1);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        return std::string(key[begin] == '@' ? key.substr(begin) : key.substr(slash + 1));
    }

    const Tree* workspaces_ = nullptr;
    std::vector<std::string> trusted_;
};

}  // namespace

bool matches_bun_lock(std::string_view file_name) { return file_name == "bun.lock" || file_name == "bun.lockb"; }

bool parse_bun_lock(ByteView bytes, IntakeContext& context) {
    if (context.path.ends_with(".lockb")) {
        return malformed(context, kFormat, "bun.lockb is binary and not read; write the text form with `bun install --save-text-lockfile`");
    }
    const std::string json = as_json(as_text(bytes));
    const auto root = codec::parse_json_tree(as_bytes(json));
    if (!root) return malformed(context, kFormat, root.error().message);
    if (!root->is_table()) return malformed(context, kFormat, "the document is no object");
    context.format(kFormat);
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
