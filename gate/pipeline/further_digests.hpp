// further_digests.hpp: what signatures are over and nobody made while the files were judged: digests of shards or by another hash, and
// for keys that sign messages the bytes themselves.
#pragma once

#include <optional>

#include "attest/evidence.hpp"
#include "pipeline/plan.hpp"

namespace headgate::pipeline {

/// Reads the files of `plan` again, in parallel; what is hashed then must have the SHA-256 of what was judged. A failure is
/// ours, not the signature's: it is also kept in `failure`. All three must outlive the answer.
attest::HashFurther hash_further(const SubjectPlan& plan, const Request& request, std::optional<Error>& failure);

/// One file of `plan` again, whole, under the same condition.
attest::ReadWhole read_whole(const SubjectPlan& plan, std::optional<Error>& failure);

}  // namespace headgate::pipeline
