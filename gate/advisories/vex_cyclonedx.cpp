// CycloneDX 1.4 to 1.7 (JSON), `vulnerabilities` with `analysis`: inside a bill of materials, or by itself with BOM-Links.
#include <map>

#include "advisories/vex_fields.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"

namespace headgate::advisories {
namespace {

using codec::Json;
using Status = VexStatement::Status;

struct Component {
    Reference purl;                      // whose version may be ""
    std::vector<std::string> digests;
};
using Components = std::map<std::string, Component, std::less<>>;

std::optional<Reference> purl_of(const std::string* text) {
    if (text == nullptr || !text->starts_with("pkg:")) return std::nullopt;
    auto reference = parse_reference(*text);
    if (!reference.ok()) return std::nullopt;
    return std::move(reference).value();
}

// Components hold components: the depth is that of the JSON, which is bounded.
Result<Components> components_of(const Json& document) {
    Components components;
    std::vector<const Json*> left;
    if (const Json* const metadata = document.find("metadata")) {
        if (const Json* const own = metadata->find("component")) left.push_back(own);
    }
    for (const Json& component : *TRY(items_of(document, "components"))) left.push_back(&component);
    while (!left.empty()) {
        const Json& one = *left.back();
        left.pop_back();
        if (!one.is_object()) return wrong("a component that is no object");
        for (const Json& inner : *TRY(items_of(one, "components"))) left.push_back(&inner);
        const std::string* const reference = one.find_text("bom-ref");
        auto purl = purl_of(one.find_text("purl"));
        if (reference == nullptr || !purl) continue;
        Component component{std::move(*purl), {}};
        for (const Json& hash : *TRY(items_of(one, "hashes"))) {
            const std::string* const algorithm = hash.find_text("alg");
            const std::string* const content = hash.find_text("content");
            if (algorithm == nullptr || content == nullptr || *algorithm != "SHA-256") continue;
            component.digests.push_back(digest_of(*content));
            if (component.digests.back().empty()) return wrong("a SHA-256 of a component that is none");
        }
        if (!components.emplace(*reference, std::move(component)).second) return wrong("the bom-ref '" + escape_terminal(*reference, 80) + "' twice");
    }
    return components;
}

// "urn:cdx:SERIAL/VERSION#BOM-REF": of another document, where a bom-ref that is a purl says what it is.
std::optional<Component> linked(std::string_view reference) {
    const std::size_t hash = reference.find('#');
    if (!reference.starts_with("urn:cdx:") || hash == std::string_view::npos) return std::nullopt;
    std::string decoded;
    for (std::string_view rest = reference.substr(hash + 1); !rest.empty();) {
        const auto byte = rest[0] == '%' && rest.size() > 2 ? from_hex(rest.substr(1, 2)) : std::nullopt;
        decoded += byte ? static_cast<char>((*byte)[0]) : rest[0];
        rest.remove_prefix(byte ? 3 : 1);
    }
    if (auto purl = purl_of(&decoded)) return Component{std::move(*purl), {}};
    return std::nullopt;
}

Result<Status> status_of(const Json& analysis) {
    const std::string* const state = analysis.find_text("state");
    if (state == nullptr) return Status::under_investigation;
    if (*state == "not_affected" || *state == "false_positive") return Status::not_affected;
    if (*state == "resolved" || *state == "resolved_with_pedigree") return Status::fixed;
    if (*state == "exploitable") return Status::affected;
    if (*state == "in_triage") return Status::under_investigation;
    return wrong("'" + escape_terminal(*state, 60) + "' is no state of an analysis");
}

// A version of the product that `affects` names apart: `status` is that of CycloneDX, "affected" unless it says otherwise.
Result<std::optional<VexStatement>> of_version(const Json& entry, const Reference& purl, VexStatement statement) {
    const std::string* const version = entry.find_text("version");
    const std::string* const status = entry.find_text("status");
    if (version == nullptr) return std::optional<VexStatement>{};
    const bool harmless = statement.status == Status::not_affected || statement.status == Status::fixed;
    if (status == nullptr || *status == "affected") {
        if (harmless && status != nullptr) statement.status = Status::affected;
    } else if (*status == "unknown" || !harmless) {
        statement.status = Status::under_investigation;
    }
    const std::string suffix = purl.canonical.find('?') == std::string::npos ? "" : purl.canonical.substr(purl.canonical.find('?'));
    auto product = product_of(purl.base + "@" + *version + suffix);
    if (!product) return wrong("'" + escape_terminal(*version, 80) + "' is no version of " + purl.base);
    statement.product = std::move(*product);
    return std::optional(std::move(statement));
}

}  // namespace

Result<VexStatements> read_cyclonedx(const Json& document) {
    const Components components = TRY(components_of(document));
    std::optional<Instant> issued;
    if (const Json* const metadata = document.find("metadata")) issued = TRY(time_of(*metadata, {"timestamp"}));
    VexStatements statements;
    for (const Json& one : *TRY(items_of(document, "vulnerabilities"))) {
        const std::string* const id = one.find_text("id");
        const Json* const analysis = one.find("analysis");
        if (id == nullptr || id->empty()) return wrong("a vulnerability without 'id'");
        if (analysis == nullptr) continue;
        VexStatement statement;
        statement.vulnerability = {*id};
        for (const Json& other : *TRY(items_of(one, "references"))) {
            if (const std::string* const name = other.find_text("id")) statement.vulnerability.push_back(*name);
        }
        statement.status = TRY(status_of(*analysis));
        for (const std::string_view member : {"justification", "detail"}) {
            const std::string* const text = analysis->find_text(member);
            if (text != nullptr && statement.reason.empty()) statement.reason = *text;
        }
        auto stated = TRY(time_of(*analysis, {"lastUpdated", "firstIssued"}));
        if (!stated) stated = TRY(time_of(one, {"updated", "published"}));
        if (!stated) stated = issued;
        if (!stated) return wrong("neither the document nor a vulnerability in it says when");
        statement.stated = *stated;
        for (const Json& affected : *TRY(items_of(one, "affects"))) {
            const std::string* const reference = affected.find_text("ref");
            if (reference == nullptr) return wrong("'affects' without 'ref'");
            const auto found = components.find(*reference);
            const auto component = found != components.end() ? std::optional(found->second) : linked(*reference);
            if (!component) continue;
            statement.digests = component->digests;
            const auto* const versions = TRY(items_of(affected, "versions"));
            for (const Json& entry : *versions) {
                if (auto of = TRY(of_version(entry, component->purl, statement))) statements.push_back(std::move(*of));
            }
            if (!versions->empty() || component->purl.version.empty()) continue;
            statement.product = component->purl;
            statements.push_back(statement);
        }
    }
    return statements;
}

}  // namespace headgate::advisories
