// other_predicates.hpp: a verdict in the words of other readers: the Simple Verification Result and the in-toto test result.
#pragma once

#include "attest/verdict.hpp"
#include "codec/json.hpp"

namespace headgate::attest {

inline constexpr std::string_view kSvrPredicate = "https://in-toto.io/attestation/svr/v0.2";
inline constexpr std::string_view kTestResultPredicate = "https://in-toto.io/attestation/test-result/v0.1";

/// SVR v0.2: {verifier: {id, policies}, timeCreated, properties}. It lists what was shown and has no word for a refusal, so only a
/// verdict that admits has one. `levels` and `policy` as the summary has them.
codec::Json simple_result(const Report& report, codec::Json levels, codec::Json policy, const EmitOptions& options);

/// test-result v0.1: {result, configuration, passedTests, warnedTests, failedTests}; a test is a rule of the policy that applied. FAILED
/// for everything but an allow, WARNED for one with a warning, a waiver or a rule that is not in effect yet.
codec::Json test_result(const SubjectVerdict& verdict, codec::Json policy);

}  // namespace headgate::attest
