// policy.hpp: a compiled policy. policy/load.cpp makes it from YAML; nothing else does. See policy.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "model/kinds.hpp"
#include "model/plugin.hpp"
#include "model/reference.hpp"
#include "model/rule_card.hpp"
#include "model/settings.hpp"

namespace headgate {

/// `deny` is the zero value of every such choice.
enum class OnTrouble { deny, warn };

/// What happens where the kernel cannot contain a program: it is not run, or run all the same and said so.
enum class Sandbox { required, best_effort };

/// A Kubernetes object that is changed and names only what it named before, each by digest: judged like a new one, or admitted although
/// the policy would refuse it today (what is blocked apart).
enum class OnUnchanged { judge, admit };

struct PolicyDefaults {
    Mode mode = Mode::enforce;                     // of the rules of the same file that name none
    OnTrouble on_error = OnTrouble::deny;
    OnTrouble on_unmatched = OnTrouble::deny;
    OnTrouble on_skipped = OnTrouble::deny;
    bool network = false;                          // `allow`: of the rules for containers of the same file that do not say
    bool layers = false;                           // of the rules for containers of the same file that read them and do not say
    Sandbox sandbox = Sandbox::required;           // of plugins; always `required` in `serve`
    OnUnchanged on_unchanged = OnUnchanged::judge;
    std::optional<std::int64_t> http_deadline;     // seconds for one request to /v1/evaluate
    std::optional<std::int64_t> admission_deadline;  // seconds for one admission review
    std::optional<std::int64_t> grace_admitted;    // seconds that a digest stays admissible in its namespace when nothing could be decided, or what it rests on has just ended
};

/// Judged first, beats everything. Exactly one of the three is set.
struct Blocked {
    std::string digest;                            // "sha256:<hex>": matches sha256 or dirHash of subject or member
    std::optional<ReferencePattern> reference;
    std::string signer;                            // trust name: what it signed is refused
    std::string why;
    std::string line;                              // "baseline.yaml:12"
};

/// Closed interval, open where there is no end.
inline bool is_within(const std::optional<Instant>& from, const std::optional<Instant>& until, Instant at) {
    return !(from && at < *from) && !(until && at > *until);
}

struct TrustedKey {
    std::string name;
    std::string path;                              // PEM, relative to the policy file
    std::string pem;                               // filled by the pipeline
    std::string key_id;                            // SHA-256 of the DER SPKI, hex; filled by the pipeline
    std::optional<Instant> not_before;
    std::optional<Instant> not_after;
    std::string line;
    std::string place;                             // "baseline.yaml:12:30", of `path`

    bool holds_at(Instant at) const { return is_within(not_before, not_after, at); }
};

/// A set of certificates that chains must end in.
struct TrustRoot {
    std::string name;
    enum class Form { trusted_root, certificates, notation } form = Form::trusted_root;  // Sigstore TrustedRoot JSON | PEM | stores
    /// A file, relative to the policy; its content is filled by the pipeline.
    struct File {
        std::string store;                         // of Notation: "ca", "signing-authority", "tsa"; "" of the others
        std::string path;
        std::string content;
        std::string place;                         // of `path`
    };
    std::vector<File> files;                       // one; of Notation one for each store
    std::string digest;                            // SHA-256, hex, as CertifiedIdentity::root says it; by the pipeline
    std::string line;
};

/// Who a certificate must name for its signature to count under this trust name.
struct TrustedIdentity {
    /// `attributes`: of a signer under a Notation root, who has them all; they stand in `claims`, by the names of x509_subject.hpp.
    enum class Match { exact, prefix, regex, attributes };
    std::string name;
    std::string issuer;                            // exact; "" under a Notation root
    Match match = Match::exact;
    std::string subject;                           // by `match`; a regex is RE2 over the whole value; attributes as they are written
    std::vector<std::pair<std::string, std::string>> claims;  // all of them, exact
    std::string root;                              // name of a TrustRoot
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
    bool vouched = true;                           // they count for `allow: internal`: false for what a policy adds to one
                                                   // that it extends (a pack, which has none, apart)
    std::string line;
};

struct ProtectedNames {
    std::string ecosystem;
    bool builtin = true;
    std::vector<std::string> extra;                // names of the file, filled by the pipeline
    std::string path;                              // file that adds names; "" without
    std::string place;                             // of `path`, or of the word "builtin"
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
    std::optional<Instant> effective_on;           // before it a failure is `upcoming`
    bool cap_restricted = false;                   // what this rule applies to is `restricted` at most
    bool network = false;                          // `allow`: images that it is for are looked up at their registry
    bool layers = false;                           // it is asked about what lies in the layers of images, too
    Settings settings;
    std::vector<std::string> controls;
    std::string why;
    std::string fix;
    std::string line;                              // "baseline.yaml:12"
};

/// A loosening that somebody answers for, until a day. `values` holds what `key` becomes, in that field only.
struct Override {
    std::string rule;
    std::string key;                               // "mode", "deny-at", ..., "with.KEY"
    Rule values;
    std::string value_text;                        // as printed
    std::string reason;
    std::string owner;
    Instant expires;
    std::string line;
};

/// An exception to one rule for one subject. policy.md, "Waivers".
struct Waiver {
    std::string id;
    std::string rule;
    std::string digest;                            // "sha256:<hex>"; "" when named by reference
    std::string dir_hash;                          // hex; of a folder, beside its digest
    std::optional<Reference> reference;            // packages only, exact, with `source`
    std::string source;                            // where the package comes from
    std::vector<std::string> findings;             // ids of findings, or of advisories
    std::string reason;
    std::string owner;
    std::string approved_by;                       // never the owner
    Instant created;
    Instant expires;
    std::string ticket;                            // "" without
    std::string line;
    std::string place;                             // "org.yaml:12:5"
    bool needs_signature = false;                  // counts only if one of `waiver-limits.signed-by` signed it
    std::vector<std::string> signed_by;            // trust names whose signature over the list holds; by the pipeline
};

struct WaiverLimits {
    std::optional<std::int64_t> max_age;           // seconds from `created` to `expires`
    std::vector<std::string> forbid_rules;
    std::vector<std::string> signed_by;            // trust names; any of them must have signed the waivers
    bool allow_child_waivers = false;
};

/// One entry of `tests`.
struct PolicyTest {
    std::string name;
    std::string subject;                           // path of an artifact, or a reference
    std::string evidence;                          // path of recorded evidence
    std::optional<std::string> as;
    std::optional<Kind> kind;
    std::optional<Instant> at;
    struct Expect {
        std::string decision;                      // "allow", "deny" or "error"
        std::string level;
        std::string tier;
        std::vector<std::pair<std::string, std::string>> rules;  // id -> result
        std::vector<std::string> findings;         // ids that must be there
        std::optional<std::vector<std::string>> used_waivers;
        std::optional<std::vector<std::string>> expired_waivers;
    } expect;
    std::string line;
};

/// A policy that this one extends.
struct Extension {
    std::string builtin;                           // pack name, or ""
    std::string path;                              // file, relative to the policy file
    std::string sha256;                            // hex that the file's bytes must have; "" unpinned
    std::string line;
    std::string place;                             // "org.yaml:12:5", of its name
    std::string sha256_place;
};

struct Policy {
    std::string name;
    std::string revision;
    std::string owner;
    std::string label;                             // "builtin:baseline" or the path as given
    std::string uri;                               // policy.uri of attestations
    std::string digest;                            // "sha256:<hex>" over the resolved policy
    bool pack = false;                             // ships with the product: leaves sources and mirrors to whoever extends it
    /// Every policy that it extends, also through others, each as it is alone; the root of a line before what extends it.
    std::vector<std::shared_ptr<const Policy>> extended;
    PolicyDefaults defaults;
    std::vector<Blocked> blocked;
    std::vector<TrustedKey> keys;
    std::vector<TrustedIdentity> identities;
    std::vector<TrustRoot> roots;
    std::vector<Tier> tiers;
    std::vector<InternalNames> internal;
    std::vector<ProtectedNames> protected_names;
    std::vector<RegistrySet> registries;           // merged with rules/registries.yaml by the pipeline
    std::vector<PluginSpec> plugins;               // by name
    std::vector<Rule> rules;
    std::shared_ptr<const RuleCards> cards;        // of the policy in force, for its verdicts; made by policy::in_force()
    std::vector<Override> overrides;
    std::vector<Waiver> waivers;
    WaiverLimits waiver_limits;
    std::size_t inherited_waivers = 0;             // the first so many are of extended policies
    std::vector<PolicyTest> tests;                 // of this file only
    /// Where a choice of signers stands, for what is found wrong with it when the keys are read: "rules.ID.with.KEY".
    std::map<std::string, std::string> signer_places;
    /// Where each value comes from: dotted path ("rules.model.signed.with.any-of") -> "org.yaml:12". Not part of the
    /// digest.
    std::map<std::string, std::string> origins;

    const PluginSpec* find_plugin(std::string_view plugin_name) const {
        for (const PluginSpec& plugin : plugins) {
            if (plugin.name == plugin_name) return &plugin;
        }
        return nullptr;
    }
    const TrustedKey* find_key(std::string_view key_name) const {
        for (const TrustedKey& key : keys) {
            if (key.name == key_name) return &key;
        }
        return nullptr;
    }
};

}  // namespace headgate
