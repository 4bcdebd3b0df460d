// provenance_fact.hpp: provenance beside a subject -> the fact of it.
#pragma once

#include <string_view>

#include "attest/provenance.hpp"
#include "codec/json.hpp"
#include "model/fact.hpp"

namespace headgate::attest {

/// The fact of a statement that was verified, and is about exactly the subject: `verified` says by whom. Where a certificate of a CI run
/// signed it, `problem` and `delegator` say how the two go together (provenance_binding.hpp); keys and certificates of other authorities
/// bear nothing out, and speak for the builders for which the policy lets them. Error{malformed}: it cannot be read.
Result<Provenance> provenance_fact(std::string_view predicate_type, const codec::Json& predicate, const Statement& verified);

}  // namespace headgate::attest
