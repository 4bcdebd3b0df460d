// verdict.hpp: verdict attestations: emit (VSA and result statement) and rely on (contract.md, "Verdict attestation").
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attest/statement.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/json.hpp"
#include "crypto/keys.hpp"
#include "model/policy.hpp"
#include "model/verdict.hpp"

namespace headgate::attest {

enum class AttestFormat { dsse, bundle };

/// What a Kubernetes API server asked and was answered, for the result statement about the object that it asked about.
struct AdmissionNote {
    struct Named {
        std::string path;                   // in the object
        std::string reference;
        std::string digest;                 // "" for what has none
    };
    std::string uid, operation, kind, sub_resource, name_space, name;
    bool allowed = false;
    int code = 0;                           // of the answer, 200 where it allows
    std::string exception;                  // why it is allowed although the verdict is FAILED; "" else
    std::vector<Named> named;
};

struct EmitOptions {
    AttestFormat format = AttestFormat::dsse;
    bool simple_result = false;             // SVR v0.2 too, of what is admitted
    bool test_result = false;               // in-toto test-result too
    std::string verifier_id = "https://headgate.dev/verifier/v1";
    std::string tool_version;
    std::vector<std::pair<std::string, std::string>> data_hashes;  // rules file -> sha256 hex
    const AdmissionNote* admission = nullptr;            // of a report about one review; nullptr else
    bool commits = false;                   // subjects without bytes, too, that are named by a commit of git: by that (`gitCommit`)
    bool lines = false;                     // result and summary of each subject in a line of their own, whatever the format
};

/// The commit of git by which a subject is named (40 hex digits, of a hub's repository or a git URL); "" for any other.
std::string commit_of(const Subject& subject);

/// `data_hashes` as they stand in a result statement: JSON.
std::string written_data(const std::vector<std::pair<std::string, std::string>>& data_hashes);

/// One signed document, envelope or bundle, of an in-toto statement.
using StatementSigner = std::function<Result<std::string>(std::string_view statement)>;

/// The whole `.intoto.jsonl` (or bundle) text for every subject of the report that has bytes and is no member: two lines
/// each, result statement then VSA, and behind them what the options ask for. Error{usage} when no subject can be attested.
/// `options.format` says what the signer makes.
Result<std::string> emit(const Report& report, const StatementSigner& sign, const EmitOptions& options);
Result<std::string> emit(const Report& report, const crypto::PrivateKey& key, const EmitOptions& options);

struct RelyOptions {
    DigestSet subject;                      // of the bytes at hand; both digests must match for a folder
    FurtherDigest further = {};             // of them, by what else the verdict states; none: that is not compared
    std::string verifier_id = "https://headgate.dev/verifier/v1";
    std::optional<std::string> resource;
    std::optional<std::string> policy_digest;
    std::int64_t max_age = 86'400;          // seconds
    bool require_enforced = true;
    Instant now;
    /// As what the bytes at hand may have been judged: under another kind other rules were asked. None: as whatever the verdict says.
    std::vector<Kind> kinds = {};
};

struct RelyResult {
    bool passed = false;                    // a fresh PASSED about exactly this subject by exactly this signer
    std::string reason;                     // why not; or what was accepted
    std::vector<std::string> levels;
};

/// Why a summary that is signed and about the subject does not carry an admission; "" when it does. One that does not say its kind (other
/// verifiers need not) is not refused for it.
std::string verdict_problem(const codec::Json& predicate, const RelyOptions& options, std::vector<std::string>& levels);

/// Whether one document of the file, an envelope or bundle whose bytes are given, is signed by whom the caller asks for: "" or why not.
using SignedBy = std::function<std::string(ByteView document)>;
SignedBy signed_by(const crypto::PublicKey& key);

/// Relies on a verdict file by one signer. Error{malformed} when the file is no verdict at all; everything else is
/// `passed == false` with its reason.
Result<RelyResult> rely(ByteView file, const SignedBy& signed_by, const RelyOptions& options);
Result<RelyResult> rely(ByteView file, const crypto::PublicKey& key, const RelyOptions& options);

}  // namespace headgate::attest
