// yarn.lock of yarn 2 and later: descriptors ("name@npm:^1"), and for each the locator that is installed ("name@npm:1.2.3").
// Registries are in .yarnrc.yml. A checksum is the SHA-512 of the archive as yarn keeps it.
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "intake/npm_entry.hpp"
#include "intake/tree_reader.hpp"
#include "intake/yarn_lock.hpp"

namespace headgate::intake::yarn {
namespace {

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' && text.size() - i > 2 ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
        plain += byte ? static_cast<char>((*byte)[0]) : text[i];
        if (byte) i += 2;
    }
    return plain;
}

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        for (const Tree::Entry& one : root.entries) {
            if (one.key == "__metadata") continue;
            if (!one.value.is_table()) {
                fail("an entry that is no mapping", one.line);
                continue;
            }
            entry(one);
        }
        return understood_;
    }

  private:
    void entry(const Tree::Entry& one) {
        const std::string resolution = text(one.value, "resolution");
        const auto [name, locator] = npm::split_name(resolution);
        if (name.empty() || locator.empty()) {
            fail("an entry without resolution", one.line);
            return;
        }
        if (locator == "workspace:.") {  // the project itself
            dependencies(one.value, "dependencies", {});
            dependencies(one.value, "peerDependencies", "peer");
            return;
        }
        Entry entry{"npm", std::string(name)};
        entry.line = one.line;
        entry.version = text(one.value, "version");
        checksum(text(one.value, "checksum"), entry);
        add_marker(entry.markers, text(one.value, "conditions"));
        descriptors(one.key, entry);
        if (place(locator, entry)) add(std::move(entry));
    }

    void dependencies(const Tree& project, std::string_view key, std::string_view marker) {
        const Tree* packages = table(project, key);
        if (packages == nullptr) return;
        for (const Tree::Entry& one : packages->entries) {
            if (one.value.is_text()) npm::declare(one.key, one.value.text, marker, one.line, context_);
        }
    }

    /// "10c0/<hex>": the key of the cache stands in front.
    void checksum(std::string_view written, Entry& entry) {
        if (written.empty()) return;
        add_hashes(entry, "sha512:" + std::string(written.substr(written.find('/') + 1)), context_);
    }

    /// "alias@npm:real@^1, real@npm:^1"
    void descriptors(std::string_view key, Entry& entry) {
        for (std::string_view rest = key; !rest.empty();) {
            const std::size_t comma = std::min(rest.find(", "), rest.size());
            const auto [asked, range] = npm::split_name(trim(rest.substr(0, comma)));
            rest = rest.substr(std::min(comma + 2, rest.size()));
            std::string_view real = asked;
            if (range.starts_with("npm:")) {
                const auto alias = npm::split_name(range.substr(4));
                if (!alias.rest.empty()) real = alias.name;
            }
            if (entry.written.empty()) entry.written = asked;
            if (real != entry.name) npm::name_differs(asked, entry, context_);
            if (range.starts_with("npm:")) npm::declare_resolved(entry.name, range.substr(range.rfind('@') == std::string_view::npos ? 4 : range.rfind('@') + 1), entry.version, entry.line, context_);
        }
    }

    bool place(std::string_view locator, Entry& entry) {
        const std::size_t binding = locator.find("::");
        const std::string_view plain = locator.substr(0, binding);
        std::string archive;                 // "::__archiveUrl=...": fetched from there, whatever the registry
        if (binding != std::string_view::npos) {
            for (const std::string_view one : split(locator.substr(binding + 2), '&')) {
                if (one.starts_with("__archiveUrl=")) archive = decoded(one.substr(13));
            }
        }
        if (plain.starts_with("npm:")) {
            const std::string_view version = plain.substr(4);
            if (version != entry.version) return fail("an entry whose version is not that of its resolution", entry.line);
            if (!archive.empty()) {
                if (!npm::set_resolved(entry, archive)) return fail("an archive whose place is not understood", entry.line);
                npm::check_archive(entry, archive, context_);
            }
        } else if (plain.starts_with("workspace:")) {
            entry.source = Requirement::Source::workspace;
        } else if (plain.starts_with("patch:")) {  // the package that is patched has an entry of its own
            entry.source = Requirement::Source::workspace;
            add_marker(entry.markers, "patched");
        } else if (plain.starts_with("portal:") || plain.starts_with("link:") || plain.starts_with("file:") || plain.starts_with("exec:")) {
            entry.source = Requirement::Source::path;
            entry.url = plain.substr(plain.find(':') + 1);
        } else if (!npm::set_resolved(entry, plain)) {
            return fail("a resolution that is not understood: " + escape_terminal(without_login(plain), 100), entry.line);
        }
        return true;
    }
};

}  // namespace

bool parse_berry(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_yaml_tree(bytes);
    if (!root) return malformed(context, "yarn.lock", root.error().message);
    if (!root->is_table()) return malformed(context, "yarn.lock", "the document is no mapping");
    context.format("yarn.lock 2");
    return Reader(context).read(*root);
}

}  // namespace headgate::intake::yarn
