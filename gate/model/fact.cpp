#include "model/fact.hpp"

#include <iterator>

namespace headgate {
namespace {

template <typename T>
void append(std::vector<T>& to, std::vector<T>& from) {
    if (to.empty()) {
        to = std::move(from);
    } else {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    }
    from.clear();
}

}  // namespace

std::string outside_validity(std::string_view key_name) {
    return "the key " + std::string(key_name) + " that verifies it is outside its validity (not-before, not-after)";
}

void Evidence::merge(Evidence&& other) {
    append(files, other.files);
    append(formats, other.formats);
    append(imports, other.imports);
    append(calls, other.calls);
    append(members, other.members);
    append(tensors, other.tensors);
    append(operators, other.operators);
    append(requirements, other.requirements);
    append(declared, other.declared);
    append(index_options, other.index_options);
    append(traits, other.traits);
    append(digest_claims, other.digest_claims);
    append(signatures, other.signatures);
    append(statements, other.statements);
    append(provenances, other.provenances);
    append(cards, other.cards);
    append(index_entries, other.index_entries);
    append(configurations, other.configurations);
    append(vocabularies, other.vocabularies);
    append(comparisons, other.comparisons);
    append(includes, other.includes);
    append(workloads, other.workloads);
    append(fences, other.fences);
    append(opaques, other.opaques);
    append(findings, other.findings);
}

bool Evidence::empty() const {
    return files.empty() && formats.empty() && imports.empty() && calls.empty() && members.empty() && tensors.empty() && operators.empty() &&
           requirements.empty() && declared.empty() && index_options.empty() && traits.empty() && digest_claims.empty() && signatures.empty() &&
           statements.empty() && provenances.empty() && cards.empty() && index_entries.empty() && configurations.empty() &&
           vocabularies.empty() && comparisons.empty() && includes.empty() && workloads.empty() && fences.empty() && opaques.empty() && findings.empty();
}

}  // namespace headgate
