// Settings beside a manifest that choose a place, or name what a tool installs for itself: .bundle/config ("bundle config", Bundler's
// documentation), .condarc (conda, "Configuration"), .mvn/extensions.xml (Maven, "Core Extensions"), .config/dotnet-tools.json (.NET, "Local
// tools").
#include "base/text.hpp"
#include "codec/xml.hpp"
#include "intake/all.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

using Role = IndexOption::Role;

class BundleSettings : public TreeReader {
  public:
    using TreeReader::TreeReader;

    /// "BUNDLE_MIRROR__ALL", "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/": asked in the place of that one.
    bool read(const Tree& root) {
        constexpr std::string_view kMirror = "bundle_mirror__";
        for (const Tree::Entry& one : root.entries) {
            const std::string key = ascii_lower(one.key);
            if (key == "bundle_ssl_verify_mode" && text(root, one.key) != "1") index(Role::trusted_host, "gem", "of every host", one.key, one.line);
            if (!key.starts_with(kMirror) || key.ends_with("fallback_timeout") || key.ends_with("fallback_timeout/")) continue;
            const std::string url = text(root, one.key);
            const bool all = key == "bundle_mirror__all" || key.find("rubygems") != std::string::npos;
            if (url.empty()) {
                fail("a mirror without URL", one.line);
            } else {
                index(all ? Role::primary : Role::extra, "gem", url, one.key, one.line);
            }
        }
        return understood_;
    }
};

class CondaSettings : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        channels(root, "channels");
        channels(root, "default_channels");
        if (const std::string alias = text(root, "channel_alias"); !alias.empty()) index(Role::primary, "conda", alias, "channel_alias", root.find("channel_alias")->line);
        if (const Tree* custom = table(root, "custom_channels")) {
            for (const Tree::Entry& one : custom->entries) index(Role::extra, "conda", text(*custom, one.key), "custom_channels", one.line);
        }
        if (const Tree* several = table(root, "custom_multichannels")) {
            for (const Tree::Entry& one : several->entries) channels(*several, one.key);
        }
        const Tree* verify = root.find("ssl_verify");
        const bool off = verify != nullptr && ((verify->type == Tree::Type::boolean && !verify->boolean) || (verify->is_text() && ascii_lower(verify->text) == "false"));
        if (off) index(Role::trusted_host, "conda", "of every host", "ssl_verify: false", verify->line);
        return understood_;
    }

  private:
    /// As in environment.yml: the first is asked first, and those that are named alone are of one registry.
    void channels(const Tree& in, std::string_view key) {
        bool first = true;
        each_text(in, key, [&](const std::string& channel, std::uint32_t line) {
            if (channel == "nodefaults" || channel == "defaults") return;
            const bool named_alone = channel.find("://") == std::string::npos;
            index(first || named_alone ? Role::primary : Role::extra, "conda", channel, std::string(key), line);
            first = false;
        });
    }
};

class DotnetTools : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        const Tree* tools = table(root, "tools");
        if (tools == nullptr) return understood_;
        for (const Tree::Entry& one : tools->entries) {
            const Tree* tool = table(*tools, one.key);
            if (tool == nullptr) continue;
            Entry entry{"nuget", one.key};
            entry.line = one.line;
            const std::string version = text(*tool, "version");
            if (is_exact(version)) entry.version = version;
            set_range(entry, version);
            entry.markers = "tool";
            add(std::move(entry));
        }
        return understood_;
    }
};

/// `Settings`: a TreeReader over a table; an empty file is one without entries.
template <typename Settings>
bool read_settings(const Result<codec::Tree>& root, IntakeContext& context, std::string_view format) {
    if (!root) return malformed(context, format, root.error().message);
    const bool empty = root->type == codec::Tree::Type::null;
    if (!root->is_table() && !empty) return malformed(context, format, "the document is no mapping");
    context.format(format);
    return empty || Settings(context).read(*root);
}

}  // namespace

bool matches_bundle_config(std::string_view file_name) { return file_name == "config"; }
bool matches_condarc(std::string_view file_name) { return file_name == ".condarc" || file_name == "condarc"; }
bool matches_maven_extensions(std::string_view file_name) { return file_name == "extensions.xml"; }
bool matches_dotnet_tools(std::string_view file_name) { return file_name == "dotnet-tools.json"; }

bool parse_bundle_config(ByteView bytes, IntakeContext& context) { return read_settings<BundleSettings>(codec::parse_yaml_tree(bytes), context, ".bundle/config"); }
bool parse_condarc(ByteView bytes, IntakeContext& context) { return read_settings<CondaSettings>(codec::parse_yaml_tree(bytes), context, ".condarc"); }
bool parse_dotnet_tools(ByteView bytes, IntakeContext& context) { return read_settings<DotnetTools>(codec::parse_json_tree(bytes), context, "dotnet-tools.json"); }

/// What Maven loads into itself before it reads any POM.
bool parse_maven_extensions(ByteView bytes, IntakeContext& context) {
    constexpr std::string_view kFormat = "extensions.xml";
    const auto root = codec::parse_xml_tree(bytes);
    if (!root) return malformed(context, kFormat, root.error().message);
    if (root->name != "extensions") return malformed(context, kFormat, "its root is not <extensions>");
    context.format(kFormat);
    bool understood = true;
    for (const codec::XmlElement& one : root->children) {
        if (!context.room()) return false;
        const std::string group(one.child_text("groupId"));
        const std::string artifact(one.child_text("artifactId"));
        const std::string version(one.child_text("version"));
        if (one.name != "extension" || group.empty() || artifact.empty() || (group + artifact + version).find("${") != std::string::npos) {
            understood = not_understood(context, "an item that is no extension with its name written out", one.line);
            continue;
        }
        Entry entry{"maven", group + ":" + artifact};
        entry.line = one.line;
        if (is_exact(version)) entry.version = version;
        set_range(entry, version);
        entry.markers = "extension of Maven";
        entry.runs_install_script = true;
        if (!record(std::move(entry), context)) understood = false;
    }
    return understood;
}

}  // namespace headgate::intake
