#include "cli/signer.hpp"

#include <cstdio>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/parse.hpp"
#include "cli/private_key.hpp"
#include "crypto/pkcs11_uri.hpp"
#include "io/clock.hpp"
#include "io/file_source.hpp"
#include "pipeline/timestamping.hpp"
#include "sigstore/write_bundle.hpp"

namespace headgate::cli {
namespace {

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

Result<io::HttpResponse> send(const io::HttpRequest& request, const io::HttpOptions& options) { return io::http_send(request, options); }

// A document of one of Sigstore's files, with the file's name in what is wrong with it.
template <typename T>
Result<T> read_document(const std::string& path, std::size_t most, Result<T> (*parse)(ByteView)) {
    auto document = parse(TRY(io::read_file(path, most)));
    if (!document.ok()) return Error{document.error().code, path + ": " + document.error().message};
    return document;
}

std::string_view digest_name(crypto::Hash hash) {
    switch (hash) {
        case crypto::Hash::sha384: return "SHA2_384";
        case crypto::Hash::sha512: return "SHA2_512";
        case crypto::Hash::sha256: break;
    }
    return "SHA2_256";
}

}  // namespace

void SignerOptions::add_to(CLI::App& app) {
    app.add_option("--key", key, "private key (PEM; passphrase from HEADGATE_KEY_PASSPHRASE), or pkcs11: URI (PIN from HEADGATE_KEY_PIN)")->type_name("FILE");
    app.add_flag("--keyless", keyless, "sign by identity: a short certificate of Fulcio for the identity token of this CI job, logged in Rekor");
    app.add_option("--signing-config", signing_config, "Sigstore SigningConfig v0.2 (JSON): the services that --keyless asks")->type_name("FILE");
    app.add_option("--trusted-root", trusted_root, "Sigstore TrustedRoot (JSON) that the services' answers must hold under")->type_name("FILE");
    app.add_option("--identity-token", identity_token, "OIDC token for --keyless (default: SIGSTORE_ID_TOKEN, or that of GitHub Actions)")
        ->type_name("FILE");
    app.add_option("--oidc-client-id", client_id, "audience that the token must be for")->type_name("NAME")->capture_default_str();
    app.add_option("--timestamp-server-url", timestamp_url, "with --key: put an RFC 3161 timestamp of this authority into the bundle, if it answers")
        ->type_name("URL");
    app.add_flag("--require-timestamp", require_timestamp, "no timestamp, no signature");
}

Result<void> SignerOptions::check() const {
    if (keyless && !key.empty()) return usage("--keyless signs without a key: leave out --key, or --keyless");
    if (keyless) {
        if (signing_config.empty()) return usage("--keyless: give --signing-config FILE (which Fulcio, Rekor and timestamp authority are asked)");
        if (trusted_root.empty()) return usage("--keyless: give --trusted-root FILE (what their answers are verified under)");
        if (!timestamp_url.empty()) return usage("--timestamp-server-url goes with --key; --keyless asks the timestamp authorities of --signing-config");
        return {};
    }
    if (!signing_config.empty()) return usage("--signing-config goes with --keyless");
    if (!identity_token.empty()) return usage("--identity-token goes with --keyless");
    if (key.empty() && !timestamp_url.empty()) return usage("--timestamp-server-url goes with --key");
    if (timestamp_url.empty() && require_timestamp) return usage("--require-timestamp goes with --timestamp-server-url");
    if (timestamp_url.empty() && !trusted_root.empty()) return usage("--trusted-root goes with --keyless or --timestamp-server-url");
    return {};
}

std::vector<NamedPath> SignerOptions::files() const {
    return {{"--key", crypto::is_pkcs11_uri(key) ? "" : key},
            {"--signing-config", signing_config},
            {"--trusted-root", trusted_root},
            {"--identity-token", identity_token}};
}

Result<Signer> Signer::prepare(const SignerOptions& options) {
    TRY_VOID(options.check());
    Signer signer;
    signer.options_ = options;
    if (!options.trusted_root.empty()) {
        signer.root_ = TRY(read_document(options.trusted_root, sigstore::kMaxTrustedRoot, sigstore::parse_trusted_root));
    }
    if (!options.timestamp_url.empty()) TRY_VOID(pipeline::check_service_url("--timestamp-server-url", options.timestamp_url));
    if (!options.keyless) {
        signer.key_ = TRY(read_private_key(options.key));
        return signer;
    }
    const auto config = TRY(read_document(options.signing_config, sigstore::kMaxSigningConfig, sigstore::parse_signing_config));
    auto services = pipeline::choose_signing_services(config, io::now());
    if (!services.ok()) return Error{services.error().code, options.signing_config + ": " + services.error().message};
    signer.services_ = std::move(*services);
    signer.token_ = TRY(TokenSource::find(options.identity_token));
    return signer;
}

Result<std::string> Signer::envelope(std::string_view statement) const {
    if (!key_) return usage("--keyless makes Sigstore bundles, not bare envelopes");
    return attest::sign_envelope(attest::kInTotoPayload, statement, *key_);
}

Result<std::string> Signer::bundle(std::string_view statement) {
    if (key_) return attest::sign_bundle(attest::kInTotoPayload, statement, *key_, timestamper());
    return TRY(identity())->sign_envelope(attest::kInTotoPayload, statement);
}

Result<std::string> Signer::model_bundle(std::string_view statement, std::span<const crypto::Certificate> chain) {
    if (key_) return attest::sign_model_bundle(statement, *key_, chain, timestamper());
    return TRY(identity())->sign_envelope(attest::kInTotoPayload, statement);
}

Result<std::string> Signer::message_bundle(ByteView message) {
    if (!key_) return TRY(identity())->sign_message(message);
    sigstore::MessageSignature content;
    content.signature = TRY(key_->sign(message));
    const auto hash = crypto::natural_hash(key_->type());
    if (hash) content.digest = sigstore::MessageDigest{std::string(digest_name(*hash)), crypto::digest(*hash, message)};
    sigstore::Bundle bundle;
    bundle.material = sigstore::KeyHint{to_base64(key_->public_key().spki_sha256()), {}};
    if (!options_.timestamp_url.empty()) {
        if (auto stamp = TRY(timestamp(content.signature))) bundle.timestamps.push_back(std::move(*stamp));
    }
    bundle.content = std::move(content);
    return sigstore::write_bundle(bundle);
}

std::string Signer::signed_as() const {
    if (!identity_) return "";
    return "as " + identity_->identity().san.value + " of " + identity_->identity().issuer;
}

Result<const pipeline::KeylessSigner*> Signer::identity() {
    if (!identity_) {
        const sigstore::IdentityToken token = TRY(token_.token(options_.client_id));
        identity_ = TRY(pipeline::KeylessSigner::start(services_, *root_, token, send, io::now));
    }
    return &*identity_;
}

attest::Timestamper Signer::timestamper() const {
    if (options_.timestamp_url.empty()) return {};
    return [this](ByteView signature) { return timestamp(signature); };
}

// An authority that is not there costs the timestamp; one that answers wrongly, the signature.
Result<std::optional<Bytes>> Signer::timestamp(ByteView signature) const {
    auto stamp = pipeline::timestamp_of(signature, options_.timestamp_url, root_ ? &*root_ : nullptr, send);
    if (stamp.ok()) return std::optional<Bytes>(std::move(*stamp));
    if (options_.require_timestamp || !pipeline::is_unreachable(stamp.error())) return stamp.error();
    std::fprintf(stderr, "headgate: signed without a timestamp: %s (--require-timestamp makes this an error)\n",
                 escape_terminal(stamp.error().message).c_str());
    return std::optional<Bytes>();
}

}  // namespace headgate::cli
