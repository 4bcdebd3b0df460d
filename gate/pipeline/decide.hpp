// decide.hpp: decide(), the story of one request.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "attest/evidence.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/checker.hpp"
#include "model/policy.hpp"
#include "model/verdict.hpp"

namespace headgate::pipeline {

/// A policy with everything it names read in: keys, name files, registries, its digest.
struct LoadedPolicy {
    Policy policy;
    std::string path;                    // absolute path of the file; "" for a built-in one
    bool pinned = false;                 // --policy-sha256 matched, or built in
    std::vector<attest::TrustAnchor> anchors;   // the keys of the trust section, parsed
};

/// `name` is "builtin:NAME" or a path. `pin`: hex SHA-256 the *file bytes* must have.
Result<LoadedPolicy> load_policy(const std::string& name, const std::optional<std::string>& pin);

/// Loads from bytes in memory (tests, fuzzing); keys are looked for below `folder`.
Result<LoadedPolicy> load_policy_bytes(ByteView bytes, const std::string& label, const std::string& folder);

/// Adds allow-list profiles to every `serialization` rule (--profile). They become part of the resolved policy and so of
/// its digest: a verdict with a profile never looks like one without. Error{usage} for an unknown profile.
Result<void> add_profiles(LoadedPolicy& loaded, const std::vector<std::string>& profiles);

/// Sets the digest from the resolved form. Whoever changes a loaded policy calls it again.
void seal(LoadedPolicy& loaded);

/// What to judge and how.
struct Request {
    struct Argument {
        std::string text;                // path, reference, "oci-layout:DIR[:tag]"
        std::optional<std::string> as;   // asserted name
        std::optional<Kind> kind;
    };
    std::vector<Argument> arguments;
    std::vector<std::string> evidence;   // --evidence files or folders
    bool names_only = false;
    bool references_only = false;        // arguments must be references: nothing is looked up on disk
    unsigned jobs = 0;                   // 0: as many as cores
    Instant now;
    Limits limits;
    std::string root;                    // server: absolute folder that paths must lie below; "" none
    std::string print_base;              // paths are printed relative to this; "" = as given
    /// Called from worker threads with bytes done and bytes known so far; may be empty.
    std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// The judgement: every argument's subjects, in argument order, subjects of one argument in byte-wise path order.
Report decide(const LoadedPolicy& loaded, const Request& request);

/// Sets the decision of a report from its subjects and errors.
void conclude(Report& report);

/// Evidence only (headgate facts): subject and facts per subject.
struct SubjectEvidence {
    Subject subject;
    Evidence evidence;
};
Result<std::vector<SubjectEvidence>> collect(const LoadedPolicy& loaded, const Request& request);

/// rules/ data: embedded, or the directory in HEADGATE_RULES when it is set.
const RuleData& rule_data();

}  // namespace headgate::pipeline
