// CSAF 2.0 (docs.oasis-open.org/csaf), profile VEX: product tree, product status, and why a product is not affected (flags, threats).
#include <array>
#include <map>
#include <set>

#include "advisories/vex_fields.hpp"
#include "base/text.hpp"

namespace headgate::advisories {
namespace {

using codec::Json;
using Status = VexStatement::Status;

struct Product {
    std::vector<Reference> names;
    std::vector<std::string> digests;
};
using Products = std::map<std::string, Product, std::less<>>;

Result<void> add_product(const Json& full, Products& products) {
    const std::string* const id = full.find_text("product_id");
    if (id == nullptr) return wrong("a product without 'product_id'");
    Product product;
    if (const Json* const helper = full.find("product_identification_helper")) {
        const std::string* const purl = helper->find_text("purl");
        if (purl != nullptr) {
            if (auto name = product_of(*purl)) product.names.push_back(std::move(*name));
        }
        for (const Json& file : *TRY(items_of(*helper, "hashes"))) {
            for (const Json& hash : *TRY(items_of(file, "file_hashes"))) {
                const std::string* const algorithm = hash.find_text("algorithm");
                const std::string* const value = hash.find_text("value");
                if (algorithm == nullptr || value == nullptr || *algorithm != "sha256") continue;
                product.digests.push_back(digest_of(*value));
                if (product.digests.back().empty()) return wrong("a sha256 of a product that is none");
            }
        }
    }
    if (!products.emplace(*id, std::move(product)).second) return wrong("the product_id '" + escape_terminal(*id, 80) + "' twice");
    return {};
}

// Branches hold branches: the depth is that of the JSON, which is bounded. What a relationship makes of two products is a third one,
// which is not the package by itself: it gets no name here.
Result<Products> products_of(const Json& document) {
    Products products;
    const Json* const tree = document.find("product_tree");
    if (tree == nullptr) return products;
    for (const Json& full : *TRY(items_of(*tree, "full_product_names"))) TRY_VOID(add_product(full, products));
    std::vector<const Json*> left;
    for (const Json& branch : *TRY(items_of(*tree, "branches"))) left.push_back(&branch);
    while (!left.empty()) {
        const Json& branch = *left.back();
        left.pop_back();
        if (!branch.is_object()) return wrong("a branch that is no object");
        for (const Json& inner : *TRY(items_of(branch, "branches"))) left.push_back(&inner);
        if (const Json* const product = branch.find("product")) TRY_VOID(add_product(*product, products));
    }
    return products;
}

// Why each product is not affected: by label, or in words.
Result<std::map<std::string, std::string>> reasons_of(const Json& vulnerability) {
    std::map<std::string, std::string> reasons;
    const auto note = [&](const Json& entry, const std::string* reason) -> Result<void> {
        if (reason == nullptr || reason->empty()) return {};
        for (const Json& id : *TRY(items_of(entry, "product_ids"))) {
            if (id.is_text()) reasons.emplace(id.text, *reason);
        }
        return {};
    };
    for (const Json& flag : *TRY(items_of(vulnerability, "flags"))) TRY_VOID(note(flag, flag.find_text("label")));
    for (const Json& threat : *TRY(items_of(vulnerability, "threats"))) {
        const std::string* const category = threat.find_text("category");
        if (category != nullptr && *category == "impact") TRY_VOID(note(threat, threat.find_text("details")));
    }
    return reasons;
}

constexpr std::array<std::pair<std::string_view, Status>, 6> kStatuses = {{
    {"known_affected", Status::affected},
    {"first_affected", Status::affected},
    {"last_affected", Status::affected},
    {"under_investigation", Status::under_investigation},
    {"known_not_affected", Status::not_affected},
    {"fixed", Status::fixed},
}};

}  // namespace

Result<VexStatements> read_csaf(const Json& document) {
    const Json* const tracking = document.find("document")->find("tracking");
    if (tracking == nullptr) return wrong("a CSAF document needs 'tracking'");
    const auto released = TRY(time_of(*tracking, {"current_release_date"}));
    if (!released) return wrong("a CSAF document needs 'current_release_date'");
    const Products products = TRY(products_of(document));
    VexStatements statements;
    for (const Json& one : *TRY(items_of(document, "vulnerabilities"))) {
        VexStatement statement;
        statement.stated = *released;
        if (const std::string* const cve = one.find_text("cve")) statement.vulnerability.push_back(*cve);
        for (const Json& id : *TRY(items_of(one, "ids"))) {
            if (const std::string* const name = id.find_text("text")) statement.vulnerability.push_back(*name);
        }
        const Json* const status = one.find("product_status");
        if (statement.vulnerability.empty() || status == nullptr) continue;
        const auto reasons = TRY(reasons_of(one));
        for (const auto& [member, meaning] : kStatuses) {
            for (const Json& id : *TRY(items_of(*status, member))) {
                if (!id.is_text()) return wrong("a product in '" + std::string(member) + "' that is no text");
                const auto product = products.find(id.text);
                if (product == products.end()) continue;
                const auto reason = reasons.find(id.text);
                statement.status = meaning;
                statement.reason = reason == reasons.end() ? "" : reason->second;
                statement.digests = product->second.digests;
                for (const Reference& name : product->second.names) {
                    statement.product = name;
                    statements.push_back(statement);
                }
            }
        }
    }
    return statements;
}

}  // namespace headgate::advisories
