// given_evidence.hpp: a file of evidence that the operator names (--evidence), offered to every subject.
//
// The verdicts of one run about ten thousand subjects are one file (contract.md, "Verdict attestation"): it is read once, and each
// subject is shown what may be about it.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "attest/evidence.hpp"

namespace headgate::attest {

class GivenEvidence {
  public:
    static constexpr std::size_t kMostDocuments = 20'000;

    /// `name` is for messages.
    GivenEvidence(std::string name, Bytes bytes);
    GivenEvidence(GivenEvidence&&) = default;

    const std::string& name() const { return name_; }
    /// As read_evidence() does, of the documents that are about the subject, or do not tell what they are about. Thread-safe.
    void read_about(const EvidenceTarget& target, const Trust& trust, Instant now, Evidence& out) const;

  private:
    std::string name_;
    Bytes bytes_;
    std::vector<EvidenceDocument> documents_;                           // views of bytes_
    std::vector<std::size_t> for_all_;
    std::unordered_map<std::string, std::vector<std::size_t>> about_;   // by SHA-256, lower-case hex
};

}  // namespace headgate::attest
