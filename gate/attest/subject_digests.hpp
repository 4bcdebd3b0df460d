// subject_digests.hpp: what an in-toto statement is about, as a bundle's verifier asks it: any version, any digest algorithm. What the
// predicate means is statement.hpp's and provenance.hpp's question.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"

namespace headgate::attest {

inline constexpr std::size_t kMaxBundleSubjects = 1024;

/// Digests by algorithm as in-toto names them ("sha256", "sha512", "gitCommit"), values as written.
using NamedDigests = std::map<std::string, std::string, std::less<>>;

struct StatementSubjects {
    std::string predicate_type;
    std::vector<NamedDigests> subjects;
    std::vector<std::string> names;                        // of the subjects, item by item; "" where none is given
    codec::Json predicate;                                 // null when there is none
};

/// Statement v0.1 or v1. Error{malformed}: no subject, more than 1024, a subject without a digest, a digest that is no string.
Result<StatementSubjects> read_subjects(ByteView statement);

/// True if a subject agrees with `known` in at least one algorithm, and differs in none. Empty digests match nothing.
bool names_digest(const StatementSubjects& statement, const NamedDigests& known);

}  // namespace headgate::attest
