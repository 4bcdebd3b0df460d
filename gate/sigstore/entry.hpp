// entry.hpp: is a log entry in the log? By the log's promise (signed entry timestamp), or by a path to a root that it signed.
// Private to sigstore/.
#pragma once

#include "base/result.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

struct EntryProof {
    bool promise = false;
    bool proof = false;                  // with a checkpoint of the log
};

/// Everything of it that is there verifies, and at least one of the two is. The bundle's version says which must be there: v0.1 the
/// promise, newer ones the proof with a checkpoint. Says nothing about what the body means, and nothing about times.
Result<EntryProof> verify_entry(const LogEntry& entry, const LogInstance& log, BundleVersion version);

}  // namespace headgate::sigstore
