// *.csproj, *.vbproj, *.fsproj, Directory.Packages.props, Directory.Build.props (MSBuild; NuGet documentation, "PackageReference").
// Properties of the file itself are filled in where they stand once; what other files define is computed.
#include <map>

#include "base/text.hpp"
#include "codec/xml.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

using codec::XmlElement;

constexpr int kSubstitutions = 20;      // a property may name another
constexpr std::size_t kLongest = 4096;  // of a text with properties, and of one

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(const XmlElement& project) {
        walk(project, [this](const XmlElement& group) {
            if (group.name == "PropertyGroup") properties(group);
        });
        sdk(project.attribute("Sdk"), project.line);
        walk(project, [this](const XmlElement& element) { item(element); });
        return understood_;
    }

  private:
    /// Every element below, at any depth (targets and choices hold groups too). The depth is bounded by the reader of XML.
    template <typename Use>
    void walk(const XmlElement& in, const Use& use) {
        for (const XmlElement& child : in.children) {
            use(child);
            walk(child, use);
        }
    }

    void properties(const XmlElement& group) {
        for (const XmlElement& one : group.children) {
            const std::string name = ascii_lower(one.name);
            const std::string value(trim(one.text));
            const auto [known, added] = properties_.emplace(name, value);
            if (!added && known->second != value) known->second = "$(" + name + ")";   // which of them holds, a condition says
            if (name == "restoresources" || name == "restoreadditionalprojectsources") sources(name, value, one.line);
        }
    }

    void sources(const std::string& name, std::string_view value, std::uint32_t line) {
        for (const std::string_view url : split(value, ';')) {
            if (trim(url).empty() || ascii_lower(trim(url)) == "$(" + name + ")") continue;
            context_.evidence.index_options.push_back({context_.at_line(line), IndexOption::Role::extra, "nuget", without_login(trim(url)), name, {}});
        }
    }

    std::optional<std::string> filled(std::string_view written) const {
        std::string text(written);
        for (int i = 0; i <= kSubstitutions; ++i) {
            const std::size_t begin = text.find("$(");
            if (begin == std::string::npos) return text;
            const std::size_t end = text.find(')', begin);
            if (end == std::string::npos) return std::nullopt;
            const auto known = properties_.find(ascii_lower(std::string_view(text).substr(begin + 2, end - begin - 2)));
            if (known == properties_.end() || text.size() > kLongest || known->second.size() > kLongest) return std::nullopt;
            text.replace(begin, end - begin + 1, known->second);
        }
        return std::nullopt;
    }

    /// "Name/1.0": fetched like a package before the project is read.
    void sdk(std::string_view written, std::uint32_t line) {
        for (std::string_view one : split(written, ';')) {
            one = trim(one);
            const std::size_t slash = one.find('/');
            if (slash != std::string_view::npos) add(one.substr(0, slash), one.substr(slash + 1), "sdk", line);
        }
    }

    static std::string_view of(const XmlElement& element, std::string_view name) {
        const std::string_view attribute = element.attribute(name);
        return attribute.empty() ? element.child_text(name) : attribute;
    }

    void item(const XmlElement& element) {
        const std::string& kind = element.name;
        if (kind == "Import" || kind == "Sdk") {
            const std::string_view name = kind == "Sdk" ? element.attribute("Name") : element.attribute("Sdk");
            if (!name.empty() && !element.attribute("Version").empty()) return add(name, element.attribute("Version"), "sdk", element.line);
            return sdk(element.attribute("Sdk"), element.line);
        }
        const bool reference = kind == "PackageReference" || kind == "GlobalPackageReference";
        if (!reference && kind != "PackageVersion" && kind != "PackageDownload" && kind != "DotNetCliToolReference") return;
        std::string_view name = element.attribute("Include");
        if (name.empty()) name = element.attribute("Update");
        if (name.empty() && !element.attribute("Remove").empty()) return;
        if (name.empty()) {
            understood_ = not_understood(context_, "<" + kind + "> without a name", element.line);
            return;
        }
        std::string_view version = of(element, "VersionOverride");
        if (version.empty()) version = of(element, "Version");
        std::string marker = kind == "PackageVersion" ? "managed" : kind == "DotNetCliToolReference" ? "tool" : kind == "PackageDownload" ? "download" : "";
        if (element.attribute("Include").empty()) add_marker(marker, "update");   // of what something else includes
        add_marker(marker, element.attribute("Condition"));
        for (const std::string_view one : split(name, ';')) {
            if (!trim(one).empty()) add(trim(one), version, marker, element.line);
        }
    }

    void add(std::string_view name, std::string_view version, std::string_view marker, std::uint32_t line) {
        if (!context_.room()) {
            understood_ = false;
            return;
        }
        const auto filled_name = filled(name);
        const auto filled_version = filled(version);
        if (!filled_name) {
            record_computed("nuget", name, line, context_);
            return;
        }
        Entry entry{"nuget", *filled_name};
        entry.line = line;
        entry.markers = marker;
        if (filled_version) {
            std::string_view exact = trim(*filled_version);
            if (exact.starts_with('[') && exact.ends_with(']')) exact = exact.substr(1, exact.size() - 2);
            if (is_exact(exact)) entry.version = exact;
            set_range(entry, *filled_version);
        }
        if (!record(std::move(entry), context_)) understood_ = false;
    }

    IntakeContext& context_;
    std::map<std::string, std::string> properties_;
    bool understood_ = true;
};

}  // namespace

bool matches_csproj(std::string_view file_name) {
    for (const std::string_view ending : {".csproj", ".vbproj", ".fsproj"}) {
        if (file_name.ends_with(ending)) return true;
    }
    return file_name == "Directory.Packages.props" || file_name == "Directory.Build.props" || file_name == "Directory.Build.targets";
}

bool parse_csproj(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_xml_tree(bytes);
    if (!root) return malformed(context, "MSBuild project", root.error().message);
    if (root->name != "Project") return malformed(context, "MSBuild project", "its root is not <Project>");
    context.format("MSBuild project");
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
