// pep740.cpp: the objects, and what an attestation must say. File names of distributions are in pep740_names.cpp.
#include "attest/pep740.hpp"

#include "attest/dsse.hpp"
#include "attest/provenance_fields.hpp"
#include "sigstore/fields.hpp"

namespace headgate::attest {
namespace {

using codec::Json;
using provenance::shown;
using sigstore::Fields;

Error malformed(std::string what) { return {ErrorCode::malformed, std::move(what)}; }
Error refused(std::string what) { return {ErrorCode::key, std::move(what)}; }

Result<void> read_version(const Fields& object) {
    const Json* const version = TRY(object.required("version"));
    if (!version->is_integer() || version->integer != 1) return object.error("version", "is not 1");
    return {};
}

Result<sigstore::Bundle> read_attestation(const Json& json) {
    const Fields object = TRY(Fields::of(json, "the attestation", {"version", "verification_material", "envelope"}));
    TRY_VOID(read_version(object));
    const Fields material = TRY(Fields::of(*TRY(object.required("verification_material")), "the verification material",
                                           {"certificate", "transparency_entries"}));
    const Fields envelope = TRY(Fields::of(*TRY(object.required("envelope")), "the envelope", {"statement", "signature"}));
    sigstore::Bundle bundle;
    bundle.version = sigstore::BundleVersion::v0_3;
    bundle.material = std::vector<crypto::Certificate>{
        TRY(crypto::Certificate::from_der(TRY(material.bytes("certificate", crypto::kMaxCertificateBytes))))};
    const auto* const entries = TRY(material.list("transparency_entries", sigstore::kMaxEntries));
    if (entries == nullptr || entries->empty()) return material.error("transparency_entries", "is missing or empty");
    for (const Json& entry : *entries) bundle.entries.push_back(TRY(sigstore::parse_log_entry(entry)));
    sigstore::Envelope content;
    content.payload_type = kInTotoPayload;
    content.payload = TRY(envelope.bytes("statement", sigstore::kMaxPayload));
    content.signature = TRY(envelope.bytes("signature", sigstore::kMaxSignature));
    bundle.content = std::move(content);
    return bundle;
}

Result<Pep740Publisher> read_publisher(const Json& json) {
    constexpr std::size_t kMost = 1024;
    const Fields object = TRY(Fields::of(json, "the publisher", {"kind", "repository", "workflow", "workflow_filepath", "environment", "email", "claims"}));
    Pep740Publisher publisher;
    publisher.kind = TRY(object.text("kind", kMost));
    publisher.environment = TRY(object.optional_text("environment", kMost));
    if (publisher.kind == "GitHub") {
        publisher.repository = TRY(object.text("repository", kMost));
        publisher.workflow = TRY(object.text("workflow", kMost));
    } else if (publisher.kind == "GitLab") {
        publisher.repository = TRY(object.text("repository", kMost));
        publisher.workflow = TRY(object.text("workflow_filepath", kMost));
    } else if (publisher.kind == "Google") {
        publisher.email = TRY(object.text("email", kMost));
    } else {
        return object.error("kind", "is " + shown(publisher.kind) + ", none of GitHub, GitLab, Google");
    }
    return publisher;
}

Result<void> read_group(const Json& json, std::vector<Pep740Attestation>& out) {
    const Fields group = TRY(Fields::of(json, "a bundle of attestations", {"publisher", "attestations"}));
    const Pep740Publisher publisher = TRY(read_publisher(*TRY(group.required("publisher"))));
    const auto* const items = TRY(group.list("attestations", kMaxPep740));
    if (items == nullptr || items->empty()) return group.error("attestations", "is missing or empty");
    for (const Json& item : *items) {
        if (out.size() == kMaxPep740) return malformed("more than 64 attestations");
        out.push_back({publisher, TRY(read_attestation(item))});
    }
    return {};
}

std::string config_problem(const sigstore::Identity& identity, const std::string& prefix) {
    const std::string_view config = identity.claim("buildConfigUri");
    for (const std::string_view at : {identity.claim("sourceRepositoryRef"), identity.claim("sourceRepositoryDigest")}) {
        if (!at.empty() && config == prefix + "@" + std::string(at)) return "";
    }
    return "publisher: the index names the workflow " + shown(prefix) + ", the certificate " + shown(config);
}

// A publish statement has no predicate: what stands there nobody would look at.
bool says_nothing(const Json& predicate) {
    return predicate.type == Json::Type::null || (predicate.is_object() && predicate.members.empty());
}

}  // namespace

Result<std::vector<Pep740Attestation>> parse_pep740(ByteView json) {
    codec::JsonLimits limits;
    limits.depth = 16;
    limits.bytes = sigstore::kMaxBundle;
    limits.values = 100'000;
    const Json document = TRY(codec::parse_json(json, limits));
    std::vector<Pep740Attestation> attestations;
    if (document.find("attestation_bundles") == nullptr) {
        attestations.push_back({std::nullopt, TRY(read_attestation(document))});
        return attestations;
    }
    const Fields object = TRY(Fields::of(document, "the provenance object", {"version", "attestation_bundles"}));
    TRY_VOID(read_version(object));
    const auto* const groups = TRY(object.list("attestation_bundles", kMaxPep740));
    if (groups == nullptr || groups->empty()) return object.error("attestation_bundles", "is missing or empty");
    for (const Json& group : *groups) TRY_VOID(read_group(group, attestations));
    return attestations;
}

std::string publisher_problem(const Pep740Publisher& publisher, const sigstore::Identity& identity) {
    if (publisher.kind == "Google") {
        const bool same = identity.issuer == "https://accounts.google.com" && identity.san.value == publisher.email;
        return same ? "" : "publisher: the index names " + shown(publisher.email) + ", the certificate " + shown(identity.san.value);
    }
    const bool github = publisher.kind == "GitHub";
    const std::string host = github ? "https://github.com/" : "https://gitlab.com/";
    const std::string issuer = github ? "https://token.actions.githubusercontent.com" : "https://gitlab.com";
    if (identity.issuer != issuer) return "publisher: the index names " + publisher.kind + ", the certificate the issuer " + shown(identity.issuer);
    const std::string repository = host + publisher.repository;
    if (identity.claim("sourceRepositoryUri") != repository) {
        return "publisher: the index names " + shown(repository) + ", the certificate " + shown(identity.claim("sourceRepositoryUri"));
    }
    const std::string_view environment = identity.claim("deploymentEnvironment");
    if (!publisher.environment.empty() && !environment.empty() && publisher.environment != environment) {
        return "publisher: the index names the environment " + shown(publisher.environment) + ", the certificate " + shown(environment);
    }
    return config_problem(identity, repository + (github ? "/.github/workflows/" : "//") + publisher.workflow);
}

Result<VerifiedStatement> verify_pep740(const Pep740Attestation& attestation, const sigstore::Request& request, std::string_view file_name,
                                        const NamedDigests& digests, std::span<const std::string> delegators) {
    VerifiedStatement verified = TRY(verify_statement(attestation.bundle, request, digests));
    const StatementSubjects& statement = verified.statement;
    if (statement.subjects.size() != 1) return refused("statement: it has " + std::to_string(statement.subjects.size()) + " subjects, not 1");
    if (!statement.subjects.front().contains("sha256")) return refused("statement: its subject has no sha256");
    if (!same_distribution(statement.names.front(), file_name)) {
        return refused("statement: it is about " + shown(statement.names.front()) + ", not about " + shown(file_name));
    }
    if (attestation.publisher) {
        if (!verified.signature.identity) return refused("publisher: there is no certificate to compare it with");
        std::string problem = publisher_problem(*attestation.publisher, *verified.signature.identity);
        if (!problem.empty()) return refused(std::move(problem));
    }
    if (statement.predicate_type == kPypiPublish) {
        if (!says_nothing(statement.predicate)) return refused("statement: a publish statement with a predicate");
    } else if (statement.predicate_type == kProvenanceV1) {
        TRY(bound_provenance(verified, delegators));
    } else {
        return refused("statement: its type is " + shown(statement.predicate_type) + ", neither " + std::string(kPypiPublish) + " nor " +
                       std::string(kProvenanceV1));
    }
    return verified;
}

}  // namespace headgate::attest
