// reference.hpp: names of artifacts, normalised once, by one function, before anything is matched (policy.md,
// "References").
//
// Spellings taken, with their canonical form:
//   hf:org/name@revision, pkg:huggingface/org/name@revision   -> hf:org/name@revision
//   hf-dataset:org/name@revision                              -> the same
//   pkg:type/namespace/name@version?qualifiers#subpath (purl) -> lower-case type; PEP 503 names for pypi; npm scope
//                                                                `%40scope` read as `@scope`; qualifiers sorted;
//                                                                version percent-decoded
//   oci:host/repo:tag@digest, pkg:oci/...                     -> oci:host/repo[:tag][@digest]: host lower-case, Docker
//                                                                Hub aliases -> docker.io, official images below
//                                                                library/, default port removed
//   file:path, sha256:<64 hex>, https://...                   -> the same
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace headgate {

struct Reference {
    std::string scheme;     // "hf", "hf-dataset", "pkg", "oci", "file", "sha256", "https"
    std::string type;       // purl type for scheme "pkg" ("pypi", "npm", "cargo", ...), else ""
    std::string space;      // namespace: npm scope with @, hub organisation, Maven group, oci host; "" without
    std::string name;       // name within it; for oci the repository path; for file the path
    std::string version;    // version, revision or tag; "" without
    std::string digest;     // "sha256:<hex>" where the spelling names one, else ""
    std::string source;     // purl `repository_url`, else ""
    std::string base;       // canonical spelling without version, tag, digest and qualifiers
    std::string canonical;  // canonical spelling, whole

    friend bool operator==(const Reference&, const Reference&) = default;
};

/// Normalises one reference. What cannot be normalised is an Error{malformed} that says why; the caller makes it a
/// finding (an artifact named it) or a usage error (a person did).
Result<Reference> parse_reference(std::string_view text);

/// PEP 503: lower case, runs of [-_.] become one '-'.
std::string normalise_pypi(std::string_view name);

/// A pattern of the policy (`match`, `reference`, `allow` of registry), compiled. Globs match whole segments: `*` never
/// crosses '/', `**` does; `*` inside a segment is fine ("acme-*"). A pattern without version, tag or digest matches
/// every version of the reference; "**" matches every reference. The literal part of a pattern is normalised like a
/// reference (docker.io aliases, library/, PEP 503).
class ReferencePattern {
  public:
    static Result<ReferencePattern> compile(std::string_view text);
    bool matches(const Reference& reference) const;
    const std::string& text() const { return text_; }

  private:
    std::string text_;       // as written
    std::string glob_;       // normalised
    bool with_version_ = false;
};

/// `*` within a segment, `**` across segments; everything else literal. Linear in pattern times text, no recursion.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace headgate
