// oms.hpp: OpenSSF Model Signing 1.0 (ossf/model-signing-spec): does a signed manifest cover exactly these files?
//
// The signature itself was verified by the caller; here the *verified* payload is read (spec 1.0, "Verification", steps 4
// to 7) and compared with the files as they were hashed. No file is opened, so a listed name can never lead out of the
// subject.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attest/dsse.hpp"
#include "base/result.hpp"
#include "model/fact.hpp"
#include "model/subject.hpp"

namespace headgate::attest {

inline constexpr std::size_t kMaxResources = 200'000;
inline constexpr std::size_t kMaxIgnorePaths = 10'000;

struct OmsCoverage {
    bool covers = false;                      // every listed file matches, every present file is listed or ignored
    std::string problem;                      // why not, one sentence
    std::string problem_path;                 // file that the problem is about
    std::vector<std::string> unsigned_files;  // present and ignored by the signed list: no part of the signature
};

/// Compares the statement in `envelope` (predicate `https://model_signing/signature/v1.0`) with the subject's files.
OmsCoverage oms_coverage(const Envelope& envelope, const Subject& subject, std::span<const FileRecord> files);

}  // namespace headgate::attest
