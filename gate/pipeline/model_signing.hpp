// model_signing.hpp: sign a model folder or file, and verify such a signature (OpenSSF Model Signing): the files are enumerated,
// hashed in parallel, and compared with what is signed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attest/oms_verify.hpp"
#include "attest/verdict.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "crypto/keys.hpp"

namespace headgate::pipeline {

/// What the signed ignore list may leave out.
enum class MayIgnore { nothing, documentation, anything };

/// Where a model's signature lies unless somebody says otherwise: "model.sig" in a folder, "FILE.sig" beside a file.
Result<std::string> default_signature_path(const std::string& model);

/// The paths that a person left out, as paths in the model: relative ones are relative to it, absolute ones must lie in it.
/// Error{usage} for the model itself, for "..", and for patterns.
Result<std::vector<std::string>> ignored_by_caller(const std::string& model, const std::vector<std::string>& given);

struct ModelVerification {
    std::string model;                           // folder or file
    std::string signature;                       // path of the bundle; left out of the model where it lies in it
    attest::OmsTrust trust;
    std::vector<std::string> ignore_paths;       // of ignored_by_caller()
    MayIgnore may_ignore = MayIgnore::documentation;
    bool allow_links = false;                    // follow them where the signature says so too
    bool ignore_unsigned = false;                // files that are not listed are told, and do not matter
    unsigned jobs = 0;                           // 0: as many as cores
    Limits limits;
};

struct ModelResult {
    bool verified = false;
    std::string reason;                          // why not, one sentence; hostile text
    std::vector<std::string> missing;            // listed, and not there
    std::vector<std::string> differing;          // other bytes than were signed
    std::vector<std::string> unlisted;           // there, and not signed
    std::vector<std::string> ignored;            // there, and left out: by default, by the caller, by the signed list
    std::optional<attest::SignedModel> signature;    // once the signature itself verified
    std::uint64_t files = 0;                     // covered
    std::uint64_t bytes = 0;
};

/// Error: a file cannot be read, or what the caller asks makes no sense. Everything else is an answer.
Result<ModelResult> verify_model(const ModelVerification& request);

struct ModelSigning {
    std::string model;
    std::string signature;                       // where the bundle will lie; left out of the model
    std::vector<std::string> ignore_paths;       // of ignored_by_caller()
    crypto::FileHash hash = crypto::FileHash::sha256;
    std::uint64_t shard_size = 0;                // 0: whole files
    bool follow_links = false;
    std::span<const crypto::Certificate> chain = {};  // leaf first; empty: a signature by key. For the signing by key below only
    unsigned jobs = 0;
};

struct SignedBundle {
    std::string bundle;                          // JSON
    std::string root;                            // root digest, hex
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
};

/// Hashes and signs; writes nothing. Error{malformed} for a folder that no signature can cover (links, special files, nothing).
Result<SignedBundle> sign_model(const ModelSigning& request, const crypto::PrivateKey& key);
/// The same by whoever signs the statement, into a bundle.
Result<SignedBundle> sign_model(const ModelSigning& request, const attest::StatementSigner& sign);

}  // namespace headgate::pipeline
