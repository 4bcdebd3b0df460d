#include "cli/notation_options.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/parse.hpp"
#include "io/file_source.hpp"

namespace headgate::cli {
namespace {

constexpr std::uint64_t kMaxStore = 1U << 20U;

Error usage(std::string message) { return {ErrorCode::usage, std::move(message)}; }

Result<std::vector<crypto::Certificate>> read_store(const std::vector<std::string>& paths) {
    std::vector<crypto::Certificate> store;
    for (const std::string& path : paths) {
        const Bytes bytes = TRY(io::read_file(path, kMaxStore));
        const auto in_file = [&](const Error& error) { return Error{error.code, path + ": " + error.message}; };
        if (as_text(bytes).find("-----BEGIN") != std::string_view::npos) {
            auto list = crypto::Certificate::list_from_pem(as_text(bytes));
            if (!list.ok()) return in_file(list.error());
            store.insert(store.end(), list->begin(), list->end());
        } else {
            auto certificate = crypto::Certificate::from_der(bytes);
            if (!certificate.ok()) return in_file(certificate.error());
            store.push_back(std::move(certificate).value());
        }
    }
    return store;
}

}  // namespace

void NotationOptions::add_to(CLI::App& app, CLI::Option& envelope) {
    app.add_option("--digest", digest, "with --notation-envelope: digest of the artifact")->type_name("DIGEST")->needs(&envelope);
    app.add_option("--size", size, "with --notation-envelope: bytes of the artifact's manifest")->type_name("N")->needs(&envelope);
    app.add_option("--media-type", media_type, "with --notation-envelope: media type that must be signed")->type_name("TYPE")->needs(&envelope);
    app.add_option("--ca-store", ca_stores, "Notation: certificates in which chains (notary.x509) may end")->type_name("FILE");
    app.add_option("--signing-authority-store", authority_stores, "Notation: the same for notary.x509.signingAuthority")->type_name("FILE");
    app.add_option("--tsa-store", tsa_stores, "Notation: certificates in which timestamps may end; a timestamp is then asked for")->type_name("FILE");
    app.add_option("--trusted-identity", trusted_identities, "Notation: \"x509.subject: C=..., ST=..., O=...\", or * for anybody below the stores")
        ->type_name("WORDS");
    one_of(app.add_option("--level", level, "Notation: strict refuses expired signatures, permissive notes them"), {"strict", "permissive"})
        ->capture_default_str();
    one_of(app.add_option("--verify-timestamp", verify_timestamp, "Notation: whether a timestamp is needed while the certificate is valid"),
           {"always", "after-cert-expiry"})
        ->capture_default_str();
}

Result<void> NotationOptions::read(NotationStores& stores) const {
    if (!given()) return usage("name who is trusted: --ca-store or --signing-authority-store");
    if (trusted_identities.empty()) return usage("--trusted-identity is needed: x509.subject: C=..., ST=..., O=..., or * for anybody below the stores");
    if (trusted_identities.size() > attest::kMaxTrustedIdentities) {
        return usage("--trusted-identity: at most " + std::to_string(attest::kMaxTrustedIdentities) + " of them");
    }
    stores.authorities = TRY(read_store(ca_stores));
    stores.signing_authorities = TRY(read_store(authority_stores));
    stores.timestamp_authorities = TRY(read_store(tsa_stores));
    stores.trust.authorities = stores.authorities;
    stores.trust.signing_authorities = stores.signing_authorities;
    stores.trust.timestamp_authorities = stores.timestamp_authorities;
    for (const std::string& text : trusted_identities) stores.trust.identities.push_back(TRY(attest::TrustedSubject::parse(text)));
    if (level == "permissive") stores.trust.level = attest::NotationTrust::Level::permissive;
    if (verify_timestamp == "after-cert-expiry") stores.trust.verify_timestamp = attest::NotationTrust::VerifyTimestamp::after_certificate_expiry;
    return {};
}

Result<attest::NotationTarget> NotationOptions::target() const {
    if (!size || digest.empty()) return usage("--notation-envelope needs --digest and --size of the artifact: both are signed");
    if (!digest.starts_with("sha256:") || !is_lower_hex(digest.substr(7), 64)) {
        return usage("--digest " + digest + ": expected sha256:<64 lower-case hex digits>");
    }
    return attest::NotationTarget{media_type, digest, *size};
}

}  // namespace headgate::cli
