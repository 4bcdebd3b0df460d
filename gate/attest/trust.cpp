#include "attest/trust.hpp"

#include "crypto/sha256.hpp"

namespace headgate::attest {
namespace {

Error in_file(const TrustRoot::File& file, const Error& error) { return {error.code, file.path + ": " + error.message}; }

Result<std::vector<crypto::Certificate>> certificates_of(const TrustRoot::File& file) {
    auto list = crypto::Certificate::list_from_pem(file.content);
    if (!list.ok()) return in_file(file, list.error());
    return list;
}

}  // namespace

std::string root_digest(const TrustRoot& root) {
    if (root.form != TrustRoot::Form::notation) return root.files.empty() ? "" : crypto::sha256_hex(as_bytes(root.files.front().content));
    std::string list;
    for (const TrustRoot::File& file : root.files) list += file.store + " " + crypto::sha256_hex(as_bytes(file.content)) + "\n";
    return crypto::sha256_hex(as_bytes(list));
}

Result<RootAnchor> parse_root(const TrustRoot& root) {
    RootAnchor anchor;
    anchor.name = root.name;
    anchor.digest = root_digest(root);
    if (root.form == TrustRoot::Form::notation) anchor.notation.emplace();
    for (const TrustRoot::File& file : root.files) {
        if (root.form == TrustRoot::Form::trusted_root) {
            auto instance = sigstore::parse_trusted_root(as_bytes(file.content));
            if (!instance.ok()) return in_file(file, instance.error());
            anchor.instance = std::move(instance).value();
            continue;
        }
        auto certificates = TRY(certificates_of(file));
        if (file.store == "ca") anchor.notation->authorities = std::move(certificates);
        else if (file.store == "signing-authority") anchor.notation->signing_authorities = std::move(certificates);
        else if (file.store == "tsa") anchor.notation->timestamp_authorities = std::move(certificates);
        else anchor.certificates = std::move(certificates);
    }
    return anchor;
}

}  // namespace headgate::attest
