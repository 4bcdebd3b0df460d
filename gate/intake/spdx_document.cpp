#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "intake/spdx.hpp"

namespace headgate::intake::spdx {
namespace {

constexpr std::string_view kElsewhere = "DocumentRef-";

/// Which end of a relation is a part, or a dependency, of the other; and when that is installed.
struct Kind {
    std::string_view type;
    bool part_is_from;
    std::string_view marker;
};
constexpr std::array<Kind, 20> kKinds = {{
    {"CONTAINS", false, {}},
    {"DEPENDS_ON", false, {}},
    {"DYNAMIC_LINK", false, {}},
    {"STATIC_LINK", false, {}},
    {"HAS_PREREQUISITE", false, {}},
    {"PACKAGE_OF", true, {}},
    {"CONTAINED_BY", true, {}},
    {"DEPENDENCY_OF", true, {}},
    {"PREREQUISITE_FOR", true, {}},
    {"RUNTIME_DEPENDENCY_OF", true, {}},
    {"PROVIDED_DEPENDENCY_OF", true, "provided"},
    {"OPTIONAL_DEPENDENCY_OF", true, "optional"},
    {"OPTIONAL_COMPONENT_OF", true, "optional"},
    {"DEV_DEPENDENCY_OF", true, "dev"},
    {"DEV_TOOL_OF", true, "dev"},
    {"BUILD_DEPENDENCY_OF", true, "build"},
    {"BUILD_TOOL_OF", true, "build"},
    {"TEST_DEPENDENCY_OF", true, "test"},
    {"TEST_TOOL_OF", true, "test"},
    {"HAS_OPTIONAL_DEPENDENCY", false, "optional"},  // SPDX 3
}};

const Kind* kind_of(std::string_view type) {
    for (const Kind& kind : kKinds) {
        if (kind.type == type) return &kind;
    }
    return nullptr;
}

class Adder {
  public:
    Adder(Document document, IntakeContext& context) : document_(std::move(document)), context_(context) {}

    bool add() {
        for (std::size_t i = 0; i < document_.packages.size(); ++i) {
            const std::string& id = document_.packages[i].id;
            if (!id.empty() && !by_id_.emplace(id, i).second) fail("two packages with the id " + shown(id), document_.packages[i].component.line);
        }
        for (const Relation& relation : document_.relations) relate(relation);
        const std::string subject = find_subject();
        for (const Package& package : document_.packages) {
            if (!context_.room()) return false;
            if (!subject.empty() && package.id == subject) continue;
            if (!sbom::add(package.component, role_of(package), context_)) understood_ = false;
        }
        return understood_;
    }

  private:
    static std::string shown(std::string_view id) { return "'" + escape_terminal(id, 100) + "'"; }
    void fail(const std::string& why, std::uint32_t line) {
        understood_ = false;
        if (context_.room()) not_understood(context_, why, line);
    }

    bool is_listed(const std::string& id) const { return by_id_.contains(id) || document_.others.contains(id) || id == document_.id; }

    void relate(const Relation& relation) {
        if (relation.type == "DESCRIBES" && relation.from == document_.id) document_.described.push_back(relation.to);
        if (relation.type == "DESCRIBED_BY" && relation.to == document_.id) document_.described.push_back(relation.from);
        const Kind* kind = kind_of(relation.type);
        if (kind == nullptr) return;
        const std::string& part = kind->part_is_from ? relation.from : relation.to;
        const std::string& whole = kind->part_is_from ? relation.to : relation.from;
        if (part == "NONE" || part == "NOASSERTION") return;
        if (!is_listed(part)) {
            const bool elsewhere = part.starts_with(kElsewhere);
            return fail(shown(part) + " is part of the product, and " + (elsewhere ? "another document lists it" : "the document does not list it"), relation.line);
        }
        holders_.insert(whole);
        const auto package = by_id_.find(part);
        if (package != by_id_.end() && document_.packages[package->second].component.markers.empty()) document_.packages[package->second].component.markers = kind->marker;
    }

    /// "": the document lists packages, and none of them is the product.
    std::string find_subject() {
        auto& described = document_.described;
        std::sort(described.begin(), described.end());
        described.erase(std::unique(described.begin(), described.end()), described.end());
        for (const std::string& id : described) {
            if (!is_listed(id)) fail("the document describes " + shown(id) + ", which it does not list", document_.line);
        }
        return described.size() == 1 && by_id_.contains(described[0]) ? described[0] : std::string();
    }

    sbom::Role role_of(const Package& package) const {
        using sbom::Role;
        std::string purpose;
        for (const char c : ascii_lower(package.purpose)) {
            if (c != '-' && c != '_') purpose += c;
        }
        const bool bare = sbom::is_bare(package.component);
        if (purpose == "operatingsystem" && package.component.places.empty()) return Role::system;
        if ((purpose == "file" || purpose == "device") && package.component.places.empty()) return Role::part;
        if (purpose == "application" && bare && holders_.contains(package.id)) return Role::collection;
        return Role::package;
    }

    Document document_;
    IntakeContext& context_;
    std::map<std::string, std::size_t> by_id_;
    std::set<std::string> holders_;      // what others are said to be part of
    bool understood_ = true;
};

}  // namespace

bool add(Document document, IntakeContext& context) { return Adder(std::move(document), context).add(); }

std::string purl_of_locator(std::string_view type, std::string_view locator) {
    type = type.substr(type.rfind('/') + 1);     // also by its URI
    std::string text(trim(locator));
    if (type == "purl") return text;
    if (type == "npm") return "pkg:npm/" + text;
    if (type == "nuget") {
        std::string name = text;
        if (const std::size_t slash = name.rfind('/'); slash != std::string::npos) name[slash] = '@';
        return "pkg:nuget/" + name;
    }
    if (type == "maven-central") {
        std::string name = text;
        if (const std::size_t first = name.find(':'); first != std::string::npos) name[first] = '/';
        if (const std::size_t second = name.find(':'); second != std::string::npos) name[second] = '@';
        return "pkg:maven/" + name;
    }
    return {};
}

std::string_view place_of(std::string_view written) {
    written = trim(written);
    return written == "NONE" || written == "NOASSERTION" ? std::string_view{} : written;
}

bool is_version(std::string_view written) { return written == "SPDX-2.2" || written == "SPDX-2.3"; }

}  // namespace headgate::intake::spdx
