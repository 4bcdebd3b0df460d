// bundle.hpp: a Sigstore bundle as a value. parse_bundle() reads one from JSON; whoever has the parts in another shape (cosign
// annotations, PEP 740 objects, npm and GitHub wrappers) fills the struct and hands it to verify_bundle() (verify.hpp), which asks
// for everything that the media type demands. Nothing in a Bundle is believed.
//
// What to fill when there is no bundle document:
//   cosign .sig layer   version v0_1, certificates from the annotation (leaf first), content MessageSignature over the layer blob,
//                       one LogEntry from the annotation "bundle" (kind_version absent, integrated_time, signed_entry_timestamp)
//   cosign .att layer   the same with Envelope content, its `document_sha256` set to the layer blob's hash (intoto 0.0.1 binds that)
//   PEP 740             version v0_3, one certificate, entries by parse_log_entry() of each transparency_entries item, Envelope
//                       with payloadType application/vnd.in-toto+json, payload and signature decoded
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"
#include "crypto/keys.hpp"
#include "crypto/x509.hpp"

namespace headgate::sigstore {

inline constexpr std::size_t kMaxBundle = 32U << 20U;          // bytes of JSON
inline constexpr std::size_t kMaxEntries = 32;                 // log entries
inline constexpr std::size_t kMaxTimestamps = 32;
inline constexpr std::size_t kMaxBundleCertificates = 16;
inline constexpr std::size_t kMaxProofHashes = 64;             // a tree of 2^63 leaves
inline constexpr std::size_t kMaxCheckpoint = 16U << 10U;      // bytes
inline constexpr std::size_t kMaxBody = 24U << 20U;            // bytes of one canonicalized body (intoto bodies hold an envelope)
inline constexpr std::size_t kMaxSignature = 2048;             // bytes: RSA of 16384 bits
inline constexpr std::size_t kMaxPayload = 16U << 20U;         // bytes of a DSSE payload
inline constexpr std::size_t kMaxPayloadType = 256;
inline constexpr std::size_t kMaxHint = 1024;

/// v0.3 has two spellings.
enum class BundleVersion { v0_1, v0_2, v0_3 };

struct InclusionProof {
    std::uint64_t log_index = 0;             // in the tree, not the log's global index
    std::uint64_t tree_size = 0;
    Bytes root_hash;                         // 32 bytes
    std::vector<Bytes> hashes;               // 32 bytes each
    std::string checkpoint;                  // a signed note; "" when the proof has none
};

struct KindVersion {
    std::string kind;                        // "hashedrekord", "dsse", "intoto"
    std::string version;                     // "0.0.1", "0.0.2"
};

struct LogEntry {
    std::uint64_t log_index = 0;             // global
    Bytes log_id;
    std::optional<KindVersion> kind_version; // nullopt: what the body says (cosign annotations have none)
    std::optional<Instant> integrated_time;  // Rekor v1; a claim until the signed entry timestamp verified
    Bytes signed_entry_timestamp;            // the inclusion promise; empty when there is none
    std::optional<InclusionProof> proof;
    Bytes body;                              // canonicalizedBody, decoded
};

struct KeyHint {
    std::string hint;                        // names a key, proves nothing
    Bytes raw;                               // publicKey.rawBytes of model_signing before 1.1 (PEM); usually empty
};

struct MessageDigest {
    std::string algorithm;                   // "SHA2_256", "SHA2_384", "SHA2_512"
    Bytes digest;
};

struct MessageSignature {
    std::optional<MessageDigest> digest;     // unauthenticated; must agree with the artifact
    Bytes signature;
};

/// A DSSE envelope with its one signature.
struct Envelope {
    std::string payload_type;
    Bytes payload;
    Bytes signature;
    std::string keyid;                       // a hint; must agree with a key bundle's hint when both are there
    std::optional<Bytes> document_sha256;    // over the envelope's own bytes, where it was a document by itself (cosign layers)
};

struct Bundle {
    BundleVersion version = BundleVersion::v0_3;
    /// Leaf first, or a key's hint. Certificates behind the leaf are never trusted and not used to build the chain.
    std::variant<KeyHint, std::vector<crypto::Certificate>> material;
    bool chain_form = false;                 // x509CertificateChain instead of certificate; v0.3 forbids it in Sigstore
    std::vector<LogEntry> entries;
    std::vector<Bytes> timestamps;           // DER TimeStampResp
    std::variant<MessageSignature, Envelope> content;

    bool has_certificate() const { return std::holds_alternative<std::vector<crypto::Certificate>>(material); }
};

/// Unknown members, media types and algorithms, duplicate keys, base64 that is not canonical, none or two of a choice, empty
/// signatures, an envelope with other than one signature, certificates that do not parse whole, and counts over the limits above
/// are an Error{malformed}. `null` and an absent member are the same (old protobuf writers).
Result<Bundle> parse_bundle(ByteView json);
/// A bundle inside another document (npm, GitHub).
Result<Bundle> parse_bundle(const codec::Json& json);
/// True for a document that means to be a bundle, and not a bare envelope (envelope.hpp).
bool is_bundle(const codec::Json& json);
/// What a document that holds a bundle or an envelope may come to.
codec::JsonLimits document_limits();
/// One item of tlogEntries (PEP 740: transparency_entries).
Result<LogEntry> parse_log_entry(const codec::Json& json);

}  // namespace headgate::sigstore
