// advisory_files.hpp: what the operator brings against packages, and for them: --advisories and --vex, read once a run.
//
// A source of advisories is a folder of OSV records (*.json, at any depth; zip files in it are sources of their own kind too), or a zip
// file of them, as OSV publishes one for each ecosystem. Everything in it is read whole and strictly; kept is only what is about packages
// that this run asks for. A record that cannot be read is an Error: what was brought must not silently be less than it seems.
//
// As of when a source is: when its latest record was changed, or, later, what a file beside the records says (".timestamp" in the
// folder, "FILE.zip.timestamp"; a time as RFC 3339). Times of files say when they were copied, and are not asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "attest/trust.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "model/advisory.hpp"
#include "model/subject.hpp"
#include "model/verdict.hpp"

namespace headgate::pipeline {

struct AdvisoryFiles {
    std::vector<std::string> advisories;   // --advisories: files and folders
    std::vector<std::string> vex;          // --vex

    bool empty() const { return advisories.empty() && vex.empty(); }
};

/// Adds the records about packages whose key is `wanted`. `now`: changes in the future say nothing of how young a source is. `jobs`:
/// threads, 0 for one a core.
Result<void> read_advisories(const std::vector<std::string>& paths, const std::function<bool(const std::string& key)>& wanted, Instant now,
                             unsigned jobs, AdvisoryData& data);

/// Adds the statements of VEX documents, with whoever of `trust` signed them: an in-toto statement or another payload in a DSSE envelope
/// or Sigstore bundle, or a plain document with FILE.sigstore.json beside it.
Result<void> read_vex_files(const std::vector<std::string>& paths, const attest::Trust& trust, Instant now, AdvisoryData& data);

struct LoadedPolicy;

/// What was brought, for one run.
struct BroughtAdvisories {
    std::shared_ptr<const AdvisoryData> data;   // nullptr: nothing was brought, or no rule asks
    std::optional<Error> error;                 // it cannot be read: then `data` says so too, so that no rule takes it for nothing
    std::vector<DataSource> sources;            // as a verdict names them
};

/// `names`: keys of all that is judged. Reads nothing where no rule of the policy, or of one that it extends, asks `advisory`.
BroughtAdvisories bring_advisories(const LoadedPolicy& loaded, const std::unordered_set<std::string>& names, Instant now, unsigned jobs);
/// Everything, for whatever will be asked.
Result<std::shared_ptr<const AdvisoryData>> bring_all_advisories(const LoadedPolicy& loaded, Instant now);
/// What a verdict says of them. Takes as long as there are statements in them.
std::vector<DataSource> sources_of(const AdvisoryData& data);
/// Adds the keys of a subject and of what its manifest asks for.
void add_advisory_names(const Subject& subject, const Evidence& evidence, std::unordered_set<std::string>& names);

}  // namespace headgate::pipeline
