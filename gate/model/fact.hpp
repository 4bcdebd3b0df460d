// fact.hpp: EVIDENCE, the narrow waist. Parsers write facts, checkers read them, and neither knows the other.
//
// Facts are format-neutral: an Import is an Import whether it stands in a pickle, a Keras config or an ONNX file. Every
// string here is still the attacker's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/digest.hpp"
#include "model/finding.hpp"
#include "model/location.hpp"
#include "model/reference.hpp"
#include "model/workload.hpp"

namespace headgate {

/// What a file or member is by its content. Exactly one per file or member that something could read.
struct FormatFact {
    Location where;
    std::string format;   // "safetensors", "gguf", "pickle", "torch", "npy", "zip", "text", "json", "png", "parquet", ...
    bool inert = false;   // by content unable to run code or carry objects: text, JSON, images, CSV, ...
    bool code = false;    // source or machine code that something may run: Python, ELF, shell, ...
    friend bool operator==(const FormatFact&, const FormatFact&) = default;
};

/// A global (module-level name) that loading resolves.
struct Import {
    Location where;       // first occurrence
    std::string module;   // as the loader resolves it (after Python 2 name mapping)
    std::string name;     // may be dotted
    std::string written;  // "module name" as written, when mapping changed it; else ""
    friend bool operator==(const Import&, const Import&) = default;
};

/// A value that loading calls, instantiates or fills. Equal calls are recorded once.
struct Call {
    enum class How { reduce, instance, new_object, build, extend, persistent };
    Location where;                      // first occurrence
    How how = How::reduce;
    std::string callee;                  // "module.name" of an import; "" when the callee is not a plain import
    std::vector<std::string> arguments;  // shape of each: "global:module.name", "str:<text>", "int:<n>", "none",
                                         // "bool", "float", "bytes", "tuple", "list", "dict", "set", "object", "?"
    friend bool operator==(const Call&, const Call&) = default;
};

/// An entry of a container.
struct Member {
    Location where;
    std::string path;     // as written in the container
    std::uint64_t size = 0;
    std::string sha256;   // of the expanded content where it was read whole, else ""
    friend bool operator==(const Member&, const Member&) = default;
};

/// What one pass over the values of a tensor found. `norm` (L2) and `largest` (magnitude) are those of the finite ones.
struct TensorStatistics {
    std::uint64_t values = 0;
    std::uint64_t nan = 0;
    std::uint64_t infinite = 0;
    std::uint64_t zeros = 0;
    double norm = 0;
    double largest = 0;
    friend bool operator==(const TensorStatistics&, const TensorStatistics&) = default;
};

struct Tensor {
    Location where;                      // its offset is that of its first byte
    std::string name;
    std::string dtype;                   // "F32", "BF16", "Q4_K", ... as the format names it
    std::vector<std::uint64_t> shape;
    std::uint64_t bytes = 0;
    std::optional<TensorStatistics> statistics = {};  // only if a rule asks for them, and the dtype is one whose values are read
    friend bool operator==(const Tensor&, const Tensor&) = default;
};

/// Something that a manifest, lockfile or source file asks for: a package, an image, a model. One member of a subject.
struct Requirement {
    Location where;                      // line in the manifest
    Reference reference;                 // normalised, with version where one is pinned
    std::string written;                 // name as written
    bool pinned = false;                 // exact version, commit or digest
    enum class Source { registry, url, git, path, workspace, unknown } source = Source::registry;
    std::string url;                     // where it comes from: index or registry URL, tarball, git; "" = default
    std::vector<std::string> integrity;  // "sha256:<hex>" / "sha512:<hex>" / "sha1:<hex>", normalised to hex; "h1:<hex>": Go's Hash1
    bool runs_install_script = false;    // npm hasInstallScript, an sdist or VCS requirement, ...
    bool dynamic = false;                // the name is computed: nothing can be judged
    std::string markers = {};            // when it is installed, as written: "python_version < '3.9'", "group dev"; "" always
    std::vector<std::string> files = {}; // URLs of its archives where their host is not that of `url`: one for each host
    std::string range = {};              // which versions are asked for, as written ("^1.2", ">=2,<3"); "" where one is pinned, or any will do
    std::optional<std::int64_t> released = {};  // when its source published it, seconds since the epoch, as a lockfile says
    bool inferred = false;               // nothing documents that it is one: an option is called as those are that name one
    friend bool operator==(const Requirement&, const Requirement&) = default;
};

/// A source of packages that a manifest configures (pip's index options, npm's registry).
struct IndexOption {
    Location where;
    enum class Role { primary, extra, find_links, trusted_host, no_index, scoped } role = Role::primary;
    std::string ecosystem;               // purl type
    std::string url;
    std::string written;                 // option as written: "--extra-index-url"
    std::string names = {};              // scoped: glob over the full names that come from there and nowhere else; "" none by itself
    friend bool operator==(const IndexOption&, const IndexOption&) = default;
};

/// Something in a package that runs without being asked for by name, or that keeps what runs from being read.
struct Trait {
    Location where;                      // file or member, and line
    std::string trait;                   // "runs-at-install", "runs-at-start", "network-at-import", ...: checkers/content.cpp knows them all
    std::string detail;                  // what was found there: the hook's command, the call; shortened
    friend bool operator==(const Trait&, const Trait&) = default;
};

/// A digest that one part of the artifact states about another, and whether it holds.
struct DigestClaim {
    Location where;                      // who says it
    std::string about;                   // path or member it is about
    enum class Outcome { matches, differs, missing, unlisted } outcome = Outcome::differs;
    friend bool operator==(const DigestClaim&, const DigestClaim&) = default;
};

/// Who a certificate names, after everything about it held under one root (SHA-256 of the root's file, hex: two roots that share a
/// certificate demand different things), and after its key verified what is signed: `key_id` is among the key_ids of the fact.
struct CertifiedIdentity {
    std::string issuer;
    std::string subject;                 // the one SAN
    std::vector<std::pair<std::string, std::string>> claims;  // "source-repository" -> "https://...", ...
    std::string root;
    std::string key_id = {};             // SHA-256 of the DER SPKI of the certificate, hex: what thresholds count
    /// When every certificate of the chain is valid: where no trusted time says when it signed, it counts within them only.
    std::optional<std::int64_t> valid_from = {};
    std::optional<std::int64_t> valid_until = {};
    friend bool operator==(const CertifiedIdentity&, const CertifiedIdentity&) = default;
};

/// A signature found beside the subject, already verified (attest/) against every key that the policy trusts.
struct Signature {
    Location where;
    std::string scheme;                  // "oms", "sigstore", "dsse"
    std::vector<std::string> signers;    // names in the policy's trust section whose key verified it; empty: a stranger's
    std::vector<std::string> key_ids;    // SHA-256 of the DER SPKI, hex: first of the key of each signer, item by item
                                         // (thresholds count distinct ones), then of keys that verified it and have no
                                         // name that counts
    bool covers_subject = false;         // it is about exactly the judged bytes
    std::string problem;                 // why it does not cover the subject; "" when it does
    std::string problem_path = {};       // file of the subject that `problem` is about; "" when about none
    std::vector<std::string> unsigned_files = {};  // present, but left out by the signature's own ignore list
    std::string digest = {};             // SHA-256 of the document it was read from: inputAttestations
    std::optional<CertifiedIdentity> identity = {};  // keyless: whom the certificate names
    std::optional<std::int64_t> signed_at = {};      // trusted time of signing; nullopt: none, judged as of now
    std::string key_problem = {};        // without signers: why the key that verified it does not count; "" else
    friend bool operator==(const Signature&, const Signature&) = default;
};

/// Signature::key_problem when only keys outside their window verify it.
std::string outside_validity(std::string_view key_name);

/// A field of a statement's predicate: JSON Pointer and scalar in text form.
struct PredicateField {
    std::string pointer;                 // RFC 6901, "/result", "/configuration/0/name"
    enum class Type { text, number, boolean, null } type = Type::text;
    std::string value;                   // text as decoded; numbers and booleans as JSON spells them
    friend bool operator==(const PredicateField&, const PredicateField&) = default;
};

/// An in-toto statement whose envelope verified under at least one trusted key and whose subject is the judged one.
struct Statement {
    Location where;
    std::string predicate_type;
    std::vector<std::string> signers;    // trust names
    std::vector<std::string> key_ids;    // as those of a Signature
    std::vector<PredicateField> fields;  // every scalar of the predicate, in document order, bounded
    std::optional<std::int64_t> issued;  // trusted or stated time, seconds since the epoch; nullopt: none stated
    std::string digest;                  // SHA-256 of the envelope line: inputAttestations
    std::optional<CertifiedIdentity> identity = {};
    std::optional<std::int64_t> signed_at = {};
    friend bool operator==(const Statement&, const Statement&) = default;
};

/// Something that went into a build: its source, a tool, an image.
struct Material {
    std::string uri;
    std::vector<std::string> digests;    // "<algorithm>:<value>" as stated: "gitCommit:<hex>", "sha256:<hex>"
    friend bool operator==(const Material&, const Material&) = default;
};

/// How the judged bytes were built, by SLSA provenance (v0.2, v1) about exactly them. Its envelope verified under at least one
/// trusted key or identity. There is a Statement of the same document.
struct Provenance {
    Location where;
    std::string predicate_type;
    std::vector<std::string> signers;    // trust names
    std::vector<std::string> key_ids;    // as those of a Signature
    std::string builder;                 // builder.id
    std::string build_type;
    std::string source;                  // "https://host/owner/repository", without ref; "" when none is stated, as below
    std::string ref;                     // "refs/tags/v1.2.3", "refs/heads/main"
    std::string commit;                  // lower-case hex
    std::string entry_point;             // ".github/workflows/release.yml"
    std::string invocation;
    std::vector<PredicateField> parameters;  // scalars of what the caller of the builder chose
    std::vector<Material> materials;
    std::string delegator;               // workflow that signed for the builder, which it ran; "" when the builder signed, or a key
    std::string problem;                 // why the signer's certificate does not bear out what is said; "" when it does, and
                                         // for keys, which bear out nothing: the policy says for whom they speak
    std::string digest;                  // SHA-256 of the envelope line: inputAttestations
    std::optional<CertifiedIdentity> identity = {};
    std::optional<std::int64_t> signed_at = {};
    friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// Something that a model asks its runtime for: an operation that its graph is made of, or a layer that the runtime supplies.
struct Operator {
    Location where;                      // first occurrence
    std::string runtime;                 // "onnx", "tensorflow", ...: whose operations they are
    std::string domain;                  // set of operations within the runtime: "ai.onnx", "com.microsoft"; "" where it has no sets
    std::string name;
    friend bool operator==(const Operator&, const Operator&) = default;
};

/// A line of an index that says in which file a tensor is (safetensors index, external data of ONNX, TensorFlow's checkpoints).
struct IndexEntry {
    Location where;
    std::string tensor;
    std::string file;                    // as written, relative to the folder of the index
    /// Which bytes of the file it is; nullopt where the file itself says so (safetensors).
    std::optional<std::uint64_t> offset = {};
    std::optional<std::uint64_t> bytes = {};
    friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

/// A document beside the tensors that says what they are, or how they are used: config.json, generation_config.json, ...
struct Configuration {
    Location where;
    std::string role;                    // "model", "tokenizer", "generation", "adapter", "special-tokens", ...
    std::vector<PredicateField> fields;  // its scalars in document order, bounded
    friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// How many tokens a tokenizer knows, and how many rows of an embedding they ask for.
struct Vocabulary {
    Location where;
    std::uint64_t tokens = 0;            // with those that were added later
    std::uint64_t rows = 0;              // one more than the highest number of a token that was not
    friend bool operator==(const Vocabulary&, const Vocabulary&) = default;
};

/// What a tensor is to the tensor of the same name in a base model.
struct TensorRelation {
    enum class Kind { identical, cast, quantized, low_rank, changed, reshaped, absent, added };
    Location where;                      // in the subject; no path when it is absent there
    std::string name;
    Kind kind = Kind::changed;
    std::uint64_t rank = 0;              // low_rank: of the difference
    double distance = 0;                 // norm of the difference, by that of the base's tensor
    double cosine = 0;                   // of the two as vectors
    double equal = 0;                    // share of the values that are the same
    friend bool operator==(const TensorRelation&, const TensorRelation&) = default;
};

/// What a document of the subject says other than that of a base model.
struct BaseDifference {
    Location where;                      // in the subject, of the document
    std::string aspect;                  // "chat-template", "tokenizer", "special-tokens", "generation-config", "config"
    std::string about;                   // JSON Pointer, name of a token, place in a template
    std::string base;                    // as the base has it, shortened; "" for nothing
    std::string here;                    // as the subject has it
    friend bool operator==(const BaseDifference&, const BaseDifference&) = default;
};

/// The subject beside a base model that the operator named.
struct BaseComparison {
    std::string base;                    // as named
    DigestSet digest;                    // of the base
    std::vector<TensorRelation> tensors;
    std::vector<BaseDifference> differences;
    friend bool operator==(const BaseComparison&, const BaseComparison&) = default;
};

/// Another manifest that a manifest includes (`-r base.txt`), to be read by the pipeline.
struct Include {
    Location where;
    std::string path;                    // as written, relative to the including file
    bool constraints = false;            // `-c`: narrows versions, adds no requirement
    friend bool operator==(const Include&, const Include&) = default;
};

/// Front matter of a model or dataset card, or a datasheet.
struct Card {
    Location where;
    std::vector<std::pair<std::string, std::string>> fields;  // top-level key -> scalar, or list items joined by ", "
    std::string problem;                 // why its front matter cannot be read (then no fields); "" when it can
    friend bool operator==(const Card&, const Card&) = default;
};

/// A region that nothing could read. Uncovered bytes deny by default.
struct Opaque {
    Location where;
    std::string why;
    std::uint64_t bytes = 0;
    friend bool operator==(const Opaque&, const Opaque&) = default;
};

/// A file of the subject as it was hashed.
struct FileRecord {
    std::string path;                    // relative to the subject, '/' separators; for a single file its name
    std::uint64_t size = 0;
    std::string sha256;
    bool examined = false;               // every byte was read by something that understood it
    bool evidence = false;               // signature or attestation beside the artifact: not part of its digest
    friend bool operator==(const FileRecord&, const FileRecord&) = default;
};

struct Evidence {
    std::vector<FileRecord> files;
    std::vector<FormatFact> formats;
    std::vector<Import> imports;
    std::vector<Call> calls;
    std::vector<Member> members;
    std::vector<Tensor> tensors;
    std::vector<Operator> operators;
    std::vector<Requirement> requirements;
    std::vector<Requirement> declared;   // what the manifest beside a lockfile asks for, and what the lockfile says that it asks for
    std::vector<IndexOption> index_options;
    std::vector<Trait> traits;
    std::vector<DigestClaim> digest_claims;
    std::vector<Signature> signatures;
    std::vector<Statement> statements;
    std::vector<Provenance> provenances;
    std::vector<Card> cards;
    std::vector<IndexEntry> index_entries;
    std::vector<Configuration> configurations;
    std::vector<Vocabulary> vocabularies;
    std::vector<BaseComparison> comparisons;
    std::vector<Include> includes;
    std::vector<Workload> workloads;
    std::vector<NetworkFence> fences;
    std::vector<Opaque> opaques;
    std::vector<Finding> findings;       // of the parsers: broken structure, tricks. Area prefix = format or intake name

    /// Appends everything of `other` (facts of one file to those of the subject).
    void merge(Evidence&& other);
    /// True when no fact of any kind and no finding was recorded.
    bool empty() const;
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace headgate
