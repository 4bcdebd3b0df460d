// policy.hpp: a compiled policy. policy/load.cpp makes it from YAML; nothing else does. See policy.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "model/kinds.hpp"
#include "model/reference.hpp"
#include "model/settings.hpp"

namespace headgate {

/// `deny` is the zero value of every such choice.
enum class OnTrouble { deny, warn };

struct PolicyDefaults {
    Mode mode = Mode::enforce;
    OnTrouble on_error = OnTrouble::deny;
    OnTrouble on_unmatched = OnTrouble::deny;
    OnTrouble on_skipped = OnTrouble::deny;
};

/// Judged first, beats everything. Exactly one of the three is set.
struct Blocked {
    std::string digest;                            // "sha256:<hex>": matches sha256 or dirHash of subject or member
    std::optional<ReferencePattern> reference;
    std::string signer;                            // trust name: what it signed is refused
    std::string why;
    std::string line;                              // "baseline.yaml:12"
};

struct TrustedKey {
    std::string name;
    std::string path;                              // PEM, relative to the policy file
    std::string pem;                               // filled by the pipeline
    std::optional<Instant> not_before;
    std::optional<Instant> not_after;
    std::string line;
};

struct Tier {
    std::string name;
    std::vector<ReferencePattern> match;
    std::optional<Origin> requires_origin;
    std::vector<std::string> requires_signed_by;   // any of these trust names
    std::string line;
};

/// What dependency confusion protects: names.internal, per ecosystem (purl type, or "oci", "hf").
struct InternalNames {
    std::string ecosystem;
    std::vector<std::string> patterns;             // globs over names; npm scopes as "@acme/*"; hf orgs as "acme/*"
    std::vector<std::string> sources;              // index, registry or host URLs that may serve them
    std::string line;
};

struct ProtectedNames {
    std::string ecosystem;
    bool builtin = true;
    std::vector<std::string> extra;                // names of the file, filled by the pipeline
    std::string path;                              // file that adds names; "" without
};

/// What counts as an ecosystem's public registry: policy `registries`, over rules/registries.yaml.
struct RegistrySet {
    std::string ecosystem;
    std::vector<std::string> urls;                 // public hosts and mirrors, as URL prefixes or hosts
};

struct Rule {
    std::string id;
    std::vector<Kind> kinds;
    std::string check;
    std::vector<std::string> when_tiers;           // empty: every tier
    std::optional<bool> when_bytes;                // true: needs bytes; false: only names
    Mode mode = Mode::enforce;
    std::vector<std::pair<std::string, Mode>> mode_by_tier;  // beats `mode`; when not empty, other tiers enforce
    std::optional<Severity> severity;              // replaces the severity of what the checker finds
    std::optional<Severity> deny_at;               // findings below make the result `warn`; never beside `severity`
    Settings settings;
    std::vector<std::string> controls;
    std::string why;
    std::string fix;
    std::string line;                              // "baseline.yaml:12"
};

struct Policy {
    std::string name;
    std::string revision;
    std::string owner;
    std::string label;                             // "builtin:baseline" or the path as given
    std::string uri;                               // policy.uri of attestations
    std::string digest;                            // "sha256:<hex>" over the resolved policy
    PolicyDefaults defaults;
    std::vector<Blocked> blocked;
    std::vector<TrustedKey> keys;
    std::vector<Tier> tiers;
    std::vector<InternalNames> internal;
    std::vector<ProtectedNames> protected_names;
    std::vector<RegistrySet> registries;           // merged with rules/registries.yaml by the pipeline
    std::vector<Rule> rules;

    const TrustedKey* find_key(std::string_view key_name) const {
        for (const TrustedKey& key : keys) {
            if (key.name == key_name) return &key;
        }
        return nullptr;
    }
};

}  // namespace headgate
