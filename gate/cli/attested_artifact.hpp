// attested_artifact.hpp: what `headgate verify provenance|package` are asked about: bytes at hand, or digests of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "attest/provenance_verify.hpp"
#include "base/result.hpp"
#include "codec/json.hpp"

namespace CLI {
class App;
}

namespace headgate::cli {

struct AttestedArtifact {
    std::string path;
    std::vector<std::string> digests;

    void add_to(CLI::App& app);
    /// By algorithm: SHA-256, 384 and 512 of the bytes, or what --digest says. Empty when neither is given: nothing is then about it.
    Result<attest::NamedDigests> named() const;
};

/// Builder, source, ref, materials: what a build says, as members of an answer.
codec::Json describe(const attest::BuildClaims& claims);

/// The first of a file of attestations (attest/bundle_list.hpp) that `judge` has an answer for, printed as verified; else why none of them
/// counts.
Result<int> first_that_counts(ByteView file, const std::function<Result<codec::Json>(const codec::Json&)>& judge);

/// "1: ...; 2: ..." of several documents, the reason alone of one.
std::string reasons_of(const std::vector<std::string>& reasons);

}  // namespace headgate::cli
