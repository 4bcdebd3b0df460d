#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "intake/cyclonedx.hpp"

namespace headgate::intake::cyclonedx {
namespace {

using codec::Tree;
using codec::XmlElement;

constexpr std::string_view kSchema = "http://cyclonedx.org/schema/bom/";

Tree make(Tree::Type type, std::uint32_t line) {
    Tree tree;
    tree.type = type;
    tree.line = line;
    return tree;
}

void put(Tree& table, std::string_view key, Tree value) {
    const std::uint32_t line = value.line;
    table.entries.push_back({std::string(key), line, std::move(value)});
}

void put_text(Tree& table, std::string_view key, std::string_view value, std::uint32_t line) {
    if (trim(value).empty()) return;
    Tree text = make(Tree::Type::text, line);
    text.text = trim(value);
    put(table, key, std::move(text));
}

/// The only child of this name; an element that may stand once and stands twice is what readers disagree about.
Result<const XmlElement*> only(const XmlElement& in, std::string_view name) {
    const XmlElement* found = nullptr;
    for (const XmlElement& child : in.children) {
        if (child.name != name) continue;
        if (found != nullptr) return Error{ErrorCode::malformed, std::to_string(child.line) + ": <" + std::string(name) + "> stands twice"};
        found = &child;
    }
    return found;
}

Result<void> put_child(Tree& table, const XmlElement& in, std::string_view name) {
    if (const XmlElement* child = TRY(only(in, name))) put_text(table, name, child->text, child->line);
    return {};
}

Result<void> put_hashes(Tree& table, const XmlElement& in) {
    const XmlElement* hashes = TRY(only(in, "hashes"));
    if (hashes == nullptr) return {};
    Tree list = make(Tree::Type::array, hashes->line);
    for (const XmlElement& hash : hashes->children) {
        Tree one = make(Tree::Type::table, hash.line);
        put_text(one, "alg", hash.attribute("alg"), hash.line);
        put_text(one, "content", hash.text, hash.line);
        list.items.push_back(std::move(one));
    }
    put(table, "hashes", std::move(list));
    return {};
}

Result<void> put_references(Tree& table, const XmlElement& in) {
    const XmlElement* references = TRY(only(in, "externalReferences"));
    if (references == nullptr) return {};
    Tree list = make(Tree::Type::array, references->line);
    for (const XmlElement& reference : references->children) {
        Tree one = make(Tree::Type::table, reference.line);
        put_text(one, "type", reference.attribute("type"), reference.line);
        TRY_VOID(put_child(one, reference, "url"));
        TRY_VOID(put_hashes(one, reference));
        list.items.push_back(std::move(one));
    }
    put(table, "externalReferences", std::move(list));
    return {};
}

Result<void> put_components(Tree& table, const XmlElement& in);

// As deep as the reader of XML allows.
Result<Tree> component_of(const XmlElement& in) {
    Tree table = make(Tree::Type::table, in.line);
    for (const std::string_view name : {"type", "bom-ref"}) put_text(table, name, in.attribute(name), in.line);
    for (const std::string_view name : {"group", "name", "version", "versionRange", "scope", "purl"}) TRY_VOID(put_child(table, in, name));
    TRY_VOID(put_hashes(table, in));
    TRY_VOID(put_references(table, in));
    TRY_VOID(put_components(table, in));
    table.index();
    return table;
}

Result<void> put_components(Tree& table, const XmlElement& in) {
    const XmlElement* components = TRY(only(in, "components"));
    if (components == nullptr) return {};
    Tree list = make(Tree::Type::array, components->line);
    for (const XmlElement& child : components->children) {
        if (child.name != "component") return Error{ErrorCode::malformed, std::to_string(child.line) + ": an element in <components> that is no <component>"};
        list.items.push_back(TRY(component_of(child)));
    }
    put(table, "components", std::move(list));
    return {};
}

/// <dependency ref="a"><dependency ref="b"/></dependency>: a depends on b.
Tree dependencies_of(const XmlElement& dependencies) {
    Tree list = make(Tree::Type::array, dependencies.line);
    for (const XmlElement& dependency : dependencies.children) {
        Tree one = make(Tree::Type::table, dependency.line);
        put_text(one, "ref", dependency.attribute("ref"), dependency.line);
        Tree others = make(Tree::Type::array, dependency.line);
        for (const XmlElement& other : dependency.children) {
            if (other.name != "dependency") continue;   // what it provides is no dependency
            Tree text = make(Tree::Type::text, other.line);
            text.text = other.attribute("ref");
            others.items.push_back(std::move(text));
        }
        put(one, "dependsOn", std::move(others));
        list.items.push_back(std::move(one));
    }
    return list;
}

}  // namespace

Result<Tree> tree_of(const XmlElement& root) {
    Tree table = make(Tree::Type::table, root.line);
    if (root.name == "bom") put_text(table, "bomFormat", "CycloneDX", root.line);
    for (const auto& [name, value] : root.attributes) {
        if (name.starts_with("xmlns") && value.starts_with(kSchema)) {
            if (table.find("specVersion") != nullptr) return Error{ErrorCode::malformed, std::to_string(root.line) + ": two versions of CycloneDX at once"};
            put_text(table, "specVersion", std::string_view(value).substr(kSchema.size()), root.line);
        }
    }
    if (const XmlElement* metadata = TRY(only(root, "metadata"))) {
        Tree inner = make(Tree::Type::table, metadata->line);
        if (const XmlElement* component = TRY(only(*metadata, "component"))) put(inner, "component", TRY(component_of(*component)));
        put(table, "metadata", std::move(inner));
    }
    TRY_VOID(put_components(table, root));
    if (const XmlElement* dependencies = TRY(only(root, "dependencies"))) put(table, "dependencies", dependencies_of(*dependencies));
    if (const XmlElement* formulation = TRY(only(root, "formulation"))) {
        Tree list = make(Tree::Type::array, formulation->line);
        for (const XmlElement& formula : formulation->children) {
            Tree one = make(Tree::Type::table, formula.line);
            TRY_VOID(put_components(one, formula));
            list.items.push_back(std::move(one));
        }
        put(table, "formulation", std::move(list));
    }
    return table;
}

}  // namespace headgate::intake::cyclonedx
