// gradle.lockfile and gradle/verification-metadata.xml (Gradle User Manual, "Locking Versions", "Verifying dependencies").
#include "base/text.hpp"
#include "codec/xml.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

using codec::XmlElement;

/// The hashes of all artifacts of a component: several files may belong to one version.
void add_artifact_hashes(const XmlElement& artifact, Entry& entry, IntakeContext& context) {
    for (const XmlElement& hash : artifact.children) {
        if (hash.name != "md5" && hash.name != "sha1" && hash.name != "sha256" && hash.name != "sha512") continue;
        add_hashes(entry, hash.name + ":" + std::string(hash.attribute("value")), context);
        for (const XmlElement& also : hash.children) {
            if (also.name == "also-trust") add_hashes(entry, hash.name + ":" + std::string(also.attribute("value")), context);
        }
    }
}

bool read_metadata(const XmlElement& root, IntakeContext& context) {
    bool understood = true;
    if (const XmlElement* configuration = root.child("configuration")) {
        const XmlElement* verify = configuration->child("verify-metadata");
        const XmlElement* trusted = configuration->child("trusted-artifacts");
        if (trusted != nullptr && !trusted->children.empty()) {
            context.finding("manifest.unverified", Severity::medium, std::to_string(trusted->children.size()) + " patterns of artifacts are trusted without verification", context.at_line(trusted->line),
                            "Whatever matches is used whatever its content.", "Remove the patterns, and let Gradle write the checksums.");
        }
        if (verify != nullptr && trim(verify->text) == "false") {
            context.finding("manifest.unverified", Severity::low, "metadata of dependencies is not verified", context.at_line(verify->line),
                            "Metadata says what else is fetched.", "Set verify-metadata to true.");
        }
    }
    const XmlElement* components = root.child("components");
    if (components == nullptr) return understood;
    for (const XmlElement& component : components->children) {
        if (!context.room()) return false;
        const std::string group(component.attribute("group"));
        const std::string name(component.attribute("name"));
        const std::string version(component.attribute("version"));
        if (component.name != "component" || group.empty() || name.empty() || version.empty()) {
            understood = not_understood(context, "a component without group, name or version", component.line);
            continue;
        }
        Entry entry{"maven", group + ":" + name};
        entry.version = version;
        entry.line = component.line;
        for (const XmlElement& artifact : component.children) add_artifact_hashes(artifact, entry, context);
        if (!record(std::move(entry), context)) understood = false;
    }
    return understood;
}

}  // namespace

bool matches_gradle_lockfile(std::string_view file_name) { return file_name == "gradle.lockfile" || file_name.ends_with("-gradle.lockfile"); }
bool matches_gradle_verification(std::string_view file_name) { return file_name == "verification-metadata.xml"; }

/// "group:name:version=configurations"; "empty=" lists configurations without any.
bool parse_gradle_lockfile(ByteView bytes, IntakeContext& context) {
    const auto text = plain_text(bytes, context, "gradle.lockfile");
    if (!text) return false;
    context.format("gradle.lockfile");
    bool understood = true;
    bool any = false;
    std::uint32_t number = 0;
    for (const std::string_view raw : split_lines(*text)) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty() || line.starts_with('#')) continue;
        if (!context.room()) return false;
        any = true;
        const std::size_t equals = line.find('=');
        const auto parts = split(line.substr(0, equals), ':');
        if (equals != std::string_view::npos && line.substr(0, equals) == "empty") continue;
        if (equals == std::string_view::npos || parts.size() != 3 || parts[0].empty() || parts[1].empty() || parts[2].empty()) {
            understood = not_understood(context, "a line that is not group:name:version=configurations", number);
            continue;
        }
        Entry entry{"maven", std::string(parts[0]) + ":" + std::string(parts[1])};
        // What a snapshot is, its repository says every day anew.
        if (is_exact(parts[2]) && !parts[2].ends_with("-SNAPSHOT") && !parts[2].ends_with('+')) entry.version = parts[2];
        entry.markers = line.substr(equals + 1);
        entry.line = number;
        if (!record(std::move(entry), context)) understood = false;
    }
    return any ? understood : not_understood(context, "neither a component nor `empty=`: Gradle writes one of them", 1);
}

bool parse_gradle_verification(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_xml_tree(bytes);
    if (!root) return malformed(context, "verification-metadata.xml", root.error().message);
    if (root->name != "verification-metadata") return malformed(context, "verification-metadata.xml", "its root is not <verification-metadata>");
    context.format("verification-metadata.xml");
    return read_metadata(*root, context);
}

}  // namespace headgate::intake
