// osv.hpp: one record of a database of advisories, in the OSV format (ossf.github.io/osv-schema, version 1.x).
//
// The operator brings it, and its text is still whatever somebody reported: it is read strictly, within bounds, and what breaks the
// schema in a place that is read is an Error{malformed}, never a record that says less. Versions and ranges of packages that nobody
// asked for are passed over.
//
// Ranges of git commits are noted and not read: to say whether one commit contains another takes the repository.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "model/advisory.hpp"

namespace headgate::advisories {

inline constexpr std::uint64_t kMaxRecord = 32ULL << 20U;

struct OsvRecord {
    Advisory advisory;                       // `affected`: of the packages that were asked for
    bool withdrawn = false;
    std::vector<std::string> ecosystems;     // purl types of all packages that it is about, each once
};

/// Whether somebody asks for the package of this key.
using IsWanted = std::function<bool(const std::string& key)>;

Result<OsvRecord> read_osv(ByteView json, const IsWanted& wanted);

}  // namespace headgate::advisories
