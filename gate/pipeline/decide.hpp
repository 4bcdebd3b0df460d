// decide.hpp: decide(), the story of one request.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attest/evidence.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/checker.hpp"
#include "model/policy.hpp"
#include "model/recording.hpp"
#include "model/verdict.hpp"
#include "pipeline/advisory_files.hpp"

namespace headgate::external {
class Plugin;
}

namespace headgate::pipeline {

class Isolation;
class PreparedPolicies;
class RegistryImages;
struct ParsingPlace;

/// A file that a policy names: what `doctor` looks at, the server watches, and a pin must cover.
struct NamedFile {
    std::string name;                    // as the policy writes it
    std::string path;                    // where it was read
    std::string sha256;                  // hex, of its bytes
    bool pinned = false;                 // the policy states its SHA-256
};

/// A policy with everything it names read in: extended policies, keys, roots, name files, registries, its digest.
struct LoadedPolicy {
    Policy policy;
    std::string path;                    // absolute path of the file; "" for a built-in one
    std::string sha256;                  // hex, of the file's bytes
    bool pinned = false;                 // --policy-sha256 or --policy-signed-by held, or built in
    std::vector<NamedFile> files;        // without the policy file itself
    attest::Trust trust;                 // keys and roots of the trust section, parsed
    std::map<std::string, std::shared_ptr<const external::Plugin>, std::less<>> plugins;   // by name in the policy, read and pinned
    AdvisoryFiles advisory_files;        // what the operator brings with it, read for what is judged
    std::shared_ptr<const AdvisoryData> advisories;   // read once for everything (server); nullptr: for each run what it asks for
    std::shared_ptr<PreparedPolicies> prepared;       // of exactly this policy, for who judges by it often and changes nothing any more; nullptr: none
    std::vector<DataSource> advisory_sources;         // of `advisories`, for the same; empty: they are counted for each run
};

/// What the operator asks of a policy file.
struct PolicyPin {
    /// Hex. Either the digest of the resolved policy (`policy show --digest`), or the SHA-256 of the file when it names no
    /// further file that it does not pin itself.
    std::optional<std::string> sha256;
    /// PEM file of the key that must have signed FILE.dsse.json, which lists the policy and every file it names by digest.
    std::string signed_by;
};

/// `name` is "builtin:NAME" or a path.
Result<LoadedPolicy> load_policy(const std::string& name, const PolicyPin& pin = {});

/// Loads from bytes in memory (tests, fuzzing, `policy diff` against a git revision); what it names is looked for below
/// `folder`.
Result<LoadedPolicy> load_policy_bytes(ByteView bytes, const std::string& label, const std::string& folder);

/// Payload and type of the envelope that --policy-signed-by verifies: JCS of {"files": [{name, sha256}], "policy": sha256}.
inline constexpr std::string_view kPolicyPayloadType = "application/vnd.headgate.policy+json";
std::string policy_to_sign(const LoadedPolicy& loaded);
/// Type of the envelope over the waivers of a file, POLICY.waivers.dsse.json; its payload is policy::waivers_to_sign().
inline constexpr std::string_view kWaiversPayloadType = "application/vnd.headgate.waivers+json";

/// The policy of a file as it is written, with what it extends, and whether or not its waivers are signed: for the tools that
/// change or sign it. Never for judging.
Result<Policy> policy_of_file(const std::string& path);
/// Its own waivers, without those of extended policies.
Result<Policy> policy_with_own_waivers(const std::string& path);
/// The policy of a file, whether or not its plugins are those that it pins: those that are not are never run. For tools that look at
/// policies or compare them.
Result<LoadedPolicy> policy_with_any_plugins(const std::string& name);
/// Whether `bytes` would load in place of the policy file at `real_path`, signatures aside.
Result<void> check_policy_text(ByteView bytes, const std::string& label, const std::string& real_path);

/// Names of the packs in this build, in the order of the manual.
std::vector<std::string> packs();

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
    std::string compare_base;            // --compare-base: file or folder of the base model; "" none
    bool names_only = false;
    bool ends_soon = false;              // the process does, right after this: memory is not given back
    bool references_only = false;        // arguments must be references: nothing is looked up on disk
    unsigned jobs = 0;                   // 0: as many as cores
    Instant now;
    Limits limits;
    bool sandbox_required = false;       // whatever the policy says: what cannot be contained is not run
    std::string root;                    // server: absolute folder that paths must lie below; "" none
    std::string print_base;              // paths are printed relative to this; "" = as given
    /// Processes that parse what is judged (isolation.hpp); nullptr: this one does.
    std::shared_ptr<const Isolation> isolation;
    /// Where images are looked up, when the policy wants it; nullptr: nowhere, and such an image could not be decided.
    std::shared_ptr<RegistryImages> registry;
    /// A judgement that is not done by then could not decide. nullopt: it may take as long as it takes.
    std::optional<std::chrono::steady_clock::time_point> deadline;
    /// Called from worker threads with bytes done and bytes known so far; may be empty.
    std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Where its bytes are parsed, and until when.
ParsingPlace parsing_place(const Request& request);

/// An empty report that says which policy it is made under.
Report report_under(const LoadedPolicy& loaded);

/// The judgement: every argument's subjects, in argument order, subjects of one argument in byte-wise path order.
Report decide(const LoadedPolicy& loaded, const Request& request);

/// Sets the decision of a report from its subjects and errors.
void conclude(Report& report);

/// Adds what another report says to this one: several requests, one answer. Waivers that either used are used.
void merge(Report& into, Report other);

/// Evidence only (headgate facts): each subject with its facts and the subjects inside it.
using SubjectEvidence = Recording;
Result<std::vector<SubjectEvidence>> collect(const LoadedPolicy& loaded, const Request& request);

/// The judgement with the evidence that it rests on (headgate why): locations are those within the subjects. The Error of the first
/// argument or subject that could not be read.
struct JudgedEvidence {
    Report report;
    std::vector<SubjectEvidence> evidence;   // of each subject of the report
};
Result<JudgedEvidence> decide_and_keep(const LoadedPolicy& loaded, const Request& request);

/// rules/ data: embedded, or the directory in HEADGATE_RULES when it is set.
const RuleData& rule_data();

}  // namespace headgate::pipeline
