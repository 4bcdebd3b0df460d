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
//   pkg:docker/namespace/name@tag                             -> oci:... as above
//   file:path, sha256:<64 hex>                                -> "." parts removed; ".." only in front
//   https://host/path, git+https://host/path@revision, ...    -> host lower-case, port 443 removed, path decoded and
//                                                                encoded again; no login, no fragment, no ".."
// Refused everywhere: control and invisible characters, what is not UTF-8, empty and ".." parts, broken percent
// encoding. parse_reference(r.canonical) is r again (asserted by tests/fuzz/reference.cpp).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace headgate {

struct Reference {
    std::string scheme;     // "hf", "hf-dataset", "pkg", "oci", "file", "sha256", "https", "git+https", ...
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
/// reference (docker.io aliases, library/, PEP 503). A tag in the pattern matches whatever digest the reference has
/// beside it, and the reverse. Hub names are compared without regard to case, as hubs do. Qualifiers of a purl are no
/// part of a pattern.
class ReferencePattern {
  public:
    static Result<ReferencePattern> compile(std::string_view text);
    bool matches(const Reference& reference) const;
    const std::string& text() const { return text_; }

  private:
    bool takes_version(const Reference& reference) const;

    std::string text_;       // as written
    std::string glob_;       // normalised, over Reference::base
    std::string version_;    // glob over version or tag, "" = any
    std::string digest_;     // "sha256:<hex>", "" = any
    bool fold_case_ = false;
};

/// `*` within a segment, `**` across segments; everything else literal. Linear in pattern times text, no recursion.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace headgate
