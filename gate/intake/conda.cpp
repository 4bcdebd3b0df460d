// environment.yml of conda, and conda-lock.yml (conda's "Managing environments"; conda-lock's lockfile version 1).
#include <algorithm>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/conda.hpp"
#include "intake/requirements.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

class EnvironmentReader : public TreeReader {
  public:
    EnvironmentReader(IntakeContext& context, ByteView bytes) : TreeReader(context), lines_(split_lines(as_text(bytes))) {}

    bool read(const Tree& root) {
        using Role = IndexOption::Role;
        bool first = true;
        each_text(root, "channels", [&](const std::string& channel, std::uint32_t line) {
            // "nodefaults" is no channel: it takes the default ones away.
            if (channel == "nodefaults") return;
            // A lower channel is asked too, unless the machine's settings say strict. Those that are named alone are of one registry.
            const bool named_alone = channel.find("://") == std::string::npos;
            index(first || named_alone ? Role::primary : Role::extra, "conda", channel, "channels", line);
            first = false;
        });
        const Tree* list = array(root, "dependencies");
        if (list == nullptr) return understood_;
        for (const Tree& item : list->items) {
            if (item.is_text()) {
                package(item.text, item.line);
            } else if (item.is_table() && item.entries.size() == 1 && item.entries[0].key == "pip") {
                pip(item);
            } else {
                fail("a dependency that is neither a package nor a list for pip", item.line);
            }
        }
        return understood_;
    }

  private:
    void package(std::string_view written, std::uint32_t line) {
        auto entry = conda::read_match_spec(written, line);
        if (!entry) {
            fail("a dependency whose form is not read: " + escape_terminal(without_login(written), 100), line);
            return;
        }
        if (line > 0 && line <= lines_.size() && lines_[line - 1].find("# [") != std::string_view::npos) entry->markers = "selector";
        add(std::move(*entry));
    }

    /// conda writes the list to a requirements file of its own, and so it is read.
    void pip(const Tree& item) {
        std::string lines;
        std::uint32_t number = 1;
        if (array(item, "pip") == nullptr) {
            fail("`pip` without a list", item.line);
            return;
        }
        each_text(item, "pip", [&](const std::string& text, std::uint32_t line) {
            while (number < line) {
                lines += '\n';
                ++number;
            }
            lines += text + "\n";
            number += 1 + static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
        });
        if (!requirements::read_all(as_bytes(lines), context_)) understood_ = false;
    }

    std::vector<std::string_view> lines_;   // a comment "# [win]" leaves an entry out on other platforms
};

class LockReader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        if (text(root, "version") != "1") return fail("version is not 1", root.line);
        made_from(root);
        each_table(root, "package", [this](const Tree& one) { package(one); });
        return understood_;
    }

  private:
    /// One made from other files says nothing of the environment.yml beside it, nor does one that does not say.
    void made_from(const Tree& root) {
        const Tree* metadata = table(root, "metadata");
        bool beside = false;
        if (metadata != nullptr) {
            each_text(*metadata, "sources", [&](const std::string& path, std::uint32_t) {
                beside = beside || matches_conda_environment(std::string_view(path).substr(path.rfind('/') + 1));
            });
        }
        if (!beside) declare_computed("conda", "metadata.sources", root.line, context_);
    }

    void package(const Tree& one) {
        const std::string manager = text(one, "manager");
        Entry entry{manager == "pip" ? "pypi" : "conda", text(one, "name")};
        entry.line = one.line;
        entry.version = text(one, "version");
        const std::string url = text(one, "url");
        entry.markers = text(one, "platform");
        if (const std::string category = text(one, "category"); category != "main") add_marker(entry.markers, category);
        if ((manager != "pip" && manager != "conda") || entry.name.empty() || entry.version.empty() || url.empty()) {
            fail("a package without manager, name, version or URL", one.line);
            return;
        }
        if (manager == "conda") {
            conda::set_archive(entry, url, context_);
        } else {
            entry.url = without_login(url);
        }
        if (const Tree* hash = table(one, "hash")) {
            for (const Tree::Entry& each : hash->entries) {
                const std::string value = text(*hash, each.key);
                if (!value.empty()) add_hashes(entry, each.key + ":" + value, context_);
            }
        }
        if (const Tree* source = table(one, "source"); source != nullptr && !source->entries.empty()) {
            entry.source = Requirement::Source::url;
            if (entry.url.starts_with("git+")) from_git(entry, entry.url.substr(0, entry.url.rfind('@')), entry.url.substr(entry.url.rfind('@') + 1));
        }
        add(std::move(entry));
    }
};

}  // namespace

bool matches_conda_environment(std::string_view file_name) {
    return file_name == "environment.yml" || file_name == "environment.yaml" || file_name == "conda.yml" || file_name == "conda.yaml";
}
bool matches_conda_lock(std::string_view file_name) {
    return file_name == "conda-lock.yml" || file_name == "conda-lock.yaml" || file_name.ends_with(".conda-lock.yml");
}

bool parse_conda_environment(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_yaml_tree(bytes);
    if (!root) return malformed(context, "environment.yml", root.error().message);
    if (!root->is_table()) return malformed(context, "environment.yml", "the document is no mapping");
    context.format("environment.yml");
    return EnvironmentReader(context, bytes).read(*root);
}

bool parse_conda_lock(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_yaml_tree(bytes);
    if (!root) return malformed(context, "conda-lock.yml", root.error().message);
    if (!root->is_table()) return malformed(context, "conda-lock.yml", "the document is no mapping");
    context.format("conda-lock.yml");
    return LockReader(context).read(*root);
}

}  // namespace headgate::intake
