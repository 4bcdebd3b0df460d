// pom.xml (Maven's POM reference, model version 4.0.0). Properties of the file itself are filled in; what parents and the command line
// define is computed.
#include <map>

#include "base/text.hpp"
#include "codec/xml.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

using codec::XmlElement;

constexpr std::string_view kFormat = "pom.xml";
constexpr int kSubstitutions = 20;      // a property may name another
constexpr std::size_t kLongest = 4096;  // of a text with properties, and of one

std::string text_of(const XmlElement& in, std::string_view name) { return std::string(in.child_text(name)); }

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(const XmlElement& project) {
        properties(project);
        if (const XmlElement* parent = project.child("parent")) artifact(*parent, "parent");
        build(project, {});
        if (const XmlElement* profiles = project.child("profiles")) {
            for (const XmlElement& profile : profiles->children) build(profile, "profile " + text_of(profile, "id"));
        }
        return understood_;
    }

  private:
    void fail(const std::string& why, std::uint32_t line) { understood_ = not_understood(context_, why, line); }

    /// A property that stands twice with two values, as one of a profile may, has none.
    void define(const std::string& name, const std::string& value) {
        const auto [known, added] = properties_.emplace(name, value);
        if (!added && known->second != value) known->second = "${" + name + "}";
    }

    void properties(const XmlElement& project) {
        const XmlElement* parent = project.child("parent");
        for (const std::string_view key : {"groupId", "artifactId", "version"}) {
            std::string value = text_of(project, key);
            if (parent != nullptr) {
                const std::string inherited = text_of(*parent, key);
                for (const std::string_view prefix : {"project.parent.", "parent.", "pom.parent."}) define(std::string(prefix) + std::string(key), inherited);
                if (value.empty()) value = inherited;
            }
            if (value.empty()) continue;
            for (const std::string_view prefix : {"project.", "pom.", ""}) define(std::string(prefix) + std::string(key), value);
        }
        const auto define_all = [this](const XmlElement& in) {
            if (const XmlElement* all = in.child("properties")) {
                for (const XmlElement& one : all->children) define(one.name, std::string(trim(one.text)));
            }
        };
        define_all(project);
        if (const XmlElement* profiles = project.child("profiles")) {
            for (const XmlElement& profile : profiles->children) define_all(profile);
        }
    }

    /// nullopt: it names a property that this file does not settle.
    std::optional<std::string> filled(std::string text) const {
        for (int i = 0; i <= kSubstitutions; ++i) {
            const std::size_t begin = text.find("${");
            if (begin == std::string::npos) return text;
            const std::size_t end = text.find('}', begin);
            if (end == std::string::npos) return std::nullopt;
            const auto known = properties_.find(text.substr(begin + 2, end - begin - 2));
            if (known == properties_.end() || text.size() > kLongest || known->second.size() > kLongest) return std::nullopt;
            text.replace(begin, end - begin + 1, known->second);
        }
        return std::nullopt;
    }

    void build(const XmlElement& in, const std::string& marker) {
        dependencies(in, marker);
        if (const XmlElement* managed = in.child("dependencyManagement")) dependencies(*managed, joined(marker, "managed"));
        if (const XmlElement* build = in.child("build")) {
            plugins(*build, marker);
            if (const XmlElement* managed = build->child("pluginManagement")) plugins(*managed, joined(marker, "managed"));
            list(*build, "extensions", "extension", joined(marker, "extension"));
        }
        if (const XmlElement* reporting = in.child("reporting")) plugins(*reporting, marker);
        repositories(in, "repositories", "repository");
        repositories(in, "pluginRepositories", "pluginRepository");
    }

    static std::string joined(std::string marker, std::string_view more) {
        add_marker(marker, more);
        return marker;
    }

    void list(const XmlElement& in, std::string_view all, std::string_view one, const std::string& marker) {
        const XmlElement* items = in.child(all);
        if (items == nullptr) return;
        for (const XmlElement& item : items->children) {
            if (item.name == one) {
                artifact(item, marker);
            } else {
                fail("<" + escape_terminal(item.name, 60) + "> in <" + std::string(all) + ">", item.line);
            }
        }
    }

    void dependencies(const XmlElement& in, const std::string& marker) { list(in, "dependencies", "dependency", marker); }

    void plugins(const XmlElement& in, const std::string& marker) {
        list(in, "plugins", "plugin", joined(marker, "plugin"));
        if (const XmlElement* all = in.child("plugins")) {
            for (const XmlElement& plugin : all->children) dependencies(plugin, joined(marker, "plugin"));
        }
    }

    void artifact(const XmlElement& item, const std::string& marker) {
        if (!context_.room()) {
            understood_ = false;
            return;
        }
        std::string group = text_of(item, "groupId");
        if (group.empty() && item.name == "plugin") group = "org.apache.maven.plugins";
        const auto filled_group = filled(group);
        const auto name = filled(text_of(item, "artifactId"));
        const auto version = filled(text_of(item, "version"));
        if (!filled_group || !name) {
            record_computed("maven", group + ":" + text_of(item, "artifactId"), item.line, context_);
            return;
        }
        if (filled_group->empty() || name->empty() || name->find(':') != std::string::npos || filled_group->find(':') != std::string::npos) {
            fail("an artifact without group or name", item.line);
            return;
        }
        Entry entry{"maven", *filled_group + ":" + *name};
        entry.line = item.line;
        entry.markers = marker;
        const std::string scope = text_of(item, "scope");
        if (!scope.empty() && scope != "compile") add_marker(entry.markers, "scope " + scope);
        if (text_of(item, "optional") == "true") add_marker(entry.markers, "optional");
        if (scope == "system") {
            entry.source = Requirement::Source::path;
            entry.url = text_of(item, "systemPath");
        }
        if (version) {
            std::string_view exact = *version;
            if (exact.starts_with('[') && exact.ends_with(']')) exact = exact.substr(1, exact.size() - 2);
            if (is_exact(exact) && !exact.ends_with("-SNAPSHOT")) entry.version = exact;
            set_range(entry, *version);
        }
        if (!record(std::move(entry), context_)) understood_ = false;
    }

    /// Asked beside the central one, for every artifact.
    void repositories(const XmlElement& in, std::string_view all, std::string_view one) {
        const XmlElement* items = in.child(all);
        if (items == nullptr) return;
        for (const XmlElement& item : items->children) {
            const auto url = filled(text_of(item, "url"));
            if (item.name != one || !url || url->empty()) {
                fail("a repository whose URL is not written out", item.line);
                continue;
            }
            context_.evidence.index_options.push_back({context_.at_line(item.line), IndexOption::Role::extra, "maven", without_login(*url), std::string(one), {}});
        }
    }

    IntakeContext& context_;
    std::map<std::string, std::string> properties_;
    bool understood_ = true;
};

}  // namespace

bool matches_pom_xml(std::string_view file_name) { return file_name == "pom.xml" || file_name.ends_with(".pom"); }

bool parse_pom_xml(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_xml_tree(bytes);
    if (!root) return malformed(context, kFormat, root.error().message);
    if (root->name != "project") return malformed(context, kFormat, "its root is not <project>");
    context.format(kFormat);
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
