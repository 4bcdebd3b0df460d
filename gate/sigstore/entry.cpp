#include "sigstore/entry.hpp"

#include "base/encoding.hpp"
#include "sigstore/checkpoint.hpp"
#include "sigstore/fields.hpp"
#include "sigstore/merkle.hpp"

namespace headgate::sigstore {
namespace {

// RFC 8785 of the four fields, which need no escaping.
std::string promise_text(const LogEntry& entry) {
    return "{\"body\":\"" + to_base64(entry.body) + "\",\"integratedTime\":" + std::to_string(entry.integrated_time->seconds) +
           ",\"logID\":\"" + to_hex(entry.log_id) + "\",\"logIndex\":" + std::to_string(entry.log_index) + "}";
}

Result<void> verify_promise(const LogEntry& entry, const LogInstance& log) {
    if (!entry.integrated_time) return malformed("log entry: a signed entry timestamp without \"integratedTime\"");
    const std::string text = promise_text(entry);
    if (!log.key.verify(as_bytes(text), entry.signed_entry_timestamp, crypto::Hash::sha256)) {
        return refused("log entry: the signed entry timestamp does not verify under the key of " + log.base_url);
    }
    return {};
}

Result<void> verify_proof(const LogEntry& entry, const LogInstance& log) {
    const InclusionProof& proof = *entry.proof;
    const auto root = root_of_inclusion(proof.log_index, proof.tree_size, leaf_hash(entry.body), proof.hashes);
    if (!root) return refused("log entry: the inclusion proof has another number of hashes than its index and tree size need");
    if (Bytes(root->begin(), root->end()) != proof.root_hash) return refused("log entry: the inclusion proof does not lead to its root hash");
    if (proof.checkpoint.empty()) return {};
    const Checkpoint checkpoint = TRY(verify_checkpoint(proof.checkpoint, log));
    if (checkpoint.root != proof.root_hash) return refused("log entry: the inclusion proof's root hash is another than its checkpoint's");
    if (checkpoint.size != proof.tree_size) return refused("log entry: the inclusion proof's tree size is another than its checkpoint's");
    return {};
}

}  // namespace

Result<EntryProof> verify_entry(const LogEntry& entry, const LogInstance& log, BundleVersion version) {
    EntryProof result;
    if (!entry.signed_entry_timestamp.empty()) {
        TRY_VOID(verify_promise(entry, log));
        result.promise = true;
    }
    if (entry.proof) {
        TRY_VOID(verify_proof(entry, log));
        result.proof = !entry.proof->checkpoint.empty();  // without one the root is anybody's
    }
    if (version == BundleVersion::v0_1 && !result.promise) {
        return malformed("log entry: a bundle of version 0.1 needs \"inclusionPromise\"");
    }
    if (version != BundleVersion::v0_1 && !result.proof) {
        return malformed("log entry: a bundle of version 0.2 or newer needs \"inclusionProof\" with a checkpoint");
    }
    return result;
}

}  // namespace headgate::sigstore
