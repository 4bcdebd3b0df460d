// signers.cpp: who signed, by the names of the policy in force. What was verified is a fact about keys and certificates;
// what those are called, and whether they count, only a policy says.
#include <re2/re2.h>

#include <algorithm>

#include "policy/policy.hpp"

namespace headgate::policy {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

bool subject_matches(const TrustedIdentity& wanted, const std::string& subject) {
    switch (wanted.match) {
        case TrustedIdentity::Match::exact: return subject == wanted.subject;
        case TrustedIdentity::Match::prefix: return subject.starts_with(wanted.subject);
        case TrustedIdentity::Match::attributes: return true;  // they are claims
        case TrustedIdentity::Match::regex: break;
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    const re2::RE2 regex(wanted.subject, options);
    return regex.ok() && re2::RE2::FullMatch(subject, regex);
}

// Present with this value, and with no other beside it.
bool has_claim(const CertifiedIdentity& certified, const std::pair<std::string, std::string>& wanted) {
    bool found = false;
    for (const auto& [key, value] : certified.claims) {
        if (key != wanted.first) continue;
        if (value != wanted.second) return false;
        found = true;
    }
    return found;
}

bool leads_to(const Policy& policy, const std::string& root_name, const std::string& certificate) {
    return !certificate.empty() && std::any_of(policy.roots.begin(), policy.roots.end(), [&](const TrustRoot& root) {
        return root.name == root_name && root.digest == certificate;
    });
}

bool is_identity(const Policy& policy, const TrustedIdentity& wanted, const CertifiedIdentity& certified) {
    // Under a Notation root only attributes are asked, and only there.
    const bool issuer = wanted.match == TrustedIdentity::Match::attributes ? !wanted.claims.empty() : certified.issuer == wanted.issuer;
    return !certified.issuer.empty() && !certified.subject.empty() && issuer &&
           leads_to(policy, wanted.root, certified.root) && subject_matches(wanted, certified.subject) &&
           std::all_of(wanted.claims.begin(), wanted.claims.end(),
                       [&](const auto& claim) { return has_claim(certified, claim); });
}

// Without a trusted time of signing the certificate must be valid when it is judged; nobody knows of one without a window.
bool is_valid_at(const CertifiedIdentity& certified, Instant now) {
    return certified.valid_from && certified.valid_until && *certified.valid_from <= now.seconds && now.seconds <= *certified.valid_until;
}

// Sets `signers` and the order of `key_ids`; answers why a key that is trusted does not count, "" when one counts or none is.
template <typename Signed>
std::string name(const Policy& policy, Instant now, Signed& fact) {
    const Instant at = fact.signed_at ? Instant{*fact.signed_at} : now;
    std::vector<std::string> signers;
    std::vector<std::string> key_ids;
    std::string problem;
    const auto add = [&](const std::string& signer, const std::string& key_id) {
        signers.push_back(signer);
        key_ids.push_back(key_id);
    };
    for (const TrustedKey& key : policy.keys) {
        if (key.key_id.empty() || !contains(fact.key_ids, key.key_id)) continue;
        if (key.holds_at(at)) {
            add(key.name, key.key_id);
        } else {
            problem = outside_validity(key.name);
        }
    }
    // The certificate's key must be among those that verified it: an identity is nobody without a signature.
    if (fact.identity && contains(fact.key_ids, fact.identity->key_id) && (fact.signed_at || is_valid_at(*fact.identity, now))) {
        for (const TrustedIdentity& identity : policy.identities) {
            if (is_identity(policy, identity, *fact.identity)) add(identity.name, fact.identity->key_id);
        }
    }
    for (std::string& key_id : fact.key_ids) {
        if (!contains(key_ids, key_id)) key_ids.push_back(std::move(key_id));
    }
    fact.signers = std::move(signers);
    fact.key_ids = std::move(key_ids);
    return fact.signers.empty() ? problem : "";
}

}  // namespace

std::function<std::vector<std::string>(const CertifiedIdentity&)> namer(const Policy& policy) {
    Policy trust;
    trust.identities = policy.identities;
    trust.roots = policy.roots;
    return [trust = std::move(trust)](const CertifiedIdentity& certified) {
        std::vector<std::string> names;
        for (const TrustedIdentity& identity : trust.identities) {
            if (is_identity(trust, identity, certified)) names.push_back(identity.name);
        }
        return names;
    };
}

void name_signers(const Policy& policy, Instant now, Evidence& evidence) {
    for (Signature& signature : evidence.signatures) signature.key_problem = name(policy, now, signature);
    const auto nobodys = [&](auto& fact) {
        name(policy, now, fact);
        // By a key outside its window it shows nothing, but `blocked: { signer }` still has to see it.
        const bool known = std::any_of(policy.keys.begin(), policy.keys.end(), [&](const TrustedKey& key) {
            return !key.key_id.empty() && contains(fact.key_ids, key.key_id);
        });
        return fact.signers.empty() && !known;
    };
    std::erase_if(evidence.statements, nobodys);
    std::erase_if(evidence.provenances, nobodys);
}

}  // namespace headgate::policy
