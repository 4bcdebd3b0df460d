#include "advisories/vex.hpp"

#include "advisories/vex_fields.hpp"
#include "base/text.hpp"

namespace headgate::advisories {
namespace {

using codec::Json;

constexpr std::string_view kOpenVex = "https://openvex.dev/ns";

BoundProducts bound(const std::vector<VexSubject>& subjects) {
    BoundProducts products;
    for (const VexSubject& subject : subjects) {
        auto product = product_of(subject.name);
        if (!product) continue;
        std::string canonical = product->canonical;
        products.emplace(std::move(canonical), BoundProduct{std::move(*product), subject.sha256.empty() ? "" : "sha256:" + subject.sha256});
    }
    return products;
}

// Only what the statement is about, each bound to its bytes.
Result<VexStatements> narrowed(const VexStatements& statements, const BoundProducts& subjects) {
    VexStatements held;
    for (const VexStatement& statement : statements) {
        const auto [begin, end] = subjects.equal_range(statement.product.canonical);
        for (auto at = begin; at != end; ++at) {
            if (held.size() == kMostStatements) return wrong("more than " + std::to_string(kMostStatements) + " statements");
            held.push_back(statement);
            if (!at->second.digest.empty()) held.back().digests = {at->second.digest};
        }
    }
    return held;
}

}  // namespace

std::optional<Reference> product_of(std::string_view purl) {
    if (!purl.starts_with("pkg:")) return std::nullopt;
    auto reference = parse_reference(purl);
    if (!reference.ok() || (reference->version.empty() && reference->digest.empty())) return std::nullopt;
    return std::move(reference).value();
}

std::string digest_of(std::string_view hex) {
    const std::string lower = ascii_lower(hex);
    const bool whole = lower.size() == 64 && lower.find_first_not_of("0123456789abcdef") == std::string::npos;
    return whole ? "sha256:" + lower : "";
}

Error wrong(std::string what) { return {ErrorCode::malformed, std::move(what)}; }

Result<std::optional<Instant>> time_of(const Json& object, std::initializer_list<std::string_view> members) {
    for (const std::string_view member : members) {
        const Json* const value = object.find(member);
        if (value == nullptr) continue;
        const auto instant = value->is_text() ? parse_instant(value->text) : std::nullopt;
        if (!instant) return wrong("'" + std::string(member) + "' is no time (RFC 3339)");
        return instant;
    }
    return std::optional<Instant>{};
}

Result<const std::vector<Json>*> items_of(const Json& object, std::string_view member) {
    static const std::vector<Json> kNone;
    const Json* const value = object.find(member);
    if (value == nullptr) return &kNone;
    if (!value->is_array()) return wrong("'" + std::string(member) + "' is no list");
    return &value->items;
}

Result<VexStatements> read_vex(const Json& document, const std::optional<std::vector<VexSubject>>& subjects) {
    const auto products = subjects ? std::optional(bound(*subjects)) : std::nullopt;
    const std::string* const context = document.find_text("@context");
    if (context != nullptr && (*context == kOpenVex || context->starts_with(std::string(kOpenVex) + "/"))) return read_openvex(document, products);
    const std::string* const format = document.find_text("bomFormat");
    const Json* const csaf = document.find("document");
    const bool is_csaf = csaf != nullptr && csaf->find_text("csaf_version") != nullptr;
    if (!is_csaf && (format == nullptr || *format != "CycloneDX")) return wrong("neither OpenVEX nor CycloneDX (JSON) nor CSAF");
    VexStatements statements = TRY(is_csaf ? read_csaf(document) : read_cyclonedx(document));
    if (!products) return statements;
    return narrowed(statements, *products);
}

}  // namespace headgate::advisories
