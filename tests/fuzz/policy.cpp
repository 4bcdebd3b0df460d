// Oracle: a policy either loads, has a catch-all tier last and a canonical form, or is an Error{policy} each line of
// which begins with the file's name.

#include "checkers/all.hpp"
#include "fuzz/oracle.hpp"
#include "policy/policy.hpp"

using namespace headgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 8192) return 0;
    const auto policy = policy::load({data, size}, "p.yaml", "p.yaml", checkers::all(), policy::no_parents);
    if (!policy.ok()) {
        ORACLE(policy.error().code == ErrorCode::policy);
        ORACLE(policy.error().message.starts_with("p.yaml:"));
        return 0;
    }
    ORACLE(!policy->rules.empty() && !policy->tiers.empty());
    Subject stranger;
    stranger.reference.scheme = "file";
    stranger.reference.name = "x";
    stranger.reference.base = stranger.reference.canonical = "file:x";
    ORACLE(policy::assign_tier(*policy, stranger, {}) != nullptr);
    ORACLE(!policy::resolved_form(*policy).empty());
    return 0;
}
