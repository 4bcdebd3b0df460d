// policy.hpp: the room's door. Policy bytes -> compiled policy; runs of checkers -> verdict with reasons.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/checker.hpp"
#include "model/policy.hpp"
#include "model/verdict.hpp"

namespace headgate::policy {

inline constexpr std::uint64_t kMaxPolicyBytes = 4U << 20U;

/// Loads a policy that another one extends, with everything that it names; by the pipeline.
using Parents = std::function<Result<Policy>(const Extension&)>;

/// For policies that may extend none: tests, fuzzing.
Result<Policy> no_parents(const Extension& extension);

/// Compiles one policy. `label` is how it was named ("builtin:baseline", a path); `file` is what messages and
/// `policy_line` show ("baseline.yaml"). Every mistake found is reported, one a line, as "FILE:LINE:COLUMN: what, and the
/// nearest valid key"; the result is an Error{policy}. Keys and name files are *named* only: the pipeline reads them.
/// The digest is left empty: it is `resolved_form`'s SHA-256, set by the pipeline. A policy that `extends` others begins as
/// what `parents` answers for them, and may only tighten it. `data`: what the words of settings are looked up in (profiles);
/// nullptr: they are not.
Result<Policy> load(ByteView bytes, std::string_view label, std::string_view file, std::span<const Checker> checkers,
                    const Parents& parents, const RuleData* data = nullptr);

/// The policy as it stands at `now`: overrides that have not ended are applied, the others are not.
Policy in_force(const Policy& policy, Instant now);

/// The cards of its rules: those of the policy in force, or new ones.
std::shared_ptr<const RuleCards> cards_of(const Policy& policy);

/// JCS of the resolved policy without origins, what `policy.digest` is the SHA-256 of.
std::string resolved_form(const Policy& policy);

/// JCS of {"policy": name, "waivers": [...]}: the payload of the DSSE envelope that `waiver-limits.signed-by` asks for. Of that policy
/// alone: what was signed for a sandbox is not signed for production.
std::string waivers_to_sign(std::string_view policy_name, std::span<const Waiver> waivers);

/// Recorded evidence names signers by the policy that was in force when it was recorded. Afterwards it is as if it had been
/// collected under `policy` at `now`: `signers` are its keys (by `key_id`, within their window at the trusted time of signing
/// or, without one, at `now`), then its identities (by issuer, subject, claims and root), `key_ids` go with them item by item,
/// a signature by a key outside its window says so in `key_problem`, and a statement that nobody trusted signed is gone. So
/// take a copy for each policy. Keys and roots must have been read in (TrustedKey::key_id, TrustRoot::digest).
void name_signers(const Policy& policy, Instant now, Evidence& evidence);

/// What the policy calls an identity that a certificate names, in its order: every entry of `trust.identities` that it matches.
/// Keeps what it needs of the policy.
std::function<std::vector<std::string>(const CertifiedIdentity&)> namer(const Policy& policy);

/// Result of a rule that must run, or why it does not apply.
struct Applicable {
    const Rule* rule = nullptr;
    bool applies = false;        // false: not-applicable (kind, tier)
    bool skipped = false;        // true: needs bytes and there are none (or the reverse)
    Mode mode = Mode::enforce;   // in this tier
    bool by_name = false;        // only because of what is named there (Subject::named_as_image): it takes part in refusing, and lets nothing in
};

/// First tier whose patterns match and whose `requires` hold (policy.md, "Origin"). nullptr only for a policy without
/// tiers that match: the subject is unmatched. `signers`: trust names whose signature covers exactly the subject.
const Tier* assign_tier(const Policy& policy, const Subject& subject, std::span<const std::string> signers);

/// For each rule of the policy, in order: whether it applies to this subject in this tier. An asserted subject in a tier
/// other than the last also gets every rule of the last tier, in the stricter mode. A rule that looks images up and asks who signed or attested
/// them is not for a manifest, which is no image: it is for each image that the manifest names.
std::vector<Applicable> applicable_rules(const Policy& policy, const Subject& subject, const Tier* tier);

/// The waivers of a policy, found by rule and subject without looking at each. Borrows the policy.
class WaiverBook {
  public:
    WaiverBook(const Policy& policy, Instant now);

    /// Waivers that hold at `now`, from `created` until `expires`, for this rule and exactly this subject.
    std::vector<const Waiver*> find(std::string_view rule, const Subject& subject, std::span<const std::string> sources) const;
    /// Ended before `now`, or never signed by whom `waiver-limits.signed-by` names.
    const std::vector<const Waiver*>& expired() const { return expired_; }
    const std::vector<const Waiver*>& unsigned_ones() const { return unsigned_; }
    const std::vector<const Waiver*>& early() const { return early_; }
    const std::vector<const Waiver*>& holding() const { return holding_; }

  private:
    std::unordered_multimap<std::string, const Waiver*> by_subject_;   // rule + '\n' + digest or reference
    std::vector<const Waiver*> holding_;
    std::vector<const Waiver*> expired_;
    std::vector<const Waiver*> unsigned_;
    std::vector<const Waiver*> early_;             // `created` after `now`
};

/// True if the waiver's list names the finding: by its id; a finding from an advisory only by the advisory's id, or an
/// alias of it within CVE, GHSA and PYSEC; a malicious one only by its own MAL id.
bool waives(const Waiver& waiver, const Finding& finding);

/// How a waiver or override is shown.
ExceptionNote note_of(const Waiver& waiver, Instant now, std::string_view used_for);
ExceptionNote note_of(const Override& entry);

struct RuleRun {
    Applicable applicable;
    std::optional<CheckRun> run; // where applicable.applies && !applicable.skipped
};

/// What a policy that is extended says of the subject, alone.
struct ExtendedVerdict {
    std::string label;
    SubjectVerdict verdict;
};

struct JudgeInput {
    const Policy& policy;
    Subject subject;
    const Tier* tier;
    const Evidence& evidence;
    std::vector<RuleRun> runs;
    std::vector<SubjectVerdict> members;   // already judged
    Coverage coverage;
    Instant now;
    /// Waivers of the policy; nullptr: none.
    const WaiverBook* waivers = nullptr;
    /// Where the subject may come from: every URL that its installer could ask. Of packages.
    std::vector<std::string> sources;
    std::vector<ExtendedVerdict> extended = {};
};

/// THE place where an allow is produced. Deny overrides; see policy.md "Results".
SubjectVerdict judge(JudgeInput input);

/// Worst of several decisions, in the order deny, error, allow; nothing at all is deny.
Decision worst(std::span<const SubjectVerdict> subjects);

}  // namespace headgate::policy
