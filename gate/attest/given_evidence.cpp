#include "attest/given_evidence.hpp"

#include <algorithm>

#include "attest/statement.hpp"
#include "base/encoding.hpp"

namespace headgate::attest {
namespace {

/// Every SHA-256 that the document is about, nullopt where it does not tell: lists of a model's files have a digest of their own, and what
/// cannot be read is a finding about every subject.
std::optional<std::vector<std::string>> digests_named(ByteView bytes) {
    const auto read = parse_document(bytes);
    if (!read.ok()) return std::nullopt;
    const auto& [bundle, envelope] = *read;
    if (!envelope) {
        const auto& digest = std::get<sigstore::MessageSignature>(bundle->content).digest;
        if (!digest || digest->algorithm != "SHA2_256") return std::nullopt;
        return std::vector{to_hex(digest->digest)};
    }
    if (envelope->payload_type != kInTotoPayload) return std::nullopt;
    const auto statement = parse_statement(envelope->payload, StatementVersions::also_v0_1);
    if (!statement.ok() || statement->predicate_type == kModelSigningPredicate) return std::nullopt;
    std::vector<std::string> digests;
    for (const StatementSubject& subject : statement->subjects) digests.push_back(subject.digest.sha256);
    return digests;
}

}  // namespace

GivenEvidence::GivenEvidence(std::string name, Bytes bytes) : name_(std::move(name)), bytes_(std::move(bytes)), documents_(documents_of(bytes_)) {
    if (documents_.size() <= 1 || documents_.size() > kMostDocuments) return;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
        const auto digests = digests_named(documents_[i].bytes);
        if (!digests) for_all_.push_back(i);
        else for (const std::string& digest : *digests) about_[digest].push_back(i);
    }
}

void GivenEvidence::read_about(const EvidenceTarget& target, const Trust& trust, Instant now, Evidence& out) const {
    const Location where{name_, {}, {}, {}};
    if (documents_.size() <= 1) return read_evidence(bytes_, where, target, trust, now, out);
    if (read_foreign(bytes_, where, out)) return;
    if (documents_.size() > kMostDocuments) return add_malformed(where, "more than " + std::to_string(kMostDocuments) + " documents", out);
    std::vector<std::size_t> wanted = for_all_;
    if (const auto found = about_.find(target.subject.digest.sha256); found != about_.end()) {
        wanted.insert(wanted.end(), found->second.begin(), found->second.end());
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());   // a statement may name a digest twice
    std::vector<EvidenceDocument> documents;
    documents.reserve(wanted.size());
    for (const std::size_t i : wanted) documents.push_back(documents_[i]);
    read_documents(documents, where, target, trust, now, out);
}

}  // namespace headgate::attest
