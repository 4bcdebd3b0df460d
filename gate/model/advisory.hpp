// advisory.hpp: what is known against packages: records of a database of advisories (OSV), and what somebody says about them (VEX).
// The operator brings both (--advisories, --vex); pipeline/advisory_files.cpp reads them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "model/fact.hpp"
#include "model/kinds.hpp"
#include "model/reference.hpp"

namespace headgate {

/// The name under which advisories about a package are found: purl type and name, in the spelling that counts in its ecosystem
/// ("pypi/huggingface-hub", "npm/@scope/name", "maven/group/artifact", "hf/org/name"). "" for what no database names: files, URLs.
std::string advisory_key(const Reference& reference);
/// The same of a purl type and a name as purls have it: with its namespace, parted by '/'.
std::string advisory_key(std::string_view type, std::string_view name);

/// Databases whose records name each other for the same flaw: an alias counts only within them (policy.md, "Waivers").
inline bool in_alias_family(std::string_view id) { return id.starts_with("CVE-") || id.starts_with("GHSA-") || id.starts_with("PYSEC-"); }

struct AdvisoryEvent {
    enum class Kind { introduced, fixed, last_affected, limit };
    Kind kind = Kind::introduced;
    std::string version;                 // "0": before every other
    friend bool operator==(const AdvisoryEvent&, const AdvisoryEvent&) = default;
};

/// One package that a record is about, and which of its versions. Neither versions nor ranges: all of them.
struct AffectedPackage {
    std::string key;                                  // advisory_key()
    std::string ecosystem;                            // purl type
    std::vector<std::string> versions;                // by name
    std::vector<std::vector<AdvisoryEvent>> ranges;   // in the order of the ecosystem; each by itself
    bool commits = false;                             // ranges of git commits stand there too, or alone: nobody here can order those
    std::optional<Severity> severity;                 // of this package, where it differs from the record's
    std::string informational;                        // of RustSec: "unmaintained", "unsound", "notice"
};

struct Advisory {
    std::string id;
    std::vector<std::string> aliases;
    bool malicious = false;                           // of a package that was made to do harm, not one with a flaw
    std::optional<Severity> severity;                 // nullopt: it states none that can be read
    std::string score;                                // as stated, for people: "CVSS 9.8", "high"
    std::string summary;
    Instant modified;
    std::string file;                                 // where it was read
    std::vector<AffectedPackage> affected;            // those that were asked for
};

/// One file or folder of advisories.
struct AdvisorySource {
    std::string name;                                 // as given
    std::string sha256;                               // hex: of the file; of a folder, of the list of its records and their digests
    std::uint64_t records = 0;
    std::optional<Instant> newest;                    // when the latest record was changed
    std::optional<Instant> stated;                    // when it was fetched, by the file .timestamp beside it
    std::map<std::string, std::uint64_t> ecosystems;  // purl type -> records about it

    /// As of when it is known to say what there is to say.
    std::optional<Instant> as_of() const {
        if (!stated || !newest) return stated ? stated : newest;
        return *stated > *newest ? stated : newest;
    }
};

/// A VEX document, and who signed it.
struct VexDocument {
    std::string name;                                 // as given
    std::string digest;                               // SHA-256 (hex) of what was read: inputAttestations
    std::vector<Signature> signatures;                // whose hold, by the names of the policy; `key_problem`, `problem` say why one does not
};

/// What a VEX document says of one product and one vulnerability.
struct VexStatement {
    enum class Status { affected, under_investigation, not_affected, fixed };   // the worst first
    std::vector<std::string> vulnerability;           // its id, and other names of it
    Reference product;                                // a purl with its version
    std::vector<std::string> digests;                 // "sha256:<hex>" of the product where the document binds it to bytes; empty: it does not
    Status status = Status::affected;
    std::string reason;                               // justification, impact statement
    Instant stated;                                   // when
    std::size_t document = 0;                         // in AdvisoryData::vex_documents
};

struct AdvisoryData {
    std::vector<AdvisorySource> sources;
    std::vector<Advisory> advisories;                 // about what was asked for; withdrawn ones are gone
    std::unordered_map<std::string, std::vector<std::pair<std::uint32_t, std::uint32_t>>> by_package;   // key -> advisory, affected
    std::vector<VexDocument> vex_documents;
    std::vector<VexStatement> vex;
    std::string problem;                              // why nothing of it can be relied on; "" when all was read

    void add(Advisory advisory);
};

}  // namespace headgate
