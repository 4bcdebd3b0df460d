// verify.hpp: who signed these bytes, and when. The one verifier under every kind of bundle; it runs offline and reads nothing
// but its arguments. It knows nothing of statements: what a verified payload *says*, and about what, is attest/'s question.
//
//   const auto root = TRY(sigstore::parse_trusted_root(root_json));
//   const auto bundle = TRY(sigstore::parse_bundle(bundle_json));         // or filled by hand, see bundle.hpp
//   sigstore::Request request;
//   request.trust.roots.push_back(root);                                  // keyless; or request.trust.key for a key
//   request.artifact = sigstore::Artifact::of_bytes(bytes);               // message signatures only
//   request.now = now;
//   const auto verified = TRY(sigstore::verify_bundle(bundle, request));
//   if (!sigstore::matches(*verified.identity, san, issuer)) ...          // a valid signature by *somebody* is no answer yet
//   verified.payload_type, verified.payload                               // DSSE: check type, subject and predicate yourself
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/keys.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/identity.hpp"
#include "sigstore/trusted_root.hpp"

namespace headgate::sigstore {

class ChainCache;

/// What a message signature is about. Digests suffice, except for Ed25519, which signs messages.
struct Artifact {
    std::optional<ByteView> bytes;                                // must outlive the verification
    std::array<std::optional<Bytes>, 3> digests;                  // by crypto::Hash
    /// The bytes begin as what an envelope's signature is over (pae.hpp): whoever hands over digests alone may know.
    bool begins_as_envelope = false;

    static Artifact of_bytes(ByteView bytes);
    static Artifact of_digest(crypto::Hash hash, Bytes digest);
    /// Given, or computed from the bytes; nullopt when neither is there.
    std::optional<Bytes> digest(crypto::Hash hash) const;
};

/// A key that is trusted by configuration: then the bundle must be one for a key, and a certificate in it is a refusal.
struct TrustedKey {
    crypto::PublicKey key;
    std::optional<Instant> not_before;                            // a window: every verified time must lie in it, and if there is
    std::optional<Instant> not_after;                             // none, `now` must
    std::vector<std::string> names;                               // hints that name it beside hashes of the key (npm: its keyid); with
                                                                  // one, every other name in a bundle is a refusal
};

/// Each root is tried by itself: the chain, the logs and the timestamps of one bundle come from *one* root, so that what is
/// trusted for one instance of Sigstore says nothing about another's.
struct Trust {
    std::vector<TrustedRoot> roots;
    std::optional<TrustedKey> key;                                // without a root, entries and timestamps count for nothing
};

/// Least counts, over *distinct* logs and authorities (two entries of one log are one, CVE-2026-49834).
struct Thresholds {
    std::size_t log_entries = 1;                                  // verified entries
    std::size_t scts = 1;                                         // certificates only
    std::size_t timestamps = 0;                                   // RFC 3161
    std::size_t times = 1;                                        // verified times of any source

    /// What counts for a key unless somebody asks more: nothing but the signature.
    static Thresholds for_key() { return {0, 0, 0, 0}; }
    /// True if something is asked that a signature by itself does not have.
    bool ask_for_more_than_a_signature() const { return log_entries + scts + timestamps + times > 0; }
};

struct Request {
    Trust trust;
    Thresholds thresholds;
    std::optional<Artifact> artifact;                             // needed for a message signature
    /// The instant of judgement. Verified times after it (and a minute) are refused; with `times` = 0 and no verified time the
    /// certificate must be valid now.
    Instant now;
    ChainCache* chains = nullptr;                                 // optional; see chain_cache.hpp
};

struct VerifiedTime {
    enum class Source { log, timestamp };
    Source source = Source::log;
    Instant time;
    std::string by;                                               // base URL of the log, URI of the authority
};

struct VerifiedEntry {
    std::string log;                                              // base URL
    Bytes log_id;
    std::optional<std::uint64_t> log_index;                       // in all of the log: set only when a promise proved it
    std::optional<std::uint64_t> tree_index;                      // in the tree of the checkpoint: when the inclusion proof did
    KindVersion kind_version;
    std::optional<Instant> integrated_time;                       // set only when a promise proved it
    bool proof = false;                                           // inclusion proof and checkpoint verified
    bool promise = false;                                         // signed entry timestamp verified
};

struct VerifiedBundle {
    std::optional<Identity> identity;                             // nullopt for a key
    std::optional<crypto::Certificate> certificate;               // the leaf; nullopt for a key
    std::string anchor;                                           // SHA-256 (hex) of the certificate that its chain ends in; "" for a key
    Bytes spki_sha256;                                            // of the key that signed: raw 32 bytes
    std::vector<VerifiedTime> times;                              // earliest first
    std::vector<VerifiedEntry> entries;
    std::size_t scts = 0;                                         // distinct CT logs
    std::optional<std::size_t> root;                              // which of Trust::roots; nullopt for a key without roots
    std::string payload_type;                                     // DSSE; "" for a message signature
    Bytes payload;                                                // DSSE: the bytes that are signed
    std::optional<crypto::Hash> hash;                             // what the signature is over; nullopt for Ed25519
    Bytes artifact_digest;                                        // message signature: of the artifact, under `hash` (Ed25519: SHA-256)
    std::vector<std::string> notes;                               // what was there and did not count, with the reason
};

/// Only that the key made the signature of the message or envelope: whoever asks trusts the key by other means than a root. Error as
/// of verify_bundle().
Result<void> verify_content(const Bundle& bundle, const crypto::PublicKey& key, const std::optional<Artifact>& artifact);

/// Verifies everything that the bundle holds: material and media type, times, chain, SCTs, log entries, that each entry is of
/// *this* signature, and the signature. What is there must hold, even where a threshold does not need it, except: an entry or
/// timestamp of nobody in the root counts for nothing and is noted. The Error{key} (Error{malformed}, Error{unsupported} where the
/// bundle breaks its format) names the step and what to do. With several roots it is that of the root that came farthest.
Result<VerifiedBundle> verify_bundle(const Bundle& bundle, const Request& request);
/// The same under these roots instead of the request's, which are not copied.
Result<VerifiedBundle> verify_bundle(const Bundle& bundle, const Request& request, std::span<const TrustedRoot> given);

}  // namespace headgate::sigstore
