// CycloneDX 1.2 to 1.7 (ECMA-424), JSON and XML.
//
// Every component in `components`, at any depth, is a member. metadata.component is the product itself: it is the subject, and what
// it is put together from is listed in its own `components`. Not members, and why:
// - metadata.tools, and what declarations, annotations and vulnerabilities name: they tell who wrote the document, and what of;
// - services: they answer over the network, and nothing of theirs is admitted with the product;
// - pedigree: what a component was made from; what it became is the component;
// - data sets and models that a model card names: what a model was trained and measured on is not delivered with it.
// Components of a formula (what a product was built with) are members where a purl says what they are, as build requirements are
// elsewhere; without one they are steps of a process.
#include "intake/cyclonedx.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "intake/all.hpp"
#include "intake/sbom.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake {
namespace {

constexpr std::string_view kFormat = "CycloneDX";
constexpr std::array<std::string_view, 6> kVersions = {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
constexpr std::string_view kOtherDocument = "urn:cdx:";

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        if (text(root, "bomFormat") != kFormat) return fail("it is no CycloneDX: `bomFormat` does not say so", root.line);
        const std::string version = text(root, "specVersion");
        bool known = false;
        for (const std::string_view one : kVersions) known = known || one == version;
        if (!known) return fail("`specVersion` is not 1.2 to 1.7: " + escape_terminal(version, 40), root.find("specVersion") == nullptr ? root.line : root.find("specVersion")->line);
        dependencies(root);
        each_table(root, "formulation", [this](const Tree& formula) { put_inner(formula, "formulation"); });
        put_inner(root, {});
        if (const Tree* metadata = table(root, "metadata")) {
            if (const Tree* subject = table(*metadata, "component")) put_inner(*subject, {});
        }
        while (!open_.empty()) {
            const auto [one, marker] = open_.back();
            open_.pop_back();
            if (!context_.room()) return false;
            component(*one, marker);
        }
        return understood_;
    }

  private:
    /// Those inside are looked at next, in the order of the document.
    void put_inner(const Tree& in, std::string_view marker) {
        const std::size_t before = open_.size();
        each_table(in, "components", [&](const Tree& one) { open_.emplace_back(&one, marker); });
        std::reverse(open_.begin() + static_cast<std::ptrdiff_t>(before), open_.end());
    }

    /// Which components others are said to hang from. What hangs from another document is not seen here.
    void dependencies(const Tree& root) {
        each_table(root, "dependencies", [this](const Tree& one) {
            const std::string reference = text(one, "ref");
            each_text(one, "dependsOn", [&](const std::string& other, std::uint32_t line) {
                if (!reference.empty()) parents_.insert(reference);
                if (other.starts_with(kOtherDocument)) fail("a component depends on what another document lists", line);
            });
        });
    }

    void component(const Tree& one, std::string_view marker) {
        sbom::Component component;
        component.group = text(one, "group");
        component.name = text(one, "name");
        component.version = text(one, "version");
        component.range = text(one, "versionRange");
        component.line = one.line;
        component.markers = marker;
        if (const std::string scope = text(one, "scope"); scope != "required") add_marker(component.markers, scope);
        const std::string type = text(one, "type");
        if (type == "data") component.kind = sbom::Component::Kind::dataset;
        if (type == "machine-learning-model") component.kind = sbom::Component::Kind::model;
        if (std::string purl = text(one, "purl"); !purl.empty()) component.purls.push_back(std::move(purl));
        hashes(one, component);
        each_table(one, "externalReferences", [&](const Tree& reference) {
            const std::string about = text(reference, "type");
            if (about == "website" || about == "model-card") component.pages.push_back(text(reference, "url"));
            if (about != "distribution") return;
            component.places.push_back(text(reference, "url"));
            hashes(reference, component);
        });
        if (!sbom::add(component, role_of(type, one, component, marker), context_)) understood_ = false;
        put_inner(one, marker);
    }

    void hashes(const Tree& in, sbom::Component& component) {
        each_table(in, "hashes", [&](const Tree& hash) { component.hashes.emplace_back(text(hash, "alg"), text(hash, "content")); });
    }

    sbom::Role role_of(std::string_view type, const Tree& one, const sbom::Component& component, std::string_view marker) {
        using sbom::Role;
        if (type == "file" || type == "device" || type == "cryptographic-asset") return Role::part;
        if (type == "operating-system") return Role::system;
        const bool holds = parents_.contains(text(one, "bom-ref")) || one.find("components") != nullptr;
        if (type == "application" && holds && sbom::is_bare(component)) return Role::collection;
        return marker == "formulation" ? Role::part : Role::package;
    }

    std::set<std::string> parents_;
    std::vector<std::pair<const Tree*, std::string_view>> open_;  // components to be looked at, the next one last
};

bool read(const codec::Tree& root, IntakeContext& context) {
    if (!root.is_table()) return malformed(context, kFormat, "the document is no object");
    context.format(kFormat);
    return Reader(context).read(root);
}

std::string_view file_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }      // npos + 1 is 0

/// "sbom.json", "app-sbom.json", "sbom_app.json", "app.cyclonedx.json", and the same with ".xml". Not "sbomber.json".
bool is_called_sbom(std::string_view file_name) {
    const std::string lower = ascii_lower(file_name);
    const std::size_t ending = lower.size() - std::min<std::size_t>(lower.size(), lower.ends_with(".json") ? 5 : lower.ends_with(".xml") ? 4 : lower.size());
    const std::string_view name = std::string_view(lower).substr(0, ending);
    if (name.empty()) return false;
    if (name == "cyclonedx" || name.ends_with(".cyclonedx")) return true;
    const auto parts = [](char c) { return c == '-' || c == '_' || c == '.'; };
    for (std::size_t at = name.find("sbom"); at != std::string_view::npos; at = name.find("sbom", at + 1)) {
        const std::size_t end = at + 4;
        if ((at == 0 || parts(name[at - 1])) && (end == name.size() || parts(name[end]))) return true;
    }
    return false;
}

}  // namespace

bool matches_cyclonedx(std::string_view file_name) {
    if (file_name == "bom.json" || file_name == "bom.xml" || file_name.ends_with(".cdx.json") || file_name.ends_with(".cdx.xml")) return true;
    return !matches_spdx(file_name) && is_called_sbom(file_name);
}

bool parse_cyclonedx(ByteView bytes, IntakeContext& context) {
    if (!ascii_lower(context.path).ends_with(".xml")) {
        const auto root = codec::parse_json_tree(bytes);
        if (!root) return malformed(context, kFormat, root.error().message);
        // Called an SBOM, of whichever kind: what it says of itself decides.
        const bool cyclonedx = root->is_table() && (root->find("bomFormat") != nullptr || root->find("components") != nullptr);
        const bool spdx = root->is_table() && (root->find("spdxVersion") != nullptr || root->find("@context") != nullptr || root->find("@graph") != nullptr);
        const bool either = is_called_sbom(file_name_of(context.path));
        if (either && cyclonedx && spdx) return malformed(context, kFormat, "it is CycloneDX and SPDX at once: each tool reads another list");
        return spdx && either ? parse_spdx(bytes, context) : read(*root, context);
    }
    const auto document = codec::parse_xml_tree(bytes);
    if (!document) return malformed(context, kFormat, document.error().message);
    const auto root = cyclonedx::tree_of(*document);
    return root ? read(*root, context) : malformed(context, kFormat, root.error().message);
}

}  // namespace headgate::intake
