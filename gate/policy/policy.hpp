// policy.hpp: the room's door. Policy bytes -> compiled policy; runs of checkers -> verdict with reasons.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/checker.hpp"
#include "model/policy.hpp"
#include "model/verdict.hpp"

namespace headgate::policy {

/// Compiles one policy. `label` is how it was named ("builtin:baseline", a path); `file` is what messages and
/// `policy_line` show ("baseline.yaml"). Every mistake found is reported, one a line, as "FILE:LINE:COLUMN: what, and the
/// nearest valid key"; the result is an Error{policy}. Keys and name files are *named* only: the pipeline reads them.
/// The digest is left empty: it is `resolved_form`'s SHA-256, set by the pipeline.
Result<Policy> load(ByteView bytes, std::string_view label, std::string_view file, std::span<const Checker> checkers);

/// JCS of the resolved policy without origins, what `policy.digest` is the SHA-256 of.
std::string resolved_form(const Policy& policy);

/// Result of a rule that must run, or why it does not apply.
struct Applicable {
    const Rule* rule = nullptr;
    bool applies = false;        // false: not-applicable (kind, tier)
    bool skipped = false;        // true: needs bytes and there are none (or the reverse)
    Mode mode = Mode::enforce;   // in this tier
};

/// First tier whose patterns match and whose `requires` hold (policy.md, "Origin"). nullptr only for a policy without
/// tiers that match: the subject is unmatched. `signers`: trust names whose signature covers exactly the subject.
const Tier* assign_tier(const Policy& policy, const Subject& subject, std::span<const std::string> signers);

/// For each rule of the policy, in order: whether it applies to this subject in this tier. An asserted subject in a tier
/// other than the last also gets every rule of the last tier, in the stricter mode.
std::vector<Applicable> applicable_rules(const Policy& policy, const Subject& subject, const Tier* tier);

struct RuleRun {
    Applicable applicable;
    CheckRun run;                // did_not_run unless applicable.applies && !applicable.skipped
};

struct JudgeInput {
    const Policy& policy;
    const Subject& subject;
    const Tier* tier;
    const Evidence& evidence;
    std::vector<RuleRun> runs;
    std::vector<SubjectVerdict> members;   // already judged
    Coverage coverage;
};

/// THE place where an allow is produced. Deny overrides; see policy.md "Results".
SubjectVerdict judge(JudgeInput input);

/// Worst of several decisions, in the order deny, error, allow; nothing at all is deny.
Decision worst(std::span<const SubjectVerdict> subjects);

}  // namespace headgate::policy
