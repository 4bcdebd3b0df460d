// OpenVEX 0.2 (github.com/openvex/spec, OPENVEX-SPEC.md and ATTESTING.md), and the plain texts of before: "vulnerability": "CVE-...",
// "products": ["pkg:..."].
#include <algorithm>
#include <array>

#include "advisories/vex_fields.hpp"
#include "base/text.hpp"

namespace headgate::advisories {
namespace {

using codec::Json;
using Status = VexStatement::Status;

constexpr std::array<std::string_view, 5> kJustifications = {"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
                                                             "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"};

struct Product {
    std::vector<Reference> names;
    std::vector<std::string> digests;
};

Result<std::vector<std::string>> vulnerability_of(const Json& statement) {
    const Json* const value = statement.find("vulnerability");
    if (value == nullptr) return wrong("a statement without 'vulnerability'");
    if (value->is_text() && !value->text.empty()) return std::vector{value->text};
    const std::string* const name = value->find_text("name");
    if (name == nullptr || name->empty()) return wrong("a vulnerability without 'name'");
    std::vector<std::string> names = {*name};
    for (const Json& alias : *TRY(items_of(*value, "aliases"))) {
        if (!alias.is_text()) return wrong("an alias that is no text");
        names.push_back(alias.text);
    }
    return names;
}

Result<Status> status_of(const Json& statement) {
    const std::string* const word = statement.find_text("status");
    if (word == nullptr) return wrong("a statement without 'status'");
    if (*word == "not_affected") return Status::not_affected;
    if (*word == "affected") return Status::affected;
    if (*word == "fixed") return Status::fixed;
    if (*word == "under_investigation") return Status::under_investigation;
    return wrong("'" + escape_terminal(*word, 60) + "' is no status of OpenVEX");
}

Result<std::string> reason_of(const Json& statement) {
    const std::string* const justification = statement.find_text("justification");
    const std::string* const impact = statement.find_text("impact_statement");
    if (justification == nullptr) return impact == nullptr ? std::string() : *impact;
    if (std::find(kJustifications.begin(), kJustifications.end(), *justification) == kJustifications.end()) {
        return wrong("'" + escape_terminal(*justification, 60) + "' is no justification of OpenVEX");
    }
    return *justification;
}

// nullopt: it only contains what the statement is about.
Result<std::optional<Product>> product_in(const Json& value) {
    Product product;
    const auto add = [&](const std::string* purl) {
        if (purl == nullptr) return;
        if (auto name = product_of(*purl)) product.names.push_back(std::move(*name));
    };
    if (value.is_text()) {
        add(&value.text);
        return std::optional(std::move(product));
    }
    if (!value.is_object()) return wrong("a product that is neither text nor object");
    if (!TRY(items_of(value, "subcomponents"))->empty()) return std::optional<Product>{};
    add(value.find_text("@id"));
    if (const Json* const identifiers = value.find("identifiers")) add(identifiers->find_text("purl"));
    if (const Json* const hashes = value.find("hashes")) {
        const std::string* const sha256 = hashes->find_text("sha-256");
        if (sha256 != nullptr) product.digests.push_back(digest_of(*sha256));
        if (sha256 != nullptr && product.digests.back().empty()) return wrong("a sha-256 of a product that is none");
    }
    return std::optional(std::move(product));
}

// ATTESTING.md: a statement without products is about the subjects; one with products only about those that are subjects too.
Result<std::vector<Product>> products_of(const Json& statement, const std::optional<BoundProducts>& subjects) {
    const auto* const listed = TRY(items_of(statement, "products"));
    std::vector<Product> products;
    const auto add = [&](const BoundProduct& subject, const std::vector<std::string>& digests) {
        products.push_back({{subject.product}, subject.digest.empty() ? digests : std::vector{subject.digest}});
    };
    if (listed->empty() && subjects) {
        for (const auto& [name, subject] : *subjects) add(subject, {});
    }
    for (const Json& value : *listed) {
        auto product = TRY(product_in(value));
        if (product && !subjects) products.push_back(std::move(*product));
        if (!product || !subjects) continue;
        for (const Reference& name : product->names) {
            const auto [begin, end] = subjects->equal_range(name.canonical);
            for (auto at = begin; at != end; ++at) add(at->second, product->digests);
        }
    }
    return products;
}

}  // namespace

Result<VexStatements> read_openvex(const Json& document, const std::optional<BoundProducts>& subjects) {
    const auto issued = TRY(time_of(document, {"last_updated", "timestamp"}));
    const Json* const list = document.find("statements");
    if (list == nullptr || !list->is_array()) return wrong("an OpenVEX document needs a list 'statements'");
    VexStatements statements;
    for (const Json& one : list->items) {
        if (!one.is_object()) return wrong("a statement that is no object");
        VexStatement statement;
        statement.vulnerability = TRY(vulnerability_of(one));
        statement.status = TRY(status_of(one));
        statement.reason = TRY(reason_of(one));
        const auto stated = TRY(time_of(one, {"last_updated", "timestamp"}));
        if (!stated && !issued) return wrong("neither the document nor a statement in it has a 'timestamp'");
        statement.stated = stated ? *stated : *issued;
        for (const Product& product : TRY(products_of(one, subjects))) {
            for (const Reference& name : product.names) {
                if (statements.size() == kMostStatements) return wrong("more than " + std::to_string(kMostStatements) + " statements");
                statement.product = name;
                statement.digests = product.digests;
                statements.push_back(statement);
            }
        }
    }
    return statements;
}

}  // namespace headgate::advisories
