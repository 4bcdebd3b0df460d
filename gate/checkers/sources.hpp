// sources.hpp: where a requirement comes from, for the checkers that ask about it (registry, namespace, typosquat).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checker.hpp"

namespace headgate::checkers {

/// A place on the network or on disk, normalised like a reference.
struct Place {
    std::string host;      // lower case, with port unless it is 443; "" for a path on disk
    std::string path;      // without slash at either end
    bool local = false;    // a path on disk
    bool insecure = false; // its transport is neither encrypted nor authenticated: http, git, svn+http
};

/// A URL, git URL, scp-like git address, bare host with path, or path. nullopt: not a place we can name (and so never an
/// allowed one).
std::optional<Place> parse_place(std::string_view written);

/// The same for a source of an ecosystem: a channel of conda that is named alone lies below the public registry.
std::optional<Place> place_of_source(const Policy& policy, std::string_view ecosystem, std::string_view written);

/// True if `place` lies at or below `prefix` (a URL or host of a policy): same host, whole path segments, and https
/// where the prefix says https.
bool lies_below(const Place& place, std::string_view prefix);
bool lies_below_any(const Place& place, std::span<const std::string> prefixes);

/// "pypi", "npm", "oci", "hf", "file", ...
std::string_view ecosystem_of(const Reference& reference);
/// Name as internal name patterns see it: "@scope/name", "org/name", repository path.
std::string full_name(const Reference& reference);

/// The entry of names.internal that claims this name; nullptr if none does.
const InternalNames* internal_claim(const Policy& policy, const Reference& reference);
/// URLs of the ecosystem's public registry, with mirrors.
std::span<const std::string> public_registries(const Policy& policy, std::string_view ecosystem);

/// The subject is one entry of a manifest, named there.
inline bool is_member(const Subject& subject) { return subject.named_at.has_value(); }
/// The subject is a manifest: a list of others, judged as a whole.
bool is_manifest(const Evidence& evidence);

/// What a member's manifest says about it, or, for a bare name, what the name says. Valid until this thread asks again.
const Requirement& requirement_of(const CheckInput& input);

/// Where the installer may fetch it from, with the index options of its manifest considered.
struct Source {
    std::string url;                  // as written; "" for the default registry of the ecosystem
    const IndexOption* option = nullptr;
};
std::vector<Source> possible_sources(const Requirement& requirement, const Evidence& evidence);
/// The option of a mirror that stands for every other place of its ecosystem (Maven's mirrorOf *).
bool stands_for_all(const IndexOption& option);
/// It is asked before, and in the place of, the indexes behind it, not beside them: uv's indexes and pipenv's sources, unless the manifest
/// says that all are to be asked.
bool is_asked_in_order(const IndexOption& option, const Evidence& evidence);
/// Go's "direct": a module comes from the place that its path names.
std::string direct_source(const Requirement& requirement);

/// At least one hash that no collision is known for.
bool has_strong_hash(const Requirement& requirement);

/// Finding at the requirement, or at the subject when it is a bare name.
Location place_of(const CheckInput& input);

/// One of the reference patterns matches it, or is "**". An empty list allows none: what two policies allow together may be nothing; nor does what is
/// no reference come from anywhere else than "**".
bool comes_from(const std::vector<std::string>& patterns, const std::string& source);

}  // namespace headgate::checkers
