// .mvn/settings.xml: mirrors and repositories that Maven asks beside, or in the place of, those of a POM (Maven's settings reference). It
// is used where .mvn/maven.config, or whoever runs Maven, says so.
#include "base/text.hpp"
#include "codec/xml.hpp"
#include "intake/all.hpp"
#include "intake/entry.hpp"

namespace headgate::intake {
namespace {

using codec::XmlElement;

constexpr std::string_view kFormat = "settings.xml";

std::string text_of(const XmlElement& in, std::string_view name) { return std::string(in.child_text(name)); }

class Reader {
  public:
    explicit Reader(IntakeContext& context) : context_(context) {}

    bool read(const XmlElement& settings) {
        if (const XmlElement* mirrors = settings.child("mirrors")) {
            for (const XmlElement& one : mirrors->children) mirror(one);
        }
        if (const XmlElement* profiles = settings.child("profiles")) {
            for (const XmlElement& profile : profiles->children) {
                repositories(profile, "repositories");
                repositories(profile, "pluginRepositories");
            }
        }
        return understood_;
    }

  private:
    using Role = IndexOption::Role;

    /// Of everything: then no repository that a POM names is asked. Of the central one: in its place. Of others: beside it.
    void mirror(const XmlElement& one) {
        if (text_of(one, "blocked") == "true") return;
        const std::string of = text_of(one, "mirrorOf");
        const bool all = of == "*" || of == "external:*";
        option(one, all || of == "central" || of.starts_with("*,") || of.starts_with("external:*,") ? Role::primary : Role::extra, all ? "mirrorOf *" : "mirrorOf " + of);
    }

    void repositories(const XmlElement& profile, std::string_view name) {
        const XmlElement* all = profile.child(name);
        if (all == nullptr) return;
        for (const XmlElement& one : all->children) option(one, Role::extra, "repository");
    }

    void option(const XmlElement& one, Role role, std::string written) {
        const std::string url = text_of(one, "url");
        if (!context_.room()) {
            understood_ = false;
        } else if (url.empty() || url.find("${") != std::string::npos || has_control_characters(written)) {
            understood_ = not_understood(context_, "<" + escape_terminal(one.name, 60) + "> whose URL is not written out", one.line);
        } else {
            context_.evidence.index_options.push_back({context_.at_line(one.line), role, "maven", without_login(url), std::move(written), {}});
        }
    }

    IntakeContext& context_;
    bool understood_ = true;
};

}  // namespace

bool matches_maven_settings(std::string_view file_name) { return file_name == "settings.xml"; }

bool parse_maven_settings(ByteView bytes, IntakeContext& context) {
    const auto root = codec::parse_xml_tree(bytes);
    if (!root) return malformed(context, kFormat, root.error().message);
    if (root->name != "settings") return malformed(context, kFormat, "its root is not <settings>");
    context.format(kFormat);
    return Reader(context).read(*root);
}

}  // namespace headgate::intake
