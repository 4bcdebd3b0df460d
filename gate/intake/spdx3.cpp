// SPDX 3.0, JSON-LD. Elements stand in @graph, or inside each other: all of the document is walked. Only the context of the
// specification is taken, since another one may give its words other meanings.
#include <algorithm>
#include <array>
#include <map>
#include <ranges>

#include "base/text.hpp"
#include "intake/spdx.hpp"
#include "intake/tree_reader.hpp"

namespace headgate::intake::spdx {
namespace {

constexpr std::string_view kContext = "https://spdx.org/rdf/3.0.";

constexpr std::array<std::string_view, 3> kPackages = {"software_Package", "ai_AIPackage", "dataset_DatasetPackage"};
constexpr std::array<std::string_view, 4> kCollections = {"SpdxDocument", "software_Sbom", "Bom", "Bundle"};
/// Classes that are no packages. Those of the other profiles are told by their prefix.
constexpr std::array<std::string_view, 27> kKnown = {
    "Agent",          "Annotation",   "Bom",          "Bundle",          "CreationInfo",
    "DictionaryEntry", "ExternalIdentifier", "ExternalMap", "ExternalRef", "Hash",
    "IndividualElement", "LifecycleScopedRelationship", "NamespaceMap", "Organization", "PackageVerificationCode",
    "Person",         "PositiveIntegerRange", "Relationship", "SoftwareAgent", "SpdxDocument",
    "Tool",           "software_File", "software_Snippet", "software_Sbom", "software_ContentIdentifier",
    "ai_EnergyConsumption", "ai_EnergyConsumptionDescription"};
constexpr std::array<std::string_view, 5> kProfiles = {"build_", "expandedlicensing_", "extension_", "security_", "simplelicensing_"};

/// relationshipType -> what says the same in SPDX 2.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kRelations = {{
    {"contains", "CONTAINS"},
    {"dependsOn", "DEPENDS_ON"},
    {"hasDynamicLink", "DYNAMIC_LINK"},
    {"hasStaticLink", "STATIC_LINK"},
    {"hasPrerequisite", "HAS_PREREQUISITE"},
    {"hasProvidedDependency", "DEPENDS_ON"},
    {"hasOptionalDependency", "HAS_OPTIONAL_DEPENDENCY"},
    {"hasOptionalComponent", "HAS_OPTIONAL_DEPENDENCY"},
}};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

class Reader : public TreeReader {
  public:
    using TreeReader::TreeReader;

    bool read(const Tree& root) {
        if (!has_context(root)) return fail("its @context is not the one of SPDX 3.0, which gives its words their meaning", root.find("@context")->line);
        std::vector<const Tree*> open = {&root};
        while (!open.empty()) {
            const Tree& one = *open.back();
            open.pop_back();
            if (!context_.room()) return false;
            if (one.is_table() && &one != &root) element(one);
            if (&one == &root && one.find("type") != nullptr) element(one);   // a document of one element
            for (const Tree& item : one.items | std::views::reverse) open.push_back(&item);
            for (const Tree::Entry& entry : one.entries | std::views::reverse) {
                if (entry.key != "extension") open.push_back(&entry.value);
            }
        }
        if (!any_) return fail("no element of SPDX is in it", root.line);
        describe();
        if (!spdx::add(std::move(document_), context_)) understood_ = false;
        return understood_;
    }

  private:
    /// A member under its name in the context, or under that of JSON-LD.
    std::string word(const Tree& in, std::string_view key, std::string_view other) {
        const std::string found = text(in, key);
        return found.empty() ? text(in, other) : found;
    }

    void element(const Tree& one) {
        const std::string type = word(one, "type", "@type");
        if (type.empty()) return;
        any_ = true;
        const std::string id = word(one, "spdxId", "@id");
        if (is_one_of(type, kPackages)) {
            package(one, type, id);
        } else if (type == "Relationship" || type == "LifecycleScopedRelationship") {
            relation(one);
        } else if (!is_one_of(type, kKnown) && std::none_of(kProfiles.begin(), kProfiles.end(), [&](std::string_view prefix) { return type.starts_with(prefix); })) {
            fail("an element of the unknown class '" + escape_terminal(type, 60) + "'", one.line);
        } else if (!id.empty()) {
            document_.others.insert(id);
        }
        if (!is_one_of(type, kCollections)) return;
        if (type == "SpdxDocument") {
            if (!document_.id.empty() && document_.id != id) fail("two documents in one", one.line);
            document_.id = id;
        }
        each_id(one, "rootElement", [&](const std::string& root, std::uint32_t line) {
            roots_[id].push_back(root);
            document_.line = line;
        });
    }

    /// The ids that a member lists; what stands inside it has one too.
    template <typename Use>
    void each_id(const Tree& in, std::string_view key, const Use& use) {
        const Tree* found = in.find(key);
        if (found == nullptr) return;
        const auto one = [&](const Tree& item) {
            if (item.is_text()) {
                use(item.text, item.line);
            } else if (item.is_table()) {
                use(word(item, "spdxId", "@id"), item.line);
            } else {
                fail("an item of `" + std::string(key) + "` that is no element", item.line);
            }
        };
        if (!found->is_array()) return one(*found);
        for (const Tree& item : found->items) one(item);
    }

    void package(const Tree& one, std::string_view type, const std::string& id) {
        Package package;
        sbom::Component& component = package.component;
        component.line = one.line;
        component.named_by_purl = false;
        component.name = text(one, "name");
        component.version = text(one, "software_packageVersion");
        if (type == "dataset_DatasetPackage") component.kind = sbom::Component::Kind::dataset;
        if (type == "ai_AIPackage") component.kind = sbom::Component::Kind::model;
        if (std::string page = text(one, "software_homePage"); !page.empty()) component.pages.push_back(std::move(page));
        component.released = time(one, "releaseTime");
        package.id = id;
        package.purpose = text(one, "software_primaryPurpose");
        if (const std::string location = text(one, "software_downloadLocation"); !place_of(location).empty()) component.places.emplace_back(place_of(location));
        if (std::string purl = text(one, "software_packageUrl"); !purl.empty()) component.purls.push_back(std::move(purl));
        each_table(one, "externalIdentifier", [&](const Tree& identifier) {
            if (text(identifier, "externalIdentifierType") == "packageUrl") component.purls.push_back(text(identifier, "identifier"));
        });
        each_table(one, "verifiedUsing", [&](const Tree& method) {
            if (word(method, "type", "@type") == "Hash") component.hashes.emplace_back(text(method, "algorithm"), text(method, "hashValue"));
        });
        document_.packages.push_back(std::move(package));
    }

    void relation(const Tree& one) {
        const std::string type = text(one, "relationshipType");
        std::string from;
        each_id(one, "from", [&](const std::string& id, std::uint32_t) { from = id; });
        if (type == "describes") {
            each_id(one, "to", [&](const std::string& id, std::uint32_t) { roots_[from].push_back(id); });
            return;
        }
        for (const auto& [name, same] : kRelations) {
            if (name != type) continue;
            each_id(one, "to", [&](const std::string& id, std::uint32_t line) {
                const bool nobody_knows = id.ends_with("/NoneElement") || id.ends_with("/NoAssertionElement");
                document_.relations.push_back({from, std::string(same), nobody_knows ? "NOASSERTION" : id, line});
            });
        }
    }

    /// The root of a document is mostly a bill of materials, whose own root is the product.
    void describe() {
        std::set<std::string> seen;
        std::vector<std::string> open = {document_.id};
        if (document_.id.empty()) {       // a bill of materials without a document around it
            for (const auto& [id, roots] : roots_) open.push_back(id);
        }
        while (!open.empty()) {
            const std::string id = open.back();
            open.pop_back();
            const auto roots = roots_.find(id);
            if (roots == roots_.end() || !seen.insert(id).second) continue;
            for (const std::string& root : roots->second) {
                const bool goes_on = document_.others.contains(root) && roots_.contains(root);
                if (goes_on) {
                    open.push_back(root);
                } else {
                    document_.described.push_back(root);
                }
            }
        }
    }

    Document document_;
    std::map<std::string, std::vector<std::string>> roots_;   // of each collection, by its id
    bool any_ = false;
};

}  // namespace

bool has_context(const codec::Tree& root) {
    const codec::Tree* found = root.find("@context");
    if (found != nullptr && found->is_array() && found->items.size() == 1) found = found->items.data();
    return found != nullptr && found->is_text() && found->text.starts_with(kContext);
}

bool read_graph(const codec::Tree& root, IntakeContext& context) { return Reader(context).read(root); }

}  // namespace headgate::intake::spdx
