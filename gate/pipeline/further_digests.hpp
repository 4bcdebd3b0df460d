// further_digests.hpp: digests that a model signature lists and that nobody made while the files were judged: of shards, or by
// another hash.
#pragma once

#include <optional>

#include "attest/evidence.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// Reads the files of `plan` again, in parallel; what is hashed then must have the SHA-256 of what was judged. A failure is
/// ours, not the signature's: it is also kept in `failure`. All three must outlive the answer.
attest::HashFurther hash_further(const SubjectPlan& plan, const Request& request, std::optional<Error>& failure);

}  // namespace headgate::pipeline
