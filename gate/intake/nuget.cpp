// packages.lock.json, packages.config and nuget.config (NuGet documentation). The lockfile does not say where a package comes from:
// nuget.config does, by its sources and their mapping.
#include <map>
#include <set>

#include "base/text.hpp"
#include "codec/xml.hpp"
#include "intake/all.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

using codec::XmlElement;

class LockReader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* version = root.find("version");
        if (version == nullptr || version->type != Tree::Type::integer || version->integer < 1 || version->integer > 3) {
            return fail("version is not 1, 2 or 3", version == nullptr ? 1 : version->line);
        }
        const Tree* frameworks = table(root, "dependencies");
        if (frameworks == nullptr) return understood_;
        for (const Tree::Entry& framework : frameworks->entries) {
            const Tree* packages = table(*frameworks, framework.key);
            if (packages == nullptr) continue;
            for (const Tree::Entry& one : packages->entries) package(*packages, one, framework.key);
        }
        return understood_;
    }

  private:
    void package(const Tree& packages, const Tree::Entry& one, const std::string& framework) {
        const Tree* value = table(packages, one.key);
        if (value == nullptr) return;
        const std::string type = text(*value, "type");
        Entry entry{"nuget", one.key};
        entry.line = one.line;
        entry.markers = framework;
        if (type == "Project") return;    // of the same solution
        if (type != "Direct" && type != "Transitive" && type != "CentralTransitive") {
            fail("package '" + escape_terminal(one.key, 100) + "' is of no type that is known", one.line);
            return;
        }
        entry.version = text(*value, "resolved");
        if (entry.version.empty()) {
            fail("package '" + escape_terminal(one.key, 100) + "' has no version", one.line);
            return;
        }
        const std::string hash = text(*value, "contentHash");
        if (type == "Direct") asked(one.key, text(*value, "requested"), one.line);
        // The same package for several frameworks is one package.
        if (!seen_.emplace(one.key + "@" + entry.version, hash).second) return;
        if (!hash.empty()) add_hashes(entry, "sha512-" + hash, context_);
        add(std::move(entry));
    }

    /// "[1.2.3, )" is what the project writes as 1.2.3, and "[1.2.3]" no other.
    void asked(const std::string& name, std::string_view requested, std::uint32_t line) {
        Entry entry{"nuget", name};
        entry.line = line;
        entry.range = requested;
        std::string_view least = requested.substr(0, requested.find(','));
        const bool open = requested.ends_with(", )");
        if (least.starts_with('[')) least.remove_prefix(1);
        if (least.ends_with(']')) least.remove_suffix(1);
        if (requested.starts_with('[') && (open || requested.find(',') == std::string_view::npos) && is_exact(trim(least))) entry.version = trim(least);
        declare(std::move(entry), context_);
    }

    std::set<std::pair<std::string, std::string>> seen_;
};

class ConfigReader {
  public:
    explicit ConfigReader(IntakeContext& context) : context_(context) {}

    bool read(const XmlElement& root) {
        sources(root);
        mapping(root);
        using Role = IndexOption::Role;
        bool first = cleared_;
        for (const auto& [key, source] : sources_) {
            const auto patterns = patterns_.find(key);
            if (patterns == patterns_.end()) {
                // Without a mapping every source is asked for every package; the machine's own stay where <clear/> does not stand.
                if (patterns_.empty()) option(first ? Role::primary : Role::extra, source, {});
                if (!patterns_.empty()) option(Role::scoped, source, {});
            } else {
                for (const std::string& pattern : patterns->second) {
                    option(pattern == "*" ? Role::primary : Role::scoped, source, pattern == "*" ? std::string() : pattern);
                }
            }
            first = false;
            if (source.insecure) option(Role::trusted_host, source, {});
        }
        for (const auto& [key, patterns] : patterns_) {
            if (!sources_.contains(key)) understood_ = not_understood(context_, "a mapping of the source '" + escape_terminal(key, 100) + "', which is not there", mapping_line_);
        }
        return understood_;
    }

  private:
    struct Source {
        std::string url;
        bool insecure = false;
        std::uint32_t line = 0;
    };

    void option(IndexOption::Role role, const Source& source, std::string names) {
        context_.evidence.index_options.push_back({context_.at_line(source.line), role, "nuget", without_login(source.url), "packageSources", std::move(names)});
    }

    void sources(const XmlElement& root) {
        for (const XmlElement& section : root.children) {
            if (section.name != "packageSources") continue;
            for (const XmlElement& one : section.children) {
                if (one.name == "clear") {
                    sources_.clear();
                    cleared_ = true;
                } else if (one.name == "add" && !one.attribute("value").empty()) {
                    const bool insecure = ascii_lower(one.attribute("allowInsecureConnections")) == "true" || ascii_lower(one.attribute("disableTLSCertificateValidation")) == "true";
                    sources_.insert_or_assign(ascii_lower(one.attribute("key")), Source{std::string(one.attribute("value")), insecure, one.line});
                } else {
                    understood_ = not_understood(context_, "<" + escape_terminal(one.name, 60) + "> in <packageSources>", one.line);
                }
            }
        }
    }

    void mapping(const XmlElement& root) {
        const XmlElement* section = root.child("packageSourceMapping");
        if (section == nullptr) return;
        mapping_line_ = section->line;
        for (const XmlElement& source : section->children) {
            if (source.name == "clear") continue;
            for (const XmlElement& package : source.children) {
                const std::string pattern = ascii_lower(package.attribute("pattern"));
                if (package.name != "package" || pattern.empty()) {
                    understood_ = not_understood(context_, "<" + escape_terminal(package.name, 60) + "> in a mapping", package.line);
                } else {
                    patterns_[ascii_lower(source.attribute("key"))].push_back(pattern);
                }
            }
        }
    }

    IntakeContext& context_;
    std::map<std::string, Source> sources_;
    std::map<std::string, std::vector<std::string>> patterns_;
    std::uint32_t mapping_line_ = 1;
    bool cleared_ = false;
    bool understood_ = true;
};

bool has_suffix(std::string_view file_name, std::string_view suffix) { return file_name.size() > suffix.size() && file_name.ends_with(suffix); }

}  // namespace

bool matches_nuget_lock(std::string_view file_name) { return file_name == "packages.lock.json" || (file_name.starts_with("packages.") && has_suffix(file_name, ".lock.json")); }
bool matches_nuget_config(std::string_view file_name) { return ascii_lower(file_name) == "nuget.config"; }
bool matches_packages_config(std::string_view file_name) { return file_name == "packages.config"; }

bool parse_nuget_lock(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_json_tree(bytes);
    if (!root) return malformed(context, "packages.lock.json", root.error().message);
    if (!root->is_table()) return malformed(context, "packages.lock.json", "the document is no object");
    context.format("packages.lock.json");
    return LockReader(context).read(*root);
}

bool parse_nuget_config(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_xml_tree(bytes);
    if (!root) return malformed(context, "nuget.config", root.error().message);
    if (root->name != "configuration") return malformed(context, "nuget.config", "its root is not <configuration>");
    context.format("nuget.config");
    return ConfigReader(context).read(*root);
}

bool parse_packages_config(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_xml_tree(bytes);
    if (!root) return malformed(context, "packages.config", root.error().message);
    if (root->name != "packages") return malformed(context, "packages.config", "its root is not <packages>");
    context.format("packages.config");
    bool understood = true;
    for (const XmlElement& one : root->children) {
        if (!context.room()) return false;
        Entry entry{"nuget", std::string(one.attribute("id"))};
        entry.line = one.line;
        if (is_exact(one.attribute("version"))) entry.version = one.attribute("version");
        if (one.attribute("developmentDependency") == "true") entry.markers = "development";
        if (one.name != "package" || entry.name.empty()) {
            understood = not_understood(context, "an item that is no package with an id", one.line);
        } else if (!record(std::move(entry), context)) {
            understood = false;
        }
    }
    return understood;
}

}  // namespace headgate::intake
