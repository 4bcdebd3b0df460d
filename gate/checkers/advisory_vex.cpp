#include "checkers/advisory_vex.hpp"

#include <algorithm>

#include "checkers/signers.hpp"
#include "versions/order.hpp"

namespace headgate::checkers {
namespace {

using Status = VexStatement::Status;

bool is_about_flaw(const VexStatement& statement, const std::vector<std::string>& ids) {
    return std::any_of(statement.vulnerability.begin(), statement.vulnerability.end(), [&](const std::string& name) {
        if (name == ids.front()) return true;
        return in_alias_family(name) && std::find(ids.begin(), ids.end(), name) != ids.end();
    });
}

// Exactly this package at this version, and, where both say which, these bytes.
bool is_about_product(const VexStatement& statement, const Requirement& requirement) {
    const Reference& product = statement.product;
    const Reference& wanted = requirement.reference;
    if (product.base != wanted.base || product.version.empty() || wanted.version.empty()) return false;
    if (!versions::is_same(wanted.type, product.version, wanted.version)) return false;
    const bool qualified = product.canonical.find_first_of("?#") != std::string::npos;
    if (qualified && product.canonical != wanted.canonical) return false;
    const auto is_sha256 = [](const std::string& hash) { return hash.starts_with("sha256:"); };
    const auto& hashes = requirement.integrity;
    if (statement.digests.empty() || std::none_of(hashes.begin(), hashes.end(), is_sha256)) return true;
    return std::any_of(hashes.begin(), hashes.end(), [&](const std::string& hash) {
        return std::find(statement.digests.begin(), statement.digests.end(), hash) != statement.digests.end();
    });
}

bool is_blocked(const Policy& policy, const Signature& signature) {
    return std::any_of(policy.blocked.begin(), policy.blocked.end(), [&](const Blocked& entry) {
        if (entry.signer.empty()) return false;
        const TrustedKey* const key = policy.find_key(entry.signer);
        const auto has = [](const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); };
        return has(signature.signers, entry.signer) || (key != nullptr && !key->key_id.empty() && has(signature.key_ids, key->key_id));
    });
}

// Documents may be verified long before they are asked: a key counts within its window, as of now.
bool holds_now(const CheckInput& input, const SignerFound& found) {
    const TrustedKey* const key = input.policy.find_key(found.name);
    return key == nullptr || key->holds_at(input.now);
}

bool does_no_harm(const VexStatement& statement) {
    return statement.status == Status::fixed || (statement.status == Status::not_affected && !statement.reason.empty());
}

std::string words_of(const VexStatement& statement) {
    const std::string status = statement.status == Status::fixed ? "fixed" : "not_affected";
    return statement.reason.empty() ? status : status + ", " + statement.reason.substr(0, 200);
}

// Why nobody's signature on the document counts.
std::string why_ignored(const VexDocument& document, const SignerSet* signers) {
    if (signers == nullptr) return "the rule names nobody whose word counts (vex-signed-by)";
    for (const Signature& signature : document.signatures) {
        if (!signature.key_problem.empty()) return signature.key_problem;
        if (!signature.problem.empty()) return signature.problem;
    }
    return document.signatures.empty() ? "nobody signed it" : "it is not signed by " + demand(*signers);
}

}  // namespace

VexAnswer vex_about(const CheckInput& input, const Requirement& requirement, const std::vector<std::string>& ids, const SignerSet* signers) {
    VexAnswer answer;
    if (input.advisories == nullptr) return answer;
    std::vector<std::pair<const VexStatement*, std::vector<SignerFound>>> counted;
    for (const VexStatement& statement : input.advisories->vex) {
        if (!is_about_product(statement, requirement) || !is_about_flaw(statement, ids)) continue;
        const VexDocument& document = input.advisories->vex_documents.at(statement.document);
        std::vector<SignerFound> found;
        if (signers != nullptr) {
            const SignersFound asked(*signers);
            for (const Signature& signature : document.signatures) {
                if (is_blocked(input.policy, signature)) continue;
                for (SignerFound& one : asked.of(signature)) {
                    if (holds_now(input, one)) found.push_back(std::move(one));
                }
            }
        }
        if (!found.empty()) counted.emplace_back(&statement, std::move(found));
        else if (statement.status == Status::not_affected || statement.status == Status::fixed) {
            answer.ignored = document.name + " says " + words_of(statement) + ", which does not count: " + why_ignored(document, signers);
        }
    }
    if (counted.empty()) return answer;
    std::optional<Instant> harm;         // the latest that says otherwise
    for (const auto& [statement, found] : counted) {
        if (!does_no_harm(*statement) && (!harm || statement->stated > *harm)) harm = statement->stated;
    }
    SignersFound held(*signers);
    for (const auto& [statement, found] : counted) {
        if (!does_no_harm(*statement) || (harm && statement->stated <= *harm)) continue;
        const VexDocument& document = input.advisories->vex_documents.at(statement->document);
        std::vector<std::string> names;
        for (const SignerFound& one : found) names.push_back(one.name);
        answer.says = document.name + " by " + list_of(names) + ": " + words_of(*statement);
        answer.digests.push_back(document.digest);
        held.add(found);
    }
    answer.lowered = held.enough();
    if (answer.lowered) {
        answer.ignored.clear();
    } else if (!answer.says.empty()) {
        answer.ignored = answer.says + ", which does not count: asked for are " + demand(*signers);
    }
    return answer;
}

}  // namespace headgate::checkers
