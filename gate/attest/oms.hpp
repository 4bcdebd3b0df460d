// oms.hpp: OpenSSF Model Signing 1.0 (ossf/model-signing-spec): does a signed manifest cover exactly these files?
//
// The signature itself was verified by the caller (oms_verify.hpp, evidence.cpp); here the *verified* manifest is compared with
// the files that are there (spec 1.0, "Verification", steps 4 to 7). No file is opened: who enumerated the files also hashes
// them, so a listed name can never lead anywhere else.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "attest/dsse.hpp"
#include "attest/oms_manifest.hpp"
#include "base/result.hpp"
#include "model/fact.hpp"
#include "model/subject.hpp"

namespace headgate::attest {

/// A file as it was enumerated.
struct OmsFile {
    std::string path;
    std::uint64_t size = 0;
};

struct ByteRange {
    std::uint64_t begin = 0;             // [begin, end)
    std::uint64_t end = 0;
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What has to be hashed of one file: the whole of it, or its shards, in order and without gap.
struct OmsDemand {
    std::size_t file = 0;                        // which of the files
    std::vector<ByteRange> ranges;
    std::vector<const OmsResource*> resources;   // of the manifest, item by item
};

/// What the names and sizes say, before anything is hashed. `problems` empty: the demands cover every file but `ignored`.
struct OmsMatch {
    struct Problem {
        std::string what;                        // one sentence
        std::string path;                        // "" when about no file
    };
    std::vector<Problem> problems;
    std::vector<std::string> missing;            // listed, and not there
    std::vector<std::string> unlisted;           // there, and neither listed nor ignored
    std::vector<std::string> ignored;            // there, and left out by the signed list or by default
    std::vector<OmsDemand> demands;              // in path order
};

/// Everywhere left out, at the top of a folder only (spec 1.0, "Default ignored paths").
std::span<const std::string_view> default_ignored_paths();
/// True for `folder` itself and what lies below it.
bool lies_in(std::string_view path, std::string_view folder);

/// A single file is named by its base name or ".". `is_folder` false: `files` is that one file.
OmsMatch match_names(const OmsManifest& manifest, bool is_folder, std::span<const OmsFile> files);

struct OmsCoverage {
    bool covers = false;                         // every listed file matches, every present file is listed or ignored
    std::string problem;                         // why not, one sentence
    std::string problem_path;                    // file that the problem is about
    std::vector<std::string> missing;            // as in OmsMatch
    std::vector<std::string> unlisted;
    std::vector<std::string> differing;
    std::vector<std::string> unsigned_files;     // present and ignored: no part of the signature
};

/// Digests in lower-case hex of each demand's ranges, item by item; `files` are those that were matched. An Error is the
/// operator's, or "not available" where only some digests are known.
using HashDemands = std::function<Result<std::vector<std::vector<std::string>>>(std::span<const OmsDemand> demands)>;

/// Names first; files are hashed only if they fit. The Error is that of `hash`.
Result<OmsCoverage> oms_coverage(const OmsManifest& manifest, bool is_folder, std::span<const OmsFile> files, const HashDemands& hash);

}  // namespace headgate::attest
