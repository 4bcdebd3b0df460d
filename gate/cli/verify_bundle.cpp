// verify_bundle.cpp: `headgate verify bundle`: a Sigstore bundle, or a bare DSSE envelope under a key.
#include <memory>

#include "attest/subject_digests.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/bare_envelope.hpp"
#include "cli/parse.hpp"
#include "cli/trust_options.hpp"
#include "cli/verify.hpp"
#include "codec/json.hpp"
#include "io/file_source.hpp"

namespace headgate::cli {
namespace {

using codec::Json;

constexpr std::uint64_t kMaxArtifact = 2ULL << 30U;

struct BundleOptions {
    TrustOptions trust;
    std::string file;
    std::string artifact;
    std::string digest;
    std::string payload_type;
    bool p1363 = false;
};

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

// What the signature has to be about; the bytes stay in `bytes`.
Result<std::optional<sigstore::Artifact>> artifact_of(const BundleOptions& options, Bytes& bytes) {
    if (!options.artifact.empty() && !options.digest.empty()) return usage("--digest: give the artifact or its digest, not both");
    if (!options.digest.empty()) return std::optional(TRY(parse_artifact_digest("--digest", options.digest)));
    if (options.artifact.empty()) return std::optional<sigstore::Artifact>();
    bytes = TRY(io::read_file(options.artifact, kMaxArtifact));
    return std::optional(sigstore::Artifact::of_bytes(bytes));
}

attest::NamedDigests digests_of(const sigstore::Artifact& artifact) {
    attest::NamedDigests digests;
    for (const crypto::Hash hash : {crypto::Hash::sha256, crypto::Hash::sha384, crypto::Hash::sha512}) {
        if (const auto digest = artifact.digest(hash)) digests.emplace(crypto::to_string(hash), to_hex(*digest));
    }
    return digests;
}

// "" if the payload is of the type that was asked for, and about the artifact. Types that are no statement name no artifact.
std::string payload_problem(const BundleOptions& options, const std::string& type, ByteView payload,
                            const std::optional<sigstore::Artifact>& artifact) {
    const std::string wanted = options.payload_type.empty() ? std::string(attest::kInTotoPayload) : options.payload_type;
    if (type != wanted) return "payload: its type is \"" + type + "\", not \"" + wanted + "\"";
    if (!artifact) return "";
    if (type != attest::kInTotoPayload) return "payload: of type \"" + type + "\", which names no artifact";
    const auto statement = attest::read_subjects(payload);
    if (!statement.ok()) return statement.error().message;
    return attest::names_digest(*statement, digests_of(*artifact)) ? "" : "statement: the artifact is not among its subjects";
}

Result<int> verify_sigstore(const BundleOptions& options, const Json& json, sigstore::Request& request) {
    const auto bundle = sigstore::parse_bundle(json);
    if (!bundle.ok()) return print_refused(bundle.error().message);
    const bool envelope = std::holds_alternative<sigstore::Envelope>(bundle->content);
    if (!envelope && !options.payload_type.empty()) return print_refused("payload: the bundle signs a message, not an envelope of a type");
    if (!request.artifact && !(envelope && !options.payload_type.empty())) {
        return usage("ARTIFACT: give the artifact or --digest (or --payload-type, to take an envelope as it is)");
    }
    const auto verified = sigstore::verify_bundle(*bundle, request);
    if (!verified.ok()) return print_refused(verified.error().message);
    std::string problem = options.trust.identity_problem(*verified);
    if (problem.empty() && envelope) problem = payload_problem(options, verified->payload_type, verified->payload, request.artifact);
    return problem.empty() ? print_verified(describe(*verified)) : print_refused(problem);
}

Result<int> verify_envelope(const BundleOptions& options, const Json& json, const sigstore::Request& request) {
    if (!request.trust.key) return print_refused("envelope: a bare DSSE envelope holds no certificate; it needs --key");
    if (!options.trust.trusted_roots.empty()) return print_refused("envelope: a bare DSSE envelope is in no log; --trusted-root says nothing about it");
    if (!request.artifact && options.payload_type.empty()) {
        return usage("ARTIFACT: give the artifact or --digest (or --payload-type, to take an envelope as it is)");
    }
    const auto document = attest::parse_document(json);
    if (!document.ok()) return print_refused("envelope: " + document.error().message);
    const attest::Envelope& envelope = *document->envelope;
    if (request.thresholds.ask_for_more_than_a_signature()) return print_refused("envelope: a bare DSSE envelope has no log entries, no timestamps and no times");
    if (!signed_by(envelope, request.trust.key->key, options.p1363)) return print_refused("signature: it does not verify over the envelope");
    const std::string problem = payload_problem(options, envelope.payload_type, envelope.payload, request.artifact);
    if (!problem.empty()) return print_refused(problem);
    Json answer = Json::object();
    answer.add("signer", Json::object()).add("key_sha256", Json::of(to_hex(request.trust.key->key.spki_sha256())));
    answer.add("payload_type", Json::of(envelope.payload_type));
    return print_verified(std::move(answer));
}

Result<int> run(const BundleOptions& options) {
    auto asked = options.trust.request();
    // Under a key that is none nothing verifies.
    if (!asked.ok() && asked.error().code == ErrorCode::key) return print_refused(asked.error().message);
    sigstore::Request request = TRY(std::move(asked));
    Bytes bytes;
    request.artifact = TRY(artifact_of(options, bytes));
    const Bytes file = TRY(io::read_file(options.file, sigstore::kMaxBundle));
    const auto json = codec::parse_json(file, sigstore::document_limits());
    if (!json.ok()) return print_refused(json.error().message);
    return sigstore::is_bundle(*json) ? verify_sigstore(options, *json, request) : verify_envelope(options, *json, request);
}

}  // namespace

VerifyRun declare_verify_bundle(CLI::App& app) {
    auto options = std::make_shared<BundleOptions>();
    app.add_option("FILE", options->file, "Sigstore bundle (v0.1 to v0.3), or with --key a bare DSSE envelope")->type_name("")->required();
    app.add_option("ARTIFACT", options->artifact, "the bytes that are signed, or that a signed statement must be about")->type_name("FILE");
    app.add_option("--digest", options->digest,
                   "of the artifact, instead of its bytes: sha256:<hex>, sha384: or sha512:. Who gives it answers for the bytes beginning otherwise "
                   "than with \"DSSEv1 \": those are what an envelope's signature is over, and would pass for a signed file")
        ->type_name("DIGEST");
    options->trust.add_to(app);
    app.add_option("--payload-type", options->payload_type,
                   "payload type that an envelope must have; without an artifact what it is about is your question")
        ->type_name("TYPE");
    app.add_flag("--allow-p1363", options->p1363, "take ECDSA signatures as r || s in a bare DSSE envelope");
    return [options] { return run(*options); };
}

}  // namespace headgate::cli
