// composer.json and composer.lock (Composer documentation, "The composer.json schema", "Repositories", "Repository priorities").
// A registry of Composer's keeps no archives: the lockfile says from which forge each comes, and of which repository and commit it is.
#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

using Role = IndexOption::Role;

bool is_commit(std::string_view reference) { return is_lower_hex(reference, 40) || is_lower_hex(reference, 64); }

/// A branch: its next commit is another package.
bool is_branch(std::string_view version) { return version.starts_with("dev-") || version.ends_with("-dev"); }

bool is_name(std::string_view name) {
    const std::size_t slash = name.find('/');
    return slash != std::string_view::npos && slash > 0 && slash + 1 < name.size() && slash == name.rfind('/');
}

/// What the machine must have, and nobody installs: PHP itself, its extensions, libraries, Composer.
bool is_platform(std::string_view name) {
    if (name == "php" || name == "hhvm" || name == "composer" || name.starts_with("ext-") || name.starts_with("lib-")) return true;
    return name.starts_with("php-") || name == "composer-plugin-api" || name == "composer-runtime-api";
}

/// "git@host:path" as a URL, so that its host is seen.
std::string as_url(std::string_view place) {
    const std::size_t colon = place.find(':');
    if (!place.starts_with("git@") || colon == std::string_view::npos) return std::string(place);
    return "ssh://" + std::string(place.substr(0, colon)) + "/" + std::string(place.substr(colon + 1));
}

bool is_remote(std::string_view place) { return place.find("://") != std::string_view::npos || place.starts_with("git@"); }

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read_lock(const Tree& root) {
        if (root.find("packages") == nullptr) return fail("no `packages`: it is no lockfile of Composer", 1);
        each_table(root, "packages", [this](const Tree& one) { package(one, {}); });
        each_table(root, "packages-dev", [this](const Tree& one) { package(one, "dev"); });
        return understood_;
    }

    bool read_manifest(const Tree& root) {
        repositories(root);
        if (const Tree* config = table(root, "config")) {
            if (flag(*config, "disable-tls")) index(Role::trusted_host, "composer", "*", "config.disable-tls", config->find("disable-tls")->line);
        }
        requirements(root, "require", {});
        requirements(root, "require-dev", "dev");
        return understood_;
    }

  private:
    void package(const Tree& one, std::string marker) {
        Entry entry{"composer", text(one, "name")};
        entry.line = one.line;
        entry.markers = std::move(marker);
        const std::string version = text(one, "version");
        if (!is_name(entry.name) || version.empty()) {
            fail("a package without vendor/name or version", one.line);
            return;
        }
        set_released(entry, time(one, "time"));
        entry.version = version;
        std::string commit;
        if (!place(one, entry, commit)) return;
        if (is_branch(version) && !is_commit(commit)) {   // one that moves
            entry.version.clear();
            entry.range = version;
        }
        add(std::move(entry));
    }

    /// The archive (`dist`), and the repository that it was made of (`source`), which is asked where the archive cannot be had.
    bool place(const Tree& one, Entry& entry, std::string& commit) {
        const Tree* dist = table(one, "dist");
        const Tree* source = table(one, "source");
        const std::string archive = dist == nullptr ? std::string() : text(*dist, "url");
        const std::string repository = source == nullptr ? std::string() : text(*source, "url");
        const std::string made_of = source == nullptr ? std::string() : ascii_lower(text(*source, "reference"));
        commit = dist == nullptr ? made_of : ascii_lower(text(*dist, "reference"));
        if (!archive.empty()) {
            const bool local = text(*dist, "type") == "path" || !is_remote(archive);
            if (local) entry.source = Requirement::Source::path;
            entry.url = without_login(archive);
            if (const std::string sha1 = text(*dist, "shasum"); !sha1.empty()) add_hashes(entry, "sha1:" + sha1, context_);
            mirrors(*dist, entry);
            const std::string_view last = std::string_view(archive).substr(archive.rfind('/') + 1);
            compare(entry, commit, is_commit(last) ? std::string(last) : made_of);
        }
        if (repository.empty()) return true;
        const std::string kind = text(*source, "type");
        if (archive.empty()) {
            if (kind == "path" || !is_remote(repository)) {
                entry.source = Requirement::Source::path;
                entry.url = repository;
            } else if (kind == "git" || kind == "github" || kind == "gitlab" || kind == "bitbucket" || kind == "git-bitbucket") {
                from_git(entry, repository, made_of);
            } else {
                return fail("a package from a version control system other than git", source->line);
            }
            return true;
        }
        if (is_remote(repository)) add_file(entry, as_url(repository));
        mirrors(*source, entry);
        return true;
    }

    void mirrors(const Tree& in, Entry& entry) {
        each_table(in, "mirrors", [&](const Tree& mirror) { add_file(entry, text(mirror, "url")); });
    }

    /// The commit of the archive, by its field, beside the one in its URL or that of the repository.
    void compare(const Entry& entry, const std::string& commit, const std::string& other) {
        if (!is_commit(commit) || !is_commit(other) || commit == other) return;
        context_.finding("manifest.resolved-version", Severity::high,
                         escape_terminal(entry.name + " " + entry.version, 200) + " is commit " + commit + " by one field and " + other + " by another", context_.at_line(std::max(entry.line, 1U)),
                         "What is installed is what the URL holds, whatever version the lockfile shows.", "Delete the entry and let the package manager resolve it again.");
    }

    void requirements(const Tree& root, std::string_view key, const std::string& marker) {
        const Tree* packages = table(root, key);
        if (packages == nullptr) return;
        for (const Tree::Entry& one : packages->entries) {
            if (is_platform(ascii_lower(one.key))) continue;
            if (!is_name(one.key) || !one.value.is_text()) {
                fail("'" + escape_terminal(one.key, 100) + "' is no vendor/name with a version", one.line);
                continue;
            }
            Entry entry{"composer", one.key};
            entry.line = one.line;
            entry.markers = marker;
            set_version(entry, one.value.text);
            add(std::move(entry));
        }
    }

    /// "1.2.3" is that version; "dev-main#<commit>" that commit; "@dev" names a stability alone.
    static void set_version(Entry& entry, std::string_view written) {
        std::string_view text = trim(written);
        set_range(entry, text);
        const std::size_t hash = text.find('#');
        if (hash != std::string_view::npos) entry.pinned = is_commit(ascii_lower(text.substr(hash + 1)));
        text = trim(text.substr(0, text.find_first_of("@#")));
        if (text.empty()) return;
        while (text.starts_with('=')) text.remove_prefix(1);
        text = trim(text);
        const bool wildcard = text.ends_with(".x") || text.ends_with(".X");
        if (is_exact(text) && !is_branch(text) && !wildcard && hash == std::string_view::npos) entry.version = text;
    }

    /// In order of precedence; the public registry stands behind them all, unless it is taken away.
    void repositories(const Tree& root) {
        const Tree* all = root.find("repositories");
        if (all == nullptr || all->type == Tree::Type::null) return;
        if (!all->is_array() && !all->is_table()) {
            fail("`repositories` is neither a list nor an object", all->line);
            return;
        }
        std::vector<const Tree*> items;
        bool public_one = true;
        for (const Tree& item : all->items) {
            const bool off = item.is_table() && item.entries.size() == 1 && is_off(item.entries[0]);
            if (off) {
                public_one = false;
            } else {
                items.push_back(&item);
            }
        }
        for (const Tree::Entry& entry : all->entries) {
            if (is_off(entry)) {
                public_one = false;
            } else {
                items.push_back(&entry.value);
            }
        }
        for (const Tree* item : items) {
            if (item->is_table()) {
                repository(*item, public_one);
            } else {
                fail("a repository that is no object", item->line);
            }
        }
    }

    static bool is_off(const Tree::Entry& entry) { return entry.value.type == Tree::Type::boolean && !entry.value.boolean && entry.key.starts_with("packagist"); }

    void repository(const Tree& one, bool public_one) {
        const std::string kind = text(one, "type");
        const std::string url = text(one, "url");
        if (kind == "package") {
            if (one.find("package") != nullptr && one.find("package")->is_array()) {
                each_table(one, "package", [this](const Tree& package_one) { package(package_one, "repository"); });
            } else if (const Tree* inner = table(one, "package")) {
                package(*inner, "repository");
            } else {
                fail("a repository of packages without any", one.line);
            }
            return;
        }
        static constexpr std::array<std::string_view, 11> kRepositories = {"vcs", "git", "github", "gitlab", "bitbucket", "git-bitbucket", "svn", "hg", "fossil", "perforce", "artifact"};
        const bool of_code = std::find(kRepositories.begin(), kRepositories.end(), kind) != kRepositories.end();
        if (url.empty() || (kind != "composer" && kind != "path" && !of_code)) {
            fail("a repository of no kind that is known, or without URL", one.line);
            return;
        }
        const std::string written = "repositories: " + kind;
        if (kind == "path") return;      // a folder of the project: what comes from it, the lockfile says
        // One of source code has packages of any name.
        if (kind != "composer") return index(Role::find_links, "composer", as_url(url), written, one.line);
        bool scoped = false;
        each_text(one, "only", [&](const std::string& names, std::uint32_t line) {
            index(Role::scoped, "composer", url, written, line, names == "*" ? "**" : ascii_lower(names));
            scoped = true;
        });
        if (!scoped) index(public_one || primary_ ? Role::extra : Role::primary, "composer", url, written, one.line);
        if (!scoped && !public_one) primary_ = true;
    }

    bool primary_ = false;               // a repository stands in the place of the public one
};

}  // namespace

bool matches_composer_json(std::string_view file_name) { return file_name == "composer.json"; }
bool matches_composer_lock(std::string_view file_name) { return file_name == "composer.lock"; }

bool parse_composer_json(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_json_tree(bytes);
    if (!root) return malformed(context, "composer.json", root.error().message);
    if (!root->is_table()) return malformed(context, "composer.json", "the document is no object");
    context.format("composer.json");
    return Reader(context).read_manifest(*root);
}

bool parse_composer_lock(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_json_tree(bytes);
    if (!root) return malformed(context, "composer.lock", root.error().message);
    if (!root->is_table()) return malformed(context, "composer.lock", "the document is no object");
    context.format("composer.lock");
    return Reader(context).read_lock(*root);
}

}  // namespace headgate::intake
